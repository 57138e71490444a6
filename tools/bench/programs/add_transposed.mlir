// x + y^T: reads one matrix against the grain.
func.func @main(%x: tensor<{{N}}x{{N}}xf32>, %y: tensor<{{N}}x{{N}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %0 = array.transpose %y perm = [1, 0] : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %1 = array.add %x, %0 : tensor<{{N}}x{{N}}xf32>
  return %1 : tensor<{{N}}x{{N}}xf32>
}
