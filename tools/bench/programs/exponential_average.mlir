// An exponential moving average, one step after the other.
func.func @main(%arg0: tensor<{{N}}xf32>) -> (tensor<{{N}}xf32>) {
  %cst = array.constant dense<0.000000e+00> : tensor<{{N}}xf32>
  %cst_0 = array.constant dense<0.000000e+00> : tensor<f32>
  %cst_1 = array.constant dense<0> : tensor<i32>
  %cst_2 = array.constant dense<{{N}}> : tensor<i32>
  %cst_3 = array.constant dense<9.000000e-01> : tensor<f32>
  %cst_4 = array.constant dense<1.000000e-01> : tensor<f32>
  %cst_5 = array.constant dense<1> : tensor<i32>
  %0:4 = loop.while (%arg1 = %arg0, %arg2 = %cst_1, %arg3 = %cst_0, %arg4 = %cst) : (tensor<{{N}}xf32>, tensor<i32>, tensor<f32>, tensor<{{N}}xf32>) -> (tensor<{{N}}xf32>, tensor<i32>, tensor<f32>, tensor<{{N}}xf32>) {
    %1 = array.cmp lt, %arg2, %cst_2 : tensor<i32>
    %2 = array.extract %1 : tensor<i1> -> i1
    loop.condition(%2) %arg1, %arg2, %arg3, %arg4 : tensor<{{N}}xf32>, tensor<i32>, tensor<f32>, tensor<{{N}}xf32>
  } do {
  ^bb0(%arg1: tensor<{{N}}xf32>, %arg2: tensor<i32>, %arg3: tensor<f32>, %arg4: tensor<{{N}}xf32>):
    %1 = array.dynamic_slice %arg1 [%arg2] sizes = [1] : tensor<{{N}}xf32>, tensor<i32> to tensor<1xf32>
    %2 = array.reshape %1 : tensor<1xf32> to tensor<f32>
    %3 = array.mul %arg3, %cst_3 : tensor<f32>
    %4 = array.mul %2, %cst_4 : tensor<f32>
    %5 = array.add %3, %4 : tensor<f32>
    %6 = array.broadcast %5 dims = [] : tensor<f32> to tensor<1xf32>
    %7 = array.dynamic_update_slice %arg4, %6 [%arg2] : tensor<{{N}}xf32>, tensor<1xf32>, tensor<i32>
    %8 = array.add %arg2, %cst_5 : tensor<i32>
    loop.yield %arg1, %8, %5, %7 : tensor<{{N}}xf32>, tensor<i32>, tensor<f32>, tensor<{{N}}xf32>
  }
  return %0#3 : tensor<{{N}}xf32>
}
