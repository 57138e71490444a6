// Floats to bytes: round(x * 64 + 128), saturating.
func.func @main(%x: tensor<{{N}}xf32>) -> (tensor<{{N}}xui8>) {
  %zs = array.constant dense<128.0> : tensor<f32>
  %z = array.broadcast %zs dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %ks = array.constant dense<64.0> : tensor<f32>
  %k = array.broadcast %ks dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %0 = array.mul %x, %k : tensor<{{N}}xf32>
  %1 = array.add %0, %z : tensor<{{N}}xf32>
  %2 = array.round_even %1 : tensor<{{N}}xf32>
  %3 = array.cast %2 : tensor<{{N}}xf32> to tensor<{{N}}xui8>
  return %3 : tensor<{{N}}xui8>
}
