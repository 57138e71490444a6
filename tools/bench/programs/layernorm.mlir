// Rows to mean 0 and variance 1, then scaled and shifted by column.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>, %gamma: tensor<{{N}}xf32>, %beta: tensor<{{N}}xf32>) -> (tensor<{{M}}x{{N}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %ns = array.constant dense<{{N}}.0> : tensor<f32>
  %n = array.broadcast %ns dims = [] : tensor<f32> to tensor<{{M}}xf32>
  %epss = array.constant dense<1.0e-5> : tensor<f32>
  %eps = array.broadcast %epss dims = [] : tensor<f32> to tensor<{{M}}xf32>
  %0 = array.reduce add %x init %z dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  %mean = array.div %0, %n : tensor<{{M}}xf32>
  %mb = array.broadcast %mean dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x{{N}}xf32>
  %d = array.sub %x, %mb : tensor<{{M}}x{{N}}xf32>
  %q = array.mul %d, %d : tensor<{{M}}x{{N}}xf32>
  %1 = array.reduce add %q init %z dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  %var = array.div %1, %n : tensor<{{M}}xf32>
  %2 = array.add %var, %eps : tensor<{{M}}xf32>
  %3 = array.rsqrt %2 : tensor<{{M}}xf32>
  %k = array.broadcast %3 dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x{{N}}xf32>
  %4 = array.mul %d, %k : tensor<{{M}}x{{N}}xf32>
  %g = array.broadcast %gamma dims = [1] : tensor<{{N}}xf32> to tensor<{{M}}x{{N}}xf32>
  %b = array.broadcast %beta dims = [1] : tensor<{{N}}xf32> to tensor<{{M}}x{{N}}xf32>
  %5 = array.mul %4, %g : tensor<{{M}}x{{N}}xf32>
  %6 = array.add %5, %b : tensor<{{M}}x{{N}}xf32>
  return %6 : tensor<{{M}}x{{N}}xf32>
}
