// max(x + bias, 0) with a bias of each column.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>, %b: tensor<{{N}}xf32>) -> (tensor<{{M}}x{{N}}xf32>) {
  %zeros = array.constant dense<0.0> : tensor<f32>
  %zero = array.broadcast %zeros dims = [] : tensor<f32> to tensor<{{M}}x{{N}}xf32>
  %bb = array.broadcast %b dims = [1] : tensor<{{N}}xf32> to tensor<{{M}}x{{N}}xf32>
  %0 = array.add %x, %bb : tensor<{{M}}x{{N}}xf32>
  %1 = array.max %0, %zero : tensor<{{M}}x{{N}}xf32>
  return %1 : tensor<{{M}}x{{N}}xf32>
}
