// What the verifier and the parser say about wrong ops of loop.
// RUN: bud-opt %s --split-input-file --verify-diagnostics --verify-each -o %t

// Bounds are values of type index.
// expected-note @below {{defined here}}
func.func @f(%n: i32) {
  // expected-error @below {{'%n' is used as index, but has type i32}}
  loop.for %i = 0 to %n {
  }
  return
}

// -----

// Steps go forward.
func.func @f() {
  // expected-error @below {{expected a step of at least 1, got 0}}
  loop.for %i = 0 to 8 step 0 {
  }
  return
}

// -----

// What a loop carries is yielded, with its type.
func.func @f(%x: f32) {
  // expected-error @below {{'loop.for' op expects loop.yield to pass 1 values, got 0}}
  %r = loop.for %i = 0 to 8 iter_args(%a = %x) -> (f32) {
    // expected-note @below {{yielded here}}
    loop.yield
  }
  return
}

// -----

func.func @f(%x: f32, %y: f64) {
  // expected-error @below {{'loop.for' op expects loop.yield to pass f32 as value 0, got f64}}
  %r = loop.for %i = 0 to 8 iter_args(%a = %x) -> (f32) {
    // expected-note @below {{yielded here}}
    loop.yield %y : f64
  }
  return
}

// -----

// Maps take as many operands as they have dimensions.
func.func @f(%i: index) {
  // expected-error @below {{the map takes 2 dimension and 0 symbol operands, got 1 and 0}}
  %0 = loop.apply affine_map<(d0, d1) -> (d0 + d1)>(%i)
  return
}

// -----

// One result.
func.func @f(%i: index) {
  // expected-error @below {{'loop.apply' op expects a map of one result, got 2}}
  %0 = loop.apply affine_map<(d0) -> (d0, d0)>(%i)
  return
}

// -----

// Conditions are truth values.
// expected-note @below {{defined here}}
func.func @f(%c: i32) {
  // expected-error @below {{'%c' is used as i1, but has type i32}}
  loop.if %c {
  }
  return
}

// -----

// An if with results has two sides.
func.func @f(%c: i1, %x: f32) {
  // expected-error @below {{'loop.if' op expects an else region because it has results: add 'else { loop.yield ... }'}}
  %0 = loop.if %c -> (f32) {
    loop.yield %x : f32
  }
  return
}
