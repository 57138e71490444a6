// A filter of eight taps over a signal.
func.func @main(%x: tensor<{{N+7}}xf32>) -> (tensor<{{N}}xf32>) {
  %x0 = array.slice %x [0:{{N+0}}:1] : tensor<{{N+7}}xf32> to tensor<{{N}}xf32>
  %k0s = array.constant dense<0.05> : tensor<f32>
  %k0 = array.broadcast %k0s dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %p0 = array.mul %x0, %k0 : tensor<{{N}}xf32>
  %x1 = array.slice %x [1:{{N+1}}:1] : tensor<{{N+7}}xf32> to tensor<{{N}}xf32>
  %k1s = array.constant dense<0.1> : tensor<f32>
  %k1 = array.broadcast %k1s dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %p1 = array.mul %x1, %k1 : tensor<{{N}}xf32>
  %s1 = array.add %p0, %p1 : tensor<{{N}}xf32>
  %x2 = array.slice %x [2:{{N+2}}:1] : tensor<{{N+7}}xf32> to tensor<{{N}}xf32>
  %k2s = array.constant dense<0.15> : tensor<f32>
  %k2 = array.broadcast %k2s dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %p2 = array.mul %x2, %k2 : tensor<{{N}}xf32>
  %s2 = array.add %s1, %p2 : tensor<{{N}}xf32>
  %x3 = array.slice %x [3:{{N+3}}:1] : tensor<{{N+7}}xf32> to tensor<{{N}}xf32>
  %k3s = array.constant dense<0.2> : tensor<f32>
  %k3 = array.broadcast %k3s dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %p3 = array.mul %x3, %k3 : tensor<{{N}}xf32>
  %s3 = array.add %s2, %p3 : tensor<{{N}}xf32>
  %x4 = array.slice %x [4:{{N+4}}:1] : tensor<{{N+7}}xf32> to tensor<{{N}}xf32>
  %k4s = array.constant dense<0.2> : tensor<f32>
  %k4 = array.broadcast %k4s dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %p4 = array.mul %x4, %k4 : tensor<{{N}}xf32>
  %s4 = array.add %s3, %p4 : tensor<{{N}}xf32>
  %x5 = array.slice %x [5:{{N+5}}:1] : tensor<{{N+7}}xf32> to tensor<{{N}}xf32>
  %k5s = array.constant dense<0.15> : tensor<f32>
  %k5 = array.broadcast %k5s dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %p5 = array.mul %x5, %k5 : tensor<{{N}}xf32>
  %s5 = array.add %s4, %p5 : tensor<{{N}}xf32>
  %x6 = array.slice %x [6:{{N+6}}:1] : tensor<{{N+7}}xf32> to tensor<{{N}}xf32>
  %k6s = array.constant dense<0.1> : tensor<f32>
  %k6 = array.broadcast %k6s dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %p6 = array.mul %x6, %k6 : tensor<{{N}}xf32>
  %s6 = array.add %s5, %p6 : tensor<{{N}}xf32>
  %x7 = array.slice %x [7:{{N+7}}:1] : tensor<{{N+7}}xf32> to tensor<{{N}}xf32>
  %k7s = array.constant dense<0.05> : tensor<f32>
  %k7 = array.broadcast %k7s dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %p7 = array.mul %x7, %k7 : tensor<{{N}}xf32>
  %s7 = array.add %s6, %p7 : tensor<{{N}}xf32>
  return %s7 : tensor<{{N}}xf32>
}
