// Three reductions of one input: sum, sum of squares, maximum.
func.func @main(%x: tensor<{{N}}xf32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %0 = array.reduce add %x init %z dims = [0] : tensor<{{N}}xf32>, tensor<f32> to tensor<f32>
  %1 = array.mul %x, %x : tensor<{{N}}xf32>
  %2 = array.reduce add %1 init %z dims = [0] : tensor<{{N}}xf32>, tensor<f32> to tensor<f32>
  %3 = array.reduce max %x init %low dims = [0] : tensor<{{N}}xf32>, tensor<f32> to tensor<f32>
  return %0, %2, %3 : tensor<f32>, tensor<f32>, tensor<f32>
}
