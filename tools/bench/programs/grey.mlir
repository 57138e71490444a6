// Brightness of an image of bytes, three channels interleaved.
func.func @main(%x: tensor<{{N}}x3xui8>, %w: tensor<3xf32>) -> (tensor<{{N}}xui8>) {
  %0 = array.cast %x : tensor<{{N}}x3xui8> to tensor<{{N}}x3xf32>
  %1 = array.dot_general %0, %w contract = [1] x [0] : tensor<{{N}}x3xf32>, tensor<3xf32> -> tensor<{{N}}xf32>
  %2 = array.round_even %1 : tensor<{{N}}xf32>
  %3 = array.cast %2 : tensor<{{N}}xf32> to tensor<{{N}}xui8>
  return %3 : tensor<{{N}}xui8>
}
