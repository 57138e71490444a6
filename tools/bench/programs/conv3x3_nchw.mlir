// The same, channels first.
func.func @main(%x: tensor<1x{{C}}x{{H}}x{{H}}xf32>, %w: tensor<{{O}}x{{C}}x3x3xf32>) -> (tensor<1x{{O}}x{{H}}x{{H}}xf32>) {
  %0 = array.conv %x, %w dims = "bf01_oi01->bf01" low = [1, 1] high = [1, 1] : tensor<1x{{C}}x{{H}}x{{H}}xf32>, tensor<{{O}}x{{C}}x3x3xf32> -> tensor<1x{{O}}x{{H}}x{{H}}xf32>
  return %0 : tensor<1x{{O}}x{{H}}x{{H}}xf32>
}
