// RUN: bud-opt %s --fix-numerics --instruction-fusion --collapse-dims | bud-filecheck %s

// Two dimensions that are walked together become one.
// CHECK-LABEL: func.func @elementwise(
// CHECK-SAME:  %[[ARG0:.*]]: tensor<100x3xf32>, %[[ARG1:.*]]: tensor<100x3xf32>) -> tensor<100x3xf32> {
// CHECK-NEXT:    %[[VAL_0:.*]] = array.reshape %[[ARG0]] : tensor<100x3xf32> to tensor<300xf32>
// CHECK-NEXT:    %[[VAL_1:.*]] = array.reshape %[[ARG1]] : tensor<100x3xf32> to tensor<300xf32>
// CHECK-NEXT:    %[[VAL_2:.*]] = array.fusion(%[[ARG2:.*]] = %[[VAL_0]] : tensor<300xf32>, %[[ARG3:.*]] = %[[VAL_1]] : tensor<300xf32>) kind = "loop" -> tensor<300xf32> {
// CHECK-NEXT:      %[[VAL_3:.*]] = array.sub %[[ARG2]], %[[ARG3]] : tensor<300xf32>
// CHECK-NEXT:      array.yield %[[VAL_3]] : tensor<300xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    %[[VAL_4:.*]] = array.reshape %[[VAL_2]] : tensor<300xf32> to tensor<100x3xf32>
// CHECK-NEXT:    return %[[VAL_4]] : tensor<100x3xf32>
func.func @elementwise(%x: tensor<100x3xf32>, %y: tensor<100x3xf32>) -> tensor<100x3xf32> {
  %0 = array.sub %x, %y : tensor<100x3xf32>
  return %0 : tensor<100x3xf32>
}

// A transposition walks them in two ways: they stay two.
// CHECK-LABEL: func.func @transposed(
// CHECK-SAME:  %[[ARG0:.*]]: tensor<100x3xf32>, %[[ARG1:.*]]: tensor<3x100xf32>) -> tensor<3x100xf32> {
// CHECK-NEXT:    %[[VAL_0:.*]] = array.fusion(%[[ARG2:.*]] = %[[ARG0]] : tensor<100x3xf32>, %[[ARG3:.*]] = %[[ARG1]] : tensor<3x100xf32>) kind = "loop" -> tensor<3x100xf32> {
// CHECK-NEXT:      %[[VAL_1:.*]] = array.transpose %[[ARG2]] perm = [1, 0] : tensor<100x3xf32> to tensor<3x100xf32>
// CHECK-NEXT:      %[[VAL_2:.*]] = array.sub %[[VAL_1]], %[[ARG3]] : tensor<3x100xf32>
// CHECK-NEXT:      array.yield %[[VAL_2]] : tensor<3x100xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    return %[[VAL_0]] : tensor<3x100xf32>
func.func @transposed(%x: tensor<100x3xf32>, %y: tensor<3x100xf32>) -> tensor<3x100xf32> {
  %0 = array.transpose %x perm = [1, 0] : tensor<100x3xf32> to tensor<3x100xf32>
  %1 = array.sub %0, %y : tensor<3x100xf32>
  return %1 : tensor<3x100xf32>
}
