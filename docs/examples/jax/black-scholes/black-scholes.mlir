module @jit_main attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<256xf32>, %arg1: tensor<256xf32>, %arg2: tensor<256xf32>, %arg3: tensor<256xf32>, %arg4: tensor<256xf32>) -> (tensor<256xf32> {jax.result_info = "result['delta']"}, tensor<256xf32> {jax.result_info = "result['price']"}, tensor<256xf32> {jax.result_info = "result['rho']"}, tensor<256xf32> {jax.result_info = "result['theta']"}, tensor<256xf32> {jax.result_info = "result['vega']"}) {
    %0 = stablehlo.sqrt %arg4 : tensor<256xf32>
    %cst = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %1 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %2 = stablehlo.divide %1, %0 : tensor<256xf32>
    %3 = stablehlo.multiply %arg3, %0 : tensor<256xf32>
    %4 = stablehlo.divide %arg0, %arg1 : tensor<256xf32>
    %5 = stablehlo.log %4 : tensor<256xf32>
    %6 = stablehlo.multiply %arg3, %arg3 : tensor<256xf32>
    %cst_0 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %7 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %8 = stablehlo.multiply %7, %arg3 : tensor<256xf32>
    %cst_1 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %9 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %10 = stablehlo.multiply %9, %6 : tensor<256xf32>
    %11 = stablehlo.add %arg2, %10 : tensor<256xf32>
    %12 = stablehlo.multiply %11, %arg4 : tensor<256xf32>
    %13 = stablehlo.add %5, %12 : tensor<256xf32>
    %14 = stablehlo.divide %13, %3 : tensor<256xf32>
    %15 = stablehlo.multiply %3, %3 : tensor<256xf32>
    %cst_2 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %16 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %17 = stablehlo.divide %16, %15 : tensor<256xf32>
    %cst_3 = stablehlo.constant dense<0.707106769> : tensor<f32>
    %18 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %19 = stablehlo.multiply %14, %18 : tensor<256xf32>
    %20 = chlo.erf %19 : tensor<256xf32> -> tensor<256xf32>
    %21 = chlo.square %19 : tensor<256xf32> -> tensor<256xf32>
    %22 = stablehlo.negate %21 : tensor<256xf32>
    %23 = stablehlo.exponential %22 : tensor<256xf32>
    %cst_4 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %24 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %25 = stablehlo.add %24, %20 : tensor<256xf32>
    %cst_5 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %26 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %27 = stablehlo.multiply %26, %25 : tensor<256xf32>
    %28 = stablehlo.multiply %arg0, %27 : tensor<256xf32>
    %29 = stablehlo.negate %arg2 : tensor<256xf32>
    %30 = stablehlo.multiply %29, %arg4 : tensor<256xf32>
    %31 = stablehlo.exponential %30 : tensor<256xf32>
    %32 = stablehlo.multiply %arg1, %31 : tensor<256xf32>
    %33 = stablehlo.subtract %14, %3 : tensor<256xf32>
    %cst_6 = stablehlo.constant dense<0.707106769> : tensor<f32>
    %34 = stablehlo.broadcast_in_dim %cst_6, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %35 = stablehlo.multiply %33, %34 : tensor<256xf32>
    %36 = chlo.erf %35 : tensor<256xf32> -> tensor<256xf32>
    %37 = chlo.square %35 : tensor<256xf32> -> tensor<256xf32>
    %38 = stablehlo.negate %37 : tensor<256xf32>
    %39 = stablehlo.exponential %38 : tensor<256xf32>
    %cst_7 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %40 = stablehlo.broadcast_in_dim %cst_7, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %41 = stablehlo.add %40, %36 : tensor<256xf32>
    %cst_8 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %42 = stablehlo.broadcast_in_dim %cst_8, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %43 = stablehlo.multiply %42, %41 : tensor<256xf32>
    %44 = stablehlo.multiply %32, %43 : tensor<256xf32>
    %45 = stablehlo.subtract %28, %44 : tensor<256xf32>
    %cst_9 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %46 = stablehlo.negate %cst_9 : tensor<f32>
    %47 = stablehlo.broadcast_in_dim %46, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %48 = stablehlo.multiply %32, %47 : tensor<256xf32>
    %49 = stablehlo.broadcast_in_dim %46, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %50 = stablehlo.multiply %49, %43 : tensor<256xf32>
    %cst_10 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %51 = stablehlo.broadcast_in_dim %cst_10, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %52 = stablehlo.multiply %51, %48 : tensor<256xf32>
    %cst_11 = stablehlo.constant dense<1.12837923> : tensor<f32>
    %53 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %54 = stablehlo.multiply %53, %52 : tensor<256xf32>
    %55 = stablehlo.multiply %54, %39 : tensor<256xf32>
    %cst_12 = stablehlo.constant dense<0.707106769> : tensor<f32>
    %56 = stablehlo.broadcast_in_dim %cst_12, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %57 = stablehlo.multiply %55, %56 : tensor<256xf32>
    %58 = stablehlo.negate %57 : tensor<256xf32>
    %59 = stablehlo.multiply %arg1, %50 : tensor<256xf32>
    %60 = stablehlo.multiply %59, %31 : tensor<256xf32>
    %61 = stablehlo.multiply %29, %60 : tensor<256xf32>
    %62 = stablehlo.multiply %60, %arg4 : tensor<256xf32>
    %63 = stablehlo.negate %62 : tensor<256xf32>
    %cst_13 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %64 = stablehlo.broadcast_in_dim %cst_13, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %65 = stablehlo.multiply %arg0, %64 : tensor<256xf32>
    %cst_14 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %66 = stablehlo.broadcast_in_dim %cst_14, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %67 = stablehlo.multiply %66, %27 : tensor<256xf32>
    %cst_15 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %68 = stablehlo.broadcast_in_dim %cst_15, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %69 = stablehlo.multiply %68, %65 : tensor<256xf32>
    %cst_16 = stablehlo.constant dense<1.12837923> : tensor<f32>
    %70 = stablehlo.broadcast_in_dim %cst_16, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %71 = stablehlo.multiply %70, %69 : tensor<256xf32>
    %72 = stablehlo.multiply %71, %23 : tensor<256xf32>
    %cst_17 = stablehlo.constant dense<0.707106769> : tensor<f32>
    %73 = stablehlo.broadcast_in_dim %cst_17, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %74 = stablehlo.multiply %72, %73 : tensor<256xf32>
    %75 = stablehlo.add %57, %74 : tensor<256xf32>
    %76 = stablehlo.multiply %75, %17 : tensor<256xf32>
    %77 = stablehlo.multiply %76, %13 : tensor<256xf32>
    %78 = stablehlo.negate %77 : tensor<256xf32>
    %79 = stablehlo.add %58, %78 : tensor<256xf32>
    %80 = stablehlo.divide %75, %3 : tensor<256xf32>
    %81 = stablehlo.multiply %11, %80 : tensor<256xf32>
    %82 = stablehlo.add %61, %81 : tensor<256xf32>
    %83 = stablehlo.multiply %80, %arg4 : tensor<256xf32>
    %84 = stablehlo.add %63, %83 : tensor<256xf32>
    %cst_18 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %85 = stablehlo.broadcast_in_dim %cst_18, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %86 = stablehlo.multiply %85, %83 : tensor<256xf32>
    %87 = stablehlo.multiply %86, %8 : tensor<256xf32>
    %88 = stablehlo.divide %80, %4 : tensor<256xf32>
    %89 = stablehlo.divide %88, %arg1 : tensor<256xf32>
    %90 = stablehlo.add %67, %89 : tensor<256xf32>
    %91 = stablehlo.multiply %arg3, %79 : tensor<256xf32>
    %92 = stablehlo.multiply %79, %0 : tensor<256xf32>
    %93 = stablehlo.add %87, %92 : tensor<256xf32>
    %94 = stablehlo.multiply %91, %2 : tensor<256xf32>
    %95 = stablehlo.add %82, %94 : tensor<256xf32>
    return %90, %45, %84, %95, %93 : tensor<256xf32>, tensor<256xf32>, tensor<256xf32>, tensor<256xf32>, tensor<256xf32>
  }
}
