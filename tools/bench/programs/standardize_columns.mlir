// Columns to mean 0 and variance 1.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>) -> (tensor<{{M}}x{{N}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %ns = array.constant dense<{{M}}.0> : tensor<f32>
  %n = array.broadcast %ns dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %es = array.constant dense<1.0e-5> : tensor<f32>
  %eps = array.broadcast %es dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %0 = array.reduce add %x init %z dims = [0] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{N}}xf32>
  %1 = array.div %0, %n : tensor<{{N}}xf32>
  %mb = array.broadcast %1 dims = [1] : tensor<{{N}}xf32> to tensor<{{M}}x{{N}}xf32>
  %d = array.sub %x, %mb : tensor<{{M}}x{{N}}xf32>
  %q = array.mul %d, %d : tensor<{{M}}x{{N}}xf32>
  %2 = array.reduce add %q init %z dims = [0] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{N}}xf32>
  %3 = array.div %2, %n : tensor<{{N}}xf32>
  %4 = array.add %3, %eps : tensor<{{N}}xf32>
  %5 = array.rsqrt %4 : tensor<{{N}}xf32>
  %k = array.broadcast %5 dims = [1] : tensor<{{N}}xf32> to tensor<{{M}}x{{N}}xf32>
  %6 = array.mul %d, %k : tensor<{{M}}x{{N}}xf32>
  return %6 : tensor<{{M}}x{{N}}xf32>
}
