// Fourier transforms of rows.
func.func @main(%x: tensor<{{B}}x{{N}}xcomplex<f32>>) -> (tensor<{{B}}x{{N}}xcomplex<f32>>) {
  %r = array.fft fft %x length = [{{N}}] : tensor<{{B}}x{{N}}xcomplex<f32>> to tensor<{{B}}x{{N}}xcomplex<f32>>
  return %r : tensor<{{B}}x{{N}}xcomplex<f32>>
}
