// Squared distances of all rows of two matrices.
func.func @main(%a: tensor<{{M}}x{{K}}xf32>, %b: tensor<{{N}}x{{K}}xf32>) -> (tensor<{{M}}x{{N}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %ab = array.broadcast %a dims = [0, 2] : tensor<{{M}}x{{K}}xf32> to tensor<{{M}}x{{N}}x{{K}}xf32>
  %bb = array.broadcast %b dims = [1, 2] : tensor<{{N}}x{{K}}xf32> to tensor<{{M}}x{{N}}x{{K}}xf32>
  %d = array.sub %ab, %bb : tensor<{{M}}x{{N}}x{{K}}xf32>
  %q = array.mul %d, %d : tensor<{{M}}x{{N}}x{{K}}xf32>
  %r = array.reduce add %q init %z dims = [2] : tensor<{{M}}x{{N}}x{{K}}xf32>, tensor<f32> to tensor<{{M}}x{{N}}xf32>
  return %r : tensor<{{M}}x{{N}}xf32>
}
