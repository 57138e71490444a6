// A convolutional net that reads handwritten digits, a batch of 360; README.md defines the layers.
func.func @main(%x: tensor<360x8x8x1xf32>, %w1: tensor<3x3x1x8xf32>, %b1: tensor<8xf32>, %w2: tensor<3x3x8x16xf32>, %b2: tensor<16xf32>, %w3: tensor<64x10xf32>, %b3: tensor<10xf32>)
    -> (tensor<360x10xf32>, tensor<360x10xf32>) {
  %lowest = array.constant dense<0xFF800000> : tensor<f32>
  %zero = array.constant dense<-0.0> : tensor<f32>
  // Convolution, bias, relu, maximum of 2 x 2.
  %c1 = array.conv %x, %w1 dims = "b01f_01io->b01f" low = [1, 1] high = [1, 1] : tensor<360x8x8x1xf32>, tensor<3x3x1x8xf32> -> tensor<360x8x8x8xf32>
  %d1 = array.broadcast %b1 dims = [3] : tensor<8xf32> to tensor<360x8x8x8xf32>
  %e1 = array.add %c1, %d1 : tensor<360x8x8x8xf32>
  %z1 = array.full 0.0 : f32, tensor<360x8x8x8xf32>
  %r1 = array.max %e1, %z1 : tensor<360x8x8x8xf32>
  %p1 = array.reduce_window max %r1 init %lowest window = [1, 2, 2, 1] strides = [1, 2, 2, 1] : tensor<360x8x8x8xf32>, tensor<f32> to tensor<360x4x4x8xf32>
  // Once more.
  %c2 = array.conv %p1, %w2 dims = "b01f_01io->b01f" low = [1, 1] high = [1, 1] : tensor<360x4x4x8xf32>, tensor<3x3x8x16xf32> -> tensor<360x4x4x16xf32>
  %d2 = array.broadcast %b2 dims = [3] : tensor<16xf32> to tensor<360x4x4x16xf32>
  %e2 = array.add %c2, %d2 : tensor<360x4x4x16xf32>
  %z2 = array.full 0.0 : f32, tensor<360x4x4x16xf32>
  %r2 = array.max %e2, %z2 : tensor<360x4x4x16xf32>
  %p2 = array.reduce_window max %r2 init %lowest window = [1, 2, 2, 1] strides = [1, 2, 2, 1] : tensor<360x4x4x16xf32>, tensor<f32> to tensor<360x2x2x16xf32>
  // Dense.
  %flat = array.reshape %p2 : tensor<360x2x2x16xf32> to tensor<360x64xf32>
  %product = array.dot_general %flat, %w3 batch = [] x [] contract = [1] x [0] : tensor<360x64xf32>, tensor<64x10xf32> -> tensor<360x10xf32>
  %d3 = array.broadcast %b3 dims = [1] : tensor<10xf32> to tensor<360x10xf32>
  %logits = array.add %product, %d3 : tensor<360x10xf32>
  // Softmax of each row.
  %top = array.reduce max %logits init %lowest dims = [1] : tensor<360x10xf32>, tensor<f32> to tensor<360xf32>
  %tops = array.broadcast %top dims = [0] : tensor<360xf32> to tensor<360x10xf32>
  %shifted = array.sub %logits, %tops : tensor<360x10xf32>
  %exp = array.exp %shifted : tensor<360x10xf32>
  %sum = array.reduce add %exp init %zero dims = [1] : tensor<360x10xf32>, tensor<f32> to tensor<360xf32>
  %sums = array.broadcast %sum dims = [0] : tensor<360xf32> to tensor<360x10xf32>
  %probabilities = array.div %exp, %sums : tensor<360x10xf32>
  return %logits, %probabilities : tensor<360x10xf32>, tensor<360x10xf32>
}
