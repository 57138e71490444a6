// RUN: bud-opt %s --inline | bud-filecheck %s --implicit-check-not=@twice

// The body takes the place of the call, and the private function goes.
func.func private @twice(%y: i32) -> i32 {
  %0 = arith.addi %y, %y : i32
  return %0 : i32
}

// CHECK-LABEL: func.func @four_times(
// CHECK-SAME:  %[[ARG0:.*]]: i32) -> i32 {
// CHECK-NEXT:    %[[VAL_0:.*]] = arith.addi %[[ARG0]], %[[ARG0]] : i32
// CHECK-NEXT:    %[[VAL_1:.*]] = arith.addi %[[VAL_0]], %[[VAL_0]] : i32
// CHECK-NEXT:    return %[[VAL_1]] : i32
func.func @four_times(%x: i32) -> i32 {
  %0 = call @twice(%x) : (i32) -> i32
  %1 = call @twice(%0) : (i32) -> i32
  return %1 : i32
}

// A function that calls itself stays, and so do its calls.
// CHECK-LABEL: func.func @recursive(
// CHECK-SAME:  %[[ARG0:.*]]: i32) -> i32 {
// CHECK-NEXT:    %[[VAL_0:.*]] = call @recursive(%[[ARG0]]) : (i32) -> i32
// CHECK-NEXT:    return %[[VAL_0]] : i32
func.func @recursive(%x: i32) -> i32 {
  %0 = call @recursive(%x) : (i32) -> i32
  return %0 : i32
}
