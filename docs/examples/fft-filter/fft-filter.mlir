// Blurs a picture and finds its details in the frequency domain; README.md has the formulas.
func.func @main(%image: tensor<512x512xf32>, %width: tensor<f32>) -> (tensor<512x512xf32>, tensor<512x512xf32>) {
  %spectrum = array.fft rfft %image length = [512, 512] : tensor<512x512xf32> to tensor<512x257xcomplex<f32>>
  // Frequencies of rows: 0 .. 256, then -255 .. -1; of columns 0 .. 256.
  %row = array.iota dim = 0 : tensor<512x257xi32>
  %half = array.full 256 : i32, tensor<512x257xi32>
  %n = array.full 512 : i32, tensor<512x257xi32>
  %is_upper = array.cmp gt, %row, %half : tensor<512x257xi32>
  %negative = array.sub %row, %n : tensor<512x257xi32>
  %v = array.select %is_upper, %negative, %row : tensor<512x257xi32>
  %u = array.iota dim = 1 : tensor<512x257xi32>
  %vv = array.mul %v, %v : tensor<512x257xi32>
  %uu = array.mul %u, %u : tensor<512x257xi32>
  %square = array.add %vv, %uu : tensor<512x257xi32>
  %f2 = array.cast %square : tensor<512x257xi32> to tensor<512x257xf32>
  // A Gauss bell of `width` pixels has the transform exp(-2 pi^2 width^2 f^2 / 512^2).
  %scale = array.full -7.5299106e-05 : f32, tensor<512x257xf32>
  %w = array.broadcast %width dims = [] : tensor<f32> to tensor<512x257xf32>
  %ww = array.mul %w, %w : tensor<512x257xf32>
  %c = array.mul %scale, %ww : tensor<512x257xf32>
  %exponent = array.mul %c, %f2 : tensor<512x257xf32>
  %gain = array.exp %exponent : tensor<512x257xf32>
  %re = array.real %spectrum : tensor<512x257xcomplex<f32>>
  %im = array.imag %spectrum : tensor<512x257xcomplex<f32>>
  %re2 = array.mul %re, %gain : tensor<512x257xf32>
  %im2 = array.mul %im, %gain : tensor<512x257xf32>
  %filtered = array.complex %re2, %im2 : tensor<512x257xf32>
  %smooth = array.fft irfft %filtered length = [512, 512] : tensor<512x257xcomplex<f32>> to tensor<512x512xf32>
  %detail = array.sub %image, %smooth : tensor<512x512xf32>
  return %smooth, %detail : tensor<512x512xf32>, tensor<512x512xf32>
}
