// RUN: bud-opt %s --pass-pipeline='builtin.module(func.func(dead-store-elimination))' | bud-filecheck %s

// A nest that writes over all of what another one wrote before, whatever the size.
// CHECK-LABEL: func.func @nests(
// CHECK-SAME:  %[[ARG0:.*]]: memref<?xf32>, %[[ARG1:.*]]: f32, %[[ARG2:.*]]: f32) {
// CHECK-NEXT:    %[[DIM:.*]] = memory.dim %[[ARG0]], 0 : memref<?xf32>
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to %[[DIM]] {
// CHECK-NEXT:    }
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to %[[DIM]] {
// CHECK-NEXT:      memory.store %[[ARG2]], %[[ARG0]][%[[I]]] : memref<?xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @nests(%o: memref<?xf32>, %x: f32, %y: f32) {
  %n = memory.dim %o, 0 : memref<?xf32>
  loop.for %i = 0 to %n {
    memory.store %x, %o[%i] : memref<?xf32>
  }
  loop.for %j = 0 to %n {
    memory.store %y, %o[%j] : memref<?xf32>
  }
  return
}

// The first element is read before it is written again.
// CHECK-LABEL: func.func @read_between(
// CHECK-SAME:  %[[ARG0:.*]]: memref<8xf32>, %[[ARG1:.*]]: f32) {
// CHECK-NEXT:    %[[C0:.*]] = arith.constant 0 : index
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 8 {
// CHECK-NEXT:      memory.store %[[ARG1]], %[[ARG0]][%[[I]]] : memref<8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 8 {
// CHECK-NEXT:      %[[VAL_0:.*]] = memory.load %[[ARG0]][%[[C0]]] : memref<8xf32>
// CHECK-NEXT:      %[[VAL_1:.*]] = arith.addf %[[VAL_0]], %[[ARG1]] : f32
// CHECK-NEXT:      memory.store %[[VAL_1]], %[[ARG0]][%[[I]]] : memref<8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @read_between(%o: memref<8xf32>, %x: f32) {
  %c0 = arith.constant 0 : index
  loop.for %i = 0 to 8 {
    memory.store %x, %o[%i] : memref<8xf32>
  }
  loop.for %j = 0 to 8 {
    %first = memory.load %o[%c0] : memref<8xf32>
    %y = arith.addf %first, %x : f32
    memory.store %y, %o[%j] : memref<8xf32>
  }
  return
}

// Nobody reads the upper half of the private buffer, nor the lower one again.
// CHECK-LABEL: func.func @private(
// CHECK-SAME:  %[[ARG0:.*]]: memref<4xf32>, %[[ARG1:.*]]: f32) {
// CHECK-NEXT:    %[[C0:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[SCRATCH:.*]] = memory.alloca() : memref<8xf32>
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 8 {
// CHECK-NEXT:      memory.store %[[ARG1]], %[[SCRATCH]][%[[I]]] : memref<8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 4 {
// CHECK-NEXT:      %[[AT:.*]] = loop.apply affine_map<(d0) -> (d0 + 4)>(%[[I]])
// CHECK-NEXT:      %[[VAL_0:.*]] = memory.load %[[SCRATCH]][%[[I]]] : memref<8xf32>
// CHECK-NEXT:      memory.store %[[VAL_0]], %[[ARG0]][%[[I]]] : memref<4xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @private(%o: memref<4xf32>, %x: f32) {
  %c0 = arith.constant 0 : index
  %t = memory.alloca() : memref<8xf32>
  loop.for %i = 0 to 8 {
    memory.store %x, %t[%i] : memref<8xf32>
  }
  loop.for %i = 0 to 4 {
    %high = loop.apply affine_map<(d0) -> (d0 + 4)>(%i)
    memory.store %x, %t[%high] : memref<8xf32>
    %v = memory.load %t[%i] : memref<8xf32>
    memory.store %v, %o[%i] : memref<4xf32>
    memory.store %x, %t[%i] : memref<8xf32>
  }
  return
}
