// Matrix times vector.
func.func @main(%a: tensor<{{M}}x{{K}}xf32>, %x: tensor<{{K}}xf32>) -> (tensor<{{M}}xf32>) {
  %0 = array.dot_general %a, %x contract = [1] x [0] : tensor<{{M}}x{{K}}xf32>, tensor<{{K}}xf32> -> tensor<{{M}}xf32>
  return %0 : tensor<{{M}}xf32>
}
