// What the verifier and the parser say about wrong ops of simd.
// RUN: bud-opt %s --split-input-file --verify-diagnostics --verify-each -o %t

// An index for each dimension.
func.func @f(%v: vector<4xf32>, %m: memref<?x?xf32>, %i: index, %k: vector<4xi1>, %o: vector<4xi32>, %s: f32) {
  // expected-error @below {{'simd.load' op expects 2 indices for memref<?x?xf32>, got 1}}
  %r = simd.load %m[%i] : memref<?x?xf32>, vector<4xf32>
  return
}

// -----

// Vectors hold what the memory holds.
func.func @f(%v: vector<4xf32>, %m: memref<?x?xf32>, %i: index, %k: vector<4xi1>, %o: vector<4xi32>, %s: f32) {
  // expected-error @below {{'simd.load' op expects a vector of f32, the element type of memref<?x?xf32>, got vector<4xf64>}}
  %r = simd.load %m[%i, %i] : memref<?x?xf32>, vector<4xf64>
  return
}

// -----

// Alignments are powers of two.
func.func @f(%v: vector<4xf32>, %m: memref<?x?xf32>, %i: index, %k: vector<4xi1>, %o: vector<4xi32>, %s: f32) {
  // expected-error @below {{'simd.store' op expects an alignment that is a power of two (in bytes), got 12}}
  simd.store %v, %m[%i, %i] {alignment = 12 : i64} : memref<?x?xf32>, vector<4xf32>
  return
}

// -----

// Vectors have one dimension.
func.func @f(%v: vector<4xf32>, %m: memref<?x?xf32>, %i: index, %k: vector<4xi1>, %o: vector<4xi32>, %s: f32) {
  // expected-error @below {{'simd.load' op result #0 must be one-dimensional vector of fixed size of integers, indices or floats, but got 'vector<2x2xf32>'}}
  %r = simd.load %m[%i, %i] : memref<?x?xf32>, vector<2x2xf32>
  return
}

// -----

// Strides along dimensions that there are.
func.func @f(%v: vector<4xf32>, %m: memref<?x?xf32>, %i: index, %k: vector<4xi1>, %o: vector<4xi32>, %s: f32) {
  // expected-error @below {{'simd.strided_load' op expects a dimension from 0 to 1 of memref<?x?xf32>, got 2}}
  %r = simd.strided_load %m[%i, %i] stride 2 dim 2 : memref<?x?xf32>, vector<4xf32>
  return
}

// -----

// An offset for each lane.
func.func @f(%v: vector<4xf32>, %m: memref<?x?xf32>, %i: index, %k: vector<4xi1>, %o: vector<4xi32>, %s: f32) {
  // expected-error @below {{'simd.gather' op expects 8 offsets, one for each lane, got 4}}
  %r = simd.gather %m[%i, %i] [%o] : memref<?x?xf32>, vector<4xi32>, vector<8xf32>
  return
}

// -----

// Lanes that there are.
func.func @f(%v: vector<4xf32>, %m: memref<?x?xf32>, %i: index, %k: vector<4xi1>, %o: vector<4xi32>, %s: f32) {
  // expected-error @below {{'simd.extract' op expects a lane from 0 to 3, got 4}}
  %r = simd.extract %v[4] : vector<4xf32>
  return
}

// -----

func.func @f(%v: vector<4xf32>, %m: memref<?x?xf32>, %i: index, %k: vector<4xi1>, %o: vector<4xi32>, %s: f32) {
  // expected-error @below {{'simd.insert' op expects a lane from 0 to 3, got -1}}
  %r = simd.insert %s, %v[-1] : vector<4xf32>
  return
}

// -----

func.func @f(%v: vector<4xf32>, %m: memref<?x?xf32>, %i: index, %k: vector<4xi1>, %o: vector<4xi32>, %s: f32) {
  // expected-error @below {{'simd.shuffle' op expects lanes from 0 to 7, got 8}}
  %r = simd.shuffle %v, %v [0, 8] : vector<4xf32>
  return
}

// -----

// A number is no vector.
func.func @f(%v: vector<4xf32>, %m: memref<?x?xf32>, %i: index, %k: vector<4xi1>, %o: vector<4xi32>, %s: f32) {
  // expected-error @below {{expected a one-dimensional vector of fixed size of integers, indices or floats, got f32}}
  %r = simd.extract %s[1] : f32
  return
}
