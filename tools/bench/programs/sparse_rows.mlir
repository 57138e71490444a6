// A sparse matrix of equally many elements in each row, times a vector.
func.func @main(%x: tensor<{{V}}xf32>, %columns: tensor<{{N}}x{{K}}xi32>, %values: tensor<{{N}}x{{K}}xf32>) -> (tensor<{{N}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.gather %x, %columns collapsed = [0] map = [0] vector = 2 sizes = [1] : tensor<{{V}}xf32>, tensor<{{N}}x{{K}}xi32> to tensor<{{N}}x{{K}}xf32>
  %1 = array.mul %values, %0 : tensor<{{N}}x{{K}}xf32>
  %2 = array.reduce add %1 init %z dims = [1] : tensor<{{N}}x{{K}}xf32>, tensor<f32> to tensor<{{N}}xf32>
  return %2 : tensor<{{N}}xf32>
}
