// sqrt(a * b + c)
func.func @main(%a: tensor<{{?N}}xf32>, %b: tensor<{{?N}}xf32>, %c: tensor<{{?N}}xf32>) -> tensor<{{?N}}xf32> {
  %0 = array.mul %a, %b : tensor<{{?N}}xf32>
  %1 = array.add %0, %c : tensor<{{?N}}xf32>
  %2 = array.sqrt %1 : tensor<{{?N}}xf32>
  return %2 : tensor<{{?N}}xf32>
}
