import { describe, expect, test } from 'vitest';
import { matmulText } from './testing/matmul.js';
import { array, bools, doubles, expectSame, floats, integers, longs } from './testing/run.js';

const wrap = (args: string, body: string): string => `
func.func @k(${args}, %begin: index, %end: index) -> index {
${body}
  return %end : index
}`;

describe('loops', () => {
  test('a sum in four vector accumulators and a tail, lanes combined in halves', () => {
    const text = wrap(
      '%x: memref<?xf32>, %out: memref<1xf32>',
      `  %z = arith.constant dense<-0.0> : vector<4xf32>
  %c0 = arith.constant 0 : index
  %n = memory.dim %x, 0 : memref<?xf32>
  %v:4 = loop.for %i = 0 to affine_map<()[s0] -> ((s0 floordiv 16) * 16)>()[%n] step 16 iter_args(%a = %z, %b = %z, %c = %z, %d = %z) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
    %i4 = loop.apply affine_map<(d0) -> (d0 + 4)>(%i)
    %i8 = loop.apply affine_map<(d0) -> (d0 + 8)>(%i)
    %i12 = loop.apply affine_map<(d0) -> (d0 + 12)>(%i)
    %x0 = simd.load %x[%i] : memref<?xf32>, vector<4xf32>
    %x1 = simd.load %x[%i4] : memref<?xf32>, vector<4xf32>
    %x2 = simd.load %x[%i8] : memref<?xf32>, vector<4xf32>
    %x3 = simd.load %x[%i12] : memref<?xf32>, vector<4xf32>
    %s0 = arith.addf %a, %x0 : vector<4xf32>
    %s1 = arith.addf %b, %x1 : vector<4xf32>
    %s2 = arith.addf %c, %x2 : vector<4xf32>
    %s3 = arith.addf %d, %x3 : vector<4xf32>
    loop.yield %s0, %s1, %s2, %s3 : vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>
  }
  %p = arith.addf %v#0, %v#2 : vector<4xf32>
  %q = arith.addf %v#1, %v#3 : vector<4xf32>
  %h = arith.addf %p, %q : vector<4xf32>
  %s = simd.reduce_add %h : vector<4xf32>
  %t = loop.for %i = affine_map<()[s0] -> ((s0 floordiv 16) * 16)>()[%n] to %n iter_args(%a = %s) -> (f32) {
    %e = memory.load %x[%i] : memref<?xf32>
    %r = arith.addf %a, %e : f32
    loop.yield %r : f32
  }
  memory.store %t, %out[%c0] : memref<1xf32>`,
    );
    for (const n of [0, 1, 15, 16, 17, 100, 1000])
      expectSame(text, [array(floats(n, 3, false)), array(new Float32Array(1))], { atEnd: 0 });
  });

  test('carried values that are exchanged, kept and replaced by constants', () => {
    const text = wrap(
      '%n: index, %x: f32, %out: memref<8xf32>',
      `  %one = arith.constant 1.0 : f32
  %two = arith.constant 2.0 : f32
  %r:5 = loop.for %i = 0 to %n iter_args(%a = %one, %b = %two, %c = %x, %d = %x, %e = %one) -> (f32, f32, f32, f32, f32) {
    %s = arith.addf %a, %c : f32
    %t = arith.mulf %b, %s : f32
    loop.yield %b, %a, %c, %t, %two : f32, f32, f32, f32, f32
  }
  ${[0, 1, 2, 3, 4].map((i) => `%i${i} = arith.constant ${i} : index\n  memory.store %r#${i}, %out[%i${i}] : memref<8xf32>`).join('\n  ')}
  memory.store %x, %out[%n] : memref<8xf32>`,
    );
    for (const n of [0, 1, 2, 3, 5, 6]) expectSame(text, [n, 0.75, array(new Float32Array(8))]);
  });

  test('induction variables as data, negative bounds and steps that do not divide', () => {
    const text = wrap(
      '%out: memref<40xi32>',
      `  loop.for %i = -17 to 20 step 3 {
    %at = loop.apply affine_map<(d0) -> (d0 + 18)>(%i)
    %q = loop.apply affine_map<(d0) -> (d0 floordiv 5 + (d0 ceildiv 7) * 100 + (d0 mod 6) * 10000)>(%i)
    %s = loop.min affine_map<(d0)[s0] -> (d0 * 2, s0 - 4, 3)>(%i)[%q]
    %t = loop.max affine_map<(d0, d1) -> (d0 - 1, d1, d0 + d1)>(%i, %s)
    %u = arith.addi %q, %t : index
    %v = arith.index_cast %u : index to i32
    memory.store %v, %out[%at] : memref<40xi32>
  }
  loop.for %i = 0 to 40 step 4 {
    %p = loop.apply affine_map<(d0) -> (d0 floordiv 8 + d0 mod 8)>(%i)
    %v = arith.index_cast %p : index to i32
    memory.store %v, %out[%i] : memref<40xi32>
  }`,
    );
    expectSame(text, [array(new Int32Array(40))]);
  });

  test('division by sizes rounds down, also of negative numbers', () => {
    const text = wrap(
      '%n: index, %out: memref<40xi32>',
      `  loop.for %i = -17 to 20 {
    %at = loop.apply affine_map<(d0) -> (d0 + 18)>(%i)
    %q = loop.apply affine_map<(d0)[s0] -> (d0 floordiv s0 + (d0 ceildiv s0) * 100 + (d0 mod s0) * 10000)>(%i)[%n]
    %v = arith.index_cast %q : index to i32
    memory.store %v, %out[%at] : memref<40xi32>
  }`,
    );
    for (const n of [1, 2, 3, 5, 8, 40]) expectSame(text, [n, array(new Int32Array(40))]);
  });

  test('bounds and indices beyond 32 bits keep their value', () => {
    const text = wrap(
      '%a: index, %out: memref<4xi64>',
      `  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %big = arith.constant 5000000000 : index
  %p = arith.muli %a, %big : index
  %q = arith.divsi %p, %big : index
  %s = loop.for %i = 0 to %q iter_args(%acc = %p) -> (index) {
    %t = arith.addi %acc, %i : index
    loop.yield %t : index
  }
  %v = arith.index_cast %s : index to i64
  memory.store %v, %out[%c0] : memref<4xi64>
  %less = arith.cmpi slt, %a, %p : index
  %w = arith.extui %less : i1 to i64
  memory.store %w, %out[%c1] : memref<4xi64>`,
    );
    for (const a of [0, 1, 7]) expectSame(text, [a, array(new BigInt64Array(4))]);
  });

  test('a bound that does not fit 32 bits ends the kernel with a trap code', async () => {
    const { compileKernel, place } = await import('./testing/run.js');
    const text = wrap(
      '%a: index, %out: memref<4xf32>',
      '  %s = arith.muli %a, %a : index\n  loop.for %i = 0 to %s {\n    %x = arith.constant 1.0 : f32\n    memory.store %x, %out[%i] : memref<4xf32>\n  }',
    );
    const { kernel, args } = place(compileKernel(text), 0, [100000, array(new Float32Array(4))]);
    expect(kernel.call(0, args, 0, 1)).toBe(-1);
  });

  test('reversed, strided and shifted access', () => {
    const text = wrap(
      '%x: memref<?xf32>, %y: memref<?xf32>, %out: memref<?xf32>',
      `  %n = memory.dim %x, 0 : memref<?xf32>
  loop.for %i = 0 to %n {
    %r = loop.apply affine_map<(d0)[s0] -> (s0 - 1 - d0)>(%i)[%n]
    %v = memory.load %x[%r] : memref<?xf32>
    memory.store %v, %out[%i] : memref<?xf32>
  }
  loop.for %i = 2 to affine_map<()[s0] -> (s0 - 1)>()[%n] {
    %l = loop.apply affine_map<(d0) -> (d0 - 2)>(%i)
    %m = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
    %a = memory.load %x[%l] : memref<?xf32>
    %b = memory.load %x[%m] : memref<?xf32>
    %c = memory.load %out[%i] : memref<?xf32>
    %d = arith.addf %a, %b : f32
    %e = arith.addf %d, %c : f32
    memory.store %e, %out[%i] : memref<?xf32>
  }
  %m = memory.dim %y, 0 : memref<?xf32>
  loop.for %i = 0 to %m step 2 {
    %h = loop.apply affine_map<(d0) -> (d0 floordiv 2)>(%i)
    %v = memory.load %y[%i] : memref<?xf32>
    %w = memory.load %x[%h] : memref<?xf32>
    %s = arith.subf %v, %w : f32
    memory.store %s, %y[%i] : memref<?xf32>
  }`,
    );
    for (const n of [0, 1, 2, 3, 4, 33])
      expectSame(text, [array(floats(n, 1)), array(floats(Math.min(2 * n, 61), 2)), array(new Float32Array(n))], {
        atEnd: 0,
      });
  });

  test('accesses under a condition far outside of the array do not disturb those inside', () => {
    // x[i - 5000] is only read for i >= 5000; the pointer of the other access must not start below it.
    const text = wrap(
      '%x: memref<?xf32>, %out: memref<?xf32>',
      `  %c5000 = arith.constant 5000 : index
  %n = memory.dim %x, 0 : memref<?xf32>
  %zero = arith.constant 0.0 : f32
  loop.for %i = 0 to %n {
    %far = loop.apply affine_map<(d0) -> (d0 - 5000)>(%i)
    %c = arith.cmpi sge, %i, %c5000 : index
    %v = loop.if %c -> (f32) {
      %u = memory.load %x[%far] : memref<?xf32>
      loop.yield %u : f32
    } else {
      loop.yield %zero : f32
    }
    %w = memory.load %x[%i] : memref<?xf32>
    %s = arith.addf %v, %w : f32
    memory.store %s, %out[%i] : memref<?xf32>
  }`,
    );
    for (const n of [10, 5003]) expectSame(text, [array(floats(n, 1)), array(new Float32Array(n))]);
  });

  test('nested loops over dynamic shapes, transposed', () => {
    const text = wrap(
      '%x: memref<?x?x?xf32>, %out: memref<?x?x?xf32>',
      `  %a = memory.dim %x, 0 : memref<?x?x?xf32>
  %b = memory.dim %x, 1 : memref<?x?x?xf32>
  %c = memory.dim %x, 2 : memref<?x?x?xf32>
  loop.for %i = 0 to %a {
    loop.for %j = 0 to %b {
      loop.for %k = 0 to %c {
        %v = memory.load %x[%i, %j, %k] : memref<?x?x?xf32>
        memory.store %v, %out[%k, %i, %j] : memref<?x?x?xf32>
      }
    }
  }`,
    );
    for (const [a, b, c] of [
      [3, 4, 5],
      [1, 7, 2],
      [2, 0, 3],
    ] as const)
      expectSame(text, [array(floats(a * b * c), [a, b, c]), array(new Float32Array(a * b * c), [c, a, b])], {
        atEnd: 0,
      });
  });

  test('chunks: only the range is computed and the next one is returned', () => {
    const text = `
func.func @k(%x: memref<?xf64>, %begin: index, %end: index) -> index attributes {rt.chunks = affine_map<()[s0] -> (s0 ceildiv 8)>} {
  %n = memory.dim %x, 0 : memref<?xf64>
  %two = arith.constant 2.0 : f64
  loop.for %c = %begin to %end {
    loop.for %i = affine_map<(d0) -> (d0 * 8)>(%c) to min affine_map<(d0)[s0] -> (d0 * 8 + 8, s0)>(%c)[%n] {
      %v = memory.load %x[%i] : memref<?xf64>
      %w = arith.mulf %v, %two : f64
      memory.store %w, %x[%i] : memref<?xf64>
    }
  }
  return %end : index
}`;
    const result = expectSame(text, [array(doubles(30, 2))], { begin: 1, end: 3 });
    expect(result.next).toBe(3);
    expect(result.artefact.metadata.phases[0]!.chunks).toEqual({ op: 'ceildiv', lhs: { size: 0 }, rhs: 8 });
  });
});

describe('matrix product', () => {
  for (const kind of ['relaxed', 'separate'] as const) {
    test(`4x8 micro-kernel, ${kind}`, () => {
      for (const k of [0, 1, 5, 12]) {
        const inputs = [
          array(floats(8 * k, 1, false), [8, k]),
          array(floats(16 * k, 2, false), [2, k, 8]),
          array(new Float32Array(128), [8, 16]),
        ];
        expectSame(matmulText(kind, { m: '?', n: '?', k: '?', panels: '?' }), inputs, { end: 2, atEnd: 1 });
        expectSame(matmulText(kind, { m: '8', n: '16', k: `${k}`, panels: '2' }), inputs, { end: 2, atEnd: 1 });
      }
    });
  }
});

describe('branches and while loops', () => {
  test('loop.if with and without results and else', () => {
    const text = wrap(
      '%x: memref<?xf32>, %c: memref<?xi1>, %out: memref<?xf32>',
      `  %n = memory.dim %x, 0 : memref<?xf32>
  %zero = arith.constant 0.0 : f32
  loop.for %i = 0 to %n {
    %p = memory.load %c[%i] : memref<?xi1>
    %v = memory.load %x[%i] : memref<?xf32>
    %t = arith.mulf %v, %v : f32
    %r:2 = loop.if %p -> (f32, index) {
      %a = arith.addf %t, %v : f32
      %l = loop.apply affine_map<(d0) -> (d0 floordiv 2)>(%i)
      loop.yield %a, %l : f32, index
    } else {
      %q = arith.cmpf olt, %v, %zero : f32
      loop.if %q {
        memory.store %t, %out[%i] : memref<?xf32>
      }
      loop.yield %t, %i : f32, index
    }
    %o = memory.load %out[%i] : memref<?xf32>
    %w = memory.load %x[%r#1] : memref<?xf32>
    %s = arith.addf %r#0, %w : f32
    %u = arith.subf %s, %o : f32
    memory.store %u, %out[%i] : memref<?xf32>
  }`,
    );
    for (const n of [0, 1, 37]) expectSame(text, [array(floats(n, 1)), array(bools(n, 2)), array(floats(n, 5))]);
  });

  test('loop.while whose passed values differ in order and number from its arguments', () => {
    const text = wrap(
      '%x: memref<?xi64>, %out: memref<?xi64>',
      `  %n = memory.dim %x, 0 : memref<?xi64>
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %three = arith.constant 3 : i64
  %zero = arith.constant 0 : i64
  loop.for %i = 0 to %n {
    %v = memory.load %x[%i] : memref<?xi64>
    %r:3 = loop.while (%a = %v, %steps = %zero) : (i64, i64) -> (i64, i64, i64) {
      %go = arith.cmpi sgt, %a, %one : i64
      %d = arith.addi %a, %steps : i64
      loop.condition(%go) %steps, %a, %d : i64, i64, i64
    } do {
    ^bb0(%s: i64, %b: i64, %d: i64):
      %bit = arith.andi %b, %one : i64
      %odd = arith.cmpi eq, %bit, %one : i64
      %h = arith.divsi %b, %two : i64
      %m = arith.muli %b, %three : i64
      %m1 = arith.addi %m, %one : i64
      %next = arith.select %odd, %m1, %h : i64
      %k = arith.addi %s, %one : i64
      loop.yield %next, %k : i64, i64
    }
    %sum = arith.addi %r#0, %r#2 : i64
    %t = arith.muli %sum, %r#1 : i64
    memory.store %t, %out[%i] : memref<?xi64>
  }`,
    );
    expectSame(text, [
      array(BigInt64Array.from({ length: 40 }, (_, i) => BigInt(i - 3))),
      array(new BigInt64Array(40)),
    ]);
  });

  test('loop.while that exchanges its values', () => {
    const text = wrap(
      '%out: memref<2xi32>',
      `  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = arith.constant 48 : i32
  %b = arith.constant 180 : i32
  %zero = arith.constant 0 : i32
  %r:2 = loop.while (%x = %a, %y = %b) : (i32, i32) -> (i32, i32) {
    %go = arith.cmpi ne, %y, %zero : i32
    loop.condition(%go) %x, %y : i32, i32
  } do {
  ^bb0(%x: i32, %y: i32):
    %m = arith.remsi %x, %y : i32
    loop.yield %y, %m : i32, i32
  }
  memory.store %r#0, %out[%c0] : memref<2xi32>
  memory.store %r#1, %out[%c1] : memref<2xi32>`,
    );
    const { compiled } = expectSame(text, [array(new Int32Array(2))]);
    expect(compiled[0]![0]).toBe(12);
  });

  test('binary search: a while loop with memory access by a carried index', () => {
    const text = wrap(
      '%x: memref<?xi32>, %keys: memref<?xi32>, %out: memref<?xi32>',
      `  %n = memory.dim %x, 0 : memref<?xi32>
  %m = memory.dim %keys, 0 : memref<?xi32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  loop.for %i = 0 to %m {
    %key = memory.load %keys[%i] : memref<?xi32>
    %r:2 = loop.while (%lo = %c0, %hi = %n) : (index, index) -> (index, index) {
      %go = arith.cmpi slt, %lo, %hi : index
      loop.condition(%go) %lo, %hi : index, index
    } do {
    ^bb0(%lo: index, %hi: index):
      %sum = arith.addi %lo, %hi : index
      %mid = arith.divsi %sum, %c2 : index
      %v = memory.load %x[%mid] : memref<?xi32>
      %less = arith.cmpi slt, %v, %key : i32
      %next = arith.addi %mid, %c1 : index
      %lo2 = arith.select %less, %next, %lo : index
      %hi2 = arith.select %less, %hi, %mid : index
      loop.yield %lo2, %hi2 : index, index
    }
    %p = arith.index_cast %r#0 : index to i32
    memory.store %p, %out[%i] : memref<?xi32>
  }`,
    );
    const sorted = Int32Array.from({ length: 50 }, (_, i) => i * i);
    expectSame(
      text,
      [array(sorted), array(integers((n) => new Int32Array(n), 30).map((v) => v % 3000)), array(new Int32Array(30))],
      { atEnd: 0 },
    );
  });
});

describe('order of memory accesses', () => {
  test('a load stays before a store to the same element, and after an earlier one', () => {
    const text = wrap(
      '%x: memref<16xf32>, %y: memref<16xf32>',
      `  loop.for %i = 0 to 15 {
    %next = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
    %a = memory.load %x[%i] : memref<16xf32>
    %b = memory.load %x[%next] : memref<16xf32>
    memory.store %b, %x[%i] : memref<16xf32>
    %c = memory.load %x[%i] : memref<16xf32>
    memory.store %a, %x[%next] : memref<16xf32>
    %d = arith.addf %a, %b : f32
    %e = arith.mulf %d, %c : f32
    memory.store %e, %y[%i] : memref<16xf32>
  }`,
    );
    expectSame(text, [array(floats(16, 1)), array(new Float32Array(16))]);
  });

  test('a load that is used behind a loop which writes the array keeps the old value', () => {
    const text = wrap(
      '%x: memref<16xf32>, %y: memref<16xf32>',
      `  %c3 = arith.constant 3 : index
  %old = memory.load %x[%c3] : memref<16xf32>
  loop.for %i = 0 to 16 {
    %v = memory.load %y[%i] : memref<16xf32>
    memory.store %v, %x[%i] : memref<16xf32>
  }
  memory.store %old, %y[%c3] : memref<16xf32>`,
    );
    expectSame(text, [array(floats(16, 1)), array(floats(16, 2))]);
  });

  test('an exchange of two elements', () => {
    const text = wrap(
      '%x: memref<2xi8>',
      `  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = memory.load %x[%c0] : memref<2xi8>
  %b = memory.load %x[%c1] : memref<2xi8>
  memory.store %b, %x[%c0] : memref<2xi8>
  memory.store %a, %x[%c1] : memref<2xi8>`,
    );
    expectSame(text, [array(Int8Array.of(3, -4))]);
  });
});

describe('integers', () => {
  test('a hash on i64 in scalars', () => {
    const text = wrap(
      '%x: memref<?xi64>, %out: memref<?xi64>',
      `  %n = memory.dim %x, 0 : memref<?xi64>
  %k = arith.constant -7046029254386353131 : i64
  %s = arith.constant 30 : i64
  loop.for %i = 0 to %n {
    %v = memory.load %x[%i] : memref<?xi64>
    %a = arith.shrui %v, %s : i64
    %b = arith.xori %v, %a : i64
    %c = arith.muli %b, %k : i64
    memory.store %c, %out[%i] : memref<?xi64>
  }`,
    );
    expectSame(text, [array(longs(40)), array(new BigInt64Array(40))]);
  });
});
