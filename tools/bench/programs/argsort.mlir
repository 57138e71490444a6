// Where the numbers in ascending order are.
func.func @main(%x: tensor<{{N}}xf32>) -> tensor<{{N}}xi32> {
  %i = array.iota dim = 0 : tensor<{{N}}xi32>
  %0:2 = array.sort %x, %i dim = 0 stable ascending total_order : tensor<{{N}}xf32>, tensor<{{N}}xi32>
  return %0#1 : tensor<{{N}}xi32>
}
