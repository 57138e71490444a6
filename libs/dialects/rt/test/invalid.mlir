// What the verifier and the parser say about wrong ops of rt.
// RUN: bud-opt %s --split-input-file --verify-diagnostics --verify-each -o %t

// Kernels are private functions of buffers.
// expected-error @below {{expected inputs >= 0, got -1}}
func.func @k() attributes {rt.kernel = #rt.kernel<inputs = -1, outputs = 0>} {
  return
}

// -----

// The called function is a kernel.
// expected-note @below {{defined here}}
func.func @k(%a: memref<4xf32>) {
  return
}
func.func @f(%m: memref<4xf32>) {
  // expected-error @below {{'rt.call_kernel' op calls @k, which is not a kernel: it lacks 'rt.kernel = #rt.kernel<inputs = .., outputs = ..>'}}
  rt.call_kernel @k ins(%m : memref<4xf32>)
  return
}

// -----

// The kernel is there.
func.func @f(%m: memref<4xf32>) {
  // expected-error @below {{'rt.call_kernel' op calls @nowhere, which is not defined}}
  rt.call_kernel @nowhere ins(%m : memref<4xf32>)
  return
}

// -----

// Arguments fit.
// expected-note @below {{defined here}}
func.func private @k(%a: memref<4xf32>) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 0>} {
  return
}
func.func @f(%m: memref<5xf32>) {
  // expected-error @below {{'rt.call_kernel' op passes memref<5xf32> as input 0 of @k, which takes memref<4xf32>}}
  rt.call_kernel @k ins(%m : memref<5xf32>)
  return
}
