// Inverses of matrices of three by three, by cofactors.
func.func @main(%arg0: tensor<{{N}}x3x3xf32>) -> (tensor<{{N}}x3x3xf32>) {
  %0 = array.slice %arg0 [0:{{N}}:1, 0:1:1, 0:1:1] : tensor<{{N}}x3x3xf32> to tensor<{{N}}x1x1xf32>
  %1 = array.reshape %0 : tensor<{{N}}x1x1xf32> to tensor<{{N}}xf32>
  %2 = array.slice %arg0 [0:{{N}}:1, 0:1:1, 1:2:1] : tensor<{{N}}x3x3xf32> to tensor<{{N}}x1x1xf32>
  %3 = array.reshape %2 : tensor<{{N}}x1x1xf32> to tensor<{{N}}xf32>
  %4 = array.slice %arg0 [0:{{N}}:1, 0:1:1, 2:3:1] : tensor<{{N}}x3x3xf32> to tensor<{{N}}x1x1xf32>
  %5 = array.reshape %4 : tensor<{{N}}x1x1xf32> to tensor<{{N}}xf32>
  %6 = array.slice %arg0 [0:{{N}}:1, 1:2:1, 0:1:1] : tensor<{{N}}x3x3xf32> to tensor<{{N}}x1x1xf32>
  %7 = array.reshape %6 : tensor<{{N}}x1x1xf32> to tensor<{{N}}xf32>
  %8 = array.slice %arg0 [0:{{N}}:1, 1:2:1, 1:2:1] : tensor<{{N}}x3x3xf32> to tensor<{{N}}x1x1xf32>
  %9 = array.reshape %8 : tensor<{{N}}x1x1xf32> to tensor<{{N}}xf32>
  %10 = array.slice %arg0 [0:{{N}}:1, 1:2:1, 2:3:1] : tensor<{{N}}x3x3xf32> to tensor<{{N}}x1x1xf32>
  %11 = array.reshape %10 : tensor<{{N}}x1x1xf32> to tensor<{{N}}xf32>
  %12 = array.slice %arg0 [0:{{N}}:1, 2:3:1, 0:1:1] : tensor<{{N}}x3x3xf32> to tensor<{{N}}x1x1xf32>
  %13 = array.reshape %12 : tensor<{{N}}x1x1xf32> to tensor<{{N}}xf32>
  %14 = array.slice %arg0 [0:{{N}}:1, 2:3:1, 1:2:1] : tensor<{{N}}x3x3xf32> to tensor<{{N}}x1x1xf32>
  %15 = array.reshape %14 : tensor<{{N}}x1x1xf32> to tensor<{{N}}xf32>
  %16 = array.slice %arg0 [0:{{N}}:1, 2:3:1, 2:3:1] : tensor<{{N}}x3x3xf32> to tensor<{{N}}x1x1xf32>
  %17 = array.reshape %16 : tensor<{{N}}x1x1xf32> to tensor<{{N}}xf32>
  %18 = array.mul %9, %17 : tensor<{{N}}xf32>
  %19 = array.mul %11, %15 : tensor<{{N}}xf32>
  %20 = array.sub %18, %19 : tensor<{{N}}xf32>
  %21 = array.mul %5, %15 : tensor<{{N}}xf32>
  %22 = array.mul %3, %17 : tensor<{{N}}xf32>
  %23 = array.sub %21, %22 : tensor<{{N}}xf32>
  %24 = array.mul %3, %11 : tensor<{{N}}xf32>
  %25 = array.mul %5, %9 : tensor<{{N}}xf32>
  %26 = array.sub %24, %25 : tensor<{{N}}xf32>
  %27 = array.mul %11, %13 : tensor<{{N}}xf32>
  %28 = array.mul %7, %17 : tensor<{{N}}xf32>
  %29 = array.sub %27, %28 : tensor<{{N}}xf32>
  %30 = array.mul %1, %17 : tensor<{{N}}xf32>
  %31 = array.mul %5, %13 : tensor<{{N}}xf32>
  %32 = array.sub %30, %31 : tensor<{{N}}xf32>
  %33 = array.mul %5, %7 : tensor<{{N}}xf32>
  %34 = array.mul %1, %11 : tensor<{{N}}xf32>
  %35 = array.sub %33, %34 : tensor<{{N}}xf32>
  %36 = array.mul %7, %15 : tensor<{{N}}xf32>
  %37 = array.mul %9, %13 : tensor<{{N}}xf32>
  %38 = array.sub %36, %37 : tensor<{{N}}xf32>
  %39 = array.mul %3, %13 : tensor<{{N}}xf32>
  %40 = array.mul %1, %15 : tensor<{{N}}xf32>
  %41 = array.sub %39, %40 : tensor<{{N}}xf32>
  %42 = array.mul %1, %9 : tensor<{{N}}xf32>
  %43 = array.mul %3, %7 : tensor<{{N}}xf32>
  %44 = array.sub %42, %43 : tensor<{{N}}xf32>
  %45 = array.mul %1, %20 : tensor<{{N}}xf32>
  %46 = array.mul %3, %29 : tensor<{{N}}xf32>
  %47 = array.add %45, %46 : tensor<{{N}}xf32>
  %48 = array.mul %5, %38 : tensor<{{N}}xf32>
  %49 = array.add %47, %48 : tensor<{{N}}xf32>
  %50 = array.broadcast %20 dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x1xf32>
  %51 = array.broadcast %23 dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x1xf32>
  %52 = array.broadcast %26 dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x1xf32>
  %53 = array.broadcast %29 dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x1xf32>
  %54 = array.broadcast %32 dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x1xf32>
  %55 = array.broadcast %35 dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x1xf32>
  %56 = array.broadcast %38 dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x1xf32>
  %57 = array.broadcast %41 dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x1xf32>
  %58 = array.broadcast %44 dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x1xf32>
  %59 = array.concat %50, %51, %52, %53, %54, %55, %56, %57, %58 dim = 1 : tensor<{{N}}x1xf32>, tensor<{{N}}x1xf32>, tensor<{{N}}x1xf32>, tensor<{{N}}x1xf32>, tensor<{{N}}x1xf32>, tensor<{{N}}x1xf32>, tensor<{{N}}x1xf32>, tensor<{{N}}x1xf32>, tensor<{{N}}x1xf32> to tensor<{{N}}x9xf32>
  %60 = array.reshape %59 : tensor<{{N}}x9xf32> to tensor<{{N}}x3x3xf32>
  %61 = array.broadcast %49 dims = [0] : tensor<{{N}}xf32> to tensor<{{N}}x3x3xf32>
  %62 = array.div %60, %61 : tensor<{{N}}x3x3xf32>
  return %62 : tensor<{{N}}x3x3xf32>
}
