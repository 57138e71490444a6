// The price of an average-price option over simulated paths, steps in rows.
func.func @main(%arg0: tensor<{{T}}x{{N}}xf32>) -> (tensor<f32>) {
  %cst = array.constant dense<0.000000e+00> : tensor<{{N}}xf32>
  %cst_0 = array.constant dense<1.000000e+02> : tensor<{{N}}xf32>
  %cst_1 = array.constant dense<9.5122945e-01> : tensor<f32>
  %cst_2 = array.constant dense<{{T}}.0> : tensor<{{N}}xf32>
  %cst_3 = array.constant dense<1.000000e+02> : tensor<{{T}}x{{N}}xf32>
  %cst_4 = array.constant dense<4.687500e-04> : tensor<{{T}}x{{N}}xf32>
  %cst_5 = array.constant dense<2.500000e-02> : tensor<{{T}}x{{N}}xf32>
  %cst_6 = array.constant dense<0.000000e+00> : tensor<f32>
  %cst_7 = array.constant dense<{{N}}.0> : tensor<f32>
  %0 = array.mul %arg0, %cst_5 : tensor<{{T}}x{{N}}xf32>
  %1 = array.add %0, %cst_4 : tensor<{{T}}x{{N}}xf32>
  %2 = array.reduce_window add %1 init %cst_6 window = [{{T}}, 1] low = [{{T-1}}, 0] : tensor<{{T}}x{{N}}xf32>, tensor<f32> to tensor<{{T}}x{{N}}xf32>
  %3 = array.exp %2 : tensor<{{T}}x{{N}}xf32>
  %4 = array.mul %3, %cst_3 : tensor<{{T}}x{{N}}xf32>
  %5 = array.reduce add %4 init %cst_6 dims = [0] : tensor<{{T}}x{{N}}xf32>, tensor<f32> to tensor<{{N}}xf32>
  %6 = array.div %5, %cst_2 : tensor<{{N}}xf32>
  %7 = array.sub %6, %cst_0 : tensor<{{N}}xf32>
  %8 = array.max %7, %cst : tensor<{{N}}xf32>
  %9 = array.reduce add %8 init %cst_6 dims = [0] : tensor<{{N}}xf32>, tensor<f32> to tensor<f32>
  %10 = array.div %9, %cst_7 : tensor<f32>
  %11 = array.mul %10, %cst_1 : tensor<f32>
  return %11 : tensor<f32>
}
