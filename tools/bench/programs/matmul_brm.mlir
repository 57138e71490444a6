// A matrix product written as broadcast, multiply, reduce.
func.func @main(%a: tensor<{{M}}x{{K}}xf32>, %b: tensor<{{K}}x{{N}}xf32>) -> (tensor<{{M}}x{{N}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %ab = array.broadcast %a dims = [0, 2] : tensor<{{M}}x{{K}}xf32> to tensor<{{M}}x{{N}}x{{K}}xf32>
  %bt = array.transpose %b perm = [1, 0] : tensor<{{K}}x{{N}}xf32> to tensor<{{N}}x{{K}}xf32>
  %bb = array.broadcast %bt dims = [1, 2] : tensor<{{N}}x{{K}}xf32> to tensor<{{M}}x{{N}}x{{K}}xf32>
  %0 = array.mul %ab, %bb : tensor<{{M}}x{{N}}x{{K}}xf32>
  %1 = array.reduce add %0 init %z dims = [2] : tensor<{{M}}x{{N}}x{{K}}xf32>, tensor<f32> to tensor<{{M}}x{{N}}xf32>
  return %1 : tensor<{{M}}x{{N}}xf32>
}
