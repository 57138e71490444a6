// RUN: bud-opt %s --legalize-vectors | bud-filecheck %s

// Eight lanes are two registers of 128 bits.
// CHECK-LABEL: func.func @add(
// CHECK-SAME:  %[[ARG0:.*]]: memref<16xf32>, %[[ARG1:.*]]: index) {
// CHECK-NEXT:    %[[VAL_0:.*]] = simd.load %[[ARG0]][%[[ARG1]]] : memref<16xf32>, vector<4xf32>
// CHECK-NEXT:    %[[AT:.*]] = loop.apply affine_map<(d0) -> (d0 + 4)>(%[[ARG1]])
// CHECK-NEXT:    %[[VAL_1:.*]] = simd.load %[[ARG0]][%[[AT]]] : memref<16xf32>, vector<4xf32>
// CHECK-NEXT:    %[[VAL_2:.*]] = arith.addf %[[VAL_0]], %[[VAL_0]] : vector<4xf32>
// CHECK-NEXT:    %[[VAL_3:.*]] = arith.addf %[[VAL_1]], %[[VAL_1]] : vector<4xf32>
// CHECK-NEXT:    simd.store %[[VAL_2]], %[[ARG0]][%[[ARG1]]] : memref<16xf32>, vector<4xf32>
// CHECK-NEXT:    %[[AT_0:.*]] = loop.apply affine_map<(d0) -> (d0 + 4)>(%[[ARG1]])
// CHECK-NEXT:    simd.store %[[VAL_3]], %[[ARG0]][%[[AT_0]]] : memref<16xf32>, vector<4xf32>
// CHECK-NEXT:    return
func.func @add(%m: memref<16xf32>, %i: index) {
  %0 = simd.load %m[%i] : memref<16xf32>, vector<8xf32>
  %1 = arith.addf %0, %0 : vector<8xf32>
  simd.store %1, %m[%i] : memref<16xf32>, vector<8xf32>
  return
}

// What fits already stays.
// CHECK-LABEL: func.func @fits(
// CHECK-SAME:  %[[ARG0:.*]]: memref<16xf32>, %[[ARG1:.*]]: index) {
// CHECK-NEXT:    %[[VAL_0:.*]] = simd.load %[[ARG0]][%[[ARG1]]] : memref<16xf32>, vector<4xf32>
// CHECK-NEXT:    simd.store %[[VAL_0]], %[[ARG0]][%[[ARG1]]] : memref<16xf32>, vector<4xf32>
// CHECK-NEXT:    return
func.func @fits(%m: memref<16xf32>, %i: index) {
  %0 = simd.load %m[%i] : memref<16xf32>, vector<4xf32>
  simd.store %0, %m[%i] : memref<16xf32>, vector<4xf32>
  return
}
