// The heat equation over time on a plate whose border is kept at 0: explicit Euler steps until the largest change of a
// step is below `tolerance`, or `steps` are done. Returns the plate, the steps done and the last change.
func.func @main(%u: tensor<64x96xf32>, %tolerance: tensor<f32>, %steps: i32) -> (tensor<64x96xf32>, i32, f32) {
  %rate = array.constant dense<0.2> : tensor<62x94xf32>
  %four = array.constant dense<4.0> : tensor<62x94xf32>
  %zero = array.constant dense<0.0> : tensor<f32>
  %much = array.constant dense<0x7F800000> : tensor<f32>
  %none = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %r:3 = loop.while (%a = %u, %change = %much, %k = %none) : (tensor<64x96xf32>, tensor<f32>, i32) -> (tensor<64x96xf32>, tensor<f32>, i32) {
    %moving = array.cmp gt, %change, %tolerance : tensor<f32>
    %moves = array.extract %moving : tensor<i1> -> i1
    %more = arith.cmpi slt, %k, %steps : i32
    %go = arith.andi %moves, %more : i1
    loop.condition(%go) %a, %change, %k : tensor<64x96xf32>, tensor<f32>, i32
  } do {
  ^bb0(%a: tensor<64x96xf32>, %change: tensor<f32>, %k: i32):
    %center = array.slice %a [1:63:1, 1:95:1] : tensor<64x96xf32> to tensor<62x94xf32>
    %north = array.slice %a [0:62:1, 1:95:1] : tensor<64x96xf32> to tensor<62x94xf32>
    %south = array.slice %a [2:64:1, 1:95:1] : tensor<64x96xf32> to tensor<62x94xf32>
    %west = array.slice %a [1:63:1, 0:94:1] : tensor<64x96xf32> to tensor<62x94xf32>
    %east = array.slice %a [1:63:1, 2:96:1] : tensor<64x96xf32> to tensor<62x94xf32>
    %ns = array.add %north, %south : tensor<62x94xf32>
    %we = array.add %west, %east : tensor<62x94xf32>
    %around = array.add %ns, %we : tensor<62x94xf32>
    %own = array.mul %center, %four : tensor<62x94xf32>
    %laplace = array.sub %around, %own : tensor<62x94xf32>
    %step = array.mul %laplace, %rate : tensor<62x94xf32>
    %new = array.add %center, %step : tensor<62x94xf32>
    %b = array.pad %new low = [1, 1] high = [1, 1] value 0.0 : f32 : tensor<62x94xf32> to tensor<64x96xf32>
    %size = array.abs %step : tensor<62x94xf32>
    %largest = array.reduce max %size init %zero dims = [0, 1] : tensor<62x94xf32>, tensor<f32> to tensor<f32>
    %next = arith.addi %k, %one : i32
    loop.yield %b, %largest, %next : tensor<64x96xf32>, tensor<f32>, i32
  }
  %last = array.extract %r#1 : tensor<f32> -> f32
  return %r#0, %r#2, %last : tensor<64x96xf32>, i32, f32
}
