// Mean, then mean of squared differences.
func.func @main(%x: tensor<{{N}}xf32>) -> (tensor<f32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %n = array.constant dense<{{N}}.0> : tensor<f32>
  %0 = array.reduce add %x init %z dims = [0] : tensor<{{N}}xf32>, tensor<f32> to tensor<f32>
  %1 = array.div %0, %n : tensor<f32>
  %2 = array.broadcast %1 dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %3 = array.sub %x, %2 : tensor<{{N}}xf32>
  %4 = array.mul %3, %3 : tensor<{{N}}xf32>
  %5 = array.reduce add %4 init %z dims = [0] : tensor<{{N}}xf32>, tensor<f32> to tensor<f32>
  %6 = array.div %5, %n : tensor<f32>
  return %6 : tensor<f32>
}
