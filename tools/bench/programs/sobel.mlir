// Magnitude of the gradient by Sobel filters.
func.func @main(%x: tensor<{{N+2}}x{{N+2}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %nw = array.slice %x [0:{{N+0}}:1, 0:{{N+0}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %n = array.slice %x [0:{{N+0}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %ne = array.slice %x [0:{{N+0}}:1, 2:{{N+2}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %w = array.slice %x [1:{{N+1}}:1, 0:{{N+0}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %e = array.slice %x [1:{{N+1}}:1, 2:{{N+2}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %sw = array.slice %x [2:{{N+2}}:1, 0:{{N+0}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %s = array.slice %x [2:{{N+2}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %se = array.slice %x [2:{{N+2}}:1, 2:{{N+2}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %0 = array.sub %ne, %nw : tensor<{{N}}x{{N}}xf32>
  %1 = array.sub %e, %w : tensor<{{N}}x{{N}}xf32>
  %2 = array.add %1, %1 : tensor<{{N}}x{{N}}xf32>
  %3 = array.sub %se, %sw : tensor<{{N}}x{{N}}xf32>
  %4 = array.add %0, %2 : tensor<{{N}}x{{N}}xf32>
  %gx = array.add %4, %3 : tensor<{{N}}x{{N}}xf32>
  %5 = array.sub %sw, %nw : tensor<{{N}}x{{N}}xf32>
  %6 = array.sub %s, %n : tensor<{{N}}x{{N}}xf32>
  %7 = array.add %6, %6 : tensor<{{N}}x{{N}}xf32>
  %8 = array.sub %se, %ne : tensor<{{N}}x{{N}}xf32>
  %9 = array.add %5, %7 : tensor<{{N}}x{{N}}xf32>
  %gy = array.add %9, %8 : tensor<{{N}}x{{N}}xf32>
  %10 = array.mul %gx, %gx : tensor<{{N}}x{{N}}xf32>
  %11 = array.mul %gy, %gy : tensor<{{N}}x{{N}}xf32>
  %12 = array.add %10, %11 : tensor<{{N}}x{{N}}xf32>
  %13 = array.sqrt %12 : tensor<{{N}}x{{N}}xf32>
  return %13 : tensor<{{N}}x{{N}}xf32>
}
