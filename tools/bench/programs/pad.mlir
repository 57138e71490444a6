// A border of zeros around a matrix.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>) -> (tensor<{{M+4}}x{{N+4}}xf32>) {
  %0 = array.pad %x low = [2, 2] high = [2, 2] value 0.0 : f32 : tensor<{{M}}x{{N}}xf32> to tensor<{{M+4}}x{{N+4}}xf32>
  return %0 : tensor<{{M+4}}x{{N+4}}xf32>
}
