// One step of a five-point stencil on the inside of a grid.
func.func @main(%x: tensor<{{N+2}}x{{N+2}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %n = array.slice %x [0:{{N+0}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %s = array.slice %x [2:{{N+2}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %w = array.slice %x [1:{{N+1}}:1, 0:{{N+0}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %e = array.slice %x [1:{{N+1}}:1, 2:{{N+2}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %0 = array.add %n, %s : tensor<{{N}}x{{N}}xf32>
  %1 = array.add %w, %e : tensor<{{N}}x{{N}}xf32>
  %2 = array.add %0, %1 : tensor<{{N}}x{{N}}xf32>
  %ks = array.constant dense<0.25> : tensor<f32>
  %k = array.broadcast %ks dims = [] : tensor<f32> to tensor<{{N}}x{{N}}xf32>
  %3 = array.mul %2, %k : tensor<{{N}}x{{N}}xf32>
  return %3 : tensor<{{N}}x{{N}}xf32>
}
