// RUN: bud-opt %s --fix-numerics --instruction-fusion | bud-filecheck %s
// RUN: bud-opt %s --fix-numerics --instruction-fusion=max-decisions=0 | bud-filecheck %s --check-prefix=NONE

// NONE-LABEL: @chain
// NONE-COUNT-2: array.fusion
// NONE-LABEL: @softmax_row_sum

// A chain of elementwise ops is one kernel.
// CHECK-LABEL: func.func @chain(
// CHECK-SAME:  %[[ARG0:.*]]: tensor<8xf32>, %[[ARG1:.*]]: tensor<8xf32>) -> tensor<8xf32> {
// CHECK-NEXT:    %[[VAL_0:.*]] = array.fusion(%[[ARG2:.*]] = %[[ARG0]] : tensor<8xf32>, %[[ARG3:.*]] = %[[ARG1]] : tensor<8xf32>) kind = "loop" -> tensor<8xf32> {
// CHECK-NEXT:      %[[VAL_1:.*]] = array.sub %[[ARG2]], %[[ARG3]] : tensor<8xf32>
// CHECK-NEXT:      %[[VAL_2:.*]] = array.sqrt %[[VAL_1]] : tensor<8xf32>
// CHECK-NEXT:      array.yield %[[VAL_2]] : tensor<8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return %[[VAL_0]] : tensor<8xf32>
func.func @chain(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %0 = array.sub %x, %y : tensor<8xf32>
  %1 = array.sqrt %0 : tensor<8xf32>
  return %1 : tensor<8xf32>
}

// What feeds a reduction is computed in it.
// CHECK-LABEL: func.func @softmax_row_sum(
// CHECK-SAME:  %[[ARG0:.*]]: tensor<4x8xf32>) -> tensor<4xf32> {
// CHECK-NEXT:    %[[VAL_0:.*]] = array.fusion(%[[ARG1:.*]] = %[[ARG0]] : tensor<4x8xf32>) kind = "reduce" -> tensor<4xf32> {
// CHECK-NEXT:      %[[VAL_1:.*]] = array.exp %[[ARG1]] {contract = "relaxed"} : tensor<4x8xf32>
// CHECK-NEXT:      %[[CST:.*]] = array.constant dense<0.000000e+00> : tensor<f32>
// CHECK-NEXT:      %[[VAL_2:.*]] = array.reduce add %[[VAL_1]] init %[[CST]] dims = [1] {order = #array.order<canonical>} : tensor<4x8xf32>, tensor<f32> to tensor<4xf32>
// CHECK-NEXT:      array.yield %[[VAL_2]] : tensor<4xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return %[[VAL_0]] : tensor<4xf32>
func.func @softmax_row_sum(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %0 = array.exp %x : tensor<4x8xf32>
  %1 = array.reduce add %0 init %zero dims = [1] : tensor<4x8xf32>, tensor<f32> to tensor<4xf32>
  return %1 : tensor<4xf32>
}

// Elements at computed indices are found in the kernel that needs them; the table lies in memory before.
// CHECK-LABEL: func.func @gathered_product(
// CHECK-SAME:  %[[ARG0:.*]]: tensor<100xf32>, %[[ARG1:.*]]: tensor<8x16xi32>, %[[ARG2:.*]]: tensor<8x16xf32>, %[[ARG3:.*]]: tensor<f32>) -> tensor<8xf32> {
// CHECK-NEXT:    %[[VAL_0:.*]] = array.fusion(%[[ARG4:.*]] = %[[ARG0]] : tensor<100xf32>) kind = "loop" -> tensor<100xf32> {
// CHECK-NEXT:      %[[VAL_1:.*]] = array.neg %[[ARG4]] : tensor<100xf32>
// CHECK-NEXT:      array.yield %[[VAL_1]] : tensor<100xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    %[[VAL_2:.*]] = array.fusion(%[[ARG4:.*]] = %[[ARG1]] : tensor<8x16xi32>, %[[ARG5:.*]] = %[[VAL_0]] : tensor<100xf32>, %[[ARG6:.*]] = %[[ARG2]] : tensor<8x16xf32>, %[[ARG7:.*]] = %[[ARG3]] : tensor<f32>) kind = "reduce" -> tensor<8xf32> {
// CHECK-NEXT:      %[[VAL_1:.*]] = array.add %[[ARG4]], %[[ARG4]] : tensor<8x16xi32>
// CHECK-NEXT:      %[[VAL_3:.*]] = array.gather %[[ARG5]], %[[VAL_1]] collapsed = [0] map = [0] vector = 2 sizes = [1] : tensor<100xf32>, tensor<8x16xi32> to tensor<8x16xf32>
// CHECK-NEXT:      %[[VAL_4:.*]] = array.mul %[[VAL_3]], %[[ARG6]] : tensor<8x16xf32>
// CHECK-NEXT:      %[[VAL_5:.*]] = array.reduce add %[[VAL_4]] init %[[ARG7]] dims = [1] {contract = "relaxed", order = #array.order<canonical>} : tensor<8x16xf32>, tensor<f32> to tensor<8xf32>
// CHECK-NEXT:      array.yield %[[VAL_5]] : tensor<8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return %[[VAL_2]] : tensor<8xf32>
func.func @gathered_product(%t: tensor<100xf32>, %i: tensor<8x16xi32>, %v: tensor<8x16xf32>, %z: tensor<f32>) -> tensor<8xf32> {
  %n = array.neg %t : tensor<100xf32>
  %j = array.add %i, %i : tensor<8x16xi32>
  %0 = array.gather %n, %j collapsed = [0] map = [0] vector = 2 sizes = [1] : tensor<100xf32>, tensor<8x16xi32> to tensor<8x16xf32>
  %1 = array.mul %0, %v : tensor<8x16xf32>
  %2 = array.reduce add %1 init %z dims = [1] : tensor<8x16xf32>, tensor<f32> to tensor<8xf32>
  return %2 : tensor<8xf32>
}

// A table that is also read in place is not made by the kernel that looks things up in it.
// CHECK-LABEL: func.func @own_table(
// CHECK-SAME:  %[[ARG0:.*]]: tensor<8x16xf32>, %[[ARG1:.*]]: tensor<8xi32>, %[[ARG2:.*]]: tensor<f32>) -> (tensor<8xf32>, tensor<8xf32>) {
// CHECK-NEXT:    %[[VAL_0:.*]] = array.fusion(%[[ARG3:.*]] = %[[ARG0]] : tensor<8x16xf32>, %[[ARG4:.*]] = %[[ARG2]] : tensor<f32>) kind = "reduce" -> tensor<8xf32> {
// CHECK-NEXT:      %[[VAL_1:.*]] = array.reduce add %[[ARG3]] init %[[ARG4]] dims = [1] {order = #array.order<canonical>} : tensor<8x16xf32>, tensor<f32> to tensor<8xf32>
// CHECK-NEXT:      array.yield %[[VAL_1]] : tensor<8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    %[[VAL_2:.*]] = array.fusion(%[[ARG3:.*]] = %[[VAL_0]] : tensor<8xf32>, %[[ARG4:.*]] = %[[ARG1]] : tensor<8xi32>) kind = "loop" -> tensor<8xf32> {
// CHECK-NEXT:      %[[VAL_1:.*]] = array.gather %[[ARG3]], %[[ARG4]] collapsed = [0] map = [0] vector = 1 sizes = [1] : tensor<8xf32>, tensor<8xi32> to tensor<8xf32>
// CHECK-NEXT:      %[[VAL_3:.*]] = array.sub %[[VAL_1]], %[[ARG3]] : tensor<8xf32>
// CHECK-NEXT:      array.yield %[[VAL_3]] : tensor<8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return %[[VAL_0]], %[[VAL_2]] : tensor<8xf32>, tensor<8xf32>
func.func @own_table(%x: tensor<8x16xf32>, %i: tensor<8xi32>, %z: tensor<f32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %s = array.reduce add %x init %z dims = [1] : tensor<8x16xf32>, tensor<f32> to tensor<8xf32>
  %0 = array.gather %s, %i collapsed = [0] map = [0] vector = 1 sizes = [1] : tensor<8xf32>, tensor<8xi32> to tensor<8xf32>
  %1 = array.sub %0, %s : tensor<8xf32>
  return %s, %1 : tensor<8xf32>, tensor<8xf32>
}
