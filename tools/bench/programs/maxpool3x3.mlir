// Greatest of three by three places, every other place, channels last.
func.func @main(%x: tensor<1x{{2*H}}x{{2*H}}x{{C}}xf32>) -> (tensor<1x{{H}}x{{H}}x{{C}}xf32>) {
  %z = array.constant dense<0xFF800000> : tensor<f32>
  %0 = array.reduce_window max %x init %z window = [1, 3, 3, 1] strides = [1, 2, 2, 1] high = [0, 1, 1, 0] : tensor<1x{{2*H}}x{{2*H}}x{{C}}xf32>, tensor<f32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  return %0 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
}
