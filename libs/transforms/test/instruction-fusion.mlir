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
