// Three by three convolution of every other place of an image of even size.
func.func @main(%x: tensor<1x{{2*H}}x{{2*H}}x{{C}}xf32>, %w: tensor<3x3x{{C}}x{{O}}xf32>) -> (tensor<1x{{H}}x{{H}}x{{O}}xf32>) {
  %0 = array.conv %x, %w dims = "b01f_01io->b01f" strides = [2, 2] high = [1, 1] : tensor<1x{{2*H}}x{{2*H}}x{{C}}xf32>, tensor<3x3x{{C}}x{{O}}xf32> -> tensor<1x{{H}}x{{H}}x{{O}}xf32>
  return %0 : tensor<1x{{H}}x{{H}}x{{O}}xf32>
}
