// The sum of squared differences along the edges of a graph.
func.func @main(%x: tensor<{{V}}xf32>, %from: tensor<{{N}}xi32>, %to: tensor<{{N}}xi32>) -> (tensor<f32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.gather %x, %from collapsed = [0] map = [0] vector = 1 sizes = [1] : tensor<{{V}}xf32>, tensor<{{N}}xi32> to tensor<{{N}}xf32>
  %1 = array.gather %x, %to collapsed = [0] map = [0] vector = 1 sizes = [1] : tensor<{{V}}xf32>, tensor<{{N}}xi32> to tensor<{{N}}xf32>
  %2 = array.sub %0, %1 : tensor<{{N}}xf32>
  %3 = array.mul %2, %2 : tensor<{{N}}xf32>
  %4 = array.reduce add %3 init %z dims = [0] : tensor<{{N}}xf32>, tensor<f32> to tensor<f32>
  return %4 : tensor<f32>
}
