// What the verifier and the parser say about wrong ops of array.
// RUN: bud-opt %s --split-input-file --verify-diagnostics --verify-each -o %t

// Operands are tensors of numbers.
func.func @f(%x: f32) {
  // expected-error @below {{'array.neg' op operand #0 must be ranked tensor of floating-point, complex, integer (not i1) or index values, but got 'f32'}}
  // expected-error @below {{'array.neg' op result #0 must be ranked tensor of floating-point, complex, integer (not i1) or index values, but got 'f32'}}
  %r = array.neg %x : f32
  return
}

// -----

func.func @f(%x: tensor<4xi1>) {
  // expected-error @below {{'array.add' op operand #0 must be ranked tensor of floating-point, complex, integer (not i1) or index values, but got 'tensor<4xi1>'}}
  // expected-error @below {{'array.add' op operand #1 must be ranked tensor of floating-point, complex, integer (not i1) or index values, but got 'tensor<4xi1>'}}
  // expected-error @below {{'array.add' op result #0 must be ranked tensor of floating-point, complex, integer (not i1) or index values, but got 'tensor<4xi1>'}}
  %r = array.add %x, %x : tensor<4xi1>
  return
}

// -----

func.func @f(%x: tensor<4xf32>) {
  // expected-error @below {{'array.xor' op operand #0 must be ranked tensor of integer or index values, but got 'tensor<4xf32>'}}
  // expected-error @below {{'array.xor' op operand #1 must be ranked tensor of integer or index values, but got 'tensor<4xf32>'}}
  // expected-error @below {{'array.xor' op result #0 must be ranked tensor of integer or index values, but got 'tensor<4xf32>'}}
  %r = array.xor %x, %x : tensor<4xf32>
  return
}

// -----

func.func @f(%x: tensor<4xi32>) {
  // expected-error @below {{'array.exp' op operand #0 must be ranked tensor of floating-point or complex values, but got 'tensor<4xi32>'}}
  // expected-error @below {{'array.exp' op result #0 must be ranked tensor of floating-point or complex values, but got 'tensor<4xi32>'}}
  %r = array.exp %x : tensor<4xi32>
  return
}

// -----

// Elementwise ops have one type.
func.func @f(%x: tensor<4xf32>, %y: tensor<5xf32>) {
  // expected-error @below {{'array.add' op requires all operands to have one type, got tensor<4xf32> and tensor<5xf32> (operand #1)}}
  %r = "array.add"(%x, %y) : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @f(%x: tensor<4xf32>) {
  // expected-error @below {{'array.neg' op requires result of type tensor<4xf32>, got tensor<5xf32>}}
  %r = "array.neg"(%x) : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

// Predicates are those of arrays.
func.func @f(%x: tensor<4xf32>) {
  // expected-error @below {{expected one of eq, ne, lt, le, gt, ge, got 'slt'}}
  %r = array.cmp slt, %x, %x : tensor<4xf32>
  return
}

// -----

// A condition for each element.
func.func @f(%c: tensor<5xi1>, %x: tensor<4xf32>) {
  // expected-error @below {{'array.select' op requires a condition of type tensor<4xi1> for values of type tensor<4xf32>, got tensor<5xi1>}}
  %r = "array.select"(%c, %x, %x) : (tensor<5xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// Casts keep the shape.
func.func @f(%x: tensor<4xf32>) {
  // expected-error @below {{'array.cast' op requires operand and result of one shape, got tensor<4xf32> and tensor<5xi32>}}
  %r = array.cast %x : tensor<4xf32> to tensor<5xi32>
  return
}

// -----

// Sizes for dynamic dimensions, no others.
func.func @f() {
  // expected-error @below {{'array.full' op requires 1 size operand (one for each dynamic dimension of the result), got 0}}
  %r = array.full 1.0 : f32, tensor<4x?xf32>
  return
}

// -----

func.func @f(%n: index) {
  // expected-error @below {{'array.iota' op requires 0 size operands (one for each dynamic dimension of the result), got 1}}
  %r = array.iota dim = 0 : tensor<4xi32> (%n)
  return
}

// -----

// A permutation has every dimension once.
func.func @f(%x: tensor<4x8xf32>) {
  // expected-error @below {{'array.transpose' op requires 'perm' to name each dimension once, got 0 twice}}
  %r = array.transpose %x perm = [0, 0] : tensor<4x8xf32> to tensor<4x4xf32>
  return
}

// -----

// Reshapes keep the number of elements.
func.func @f(%x: tensor<4x8xf32>) {
  // expected-error @below {{'array.reshape' op requires equal numbers of elements, got tensor<4x8xf32> (32) and tensor<31xf32> (31)}}
  %r = array.reshape %x : tensor<4x8xf32> to tensor<31xf32>
  return
}

// -----

// Reductions are over dimensions that there are.
func.func @f(%x: tensor<4xf32>, %z: tensor<f32>) {
  // expected-error @below {{'array.reduce' op requires 'dims' to name dimensions of the operand tensor<4xf32> (0 to 0), got 1}}
  %r = array.reduce add %x init %z dims = [1] : tensor<4xf32>, tensor<f32> to tensor<4xf32>
  return
}

// -----

// Broadcasts say where the dimensions go.
func.func @f(%x: tensor<4xf32>) {
  // expected-error @below {{'array.broadcast' op requires 'dims' to name dimensions of the result tensor<5xf32> (0 to 0), got 1}}
  %r = array.broadcast %x dims = [1] : tensor<4xf32> to tensor<5xf32>
  return
}

// -----

// What is compared is of one element type.
func.func @f(%x: tensor<4xf32>, %y: tensor<4xf64>) {
  // expected-error @below {{'array.expect' op requires two arrays of the same element type, got f32 and f64}}
  array.expect equal %x, %y : tensor<4xf32>, tensor<4xf64>
  return
}

// -----

// A tolerance is a distance.
func.func @f(%x: tensor<4xf32>) {
  // expected-error @below {{'array.expect' op requires a finite tolerance of at least 0, got -1}}
  array.expect tolerance %x, %x {tolerance = -1.0 : f64} : tensor<4xf32>, tensor<4xf32>
  return
}

// -----

// Bounds have an order.
func.func @f(%x: tensor<4xf32>) {
  // expected-error @below {{'array.expect' op requires 0 <= min_ulps <= max_ulps, got 3 and 2}}
  array.expect ulps %x, %x {max_ulps = 2 : i64, min_ulps = 3 : i64} : tensor<4xf32>, tensor<4xf32>
  return
}
