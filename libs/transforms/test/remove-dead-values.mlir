// RUN: bud-opt %s --remove-dead-values | bud-filecheck %s

// The second carried value is only used to compute itself: that ends, and canonicalize drops what a loop only passes on.
// CHECK-LABEL: func.func @carried(
// CHECK-SAME:  %[[ARG0:.*]]: i32, %[[ARG1:.*]]: i32, %[[ARG2:.*]]: memref<8xi32>) -> i32 {
// CHECK-NEXT:    %[[VAL_0:.*]]:2 = loop.for %[[I:.*]] = 0 to 8 iter_args(%[[ARG3:.*]] = %[[ARG0]], %[[ARG4:.*]] = %[[ARG1]]) -> (i32, i32) {
// CHECK-NEXT:      %[[VAL_1:.*]] = memory.load %[[ARG2]][%[[I]]] : memref<8xi32>
// CHECK-NEXT:      %[[VAL_2:.*]] = arith.addi %[[ARG3]], %[[VAL_1]] : i32
// CHECK-NEXT:      loop.yield %[[VAL_2]], %[[ARG4]] : i32, i32
// CHECK-NEXT:    }
// CHECK-NEXT:    return %[[VAL_0]]#0 : i32
func.func @carried(%x: i32, %y: i32, %m: memref<8xi32>) -> i32 {
  %r:2 = loop.for %i = 0 to 8 iter_args(%a = %x, %b = %y) -> (i32, i32) {
    %v = memory.load %m[%i] : memref<8xi32>
    %c = arith.addi %a, %v : i32
    %d = arith.muli %b, %v : i32
    loop.yield %c, %d : i32, i32
  }
  return %r#0 : i32
}
