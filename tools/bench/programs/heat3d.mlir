// One step of the heat equation in three dimensions, seven points.
func.func @main(%x: tensor<{{N+2}}x{{N+2}}x{{N+2}}xf32>) -> (tensor<{{N}}x{{N}}x{{N}}xf32>) {
  %c = array.slice %x [1:{{N+1}}:1, 1:{{N+1}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}x{{N}}xf32>
  %a = array.slice %x [0:{{N+0}}:1, 1:{{N+1}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}x{{N}}xf32>
  %b = array.slice %x [2:{{N+2}}:1, 1:{{N+1}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}x{{N}}xf32>
  %d = array.slice %x [1:{{N+1}}:1, 0:{{N+0}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}x{{N}}xf32>
  %e = array.slice %x [1:{{N+1}}:1, 2:{{N+2}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}x{{N}}xf32>
  %f = array.slice %x [1:{{N+1}}:1, 1:{{N+1}}:1, 0:{{N+0}}:1] : tensor<{{N+2}}x{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}x{{N}}xf32>
  %g = array.slice %x [1:{{N+1}}:1, 1:{{N+1}}:1, 2:{{N+2}}:1] : tensor<{{N+2}}x{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}x{{N}}xf32>
  %sixs = array.constant dense<6.0> : tensor<f32>
  %six = array.broadcast %sixs dims = [] : tensor<f32> to tensor<{{N}}x{{N}}x{{N}}xf32>
  %ks = array.constant dense<0.1> : tensor<f32>
  %k = array.broadcast %ks dims = [] : tensor<f32> to tensor<{{N}}x{{N}}x{{N}}xf32>
  %0 = array.add %a, %b : tensor<{{N}}x{{N}}x{{N}}xf32>
  %1 = array.add %d, %e : tensor<{{N}}x{{N}}x{{N}}xf32>
  %2 = array.add %f, %g : tensor<{{N}}x{{N}}x{{N}}xf32>
  %3 = array.add %0, %1 : tensor<{{N}}x{{N}}x{{N}}xf32>
  %4 = array.add %3, %2 : tensor<{{N}}x{{N}}x{{N}}xf32>
  %5 = array.mul %c, %six : tensor<{{N}}x{{N}}x{{N}}xf32>
  %6 = array.sub %4, %5 : tensor<{{N}}x{{N}}x{{N}}xf32>
  %7 = array.mul %6, %k : tensor<{{N}}x{{N}}x{{N}}xf32>
  %8 = array.add %c, %7 : tensor<{{N}}x{{N}}x{{N}}xf32>
  return %8 : tensor<{{N}}x{{N}}x{{N}}xf32>
}
