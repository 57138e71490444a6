// Rows of a table at ids.
func.func @main(%table: tensor<{{V}}x{{D}}xf32>, %ids: tensor<{{N}}xi32>) -> (tensor<{{N}}x{{D}}xf32>) {
  %0 = array.gather %table, %ids window = [1] collapsed = [0] map = [0] vector = 1 sizes = [1, {{D}}] : tensor<{{V}}x{{D}}xf32>, tensor<{{N}}xi32> to tensor<{{N}}x{{D}}xf32>
  return %0 : tensor<{{N}}x{{D}}xf32>
}
