// The same convolution as nine products of shifted images, added.
func.func @main(%x: tensor<1x{{H}}x{{H}}x{{C}}xf32>, %w: tensor<3x3x{{C}}x{{O}}xf32>) -> (tensor<1x{{H}}x{{H}}x{{O}}xf32>) {
  %p = array.pad %x low = [0, 1, 1, 0] high = [0, 1, 1, 0] value 0.0 : f32 : tensor<1x{{H}}x{{H}}x{{C}}xf32> to tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32>
  %s00 = array.slice %p [0:1:1, 0:{{H+0}}:1, 0:{{H+0}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k00 = array.slice %w [0:1:1, 0:1:1, 0:{{C}}:1, 0:{{O}}:1] : tensor<3x3x{{C}}x{{O}}xf32> to tensor<1x1x{{C}}x{{O}}xf32>
  %m00 = array.reshape %k00 : tensor<1x1x{{C}}x{{O}}xf32> to tensor<{{C}}x{{O}}xf32>
  %g00 = array.dot_general %s00, %m00 contract = [3] x [0] : tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<{{C}}x{{O}}xf32> -> tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %s01 = array.slice %p [0:1:1, 0:{{H+0}}:1, 1:{{H+1}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k01 = array.slice %w [0:1:1, 1:2:1, 0:{{C}}:1, 0:{{O}}:1] : tensor<3x3x{{C}}x{{O}}xf32> to tensor<1x1x{{C}}x{{O}}xf32>
  %m01 = array.reshape %k01 : tensor<1x1x{{C}}x{{O}}xf32> to tensor<{{C}}x{{O}}xf32>
  %g01 = array.dot_general %s01, %m01 contract = [3] x [0] : tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<{{C}}x{{O}}xf32> -> tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %a01 = array.add %g00, %g01 : tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %s02 = array.slice %p [0:1:1, 0:{{H+0}}:1, 2:{{H+2}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k02 = array.slice %w [0:1:1, 2:3:1, 0:{{C}}:1, 0:{{O}}:1] : tensor<3x3x{{C}}x{{O}}xf32> to tensor<1x1x{{C}}x{{O}}xf32>
  %m02 = array.reshape %k02 : tensor<1x1x{{C}}x{{O}}xf32> to tensor<{{C}}x{{O}}xf32>
  %g02 = array.dot_general %s02, %m02 contract = [3] x [0] : tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<{{C}}x{{O}}xf32> -> tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %a02 = array.add %a01, %g02 : tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %s10 = array.slice %p [0:1:1, 1:{{H+1}}:1, 0:{{H+0}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k10 = array.slice %w [1:2:1, 0:1:1, 0:{{C}}:1, 0:{{O}}:1] : tensor<3x3x{{C}}x{{O}}xf32> to tensor<1x1x{{C}}x{{O}}xf32>
  %m10 = array.reshape %k10 : tensor<1x1x{{C}}x{{O}}xf32> to tensor<{{C}}x{{O}}xf32>
  %g10 = array.dot_general %s10, %m10 contract = [3] x [0] : tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<{{C}}x{{O}}xf32> -> tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %a10 = array.add %a02, %g10 : tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %s11 = array.slice %p [0:1:1, 1:{{H+1}}:1, 1:{{H+1}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k11 = array.slice %w [1:2:1, 1:2:1, 0:{{C}}:1, 0:{{O}}:1] : tensor<3x3x{{C}}x{{O}}xf32> to tensor<1x1x{{C}}x{{O}}xf32>
  %m11 = array.reshape %k11 : tensor<1x1x{{C}}x{{O}}xf32> to tensor<{{C}}x{{O}}xf32>
  %g11 = array.dot_general %s11, %m11 contract = [3] x [0] : tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<{{C}}x{{O}}xf32> -> tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %a11 = array.add %a10, %g11 : tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %s12 = array.slice %p [0:1:1, 1:{{H+1}}:1, 2:{{H+2}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k12 = array.slice %w [1:2:1, 2:3:1, 0:{{C}}:1, 0:{{O}}:1] : tensor<3x3x{{C}}x{{O}}xf32> to tensor<1x1x{{C}}x{{O}}xf32>
  %m12 = array.reshape %k12 : tensor<1x1x{{C}}x{{O}}xf32> to tensor<{{C}}x{{O}}xf32>
  %g12 = array.dot_general %s12, %m12 contract = [3] x [0] : tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<{{C}}x{{O}}xf32> -> tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %a12 = array.add %a11, %g12 : tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %s20 = array.slice %p [0:1:1, 2:{{H+2}}:1, 0:{{H+0}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k20 = array.slice %w [2:3:1, 0:1:1, 0:{{C}}:1, 0:{{O}}:1] : tensor<3x3x{{C}}x{{O}}xf32> to tensor<1x1x{{C}}x{{O}}xf32>
  %m20 = array.reshape %k20 : tensor<1x1x{{C}}x{{O}}xf32> to tensor<{{C}}x{{O}}xf32>
  %g20 = array.dot_general %s20, %m20 contract = [3] x [0] : tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<{{C}}x{{O}}xf32> -> tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %a20 = array.add %a12, %g20 : tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %s21 = array.slice %p [0:1:1, 2:{{H+2}}:1, 1:{{H+1}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k21 = array.slice %w [2:3:1, 1:2:1, 0:{{C}}:1, 0:{{O}}:1] : tensor<3x3x{{C}}x{{O}}xf32> to tensor<1x1x{{C}}x{{O}}xf32>
  %m21 = array.reshape %k21 : tensor<1x1x{{C}}x{{O}}xf32> to tensor<{{C}}x{{O}}xf32>
  %g21 = array.dot_general %s21, %m21 contract = [3] x [0] : tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<{{C}}x{{O}}xf32> -> tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %a21 = array.add %a20, %g21 : tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %s22 = array.slice %p [0:1:1, 2:{{H+2}}:1, 2:{{H+2}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k22 = array.slice %w [2:3:1, 2:3:1, 0:{{C}}:1, 0:{{O}}:1] : tensor<3x3x{{C}}x{{O}}xf32> to tensor<1x1x{{C}}x{{O}}xf32>
  %m22 = array.reshape %k22 : tensor<1x1x{{C}}x{{O}}xf32> to tensor<{{C}}x{{O}}xf32>
  %g22 = array.dot_general %s22, %m22 contract = [3] x [0] : tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<{{C}}x{{O}}xf32> -> tensor<1x{{H}}x{{H}}x{{O}}xf32>
  %a22 = array.add %a21, %g22 : tensor<1x{{H}}x{{H}}x{{O}}xf32>
  return %a22 : tensor<1x{{H}}x{{H}}x{{O}}xf32>
}
