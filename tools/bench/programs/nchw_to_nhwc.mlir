// Channels from second to last.
func.func @main(%x: tensor<{{B}}x{{C}}x{{H}}x{{W}}xf32>) -> (tensor<{{B}}x{{H}}x{{W}}x{{C}}xf32>) {
  %0 = array.transpose %x perm = [0, 2, 3, 1] : tensor<{{B}}x{{C}}x{{H}}x{{W}}xf32> to tensor<{{B}}x{{H}}x{{W}}x{{C}}xf32>
  return %0 : tensor<{{B}}x{{H}}x{{W}}x{{C}}xf32>
}
