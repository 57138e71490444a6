// Sum of each row.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>) -> (tensor<{{M}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reduce add %x init %z dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  return %0 : tensor<{{M}}xf32>
}
