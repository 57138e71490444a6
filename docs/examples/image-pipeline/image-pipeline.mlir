// From a colour photograph to its edges; README.md defines every step.
func.func @main(%image: tensor<1600x2400x3xui8>) -> (tensor<1600x2400xui8>, tensor<1600x2400xui8>) {
  %c0 = array.constant dense<0.2126> : tensor<1600x2400xf32>
  %c1 = array.constant dense<0.7152> : tensor<1600x2400xf32>
  %c2 = array.constant dense<0.0722> : tensor<1600x2400xf32>
  %c3 = array.constant dense<0.00392156886> : tensor<1600x2400xf32>
  %c4 = array.constant dense<4.0> : tensor<1600x2400xf32>
  %c5 = array.constant dense<6.0> : tensor<1600x2400xf32>
  %c6 = array.constant dense<0.0625> : tensor<1600x2400xf32>
  %c7 = array.constant dense<2.0> : tensor<1600x2400xf32>
  %c16 = array.constant dense<0.15> : tensor<1600x2400xf32>
  %c17 = array.constant dense<255.0> : tensor<1600x2400xf32>
  %c18 = array.constant dense<0.0> : tensor<1600x2400xf32>
  %c19 = array.constant dense<0.5> : tensor<1600x2400xf32>
  // 1. Channels, and 2. luminance. The division by 255 is a multiplication of the weighted sum.
  %r3 = array.slice %image [0:1600:1, 0:2400:1, 0:1:1] : tensor<1600x2400x3xui8> to tensor<1600x2400x1xui8>
  %r2 = array.reshape %r3 : tensor<1600x2400x1xui8> to tensor<1600x2400xui8>
  %r = array.cast %r2 : tensor<1600x2400xui8> to tensor<1600x2400xf32>
  %rw = array.mul %r, %c0 : tensor<1600x2400xf32>
  %g3 = array.slice %image [0:1600:1, 0:2400:1, 1:2:1] : tensor<1600x2400x3xui8> to tensor<1600x2400x1xui8>
  %g2 = array.reshape %g3 : tensor<1600x2400x1xui8> to tensor<1600x2400xui8>
  %g = array.cast %g2 : tensor<1600x2400xui8> to tensor<1600x2400xf32>
  %gw = array.mul %g, %c1 : tensor<1600x2400xf32>
  %b3 = array.slice %image [0:1600:1, 0:2400:1, 2:3:1] : tensor<1600x2400x3xui8> to tensor<1600x2400x1xui8>
  %b2 = array.reshape %b3 : tensor<1600x2400x1xui8> to tensor<1600x2400xui8>
  %b = array.cast %b2 : tensor<1600x2400xui8> to tensor<1600x2400xf32>
  %bw = array.mul %b, %c2 : tensor<1600x2400xf32>
  %rg = array.add %rw, %gw : tensor<1600x2400xf32>
  %rgb = array.add %rg, %bw : tensor<1600x2400xf32>
  %luminance = array.mul %rgb, %c3 : tensor<1600x2400xf32>
  // 3. Binomial blur along x, then along y.
  %across_p = array.pad %luminance low = [0, 2] high = [0, 2] value 0.0 : f32 : tensor<1600x2400xf32> to tensor<1600x2404xf32>
  %across_0 = array.slice %across_p [0:1600:1, 0:2400:1] : tensor<1600x2404xf32> to tensor<1600x2400xf32>
  %across_1 = array.slice %across_p [0:1600:1, 1:2401:1] : tensor<1600x2404xf32> to tensor<1600x2400xf32>
  %across_2 = array.slice %across_p [0:1600:1, 2:2402:1] : tensor<1600x2404xf32> to tensor<1600x2400xf32>
  %across_3 = array.slice %across_p [0:1600:1, 3:2403:1] : tensor<1600x2404xf32> to tensor<1600x2400xf32>
  %across_4 = array.slice %across_p [0:1600:1, 4:2404:1] : tensor<1600x2404xf32> to tensor<1600x2400xf32>
  %across_04 = array.add %across_0, %across_4 : tensor<1600x2400xf32>
  %across_13 = array.add %across_1, %across_3 : tensor<1600x2400xf32>
  %across_m4 = array.mul %across_13, %c4 : tensor<1600x2400xf32>
  %across_m6 = array.mul %across_2, %c5 : tensor<1600x2400xf32>
  %across_a = array.add %across_04, %across_m4 : tensor<1600x2400xf32>
  %across_b = array.add %across_a, %across_m6 : tensor<1600x2400xf32>
  %across = array.mul %across_b, %c6 : tensor<1600x2400xf32>
  %blurred_p = array.pad %across low = [2, 0] high = [2, 0] value 0.0 : f32 : tensor<1600x2400xf32> to tensor<1604x2400xf32>
  %blurred_0 = array.slice %blurred_p [0:1600:1, 0:2400:1] : tensor<1604x2400xf32> to tensor<1600x2400xf32>
  %blurred_1 = array.slice %blurred_p [1:1601:1, 0:2400:1] : tensor<1604x2400xf32> to tensor<1600x2400xf32>
  %blurred_2 = array.slice %blurred_p [2:1602:1, 0:2400:1] : tensor<1604x2400xf32> to tensor<1600x2400xf32>
  %blurred_3 = array.slice %blurred_p [3:1603:1, 0:2400:1] : tensor<1604x2400xf32> to tensor<1600x2400xf32>
  %blurred_4 = array.slice %blurred_p [4:1604:1, 0:2400:1] : tensor<1604x2400xf32> to tensor<1600x2400xf32>
  %blurred_04 = array.add %blurred_0, %blurred_4 : tensor<1600x2400xf32>
  %blurred_13 = array.add %blurred_1, %blurred_3 : tensor<1600x2400xf32>
  %blurred_m4 = array.mul %blurred_13, %c4 : tensor<1600x2400xf32>
  %blurred_m6 = array.mul %blurred_2, %c5 : tensor<1600x2400xf32>
  %blurred_a = array.add %blurred_04, %blurred_m4 : tensor<1600x2400xf32>
  %blurred_b = array.add %blurred_a, %blurred_m6 : tensor<1600x2400xf32>
  %blurred = array.mul %blurred_b, %c6 : tensor<1600x2400xf32>
  // 4. Sobel gradients.
  %q = array.pad %blurred low = [1, 1] high = [1, 1] value 0.0 : f32 : tensor<1600x2400xf32> to tensor<1602x2402xf32>
  %at_02 = array.slice %q [0:1600:1, 2:2402:1] : tensor<1602x2402xf32> to tensor<1600x2400xf32>
  %at_00 = array.slice %q [0:1600:1, 0:2400:1] : tensor<1602x2402xf32> to tensor<1600x2400xf32>
  %gx_d0 = array.sub %at_02, %at_00 : tensor<1600x2400xf32>
  %at_12 = array.slice %q [1:1601:1, 2:2402:1] : tensor<1602x2402xf32> to tensor<1600x2400xf32>
  %at_10 = array.slice %q [1:1601:1, 0:2400:1] : tensor<1602x2402xf32> to tensor<1600x2400xf32>
  %gx_d1 = array.sub %at_12, %at_10 : tensor<1600x2400xf32>
  %gx_w1 = array.mul %gx_d1, %c7 : tensor<1600x2400xf32>
  %gx_s1 = array.add %gx_d0, %gx_w1 : tensor<1600x2400xf32>
  %at_22 = array.slice %q [2:1602:1, 2:2402:1] : tensor<1602x2402xf32> to tensor<1600x2400xf32>
  %at_20 = array.slice %q [2:1602:1, 0:2400:1] : tensor<1602x2402xf32> to tensor<1600x2400xf32>
  %gx_d2 = array.sub %at_22, %at_20 : tensor<1600x2400xf32>
  %gx_s2 = array.add %gx_s1, %gx_d2 : tensor<1600x2400xf32>
  %gy_d0 = array.sub %at_20, %at_00 : tensor<1600x2400xf32>
  %at_21 = array.slice %q [2:1602:1, 1:2401:1] : tensor<1602x2402xf32> to tensor<1600x2400xf32>
  %at_01 = array.slice %q [0:1600:1, 1:2401:1] : tensor<1602x2402xf32> to tensor<1600x2400xf32>
  %gy_d1 = array.sub %at_21, %at_01 : tensor<1600x2400xf32>
  %gy_w1 = array.mul %gy_d1, %c7 : tensor<1600x2400xf32>
  %gy_s1 = array.add %gy_d0, %gy_w1 : tensor<1600x2400xf32>
  %gy_d2 = array.sub %at_22, %at_02 : tensor<1600x2400xf32>
  %gy_s2 = array.add %gy_s1, %gy_d2 : tensor<1600x2400xf32>
  // 5. Magnitude, and 6. threshold.
  %gx2 = array.mul %gx_s2, %gx_s2 : tensor<1600x2400xf32>
  %gy2 = array.mul %gy_s2, %gy_s2 : tensor<1600x2400xf32>
  %energy = array.add %gx2, %gy2 : tensor<1600x2400xf32>
  %magnitude = array.sqrt %energy : tensor<1600x2400xf32>
  %is_edge = array.cmp gt, %magnitude, %c16 : tensor<1600x2400xf32>
  %edge = array.select %is_edge, %c17, %c18 : tensor<1600x2400xf32>
  %edges = array.cast %edge : tensor<1600x2400xf32> to tensor<1600x2400xui8>
  // 7. The blurred image in grey levels.
  %scaled = array.mul %blurred, %c17 : tensor<1600x2400xf32>
  %level = array.add %scaled, %c19 : tensor<1600x2400xf32>
  %clamped = array.clamp %c18, %level, %c17 : tensor<1600x2400xf32>
  %grey = array.cast %clamped : tensor<1600x2400xf32> to tensor<1600x2400xui8>
  return %edges, %grey : tensor<1600x2400xui8>, tensor<1600x2400xui8>
}
