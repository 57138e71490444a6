// Inner product of two vectors.
func.func @main(%x: tensor<{{N}}xf32>, %y: tensor<{{N}}xf32>) -> (tensor<f32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.mul %x, %y : tensor<{{N}}xf32>
  %1 = array.reduce add %0 init %z dims = [0] : tensor<{{N}}xf32>, tensor<f32> to tensor<f32>
  return %1 : tensor<f32>
}
