// An image of bytes with its columns in the opposite order.
func.func @main(%x: tensor<{{H}}x{{W}}x3xui8>) -> (tensor<{{H}}x{{W}}x3xui8>) {
  %0 = array.reverse %x dims = [1] : tensor<{{H}}x{{W}}x3xui8>
  return %0 : tensor<{{H}}x{{W}}x3xui8>
}
