// erf(x)
func.func @main(%x: tensor<{{?N}}xf32>) -> tensor<{{?N}}xf32> {
  %0 = array.erf %x : tensor<{{?N}}xf32>
  return %0 : tensor<{{?N}}xf32>
}
