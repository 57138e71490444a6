// How often each byte occurs: ones added into counts at places that the data names.
func.func @main(%x: tensor<{{N}}xui8>) -> (tensor<256xi32>) {
  %none = array.full 0 : i32, tensor<256xi32>
  %one = array.full 1 : i32, tensor<{{N}}xi32>
  %bins = array.cast %x : tensor<{{N}}xui8> to tensor<{{N}}xi32>
  %0 = array.scatter %none at %bins updates %one collapsed = [0] map = [0] vector = 1 : tensor<256xi32>, tensor<{{N}}xi32>, tensor<{{N}}xi32> body(%a: i32, %b: i32) {
    %1 = arith.addi %a, %b : i32
    array.yield %1 : i32
  }
  return %0 : tensor<256xi32>
}
