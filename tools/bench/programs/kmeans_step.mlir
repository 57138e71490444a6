// One step of Lloyd's iteration: the nearest center of each point, and the sums and counts of the points of each center.
func.func @main(%points: tensor<{{N}}x{{D}}xf32>, %centers: tensor<{{K}}x{{D}}xf32>) -> (tensor<{{N}}xi32>, tensor<{{K}}x{{D}}xf32>, tensor<{{K}}xf32>) {
  %zero = array.constant dense<0.0> : tensor<f32>
  %p = array.broadcast %points dims = [0, 2] : tensor<{{N}}x{{D}}xf32> to tensor<{{N}}x{{K}}x{{D}}xf32>
  %c = array.broadcast %centers dims = [1, 2] : tensor<{{K}}x{{D}}xf32> to tensor<{{N}}x{{K}}x{{D}}xf32>
  %d = array.sub %p, %c : tensor<{{N}}x{{K}}x{{D}}xf32>
  %dd = array.mul %d, %d : tensor<{{N}}x{{K}}x{{D}}xf32>
  %distance = array.reduce add %dd init %zero dims = [2] : tensor<{{N}}x{{K}}x{{D}}xf32>, tensor<f32> to tensor<{{N}}x{{K}}xf32>
  %nearest = array.argmin %distance dim = 1 : tensor<{{N}}x{{K}}xf32> to tensor<{{N}}xi32>
  %mine = array.broadcast %nearest dims = [0] : tensor<{{N}}xi32> to tensor<{{N}}x{{K}}xi32>
  %all = array.iota dim = 1 : tensor<{{N}}x{{K}}xi32>
  %is = array.cmp eq, %mine, %all : tensor<{{N}}x{{K}}xi32>
  %member = array.cast %is : tensor<{{N}}x{{K}}xi1> to tensor<{{N}}x{{K}}xf32>
  %sums = array.dot_general %member, %points contract = [0] x [0] : tensor<{{N}}x{{K}}xf32>, tensor<{{N}}x{{D}}xf32> -> tensor<{{K}}x{{D}}xf32>
  %counts = array.reduce add %member init %zero dims = [0] : tensor<{{N}}x{{K}}xf32>, tensor<f32> to tensor<{{K}}xf32>
  return %nearest, %sums, %counts : tensor<{{N}}xi32>, tensor<{{K}}x{{D}}xf32>, tensor<{{K}}xf32>
}
