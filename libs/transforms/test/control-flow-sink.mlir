// RUN: bud-opt %s --control-flow-sink | bud-filecheck %s

// Only one branch needs the quotient.
// CHECK-LABEL: func.func @one_branch(
// CHECK-SAME:  %[[ARG0:.*]]: i1, %[[ARG1:.*]]: f32, %[[ARG2:.*]]: f32, %[[ARG3:.*]]: memref<f32>) {
// CHECK-NEXT:    loop.if %[[ARG0]] {
// CHECK-NEXT:      %[[VAL_0:.*]] = arith.divf %[[ARG1]], %[[ARG2]] : f32
// CHECK-NEXT:      memory.store %[[VAL_0]], %[[ARG3]][] : memref<f32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @one_branch(%c: i1, %a: f32, %b: f32, %m: memref<f32>) {
  %0 = arith.divf %a, %b : f32
  loop.if %c {
    memory.store %0, %m[] : memref<f32>
  }
  return
}

// Both need it: it stays in front.
// CHECK-LABEL: func.func @both(
// CHECK-SAME:  %[[ARG0:.*]]: i1, %[[ARG1:.*]]: f32, %[[ARG2:.*]]: f32, %[[ARG3:.*]]: memref<f32>, %[[ARG4:.*]]: memref<f32>) {
// CHECK-NEXT:    %[[VAL_0:.*]] = arith.divf %[[ARG1]], %[[ARG2]] : f32
// CHECK-NEXT:    loop.if %[[ARG0]] {
// CHECK-NEXT:      memory.store %[[VAL_0]], %[[ARG3]][] : memref<f32>
// CHECK-NEXT:    } else {
// CHECK-NEXT:      memory.store %[[VAL_0]], %[[ARG4]][] : memref<f32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @both(%c: i1, %a: f32, %b: f32, %m: memref<f32>, %n: memref<f32>) {
  %0 = arith.divf %a, %b : f32
  loop.if %c {
    memory.store %0, %m[] : memref<f32>
  } else {
    memory.store %0, %n[] : memref<f32>
  }
  return
}

// In a loop it would be computed often.
// CHECK-LABEL: func.func @loop(
// CHECK-SAME:  %[[ARG0:.*]]: f32, %[[ARG1:.*]]: f32, %[[ARG2:.*]]: memref<8xf32>) {
// CHECK-NEXT:    %[[VAL_0:.*]] = arith.divf %[[ARG0]], %[[ARG1]] : f32
// CHECK-NEXT:    loop.for %[[I:.*]] = 0 to 8 {
// CHECK-NEXT:      memory.store %[[VAL_0]], %[[ARG2]][%[[I]]] : memref<8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @loop(%a: f32, %b: f32, %m: memref<8xf32>) {
  %0 = arith.divf %a, %b : f32
  loop.for %i = 0 to 8 {
    memory.store %0, %m[%i] : memref<8xf32>
  }
  return
}
