// Sum of each column.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>) -> (tensor<{{N}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reduce add %x init %z dims = [0] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{N}}xf32>
  return %0 : tensor<{{N}}xf32>
}
