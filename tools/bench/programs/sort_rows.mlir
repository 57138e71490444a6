// Each row in ascending order.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>) -> tensor<{{M}}x{{N}}xf32> {
  %0 = array.sort %x dim = 1 ascending : tensor<{{M}}x{{N}}xf32>
  return %0 : tensor<{{M}}x{{N}}xf32>
}
