// The gradient of a maximum pooling by two.
func.func @main(%arg0: tensor<1x{{2*H}}x{{2*H}}x{{C}}xf32>, %arg1: tensor<1x{{H}}x{{H}}x{{C}}xf32>) -> (tensor<1x{{2*H}}x{{2*H}}x{{C}}xf32>) {
  %cst = array.constant dense<0.000000e+00> : tensor<f32>
  %0 = array.select_and_scatter %arg0 source %arg1 init %cst window = [1, 2, 2, 1] strides = [1, 2, 2, 1] : tensor<1x{{2*H}}x{{2*H}}x{{C}}xf32>, tensor<1x{{H}}x{{H}}x{{C}}xf32>, tensor<f32> select(%arg2: f32, %arg3: f32) {
    %1 = arith.cmpf oge, %arg2, %arg3 : f32
    array.yield %1 : i1
  } scatter(%arg2: f32, %arg3: f32) {
    %1 = arith.addf %arg2, %arg3 : f32
    array.yield %1 : f32
  }
  return %0 : tensor<1x{{2*H}}x{{2*H}}x{{C}}xf32>
}
