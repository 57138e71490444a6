// Mean of each two by two block of an image.
func.func @main(%x: tensor<{{2*N}}x{{2*N}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reshape %x : tensor<{{2*N}}x{{2*N}}xf32> to tensor<{{N}}x2x{{N}}x2xf32>
  %1 = array.reduce add %0 init %z dims = [1, 3] : tensor<{{N}}x2x{{N}}x2xf32>, tensor<f32> to tensor<{{N}}x{{N}}xf32>
  %ks = array.constant dense<0.25> : tensor<f32>
  %k = array.broadcast %ks dims = [] : tensor<f32> to tensor<{{N}}x{{N}}xf32>
  %2 = array.mul %1, %k : tensor<{{N}}x{{N}}xf32>
  return %2 : tensor<{{N}}x{{N}}xf32>
}
