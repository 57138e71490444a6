// RUN: bud-opt %s --scalar-replacement | bud-filecheck %s

// An accumulator in a private buffer becomes a value that the loop carries, and its buffer goes.
// CHECK-LABEL: func.func @sum(
// CHECK-SAME:  %[[ARG0:.*]]: memref<8xf32>, %[[ARG1:.*]]: memref<1xf32>) {
// CHECK-NEXT:    %[[C0:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT:    %[[VAL_0:.*]] = loop.for %[[I:.*]] = 0 to 8 iter_args(%[[ARG2:.*]] = %[[CST]]) -> (f32) name "sum.r0" {
// CHECK-NEXT:      %[[VAL_1:.*]] = memory.load %[[ARG0]][%[[I]]] : memref<8xf32>
// CHECK-NEXT:      %[[VAL_2:.*]] = arith.addf %[[ARG2]], %[[VAL_1]] : f32
// CHECK-NEXT:      loop.yield %[[VAL_2]] : f32
// CHECK-NEXT:    }
// CHECK-NEXT:    memory.store %[[VAL_0]], %[[ARG1]][%[[C0]]] : memref<1xf32>
// CHECK-NEXT:    return
func.func @sum(%a: memref<8xf32>, %o: memref<1xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %acc = memory.alloca() : memref<f32>
  memory.store %zero, %acc[] : memref<f32>
  loop.for %i = 0 to 8 name "sum.r0" {
    %x = memory.load %a[%i] : memref<8xf32>
    %s = memory.load %acc[] : memref<f32>
    %n = arith.addf %s, %x : f32
    memory.store %n, %acc[] : memref<f32>
  }
  %t = memory.load %acc[] : memref<f32>
  memory.store %t, %o[%c0] : memref<1xf32>
  return
}

// Only private buffers: what is written to a buffer of the caller is read from it again.
// CHECK-LABEL: func.func @forward(
// CHECK-SAME:  %[[ARG0:.*]]: memref<4xf32>, %[[ARG1:.*]]: f32, %[[ARG2:.*]]: index) -> f32 {
// CHECK-NEXT:    memory.store %[[ARG1]], %[[ARG0]][%[[ARG2]]] : memref<4xf32>
// CHECK-NEXT:    %[[VAL_0:.*]] = memory.load %[[ARG0]][%[[ARG2]]] : memref<4xf32>
// CHECK-NEXT:    return %[[VAL_0]] : f32
func.func @forward(%o: memref<4xf32>, %x: f32, %i: index) -> f32 {
  memory.store %x, %o[%i] : memref<4xf32>
  %0 = memory.load %o[%i] : memref<4xf32>
  return %0 : f32
}
