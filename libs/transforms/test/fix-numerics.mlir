// RUN: bud-opt %s --fix-numerics=mode=default | bud-filecheck %s
// RUN: bud-opt %s --fix-numerics=mode=strict | bud-filecheck %s --check-prefix=STRICT
// RUN: bud-opt %s '--pass-pipeline=builtin.module(fix-numerics{mode=default target=wasm32-simd128})' | bud-filecheck %s --check-prefix=NOFMA

// The mode is left in the module; a product is contracted into a sum where mode and target allow it.
// STRICT: module attributes {budflow.numerics = "strict"}
// STRICT-NOT: array.fma
// NOFMA-NOT: array.fma {{.*}}relaxed

// CHECK-LABEL: func.func @multiply_add(
// CHECK-SAME:  %[[ARG0:.*]]: tensor<8xf32>, %[[ARG1:.*]]: tensor<8xf32>, %[[ARG2:.*]]: tensor<8xf32>) -> tensor<8xf32> {
// CHECK-NEXT:    %[[VAL_0:.*]] = array.fma %[[ARG0]], %[[ARG1]], %[[ARG2]] {kind = "relaxed"} : tensor<8xf32>
// CHECK-NEXT:    return %[[VAL_0]] : tensor<8xf32>
func.func @multiply_add(%a: tensor<8xf32>, %b: tensor<8xf32>, %c: tensor<8xf32>) -> tensor<8xf32> {
  %0 = array.mul %a, %b : tensor<8xf32>
  %1 = array.add %0, %c : tensor<8xf32>
  return %1 : tensor<8xf32>
}

// A sum gets an order; a maximum needs none.
// CHECK-LABEL: func.func @sum(
// CHECK-SAME:  %[[ARG0:.*]]: tensor<4x8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
// CHECK-NEXT:    %[[CST:.*]] = array.constant dense<0.000000e+00> : tensor<f32>
// CHECK-NEXT:    %[[CST_0:.*]] = array.constant dense<0xFF800000> : tensor<f32>
// CHECK-NEXT:    %[[VAL_0:.*]] = array.reduce add %[[ARG0]] init %[[CST]] dims = [1] {order = #array.order<canonical>} : tensor<4x8xf32>, tensor<f32> to tensor<4xf32>
// CHECK-NEXT:    %[[VAL_1:.*]] = array.reduce max %[[ARG0]] init %[[CST_0]] dims = [1] {order = #array.order<canonical>} : tensor<4x8xf32>, tensor<f32> to tensor<4xf32>
// CHECK-NEXT:    return %[[VAL_0]], %[[VAL_1]] : tensor<4xf32>, tensor<4xf32>
func.func @sum(%x: tensor<4x8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = array.constant dense<0.0> : tensor<f32>
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %0 = array.reduce add %x init %zero dims = [1] : tensor<4x8xf32>, tensor<f32> to tensor<4xf32>
  %1 = array.reduce max %x init %low dims = [1] : tensor<4x8xf32>, tensor<f32> to tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
