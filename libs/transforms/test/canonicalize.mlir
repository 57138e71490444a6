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

// Index vectors of single elements become indices into merged dimensions: those that are computed need no memory.
// CHECK-LABEL: func.func @gather_is_linear(
// CHECK-SAME:  %[[ARG0:.*]]: tensor<5x7xf32>, %[[ARG1:.*]]: tensor<4x1xi32>, %[[ARG2:.*]]: tensor<4x1xi32>) -> tensor<4xf32> {
// CHECK-NEXT:    %[[CST:.*]] = array.constant dense<4> : tensor<4x1xi32>
// CHECK-NEXT:    %[[CST_0:.*]] = array.constant dense<7> : tensor<4x1xi32>
// CHECK-NEXT:    %[[CST_1:.*]] = array.constant dense<6> : tensor<4x1xi32>
// CHECK-NEXT:    %[[CST_2:.*]] = array.constant dense<0> : tensor<4x1xi32>
// CHECK-NEXT:    %[[VAL_0:.*]] = array.min %[[ARG1]], %[[CST]] : tensor<4x1xi32>
// CHECK-NEXT:    %[[VAL_1:.*]] = array.max %[[VAL_0]], %[[CST_2]] : tensor<4x1xi32>
// CHECK-NEXT:    %[[VAL_2:.*]] = array.mul %[[VAL_1]], %[[CST_0]] : tensor<4x1xi32>
// CHECK-NEXT:    %[[VAL_3:.*]] = array.min %[[ARG2]], %[[CST_1]] : tensor<4x1xi32>
// CHECK-NEXT:    %[[VAL_4:.*]] = array.max %[[VAL_3]], %[[CST_2]] : tensor<4x1xi32>
// CHECK-NEXT:    %[[VAL_5:.*]] = array.add %[[VAL_2]], %[[VAL_4]] : tensor<4x1xi32>
// CHECK-NEXT:    %[[VAL_6:.*]] = array.reshape %[[ARG0]] : tensor<5x7xf32> to tensor<35xf32>
// CHECK-NEXT:    %[[VAL_7:.*]] = array.gather %[[VAL_6]], %[[VAL_5]] collapsed = [0] map = [0] vector = 1 sizes = [1] : tensor<35xf32>, tensor<4x1xi32> to tensor<4xf32>
// CHECK-NEXT:    return %[[VAL_7]] : tensor<4xf32>
func.func @gather_is_linear(%x: tensor<5x7xf32>, %i: tensor<4x1xi32>, %j: tensor<4x1xi32>) -> tensor<4xf32> {
  %v = array.concat %i, %j dim = 1 : tensor<4x1xi32>, tensor<4x1xi32> to tensor<4x2xi32>
  %0 = array.gather %x, %v collapsed = [0, 1] map = [0, 1] vector = 1 sizes = [1, 1] : tensor<5x7xf32>, tensor<4x2xi32> to tensor<4xf32>
  return %0 : tensor<4xf32>
}

// Known indices are slices: one for each run of equal steps, and one for each field of a record.
// CHECK-LABEL: func.func @gather_is_slices(
// CHECK-SAME:  %[[ARG0:.*]]: tensor<5x4xui8>) -> (tensor<5x4xui8>, tensor<5x2xui8>) {
// CHECK-NEXT:    %[[VAL_0:.*]] = array.slice %[[ARG0]] [0:5:1, 2:3:1] : tensor<5x4xui8> to tensor<5x1xui8>
// CHECK-NEXT:    %[[VAL_1:.*]] = array.slice %[[ARG0]] [0:5:1, 1:2:1] : tensor<5x4xui8> to tensor<5x1xui8>
// CHECK-NEXT:    %[[VAL_2:.*]] = array.slice %[[ARG0]] [0:5:1, 0:1:1] : tensor<5x4xui8> to tensor<5x1xui8>
// CHECK-NEXT:    %[[VAL_3:.*]] = array.slice %[[ARG0]] [0:5:1, 3:4:1] : tensor<5x4xui8> to tensor<5x1xui8>
// CHECK-NEXT:    %[[VAL_4:.*]] = array.concat %[[VAL_0]], %[[VAL_1]], %[[VAL_2]], %[[VAL_3]] dim = 1 : tensor<5x1xui8>, tensor<5x1xui8>, tensor<5x1xui8>, tensor<5x1xui8> to tensor<5x4xui8>
// CHECK-NEXT:    %[[VAL_5:.*]] = array.slice %[[ARG0]] [0:5:1, 1:4:2] : tensor<5x4xui8> to tensor<5x2xui8>
// CHECK-NEXT:    return %[[VAL_4]], %[[VAL_5]] : tensor<5x4xui8>, tensor<5x2xui8>
func.func @gather_is_slices(%x: tensor<5x4xui8>) -> (tensor<5x4xui8>, tensor<5x2xui8>) {
  %i = array.constant dense<[2, 1, 0, 3]> : tensor<4xi32>
  %0 = array.gather %x, %i window = [0] collapsed = [1] map = [1] vector = 1 sizes = [5, 1] : tensor<5x4xui8>, tensor<4xi32> to tensor<5x4xui8>
  %j = array.constant dense<[1, 3]> : tensor<2xi32>
  %1 = array.gather %x, %j window = [0] collapsed = [1] map = [1] vector = 1 sizes = [5, 1] : tensor<5x4xui8>, tensor<2xi32> to tensor<5x2xui8>
  return %0, %1 : tensor<5x4xui8>, tensor<5x2xui8>
}
