// Three by three filter with weights of run time over an image without channels.
func.func @main(%x: tensor<1x{{N+2}}x{{N+2}}x1xf32>, %w: tensor<3x3x1x1xf32>) -> (tensor<1x{{N}}x{{N}}x1xf32>) {
  %0 = array.conv %x, %w dims = "b01f_01io->b01f" : tensor<1x{{N+2}}x{{N+2}}x1xf32>, tensor<3x3x1x1xf32> -> tensor<1x{{N}}x{{N}}x1xf32>
  return %0 : tensor<1x{{N}}x{{N}}x1xf32>
}
