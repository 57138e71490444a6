// Matrix products in a batch.
func.func @main(%a: tensor<{{B}}x{{M}}x{{K}}xf32>, %b: tensor<{{B}}x{{K}}x{{N}}xf32>) -> (tensor<{{B}}x{{M}}x{{N}}xf32>) {
  %0 = array.dot_general %a, %b batch = [0] x [0] contract = [2] x [1] : tensor<{{B}}x{{M}}x{{K}}xf32>, tensor<{{B}}x{{K}}x{{N}}xf32> -> tensor<{{B}}x{{M}}x{{N}}xf32>
  return %0 : tensor<{{B}}x{{M}}x{{N}}xf32>
}
