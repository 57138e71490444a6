// Vectors turned by quaternions: v + 2 w (r x v) + 2 r x (r x v).
func.func @main(%arg0: tensor<{{N}}x4xf32>, %arg1: tensor<{{N}}x3xf32>) -> (tensor<{{N}}x3xf32>) {
  %cst = array.constant dense<2.000000e+00> : tensor<{{N}}x3xf32>
  %0 = array.slice %arg0 [0:{{N}}:1, 0:1:1] : tensor<{{N}}x4xf32> to tensor<{{N}}x1xf32>
  %1 = array.slice %arg0 [0:{{N}}:1, 1:2:1] : tensor<{{N}}x4xf32> to tensor<{{N}}x1xf32>
  %2 = array.reshape %1 : tensor<{{N}}x1xf32> to tensor<{{N}}xf32>
  %3 = array.slice %arg0 [0:{{N}}:1, 2:3:1] : tensor<{{N}}x4xf32> to tensor<{{N}}x1xf32>
  %4 = array.reshape %3 : tensor<{{N}}x1xf32> to tensor<{{N}}xf32>
  %5 = array.slice %arg0 [0:{{N}}:1, 3:4:1] : tensor<{{N}}x4xf32> to tensor<{{N}}x1xf32>
  %6 = array.reshape %5 : tensor<{{N}}x1xf32> to tensor<{{N}}xf32>
  %7 = array.slice %arg1 [0:{{N}}:1, 0:1:1] : tensor<{{N}}x3xf32> to tensor<{{N}}x1xf32>
  %8 = array.reshape %7 : tensor<{{N}}x1xf32> to tensor<{{N}}xf32>
  %9 = array.slice %arg1 [0:{{N}}:1, 1:2:1] : tensor<{{N}}x3xf32> to tensor<{{N}}x1xf32>
  %10 = array.reshape %9 : tensor<{{N}}x1xf32> to tensor<{{N}}xf32>
  %11 = array.slice %arg1 [0:{{N}}:1, 2:3:1] : tensor<{{N}}x3xf32> to tensor<{{N}}x1xf32>
  %12 = array.reshape %11 : tensor<{{N}}x1xf32> to tensor<{{N}}xf32>
  %13 = array.mul %4, %12 : tensor<{{N}}xf32>
  %14 = array.mul %6, %10 : tensor<{{N}}xf32>
  %15 = array.sub %13, %14 : tensor<{{N}}xf32>
  %16 = array.mul %6, %8 : tensor<{{N}}xf32>
  %17 = array.mul %2, %12 : tensor<{{N}}xf32>
  %18 = array.sub %16, %17 : tensor<{{N}}xf32>
  %19 = array.mul %2, %10 : tensor<{{N}}xf32>
  %20 = array.mul %4, %8 : tensor<{{N}}xf32>
  %21 = array.sub %19, %20 : tensor<{{N}}xf32>
  %22 = array.broadcast %15 dims = [1] : tensor<{{N}}xf32> to tensor<1x{{N}}xf32>
  %23 = array.broadcast %18 dims = [1] : tensor<{{N}}xf32> to tensor<1x{{N}}xf32>
  %24 = array.broadcast %21 dims = [1] : tensor<{{N}}xf32> to tensor<1x{{N}}xf32>
  %25 = array.concat %22, %23, %24 dim = 0 : tensor<1x{{N}}xf32>, tensor<1x{{N}}xf32>, tensor<1x{{N}}xf32> to tensor<3x{{N}}xf32>
  %26 = array.transpose %25 perm = [1, 0] : tensor<3x{{N}}xf32> to tensor<{{N}}x3xf32>
  %27 = array.mul %26, %cst : tensor<{{N}}x3xf32>
  %28 = array.broadcast %0 dims = [0, 1] : tensor<{{N}}x1xf32> to tensor<{{N}}x3xf32>
  %29 = array.mul %28, %27 : tensor<{{N}}x3xf32>
  %30 = array.add %arg1, %29 : tensor<{{N}}x3xf32>
  %31 = array.slice %27 [0:{{N}}:1, 0:1:1] : tensor<{{N}}x3xf32> to tensor<{{N}}x1xf32>
  %32 = array.reshape %31 : tensor<{{N}}x1xf32> to tensor<{{N}}xf32>
  %33 = array.slice %27 [0:{{N}}:1, 1:2:1] : tensor<{{N}}x3xf32> to tensor<{{N}}x1xf32>
  %34 = array.reshape %33 : tensor<{{N}}x1xf32> to tensor<{{N}}xf32>
  %35 = array.slice %27 [0:{{N}}:1, 2:3:1] : tensor<{{N}}x3xf32> to tensor<{{N}}x1xf32>
  %36 = array.reshape %35 : tensor<{{N}}x1xf32> to tensor<{{N}}xf32>
  %37 = array.mul %4, %36 : tensor<{{N}}xf32>
  %38 = array.mul %6, %34 : tensor<{{N}}xf32>
  %39 = array.sub %37, %38 : tensor<{{N}}xf32>
  %40 = array.mul %6, %32 : tensor<{{N}}xf32>
  %41 = array.mul %2, %36 : tensor<{{N}}xf32>
  %42 = array.sub %40, %41 : tensor<{{N}}xf32>
  %43 = array.mul %2, %34 : tensor<{{N}}xf32>
  %44 = array.mul %4, %32 : tensor<{{N}}xf32>
  %45 = array.sub %43, %44 : tensor<{{N}}xf32>
  %46 = array.broadcast %39 dims = [1] : tensor<{{N}}xf32> to tensor<1x{{N}}xf32>
  %47 = array.broadcast %42 dims = [1] : tensor<{{N}}xf32> to tensor<1x{{N}}xf32>
  %48 = array.broadcast %45 dims = [1] : tensor<{{N}}xf32> to tensor<1x{{N}}xf32>
  %49 = array.concat %46, %47, %48 dim = 0 : tensor<1x{{N}}xf32>, tensor<1x{{N}}xf32>, tensor<1x{{N}}xf32> to tensor<3x{{N}}xf32>
  %50 = array.transpose %49 perm = [1, 0] : tensor<3x{{N}}xf32> to tensor<{{N}}x3xf32>
  %51 = array.add %30, %50 : tensor<{{N}}x3xf32>
  return %51 : tensor<{{N}}x3xf32>
}
