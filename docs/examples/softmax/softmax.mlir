// Softmax of every row.
func.func @main(%x: tensor<1024x1024xf32>) -> tensor<1024x1024xf32> {
  %lowest = array.constant dense<0xFF800000> : tensor<f32>
  %zero = array.constant dense<0.0> : tensor<f32>
  %max = array.reduce max %x init %lowest dims = [1] : tensor<1024x1024xf32>, tensor<f32> to tensor<1024xf32>
  %maxes = array.broadcast %max dims = [0] : tensor<1024xf32> to tensor<1024x1024xf32>
  %shifted = array.sub %x, %maxes : tensor<1024x1024xf32>
  %e = array.exp %shifted : tensor<1024x1024xf32>
  %sum = array.reduce add %e init %zero dims = [1] : tensor<1024x1024xf32>, tensor<f32> to tensor<1024xf32>
  %sums = array.broadcast %sum dims = [0] : tensor<1024xf32> to tensor<1024x1024xf32>
  %y = array.div %e, %sums : tensor<1024x1024xf32>
  return %y : tensor<1024x1024xf32>
}
