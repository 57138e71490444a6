// RUN: bud-opt %s --infer-alignment | bud-filecheck %s

// Rows of 24 elements, vectors of four in them: by the step of the loop.
// CHECK-LABEL: func.func @rows(
// CHECK-SAME:  %[[ARG0:.*]]: memref<?x24xf32>, %[[ARG1:.*]]: index) {
// CHECK-NEXT:    %[[C0:.*]] = arith.constant 0 : index
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 24 step 4 {
// CHECK-NEXT:      %[[VAL_0:.*]] = simd.load %[[ARG0]][%[[ARG1]], %[[I]]] {alignment = 16 : i64} : memref<?x24xf32>, vector<4xf32>
// CHECK-NEXT:      simd.store %[[VAL_0]], %[[ARG0]][%[[ARG1]], %[[C0]]] {alignment = 32 : i64} : memref<?x24xf32>, vector<4xf32>
// CHECK-NEXT:      %[[AT:.*]] = loop.apply affine_map<(d0) -> (d0 + 1)>(%[[I]])
// CHECK-NEXT:      %[[VAL_1:.*]] = simd.load %[[ARG0]][%[[ARG1]], %[[AT]]] : memref<?x24xf32>, vector<2xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @rows(%a: memref<?x24xf32>, %i: index) {
  %c0 = arith.constant 0 : index
  loop.for %j = 0 to 24 step 4 {
    %v = simd.load %a[%i, %j] : memref<?x24xf32>, vector<4xf32>
    simd.store %v, %a[%i, %c0] : memref<?x24xf32>, vector<4xf32>
    %next = loop.apply affine_map<(d0) -> (d0 + 1)>(%j)
    %w = simd.load %a[%i, %next] : memref<?x24xf32>, vector<2xf32>
  }
  return
}

// A kernel's arguments are aligned as those of all calls.
// CHECK-LABEL: func.func @main(
// CHECK-SAME:  %[[ARG0:.*]]: memref<16xf32>, %[[ARG1:.*]]: memref<?xi8>) {
// CHECK-NEXT:    %[[C80:.*]] = arith.constant 80 : index
// CHECK-NEXT:    %[[VAL_0:.*]] = memory.view %[[ARG1]][%[[C80]]]() : memref<?xi8> to memref<16xf32>
// CHECK-NEXT:    rt.call_kernel @main_k0 ins(%[[ARG0]] : memref<16xf32>) outs(%[[VAL_0]] : memref<16xf32>)
// CHECK-NEXT:    return
func.func @main(%a: memref<16xf32>, %arena: memref<?xi8>) {
  %c80 = arith.constant 80 : index
  %t = memory.view %arena[%c80]() : memref<?xi8> to memref<16xf32>
  rt.call_kernel @main_k0 ins(%a : memref<16xf32>) outs(%t : memref<16xf32>)
  return
}

// CHECK-LABEL: func.func private @main_k0(
// CHECK-SAME:  %[[ARG0:.*]]: memref<16xf32>, %[[ARG1:.*]]: memref<16xf32>) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
// CHECK-NEXT:    %[[C0:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[VAL_0:.*]] = simd.load %[[ARG0]][%[[C0]]] {alignment = 64 : i64} : memref<16xf32>, vector<4xf32>
// CHECK-NEXT:    simd.store %[[VAL_0]], %[[ARG1]][%[[C0]]] {alignment = 16 : i64} : memref<16xf32>, vector<4xf32>
// CHECK-NEXT:    return
func.func private @main_k0(%in: memref<16xf32>, %out: memref<16xf32>) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
  %c0 = arith.constant 0 : index
  %v = simd.load %in[%c0] : memref<16xf32>, vector<4xf32>
  simd.store %v, %out[%c0] : memref<16xf32>, vector<4xf32>
  return
}
