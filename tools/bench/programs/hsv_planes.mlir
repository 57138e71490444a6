// Colours as hue, saturation and value, plane by plane.
func.func @main(%r: tensor<{{N}}xf32>, %g: tensor<{{N}}xf32>, %b: tensor<{{N}}xf32>) -> (tensor<{{N}}xf32>, tensor<{{N}}xf32>, tensor<{{N}}xf32>) {
  %zero = array.constant dense<0.0> : tensor<{{N}}xf32>
  %tiny = array.constant dense<1.0e-6> : tensor<{{N}}xf32>
  %sixth = array.constant dense<0.166666672> : tensor<{{N}}xf32>
  %two = array.constant dense<2.0> : tensor<{{N}}xf32>
  %four = array.constant dense<4.0> : tensor<{{N}}xf32>
  %six = array.constant dense<6.0> : tensor<{{N}}xf32>
  %m0 = array.max %r, %g : tensor<{{N}}xf32>
  %v = array.max %m0, %b : tensor<{{N}}xf32>
  %n0 = array.min %r, %g : tensor<{{N}}xf32>
  %n = array.min %n0, %b : tensor<{{N}}xf32>
  %d = array.sub %v, %n : tensor<{{N}}xf32>
  %e = array.max %d, %tiny : tensor<{{N}}xf32>
  %gb = array.sub %g, %b : tensor<{{N}}xf32>
  %br = array.sub %b, %r : tensor<{{N}}xf32>
  %rg = array.sub %r, %g : tensor<{{N}}xf32>
  %h0 = array.div %gb, %e : tensor<{{N}}xf32>
  %h1 = array.div %br, %e : tensor<{{N}}xf32>
  %h2 = array.div %rg, %e : tensor<{{N}}xf32>
  %k1 = array.add %h1, %two : tensor<{{N}}xf32>
  %k2 = array.add %h2, %four : tensor<{{N}}xf32>
  %neg = array.cmp lt, %h0, %zero : tensor<{{N}}xf32>
  %h6 = array.add %h0, %six : tensor<{{N}}xf32>
  %k0 = array.select %neg, %h6, %h0 : tensor<{{N}}xf32>
  %isr = array.cmp eq, %v, %r : tensor<{{N}}xf32>
  %isg = array.cmp eq, %v, %g : tensor<{{N}}xf32>
  %t = array.select %isg, %k1, %k2 : tensor<{{N}}xf32>
  %h = array.select %isr, %k0, %t : tensor<{{N}}xf32>
  %hue = array.mul %h, %sixth : tensor<{{N}}xf32>
  %vv = array.max %v, %tiny : tensor<{{N}}xf32>
  %sat = array.div %d, %vv : tensor<{{N}}xf32>
  return %hue, %sat, %v : tensor<{{N}}xf32>, tensor<{{N}}xf32>, tensor<{{N}}xf32>
}
