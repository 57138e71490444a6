// Numbers in ascending order.
func.func @main(%x: tensor<{{?N}}xf32>) -> tensor<{{?N}}xf32> {
  %0 = array.sort %x dim = 0 ascending total_order : tensor<{{?N}}xf32>
  return %0 : tensor<{{?N}}xf32>
}
