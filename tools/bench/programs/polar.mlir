// Points of the plane as length, its logarithm, and direction: four results that share what they are made from.
func.func @main(%x: tensor<{{N}}xf32>, %y: tensor<{{N}}xf32>) -> (tensor<{{N}}xf32>, tensor<{{N}}xf32>, tensor<{{N}}xf32>, tensor<{{N}}xf32>) {
  %xx = array.mul %x, %x : tensor<{{N}}xf32>
  %yy = array.mul %y, %y : tensor<{{N}}xf32>
  %s = array.add %xx, %yy : tensor<{{N}}xf32>
  %r = array.sqrt %s : tensor<{{N}}xf32>
  %a = array.log %r : tensor<{{N}}xf32>
  %c = array.div %x, %r : tensor<{{N}}xf32>
  %d = array.div %y, %r : tensor<{{N}}xf32>
  return %r, %a, %c, %d : tensor<{{N}}xf32>, tensor<{{N}}xf32>, tensor<{{N}}xf32>, tensor<{{N}}xf32>
}
