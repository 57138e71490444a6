// Where the greatest number of each row is.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>) -> tensor<{{M}}xi32> {
  %0 = array.argmax %x dim = 1 : tensor<{{M}}x{{N}}xf32> to tensor<{{M}}xi32>
  return %0 : tensor<{{M}}xi32>
}
