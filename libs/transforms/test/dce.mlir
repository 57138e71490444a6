// RUN: bud-opt %s --dce | bud-filecheck %s

// A chain of which nobody uses the end.
// CHECK-LABEL: func.func @chain(
// CHECK-SAME:  %[[ARG0:.*]]: i32, %[[ARG1:.*]]: i32) -> i32 {
// CHECK-NEXT:    return %[[ARG0]] : i32
func.func @chain(%x: i32, %y: i32) -> i32 {
  %0 = arith.addi %x, %y : i32
  %1 = arith.muli %0, %0 : i32
  return %x : i32
}

// Nothing reaches the second block.
// CHECK-LABEL: func.func @unreachable(
// CHECK-SAME:  %[[ARG0:.*]]: i32) -> i32 {
// CHECK-NEXT:    return %[[ARG0]] : i32
func.func @unreachable(%x: i32) -> i32 {
  return %x : i32
^bb1:
  %0 = arith.muli %x, %x : i32
  return %0 : i32
}

// Writing to memory is an effect; reading is none.
// CHECK-LABEL: func.func @effects(
// CHECK-SAME:  %[[ARG0:.*]]: memref<4xf32>, %[[ARG1:.*]]: index, %[[ARG2:.*]]: f32) {
// CHECK-NEXT:    memory.store %[[ARG2]], %[[ARG0]][%[[ARG1]]] : memref<4xf32>
// CHECK-NEXT:    return
func.func @effects(%m: memref<4xf32>, %i: index, %v: f32) {
  memory.store %v, %m[%i] : memref<4xf32>
  %0 = memory.load %m[%i] : memref<4xf32>
  return
}

// Dead ops inside regions.
// CHECK-LABEL: func.func @inside(
// CHECK-SAME:  %[[ARG0:.*]]: memref<8xf32>, %[[ARG1:.*]]: f32) {
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 8 {
// CHECK-NEXT:      memory.store %[[ARG1]], %[[ARG0]][%[[I]]] : memref<8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @inside(%m: memref<8xf32>, %v: f32) {
  loop.for %i = 0 to 8 {
    %0 = arith.mulf %v, %v : f32
    memory.store %v, %m[%i] : memref<8xf32>
  }
  return
}
