// Programs with loops, branches and calls, each with arguments that make it take every path it has.
import type { TestArgument } from './differential.js';

export interface ControlFlowProgram {
  readonly name: string;
  readonly text: string;
  readonly args: readonly (readonly TestArgument[])[];
}

const vector = (n: number, f: (i: number) => number = (i) => Math.fround(Math.sin(i * 1.7) * 3)): TestArgument => ({
  shape: [n],
  data: Float32Array.from({ length: n }, (_, i) => f(i)),
});
const grid = (n: number, m: number): TestArgument => ({
  shape: [n, m],
  data: Float32Array.from({ length: n * m }, (_, i) => Math.fround(Math.cos(i * 0.7))),
});
const scalar = (x: number): TestArgument => ({ shape: [], data: Float32Array.of(x) });

/** Heat equation over time: a stencil needs the old values, so that two buffers change places. */
const HEAT = `func.func @main(%u: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %k = array.constant dense<0.1> : tensor<f32>
  %r = loop.for %t = 0 to %n iter_args(%a = %u) -> (tensor<?xf32>) {
    %p = array.pad %a low = [1] high = [1] value 0.0 : f32 : tensor<?xf32> to tensor<?xf32>
    %len = array.dim %a, 0 : tensor<?xf32>
    %l = array.slice %p [2:?:1] : tensor<?xf32> to tensor<?xf32>
    %sum = array.add %l, %a : tensor<?xf32>
    %kb = array.broadcast %k dims = [] sizes(%len) : tensor<f32> to tensor<?xf32>
    %d = array.mul %sum, %kb : tensor<?xf32>
    loop.yield %d : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}`;

const STATIC_HEAT = `func.func @main(%u: tensor<6x9xf32>, %n: index) -> tensor<6x9xf32> {
  %k = array.constant dense<0.2> : tensor<4x7xf32>
  %r = loop.for %t = 0 to %n iter_args(%a = %u) -> (tensor<6x9xf32>) {
    %c = array.slice %a [1:5:1, 1:8:1] : tensor<6x9xf32> to tensor<4x7xf32>
    %n0 = array.slice %a [0:4:1, 1:8:1] : tensor<6x9xf32> to tensor<4x7xf32>
    %s0 = array.slice %a [2:6:1, 1:8:1] : tensor<6x9xf32> to tensor<4x7xf32>
    %x = array.add %n0, %s0 : tensor<4x7xf32>
    %y = array.sub %x, %c : tensor<4x7xf32>
    %z = array.mul %y, %k : tensor<4x7xf32>
    %w = array.add %c, %z : tensor<4x7xf32>
    %b = array.pad %w low = [1, 1] high = [1, 1] value 0.0 : f32 : tensor<4x7xf32> to tensor<6x9xf32>
    loop.yield %b : tensor<6x9xf32>
  }
  return %r : tensor<6x9xf32>
}`;

export const CONTROL_FLOW: readonly ControlFlowProgram[] = [
  {
    name: 'heat equation, static',
    text: STATIC_HEAT,
    args: [
      [grid(6, 9), 0],
      [grid(6, 9), 1],
      [grid(6, 9), 6],
    ],
  },
  {
    name: 'heat equation, dynamic',
    text: HEAT,
    args: [
      [vector(40), 0],
      [vector(40), 3],
      [vector(1), 4],
    ],
  },
  {
    name: 'in place',
    text: `func.func @main(%u: tensor<20xf32>, %n: index) -> tensor<20xf32> {
  %r = loop.for %t = 0 to %n iter_args(%a = %u) -> (tensor<20xf32>) {
    %b = array.add %a, %u : tensor<20xf32>
    loop.yield %b : tensor<20xf32>
  }
  return %r : tensor<20xf32>
}`,
    args: [
      [vector(20), 0],
      [vector(20), 5],
    ],
  },
  {
    name: 'a donated argument is where the loop works',
    text: `func.func @main(%u: tensor<20xf32> {budflow.donated}, %v: tensor<20xf32>, %n: index) -> (tensor<20xf32>, tensor<20xf32>) {
  %r:2 = loop.for %t = 0 to %n iter_args(%a = %u, %b = %v) -> (tensor<20xf32>, tensor<20xf32>) {
    %c = array.add %a, %b : tensor<20xf32>
    %d = array.reverse %b dims = [0] : tensor<20xf32>
    loop.yield %c, %d : tensor<20xf32>, tensor<20xf32>
  }
  return %r#0, %r#1 : tensor<20xf32>, tensor<20xf32>
}`,
    args: [0, 1, 5].map((n) => [vector(20), vector(20, (i) => i), n]),
  },
  {
    name: 'calls of functions that write over their argument',
    text: `func.func private @twice(%x: tensor<20xf32> {budflow.donated}) -> tensor<20xf32> attributes {no_inline} {
  %0 = array.add %x, %x : tensor<20xf32>
  return %0 : tensor<20xf32>
}
func.func @main(%u: tensor<20xf32>) -> (tensor<20xf32>, tensor<20xf32>, tensor<20xf32>) {
  %n = array.neg %u : tensor<20xf32>
  %a = func.call @twice(%u) : (tensor<20xf32>) -> tensor<20xf32>
  %b = func.call @twice(%n) : (tensor<20xf32>) -> tensor<20xf32>
  %c = array.sub %n, %a : tensor<20xf32>
  return %a, %b, %c : tensor<20xf32>, tensor<20xf32>, tensor<20xf32>
}`,
    args: [[vector(20)]],
  },
  {
    name: 'swapped values, of several types, results used outside',
    text: `func.func @main(%x: tensor<12xf32>, %y: tensor<12xf32>, %z: tensor<5xi32>, %n: index)
    -> (tensor<12xf32>, tensor<12xf32>, tensor<5xi32>, tensor<12xf32>) {
  %r:3 = loop.for %t = 1 to %n step 2 iter_args(%a = %x, %b = %y, %c = %z) -> (tensor<12xf32>, tensor<12xf32>, tensor<5xi32>) {
    %d = array.add %c, %c : tensor<5xi32>
    loop.yield %b, %a, %d : tensor<12xf32>, tensor<12xf32>, tensor<5xi32>
  }
  %s = array.sub %r#0, %r#1 : tensor<12xf32>
  return %r#0, %r#1, %r#2, %s : tensor<12xf32>, tensor<12xf32>, tensor<5xi32>, tensor<12xf32>
}`,
    args: [0, 2, 3, 6, 7].map((n) => [
      vector(12),
      vector(12, (i) => i),
      { shape: [5], data: Int32Array.of(1, 2, 3, 4, 5) },
      n,
    ]),
  },
  {
    name: 'fibonacci of arrays: one value moves to the place of the other',
    text: `func.func @main(%x: tensor<12xf32>, %y: tensor<12xf32>, %n: index) -> (tensor<12xf32>, tensor<12xf32>) {
  %r:2 = loop.for %t = 0 to %n iter_args(%a = %x, %b = %y) -> (tensor<12xf32>, tensor<12xf32>) {
    %c = array.add %a, %b : tensor<12xf32>
    loop.yield %b, %c : tensor<12xf32>, tensor<12xf32>
  }
  return %r#0, %r#1 : tensor<12xf32>, tensor<12xf32>
}`,
    args: [0, 1, 2, 7].map((n) => [vector(12), vector(12, (i) => i), n]),
  },
  {
    name: 'a value carried unchanged, one taken from outside, one yielded twice',
    text: `func.func @main(%x: tensor<12xf32>, %y: tensor<12xf32>, %n: index) -> (tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>) {
  %r:4 = loop.for %t = 0 to %n iter_args(%a = %x, %b = %y, %c = %x, %d = %y) -> (tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>) {
    %e = array.sub %b, %a : tensor<12xf32>
    loop.yield %a, %y, %e, %e : tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>
  }
  return %r#0, %r#1, %r#2, %r#3 : tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>
}`,
    args: [0, 1, 4].map((n) => [vector(12), vector(12, (i) => i), n]),
  },
  {
    name: 'newton iteration until it converges',
    text: `func.func @main(%x: tensor<30xf32>) -> (tensor<30xf32>, i32) {
  %one = array.constant dense<1.0> : tensor<30xf32>
  %half = array.constant dense<0.5> : tensor<30xf32>
  %eps = array.constant dense<1.0e-4> : tensor<f32>
  %zero = array.constant dense<0.0> : tensor<f32>
  %big = array.constant dense<1.0> : tensor<f32>
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %limit = arith.constant 50 : i32
  %r:3 = loop.while (%a = %one, %e = %big, %k = %c0) : (tensor<30xf32>, tensor<f32>, i32) -> (tensor<30xf32>, tensor<f32>, i32) {
    %more = array.cmp gt, %e, %eps : tensor<f32>
    %m = array.extract %more : tensor<i1> -> i1
    %l = arith.cmpi slt, %k, %limit : i32
    %go = arith.andi %m, %l : i1
    loop.condition(%go) %a, %e, %k : tensor<30xf32>, tensor<f32>, i32
  } do {
  ^bb0(%a: tensor<30xf32>, %e: tensor<f32>, %k: i32):
    %q = array.div %x, %a : tensor<30xf32>
    %s = array.add %a, %q : tensor<30xf32>
    %b = array.mul %s, %half : tensor<30xf32>
    %d = array.sub %b, %a : tensor<30xf32>
    %f = array.abs %d : tensor<30xf32>
    %g = array.reduce max %f init %zero dims = [0] : tensor<30xf32>, tensor<f32> to tensor<f32>
    %k1 = arith.addi %k, %c1 : i32
    loop.yield %b, %g, %k1 : tensor<30xf32>, tensor<f32>, i32
  }
  return %r#0, %r#2 : tensor<30xf32>, i32
}`,
    args: [[vector(30, (i) => i + 1)], [vector(30, () => 1)]],
  },
  {
    name: 'branches: pass through, swap, compute',
    text: `func.func @main(%x: tensor<9xf32>, %y: tensor<9xf32>, %n: index) -> (tensor<9xf32>, tensor<9xf32>) {
  %c2 = arith.constant 2 : index
  %c0 = arith.constant 0 : index
  %r:2 = loop.for %t = 0 to %n iter_args(%a = %x, %b = %y) -> (tensor<9xf32>, tensor<9xf32>) {
    %m = arith.remui %t, %c2 : index
    %even = arith.cmpi eq, %m, %c0 : index
    %s:2 = loop.if %even -> (tensor<9xf32>, tensor<9xf32>) {
      %u = array.add %a, %b : tensor<9xf32>
      loop.yield %u, %a : tensor<9xf32>, tensor<9xf32>
    } else {
      loop.yield %b, %a : tensor<9xf32>, tensor<9xf32>
    }
    loop.yield %s#0, %s#1 : tensor<9xf32>, tensor<9xf32>
  }
  return %r#0, %r#1 : tensor<9xf32>, tensor<9xf32>
}`,
    args: [0, 1, 2, 3, 6].map((n) => [vector(9), vector(9, (i) => i), n]),
  },
  {
    name: 'a branch that keeps the value or replaces it',
    text: `func.func @main(%x: tensor<9xf32>, %n: index) -> (tensor<9xf32>, f32) {
  %zero = array.constant dense<0.0> : tensor<f32>
  %limit = arith.constant 4.0 : f32
  %start = arith.constant 0.0 : f32
  %r:2 = loop.for %t = 0 to %n iter_args(%a = %x, %acc = %start) -> (tensor<9xf32>, f32) {
    %s = array.reduce add %a init %zero dims = [0] : tensor<9xf32>, tensor<f32> to tensor<f32>
    %v = array.extract %s : tensor<f32> -> f32
    %small = arith.cmpf olt, %v, %limit : f32
    %b = loop.if %small -> (tensor<9xf32>) {
      %u = array.reverse %a dims = [0] : tensor<9xf32>
      %e = array.exp %u : tensor<9xf32>
      loop.yield %e : tensor<9xf32>
    } else {
      loop.yield %a : tensor<9xf32>
    }
    %w = arith.addf %acc, %v : f32
    loop.yield %b, %w : tensor<9xf32>, f32
  }
  return %r#0, %r#1 : tensor<9xf32>, f32
}`,
    args: [0, 1, 5].map((n) => [vector(9), n]),
  },
  {
    name: 'loops in loops',
    text: `func.func @main(%x: tensor<16xf32>, %n: index, %m: index) -> tensor<16xf32> {
  %r = loop.for %i = 0 to %n iter_args(%a = %x) -> (tensor<16xf32>) {
    %b = array.sub %a, %x : tensor<16xf32>
    %s = loop.for %j = 0 to %m iter_args(%c = %a) -> (tensor<16xf32>) {
      %d = array.reverse %c dims = [0] : tensor<16xf32>
      %e = array.add %d, %b : tensor<16xf32>
      %f = array.reverse %e dims = [0] : tensor<16xf32>
      %g = array.sin %f : tensor<16xf32>
      loop.yield %g : tensor<16xf32>
    }
    %t = array.reverse %s dims = [0] : tensor<16xf32>
    %q = array.add %t, %b : tensor<16xf32>
    %z = loop.for %j = 0 to %m iter_args(%c = %q) -> (tensor<16xf32>) {
      %d = array.reverse %c dims = [0] : tensor<16xf32>
      loop.yield %d : tensor<16xf32>
    }
    loop.yield %z : tensor<16xf32>
  }
  return %r : tensor<16xf32>
}`,
    args: [
      [0, 0],
      [1, 1],
      [2, 3],
      [3, 2],
      [4, 1],
      [3, 0],
    ].map(([n, m]) => [vector(16), n!, m!]),
  },
  {
    name: 'power iteration',
    text: `func.func @main(%m: tensor<8x8xf32>, %v: tensor<8xf32>, %n: index) -> (tensor<8xf32>, f32) {
  %zero = array.constant dense<0.0> : tensor<f32>
  %one = arith.constant 1.0 : f32
  %r:2 = loop.for %t = 0 to %n iter_args(%a = %v, %norm = %one) -> (tensor<8xf32>, f32) {
    %w = array.dot_general %m, %a batch = [] x [] contract = [1] x [0] : tensor<8x8xf32>, tensor<8xf32> -> tensor<8xf32>
    %q = array.mul %w, %w : tensor<8xf32>
    %s = array.reduce add %q init %zero dims = [0] : tensor<8xf32>, tensor<f32> to tensor<f32>
    %root = array.sqrt %s : tensor<f32>
    %l = array.extract %root : tensor<f32> -> f32
    %h = array.from_scalar %l : f32 -> tensor<f32>
    %b = array.broadcast %h dims = [] : tensor<f32> to tensor<8xf32>
    %u = array.div %w, %b : tensor<8xf32>
    loop.yield %u, %l : tensor<8xf32>, f32
  }
  return %r#0, %r#1 : tensor<8xf32>, f32
}`,
    args: [0, 1, 10].map((n) => [grid(8, 8), vector(8), n]),
  },
  {
    name: 'calls that stay, and numbers of every type',
    text: `func.func private @step(%x: tensor<?xf32>, %k: i64) -> (tensor<?xf32>, i64) attributes {no_inline} {
  %c = arith.constant 6364136223846793005 : i64
  %b = array.add %x, %x : tensor<?xf32>
  %n = arith.muli %k, %c : i64
  return %b, %n : tensor<?xf32>, i64
}
func.func @main(%x: tensor<?xf32>, %n: index, %s: tensor<f32>) -> (tensor<?xf32>, i64, f64, i32, i1) {
  %one = arith.constant 1 : i64
  %r:2 = loop.for %t = 0 to %n iter_args(%a = %x, %k = %one) -> (tensor<?xf32>, i64) {
    %p:2 = func.call @step(%a, %k) : (tensor<?xf32>, i64) -> (tensor<?xf32>, i64)
    loop.yield %p#0, %p#1 : tensor<?xf32>, i64
  }
  %f = array.extract %s : tensor<f32> -> f32
  %d = arith.extf %f : f32 to f64
  %third = arith.constant 3.0 : f64
  %e = arith.divf %d, %third : f64
  %i = arith.trunci %r#1 : i64 to i32
  %z = arith.constant 0 : i32
  %neg = arith.cmpi slt, %i, %z : i32
  return %r#0, %r#1, %e, %i, %neg : tensor<?xf32>, i64, f64, i32, i1
}`,
    args: [0, 1, 3].map((n) => [vector(7), n, scalar(2.5)]),
  },
];
