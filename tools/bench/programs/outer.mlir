// Outer product of two vectors.
func.func @main(%x: tensor<{{M}}xf32>, %y: tensor<{{N}}xf32>) -> (tensor<{{M}}x{{N}}xf32>) {
  %a = array.broadcast %x dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x{{N}}xf32>
  %b = array.broadcast %y dims = [1] : tensor<{{N}}xf32> to tensor<{{M}}x{{N}}xf32>
  %0 = array.mul %a, %b : tensor<{{M}}x{{N}}xf32>
  return %0 : tensor<{{M}}x{{N}}xf32>
}
