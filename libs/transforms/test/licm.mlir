// RUN: bud-opt %s --licm | bud-filecheck %s

// A product of values from outside is computed once.
// CHECK-LABEL: func.func @invariant(
// CHECK-SAME:  %[[ARG0:.*]]: f32, %[[ARG1:.*]]: f32, %[[ARG2:.*]]: memref<8xf32>) {
// CHECK-NEXT:    %[[VAL_0:.*]] = arith.mulf %[[ARG0]], %[[ARG1]] : f32
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 8 {
// CHECK-NEXT:      memory.store %[[VAL_0]], %[[ARG2]][%[[I]]] : memref<8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @invariant(%a: f32, %b: f32, %m: memref<8xf32>) {
  loop.for %i = 0 to 8 {
    %0 = arith.mulf %a, %b : f32
    memory.store %0, %m[%i] : memref<8xf32>
  }
  return
}

// Out of both loops, and what depends on the outer one out of the inner one.
// CHECK-LABEL: func.func @nested(
// CHECK-SAME:  %[[ARG0:.*]]: f32, %[[ARG1:.*]]: memref<8x8xf32>, %[[ARG2:.*]]: memref<8xf32>) {
// CHECK-NEXT:    %[[VAL_0:.*]] = arith.mulf %[[ARG0]], %[[ARG0]] : f32
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 8 {
// CHECK-NEXT:      %[[VAL_1:.*]] = arith.index_cast %[[I]] : index to i32
// CHECK-NEXT:      %[[VAL_2:.*]] = arith.sitofp %[[VAL_1]] : i32 to f32
// CHECK-NEXT:      %[[VAL_3:.*]] = arith.addf %[[VAL_0]], %[[VAL_2]] : f32
// CHECK-NEXT:      loop.for %[[I_0:.*]] = 0 to 8 {
// CHECK-NEXT:        memory.store %[[VAL_3]], %[[ARG1]][%[[I]], %[[I_0]]] : memref<8x8xf32>
// CHECK-NEXT:      }
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @nested(%a: f32, %m: memref<8x8xf32>, %n: memref<8xf32>) {
  loop.for %i = 0 to 8 {
    loop.for %j = 0 to 8 {
      %0 = arith.mulf %a, %a : f32
      %1 = arith.index_cast %i : index to i32
      %2 = arith.sitofp %1 : i32 to f32
      %3 = arith.addf %0, %2 : f32
      memory.store %3, %m[%i, %j] : memref<8x8xf32>
    }
  }
  return
}

// A load of what the loop writes stays, and so does a division that may trap.
// CHECK-LABEL: func.func @stays(
// CHECK-SAME:  %[[ARG0:.*]]: i32, %[[ARG1:.*]]: i32, %[[ARG2:.*]]: memref<8xi32>, %[[ARG3:.*]]: index) {
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 8 {
// CHECK-NEXT:      %[[VAL_0:.*]] = memory.load %[[ARG2]][%[[ARG3]]] : memref<8xi32>
// CHECK-NEXT:      %[[VAL_1:.*]] = arith.divsi %[[ARG0]], %[[ARG1]] : i32
// CHECK-NEXT:      %[[VAL_2:.*]] = arith.addi %[[VAL_0]], %[[VAL_1]] : i32
// CHECK-NEXT:      memory.store %[[VAL_2]], %[[ARG2]][%[[I]]] : memref<8xi32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @stays(%a: i32, %b: i32, %m: memref<8xi32>, %c: index) {
  loop.for %i = 0 to 8 {
    %0 = memory.load %m[%c] : memref<8xi32>
    %1 = arith.divsi %a, %b : i32
    %2 = arith.addi %0, %1 : i32
    memory.store %2, %m[%i] : memref<8xi32>
  }
  return
}
