// Three by three binomial filter, rows then columns, of the inside of an image.
func.func @main(%x: tensor<{{N+2}}x{{N+2}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %l = array.slice %x [0:{{N+2}}:1, 0:{{N}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N+2}}x{{N}}xf32>
  %c = array.slice %x [0:{{N+2}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N+2}}x{{N}}xf32>
  %r = array.slice %x [0:{{N+2}}:1, 2:{{N+2}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N+2}}x{{N}}xf32>
  %0 = array.add %l, %r : tensor<{{N+2}}x{{N}}xf32>
  %1 = array.add %c, %c : tensor<{{N+2}}x{{N}}xf32>
  %h = array.add %0, %1 : tensor<{{N+2}}x{{N}}xf32>
  %t = array.slice %h [0:{{N}}:1, 0:{{N}}:1] : tensor<{{N+2}}x{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %m = array.slice %h [1:{{N+1}}:1, 0:{{N}}:1] : tensor<{{N+2}}x{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %b = array.slice %h [2:{{N+2}}:1, 0:{{N}}:1] : tensor<{{N+2}}x{{N}}xf32> to tensor<{{N}}x{{N}}xf32>
  %2 = array.add %t, %b : tensor<{{N}}x{{N}}xf32>
  %3 = array.add %m, %m : tensor<{{N}}x{{N}}xf32>
  %4 = array.add %2, %3 : tensor<{{N}}x{{N}}xf32>
  %ks = array.constant dense<0.0625> : tensor<f32>
  %k = array.broadcast %ks dims = [] : tensor<f32> to tensor<{{N}}x{{N}}xf32>
  %5 = array.mul %4, %k : tensor<{{N}}x{{N}}xf32>
  return %5 : tensor<{{N}}x{{N}}xf32>
}
