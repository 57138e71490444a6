// The median of nine pixels, by sorting each nine, with a border of zeros.
func.func @main(%arg0: tensor<{{N}}x{{N}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %cst = array.constant dense<0.000000e+00> : tensor<{{N+2}}x{{N+2}}xf32>
  %cst_0 = array.constant dense<true> : tensor<{{N}}x{{N}}xi1>
  %0 = array.pad %cst_0 low = [1, 1] high = [1, 1] value false : tensor<{{N}}x{{N}}xi1> to tensor<{{N+2}}x{{N+2}}xi1>
  %1 = array.pad %arg0 low = [1, 1] high = [1, 1] value 0.000000e+00 : f32 : tensor<{{N}}x{{N}}xf32> to tensor<{{N+2}}x{{N+2}}xf32>
  %2 = array.select %0, %1, %cst : tensor<{{N+2}}x{{N+2}}xf32>
  %3 = array.slice %2 [0:{{N}}:1, 0:{{N}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %4 = array.slice %2 [0:{{N}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %5 = array.slice %2 [0:{{N}}:1, 2:{{N+2}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %6 = array.slice %2 [1:{{N+1}}:1, 0:{{N}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %7 = array.slice %2 [1:{{N+1}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %8 = array.slice %2 [1:{{N+1}}:1, 2:{{N+2}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %9 = array.slice %2 [2:{{N+2}}:1, 0:{{N}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %10 = array.slice %2 [2:{{N+2}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %11 = array.slice %2 [2:{{N+2}}:1, 2:{{N+2}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %12 = array.broadcast %3 dims = [0, 1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N}}x1xf32>
  %13 = array.broadcast %4 dims = [0, 1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N}}x1xf32>
  %14 = array.broadcast %5 dims = [0, 1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N}}x1xf32>
  %15 = array.broadcast %6 dims = [0, 1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N}}x1xf32>
  %16 = array.broadcast %7 dims = [0, 1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N}}x1xf32>
  %17 = array.broadcast %8 dims = [0, 1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N}}x1xf32>
  %18 = array.broadcast %9 dims = [0, 1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N}}x1xf32>
  %19 = array.broadcast %10 dims = [0, 1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N}}x1xf32>
  %20 = array.broadcast %11 dims = [0, 1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N}}x1xf32>
  %21 = array.concat %12, %13, %14, %15, %16, %17, %18, %19, %20 dim = 2 : tensor<{{N}}x{{N}}x1xf32>, tensor<{{N}}x{{N}}x1xf32>, tensor<{{N}}x{{N}}x1xf32>, tensor<{{N}}x{{N}}x1xf32>, tensor<{{N}}x{{N}}x1xf32>, tensor<{{N}}x{{N}}x1xf32>, tensor<{{N}}x{{N}}x1xf32>, tensor<{{N}}x{{N}}x1xf32>, tensor<{{N}}x{{N}}x1xf32> to tensor<{{N}}x{{N}}x9xf32>
  %22 = array.sort %21 dim = 2 stable : tensor<{{N}}x{{N}}x9xf32> comparator(%arg1: f32, %arg2: f32) {
    %cst_1 = arith.constant 0.000000e+00 : f32
    %cst_2 = arith.constant 0x7FC00000 : f32
    %c31_i32 = arith.constant 31 : i32
    %c2147483647_i32 = arith.constant 2147483647 : i32
    %25 = arith.cmpf oeq, %arg1, %cst_1 : f32
    %26 = arith.select %25, %cst_1, %arg1 : f32
    %27 = arith.cmpf une, %arg1, %arg1 : f32
    %28 = arith.select %27, %cst_2, %26 : f32
    %29 = arith.cmpf oeq, %arg2, %cst_1 : f32
    %30 = arith.select %29, %cst_1, %arg2 : f32
    %31 = arith.cmpf une, %arg2, %arg2 : f32
    %32 = arith.select %31, %cst_2, %30 : f32
    %33 = arith.bitcast %28 : f32 to i32
    %34 = arith.shrsi %33, %c31_i32 : i32
    %35 = arith.andi %34, %c2147483647_i32 : i32
    %36 = arith.xori %33, %35 : i32
    %37 = arith.bitcast %32 : f32 to i32
    %38 = arith.shrsi %37, %c31_i32 : i32
    %39 = arith.andi %38, %c2147483647_i32 : i32
    %40 = arith.xori %37, %39 : i32
    %41 = arith.cmpi slt, %36, %40 : i32
    array.yield %41 : i1
  }
  %23 = array.slice %22 [0:{{N}}:1, 0:{{N}}:1, 4:5:1] : tensor<{{N}}x{{N}}x9xf32> to tensor<{{N}}x{{N}}x1xf32>
  %24 = array.reshape %23 : tensor<{{N}}x{{N}}x1xf32> to tensor<{{N}}x{{N}}xf32>
  return %24 : tensor<{{N}}x{{N}}xf32>
}
