// A cloud of 1,024 stars that attract each other; README.md has the formulas. Positions, velocities: one row a coordinate.
func.func @main(%positions: tensor<3x1024xf32>, %velocities: tensor<3x1024xf32>, %masses: tensor<1024xf32>, %steps: tensor<i32>)
    -> (tensor<3x1024xf32>, tensor<3x1024xf32>) {
  %softening = array.full 0.0025 : f32, tensor<1024x1024xf32>
  %dt = array.full 0.001 : f32, tensor<3x1024xf32>
  %zero = array.constant dense<-0.0> : tensor<f32>
  %m = array.broadcast %masses dims = [1] : tensor<1024xf32> to tensor<1024x1024xf32>
  %count = array.extract %steps : tensor<i32> -> i32
  %first = arith.constant 0 : i32
  %step = arith.constant 1 : i32
  %r:3 = loop.while (%x = %positions, %v = %velocities, %k = %first) : (tensor<3x1024xf32>, tensor<3x1024xf32>, i32) -> (tensor<3x1024xf32>, tensor<3x1024xf32>, i32) {
    %more = arith.cmpi slt, %k, %count : i32
    loop.condition(%more) %x, %v, %k : tensor<3x1024xf32>, tensor<3x1024xf32>, i32
  } do {
  ^bb0(%x: tensor<3x1024xf32>, %v: tensor<3x1024xf32>, %k: i32):
    // Distance vectors [3, i, j] from star i to star j.
    %to = array.broadcast %x dims = [0, 2] : tensor<3x1024xf32> to tensor<3x1024x1024xf32>
    %from = array.broadcast %x dims = [0, 1] : tensor<3x1024xf32> to tensor<3x1024x1024xf32>
    %d = array.sub %to, %from : tensor<3x1024x1024xf32>
    %dd = array.mul %d, %d : tensor<3x1024x1024xf32>
    %square = array.reduce add %dd init %zero dims = [0] : tensor<3x1024x1024xf32>, tensor<f32> to tensor<1024x1024xf32>
    %soft = array.add %square, %softening : tensor<1024x1024xf32>
    // mass / distance^3
    %inverse = array.rsqrt %soft : tensor<1024x1024xf32>
    %inverse2 = array.mul %inverse, %inverse : tensor<1024x1024xf32>
    %inverse3 = array.mul %inverse2, %inverse : tensor<1024x1024xf32>
    %pull = array.mul %m, %inverse3 : tensor<1024x1024xf32>
    %pulls = array.broadcast %pull dims = [1, 2] : tensor<1024x1024xf32> to tensor<3x1024x1024xf32>
    %each = array.mul %pulls, %d : tensor<3x1024x1024xf32>
    %acceleration = array.reduce add %each init %zero dims = [2] : tensor<3x1024x1024xf32>, tensor<f32> to tensor<3x1024xf32>
    // Kick, then drift.
    %kick = array.mul %acceleration, %dt : tensor<3x1024xf32>
    %v2 = array.add %v, %kick : tensor<3x1024xf32>
    %drift = array.mul %v2, %dt : tensor<3x1024xf32>
    %x2 = array.add %x, %drift : tensor<3x1024xf32>
    %next = arith.addi %k, %step : i32
    loop.yield %x2, %v2, %next : tensor<3x1024xf32>, tensor<3x1024xf32>, i32
  }
  return %r#0, %r#1 : tensor<3x1024xf32>, tensor<3x1024xf32>
}
