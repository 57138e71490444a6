// Accelerations of all bodies by all bodies, one coordinate array each.
func.func @main(%x: tensor<{{N}}xf32>, %y: tensor<{{N}}xf32>, %m: tensor<{{N}}xf32>) -> (tensor<{{N}}xf32>, tensor<{{N}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %epss = array.constant dense<0.01> : tensor<f32>
  %eps = array.broadcast %epss dims = [] : tensor<f32> to tensor<{{N}}x{{N}}xf32>
  %xi = array.broadcast %x dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %xj = array.broadcast %x dims = [1] : tensor<{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %yi = array.broadcast %y dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %yj = array.broadcast %y dims = [1] : tensor<{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %mj = array.broadcast %m dims = [1] : tensor<{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %dx = array.sub %xj, %xi : tensor<{{N}}x{{N}}xf32>
  %dy = array.sub %yj, %yi : tensor<{{N}}x{{N}}xf32>
  %0 = array.mul %dx, %dx : tensor<{{N}}x{{N}}xf32>
  %1 = array.mul %dy, %dy : tensor<{{N}}x{{N}}xf32>
  %2 = array.add %0, %1 : tensor<{{N}}x{{N}}xf32>
  %3 = array.add %2, %eps : tensor<{{N}}x{{N}}xf32>
  %4 = array.rsqrt %3 : tensor<{{N}}x{{N}}xf32>
  %5 = array.mul %4, %4 : tensor<{{N}}x{{N}}xf32>
  %6 = array.mul %5, %4 : tensor<{{N}}x{{N}}xf32>
  %7 = array.mul %mj, %6 : tensor<{{N}}x{{N}}xf32>
  %8 = array.mul %7, %dx : tensor<{{N}}x{{N}}xf32>
  %9 = array.mul %7, %dy : tensor<{{N}}x{{N}}xf32>
  %ax = array.reduce add %8 init %z dims = [1] : tensor<{{N}}x{{N}}xf32>, tensor<f32> to tensor<{{N}}xf32>
  %ay = array.reduce add %9 init %z dims = [1] : tensor<{{N}}x{{N}}xf32>, tensor<f32> to tensor<{{N}}xf32>
  return %ax, %ay : tensor<{{N}}xf32>, tensor<{{N}}xf32>
}
