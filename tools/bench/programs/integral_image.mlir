// Sums of all that is above and to the left, written as windows that reach from the start.
func.func @main(%arg0: tensor<{{N}}x{{N}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %cst = array.constant dense<0.000000e+00> : tensor<f32>
  %0 = array.reduce_window add %arg0 init %cst window = [{{N}}, 1] low = [{{N-1}}, 0] : tensor<{{N}}x{{N}}xf32>, tensor<f32> to tensor<{{N}}x{{N}}xf32>
  %1 = array.reduce_window add %0 init %cst window = [1, {{N}}] low = [0, {{N-1}}] : tensor<{{N}}x{{N}}xf32>, tensor<f32> to tensor<{{N}}x{{N}}xf32>
  return %1 : tensor<{{N}}x{{N}}xf32>
}
