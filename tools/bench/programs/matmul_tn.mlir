// Matrix product with a transposed first factor, as weight gradients have it.
func.func @main(%a: tensor<{{K}}x{{M}}xf32>, %b: tensor<{{K}}x{{N}}xf32>) -> (tensor<{{M}}x{{N}}xf32>) {
  %0 = array.dot_general %a, %b contract = [0] x [0] : tensor<{{K}}x{{M}}xf32>, tensor<{{K}}x{{N}}xf32> -> tensor<{{M}}x{{N}}xf32>
  return %0 : tensor<{{M}}x{{N}}xf32>
}
