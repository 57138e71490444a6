// The greatest number of each group; groups are named by the data.
func.func @main(%low: tensor<{{V}}xf32>, %groups: tensor<{{N}}xi32>, %x: tensor<{{N}}xf32>) -> (tensor<{{V}}xf32>) {
  %0 = array.scatter %low at %groups updates %x collapsed = [0] map = [0] vector = 1 : tensor<{{V}}xf32>, tensor<{{N}}xi32>, tensor<{{N}}xf32> body(%a: f32, %b: f32) {
    %1 = arith.maximumf %a, %b : f32
    array.yield %1 : f32
  }
  return %0 : tensor<{{V}}xf32>
}
