// Price of a European call: log, exp, erf, sqrt, divisions.
func.func @main(%s: tensor<{{N}}xf32>, %k: tensor<{{N}}xf32>, %t: tensor<{{N}}xf32>) -> (tensor<{{N}}xf32>) {
  %halfs = array.constant dense<0.5> : tensor<f32>
  %half = array.broadcast %halfs dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %ones = array.constant dense<1.0> : tensor<f32>
  %one = array.broadcast %ones dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %rs = array.constant dense<0.02> : tensor<f32>
  %r = array.broadcast %rs dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %drifts = array.constant dense<0.065> : tensor<f32>
  %drift = array.broadcast %drifts dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %vols = array.constant dense<0.3> : tensor<f32>
  %vol = array.broadcast %vols dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %cs = array.constant dense<0.70710678118654752> : tensor<f32>
  %c = array.broadcast %cs dims = [] : tensor<f32> to tensor<{{N}}xf32>
  %0 = array.div %s, %k : tensor<{{N}}xf32>
  %1 = array.log %0 : tensor<{{N}}xf32>
  %2 = array.mul %drift, %t : tensor<{{N}}xf32>
  %3 = array.add %1, %2 : tensor<{{N}}xf32>
  %4 = array.sqrt %t : tensor<{{N}}xf32>
  %5 = array.mul %vol, %4 : tensor<{{N}}xf32>
  %d1 = array.div %3, %5 : tensor<{{N}}xf32>
  %d2 = array.sub %d1, %5 : tensor<{{N}}xf32>
  %6 = array.mul %d1, %c : tensor<{{N}}xf32>
  %7 = array.erf %6 : tensor<{{N}}xf32>
  %8 = array.add %7, %one : tensor<{{N}}xf32>
  %9 = array.mul %8, %half : tensor<{{N}}xf32>
  %10 = array.mul %d2, %c : tensor<{{N}}xf32>
  %11 = array.erf %10 : tensor<{{N}}xf32>
  %12 = array.add %11, %one : tensor<{{N}}xf32>
  %13 = array.mul %12, %half : tensor<{{N}}xf32>
  %14 = array.mul %r, %t : tensor<{{N}}xf32>
  %15 = array.neg %14 : tensor<{{N}}xf32>
  %16 = array.exp %15 : tensor<{{N}}xf32>
  %17 = array.mul %s, %9 : tensor<{{N}}xf32>
  %18 = array.mul %k, %16 : tensor<{{N}}xf32>
  %19 = array.mul %18, %13 : tensor<{{N}}xf32>
  %20 = array.sub %17, %19 : tensor<{{N}}xf32>
  return %20 : tensor<{{N}}xf32>
}
