// Convolution by a window of one place: a product of matrices.
func.func @main(%x: tensor<1x{{H}}x{{H}}x{{C}}xf32>, %w: tensor<1x1x{{C}}x{{O}}xf32>) -> (tensor<1x{{H}}x{{H}}x{{O}}xf32>) {
  %0 = array.conv %x, %w dims = "b01f_01io->b01f" : tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<1x1x{{C}}x{{O}}xf32> -> tensor<1x{{H}}x{{H}}x{{O}}xf32>
  return %0 : tensor<1x{{H}}x{{H}}x{{O}}xf32>
}
