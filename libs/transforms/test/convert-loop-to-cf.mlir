// RUN: bud-opt %s --convert-loop-to-cf | bud-filecheck %s

// What a loop carries becomes arguments of its head.
// CHECK-LABEL: func.func @sum(
// CHECK-SAME:  %[[ARG0:.*]]: memref<8xf32>, %[[ARG1:.*]]: f32) -> f32 {
// CHECK-NEXT:    %[[C0:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[C8:.*]] = arith.constant 8 : index
// CHECK-NEXT:    %[[C1:.*]] = arith.constant 1 : index
// CHECK-NEXT:    cf.br ^[[BB1:.*]](%[[C0]], %[[ARG1]] : index, f32)
// CHECK-NEXT:  ^[[BB1]](%[[VAL_0:.*]]: index, %[[VAL_1:.*]]: f32):  // 2 preds: ^[[BB0:.*]], ^[[BB2:.*]]
// CHECK-NEXT:    %[[VAL_2:.*]] = arith.cmpi slt, %[[VAL_0]], %[[C8]] : index
// CHECK-NEXT:    cf.cond_br %[[VAL_2]], ^[[BB2]], ^[[BB3:.*]]
// CHECK-NEXT:  ^[[BB2]]:  // pred: ^[[BB1]]
// CHECK-NEXT:    %[[VAL_3:.*]] = memory.load %[[ARG0]][%[[VAL_0]]] : memref<8xf32>
// CHECK-NEXT:    %[[VAL_4:.*]] = arith.addf %[[VAL_1]], %[[VAL_3]] : f32
// CHECK-NEXT:    %[[VAL_5:.*]] = arith.addi %[[VAL_0]], %[[C1]] : index
// CHECK-NEXT:    cf.br ^[[BB1]](%[[VAL_5]], %[[VAL_4]] : index, f32)
// CHECK-NEXT:  ^[[BB3]]:  // pred: ^[[BB1]]
// CHECK-NEXT:    return %[[VAL_1]] : f32
func.func @sum(%m: memref<8xf32>, %zero: f32) -> f32 {
  %r = loop.for %i = 0 to 8 iter_args(%a = %zero) -> (f32) {
    %x = memory.load %m[%i] : memref<8xf32>
    %s = arith.addf %a, %x : f32
    loop.yield %s : f32
  }
  return %r : f32
}

// A conditional becomes a diamond.
// CHECK-LABEL: func.func @if(
// CHECK-SAME:  %[[ARG0:.*]]: i1, %[[ARG1:.*]]: f32, %[[ARG2:.*]]: f32) -> f32 {
// CHECK-NEXT:    cf.cond_br %[[ARG0]], ^[[BB1:.*]], ^[[BB2:.*]]
// CHECK-NEXT:  ^[[BB1]]:  // pred: ^[[BB0:.*]]
// CHECK-NEXT:    %[[VAL_0:.*]] = arith.addf %[[ARG1]], %[[ARG2]] : f32
// CHECK-NEXT:    cf.br ^[[BB3:.*]](%[[VAL_0]] : f32)
// CHECK-NEXT:  ^[[BB2]]:  // pred: ^[[BB0]]
// CHECK-NEXT:    cf.br ^[[BB3]](%[[ARG2]] : f32)
// CHECK-NEXT:  ^[[BB3]](%[[VAL_1:.*]]: f32):  // 2 preds: ^[[BB1]], ^[[BB2]]
// CHECK-NEXT:    return %[[VAL_1]] : f32
func.func @if(%c: i1, %x: f32, %y: f32) -> f32 {
  %r = loop.if %c -> (f32) {
    %0 = arith.addf %x, %y : f32
    loop.yield %0 : f32
  } else {
    loop.yield %y : f32
  }
  return %r : f32
}
