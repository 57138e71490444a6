// Means of four neighbours of an image that goes round at its borders.
func.func @main(%x: tensor<{{N}}x{{N}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %quarters = array.constant dense<0.25> : tensor<f32>
  %quarter = array.broadcast %quarters dims = [] : tensor<f32> to tensor<{{N}}x{{N}}xf32>
  %n0 = array.slice %x [{{N-1}}:{{N}}:1, 0:{{N}}:1] : tensor<{{N}}x{{N}}xf32> to tensor<1x{{N}}xf32>
  %n1 = array.slice %x [0:{{N-1}}:1, 0:{{N}}:1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N-1}}x{{N}}xf32>
  %n = array.concat %n0, %n1 dim = 0 : tensor<1x{{N}}xf32>, tensor<{{N-1}}x{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %s0 = array.slice %x [1:{{N}}:1, 0:{{N}}:1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N-1}}x{{N}}xf32>
  %s1 = array.slice %x [0:1:1, 0:{{N}}:1] : tensor<{{N}}x{{N}}xf32> to tensor<1x{{N}}xf32>
  %s = array.concat %s0, %s1 dim = 0 : tensor<{{N-1}}x{{N}}xf32>, tensor<1x{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %w0 = array.slice %x [0:{{N}}:1, {{N-1}}:{{N}}:1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x1xf32>
  %w1 = array.slice %x [0:{{N}}:1, 0:{{N-1}}:1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N-1}}xf32>
  %w = array.concat %w0, %w1 dim = 1 : tensor<{{N}}x1xf32>, tensor<{{N}}x{{N-1}}xf32> to tensor<{{N}}x{{N}}xf32>
  %e0 = array.slice %x [0:{{N}}:1, 1:{{N}}:1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N-1}}xf32>
  %e1 = array.slice %x [0:{{N}}:1, 0:1:1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x1xf32>
  %e = array.concat %e0, %e1 dim = 1 : tensor<{{N}}x{{N-1}}xf32>, tensor<{{N}}x1xf32> to tensor<{{N}}x{{N}}xf32>
  %0 = array.add %n, %s : tensor<{{N}}x{{N}}xf32>
  %1 = array.add %w, %e : tensor<{{N}}x{{N}}xf32>
  %2 = array.add %0, %1 : tensor<{{N}}x{{N}}xf32>
  %3 = array.mul %2, %quarter : tensor<{{N}}x{{N}}xf32>
  return %3 : tensor<{{N}}x{{N}}xf32>
}
