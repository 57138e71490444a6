// Matrix product.
func.func @main(%a: tensor<{{M}}x{{K}}xf32>, %b: tensor<{{K}}x{{N}}xf32>) -> (tensor<{{M}}x{{N}}xf32>) {
  %0 = array.dot_general %a, %b contract = [1] x [0] : tensor<{{M}}x{{K}}xf32>, tensor<{{K}}x{{N}}xf32> -> tensor<{{M}}x{{N}}xf32>
  return %0 : tensor<{{M}}x{{N}}xf32>
}
