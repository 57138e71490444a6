// Matrix product with a transposed second factor, as attention scores have it.
func.func @main(%a: tensor<{{M}}x{{K}}xf32>, %b: tensor<{{N}}x{{K}}xf32>) -> (tensor<{{M}}x{{N}}xf32>) {
  %0 = array.dot_general %a, %b contract = [1] x [1] : tensor<{{M}}x{{K}}xf32>, tensor<{{N}}x{{K}}xf32> -> tensor<{{M}}x{{N}}xf32>
  return %0 : tensor<{{M}}x{{N}}xf32>
}
