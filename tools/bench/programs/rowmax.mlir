// Largest element of each row.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>) -> (tensor<{{M}}xf32>) {
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %0 = array.reduce max %x init %low dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  return %0 : tensor<{{M}}xf32>
}
