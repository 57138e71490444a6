// How far the softmax of one row is from that of another, for each row.
func.func @main(%x: tensor<{{M}}x{{N}}xf32>, %y: tensor<{{M}}x{{N}}xf32>) -> (tensor<{{M}}xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %pm = array.reduce max %x init %low dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  %pn = array.broadcast %pm dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x{{N}}xf32>
  %pd = array.sub %x, %pn : tensor<{{M}}x{{N}}xf32>
  %pe = array.exp %pd : tensor<{{M}}x{{N}}xf32>
  %ps = array.reduce add %pe init %z dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  %pl = array.log %ps : tensor<{{M}}xf32>
  %pb = array.broadcast %pl dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x{{N}}xf32>
  %p = array.sub %pd, %pb : tensor<{{M}}x{{N}}xf32>
  %qm = array.reduce max %y init %low dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  %qn = array.broadcast %qm dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x{{N}}xf32>
  %qd = array.sub %y, %qn : tensor<{{M}}x{{N}}xf32>
  %qe = array.exp %qd : tensor<{{M}}x{{N}}xf32>
  %qs = array.reduce add %qe init %z dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  %ql = array.log %qs : tensor<{{M}}xf32>
  %qb = array.broadcast %ql dims = [0] : tensor<{{M}}xf32> to tensor<{{M}}x{{N}}xf32>
  %q = array.sub %qd, %qb : tensor<{{M}}x{{N}}xf32>
  %0 = array.exp %p : tensor<{{M}}x{{N}}xf32>
  %1 = array.sub %p, %q : tensor<{{M}}x{{N}}xf32>
  %2 = array.mul %0, %1 : tensor<{{M}}x{{N}}xf32>
  %3 = array.reduce add %2 init %z dims = [1] : tensor<{{M}}x{{N}}xf32>, tensor<f32> to tensor<{{M}}xf32>
  return %3 : tensor<{{M}}xf32>
}
