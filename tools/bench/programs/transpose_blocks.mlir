// A transposition as one of blocks of 8 x 16, and of the elements of each.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>) -> (tensor<{{N}}x{{M}}xf32>) {
  %0 = array.reshape %x : tensor<{{M}}x{{N}}xf32> to tensor<{{M/8}}x8x{{N/16}}x16xf32>
  %1 = array.transpose %0 perm = [2, 0, 1, 3] : tensor<{{M/8}}x8x{{N/16}}x16xf32> to tensor<{{N/16}}x{{M/8}}x8x16xf32>
  %2 = array.transpose %1 perm = [0, 3, 1, 2] : tensor<{{N/16}}x{{M/8}}x8x16xf32> to tensor<{{N/16}}x16x{{M/8}}x8xf32>
  %3 = array.reshape %2 : tensor<{{N/16}}x16x{{M/8}}x8xf32> to tensor<{{N}}x{{M}}xf32>
  return %3 : tensor<{{N}}x{{M}}xf32>
}
