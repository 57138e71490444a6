// Integer arithmetic: multiply, xor, and, add.
func.func @main(%x: tensor<{{N}}xi32>, %y: tensor<{{N}}xi32>) -> (tensor<{{N}}xi32>) {
  %ks = array.constant dense<-1640531527> : tensor<i32>
  %k = array.broadcast %ks dims = [] : tensor<i32> to tensor<{{N}}xi32>
  %ms = array.constant dense<65535> : tensor<i32>
  %m = array.broadcast %ms dims = [] : tensor<i32> to tensor<{{N}}xi32>
  %0 = array.mul %x, %k : tensor<{{N}}xi32>
  %1 = array.xor %0, %y : tensor<{{N}}xi32>
  %2 = array.and %1, %m : tensor<{{N}}xi32>
  %3 = array.add %2, %x : tensor<{{N}}xi32>
  %4 = array.mul %3, %k : tensor<{{N}}xi32>
  %5 = array.xor %4, %0 : tensor<{{N}}xi32>
  return %5 : tensor<{{N}}xi32>
}
