module @jit_main attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<4x512xf32>, %arg1: tensor<129xf32>) -> (tensor<4x512xf32> {jax.result_info = "result['filtered']"}, tensor<4x257xf32> {jax.result_info = "result['power']"}) {
    %0 = call @fft(%arg0) : (tensor<4x512xf32>) -> tensor<4x257xcomplex<f32>>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = call @_pad(%arg1, %c) : (tensor<129xf32>, tensor<i32>) -> tensor<512xf32>
    %2 = call @fft_0(%1) : (tensor<512xf32>) -> tensor<257xcomplex<f32>>
    %3 = stablehlo.broadcast_in_dim %2, dims = [1] : (tensor<257xcomplex<f32>>) -> tensor<1x257xcomplex<f32>>
    %4 = stablehlo.broadcast_in_dim %3, dims = [0, 1] : (tensor<1x257xcomplex<f32>>) -> tensor<4x257xcomplex<f32>>
    %5 = stablehlo.multiply %0, %4 : tensor<4x257xcomplex<f32>>
    %c_0 = stablehlo.constant dense<0> : tensor<i32>
    %6 = call @_pad_1(%5, %c_0) : (tensor<4x257xcomplex<f32>>, tensor<i32>) -> tensor<4x257xcomplex<f32>>
    %7 = call @fft_2(%6) : (tensor<4x257xcomplex<f32>>) -> tensor<4x512xf32>
    %8 = stablehlo.abs %0 : (tensor<4x257xcomplex<f32>>) -> tensor<4x257xf32>
    %9 = stablehlo.multiply %8, %8 : tensor<4x257xf32>
    %cst = stablehlo.constant dense<5.120000e+02> : tensor<f32>
    %10 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4x257xf32>
    %11 = stablehlo.divide %9, %10 : tensor<4x257xf32>
    return %7, %11 : tensor<4x512xf32>, tensor<4x257xf32>
  }
  func.func private @fft(%arg0: tensor<4x512xf32>) -> tensor<4x257xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type = RFFT, length = [512] : (tensor<4x512xf32>) -> tensor<4x257xcomplex<f32>>
    return %0 : tensor<4x257xcomplex<f32>>
  }
  func.func private @_pad(%arg0: tensor<129xf32>, %arg1: tensor<i32>) -> tensor<512xf32> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<f32>
    %1 = stablehlo.pad %arg0, %0, low = [0], high = [383], interior = [0] : (tensor<129xf32>, tensor<f32>) -> tensor<512xf32>
    return %1 : tensor<512xf32>
  }
  func.func private @fft_0(%arg0: tensor<512xf32>) -> tensor<257xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type = RFFT, length = [512] : (tensor<512xf32>) -> tensor<257xcomplex<f32>>
    return %0 : tensor<257xcomplex<f32>>
  }
  func.func private @_pad_1(%arg0: tensor<4x257xcomplex<f32>>, %arg1: tensor<i32>) -> tensor<4x257xcomplex<f32>> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<complex<f32>>
    %1 = stablehlo.pad %arg0, %0, low = [0, 0], high = [0, 0], interior = [0, 0] : (tensor<4x257xcomplex<f32>>, tensor<complex<f32>>) -> tensor<4x257xcomplex<f32>>
    return %1 : tensor<4x257xcomplex<f32>>
  }
  func.func private @fft_2(%arg0: tensor<4x257xcomplex<f32>>) -> tensor<4x512xf32> {
    %0 = stablehlo.fft %arg0, type = IRFFT, length = [512] : (tensor<4x257xcomplex<f32>>) -> tensor<4x512xf32>
    return %0 : tensor<4x512xf32>
  }
}
