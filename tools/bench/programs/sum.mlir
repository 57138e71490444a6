// Sum of a vector.
func.func @main(%x: tensor<{{?N}}xf32>) -> tensor<f32> {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reduce add %x init %z dims = [0] : tensor<{{?N}}xf32>, tensor<f32> to tensor<f32>
  return %0 : tensor<f32>
}
