// The colour of each pixel, from a table.
func.func @main(%x: tensor<{{N}}x{{N}}xui8>, %colours: tensor<256x3xi32>) -> (tensor<{{N}}x{{N}}x3xui8>) {
  %wide = array.cast %x : tensor<{{N}}x{{N}}xui8> to tensor<{{N}}x{{N}}xi32>
  %0 = array.gather %colours, %wide window = [2] collapsed = [0] map = [0] vector = 2 sizes = [1, 3] : tensor<256x3xi32>, tensor<{{N}}x{{N}}xi32> to tensor<{{N}}x{{N}}x3xi32>
  %1 = array.cast %0 : tensor<{{N}}x{{N}}x3xi32> to tensor<{{N}}x{{N}}x3xui8>
  return %1 : tensor<{{N}}x{{N}}x3xui8>
}
