// One image of bytes over another, by the alpha of each pixel, in integers.
func.func @main(%arg0: tensor<{{N}}x{{N}}x4xui8>, %arg1: tensor<{{N}}x{{N}}x4xui8>) -> (tensor<{{N}}x{{N}}x4xui8>) {
  %cst = array.constant dense<8> : tensor<{{N}}x{{N}}x4xi32>
  %cst_0 = array.constant dense<128> : tensor<{{N}}x{{N}}x4xi32>
  %cst_1 = array.constant dense<255> : tensor<{{N}}x{{N}}x1xi32>
  %0 = array.cast %arg0 : tensor<{{N}}x{{N}}x4xui8> to tensor<{{N}}x{{N}}x4xi32>
  %1 = array.cast %arg1 : tensor<{{N}}x{{N}}x4xui8> to tensor<{{N}}x{{N}}x4xi32>
  %2 = array.slice %0 [0:{{N}}:1, 0:{{N}}:1, 3:4:1] : tensor<{{N}}x{{N}}x4xi32> to tensor<{{N}}x{{N}}x1xi32>
  %3 = array.broadcast %2 dims = [0, 1, 2] : tensor<{{N}}x{{N}}x1xi32> to tensor<{{N}}x{{N}}x4xi32>
  %4 = array.mul %0, %3 : tensor<{{N}}x{{N}}x4xi32>
  %5 = array.sub %cst_1, %2 : tensor<{{N}}x{{N}}x1xi32>
  %6 = array.broadcast %5 dims = [0, 1, 2] : tensor<{{N}}x{{N}}x1xi32> to tensor<{{N}}x{{N}}x4xi32>
  %7 = array.mul %1, %6 : tensor<{{N}}x{{N}}x4xi32>
  %8 = array.add %4, %7 : tensor<{{N}}x{{N}}x4xi32>
  %9 = array.add %8, %cst_0 : tensor<{{N}}x{{N}}x4xi32>
  %10 = array.shr_s %9, %cst : tensor<{{N}}x{{N}}x4xi32>
  %11 = array.add %9, %10 : tensor<{{N}}x{{N}}x4xi32>
  %12 = array.shr_s %11, %cst : tensor<{{N}}x{{N}}x4xi32>
  %13 = array.cast %12 : tensor<{{N}}x{{N}}x4xi32> to tensor<{{N}}x{{N}}x4xui8>
  return %13 : tensor<{{N}}x{{N}}x4xui8>
}
