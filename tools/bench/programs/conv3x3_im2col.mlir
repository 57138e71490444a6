// The same convolution as one product with the nine neighbours of each place side by side.
func.func @main(%x: tensor<1x{{H}}x{{H}}x{{C}}xf32>, %w: tensor<3x3x{{C}}x{{O}}xf32>) -> (tensor<1x{{H}}x{{H}}x{{O}}xf32>) {
  %p = array.pad %x low = [0, 1, 1, 0] high = [0, 1, 1, 0] value 0.0 : f32 : tensor<1x{{H}}x{{H}}x{{C}}xf32> to tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32>
  %s00 = array.slice %p [0:1:1, 0:{{H+0}}:1, 0:{{H+0}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s01 = array.slice %p [0:1:1, 0:{{H+0}}:1, 1:{{H+1}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s02 = array.slice %p [0:1:1, 0:{{H+0}}:1, 2:{{H+2}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s10 = array.slice %p [0:1:1, 1:{{H+1}}:1, 0:{{H+0}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s11 = array.slice %p [0:1:1, 1:{{H+1}}:1, 1:{{H+1}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s12 = array.slice %p [0:1:1, 1:{{H+1}}:1, 2:{{H+2}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s20 = array.slice %p [0:1:1, 2:{{H+2}}:1, 0:{{H+0}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s21 = array.slice %p [0:1:1, 2:{{H+2}}:1, 1:{{H+1}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s22 = array.slice %p [0:1:1, 2:{{H+2}}:1, 2:{{H+2}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %c = array.concat %s00, %s01, %s02, %s10, %s11, %s12, %s20, %s21, %s22 dim = 3 : tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<1x{{H}}x{{H}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{9*C}}xf32>
  %f = array.reshape %w : tensor<3x3x{{C}}x{{O}}xf32> to tensor<{{9*C}}x{{O}}xf32>
  %r = array.dot_general %c, %f contract = [3] x [0] : tensor<1x{{H}}x{{H}}x{{9*C}}xf32>, tensor<{{9*C}}x{{O}}xf32> -> tensor<1x{{H}}x{{H}}x{{O}}xf32>
  return %r : tensor<1x{{H}}x{{H}}x{{O}}xf32>
}
