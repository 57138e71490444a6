// Vector times matrix.
func.func @main(%x: tensor<{{K}}xf32>, %b: tensor<{{K}}x{{N}}xf32>) -> (tensor<{{N}}xf32>) {
  %0 = array.dot_general %x, %b contract = [0] x [0] : tensor<{{K}}xf32>, tensor<{{K}}x{{N}}xf32> -> tensor<{{N}}xf32>
  return %0 : tensor<{{N}}xf32>
}
