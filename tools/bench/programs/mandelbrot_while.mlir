// How many steps of z^2 + c each point stays within |z| <= 2, at most L: a loop that ends when no point is left.
func.func @main(%re: tensor<{{N}}xf32>, %im: tensor<{{N}}xf32>) -> (tensor<{{N}}x{{N}}xi32>) {
  %cr = array.broadcast %re dims = [1] : tensor<{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %ci = array.broadcast %im dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %zero = array.full 0.0 : f32, tensor<{{N}}x{{N}}xf32>
  %four = array.full 4.0 : f32, tensor<{{N}}x{{N}}xf32>
  %none = array.full 0 : i32, tensor<{{N}}x{{N}}xi32>
  %false = array.constant dense<false> : tensor<i1>
  %everyone = array.constant dense<true> : tensor<{{N}}x{{N}}xi1>
  %most = arith.constant {{L}} : i32
  %first = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %r:5 = loop.while (%x = %zero, %y = %zero, %counts = %none, %active = %everyone, %k = %first)
      : (tensor<{{N}}x{{N}}xf32>, tensor<{{N}}x{{N}}xf32>, tensor<{{N}}x{{N}}xi32>, tensor<{{N}}x{{N}}xi1>, i32)
      -> (tensor<{{N}}x{{N}}xf32>, tensor<{{N}}x{{N}}xf32>, tensor<{{N}}x{{N}}xi32>, tensor<{{N}}x{{N}}xi1>, i32) {
    %some = array.reduce or %active init %false dims = [0, 1] : tensor<{{N}}x{{N}}xi1>, tensor<i1> to tensor<i1>
    %moving = array.extract %some : tensor<i1> -> i1
    %more = arith.cmpi slt, %k, %most : i32
    %go = arith.andi %moving, %more : i1
    loop.condition(%go) %x, %y, %counts, %active, %k : tensor<{{N}}x{{N}}xf32>, tensor<{{N}}x{{N}}xf32>, tensor<{{N}}x{{N}}xi32>, tensor<{{N}}x{{N}}xi1>, i32
  } do {
  ^bb0(%x: tensor<{{N}}x{{N}}xf32>, %y: tensor<{{N}}x{{N}}xf32>, %counts: tensor<{{N}}x{{N}}xi32>, %active: tensor<{{N}}x{{N}}xi1>, %k: i32):
    %xx = array.mul %x, %x : tensor<{{N}}x{{N}}xf32>
    %yy = array.mul %y, %y : tensor<{{N}}x{{N}}xf32>
    %xy = array.mul %x, %y : tensor<{{N}}x{{N}}xf32>
    %difference = array.sub %xx, %yy : tensor<{{N}}x{{N}}xf32>
    %nx = array.add %difference, %cr : tensor<{{N}}x{{N}}xf32>
    %twice = array.add %xy, %xy : tensor<{{N}}x{{N}}xf32>
    %ny = array.add %twice, %ci : tensor<{{N}}x{{N}}xf32>
    %x2 = array.select %active, %nx, %x : tensor<{{N}}x{{N}}xf32>
    %y2 = array.select %active, %ny, %y : tensor<{{N}}x{{N}}xf32>
    %xx2 = array.mul %x2, %x2 : tensor<{{N}}x{{N}}xf32>
    %yy2 = array.mul %y2, %y2 : tensor<{{N}}x{{N}}xf32>
    %size = array.add %xx2, %yy2 : tensor<{{N}}x{{N}}xf32>
    %near = array.cmp le, %size, %four : tensor<{{N}}x{{N}}xf32>
    %active2 = array.and %active, %near : tensor<{{N}}x{{N}}xi1>
    %step = array.cast %active2 : tensor<{{N}}x{{N}}xi1> to tensor<{{N}}x{{N}}xi32>
    %counts2 = array.add %counts, %step : tensor<{{N}}x{{N}}xi32>
    %next = arith.addi %k, %one : i32
    loop.yield %x2, %y2, %counts2, %active2, %next : tensor<{{N}}x{{N}}xf32>, tensor<{{N}}x{{N}}xf32>, tensor<{{N}}x{{N}}xi32>, tensor<{{N}}x{{N}}xi1>, i32
  }
  return %r#2 : tensor<{{N}}x{{N}}xi32>
}
