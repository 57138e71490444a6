// How long z <- z^2 + c stays near 0, for each c of a picture; README.md has the rules.
func.func @main(%re: tensor<768xf32>, %im: tensor<512xf32>, %limit: tensor<i32>) -> tensor<512x768xi32> {
  %cr = array.broadcast %re dims = [1] : tensor<768xf32> to tensor<512x768xf32>
  %ci = array.broadcast %im dims = [0] : tensor<512xf32> to tensor<512x768xf32>
  %zero = array.full 0.0 : f32, tensor<512x768xf32>
  %four = array.full 4.0 : f32, tensor<512x768xf32>
  %none = array.full 0 : i32, tensor<512x768xi32>
  %false = array.constant dense<false> : tensor<i1>
  %all = array.constant dense<true> : tensor<512x768xi1>
  %most = array.extract %limit : tensor<i32> -> i32
  %first = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %r:5 = loop.while (%zr = %zero, %zi = %zero, %counts = %none, %active = %all, %k = %first)
      : (tensor<512x768xf32>, tensor<512x768xf32>, tensor<512x768xi32>, tensor<512x768xi1>, i32)
      -> (tensor<512x768xf32>, tensor<512x768xf32>, tensor<512x768xi32>, tensor<512x768xi1>, i32) {
    %some = array.reduce or %active init %false dims = [0, 1] : tensor<512x768xi1>, tensor<i1> to tensor<i1>
    %moving = array.extract %some : tensor<i1> -> i1
    %more = arith.cmpi slt, %k, %most : i32
    %go = arith.andi %moving, %more : i1
    loop.condition(%go) %zr, %zi, %counts, %active, %k : tensor<512x768xf32>, tensor<512x768xf32>, tensor<512x768xi32>, tensor<512x768xi1>, i32
  } do {
  ^bb0(%zr: tensor<512x768xf32>, %zi: tensor<512x768xf32>, %counts: tensor<512x768xi32>, %active: tensor<512x768xi1>, %k: i32):
    // z^2 + c, for the points that are still near 0; the others stay where they are.
    %rr = array.mul %zr, %zr : tensor<512x768xf32>
    %ii = array.mul %zi, %zi : tensor<512x768xf32>
    %ri = array.mul %zr, %zi : tensor<512x768xf32>
    %difference = array.sub %rr, %ii : tensor<512x768xf32>
    %nr = array.add %difference, %cr : tensor<512x768xf32>
    %twice = array.add %ri, %ri : tensor<512x768xf32>
    %ni = array.add %twice, %ci : tensor<512x768xf32>
    %zr2 = array.select %active, %nr, %zr : tensor<512x768xf32>
    %zi2 = array.select %active, %ni, %zi : tensor<512x768xf32>
    // Near: |z|^2 <= 4. Every step that ends near counts.
    %rr2 = array.mul %zr2, %zr2 : tensor<512x768xf32>
    %ii2 = array.mul %zi2, %zi2 : tensor<512x768xf32>
    %size = array.add %rr2, %ii2 : tensor<512x768xf32>
    %near = array.cmp le, %size, %four : tensor<512x768xf32>
    %active2 = array.and %active, %near : tensor<512x768xi1>
    %count = array.cast %active2 : tensor<512x768xi1> to tensor<512x768xi32>
    %counts2 = array.add %counts, %count : tensor<512x768xi32>
    %next = arith.addi %k, %one : i32
    loop.yield %zr2, %zi2, %counts2, %active2, %next : tensor<512x768xf32>, tensor<512x768xf32>, tensor<512x768xi32>, tensor<512x768xi1>, i32
  }
  return %r#2 : tensor<512x768xi32>
}
