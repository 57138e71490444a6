// RUN: bud-opt %s --cse | bud-filecheck %s
// RUN: bud-opt %s --cse --mlir-pass-statistics -o %t 2>&1 | bud-filecheck %s --check-prefix=STATS

// STATS: cse
// STATS: {{[0-9]+}} num-csed

// The same op on the same values; operands of a commutative op in any order.
// CHECK-LABEL: func.func @same(
// CHECK-SAME:  %[[ARG0:.*]]: i32, %[[ARG1:.*]]: i32) -> i32 {
// CHECK-NEXT:    %[[VAL_0:.*]] = arith.addi %[[ARG0]], %[[ARG1]] : i32
// CHECK-NEXT:    %[[VAL_1:.*]] = arith.muli %[[VAL_0]], %[[VAL_0]] : i32
// CHECK-NEXT:    return %[[VAL_1]] : i32
func.func @same(%x: i32, %y: i32) -> i32 {
  %0 = arith.addi %x, %y : i32
  %1 = arith.addi %y, %x : i32
  %2 = arith.muli %0, %1 : i32
  return %2 : i32
}

// Subtraction does not commute.
// CHECK-LABEL: func.func @order(
// CHECK-SAME:  %[[ARG0:.*]]: i32, %[[ARG1:.*]]: i32) -> i32 {
// CHECK-NEXT:    %[[VAL_0:.*]] = arith.subi %[[ARG0]], %[[ARG1]] : i32
// CHECK-NEXT:    %[[VAL_1:.*]] = arith.subi %[[ARG1]], %[[ARG0]] : i32
// CHECK-NEXT:    %[[VAL_2:.*]] = arith.muli %[[VAL_0]], %[[VAL_1]] : i32
// CHECK-NEXT:    return %[[VAL_2]] : i32
func.func @order(%x: i32, %y: i32) -> i32 {
  %0 = arith.subi %x, %y : i32
  %1 = arith.subi %y, %x : i32
  %2 = arith.muli %0, %1 : i32
  return %2 : i32
}

// A loaded value is the same until somebody may write.
// CHECK-LABEL: func.func @loads(
// CHECK-SAME:  %[[ARG0:.*]]: memref<4xf32>, %[[ARG1:.*]]: index, %[[ARG2:.*]]: f32) -> (f32, f32, f32) {
// CHECK-NEXT:    %[[VAL_0:.*]] = memory.load %[[ARG0]][%[[ARG1]]] : memref<4xf32>
// CHECK-NEXT:    memory.store %[[ARG2]], %[[ARG0]][%[[ARG1]]] : memref<4xf32>
// CHECK-NEXT:    %[[VAL_1:.*]] = memory.load %[[ARG0]][%[[ARG1]]] : memref<4xf32>
// CHECK-NEXT:    return %[[VAL_0]], %[[VAL_0]], %[[VAL_1]] : f32, f32, f32
func.func @loads(%m: memref<4xf32>, %i: index, %v: f32) -> (f32, f32, f32) {
  %0 = memory.load %m[%i] : memref<4xf32>
  %1 = memory.load %m[%i] : memref<4xf32>
  memory.store %v, %m[%i] : memref<4xf32>
  %2 = memory.load %m[%i] : memref<4xf32>
  return %0, %1, %2 : f32, f32, f32
}

// What dominates is used in the loop; what the loop computes is not used behind it.
// CHECK-LABEL: func.func @dominance(
// CHECK-SAME:  %[[ARG0:.*]]: f32, %[[ARG1:.*]]: memref<8xf32>) {
// CHECK-NEXT:    %[[VAL_0:.*]] = arith.mulf %[[ARG0]], %[[ARG0]] : f32
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 8 {
// CHECK-NEXT:      memory.store %[[VAL_0]], %[[ARG1]][%[[I]]] : memref<8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    %[[C0:.*]] = arith.constant 0 : index
// CHECK-NEXT:    memory.store %[[VAL_0]], %[[ARG1]][%[[C0]]] : memref<8xf32>
// CHECK-NEXT:    return
func.func @dominance(%x: f32, %m: memref<8xf32>) {
  %0 = arith.mulf %x, %x : f32
  loop.for %i = 0 to 8 {
    %1 = arith.mulf %x, %x : f32
    memory.store %1, %m[%i] : memref<8xf32>
  }
  %i0 = arith.constant 0 : index
  memory.store %0, %m[%i0] : memref<8xf32>
  return
}

// Attributes are a part of what an op computes.
// CHECK-LABEL: func.func @attributes(
// CHECK-SAME:  %[[ARG0:.*]]: f32, %[[ARG1:.*]]: f32) -> (i1, i1) {
// CHECK-NEXT:    %[[VAL_0:.*]] = arith.cmpf olt, %[[ARG0]], %[[ARG1]] : f32
// CHECK-NEXT:    %[[VAL_1:.*]] = arith.cmpf ult, %[[ARG0]], %[[ARG1]] : f32
// CHECK-NEXT:    return %[[VAL_0]], %[[VAL_1]] : i1, i1
func.func @attributes(%x: f32, %y: f32) -> (i1, i1) {
  %0 = arith.cmpf olt, %x, %y : f32
  %1 = arith.cmpf ult, %x, %y : f32
  return %0, %1 : i1, i1
}

// Calls have effects.
// CHECK-LABEL: func.func private @random() -> i32
func.func private @random() -> i32

// CHECK-LABEL: func.func @calls() -> (i32, i32) {
// CHECK-NEXT:    %[[VAL_0:.*]] = call @random() : () -> i32
// CHECK-NEXT:    %[[VAL_1:.*]] = call @random() : () -> i32
// CHECK-NEXT:    return %[[VAL_0]], %[[VAL_1]] : i32, i32
func.func @calls() -> (i32, i32) {
  %0 = call @random() : () -> i32
  %1 = call @random() : () -> i32
  return %0, %1 : i32, i32
}
