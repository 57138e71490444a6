// Means of four neighbours of an image with a border of zeros.
func.func @main(%x: tensor<{{N}}x{{N}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %quarters = array.constant dense<0.25> : tensor<f32>
  %quarter = array.broadcast %quarters dims = [] : tensor<f32> to tensor<{{N}}x{{N}}xf32>
  %p = array.pad %x low = [1, 1] high = [1, 1] value 0.0 : f32 : tensor<{{N}}x{{N}}xf32> to tensor<{{N+2}}x{{N+2}}xf32>
  %n = array.slice %p [0:{{N+0}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %s = array.slice %p [2:{{N+2}}:1, 1:{{N+1}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %w = array.slice %p [1:{{N+1}}:1, 0:{{N+0}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %e = array.slice %p [1:{{N+1}}:1, 2:{{N+2}}:1] : tensor<{{N+2}}x{{N+2}}xf32> to tensor<{{N}}x{{N}}xf32>
  %0 = array.add %n, %s : tensor<{{N}}x{{N}}xf32>
  %1 = array.add %w, %e : tensor<{{N}}x{{N}}xf32>
  %2 = array.add %0, %1 : tensor<{{N}}x{{N}}xf32>
  %3 = array.mul %2, %quarter : tensor<{{N}}x{{N}}xf32>
  return %3 : tensor<{{N}}x{{N}}xf32>
}
