// Products of quaternions, whose four components lie side by side.
func.func @main(%p: tensor<{{N}}x4xf32>, %q: tensor<{{N}}x4xf32>) -> tensor<{{N}}x4xf32> {
  %a0 = array.slice %p [0:{{N}}:1, 0:1:1] : tensor<{{N}}x4xf32> to tensor<{{N}}x1xf32>
  %a1 = array.slice %p [0:{{N}}:1, 1:2:1] : tensor<{{N}}x4xf32> to tensor<{{N}}x1xf32>
  %a2 = array.slice %p [0:{{N}}:1, 2:3:1] : tensor<{{N}}x4xf32> to tensor<{{N}}x1xf32>
  %a3 = array.slice %p [0:{{N}}:1, 3:4:1] : tensor<{{N}}x4xf32> to tensor<{{N}}x1xf32>
  %b0 = array.slice %q [0:{{N}}:1, 0:1:1] : tensor<{{N}}x4xf32> to tensor<{{N}}x1xf32>
  %b1 = array.slice %q [0:{{N}}:1, 1:2:1] : tensor<{{N}}x4xf32> to tensor<{{N}}x1xf32>
  %b2 = array.slice %q [0:{{N}}:1, 2:3:1] : tensor<{{N}}x4xf32> to tensor<{{N}}x1xf32>
  %b3 = array.slice %q [0:{{N}}:1, 3:4:1] : tensor<{{N}}x4xf32> to tensor<{{N}}x1xf32>
  %w0 = array.mul %a0, %b0 : tensor<{{N}}x1xf32>
  %w1 = array.mul %a1, %b1 : tensor<{{N}}x1xf32>
  %w2 = array.mul %a2, %b2 : tensor<{{N}}x1xf32>
  %w3 = array.mul %a3, %b3 : tensor<{{N}}x1xf32>
  %w4 = array.sub %w0, %w1 : tensor<{{N}}x1xf32>
  %w5 = array.sub %w4, %w2 : tensor<{{N}}x1xf32>
  %w = array.sub %w5, %w3 : tensor<{{N}}x1xf32>
  %x0 = array.mul %a0, %b1 : tensor<{{N}}x1xf32>
  %x1 = array.mul %a1, %b0 : tensor<{{N}}x1xf32>
  %x2 = array.mul %a2, %b3 : tensor<{{N}}x1xf32>
  %x3 = array.mul %a3, %b2 : tensor<{{N}}x1xf32>
  %x4 = array.add %x0, %x1 : tensor<{{N}}x1xf32>
  %x5 = array.add %x4, %x2 : tensor<{{N}}x1xf32>
  %x = array.sub %x5, %x3 : tensor<{{N}}x1xf32>
  %y0 = array.mul %a0, %b2 : tensor<{{N}}x1xf32>
  %y1 = array.mul %a1, %b3 : tensor<{{N}}x1xf32>
  %y2 = array.mul %a2, %b0 : tensor<{{N}}x1xf32>
  %y3 = array.mul %a3, %b1 : tensor<{{N}}x1xf32>
  %y4 = array.sub %y0, %y1 : tensor<{{N}}x1xf32>
  %y5 = array.add %y4, %y2 : tensor<{{N}}x1xf32>
  %y = array.add %y5, %y3 : tensor<{{N}}x1xf32>
  %z0 = array.mul %a0, %b3 : tensor<{{N}}x1xf32>
  %z1 = array.mul %a1, %b2 : tensor<{{N}}x1xf32>
  %z2 = array.mul %a2, %b1 : tensor<{{N}}x1xf32>
  %z3 = array.mul %a3, %b0 : tensor<{{N}}x1xf32>
  %z4 = array.add %z0, %z1 : tensor<{{N}}x1xf32>
  %z5 = array.sub %z4, %z2 : tensor<{{N}}x1xf32>
  %z = array.add %z5, %z3 : tensor<{{N}}x1xf32>
  %r = array.concat %w, %x, %y, %z dim = 1 : tensor<{{N}}x1xf32>, tensor<{{N}}x1xf32>, tensor<{{N}}x1xf32>, tensor<{{N}}x1xf32> to tensor<{{N}}x4xf32>
  return %r : tensor<{{N}}x4xf32>
}
