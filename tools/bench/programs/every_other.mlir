// Every second element of every second row.
func.func @main(%x: tensor<{{2*N}}x{{2*N}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %0 = array.slice %x [0:{{2*N}}:2, 0:{{2*N}}:2] : tensor<{{2*N}}x{{2*N}}xf32> to tensor<{{N}}x{{N}}xf32>
  return %0 : tensor<{{N}}x{{N}}xf32>
}
