// Two hidden layers with relu, logits, and the softmax of each row.
func.func @main(%x: tensor<360x64xf32>, %w1: tensor<64x128xf32>, %b1: tensor<128xf32>, %w2: tensor<128x64xf32>,
                %b2: tensor<64xf32>, %w3: tensor<64x10xf32>, %b3: tensor<10xf32>) -> (tensor<360x10xf32>, tensor<360x10xf32>) {
  %z1 = array.constant dense<0.0> : tensor<360x128xf32>
  %z2 = array.constant dense<0.0> : tensor<360x64xf32>
  %lowest = array.constant dense<0xFF800000> : tensor<f32>
  %zero = array.constant dense<0.0> : tensor<f32>
  %p1 = array.dot_general %x, %w1 contract = [1] x [0] : tensor<360x64xf32>, tensor<64x128xf32> -> tensor<360x128xf32>
  %bb1 = array.broadcast %b1 dims = [1] : tensor<128xf32> to tensor<360x128xf32>
  %s1 = array.add %p1, %bb1 : tensor<360x128xf32>
  %h1 = array.max %s1, %z1 : tensor<360x128xf32>
  %p2 = array.dot_general %h1, %w2 contract = [1] x [0] : tensor<360x128xf32>, tensor<128x64xf32> -> tensor<360x64xf32>
  %bb2 = array.broadcast %b2 dims = [1] : tensor<64xf32> to tensor<360x64xf32>
  %s2 = array.add %p2, %bb2 : tensor<360x64xf32>
  %h2 = array.max %s2, %z2 : tensor<360x64xf32>
  %p3 = array.dot_general %h2, %w3 contract = [1] x [0] : tensor<360x64xf32>, tensor<64x10xf32> -> tensor<360x10xf32>
  %bb3 = array.broadcast %b3 dims = [1] : tensor<10xf32> to tensor<360x10xf32>
  %s3 = array.add %p3, %bb3 : tensor<360x10xf32>
  %max = array.reduce max %s3 init %lowest dims = [1] : tensor<360x10xf32>, tensor<f32> to tensor<360xf32>
  %maxes = array.broadcast %max dims = [0] : tensor<360xf32> to tensor<360x10xf32>
  %shifted = array.sub %s3, %maxes : tensor<360x10xf32>
  %e = array.exp %shifted : tensor<360x10xf32>
  %sum = array.reduce add %e init %zero dims = [1] : tensor<360x10xf32>, tensor<f32> to tensor<360xf32>
  %sums = array.broadcast %sum dims = [0] : tensor<360xf32> to tensor<360x10xf32>
  %probabilities = array.div %e, %sums : tensor<360x10xf32>
  return %s3, %probabilities : tensor<360x10xf32>, tensor<360x10xf32>
}
