// The greatest 100 numbers, and where they are.
func.func @main(%x: tensor<{{N}}xf32>) -> (tensor<100xf32>, tensor<100xi32>) {
  %i = array.iota dim = 0 : tensor<{{N}}xi32>
  %0:2 = array.sort %x, %i dim = 0 stable descending total_order : tensor<{{N}}xf32>, tensor<{{N}}xi32>
  %1 = array.slice %0#0 [0:100:1] : tensor<{{N}}xf32> to tensor<100xf32>
  %2 = array.slice %0#1 [0:100:1] : tensor<{{N}}xi32> to tensor<100xi32>
  return %1, %2 : tensor<100xf32>, tensor<100xi32>
}
