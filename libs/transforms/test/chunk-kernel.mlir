// RUN: bud-opt %s --fix-numerics --instruction-fusion --bufferize --array-to-loop --chunk-kernel | bud-filecheck %s

// The outer loop of a kernel runs from and to bounds that the caller gives.
// CHECK-LABEL: func.func private @main_k0(
// CHECK-SAME:  %[[ARG0:.*]]: memref<1024xf32>, %[[ARG1:.*]]: memref<1024xf32>, %[[ARG2:.*]]: index, %[[ARG3:.*]]: index) -> index attributes {rt.chunks = affine_map<() -> (1024)>, rt.kernel = #rt.kernel<inputs = 1, outputs = 1>, rt.phase = 0 : i64, rt.phase_of = @main_k0} {
// CHECK-NEXT:    loop.for %[[I:.*]] = %[[ARG2]] to %[[ARG3]] name "neg.d0" {
// CHECK-NEXT:      %[[VAL_0:.*]] = memory.load %[[ARG0]][%[[I]]] : memref<1024xf32>
// CHECK-NEXT:      %[[VAL_1:.*]] = arith.negf %[[VAL_0]] : f32
// CHECK-NEXT:      memory.store %[[VAL_1]], %[[ARG1]][%[[I]]] : memref<1024xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return %[[ARG3]] : index
// CHECK-LABEL: func.func @main(
// CHECK-SAME:  %[[ARG0:.*]]: memref<1024xf32>) -> memref<1024xf32> attributes {rt.signature = (tensor<1024xf32>) -> tensor<1024xf32>} {
// CHECK-NEXT:    %[[ALLOC:.*]] = memory.alloc() : memref<1024xf32>
// CHECK-NEXT:    rt.call_kernel @main_k0 ins(%[[ARG0]] : memref<1024xf32>) outs(%[[ALLOC]] : memref<1024xf32>)
// CHECK-NEXT:    return %[[ALLOC]] : memref<1024xf32>
func.func @main(%x: tensor<1024xf32>) -> tensor<1024xf32> {
  %0 = array.neg %x : tensor<1024xf32>
  return %0 : tensor<1024xf32>
}
