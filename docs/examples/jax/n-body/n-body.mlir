module @jit_main attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<48x3xf32>, %arg1: tensor<48x3xf32>, %arg2: tensor<48xf32>) -> (tensor<f32> {jax.result_info = "result['energy']"}, tensor<48x3xf32> {jax.result_info = "result['position']"}, tensor<48x3xf32> {jax.result_info = "result['velocity']"}) {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %c_0 = stablehlo.constant dense<0> : tensor<i32>
    %0:5 = stablehlo.while(%iterArg = %arg2, %iterArg_6 = %c_0, %iterArg_7 = %c, %iterArg_8 = %arg0, %iterArg_9 = %arg1) : tensor<48xf32>, tensor<i32>, tensor<i32>, tensor<48x3xf32>, tensor<48x3xf32>
    cond {
      %c_10 = stablehlo.constant dense<10> : tensor<i32>
      %26 = stablehlo.compare LT, %iterArg_6, %c_10, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %26 : tensor<i1>
    } do {
      %26:3 = func.call @closed_call(%iterArg, %iterArg_7, %iterArg_8, %iterArg_9) : (tensor<48xf32>, tensor<i32>, tensor<48x3xf32>, tensor<48x3xf32>) -> (tensor<i32>, tensor<48x3xf32>, tensor<48x3xf32>)
      %c_10 = stablehlo.constant dense<1> : tensor<i32>
      %27 = stablehlo.add %iterArg_6, %c_10 : tensor<i32>
      stablehlo.return %iterArg, %27, %26#0, %26#1, %26#2 : tensor<48xf32>, tensor<i32>, tensor<i32>, tensor<48x3xf32>, tensor<48x3xf32>
    }
    %1 = stablehlo.broadcast_in_dim %arg2, dims = [0] : (tensor<48xf32>) -> tensor<48x1xf32>
    %2 = stablehlo.multiply %0#4, %0#4 : tensor<48x3xf32>
    %3 = stablehlo.broadcast_in_dim %1, dims = [0, 1] : (tensor<48x1xf32>) -> tensor<48x3xf32>
    %4 = stablehlo.multiply %3, %2 : tensor<48x3xf32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %5 = stablehlo.reduce(%4 init: %cst) applies stablehlo.add across dimensions = [0, 1] : (tensor<48x3xf32>, tensor<f32>) -> tensor<f32>
    %cst_1 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %6 = stablehlo.multiply %cst_1, %5 : tensor<f32>
    %7 = stablehlo.broadcast_in_dim %0#3, dims = [0, 2] : (tensor<48x3xf32>) -> tensor<48x1x3xf32>
    %8 = stablehlo.broadcast_in_dim %0#3, dims = [1, 2] : (tensor<48x3xf32>) -> tensor<1x48x3xf32>
    %9 = stablehlo.broadcast_in_dim %7, dims = [0, 1, 2] : (tensor<48x1x3xf32>) -> tensor<48x48x3xf32>
    %10 = stablehlo.broadcast_in_dim %8, dims = [0, 1, 2] : (tensor<1x48x3xf32>) -> tensor<48x48x3xf32>
    %11 = stablehlo.subtract %9, %10 : tensor<48x48x3xf32>
    %12 = stablehlo.multiply %11, %11 : tensor<48x48x3xf32>
    %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %13 = stablehlo.reduce(%12 init: %cst_2) applies stablehlo.add across dimensions = [2] : (tensor<48x48x3xf32>, tensor<f32>) -> tensor<48x48xf32>
    %cst_3 = stablehlo.constant dense<0.00999999977> : tensor<f32>
    %14 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<48x48xf32>
    %15 = stablehlo.add %13, %14 : tensor<48x48xf32>
    %16 = stablehlo.sqrt %15 : tensor<48x48xf32>
    %17 = stablehlo.broadcast_in_dim %arg2, dims = [0] : (tensor<48xf32>) -> tensor<48x1xf32>
    %18 = stablehlo.broadcast_in_dim %arg2, dims = [1] : (tensor<48xf32>) -> tensor<1x48xf32>
    %19 = stablehlo.broadcast_in_dim %17, dims = [0, 1] : (tensor<48x1xf32>) -> tensor<48x48xf32>
    %20 = stablehlo.broadcast_in_dim %18, dims = [0, 1] : (tensor<1x48xf32>) -> tensor<48x48xf32>
    %21 = stablehlo.multiply %19, %20 : tensor<48x48xf32>
    %22 = stablehlo.divide %21, %16 : tensor<48x48xf32>
    %cst_4 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %23 = stablehlo.reduce(%22 init: %cst_4) applies stablehlo.add across dimensions = [0, 1] : (tensor<48x48xf32>, tensor<f32>) -> tensor<f32>
    %cst_5 = stablehlo.constant dense<-5.000000e-01> : tensor<f32>
    %24 = stablehlo.multiply %cst_5, %23 : tensor<f32>
    %25 = stablehlo.add %6, %24 : tensor<f32>
    return %25, %0#3, %0#4 : tensor<f32>, tensor<48x3xf32>, tensor<48x3xf32>
  }
  func.func private @closed_call(%arg0: tensor<48xf32>, %arg1: tensor<i32>, %arg2: tensor<48x3xf32>, %arg3: tensor<48x3xf32>) -> (tensor<i32>, tensor<48x3xf32>, tensor<48x3xf32>) {
    %c = stablehlo.constant dense<1> : tensor<i32>
    %0 = stablehlo.add %arg1, %c : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %arg2, dims = [0, 2] : (tensor<48x3xf32>) -> tensor<48x1x3xf32>
    %2 = stablehlo.broadcast_in_dim %arg2, dims = [1, 2] : (tensor<48x3xf32>) -> tensor<1x48x3xf32>
    %3 = stablehlo.broadcast_in_dim %1, dims = [0, 1, 2] : (tensor<48x1x3xf32>) -> tensor<48x48x3xf32>
    %4 = stablehlo.broadcast_in_dim %2, dims = [0, 1, 2] : (tensor<1x48x3xf32>) -> tensor<48x48x3xf32>
    %5 = stablehlo.subtract %3, %4 : tensor<48x48x3xf32>
    %6 = stablehlo.multiply %5, %5 : tensor<48x48x3xf32>
    %cst = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %7 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<48x48x3xf32>
    %8 = stablehlo.multiply %7, %5 : tensor<48x48x3xf32>
    %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %9 = stablehlo.reduce(%6 init: %cst_0) applies stablehlo.add across dimensions = [2] : (tensor<48x48x3xf32>, tensor<f32>) -> tensor<48x48xf32>
    %cst_1 = stablehlo.constant dense<0.00999999977> : tensor<f32>
    %10 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<48x48xf32>
    %11 = stablehlo.add %9, %10 : tensor<48x48xf32>
    %12 = stablehlo.sqrt %11 : tensor<48x48xf32>
    %cst_2 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %13 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<48x48xf32>
    %14 = stablehlo.divide %13, %12 : tensor<48x48xf32>
    %15 = stablehlo.broadcast_in_dim %arg0, dims = [0] : (tensor<48xf32>) -> tensor<48x1xf32>
    %16 = stablehlo.broadcast_in_dim %arg0, dims = [1] : (tensor<48xf32>) -> tensor<1x48xf32>
    %17 = stablehlo.broadcast_in_dim %15, dims = [0, 1] : (tensor<48x1xf32>) -> tensor<48x48xf32>
    %18 = stablehlo.broadcast_in_dim %16, dims = [0, 1] : (tensor<1x48xf32>) -> tensor<48x48xf32>
    %19 = stablehlo.multiply %17, %18 : tensor<48x48xf32>
    %20 = stablehlo.divide %19, %12 : tensor<48x48xf32>
    %21 = stablehlo.multiply %12, %12 : tensor<48x48xf32>
    %cst_3 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %22 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<48x48xf32>
    %23 = stablehlo.divide %22, %21 : tensor<48x48xf32>
    %cst_4 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %24 = stablehlo.reduce(%20 init: %cst_4) applies stablehlo.add across dimensions = [0, 1] : (tensor<48x48xf32>, tensor<f32>) -> tensor<f32>
    %cst_5 = stablehlo.constant dense<-5.000000e-01> : tensor<f32>
    %25 = stablehlo.multiply %cst_5, %24 : tensor<f32>
    %cst_6 = stablehlo.constant dense<-5.000000e-01> : tensor<f32>
    %cst_7 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %26 = stablehlo.multiply %cst_6, %cst_7 : tensor<f32>
    %27 = stablehlo.broadcast_in_dim %26, dims = [] : (tensor<f32>) -> tensor<48x48xf32>
    %28 = stablehlo.multiply %27, %23 : tensor<48x48xf32>
    %29 = stablehlo.multiply %28, %19 : tensor<48x48xf32>
    %30 = stablehlo.negate %29 : tensor<48x48xf32>
    %31 = stablehlo.multiply %30, %14 : tensor<48x48xf32>
    %32 = stablehlo.broadcast_in_dim %31, dims = [0, 1] : (tensor<48x48xf32>) -> tensor<48x48x3xf32>
    %33 = stablehlo.multiply %32, %8 : tensor<48x48x3xf32>
    %cst_8 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %34 = stablehlo.reduce(%33 init: %cst_8) applies stablehlo.add across dimensions = [1] : (tensor<48x48x3xf32>, tensor<f32>) -> tensor<48x3xf32>
    %35 = stablehlo.reshape %34 : (tensor<48x3xf32>) -> tensor<48x1x3xf32>
    %36 = stablehlo.negate %33 : tensor<48x48x3xf32>
    %cst_9 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %37 = stablehlo.reduce(%36 init: %cst_9) applies stablehlo.add across dimensions = [0] : (tensor<48x48x3xf32>, tensor<f32>) -> tensor<48x3xf32>
    %38 = stablehlo.reshape %37 : (tensor<48x3xf32>) -> tensor<1x48x3xf32>
    %cst_10 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %39 = stablehlo.reduce(%38 init: %cst_10) applies stablehlo.add across dimensions = [0] : (tensor<1x48x3xf32>, tensor<f32>) -> tensor<48x3xf32>
    %cst_11 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %40 = stablehlo.reduce(%35 init: %cst_11) applies stablehlo.add across dimensions = [1] : (tensor<48x1x3xf32>, tensor<f32>) -> tensor<48x3xf32>
    %41 = stablehlo.add %39, %40 : tensor<48x3xf32>
    %42 = stablehlo.negate %41 : tensor<48x3xf32>
    %43 = stablehlo.broadcast_in_dim %arg0, dims = [0] : (tensor<48xf32>) -> tensor<48x1xf32>
    %44 = stablehlo.broadcast_in_dim %43, dims = [0, 1] : (tensor<48x1xf32>) -> tensor<48x3xf32>
    %45 = stablehlo.divide %42, %44 : tensor<48x3xf32>
    %cst_12 = stablehlo.constant dense<5.000000e-03> : tensor<f32>
    %46 = stablehlo.broadcast_in_dim %cst_12, dims = [] : (tensor<f32>) -> tensor<48x3xf32>
    %47 = stablehlo.multiply %46, %45 : tensor<48x3xf32>
    %48 = stablehlo.add %arg3, %47 : tensor<48x3xf32>
    %cst_13 = stablehlo.constant dense<0.00999999977> : tensor<f32>
    %49 = stablehlo.broadcast_in_dim %cst_13, dims = [] : (tensor<f32>) -> tensor<48x3xf32>
    %50 = stablehlo.multiply %49, %48 : tensor<48x3xf32>
    %51 = stablehlo.add %arg2, %50 : tensor<48x3xf32>
    %52 = stablehlo.broadcast_in_dim %51, dims = [0, 2] : (tensor<48x3xf32>) -> tensor<48x1x3xf32>
    %53 = stablehlo.broadcast_in_dim %51, dims = [1, 2] : (tensor<48x3xf32>) -> tensor<1x48x3xf32>
    %54 = stablehlo.broadcast_in_dim %52, dims = [0, 1, 2] : (tensor<48x1x3xf32>) -> tensor<48x48x3xf32>
    %55 = stablehlo.broadcast_in_dim %53, dims = [0, 1, 2] : (tensor<1x48x3xf32>) -> tensor<48x48x3xf32>
    %56 = stablehlo.subtract %54, %55 : tensor<48x48x3xf32>
    %57 = stablehlo.multiply %56, %56 : tensor<48x48x3xf32>
    %cst_14 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %58 = stablehlo.broadcast_in_dim %cst_14, dims = [] : (tensor<f32>) -> tensor<48x48x3xf32>
    %59 = stablehlo.multiply %58, %56 : tensor<48x48x3xf32>
    %cst_15 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %60 = stablehlo.reduce(%57 init: %cst_15) applies stablehlo.add across dimensions = [2] : (tensor<48x48x3xf32>, tensor<f32>) -> tensor<48x48xf32>
    %cst_16 = stablehlo.constant dense<0.00999999977> : tensor<f32>
    %61 = stablehlo.broadcast_in_dim %cst_16, dims = [] : (tensor<f32>) -> tensor<48x48xf32>
    %62 = stablehlo.add %60, %61 : tensor<48x48xf32>
    %63 = stablehlo.sqrt %62 : tensor<48x48xf32>
    %cst_17 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %64 = stablehlo.broadcast_in_dim %cst_17, dims = [] : (tensor<f32>) -> tensor<48x48xf32>
    %65 = stablehlo.divide %64, %63 : tensor<48x48xf32>
    %66 = stablehlo.broadcast_in_dim %arg0, dims = [0] : (tensor<48xf32>) -> tensor<48x1xf32>
    %67 = stablehlo.broadcast_in_dim %arg0, dims = [1] : (tensor<48xf32>) -> tensor<1x48xf32>
    %68 = stablehlo.broadcast_in_dim %66, dims = [0, 1] : (tensor<48x1xf32>) -> tensor<48x48xf32>
    %69 = stablehlo.broadcast_in_dim %67, dims = [0, 1] : (tensor<1x48xf32>) -> tensor<48x48xf32>
    %70 = stablehlo.multiply %68, %69 : tensor<48x48xf32>
    %71 = stablehlo.divide %70, %63 : tensor<48x48xf32>
    %72 = stablehlo.multiply %63, %63 : tensor<48x48xf32>
    %cst_18 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %73 = stablehlo.broadcast_in_dim %cst_18, dims = [] : (tensor<f32>) -> tensor<48x48xf32>
    %74 = stablehlo.divide %73, %72 : tensor<48x48xf32>
    %cst_19 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %75 = stablehlo.reduce(%71 init: %cst_19) applies stablehlo.add across dimensions = [0, 1] : (tensor<48x48xf32>, tensor<f32>) -> tensor<f32>
    %cst_20 = stablehlo.constant dense<-5.000000e-01> : tensor<f32>
    %76 = stablehlo.multiply %cst_20, %75 : tensor<f32>
    %cst_21 = stablehlo.constant dense<-5.000000e-01> : tensor<f32>
    %cst_22 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %77 = stablehlo.multiply %cst_21, %cst_22 : tensor<f32>
    %78 = stablehlo.broadcast_in_dim %77, dims = [] : (tensor<f32>) -> tensor<48x48xf32>
    %79 = stablehlo.multiply %78, %74 : tensor<48x48xf32>
    %80 = stablehlo.multiply %79, %70 : tensor<48x48xf32>
    %81 = stablehlo.negate %80 : tensor<48x48xf32>
    %82 = stablehlo.multiply %81, %65 : tensor<48x48xf32>
    %83 = stablehlo.broadcast_in_dim %82, dims = [0, 1] : (tensor<48x48xf32>) -> tensor<48x48x3xf32>
    %84 = stablehlo.multiply %83, %59 : tensor<48x48x3xf32>
    %cst_23 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %85 = stablehlo.reduce(%84 init: %cst_23) applies stablehlo.add across dimensions = [1] : (tensor<48x48x3xf32>, tensor<f32>) -> tensor<48x3xf32>
    %86 = stablehlo.reshape %85 : (tensor<48x3xf32>) -> tensor<48x1x3xf32>
    %87 = stablehlo.negate %84 : tensor<48x48x3xf32>
    %cst_24 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %88 = stablehlo.reduce(%87 init: %cst_24) applies stablehlo.add across dimensions = [0] : (tensor<48x48x3xf32>, tensor<f32>) -> tensor<48x3xf32>
    %89 = stablehlo.reshape %88 : (tensor<48x3xf32>) -> tensor<1x48x3xf32>
    %cst_25 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %90 = stablehlo.reduce(%89 init: %cst_25) applies stablehlo.add across dimensions = [0] : (tensor<1x48x3xf32>, tensor<f32>) -> tensor<48x3xf32>
    %cst_26 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %91 = stablehlo.reduce(%86 init: %cst_26) applies stablehlo.add across dimensions = [1] : (tensor<48x1x3xf32>, tensor<f32>) -> tensor<48x3xf32>
    %92 = stablehlo.add %90, %91 : tensor<48x3xf32>
    %93 = stablehlo.negate %92 : tensor<48x3xf32>
    %94 = stablehlo.broadcast_in_dim %arg0, dims = [0] : (tensor<48xf32>) -> tensor<48x1xf32>
    %95 = stablehlo.broadcast_in_dim %94, dims = [0, 1] : (tensor<48x1xf32>) -> tensor<48x3xf32>
    %96 = stablehlo.divide %93, %95 : tensor<48x3xf32>
    %cst_27 = stablehlo.constant dense<5.000000e-03> : tensor<f32>
    %97 = stablehlo.broadcast_in_dim %cst_27, dims = [] : (tensor<f32>) -> tensor<48x3xf32>
    %98 = stablehlo.multiply %97, %96 : tensor<48x3xf32>
    %99 = stablehlo.add %48, %98 : tensor<48x3xf32>
    return %0, %51, %99 : tensor<i32>, tensor<48x3xf32>, tensor<48x3xf32>
  }
}
