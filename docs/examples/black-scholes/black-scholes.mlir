// Prices of a million European options after Black, Scholes and Merton; README.md has the formulas.
func.func @main(%spot: tensor<1000000xf32>, %strike: tensor<1000000xf32>, %years: tensor<1000000xf32>, %volatility: tensor<1000000xf32>)
    -> (tensor<1000000xf32>, tensor<1000000xf32>, tensor<1000000xf32>) {
  %rate = array.full 0.02 : f32, tensor<1000000xf32>
  %one = array.full 1.0 : f32, tensor<1000000xf32>
  %half = array.full 0.5 : f32, tensor<1000000xf32>
  %root_half = array.full 0.707106769 : f32, tensor<1000000xf32>
  // d1 = (log(S / K) + (r + v^2 / 2) T) / (v sqrt(T)), d2 = d1 - v sqrt(T)
  %moneyness = array.div %spot, %strike : tensor<1000000xf32>
  %log = array.log %moneyness : tensor<1000000xf32>
  %variance = array.mul %volatility, %volatility : tensor<1000000xf32>
  %half_variance = array.mul %half, %variance : tensor<1000000xf32>
  %drift = array.add %rate, %half_variance : tensor<1000000xf32>
  %drifted = array.mul %drift, %years : tensor<1000000xf32>
  %upper = array.add %log, %drifted : tensor<1000000xf32>
  %root = array.sqrt %years : tensor<1000000xf32>
  %deviation = array.mul %volatility, %root : tensor<1000000xf32>
  %d1 = array.div %upper, %deviation : tensor<1000000xf32>
  %d2 = array.sub %d1, %deviation : tensor<1000000xf32>
  // N(d) = (1 + erf(d / sqrt(2))) / 2
  %s1 = array.mul %d1, %root_half : tensor<1000000xf32>
  %e1 = array.erf %s1 : tensor<1000000xf32>
  %t1 = array.add %one, %e1 : tensor<1000000xf32>
  %n1 = array.mul %half, %t1 : tensor<1000000xf32>
  %s2 = array.mul %d2, %root_half : tensor<1000000xf32>
  %e2 = array.erf %s2 : tensor<1000000xf32>
  %t2 = array.add %one, %e2 : tensor<1000000xf32>
  %n2 = array.mul %half, %t2 : tensor<1000000xf32>
  // Call: S N(d1) - K exp(-r T) N(d2). Put: K exp(-r T) N(-d2) - S N(-d1), with N(-d) = 1 - N(d).
  %owed = array.mul %rate, %years : tensor<1000000xf32>
  %negative = array.neg %owed : tensor<1000000xf32>
  %discount = array.exp %negative : tensor<1000000xf32>
  %present = array.mul %strike, %discount : tensor<1000000xf32>
  %gain = array.mul %spot, %n1 : tensor<1000000xf32>
  %cost = array.mul %present, %n2 : tensor<1000000xf32>
  %call = array.sub %gain, %cost : tensor<1000000xf32>
  %m1 = array.sub %one, %n1 : tensor<1000000xf32>
  %m2 = array.sub %one, %n2 : tensor<1000000xf32>
  %put_gain = array.mul %present, %m2 : tensor<1000000xf32>
  %put_cost = array.mul %spot, %m1 : tensor<1000000xf32>
  %put = array.sub %put_gain, %put_cost : tensor<1000000xf32>
  return %call, %put, %n1 : tensor<1000000xf32>, tensor<1000000xf32>, tensor<1000000xf32>
}
