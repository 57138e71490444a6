// sqrt(a * b + c) in double precision.
func.func @main(%a: tensor<{{N}}xf64>, %b: tensor<{{N}}xf64>, %c: tensor<{{N}}xf64>) -> (tensor<{{N}}xf64>) {
  %0 = array.mul %a, %b : tensor<{{N}}xf64>
  %1 = array.add %0, %c : tensor<{{N}}xf64>
  %2 = array.sqrt %1 : tensor<{{N}}xf64>
  return %2 : tensor<{{N}}xf64>
}
