// a + b: the smallest stream program.
func.func @main(%a: tensor<{{?N}}xf32>, %b: tensor<{{?N}}xf32>) -> tensor<{{?N}}xf32> {
  %0 = array.add %a, %b : tensor<{{?N}}xf32>
  return %0 : tensor<{{?N}}xf32>
}
