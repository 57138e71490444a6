// The same as sums of shifted images times the weights of a place.
func.func @main(%x: tensor<1x{{H}}x{{H}}x{{C}}xf32>, %w: tensor<3x3x1x{{C}}xf32>) -> (tensor<1x{{H}}x{{H}}x{{C}}xf32>) {
  %p = array.pad %x low = [0, 1, 1, 0] high = [0, 1, 1, 0] value 0.0 : f32 : tensor<1x{{H}}x{{H}}x{{C}}xf32> to tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32>
  %s00 = array.slice %p [0:1:1, 0:{{H+0}}:1, 0:{{H+0}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k00 = array.slice %w [0:1:1, 0:1:1, 0:1:1, 0:{{C}}:1] : tensor<3x3x1x{{C}}xf32> to tensor<1x1x1x{{C}}xf32>
  %v00 = array.reshape %k00 : tensor<1x1x1x{{C}}xf32> to tensor<{{C}}xf32>
  %b00 = array.broadcast %v00 dims = [3] : tensor<{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %g00 = array.mul %s00, %b00 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s01 = array.slice %p [0:1:1, 0:{{H+0}}:1, 1:{{H+1}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k01 = array.slice %w [0:1:1, 1:2:1, 0:1:1, 0:{{C}}:1] : tensor<3x3x1x{{C}}xf32> to tensor<1x1x1x{{C}}xf32>
  %v01 = array.reshape %k01 : tensor<1x1x1x{{C}}xf32> to tensor<{{C}}xf32>
  %b01 = array.broadcast %v01 dims = [3] : tensor<{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %g01 = array.mul %s01, %b01 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %a01 = array.add %g00, %g01 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s02 = array.slice %p [0:1:1, 0:{{H+0}}:1, 2:{{H+2}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k02 = array.slice %w [0:1:1, 2:3:1, 0:1:1, 0:{{C}}:1] : tensor<3x3x1x{{C}}xf32> to tensor<1x1x1x{{C}}xf32>
  %v02 = array.reshape %k02 : tensor<1x1x1x{{C}}xf32> to tensor<{{C}}xf32>
  %b02 = array.broadcast %v02 dims = [3] : tensor<{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %g02 = array.mul %s02, %b02 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %a02 = array.add %a01, %g02 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s10 = array.slice %p [0:1:1, 1:{{H+1}}:1, 0:{{H+0}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k10 = array.slice %w [1:2:1, 0:1:1, 0:1:1, 0:{{C}}:1] : tensor<3x3x1x{{C}}xf32> to tensor<1x1x1x{{C}}xf32>
  %v10 = array.reshape %k10 : tensor<1x1x1x{{C}}xf32> to tensor<{{C}}xf32>
  %b10 = array.broadcast %v10 dims = [3] : tensor<{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %g10 = array.mul %s10, %b10 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %a10 = array.add %a02, %g10 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s11 = array.slice %p [0:1:1, 1:{{H+1}}:1, 1:{{H+1}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k11 = array.slice %w [1:2:1, 1:2:1, 0:1:1, 0:{{C}}:1] : tensor<3x3x1x{{C}}xf32> to tensor<1x1x1x{{C}}xf32>
  %v11 = array.reshape %k11 : tensor<1x1x1x{{C}}xf32> to tensor<{{C}}xf32>
  %b11 = array.broadcast %v11 dims = [3] : tensor<{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %g11 = array.mul %s11, %b11 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %a11 = array.add %a10, %g11 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s12 = array.slice %p [0:1:1, 1:{{H+1}}:1, 2:{{H+2}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k12 = array.slice %w [1:2:1, 2:3:1, 0:1:1, 0:{{C}}:1] : tensor<3x3x1x{{C}}xf32> to tensor<1x1x1x{{C}}xf32>
  %v12 = array.reshape %k12 : tensor<1x1x1x{{C}}xf32> to tensor<{{C}}xf32>
  %b12 = array.broadcast %v12 dims = [3] : tensor<{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %g12 = array.mul %s12, %b12 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %a12 = array.add %a11, %g12 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s20 = array.slice %p [0:1:1, 2:{{H+2}}:1, 0:{{H+0}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k20 = array.slice %w [2:3:1, 0:1:1, 0:1:1, 0:{{C}}:1] : tensor<3x3x1x{{C}}xf32> to tensor<1x1x1x{{C}}xf32>
  %v20 = array.reshape %k20 : tensor<1x1x1x{{C}}xf32> to tensor<{{C}}xf32>
  %b20 = array.broadcast %v20 dims = [3] : tensor<{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %g20 = array.mul %s20, %b20 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %a20 = array.add %a12, %g20 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s21 = array.slice %p [0:1:1, 2:{{H+2}}:1, 1:{{H+1}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k21 = array.slice %w [2:3:1, 1:2:1, 0:1:1, 0:{{C}}:1] : tensor<3x3x1x{{C}}xf32> to tensor<1x1x1x{{C}}xf32>
  %v21 = array.reshape %k21 : tensor<1x1x1x{{C}}xf32> to tensor<{{C}}xf32>
  %b21 = array.broadcast %v21 dims = [3] : tensor<{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %g21 = array.mul %s21, %b21 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %a21 = array.add %a20, %g21 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %s22 = array.slice %p [0:1:1, 2:{{H+2}}:1, 2:{{H+2}}:1, 0:{{C}}:1] : tensor<1x{{H+2}}x{{H+2}}x{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %k22 = array.slice %w [2:3:1, 2:3:1, 0:1:1, 0:{{C}}:1] : tensor<3x3x1x{{C}}xf32> to tensor<1x1x1x{{C}}xf32>
  %v22 = array.reshape %k22 : tensor<1x1x1x{{C}}xf32> to tensor<{{C}}xf32>
  %b22 = array.broadcast %v22 dims = [3] : tensor<{{C}}xf32> to tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %g22 = array.mul %s22, %b22 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  %a22 = array.add %a21, %g22 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
  return %a22 : tensor<1x{{H}}x{{H}}x{{C}}xf32>
}
