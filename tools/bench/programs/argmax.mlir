// Where the greatest number is.
func.func @main(%x: tensor<{{?N}}xf32>) -> tensor<i32> {
  %0 = array.argmax %x dim = 0 : tensor<{{?N}}xf32> to tensor<i32>
  return %0 : tensor<i32>
}
