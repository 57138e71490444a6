// RUN: bud-opt %s --fix-numerics --instruction-fusion --bufferize | bud-filecheck %s

// The caller allocates the result, and a kernel of its own computes it.
// CHECK-LABEL: func.func private @main_k0(
// CHECK-SAME:  %[[ARG0:.*]]: memref<8xf32>, %[[ARG1:.*]]: memref<8xf32>, %[[ARG2:.*]]: memref<8xf32>) attributes {rt.kernel = #rt.kernel<inputs = 2, outputs = 1>} {
// CHECK-NEXT:    %[[VAL_0:.*]] = memory.to_tensor %[[ARG0]] : memref<8xf32> to tensor<8xf32>
// CHECK-NEXT:    %[[VAL_1:.*]] = memory.to_tensor %[[ARG1]] : memref<8xf32> to tensor<8xf32>
// CHECK-NEXT:    %[[VAL_2:.*]] = array.fusion(%[[ARG3:.*]] = %[[VAL_0]] : tensor<8xf32>, %[[ARG4:.*]] = %[[VAL_1]] : tensor<8xf32>) kind = "loop" -> tensor<8xf32> {
// CHECK-NEXT:      %[[VAL_3:.*]] = array.sub %[[ARG3]], %[[ARG4]] : tensor<8xf32>
// CHECK-NEXT:      array.yield %[[VAL_3]] : tensor<8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    memory.materialize %[[VAL_2]] into %[[ARG2]] : tensor<8xf32>, memref<8xf32>
// CHECK-NEXT:    return
// CHECK-LABEL: func.func @main(
// CHECK-SAME:  %[[ARG0:.*]]: memref<8xf32>, %[[ARG1:.*]]: memref<8xf32>) -> memref<8xf32> attributes {rt.signature = (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>} {
// CHECK-NEXT:    %[[ALLOC:.*]] = memory.alloc() : memref<8xf32>
// CHECK-NEXT:    rt.call_kernel @main_k0 ins(%[[ARG0]], %[[ARG1]] : memref<8xf32>, memref<8xf32>) outs(%[[ALLOC]] : memref<8xf32>)
// CHECK-NEXT:    return %[[ALLOC]] : memref<8xf32>
func.func @main(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %0 = array.sub %x, %y : tensor<8xf32>
  return %0 : tensor<8xf32>
}

// An argument that is a result is copied: results never alias arguments.
// CHECK-LABEL: func.func @identity(
// CHECK-SAME:  %[[ARG0:.*]]: memref<8xf32>) -> memref<8xf32> attributes {rt.signature = (tensor<8xf32>) -> tensor<8xf32>} {
// CHECK-NEXT:    %[[ALLOC:.*]] = memory.alloc() : memref<8xf32>
// CHECK-NEXT:    memory.copy %[[ARG0]], %[[ALLOC]] : memref<8xf32> to memref<8xf32>
// CHECK-NEXT:    return %[[ALLOC]] : memref<8xf32>
func.func @identity(%x: tensor<8xf32>) -> tensor<8xf32> {
  return %x : tensor<8xf32>
}
