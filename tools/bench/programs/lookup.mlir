// One element of a table for each id, and a linear map of it.
func.func @main(%table: tensor<{{V}}xf32>, %ids: tensor<{{N}}xi32>, %y: tensor<{{N}}xf32>) -> (tensor<{{N}}xf32>) {
  %0 = array.gather %table, %ids window = [] collapsed = [0] map = [0] vector = 1 sizes = [1] : tensor<{{V}}xf32>, tensor<{{N}}xi32> to tensor<{{N}}xf32>
  %1 = array.mul %0, %y : tensor<{{N}}xf32>
  %2 = array.add %1, %y : tensor<{{N}}xf32>
  return %2 : tensor<{{N}}xf32>
}
