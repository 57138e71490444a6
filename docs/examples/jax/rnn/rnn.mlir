module @jit_main attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<48xf32>, %arg1: tensor<36x24xf32>, %arg2: tensor<36x48xf32>, %arg3: tensor<4x20x12xf32>) -> (tensor<4x24xf32> {jax.result_info = "result['last']"}, tensor<20x4xf32> {jax.result_info = "result['peaks']"}) {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4x24xf32>
    %1 = stablehlo.transpose %arg3, dims = [1, 0, 2] : (tensor<4x20x12xf32>) -> tensor<20x4x12xf32>
    %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<20x4xf32>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %3:7 = stablehlo.while(%iterArg = %1, %iterArg_1 = %arg2, %iterArg_2 = %arg0, %iterArg_3 = %arg1, %iterArg_4 = %c, %iterArg_5 = %0, %iterArg_6 = %2) : tensor<20x4x12xf32>, tensor<36x48xf32>, tensor<48xf32>, tensor<36x24xf32>, tensor<i32>, tensor<4x24xf32>, tensor<20x4xf32>
    cond {
      %c_7 = stablehlo.constant dense<20> : tensor<i32>
      %4 = stablehlo.compare LT, %iterArg_4, %c_7, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %4 : tensor<i1>
    } do {
      %4 = func.call @dynamic_index_in_dim(%iterArg, %iterArg_4) : (tensor<20x4x12xf32>, tensor<i32>) -> tensor<4x12xf32>
      %5:2 = func.call @closed_call(%iterArg_1, %iterArg_2, %iterArg_3, %iterArg_5, %4) : (tensor<36x48xf32>, tensor<48xf32>, tensor<36x24xf32>, tensor<4x24xf32>, tensor<4x12xf32>) -> (tensor<4x24xf32>, tensor<4xf32>)
      %6 = func.call @dynamic_update_index_in_dim(%iterArg_6, %5#1, %iterArg_4) : (tensor<20x4xf32>, tensor<4xf32>, tensor<i32>) -> tensor<20x4xf32>
      %c_7 = stablehlo.constant dense<1> : tensor<i32>
      %7 = stablehlo.add %iterArg_4, %c_7 : tensor<i32>
      stablehlo.return %iterArg, %iterArg_1, %iterArg_2, %iterArg_3, %7, %5#0, %6 : tensor<20x4x12xf32>, tensor<36x48xf32>, tensor<48xf32>, tensor<36x24xf32>, tensor<i32>, tensor<4x24xf32>, tensor<20x4xf32>
    }
    return %3#5, %3#6 : tensor<4x24xf32>, tensor<20x4xf32>
  }
  func.func private @dynamic_index_in_dim(%arg0: tensor<20x4x12xf32>, %arg1: tensor<i32>) -> tensor<4x12xf32> {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %c_0 = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.dynamic_slice %arg0, %arg1, %c, %c_0, sizes = [1, 4, 12] : (tensor<20x4x12xf32>, tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<1x4x12xf32>
    %1 = stablehlo.reshape %0 : (tensor<1x4x12xf32>) -> tensor<4x12xf32>
    return %1 : tensor<4x12xf32>
  }
  func.func private @closed_call(%arg0: tensor<36x48xf32>, %arg1: tensor<48xf32>, %arg2: tensor<36x24xf32>, %arg3: tensor<4x24xf32>, %arg4: tensor<4x12xf32>) -> (tensor<4x24xf32>, tensor<4xf32>) {
    %0 = stablehlo.concatenate %arg4, %arg3, dim = 1 : (tensor<4x12xf32>, tensor<4x24xf32>) -> tensor<4x36xf32>
    %1 = stablehlo.dot_general %0, %arg0, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x36xf32>, tensor<36x48xf32>) -> tensor<4x48xf32>
    %2 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<48xf32>) -> tensor<1x48xf32>
    %3 = stablehlo.broadcast_in_dim %2, dims = [0, 1] : (tensor<1x48xf32>) -> tensor<4x48xf32>
    %4 = stablehlo.add %1, %3 : tensor<4x48xf32>
    %5 = stablehlo.negate %4 : tensor<4x48xf32>
    %6 = stablehlo.exponential %5 : tensor<4x48xf32>
    %cst = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %7 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4x48xf32>
    %8 = stablehlo.add %7, %6 : tensor<4x48xf32>
    %cst_0 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %9 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4x48xf32>
    %10 = stablehlo.divide %9, %8 : tensor<4x48xf32>
    %11 = stablehlo.slice %10 [0:4, 0:24] : (tensor<4x48xf32>) -> tensor<4x24xf32>
    %12 = stablehlo.slice %10 [0:4, 24:48] : (tensor<4x48xf32>) -> tensor<4x24xf32>
    %13 = stablehlo.multiply %11, %arg3 : tensor<4x24xf32>
    %14 = stablehlo.concatenate %arg4, %13, dim = 1 : (tensor<4x12xf32>, tensor<4x24xf32>) -> tensor<4x36xf32>
    %15 = stablehlo.dot_general %14, %arg2, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x36xf32>, tensor<36x24xf32>) -> tensor<4x24xf32>
    %16 = stablehlo.tanh %15 : tensor<4x24xf32>
    %17 = stablehlo.multiply %12, %arg3 : tensor<4x24xf32>
    %cst_1 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %18 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4x24xf32>
    %19 = stablehlo.subtract %18, %12 : tensor<4x24xf32>
    %20 = stablehlo.multiply %19, %16 : tensor<4x24xf32>
    %21 = stablehlo.add %17, %20 : tensor<4x24xf32>
    %cst_2 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %22 = stablehlo.reduce(%21 init: %cst_2) applies stablehlo.maximum across dimensions = [1] : (tensor<4x24xf32>, tensor<f32>) -> tensor<4xf32>
    return %21, %22 : tensor<4x24xf32>, tensor<4xf32>
  }
  func.func private @dynamic_update_index_in_dim(%arg0: tensor<20x4xf32>, %arg1: tensor<4xf32>, %arg2: tensor<i32>) -> tensor<20x4xf32> {
    %0 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<4xf32>) -> tensor<1x4xf32>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.dynamic_update_slice %arg0, %0, %arg2, %c : (tensor<20x4xf32>, tensor<1x4xf32>, tensor<i32>, tensor<i32>) -> tensor<20x4xf32>
    return %1 : tensor<20x4xf32>
  }
}
