// x - max - log(sum(exp(x - max))) of each row.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>) -> (tensor<{{M}}x{{N}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %m = array.reduce max %x init %low dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  %mb = array.broadcast %m dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x{{N}}xf32>
  %d = array.sub %x, %mb : tensor<{{M}}x{{N}}xf32>
  %e = array.exp %d : tensor<{{M}}x{{N}}xf32>
  %s = array.reduce add %e init %z dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  %l = array.log %s : tensor<{{M}}xf32>
  %lb = array.broadcast %l dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x{{N}}xf32>
  %r = array.sub %d, %lb : tensor<{{M}}x{{N}}xf32>
  return %r : tensor<{{M}}x{{N}}xf32>
}
