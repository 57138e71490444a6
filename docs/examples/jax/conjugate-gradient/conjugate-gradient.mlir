module @jit_main attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<32x32xf32>, %arg1: tensor<f32>) -> (tensor<32x32xf32> {jax.result_info = "result['solution']"}, tensor<i32> {jax.result_info = "result['steps']"}) {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<32x32xf32>
    %1 = stablehlo.reshape %arg0 : (tensor<32x32xf32>) -> tensor<1024xf32>
    %2 = stablehlo.reshape %arg0 : (tensor<32x32xf32>) -> tensor<1024xf32>
    %3 = stablehlo.dot_general %1, %2, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<f32>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %4:6 = stablehlo.while(%iterArg = %arg1, %iterArg_0 = %0, %iterArg_1 = %arg0, %iterArg_2 = %arg0, %iterArg_3 = %3, %iterArg_4 = %c) : tensor<f32>, tensor<32x32xf32>, tensor<32x32xf32>, tensor<32x32xf32>, tensor<f32>, tensor<i32>
    cond {
      %5 = stablehlo.multiply %iterArg, %iterArg : tensor<f32>
      %6 = stablehlo.compare GT, %iterArg_3, %5, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %c_5 = stablehlo.constant dense<500> : tensor<i32>
      %7 = stablehlo.compare LT, %iterArg_4, %c_5, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      %8 = stablehlo.and %6, %7 : tensor<i1>
      stablehlo.return %8 : tensor<i1>
    } do {
      %c_5 = stablehlo.constant dense<0> : tensor<i32>
      %5 = func.call @_pad(%iterArg_2, %c_5) : (tensor<32x32xf32>, tensor<i32>) -> tensor<34x34xf32>
      %6 = stablehlo.slice %5 [1:33, 1:33] : (tensor<34x34xf32>) -> tensor<32x32xf32>
      %cst_6 = stablehlo.constant dense<4.000000e+00> : tensor<f32>
      %7 = stablehlo.broadcast_in_dim %cst_6, dims = [] : (tensor<f32>) -> tensor<32x32xf32>
      %8 = stablehlo.multiply %7, %6 : tensor<32x32xf32>
      %9 = stablehlo.slice %5 [0:32, 1:33] : (tensor<34x34xf32>) -> tensor<32x32xf32>
      %10 = stablehlo.subtract %8, %9 : tensor<32x32xf32>
      %11 = stablehlo.slice %5 [2:34, 1:33] : (tensor<34x34xf32>) -> tensor<32x32xf32>
      %12 = stablehlo.subtract %10, %11 : tensor<32x32xf32>
      %13 = stablehlo.slice %5 [1:33, 0:32] : (tensor<34x34xf32>) -> tensor<32x32xf32>
      %14 = stablehlo.subtract %12, %13 : tensor<32x32xf32>
      %15 = stablehlo.slice %5 [1:33, 2:34] : (tensor<34x34xf32>) -> tensor<32x32xf32>
      %16 = stablehlo.subtract %14, %15 : tensor<32x32xf32>
      %17 = stablehlo.reshape %iterArg_2 : (tensor<32x32xf32>) -> tensor<1024xf32>
      %18 = stablehlo.reshape %16 : (tensor<32x32xf32>) -> tensor<1024xf32>
      %19 = stablehlo.dot_general %17, %18, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<f32>
      %20 = stablehlo.divide %iterArg_3, %19 : tensor<f32>
      %21 = stablehlo.broadcast_in_dim %20, dims = [] : (tensor<f32>) -> tensor<32x32xf32>
      %22 = stablehlo.multiply %21, %iterArg_2 : tensor<32x32xf32>
      %23 = stablehlo.add %iterArg_0, %22 : tensor<32x32xf32>
      %24 = stablehlo.broadcast_in_dim %20, dims = [] : (tensor<f32>) -> tensor<32x32xf32>
      %25 = stablehlo.multiply %24, %16 : tensor<32x32xf32>
      %26 = stablehlo.subtract %iterArg_1, %25 : tensor<32x32xf32>
      %27 = stablehlo.reshape %26 : (tensor<32x32xf32>) -> tensor<1024xf32>
      %28 = stablehlo.reshape %26 : (tensor<32x32xf32>) -> tensor<1024xf32>
      %29 = stablehlo.dot_general %27, %28, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<f32>
      %30 = stablehlo.divide %29, %iterArg_3 : tensor<f32>
      %31 = stablehlo.broadcast_in_dim %30, dims = [] : (tensor<f32>) -> tensor<32x32xf32>
      %32 = stablehlo.multiply %31, %iterArg_2 : tensor<32x32xf32>
      %33 = stablehlo.add %26, %32 : tensor<32x32xf32>
      %c_7 = stablehlo.constant dense<1> : tensor<i32>
      %34 = stablehlo.add %iterArg_4, %c_7 : tensor<i32>
      stablehlo.return %iterArg, %23, %26, %33, %29, %34 : tensor<f32>, tensor<32x32xf32>, tensor<32x32xf32>, tensor<32x32xf32>, tensor<f32>, tensor<i32>
    }
    return %4#1, %4#5 : tensor<32x32xf32>, tensor<i32>
  }
  func.func private @_pad(%arg0: tensor<32x32xf32>, %arg1: tensor<i32>) -> tensor<34x34xf32> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<f32>
    %1 = stablehlo.pad %arg0, %0, low = [1, 1], high = [1, 1], interior = [0, 0] : (tensor<32x32xf32>, tensor<f32>) -> tensor<34x34xf32>
    return %1 : tensor<34x34xf32>
  }
}
