// Where the greatest number of each column is.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>) -> tensor<{{N}}xi32> {
  %0 = array.argmax %x dim = 0 : tensor<{{M}}x{{N}}xf32> to tensor<{{N}}xi32>
  return %0 : tensor<{{N}}xi32>
}
