// Ten elementwise ops on three inputs.
func.func @main(%a: tensor<{{?N}}xf32>, %b: tensor<{{?N}}xf32>, %c: tensor<{{?N}}xf32>) -> tensor<{{?N}}xf32> {
  %0 = array.mul %a, %b : tensor<{{?N}}xf32>
  %1 = array.add %0, %c : tensor<{{?N}}xf32>
  %2 = array.sub %1, %a : tensor<{{?N}}xf32>
  %3 = array.abs %2 : tensor<{{?N}}xf32>
  %4 = array.sqrt %3 : tensor<{{?N}}xf32>
  %5 = array.mul %4, %b : tensor<{{?N}}xf32>
  %6 = array.max %5, %c : tensor<{{?N}}xf32>
  %7 = array.add %6, %a : tensor<{{?N}}xf32>
  %8 = array.mul %7, %7 : tensor<{{?N}}xf32>
  %9 = array.min %8, %1 : tensor<{{?N}}xf32>
  return %9 : tensor<{{?N}}xf32>
}
