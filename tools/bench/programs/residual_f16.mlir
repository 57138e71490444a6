// Half precision in memory, single precision in arithmetic: relu(x * scale + y).
func.func @main(%x: tensor<{{N}}xf16>, %y: tensor<{{N}}xf16>, %scale: tensor<f32>) -> (tensor<{{N}}xf16>) {
  %zeros = array.constant dense<0.0> : tensor<f32>
  %zero = array.broadcast %zeros dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %s = array.broadcast %scale dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %0 = array.cast %x : tensor<{{N}}xf16> to tensor<{{N}}xf32>
  %1 = array.cast %y : tensor<{{N}}xf16> to tensor<{{N}}xf32>
  %2 = array.mul %0, %s : tensor<{{N}}xf32>
  %3 = array.add %2, %1 : tensor<{{N}}xf32>
  %4 = array.max %3, %zero : tensor<{{N}}xf32>
  %5 = array.cast %4 : tensor<{{N}}xf32> to tensor<{{N}}xf16>
  return %5 : tensor<{{N}}xf16>
}
