// Softmax of scores of which each place only sees those before it, as in attention of a decoder.
func.func @main(%x: tensor<{{B}}x{{N}}x{{N}}xf32>) -> (tensor<{{B}}x{{N}}x{{N}}xf32>) {
  %zero = array.constant dense<0.0> : tensor<f32>
  %lowest = array.constant dense<0xFF800000> : tensor<f32>
  %scale = array.constant dense<0.125> : tensor<{{B}}x{{N}}x{{N}}xf32>
  %far = array.constant dense<-1.0e9> : tensor<{{B}}x{{N}}x{{N}}xf32>
  %i = array.iota dim = 0 : tensor<{{N}}x{{N}}xi32>
  %j = array.iota dim = 1 : tensor<{{N}}x{{N}}xi32>
  %past = array.cmp le, %j, %i : tensor<{{N}}x{{N}}xi32>
  %mask = array.broadcast %past dims = [1, 2] : tensor<{{N}}x{{N}}xi1> to tensor<{{B}}x{{N}}x{{N}}xi1>
  %0 = array.mul %x, %scale : tensor<{{B}}x{{N}}x{{N}}xf32>
  %1 = array.select %mask, %0, %far : tensor<{{B}}x{{N}}x{{N}}xf32>
  %m = array.reduce max %1 init %lowest dims = [2] : tensor<{{B}}x{{N}}x{{N}}xf32>, tensor<f32> to tensor<{{B}}x{{N}}xf32>
  %mb = array.broadcast %m dims = [0, 1] : tensor<{{B}}x{{N}}xf32> to tensor<{{B}}x{{N}}x{{N}}xf32>
  %2 = array.sub %1, %mb : tensor<{{B}}x{{N}}x{{N}}xf32>
  %3 = array.exp %2 : tensor<{{B}}x{{N}}x{{N}}xf32>
  %s = array.reduce add %3 init %zero dims = [2] : tensor<{{B}}x{{N}}x{{N}}xf32>, tensor<f32> to tensor<{{B}}x{{N}}xf32>
  %sb = array.broadcast %s dims = [0, 1] : tensor<{{B}}x{{N}}xf32> to tensor<{{B}}x{{N}}x{{N}}xf32>
  %4 = array.div %3, %sb : tensor<{{B}}x{{N}}x{{N}}xf32>
  return %4 : tensor<{{B}}x{{N}}x{{N}}xf32>
}
