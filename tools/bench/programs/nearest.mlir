// The nearest of many points to each of many others, and its squared distance; places as a reduction of pairs.
func.func @main(%arg0: tensor<{{N}}x3xf32>, %arg1: tensor<{{N}}x3xf32>) -> (tensor<{{N}}xi32>, tensor<{{N}}xf32>) {
  %cst = array.constant dense<0.000000e+00> : tensor<f32>
  %cst_0 = array.constant dense<0x7F800000> : tensor<f32>
  %cst_1 = array.constant dense<0> : tensor<i32>
  %0 = array.broadcast %arg0 dims = [0, 2] : tensor<{{N}}x3xf32> to tensor<{{N}}x{{N}}x3xf32>
  %1 = array.broadcast %arg1 dims = [1, 2] : tensor<{{N}}x3xf32> to tensor<{{N}}x{{N}}x3xf32>
  %2 = array.sub %0, %1 : tensor<{{N}}x{{N}}x3xf32>
  %3 = array.mul %2, %2 : tensor<{{N}}x{{N}}x3xf32>
  %4 = array.reduce add %3 init %cst dims = [2] : tensor<{{N}}x{{N}}x3xf32>, tensor<f32> to tensor<{{N}}x{{N}}xf32>
  %5 = array.iota dim = 1 : tensor<{{N}}x{{N}}xi32>
  %6:2 = array.reduce %4, %5 init %cst_0, %cst_1 dims = [1] : tensor<{{N}}x{{N}}xf32>, tensor<{{N}}x{{N}}xi32>, tensor<f32>, tensor<i32> to tensor<{{N}}xf32>, tensor<{{N}}xi32> body(%arg2: f32, %arg3: i32, %arg4: f32, %arg5: i32) {
    %8 = arith.cmpf olt, %arg2, %arg4 : f32
    %9 = arith.cmpf une, %arg2, %arg2 : f32
    %10 = arith.ori %8, %9 : i1
    %11 = arith.cmpf oeq, %arg2, %arg4 : f32
    %12 = arith.cmpi slt, %arg3, %arg5 : i32
    %13 = arith.andi %11, %12 : i1
    %14 = arith.ori %10, %13 : i1
    %15 = arith.select %10, %arg2, %arg4 : f32
    %16 = arith.select %14, %arg3, %arg5 : i32
    array.yield %15, %16 : f32, i32
  }
  %7 = array.reduce min %4 init %cst_0 dims = [1] : tensor<{{N}}x{{N}}xf32>, tensor<f32> to tensor<{{N}}xf32>
  return %6#1, %7 : tensor<{{N}}xi32>, tensor<{{N}}xf32>
}
