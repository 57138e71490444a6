// RUN: bud-opt %s --sccp | bud-filecheck %s

// Both branches pass the same constant on.
// CHECK-LABEL: func.func @same_constant(
// CHECK-SAME:  %[[ARG0:.*]]: i1) -> i32 {
// CHECK-NEXT:    %[[C2_I32:.*]] = arith.constant 2 : i32
// CHECK-NEXT:    %[[C1_I32:.*]] = arith.constant 1 : i32
// CHECK-NEXT:    %[[C2_I32_0:.*]] = arith.constant 2 : i32
// CHECK-NEXT:    %[[C1_I32_1:.*]] = arith.constant 1 : i32
// CHECK-NEXT:    cf.cond_br %[[ARG0]], ^[[BB1:.*]](%[[C1_I32_1]] : i32), ^[[BB2:.*]](%[[C2_I32_0]] : i32)
// CHECK-NEXT:  ^[[BB1]](%[[VAL_0:.*]]: i32):  // pred: ^[[BB0:.*]]
// CHECK-NEXT:    cf.br ^[[BB3:.*]](%[[C2_I32]] : i32)
// CHECK-NEXT:  ^[[BB2]](%[[VAL_1:.*]]: i32):  // pred: ^[[BB0]]
// CHECK-NEXT:    cf.br ^[[BB3]](%[[C2_I32]] : i32)
// CHECK-NEXT:  ^[[BB3]](%[[VAL_2:.*]]: i32):  // 2 preds: ^[[BB1]], ^[[BB2]]
// CHECK-NEXT:    return %[[C2_I32]] : i32
func.func @same_constant(%c: i1) -> i32 {
  %c2 = arith.constant 2 : i32
  %c1 = arith.constant 1 : i32
  cf.cond_br %c, ^a(%c1 : i32), ^b(%c2 : i32)
^a(%x: i32):
  %y = arith.addi %x, %x : i32
  cf.br ^end(%y : i32)
^b(%z: i32):
  cf.br ^end(%z : i32)
^end(%r: i32):
  return %r : i32
}

// The branch that is never taken does not count.
// CHECK-LABEL: func.func @never_taken() -> i32 {
// CHECK-NEXT:    %[[C1_I32:.*]] = arith.constant 1 : i32
// CHECK-NEXT:    %[[TRUE:.*]] = arith.constant true
// CHECK-NEXT:    %[[C1_I32_0:.*]] = arith.constant 1 : i32
// CHECK-NEXT:    %[[C2_I32:.*]] = arith.constant 2 : i32
// CHECK-NEXT:    cf.cond_br %[[TRUE]], ^[[BB1:.*]], ^[[BB2:.*]]
// CHECK-NEXT:  ^[[BB1]]:  // pred: ^[[BB0:.*]]
// CHECK-NEXT:    cf.br ^[[BB3:.*]](%[[C1_I32_0]] : i32)
// CHECK-NEXT:  ^[[BB2]]:  // pred: ^[[BB0]]
// CHECK-NEXT:    cf.br ^[[BB3]](%[[C2_I32]] : i32)
// CHECK-NEXT:  ^[[BB3]](%[[VAL_0:.*]]: i32):  // 2 preds: ^[[BB1]], ^[[BB2]]
// CHECK-NEXT:    return %[[C1_I32]] : i32
func.func @never_taken() -> i32 {
  %true = arith.constant true
  %c1 = arith.constant 1 : i32
  %c2 = arith.constant 2 : i32
  cf.cond_br %true, ^a, ^b
^a:
  cf.br ^end(%c1 : i32)
^b:
  cf.br ^end(%c2 : i32)
^end(%x: i32):
  return %x : i32
}

// Different constants meet: nothing is known.
// CHECK-LABEL: func.func @different(
// CHECK-SAME:  %[[ARG0:.*]]: i1) -> i32 {
// CHECK-NEXT:    %[[C1_I32:.*]] = arith.constant 1 : i32
// CHECK-NEXT:    %[[C2_I32:.*]] = arith.constant 2 : i32
// CHECK-NEXT:    cf.cond_br %[[ARG0]], ^[[BB1:.*]](%[[C1_I32]] : i32), ^[[BB1]](%[[C2_I32]] : i32)
// CHECK-NEXT:  ^[[BB1]](%[[VAL_0:.*]]: i32):  // 2 preds: ^[[BB0:.*]], ^[[BB0]]
// CHECK-NEXT:    return %[[VAL_0]] : i32
func.func @different(%c: i1) -> i32 {
  %c1 = arith.constant 1 : i32
  %c2 = arith.constant 2 : i32
  cf.cond_br %c, ^a(%c1 : i32), ^a(%c2 : i32)
^a(%x: i32):
  return %x : i32
}
