// The mean negative logarithm of the softmax at the labels.
func.func @main(%arg0: tensor<{{M}}x{{N}}xf32>, %arg1: tensor<{{M}}xi32>) -> (tensor<f32>) {
  %cst = array.constant dense<0x7FC00000> : tensor<{{M}}x1xf32>
  %cst_0 = array.constant dense<{{N-1}}> : tensor<{{M}}x1x1xi32>
  %cst_1 = array.constant dense<0> : tensor<{{M}}x1x1xi32>
  %cst_2 = array.constant dense<{{N}}> : tensor<{{M}}x1xi32>
  %cst_3 = array.constant dense<0> : tensor<{{M}}x1xi32>
  %cst_4 = array.constant dense<0xFF800000> : tensor<f32>
  %cst_5 = array.constant dense<0.000000e+00> : tensor<f32>
  %cst_6 = array.constant dense<true> : tensor<i1>
  %cst_7 = array.constant dense<{{M}}.0> : tensor<f32>
  %0 = array.reduce max %arg0 init %cst_4 dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  %1 = array.broadcast %0 dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x{{N}}xf32>
  %2 = array.sub %arg0, %1 : tensor<{{M}}x{{N}}xf32>
  %3 = array.exp %2 : tensor<{{M}}x{{N}}xf32>
  %4 = array.reduce add %3 init %cst_5 dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  %5 = array.broadcast %4 dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x1xf32>
  %6 = array.log %5 : tensor<{{M}}x1xf32>
  %7 = array.broadcast %6 dims = [0, 1] : tensor<{{M}}x1xf32> to tensor<{{M}}x{{N}}xf32>
  %8 = array.sub %2, %7 : tensor<{{M}}x{{N}}xf32>
  %9 = array.broadcast %arg1 dims = [0] : tensor<{{M}}xi32> to tensor<{{M}}x1xi32>
  %10 = array.cmp lt, %9, %cst_3 : tensor<{{M}}x1xi32>
  %11 = array.add %9, %cst_2 : tensor<{{M}}x1xi32>
  %12 = array.select %10, %11, %9 : tensor<{{M}}x1xi32>
  %13 = array.reshape %12 : tensor<{{M}}x1xi32> to tensor<{{M}}x1x1xi32>
  %14 = array.cmp ge, %13, %cst_1 : tensor<{{M}}x1x1xi32>
  %15 = array.cmp le, %13, %cst_0 : tensor<{{M}}x1x1xi32>
  %16 = array.and %14, %15 : tensor<{{M}}x1x1xi1>
  %17 = array.reduce and %16 init %cst_6 dims = [2] : tensor<{{M}}x1x1xi1>, tensor<i1> to tensor<{{M}}x1xi1>
  %18 = array.gather %8, %13 collapsed = [1] batching = [0] x [0] map = [1] vector = 2 sizes = [1, 1] : tensor<{{M}}x{{N}}xf32>, tensor<{{M}}x1x1xi32> to tensor<{{M}}x1xf32>
  %19 = array.select %17, %18, %cst : tensor<{{M}}x1xf32>
  %20 = array.reduce add %19 init %cst_5 dims = [0, 1] : tensor<{{M}}x1xf32>, tensor<f32> to tensor<f32>
  %21 = array.div %20, %cst_7 : tensor<f32>
  %22 = array.neg %21 : tensor<f32>
  return %22 : tensor<f32>
}
