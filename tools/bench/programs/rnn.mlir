// A recurrent net over T steps: h = tanh(x[t] W + h U + b); the states of all steps.
func.func @main(%x: tensor<{{T}}x{{D}}xf32>, %w: tensor<{{D}}x{{H}}xf32>, %u: tensor<{{H}}x{{H}}xf32>, %b: tensor<{{H}}xf32>) -> (tensor<{{T}}x{{H}}xf32>) {
  %start = array.full 0.0 : f32, tensor<{{H}}xf32>
  %none = array.full 0.0 : f32, tensor<{{T}}x{{H}}xf32>
  %first = array.constant dense<0> : tensor<i32>
  %one = array.constant dense<1> : tensor<i32>
  %r:3 = loop.for %i = 0 to {{T}} step 1 iter_args(%h = %start, %states = %none, %t = %first) -> (tensor<{{H}}xf32>, tensor<{{T}}x{{H}}xf32>, tensor<i32>) {
    %row = array.dynamic_slice %x [%t, %first] sizes = [1, {{D}}] : tensor<{{T}}x{{D}}xf32>, tensor<i32> to tensor<1x{{D}}xf32>
    %xt = array.reshape %row : tensor<1x{{D}}xf32> to tensor<{{D}}xf32>
    %xw = array.dot_general %xt, %w contract = [0] x [0] : tensor<{{D}}xf32>, tensor<{{D}}x{{H}}xf32> -> tensor<{{H}}xf32>
    %hu = array.dot_general %h, %u contract = [0] x [0] : tensor<{{H}}xf32>, tensor<{{H}}x{{H}}xf32> -> tensor<{{H}}xf32>
    %0 = array.add %xw, %hu : tensor<{{H}}xf32>
    %1 = array.add %0, %b : tensor<{{H}}xf32>
    %next = array.tanh %1 : tensor<{{H}}xf32>
    %state = array.reshape %next : tensor<{{H}}xf32> to tensor<1x{{H}}xf32>
    %kept = array.dynamic_update_slice %states, %state [%t, %first] : tensor<{{T}}x{{H}}xf32>, tensor<1x{{H}}xf32>, tensor<i32>
    %later = array.add %t, %one : tensor<i32>
    loop.yield %next, %kept, %later : tensor<{{H}}xf32>, tensor<{{T}}x{{H}}xf32>, tensor<i32>
  }
  return %r#1 : tensor<{{T}}x{{H}}xf32>
}
