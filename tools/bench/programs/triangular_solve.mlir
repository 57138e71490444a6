// Systems of equations with one lower matrix.
func.func @main(%a: tensor<{{N}}x{{N}}xf32>, %b: tensor<{{N}}x{{M}}xf32>) -> (tensor<{{N}}x{{M}}xf32>) {
  %r = array.triangular_solve %a, %b side = left op = none {lower} : tensor<{{N}}x{{N}}xf32>, tensor<{{N}}x{{M}}xf32>
  return %r : tensor<{{N}}x{{M}}xf32>
}
