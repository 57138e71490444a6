// Softmax of each row of scale * x.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>, %scale: tensor<f32>) -> (tensor<{{M}}x{{N}}xf32>) {
  %k = array.broadcast %scale dims = [] : tensor<f32> to tensor<{{M}}x{{N}}xf32>
  %y = array.mul %x, %k : tensor<{{M}}x{{N}}xf32>
  %z = array.constant dense<0.0> : tensor<f32>
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %m = array.reduce max %y init %low dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  %mb = array.broadcast %m dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x{{N}}xf32>
  %d = array.sub %y, %mb : tensor<{{M}}x{{N}}xf32>
  %e = array.exp %d : tensor<{{M}}x{{N}}xf32>
  %s = array.reduce add %e init %z dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  %sb = array.broadcast %s dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x{{N}}xf32>
  %r = array.div %e, %sb : tensor<{{M}}x{{N}}xf32>
  return %r : tensor<{{M}}x{{N}}xf32>
}
