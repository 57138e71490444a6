// The lower factor of a positive definite matrix.
func.func @main(%a: tensor<{{N}}x{{N}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %r = array.cholesky %a {lower} : tensor<{{N}}x{{N}}xf32>
  return %r : tensor<{{N}}x{{N}}xf32>
}
