// The sixteen colours that tell a photograph best: Lloyd's iteration; README.md has the rules.
func.func @main(%pixels: tensor<60000x3xf32>, %centers: tensor<16x3xf32>, %limit: tensor<i32>) -> (tensor<16x3xf32>, tensor<60000xi32>, tensor<i32>) {
  %zero = array.constant dense<-0.0> : tensor<f32>
  %zeros = array.full 0.0 : f32, tensor<16xf32>
  %false = array.constant dense<false> : tensor<i1>
  %p = array.broadcast %pixels dims = [0, 2] : tensor<60000x3xf32> to tensor<60000x16x3xf32>
  %numbers = array.iota dim = 1 : tensor<60000x16xi32>
  %nobody = array.full -1 : i32, tensor<60000xi32>
  %moving = arith.constant true
  %first = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %most = array.extract %limit : tensor<i32> -> i32
  %r:4 = loop.while (%c = %centers, %labels = %nobody, %go = %moving, %k = %first)
      : (tensor<16x3xf32>, tensor<60000xi32>, i1, i32) -> (tensor<16x3xf32>, tensor<60000xi32>, i1, i32) {
    %more = arith.cmpi slt, %k, %most : i32
    %both = arith.andi %go, %more : i1
    loop.condition(%both) %c, %labels, %go, %k : tensor<16x3xf32>, tensor<60000xi32>, i1, i32
  } do {
  ^bb0(%c: tensor<16x3xf32>, %labels: tensor<60000xi32>, %go: i1, %k: i32):
    // The nearest centre of each pixel.
    %cs = array.broadcast %c dims = [1, 2] : tensor<16x3xf32> to tensor<60000x16x3xf32>
    %d = array.sub %p, %cs : tensor<60000x16x3xf32>
    %dd = array.mul %d, %d : tensor<60000x16x3xf32>
    %distance = array.reduce add %dd init %zero dims = [2] : tensor<60000x16x3xf32>, tensor<f32> to tensor<60000x16xf32>
    %nearest = array.argmin %distance dim = 1 : tensor<60000x16xf32> to tensor<60000xi32>
    %different = array.cmp ne, %nearest, %labels : tensor<60000xi32>
    %some = array.reduce or %different init %false dims = [0] : tensor<60000xi1>, tensor<i1> to tensor<i1>
    %still = array.extract %some : tensor<i1> -> i1
    // The mean of each centre's pixels: membership as a matrix of zeros and ones, and a product.
    %names = array.broadcast %nearest dims = [0] : tensor<60000xi32> to tensor<60000x16xi32>
    %is = array.cmp eq, %names, %numbers : tensor<60000x16xi32>
    %member = array.cast %is : tensor<60000x16xi1> to tensor<60000x16xf32>
    %sums = array.dot_general %member, %pixels batch = [] x [] contract = [0] x [0] : tensor<60000x16xf32>, tensor<60000x3xf32> -> tensor<16x3xf32>
    %counts = array.reduce add %member init %zero dims = [0] : tensor<60000x16xf32>, tensor<f32> to tensor<16xf32>
    // A centre without pixels stays where it is.
    %wide = array.broadcast %counts dims = [0] : tensor<16xf32> to tensor<16x3xf32>
    %means = array.div %sums, %wide : tensor<16x3xf32>
    %filled = array.cmp gt, %counts, %zeros : tensor<16xf32>
    %is_filled = array.broadcast %filled dims = [0] : tensor<16xi1> to tensor<16x3xi1>
    %c2 = array.select %is_filled, %means, %c : tensor<16x3xf32>
    %next = arith.addi %k, %one : i32
    loop.yield %c2, %nearest, %still, %next : tensor<16x3xf32>, tensor<60000xi32>, i1, i32
  }
  %done = array.from_scalar %r#3 : i32 -> tensor<i32>
  return %r#0, %r#1, %done : tensor<16x3xf32>, tensor<60000xi32>, tensor<i32>
}
