// x > 0 ? x : x / 10
func.func @main(%x: tensor<{{N}}xf32>) -> (tensor<{{N}}xf32>) {
  %zs = array.constant dense<0.0> : tensor<f32>
  %z = array.broadcast %zs dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %ks = array.constant dense<0.1> : tensor<f32>
  %k = array.broadcast %ks dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %0 = array.cmp gt, %x, %z : tensor<{{N}}xf32>
  %1 = array.mul %x, %k : tensor<{{N}}xf32>
  %2 = array.select %0, %x, %1 : tensor<{{N}}xf32>
  return %2 : tensor<{{N}}xf32>
}
