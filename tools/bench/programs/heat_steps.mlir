// L steps of Jacobi's iteration on a plate whose border is kept at 0.
func.func @main(%u: tensor<{{N}}x{{N}}xf32>) -> (tensor<{{N}}x{{N}}xf32>) {
  %quarter = array.full 0.25 : f32, tensor<{{N-2}}x{{N-2}}xf32>
  %r = loop.for %i = 0 to {{L}} step 1 iter_args(%a = %u) -> (tensor<{{N}}x{{N}}xf32>) {
    %north = array.slice %a [0:{{N-2}}:1, 1:{{N-1}}:1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N-2}}x{{N-2}}xf32>
    %south = array.slice %a [2:{{N}}:1, 1:{{N-1}}:1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N-2}}x{{N-2}}xf32>
    %west = array.slice %a [1:{{N-1}}:1, 0:{{N-2}}:1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N-2}}x{{N-2}}xf32>
    %east = array.slice %a [1:{{N-1}}:1, 2:{{N}}:1] : tensor<{{N}}x{{N}}xf32> to tensor<{{N-2}}x{{N-2}}xf32>
    %0 = array.add %north, %south : tensor<{{N-2}}x{{N-2}}xf32>
    %1 = array.add %west, %east : tensor<{{N-2}}x{{N-2}}xf32>
    %2 = array.add %0, %1 : tensor<{{N-2}}x{{N-2}}xf32>
    %3 = array.mul %2, %quarter : tensor<{{N-2}}x{{N-2}}xf32>
    %b = array.pad %3 low = [1, 1] high = [1, 1] value 0.0 : f32 : tensor<{{N-2}}x{{N-2}}xf32> to tensor<{{N}}x{{N}}xf32>
    loop.yield %b : tensor<{{N}}x{{N}}xf32>
  }
  return %r : tensor<{{N}}x{{N}}xf32>
}
