// Three dense layers with relu between them.
func.func @main(%x: tensor<{{B}}x{{D}}xf32>, %w1: tensor<{{D}}x{{H}}xf32>, %b1: tensor<{{H}}xf32>, %w2: tensor<{{H}}x{{H}}xf32>, %b2: tensor<{{H}}xf32>, %w3: tensor<{{H}}x{{O}}xf32>, %b3: tensor<{{O}}xf32>) -> (tensor<{{B}}x{{O}}xf32>) {
  %m1 = array.dot_general %x, %w1 contract = [1] x [0] : tensor<{{B}}x{{D}}xf32>, tensor<{{D}}x{{H}}xf32> -> tensor<{{B}}x{{H}}xf32>
  %c1 = array.broadcast %b1 dims = [1] : tensor<{{H}}xf32> to tensor<{{B}}x{{H}}xf32>
  %a1 = array.add %m1, %c1 : tensor<{{B}}x{{H}}xf32>
  %zero1s = array.constant dense<0.0> : tensor<f32>
  %zero1 = array.broadcast %zero1s dims = [] : tensor<f32> to tensor<{{B}}x{{H}}xf32>
  %h1 = array.max %a1, %zero1 : tensor<{{B}}x{{H}}xf32>
  %m2 = array.dot_general %h1, %w2 contract = [1] x [0] : tensor<{{B}}x{{H}}xf32>, tensor<{{H}}x{{H}}xf32> -> tensor<{{B}}x{{H}}xf32>
  %c2 = array.broadcast %b2 dims = [1] : tensor<{{H}}xf32> to tensor<{{B}}x{{H}}xf32>
  %a2 = array.add %m2, %c2 : tensor<{{B}}x{{H}}xf32>
  %zero2s = array.constant dense<0.0> : tensor<f32>
  %zero2 = array.broadcast %zero2s dims = [] : tensor<f32> to tensor<{{B}}x{{H}}xf32>
  %h2 = array.max %a2, %zero2 : tensor<{{B}}x{{H}}xf32>
  %m3 = array.dot_general %h2, %w3 contract = [1] x [0] : tensor<{{B}}x{{H}}xf32>, tensor<{{H}}x{{O}}xf32> -> tensor<{{B}}x{{O}}xf32>
  %c3 = array.broadcast %b3 dims = [1] : tensor<{{O}}xf32> to tensor<{{B}}x{{O}}xf32>
  %a3 = array.add %m3, %c3 : tensor<{{B}}x{{O}}xf32>
  return %a3 : tensor<{{B}}x{{O}}xf32>
}
