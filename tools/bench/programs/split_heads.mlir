// Rows of tokens to heads: reshape and transposition.
func.func @main(%x: tensor<{{S}}x{{H*D}}xf32>) -> (tensor<{{H}}x{{S}}x{{D}}xf32>) {
  %0 = array.reshape %x : tensor<{{S}}x{{H*D}}xf32> to tensor<{{S}}x{{H}}x{{D}}xf32>
  %1 = array.transpose %0 perm = [1, 0, 2] : tensor<{{S}}x{{H}}x{{D}}xf32> to tensor<{{H}}x{{S}}x{{D}}xf32>
  return %1 : tensor<{{H}}x{{S}}x{{D}}xf32>
}
