// A step of the Adam optimizer: parameters, first and second moments.
func.func @main(%arg0: tensor<{{N}}xf32>, %arg1: tensor<{{N}}xf32>, %arg2: tensor<{{N}}xf32>, %arg3: tensor<{{N}}xf32>) -> (tensor<{{N}}xf32>, tensor<{{N}}xf32>, tensor<{{N}}xf32>) {
  %cst = array.constant dense<1.000000e-08> : tensor<{{N}}xf32>
  %cst_0 = array.constant dense<9.955119e-03> : tensor<{{N}}xf32>
  %cst_1 = array.constant dense<6.5132153e-01> : tensor<{{N}}xf32>
  %cst_2 = array.constant dense<1.000000e-03> : tensor<{{N}}xf32>
  %cst_3 = array.constant dense<9.990000e-01> : tensor<{{N}}xf32>
  %cst_4 = array.constant dense<1.000000e-01> : tensor<{{N}}xf32>
  %cst_5 = array.constant dense<9.000000e-01> : tensor<{{N}}xf32>
  %0 = array.mul %arg2, %cst_5 : tensor<{{N}}xf32>
  %1 = array.mul %arg1, %cst_4 : tensor<{{N}}xf32>
  %2 = array.add %0, %1 : tensor<{{N}}xf32>
  %3 = array.mul %arg3, %cst_3 : tensor<{{N}}xf32>
  %4 = array.mul %arg1, %cst_2 : tensor<{{N}}xf32>
  %5 = array.mul %4, %arg1 : tensor<{{N}}xf32>
  %6 = array.add %3, %5 : tensor<{{N}}xf32>
  %7 = array.div %2, %cst_1 : tensor<{{N}}xf32>
  %8 = array.mul %7, %cst_2 : tensor<{{N}}xf32>
  %9 = array.div %6, %cst_0 : tensor<{{N}}xf32>
  %10 = array.sqrt %9 : tensor<{{N}}xf32>
  %11 = array.add %10, %cst : tensor<{{N}}xf32>
  %12 = array.div %8, %11 : tensor<{{N}}xf32>
  %13 = array.sub %arg0, %12 : tensor<{{N}}xf32>
  return %13, %2, %6 : tensor<{{N}}xf32>, tensor<{{N}}xf32>, tensor<{{N}}xf32>
}
