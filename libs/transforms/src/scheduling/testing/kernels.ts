// Kernels in the form array-to-loop leaves them, for the tests of the primitives.

/** c = (a + b) * 2, one dimension. Sizes: n, n, n. */
export const ADD = `func.func @f(%a: memref<?xf32>, %b: memref<?xf32>, %c: memref<?xf32>) {
  %n = memory.dim %a, 0 : memref<?xf32>
  %two = arith.constant 2.0 : f32
  loop.for %i = 0 to %n name "add.d0" {
    %x = memory.load %a[%i] : memref<?xf32>
    %y = memory.load %b[%i] : memref<?xf32>
    %s = arith.addf %x, %y : f32
    %t = arith.mulf %s, %two : f32
    memory.store %t, %c[%i] : memref<?xf32>
  }
  return
}`;

/** c[i, j] = a[i, j] * b[j] + a[j', i'] ... with a transposed operand. Sizes: m, n, n, n, m, m, n. */
export const MIXED = `func.func @f(%a: memref<?x?xf32>, %b: memref<?xf32>, %t: memref<?x?xf32>, %c: memref<?x?xf32>) {
  %m = memory.dim %c, 0 : memref<?x?xf32>
  %n = memory.dim %c, 1 : memref<?x?xf32>
  loop.for %i = 0 to %m name "mix.d0" {
    loop.for %j = 0 to %n name "mix.d1" {
      %x = memory.load %a[%i, %j] : memref<?x?xf32>
      %y = memory.load %b[%j] : memref<?xf32>
      %z = memory.load %t[%j, %i] : memref<?x?xf32>
      %p = arith.mulf %x, %y : f32
      %s = arith.addf %p, %z : f32
      memory.store %s, %c[%i, %j] : memref<?x?xf32>
    }
  }
  return
}`;
export const mixedSizes = (m: number, n: number): number[] => [m, n, n, n, m, m, n];

/** c = a b with a private accumulator. Sizes: m, k, k, n, m, n. */
export const MATMUL = `func.func @f(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) {
  %m = memory.dim %c, 0 : memref<?x?xf32>
  %n = memory.dim %c, 1 : memref<?x?xf32>
  %k = memory.dim %a, 1 : memref<?x?xf32>
  %zero = arith.constant 0.0 : f32
  loop.for %i = 0 to %m name "mm.d0" {
    loop.for %j = 0 to %n name "mm.d1" {
      %acc = memory.alloca() : memref<f32>
      memory.store %zero, %acc[] : memref<f32>
      loop.for %p = 0 to %k name "mm.r0" {
        %x = memory.load %a[%i, %p] : memref<?x?xf32>
        %y = memory.load %b[%p, %j] : memref<?x?xf32>
        %z = memory.load %acc[] : memref<f32>
        %q = arith.mulf %x, %y : f32
        %s = arith.addf %z, %q : f32
        memory.store %s, %acc[] : memref<f32>
      }
      %t = memory.load %acc[] : memref<f32>
      memory.store %t, %c[%i, %j] : memref<?x?xf32>
    }
  }
  return
}`;
export const matmulSizes = (m: number, n: number, k: number): number[] => [m, k, k, n, m, n];

/** Softmax of rows: max, exp (materialised), sum, div as four root nests. Sizes: m, n, m, n. */
export const SOFTMAX = `func.func @f(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  %m = memory.dim %x, 0 : memref<?x?xf32>
  %n = memory.dim %x, 1 : memref<?x?xf32>
  %low = arith.constant 0xFF800000 : f32
  %zero = arith.constant -0.0 : f32
  %max = memory.alloca(%m) : memref<?xf32>
  %e = memory.alloca(%m, %n) : memref<?x?xf32>
  %sum = memory.alloca(%m) : memref<?xf32>
  loop.for %i = 0 to %m name "max.d0" {
    %acc = memory.alloca() : memref<f32>
    memory.store %low, %acc[] : memref<f32>
    loop.for %j = 0 to %n name "max.r0" {
      %v = memory.load %x[%i, %j] : memref<?x?xf32>
      %o = memory.load %acc[] : memref<f32>
      %r = arith.maximumf %o, %v : f32
      memory.store %r, %acc[] : memref<f32>
    }
    %t = memory.load %acc[] : memref<f32>
    memory.store %t, %max[%i] : memref<?xf32>
  }
  %m1 = memory.dim %x, 0 : memref<?x?xf32>
  loop.for %i = 0 to %m1 name "exp.d0" {
    %n1 = memory.dim %e, 1 : memref<?x?xf32>
    loop.for %j = 0 to %n1 name "exp.d1" {
      %v = memory.load %x[%i, %j] : memref<?x?xf32>
      %o = memory.load %max[%i] : memref<?xf32>
      %s = arith.subf %v, %o : f32
      %r = math.exp %s : f32
      memory.store %r, %e[%i, %j] : memref<?x?xf32>
    }
  }
  loop.for %i = 0 to %m name "sum.d0" {
    %acc = memory.alloca() : memref<f32>
    memory.store %zero, %acc[] : memref<f32>
    loop.for %j = 0 to %n name "sum.r0" {
      %v = memory.load %e[%i, %j] : memref<?x?xf32>
      %o = memory.load %acc[] : memref<f32>
      %r = arith.addf %o, %v : f32
      memory.store %r, %acc[] : memref<f32>
    }
    %t = memory.load %acc[] : memref<f32>
    memory.store %t, %sum[%i] : memref<?xf32>
  }
  loop.for %i = 0 to %m name "div.d0" {
    loop.for %j = 0 to %n name "div.d1" {
      %v = memory.load %e[%i, %j] : memref<?x?xf32>
      %o = memory.load %sum[%i] : memref<?xf32>
      %r = arith.divf %v, %o : f32
      memory.store %r, %y[%i, %j] : memref<?x?xf32>
    }
  }
  return
}`;
export const softmaxSizes = (m: number, n: number): number[] => [m, n, m, n];

/** Sum of each row in 4 lanes with a tail, lanes combined in halves. Sizes: m, n, m. */
export const LANES_SUM = `func.func @f(%x: memref<?x?xf32>, %y: memref<?xf32>) {
  %m = memory.dim %x, 0 : memref<?x?xf32>
  %n = memory.dim %x, 1 : memref<?x?xf32>
  %zero = arith.constant -0.0 : f32
  %c0 = arith.constant 0 : index
  loop.for %i = 0 to %m name "sum.d0" {
    %acc = memory.alloca() : memref<4xf32>
    loop.for %l = 0 to 4 name "sum.i" {
      memory.store %zero, %acc[%l] : memref<4xf32>
    }
    loop.for %o = 0 to affine_map<()[s0] -> (s0 floordiv 4)>()[%n] name "sum.r0" {
      loop.for %l = 0 to 4 name "sum.l" {
        %at = loop.apply affine_map<(d0, d1) -> (d0 * 4 + d1)>(%o, %l)
        %v = memory.load %x[%i, %at] : memref<?x?xf32>
        %p = memory.load %acc[%l] : memref<4xf32>
        %s = arith.addf %p, %v : f32
        memory.store %s, %acc[%l] : memref<4xf32>
      }
    }
    loop.for %l = 0 to affine_map<()[s0] -> (s0 mod 4)>()[%n] name "sum.t" {
      %at = loop.apply affine_map<(d0)[s0] -> ((s0 floordiv 4) * 4 + d0)>(%l)[%n]
      %v = memory.load %x[%i, %at] : memref<?x?xf32>
      %p = memory.load %acc[%l] : memref<4xf32>
      %s = arith.addf %p, %v : f32
      memory.store %s, %acc[%l] : memref<4xf32>
    }
    %v = simd.load %acc[%c0] : memref<4xf32>, vector<4xf32>
    %t = simd.reduce_add %v : vector<4xf32>
    memory.store %t, %y[%i] : memref<?xf32>
  }
  return
}`;
export const sumSizes = (m: number, n: number): number[] => [m, n, m];

/** c[i, j] = flat[8 i + j] through a reshape written with quotients and remainders. Sizes: m, m. */
export const RESHAPE = `func.func @f(%a: memref<?x4xf32>, %c: memref<?x8xf32>) {
  %m = memory.dim %c, 0 : memref<?x8xf32>
  loop.for %i = 0 to %m name "re.d0" {
    loop.for %j = 0 to 8 name "re.d1" {
      %r = loop.apply affine_map<(d0, d1) -> ((d0 * 8 + d1) floordiv 4)>(%i, %j)
      %q = loop.apply affine_map<(d0, d1) -> ((d0 * 8 + d1) mod 4)>(%i, %j)
      %x = memory.load %a[%r, %q] : memref<?x4xf32>
      %y = arith.negf %x : f32
      memory.store %y, %c[%i, %j] : memref<?x8xf32>
    }
  }
  return
}`;

/** In place wavefront: a[i, j] = a[i - 1, j + 1] + 1, whose distances are (1, -1). Sizes: m, n. */
export const WAVEFRONT = `func.func @f(%a: memref<?x?xf32>) {
  %m = memory.dim %a, 0 : memref<?x?xf32>
  %n = memory.dim %a, 1 : memref<?x?xf32>
  %one = arith.constant 1.0 : f32
  loop.for %i = 1 to %m name "wave.d0" {
    loop.for %j = 0 to affine_map<()[s0] -> (s0 - 1)>()[%n] name "wave.d1" {
      %p = loop.apply affine_map<(d0) -> (d0 - 1)>(%i)
      %q = loop.apply affine_map<(d0) -> (d0 + 1)>(%j)
      %x = memory.load %a[%p, %q] : memref<?x?xf32>
      %y = arith.addf %x, %one : f32
      memory.store %y, %a[%i, %j] : memref<?x?xf32>
    }
  }
  return
}`;

/** In place shift: a[i] = a[i + 1] + b[i], whose dependence runs from the load to the store. Sizes: n + 1, n. */
export const SHIFT = `func.func @f(%a: memref<?xf32>, %b: memref<?xf32>) {
  %n = memory.dim %b, 0 : memref<?xf32>
  loop.for %i = 0 to %n name "shift.d0" {
    %next = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
    %x = memory.load %a[%next] : memref<?xf32>
    %y = memory.load %b[%i] : memref<?xf32>
    %s = arith.addf %x, %y : f32
    memory.store %s, %a[%i] : memref<?xf32>
  }
  return
}`;
