// RUN: bud-opt %s --pass-pipeline='builtin.module(func.func(slp-vectorize))' | bud-filecheck %s

// The product of two complex numbers of f64: a load each, shuffles, a sign.
// CHECK-LABEL: func.func @complex(
// CHECK-SAME:  %[[ARG0:.*]]: memref<?x2xf64>, %[[ARG1:.*]]: memref<?x2xf64>, %[[ARG2:.*]]: memref<?x2xf64>, %[[ARG3:.*]]: index) {
// CHECK-NEXT:    %[[C0:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[C1:.*]] = arith.constant 1 : index
// CHECK-NEXT:    %[[VAL_0:.*]] = memory.load %[[ARG0]][%[[ARG3]], %[[C0]]] : memref<?x2xf64>
// CHECK-NEXT:    %[[VAL_1:.*]] = memory.load %[[ARG0]][%[[ARG3]], %[[C1]]] : memref<?x2xf64>
// CHECK-NEXT:    %[[VAL_2:.*]] = simd.splat %[[VAL_0]] : vector<2xf64>
// CHECK-NEXT:    %[[VAL_3:.*]] = simd.load %[[ARG1]][%[[ARG3]], %[[C0]]] : memref<?x2xf64>, vector<2xf64>
// CHECK-NEXT:    %[[VAL_4:.*]] = arith.mulf %[[VAL_2]], %[[VAL_3]] : vector<2xf64>
// CHECK-NEXT:    %[[VAL_5:.*]] = simd.splat %[[VAL_1]] : vector<2xf64>
// CHECK-NEXT:    %[[C0_0:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[VAL_6:.*]] = simd.load %[[ARG1]][%[[ARG3]], %[[C0_0]]] : memref<?x2xf64>, vector<2xf64>
// CHECK-NEXT:    %[[VAL_7:.*]] = simd.shuffle %[[VAL_6]], %[[VAL_6]] [1, 0] : vector<2xf64>
// CHECK-NEXT:    %[[VAL_8:.*]] = arith.mulf %[[VAL_5]], %[[VAL_7]] : vector<2xf64>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant dense<[-1.000000e+00, 1.000000e+00]> : vector<2xf64>
// CHECK-NEXT:    %[[VAL_9:.*]] = arith.mulf %[[VAL_8]], %[[CST]] : vector<2xf64>
// CHECK-NEXT:    %[[VAL_10:.*]] = arith.addf %[[VAL_4]], %[[VAL_9]] : vector<2xf64>
// CHECK-NEXT:    simd.store %[[VAL_10]], %[[ARG2]][%[[ARG3]], %[[C0]]] : memref<?x2xf64>, vector<2xf64>
// CHECK-NEXT:    return
func.func @complex(%a: memref<?x2xf64>, %b: memref<?x2xf64>, %o: memref<?x2xf64>, %i: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %ar = memory.load %a[%i, %c0] : memref<?x2xf64>
  %ai = memory.load %a[%i, %c1] : memref<?x2xf64>
  %br = memory.load %b[%i, %c0] : memref<?x2xf64>
  %bi = memory.load %b[%i, %c1] : memref<?x2xf64>
  %0 = arith.mulf %ar, %br : f64
  %1 = arith.mulf %ai, %bi : f64
  %2 = arith.mulf %ar, %bi : f64
  %3 = arith.mulf %ai, %br : f64
  %4 = arith.subf %0, %1 : f64
  %5 = arith.addf %2, %3 : f64
  memory.store %4, %o[%i, %c0] : memref<?x2xf64>
  memory.store %5, %o[%i, %c1] : memref<?x2xf64>
  return
}

// Another store may change what the second lane reads.
// CHECK-LABEL: func.func @between(
// CHECK-SAME:  %[[ARG0:.*]]: memref<?xf64>, %[[ARG1:.*]]: memref<?xf64>, %[[ARG2:.*]]: index, %[[ARG3:.*]]: index) {
// CHECK-NEXT:    %[[AT:.*]] = loop.apply affine_map<(d0) -> (d0 + 1)>(%[[ARG2]])
// CHECK-NEXT:    %[[VAL_0:.*]] = memory.load %[[ARG0]][%[[ARG2]]] : memref<?xf64>
// CHECK-NEXT:    memory.store %[[VAL_0]], %[[ARG1]][%[[ARG2]]] : memref<?xf64>
// CHECK-NEXT:    memory.store %[[VAL_0]], %[[ARG0]][%[[ARG3]]] : memref<?xf64>
// CHECK-NEXT:    %[[VAL_1:.*]] = memory.load %[[ARG0]][%[[AT]]] : memref<?xf64>
// CHECK-NEXT:    memory.store %[[VAL_1]], %[[ARG1]][%[[AT]]] : memref<?xf64>
// CHECK-NEXT:    return
func.func @between(%a: memref<?xf64>, %o: memref<?xf64>, %i: index, %j: index) {
  %next = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
  %x = memory.load %a[%i] : memref<?xf64>
  memory.store %x, %o[%i] : memref<?xf64>
  memory.store %x, %a[%j] : memref<?xf64>
  %y = memory.load %a[%next] : memref<?xf64>
  memory.store %y, %o[%next] : memref<?xf64>
  return
}
