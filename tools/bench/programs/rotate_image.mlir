// An image turned by 0.3 radians around its middle: the nearest pixel, or nothing outside.
func.func @main(%x: tensor<{{N}}x{{N}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %half = array.constant dense<{{H}}.0> : tensor<{{N}}x{{N}}xf32>
  %c = array.constant dense<0.955336511> : tensor<{{N}}x{{N}}xf32>
  %s = array.constant dense<0.295520216> : tensor<{{N}}x{{N}}xf32>
  %first = array.constant dense<0> : tensor<{{N}}x{{N}}xi32>
  %size = array.constant dense<{{N}}> : tensor<{{N}}x{{N}}xi32>
  %zero = array.constant dense<0.0> : tensor<{{N}}x{{N}}xf32>
  %i0 = array.iota dim = 0 : tensor<{{N}}x{{N}}xf32>
  %j0 = array.iota dim = 1 : tensor<{{N}}x{{N}}xf32>
  %i = array.sub %i0, %half : tensor<{{N}}x{{N}}xf32>
  %j = array.sub %j0, %half : tensor<{{N}}x{{N}}xf32>
  %ci = array.mul %c, %i : tensor<{{N}}x{{N}}xf32>
  %sj = array.mul %s, %j : tensor<{{N}}x{{N}}xf32>
  %si = array.mul %s, %i : tensor<{{N}}x{{N}}xf32>
  %cj = array.mul %c, %j : tensor<{{N}}x{{N}}xf32>
  %a0 = array.sub %ci, %sj : tensor<{{N}}x{{N}}xf32>
  %b0 = array.add %si, %cj : tensor<{{N}}x{{N}}xf32>
  %a1 = array.add %a0, %half : tensor<{{N}}x{{N}}xf32>
  %b1 = array.add %b0, %half : tensor<{{N}}x{{N}}xf32>
  %a2 = array.round_even %a1 : tensor<{{N}}x{{N}}xf32>
  %b2 = array.round_even %b1 : tensor<{{N}}x{{N}}xf32>
  %a = array.cast %a2 : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N}}xi32>
  %b = array.cast %b2 : tensor<{{N}}x{{N}}xf32> to tensor<{{N}}x{{N}}xi32>
  %p = array.cmp ge, %a, %first : tensor<{{N}}x{{N}}xi32>
  %q = array.cmp lt, %a, %size : tensor<{{N}}x{{N}}xi32>
  %r = array.cmp ge, %b, %first : tensor<{{N}}x{{N}}xi32>
  %t = array.cmp lt, %b, %size : tensor<{{N}}x{{N}}xi32>
  %pq = array.and %p, %q : tensor<{{N}}x{{N}}xi1>
  %rt = array.and %r, %t : tensor<{{N}}x{{N}}xi1>
  %in = array.and %pq, %rt : tensor<{{N}}x{{N}}xi1>
  %ax = array.reshape %a : tensor<{{N}}x{{N}}xi32> to tensor<{{N}}x{{N}}x1xi32>
  %bx = array.reshape %b : tensor<{{N}}x{{N}}xi32> to tensor<{{N}}x{{N}}x1xi32>
  %at = array.concat %ax, %bx dim = 2 : tensor<{{N}}x{{N}}x1xi32>, tensor<{{N}}x{{N}}x1xi32> to tensor<{{N}}x{{N}}x2xi32>
  %0 = array.gather %x, %at collapsed = [0, 1] map = [0, 1] vector = 2 sizes = [1, 1] : tensor<{{N}}x{{N}}xf32>, tensor<{{N}}x{{N}}x2xi32> to tensor<{{N}}x{{N}}xf32>
  %1 = array.select %in, %0, %zero : tensor<{{N}}x{{N}}xf32>
  return %1 : tensor<{{N}}x{{N}}xf32>
}
