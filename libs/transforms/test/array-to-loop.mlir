// RUN: bud-opt %s --fix-numerics --instruction-fusion --bufferize --array-to-loop | bud-filecheck %s

// One loop over both dimensions; the intermediate lives in a register.
// CHECK-LABEL: func.func private @pointwise_k0(
// CHECK-SAME:  %[[ARG0:.*]]: memref<4x8xf32>, %[[ARG1:.*]]: memref<4x8xf32>, %[[ARG2:.*]]: memref<4x8xf32>) attributes {rt.kernel = #rt.kernel<inputs = 2, outputs = 1>} {
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 4 name "abs.d0" {
// CHECK-NEXT:      loop.for %[[I_0:.*]] = 0 to 8 name "abs.d1" {
// CHECK-NEXT:        %[[VAL_0:.*]] = memory.load %[[ARG0]][%[[I]], %[[I_0]]] : memref<4x8xf32>
// CHECK-NEXT:        %[[VAL_1:.*]] = memory.load %[[ARG1]][%[[I]], %[[I_0]]] : memref<4x8xf32>
// CHECK-NEXT:        %[[VAL_2:.*]] = arith.subf %[[VAL_0]], %[[VAL_1]] : f32
// CHECK-NEXT:        %[[VAL_3:.*]] = math.absf %[[VAL_2]] : f32
// CHECK-NEXT:        memory.store %[[VAL_3]], %[[ARG2]][%[[I]], %[[I_0]]] : memref<4x8xf32>
// CHECK-NEXT:      }
// CHECK-NEXT:    }
// CHECK-NEXT:    return
// CHECK-LABEL: func.func @pointwise(
// CHECK-SAME:  %[[ARG0:.*]]: memref<4x8xf32>, %[[ARG1:.*]]: memref<4x8xf32>) -> memref<4x8xf32> attributes {rt.signature = (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>} {
// CHECK-NEXT:    %[[ALLOC:.*]] = memory.alloc() : memref<4x8xf32>
// CHECK-NEXT:    rt.call_kernel @pointwise_k0 ins(%[[ARG0]], %[[ARG1]] : memref<4x8xf32>, memref<4x8xf32>) outs(%[[ALLOC]] : memref<4x8xf32>)
// CHECK-NEXT:    return %[[ALLOC]] : memref<4x8xf32>
func.func @pointwise(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = array.sub %x, %y : tensor<4x8xf32>
  %1 = array.abs %0 : tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// A transposition is only another way of reading.
// CHECK-LABEL: func.func private @transposed_k0(
// CHECK-SAME:  %[[ARG0:.*]]: memref<4x8xf32>, %[[ARG1:.*]]: memref<8x4xf32>) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 8 name "neg.d0" {
// CHECK-NEXT:      loop.for %[[I_0:.*]] = 0 to 4 name "neg.d1" {
// CHECK-NEXT:        %[[VAL_0:.*]] = memory.load %[[ARG0]][%[[I_0]], %[[I]]] : memref<4x8xf32>
// CHECK-NEXT:        %[[VAL_1:.*]] = arith.negf %[[VAL_0]] : f32
// CHECK-NEXT:        memory.store %[[VAL_1]], %[[ARG1]][%[[I]], %[[I_0]]] : memref<8x4xf32>
// CHECK-NEXT:      }
// CHECK-NEXT:    }
// CHECK-NEXT:    return
// CHECK-LABEL: func.func @transposed(
// CHECK-SAME:  %[[ARG0:.*]]: memref<4x8xf32>) -> memref<8x4xf32> attributes {rt.signature = (tensor<4x8xf32>) -> tensor<8x4xf32>} {
// CHECK-NEXT:    %[[ALLOC:.*]] = memory.alloc() : memref<8x4xf32>
// CHECK-NEXT:    rt.call_kernel @transposed_k0 ins(%[[ARG0]] : memref<4x8xf32>) outs(%[[ALLOC]] : memref<8x4xf32>)
// CHECK-NEXT:    return %[[ALLOC]] : memref<8x4xf32>
func.func @transposed(%x: tensor<4x8xf32>) -> tensor<8x4xf32> {
  %0 = array.transpose %x perm = [1, 0] : tensor<4x8xf32> to tensor<8x4xf32>
  %1 = array.neg %0 : tensor<8x4xf32>
  return %1 : tensor<8x4xf32>
}
