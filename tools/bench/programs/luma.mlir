// The brightness of pixels of three bytes, in integers.
func.func @main(%x: tensor<{{N}}x{{N}}x3xui8>) -> (tensor<{{N}}x{{N}}xui8>) {
  %wide = array.cast %x : tensor<{{N}}x{{N}}x3xui8> to tensor<{{N}}x{{N}}x3xi32>
  %r3 = array.slice %wide [0:{{N}}:1, 0:{{N}}:1, 0:1:1] : tensor<{{N}}x{{N}}x3xi32> to tensor<{{N}}x{{N}}x1xi32>
  %g3 = array.slice %wide [0:{{N}}:1, 0:{{N}}:1, 1:2:1] : tensor<{{N}}x{{N}}x3xi32> to tensor<{{N}}x{{N}}x1xi32>
  %b3 = array.slice %wide [0:{{N}}:1, 0:{{N}}:1, 2:3:1] : tensor<{{N}}x{{N}}x3xi32> to tensor<{{N}}x{{N}}x1xi32>
  %r = array.reshape %r3 : tensor<{{N}}x{{N}}x1xi32> to tensor<{{N}}x{{N}}xi32>
  %g = array.reshape %g3 : tensor<{{N}}x{{N}}x1xi32> to tensor<{{N}}x{{N}}xi32>
  %b = array.reshape %b3 : tensor<{{N}}x{{N}}x1xi32> to tensor<{{N}}x{{N}}xi32>
  %wr = array.constant dense<77> : tensor<{{N}}x{{N}}xi32>
  %wg = array.constant dense<150> : tensor<{{N}}x{{N}}xi32>
  %wb = array.constant dense<29> : tensor<{{N}}x{{N}}xi32>
  %eight = array.constant dense<8> : tensor<{{N}}x{{N}}xi32>
  %0 = array.mul %r, %wr : tensor<{{N}}x{{N}}xi32>
  %1 = array.mul %g, %wg : tensor<{{N}}x{{N}}xi32>
  %2 = array.mul %b, %wb : tensor<{{N}}x{{N}}xi32>
  %3 = array.add %0, %1 : tensor<{{N}}x{{N}}xi32>
  %4 = array.add %3, %2 : tensor<{{N}}x{{N}}xi32>
  %5 = array.shr_s %4, %eight : tensor<{{N}}x{{N}}xi32>
  %6 = array.cast %5 : tensor<{{N}}x{{N}}xi32> to tensor<{{N}}x{{N}}xui8>
  return %6 : tensor<{{N}}x{{N}}xui8>
}
