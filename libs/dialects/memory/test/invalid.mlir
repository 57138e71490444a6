// What the verifier and the parser say about wrong ops of memory.
// RUN: bud-opt %s --split-input-file --verify-diagnostics --verify-each -o %t

// An index for each dimension.
func.func @f(%m: memref<4x4xf32>, %i: index) {
  // expected-error @below {{'memory.load' op expects 2 indices for memref<4x4xf32>, got 1}}
  %v = memory.load %m[%i] : memref<4x4xf32>
  return
}

// -----

func.func @f(%m: memref<4xf32>, %i: index, %x: f32) {
  // expected-error @below {{'memory.store' op expects 1 indices for memref<4xf32>, got 2}}
  memory.store %x, %m[%i, %i] : memref<4xf32>
  return
}

// -----

// Alignments are powers of two.
func.func @f(%m: memref<4xf32>, %i: index) {
  // expected-error @below {{'memory.load' op expects an alignment that is a power of two (in bytes), got 12}}
  %v = memory.load %m[%i] {alignment = 12 : i64} : memref<4xf32>
  return
}

// -----

// Values are of the element type.
func.func @f(%m: memref<4xf32>, %i: index, %x: f64) {
  // expected-error @below {{'memory.store' op requires value of type f32 to go with memref of type memref<4xf32>, got f64}}
  "memory.store"(%x, %m, %i) : (f64, memref<4xf32>, index) -> ()
  return
}

// -----

// A size for each dynamic dimension.
func.func @f(%n: index) {
  // expected-error @below {{'memory.alloc' op expects 0 sizes, one for each '?' of memref<4xf32>, got 1}}
  %m = memory.alloc(%n) : memref<4xf32>
  return
}

// -----

func.func @f() {
  // expected-error @below {{'memory.alloca' op expects 1 sizes, one for each '?' of memref<?xf32>, got 0}}
  %m = memory.alloca() : memref<?xf32>
  return
}

// -----

// Arenas have one size.
func.func @f() {
  // expected-error @below {{'memory.arena' op expects either the attribute 'bytes' or a size operand}}
  %m = memory.arena : memref<?xi8>
  return
}

// -----

func.func @f() {
  // expected-error @below {{'memory.arena' op expects 'bytes' not to be negative, got -4}}
  %m = memory.arena {bytes = -4 : i64} : memref<?xi8>
  return
}

// -----

// Dimensions that there are.
func.func @f(%m: memref<4xf32>) {
  // expected-error @below {{'memory.dim' op expects a dimension from 0 to 0 of memref<4xf32>, got 1}}
  %d = memory.dim %m, 1 : memref<4xf32>
  return
}

// -----

// Casts do not change sizes.
func.func @f(%m: memref<4xf32>) {
  // expected-error @below {{'memory.cast' op cannot cast memref<4xf32> to memref<5xf32>: sizes 4 and 5 of dimension 0 differ}}
  %d = memory.cast %m : memref<4xf32> to memref<5xf32>
  return
}
