// x / 2 * (1 + erf(x / sqrt 2))
func.func @main(%x: tensor<{{N}}xf32>) -> (tensor<{{N}}xf32>) {
  %halfs = array.constant dense<0.5> : tensor<f32>
  %half = array.broadcast %halfs dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %ones = array.constant dense<1.0> : tensor<f32>
  %one = array.broadcast %ones dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %rs = array.constant dense<0.70710678118654752> : tensor<f32>
  %r = array.broadcast %rs dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %0 = array.mul %x, %r : tensor<{{N}}xf32>
  %1 = array.erf %0 : tensor<{{N}}xf32>
  %2 = array.add %1, %one : tensor<{{N}}xf32>
  %3 = array.mul %x, %half : tensor<{{N}}xf32>
  %4 = array.mul %3, %2 : tensor<{{N}}xf32>
  return %4 : tensor<{{N}}xf32>
}
