// Euclidean distance of two vectors.
func.func @main(%x: tensor<{{N}}xf32>, %y: tensor<{{N}}xf32>) -> (tensor<f32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.sub %x, %y : tensor<{{N}}xf32>
  %1 = array.mul %0, %0 : tensor<{{N}}xf32>
  %2 = array.reduce add %1 init %z dims = [0] : tensor<{{N}}xf32>, tensor<f32> to tensor<f32>
  %3 = array.sqrt %2 : tensor<f32>
  return %3 : tensor<f32>
}
