// Transposition of a matrix.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>) -> (tensor<{{N}}x{{M}}xf32>) {
  %0 = array.transpose %x perm = [1, 0] : tensor<{{M}}x{{N}}xf32> to tensor<{{N}}x{{M}}xf32>
  return %0 : tensor<{{N}}x{{M}}xf32>
}
