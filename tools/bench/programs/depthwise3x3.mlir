// Three by three convolution of every channel on its own.
func.func @main(%x: tensor<1x{{H}}x{{H}}x{{C}}xf32>, %w: tensor<3x3x1x{{C}}xf32>) -> (tensor<1x{{H}}x{{H}}x{{C}}xf32>) {
  %0 = array.conv %x, %w dims = "b01f_01io->b01f" low = [1, 1] high = [1, 1] feature_groups = {{C}} : tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<3x3x1x{{C}}xf32> -> tensor<1x{{H}}x{{H}}x{{C}}xf32>
  return %0 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
}
