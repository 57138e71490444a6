// softmax(q k^T / sqrt d) v in each head.
func.func @main(%q: tensor<{{H}}x{{S}}x{{D}}xf32>, %k: tensor<{{H}}x{{S}}x{{D}}xf32>, %v: tensor<{{H}}x{{S}}x{{D}}xf32>, %scale: tensor<f32>) -> (tensor<{{H}}x{{S}}x{{D}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %0 = array.dot_general %q, %k batch = [0] x [0] contract = [2] x [2] : tensor<{{H}}x{{S}}x{{D}}xf32>, tensor<{{H}}x{{S}}x{{D}}xf32> -> tensor<{{H}}x{{S}}x{{S}}xf32>
  %f = array.broadcast %scale dims = [] : tensor<f32> to tensor<{{H}}x{{S}}x{{S}}xf32>
  %1 = array.mul %0, %f : tensor<{{H}}x{{S}}x{{S}}xf32>
  %m = array.reduce max %1 init %low dims = [2] : tensor<{{H}}x{{S}}x{{S}}xf32>, tensor<f32> to tensor<{{H}}x{{S}}xf32>
  %mb = array.broadcast %m dims = [0, 1] : tensor<{{H}}x{{S}}xf32> to tensor<{{H}}x{{S}}x{{S}}xf32>
  %d = array.sub %1, %mb : tensor<{{H}}x{{S}}x{{S}}xf32>
  %e = array.exp %d : tensor<{{H}}x{{S}}x{{S}}xf32>
  %s = array.reduce add %e init %z dims = [2] : tensor<{{H}}x{{S}}x{{S}}xf32>, tensor<f32> to tensor<{{H}}x{{S}}xf32>
  %sb = array.broadcast %s dims = [0, 1] : tensor<{{H}}x{{S}}xf32> to tensor<{{H}}x{{S}}x{{S}}xf32>
  %p = array.div %e, %sb : tensor<{{H}}x{{S}}x{{S}}xf32>
  %o = array.dot_general %p, %v batch = [0] x [0] contract = [2] x [1] : tensor<{{H}}x{{S}}x{{S}}xf32>, tensor<{{H}}x{{S}}x{{D}}xf32> -> tensor<{{H}}x{{S}}x{{D}}xf32>
  return %o : tensor<{{H}}x{{S}}x{{D}}xf32>
}
