// alpha * x + y with a scalar input
func.func @main(%alpha: tensor<f32>, %x: tensor<{{N}}xf32>, %y: tensor<{{N}}xf32>) -> (tensor<{{N}}xf32>) {
  %a = array.broadcast %alpha dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %0 = array.mul %a, %x : tensor<{{N}}xf32>
  %1 = array.add %0, %y : tensor<{{N}}xf32>
  return %1 : tensor<{{N}}xf32>
}
