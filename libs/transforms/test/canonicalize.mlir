// RUN: bud-opt %s --canonicalize | bud-filecheck %s

// x + 0 == x
// CHECK-LABEL: func.func @add_zero(
// CHECK-SAME:  %[[ARG0:.*]]: i32) -> i32 {
// CHECK-NEXT:    return %[[ARG0]] : i32
func.func @add_zero(%x: i32) -> i32 {
  %zero = arith.constant 0 : i32
  %0 = arith.addi %x, %zero : i32
  return %0 : i32
}

// Constants are folded, and one copy of each is left at the top of the function.
// CHECK-LABEL: func.func @fold(
// CHECK-SAME:  %[[ARG0:.*]]: i32) -> (i32, i32) {
// CHECK-NEXT:    %[[C7_I32:.*]] = arith.constant 7 : i32
// CHECK-NEXT:    %[[VAL_0:.*]] = arith.muli %[[ARG0]], %[[C7_I32]] : i32
// CHECK-NEXT:    return %[[C7_I32]], %[[VAL_0]] : i32, i32
func.func @fold(%x: i32) -> (i32, i32) {
  %a = arith.constant 3 : i32
  %b = arith.constant 4 : i32
  %c = arith.constant 7 : i32
  %0 = arith.addi %a, %b : i32
  %1 = arith.muli %x, %c : i32
  return %0, %1 : i32, i32
}

// An op without effects that nobody uses goes; a call stays.
// CHECK-LABEL: func.func private @effect() -> i32
func.func private @effect() -> i32

// CHECK-LABEL: func.func @unused(
// CHECK-SAME:  %[[ARG0:.*]]: f32) {
// CHECK-NEXT:    %[[VAL_0:.*]] = call @effect() : () -> i32
// CHECK-NEXT:    return
func.func @unused(%x: f32) {
  %0 = math.sqrt %x : f32
  %1 = call @effect() : () -> i32
  return
}

// A branch on a constant takes its side.
// CHECK-LABEL: func.func @constant_branch(
// CHECK-SAME:  %[[ARG0:.*]]: i32, %[[ARG1:.*]]: i32) -> i32 {
// CHECK-NEXT:    return %[[ARG0]] : i32
func.func @constant_branch(%x: i32, %y: i32) -> i32 {
  %true = arith.constant true
  cf.cond_br %true, ^left, ^right
^left:
  return %x : i32
^right:
  return %y : i32
}

// Both sides are the same.
// CHECK-LABEL: func.func @select(
// CHECK-SAME:  %[[ARG0:.*]]: i1, %[[ARG1:.*]]: f32) -> f32 {
// CHECK-NEXT:    return %[[ARG1]] : f32
func.func @select(%c: i1, %x: f32) -> f32 {
  %0 = arith.select %c, %x, %x : f32
  return %0 : f32
}

// x + 0.0 is not x: -0.0 + 0.0 is 0.0.
// CHECK-LABEL: func.func @keep_float_zero(
// CHECK-SAME:  %[[ARG0:.*]]: f32) -> f32 {
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT:    %[[VAL_0:.*]] = arith.addf %[[ARG0]], %[[CST]] : f32
// CHECK-NEXT:    return %[[VAL_0]] : f32
func.func @keep_float_zero(%x: f32) -> f32 {
  %zero = arith.constant 0.0 : f32
  %0 = arith.addf %x, %zero : f32
  return %0 : f32
}
