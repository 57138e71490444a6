// Mean of two by two places, channels last.
func.func @main(%x: tensor<1x{{2*H}}x{{2*H}}x{{C}}xf32>) -> (tensor<1x{{H}}x{{H}}x{{C}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reduce_window add %x init %z window = [1, 2, 2, 1] strides = [1, 2, 2, 1] : tensor<1x{{2*H}}x{{2*H}}x{{C}}xf32>, tensor<f32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %ks = array.constant dense<0.25> : tensor<f32>
  %k = array.broadcast %ks dims = [] : tensor<f32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %1 = array.mul %0, %k : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  return %1 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
}
