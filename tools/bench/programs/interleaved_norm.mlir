// Lengths of vectors of three, interleaved in memory.
func.func @main(%x: tensor<{{N}}x3xf32>) -> (tensor<{{N}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.mul %x, %x : tensor<{{N}}x3xf32>
  %1 = array.reduce add %0 init %z dims = [1] : tensor<{{N}}x3xf32>, tensor<f32> to tensor<{{N}}xf32>
  %2 = array.sqrt %1 : tensor<{{N}}xf32>
  return %2 : tensor<{{N}}xf32>
}
