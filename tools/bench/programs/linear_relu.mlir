// max(x w + b, 0)
func.func @main(%x: tensor<{{M}}x{{K}}xf32>, %w: tensor<{{K}}x{{N}}xf32>, %b: tensor<{{N}}xf32>) -> (tensor<{{M}}x{{N}}xf32>) {
  %0 = array.dot_general %x, %w contract = [1] x [0] : tensor<{{M}}x{{K}}xf32>, tensor<{{K}}x{{N}}xf32> -> tensor<{{M}}x{{N}}xf32>
  %bb = array.broadcast %b dims = [1] : tensor<{{N}}xf32> to tensor<{{M}}x{{N}}xf32>
  %1 = array.add %0, %bb : tensor<{{M}}x{{N}}xf32>
  %zeros = array.constant dense<0.0> : tensor<f32>
  %zero = array.broadcast %zeros dims = [] : tensor<f32> to tensor<{{M}}x{{N}}xf32>
  %2 = array.max %1, %zero : tensor<{{M}}x{{N}}xf32>
  return %2 : tensor<{{M}}x{{N}}xf32>
}
