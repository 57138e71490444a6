// x * sigmoid(x)
func.func @main(%x: tensor<{{?N}}xf32>) -> tensor<{{?N}}xf32> {
  %0 = array.sigmoid %x : tensor<{{?N}}xf32>
  %1 = array.mul %x, %0 : tensor<{{?N}}xf32>
  return %1 : tensor<{{?N}}xf32>
}
