// Layer normalisation of every row, with gain and bias per column.
func.func @main(%x: tensor<1024x1024xf32>, %gain: tensor<1024xf32>, %bias: tensor<1024xf32>) -> tensor<1024x1024xf32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %share = array.constant dense<9.765625e-4> : tensor<1024xf32>
  %epsilon = array.constant dense<1.0e-5> : tensor<1024xf32>
  %one = array.constant dense<1.0> : tensor<1024xf32>
  %sum = array.reduce add %x init %zero dims = [1] : tensor<1024x1024xf32>, tensor<f32> to tensor<1024xf32>
  %mean = array.mul %sum, %share : tensor<1024xf32>
  %means = array.broadcast %mean dims = [0] : tensor<1024xf32> to tensor<1024x1024xf32>
  %centred = array.sub %x, %means : tensor<1024x1024xf32>
  %squared = array.mul %centred, %centred : tensor<1024x1024xf32>
  %sum2 = array.reduce add %squared init %zero dims = [1] : tensor<1024x1024xf32>, tensor<f32> to tensor<1024xf32>
  %variance = array.mul %sum2, %share : tensor<1024xf32>
  %stable = array.add %variance, %epsilon : tensor<1024xf32>
  %deviation = array.sqrt %stable : tensor<1024xf32>
  %scale = array.div %one, %deviation : tensor<1024xf32>
  %scales = array.broadcast %scale dims = [0] : tensor<1024xf32> to tensor<1024x1024xf32>
  %normal = array.mul %centred, %scales : tensor<1024x1024xf32>
  %gains = array.broadcast %gain dims = [1] : tensor<1024xf32> to tensor<1024x1024xf32>
  %biases = array.broadcast %bias dims = [1] : tensor<1024xf32> to tensor<1024x1024xf32>
  %gained = array.mul %normal, %gains : tensor<1024x1024xf32>
  %y = array.add %gained, %biases : tensor<1024x1024xf32>
  return %y : tensor<1024x1024xf32>
}
