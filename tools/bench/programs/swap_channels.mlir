// Pixels of four bytes with the first and the third exchanged: a gather at known places.
func.func @main(%x: tensor<{{N}}x{{N}}x4xui8>) -> (tensor<{{N}}x{{N}}x4xui8>) {
  %order = array.constant dense<[2, 1, 0, 3]> : tensor<4xi32>
  %0 = array.gather %x, %order window = [0, 1] collapsed = [2] map = [2] vector = 1 sizes = [{{N}}, {{N}}, 1] : tensor<{{N}}x{{N}}x4xui8>, tensor<4xi32> to tensor<{{N}}x{{N}}x4xui8>
  return %0 : tensor<{{N}}x{{N}}x4xui8>
}
