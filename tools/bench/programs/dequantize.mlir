// Bytes to floats: (x - 128) * scale.
func.func @main(%x: tensor<{{N}}xui8>, %scale: tensor<f32>) -> (tensor<{{N}}xf32>) {
  %zs = array.constant dense<128.0> : tensor<f32>
  %z = array.broadcast %zs dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %s = array.broadcast %scale dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %0 = array.cast %x : tensor<{{N}}xui8> to tensor<{{N}}xf32>
  %1 = array.sub %0, %z : tensor<{{N}}xf32>
  %2 = array.mul %1, %s : tensor<{{N}}xf32>
  return %2 : tensor<{{N}}xf32>
}
