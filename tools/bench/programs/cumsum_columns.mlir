// Running sums down each column.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>) -> tensor<{{M}}x{{N}}xf32> {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.scan add %x init %z dim = 0 : tensor<{{M}}x{{N}}xf32>, tensor<f32>
  return %0 : tensor<{{M}}x{{N}}xf32>
}
