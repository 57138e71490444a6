import { describe, expect, test } from 'vitest';
import { array, bools, compileKernel, doubles, expectSame, floats, integers, longs } from './testing/run.js';

const wrap = (args: string, body: string, attributes = ''): string => `
func.func @k(${args}, %begin: index, %end: index) -> index ${attributes}{
${body}
  return %end : index
}`;

describe('vector access', () => {
  test('bytes to floats and back through widening', () => {
    const widen = (p: string, v: string, from: string, to: string): string =>
      `%${p}l = simd.widen_low %${v} {unsigned} : vector<${from}> to vector<${to}>\n    %${p}h = simd.widen_high %${v} {unsigned} : vector<${from}> to vector<${to}>`;
    const quarter = (i: number, v: string): string => `%f${i} = arith.uitofp %${v} : vector<4xi32> to vector<4xf32>
    %g${i} = arith.mulf %f${i}, %half : vector<4xf32>
    %t${i} = arith.fptoui %g${i} : vector<4xf32> to vector<4xi32>`;
    const text = wrap(
      '%x: memref<64xi8>, %out: memref<64xi8>',
      `  %half = arith.constant dense<0.5> : vector<4xf32>
  loop.for %i = 0 to 64 step 16 {
    %v = simd.load %x[%i] : memref<64xi8>, vector<16xi8>
    ${widen('a', 'v', '16xi8', '8xi16')}
    ${widen('b', 'al', '8xi16', '4xi32')}
    ${widen('c', 'ah', '8xi16', '4xi32')}
    ${quarter(0, 'bl')}
    ${quarter(1, 'bh')}
    ${quarter(2, 'cl')}
    ${quarter(3, 'ch')}
    %n0 = simd.narrow %t0, %t1 : vector<4xi32> to vector<8xi16>
    %n1 = simd.narrow %t2, %t3 : vector<4xi32> to vector<8xi16>
    %n = simd.narrow %n0, %n1 : vector<8xi16> to vector<16xi8>
    simd.store %n, %out[%i] : memref<64xi8>, vector<16xi8>
  }`,
    );
    expectSame(text, [array(integers((n) => new Int8Array(n), 64)), array(new Int8Array(64))], { atEnd: 0 });
  });

  test('vectors narrower than a register touch only their own bytes', () => {
    const text = wrap(
      '%x: memref<?xi8>, %out: memref<?xi8>, %f: memref<?xf32>',
      `  %n = memory.dim %x, 0 : memref<?xi8>
  %k = arith.constant dense<0.25> : vector<4xf32>
  loop.for %i = 0 to affine_map<()[s0] -> ((s0 floordiv 4) * 4)>()[%n] step 4 {
    %v = simd.load %x[%i] : memref<?xi8>, vector<4xi8>
    %w = arith.sitofp %v : vector<4xi8> to vector<4xf32>
    %s = arith.mulf %w, %k : vector<4xf32>
    simd.store %s, %f[%i] : memref<?xf32>, vector<4xf32>
    %t = arith.fptosi %s : vector<4xf32> to vector<4xi8>
    %u = arith.addi %t, %v : vector<4xi8>
    %c = arith.cmpi sgt, %u, %t : vector<4xi8>
    %r = arith.select %c, %u, %v : vector<4xi1>, vector<4xi8>
    simd.store %r, %out[%i] : memref<?xi8>, vector<4xi8>
  }`,
    );
    for (const n of [4, 12, 64]) {
      expectSame(
        text,
        [array(integers((m) => new Int8Array(m), n)), array(new Int8Array(n)), array(new Float32Array(n))],
        { atEnd: 0 },
      );
      expectSame(
        text,
        [array(integers((m) => new Int8Array(m), n)), array(new Int8Array(n)), array(new Float32Array(n))],
        { atEnd: 1 },
      );
    }
  });

  test('masks in memory are bytes of 0 and 1', () => {
    for (const [lanes, type] of [
      [2, 'f64'],
      [4, 'f32'],
    ] as const) {
      const text = wrap(
        `%x: memref<32x${type}>, %c: memref<32xi1>, %d: memref<32xi1>, %out: memref<32x${type}>`,
        `  %z = arith.constant dense<0.0> : vector<${lanes}x${type}>
  %t = arith.constant dense<true> : vector<${lanes}xi1>
  loop.for %i = 0 to 32 step ${lanes} {
    %v = simd.load %x[%i] : memref<32x${type}>, vector<${lanes}x${type}>
    %m = simd.load %c[%i] : memref<32xi1>, vector<${lanes}xi1>
    %p = arith.cmpf olt, %v, %z : vector<${lanes}x${type}>
    %q = arith.andi %m, %p : vector<${lanes}xi1>
    %n = arith.xori %q, %t : vector<${lanes}xi1>
    simd.store %n, %d[%i] : memref<32xi1>, vector<${lanes}xi1>
    %r = arith.select %n, %v, %z : vector<${lanes}xi1>, vector<${lanes}x${type}>
    simd.store %r, %out[%i] : memref<32x${type}>, vector<${lanes}x${type}>
  }`,
      );
      const x = type === 'f64' ? doubles(32) : floats(32);
      expectSame(text, [array(x), array(bools(32)), array(new Uint8Array(32)), array(x.slice())], { atEnd: 1 });
    }
  });

  test('strided loads along any dimension, forwards and backwards', () => {
    const text = wrap(
      '%x: memref<?x?xf32>, %out: memref<?xf32>',
      `  %n = memory.dim %x, 1 : memref<?x?xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  loop.for %j = 0 to affine_map<()[s0] -> (s0 - 6)>()[%n] {
    %a = simd.strided_load %x[%c1, %j] stride 2 : memref<?x?xf32>, vector<4xf32>
    %b = simd.strided_load %x[%c0, %j] stride 1 dim 0 : memref<?x?xf32>, vector<4xf32>
    %e = loop.apply affine_map<(d0) -> (d0 + 6)>(%j)
    %c = simd.strided_load %x[%c1, %e] stride -2 : memref<?x?xf32>, vector<4xf32>
    %s = arith.subf %a, %b : vector<4xf32>
    %t = arith.mulf %s, %c : vector<4xf32>
    %o = loop.apply affine_map<(d0) -> (d0 * 4)>(%j)
    simd.store %t, %out[%o] : memref<?xf32>, vector<4xf32>
  }`,
    );
    expectSame(text, [array(floats(4 * 20), [4, 20]), array(new Float32Array(14 * 4))], { atEnd: 0 });
  });

  test('gather and scatter, masked and not', () => {
    const text = wrap(
      '%x: memref<?x?xf32>, %o: memref<?xi32>, %c: memref<?xi1>, %out: memref<?x?xf32>',
      `  %n = memory.dim %o, 0 : memref<?xi32>
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %z = arith.constant dense<7.0> : vector<4xf32>
  loop.for %i = 0 to %n step 4 {
    %k = simd.load %o[%i] : memref<?xi32>, vector<4xi32>
    %m = simd.load %c[%i] : memref<?xi1>, vector<4xi1>
    %a = simd.gather %x[%c1, %c2] [%k] : memref<?x?xf32>, vector<4xi32>, vector<4xf32>
    %b = simd.gather %x[%c1, %c2] [%k] mask %m, %z : memref<?x?xf32>, vector<4xi32>, vector<4xf32>
    %s = arith.addf %a, %b : vector<4xf32>
    simd.scatter %s, %out[%c1, %c2] [%k] : memref<?x?xf32>, vector<4xi32>, vector<4xf32>
    simd.scatter %b, %out[%c1, %c1] [%k] mask %m : memref<?x?xf32>, vector<4xi32>, vector<4xf32>
  }`,
    );
    const offsets = integers((n) => new Int32Array(n), 32).map((v) => (Math.abs(v) % 17) - 1);
    expectSame(text, [
      array(floats(60, 1), [3, 20]),
      array(offsets),
      array(bools(32)),
      array(new Float32Array(60), [3, 20]),
    ]);
  });

  test('masks by lanes: gather, scatter, masked access', () => {
    const text = wrap(
      '%x: memref<?xi1>, %o: memref<?xi32>, %c: memref<?xi1>, %out: memref<4x?xi1>',
      `  %n = memory.dim %o, 0 : memref<?xi32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  loop.for %i = 0 to %n step 4 {
    %k = simd.load %o[%i] : memref<?xi32>, vector<4xi32>
    %m = simd.load %c[%i] : memref<?xi1>, vector<4xi1>
    %a = simd.gather %x[%c0] [%k] : memref<?xi1>, vector<4xi32>, vector<4xi1>
    %b = simd.gather %x[%c0] [%k] mask %m, %m : memref<?xi1>, vector<4xi32>, vector<4xi1>
    %d = simd.masked_load %x[%i], %m, %a : memref<?xi1>, vector<4xi1>
    simd.store %b, %out[%c0, %i] : memref<4x?xi1>, vector<4xi1>
    simd.scatter %a, %out[%c1, %c0] [%k] : memref<4x?xi1>, vector<4xi32>, vector<4xi1>
    simd.scatter %d, %out[%c2, %c0] [%k] mask %a : memref<4x?xi1>, vector<4xi32>, vector<4xi1>
    simd.masked_store %d, %out[%c3, %i], %m : memref<4x?xi1>, vector<4xi1>
  }`,
    );
    const offsets = integers((n) => new Int32Array(n), 32).map((v) => Math.abs(v) % 32);
    expectSame(text, [array(bools(32)), array(offsets), array(bools(32)), array(bools(128), [4, 32])]);
  });

  test('masked loads and stores do not touch what is off, not even past the end of memory', () => {
    const text = wrap(
      '%x: memref<?xf64>, %out: memref<?xf64>',
      `  %n = memory.dim %x, 0 : memref<?xf64>
  %z = arith.constant dense<1.5> : vector<2xf64>
  loop.for %i = 0 to %n step 2 {
    %left = loop.apply affine_map<(d0)[s0] -> (s0 - d0)>(%i)[%n]
    %m = simd.mask.first_n %left : vector<2xi1>
    %v = simd.masked_load %x[%i], %m, %z : memref<?xf64>, vector<2xf64>
    %w = arith.mulf %v, %v : vector<2xf64>
    simd.masked_store %w, %out[%i], %m : memref<?xf64>, vector<2xf64>
  }`,
    );
    for (const n of [1, 2, 7])
      for (const atEnd of [0, 1]) expectSame(text, [array(doubles(n)), array(new Float64Array(n))], { atEnd });
  });
});

describe('buffers', () => {
  test('scratch memory at its offsets, shared by what does not live at once', () => {
    const text = wrap(
      '%x: memref<8xf32>, %out: memref<8xf32>',
      `  %c0 = arith.constant 0 : index
  loop.for %i = 0 to 8 {
    %acc = memory.alloca() {rt.scratch_offset = 64 : i64} : memref<4xf32>
    %one = memory.alloca() {rt.scratch_offset = 128 : i64} : memref<f32>
    %v = memory.load %x[%i] : memref<8xf32>
    memory.store %v, %one[] : memref<f32>
    loop.for %l = 0 to 4 {
      %w = memory.load %one[] : memref<f32>
      %u = arith.addf %w, %v : f32
      memory.store %u, %one[] : memref<f32>
      memory.store %w, %acc[%l] : memref<4xf32>
    }
    %r = simd.load %acc[%c0] : memref<4xf32>, vector<4xf32>
    %again = memory.alloca() {rt.scratch_offset = 64 : i64} : memref<4xf32>
    loop.for %l = 0 to 4 {
      %o = memory.load %one[] : memref<f32>
      memory.store %o, %again[%l] : memref<4xf32>
    }
    %q = simd.load %again[%c0] : memref<4xf32>, vector<4xf32>
    %t = arith.addf %r, %q : vector<4xf32>
    %s = simd.reduce_add %t : vector<4xf32>
    memory.store %s, %out[%i] : memref<8xf32>
  }`,
      'attributes {rt.scratch_bytes = 192 : i64} ',
    );
    const { artefact } = expectSame(text, [array(floats(8, 1, false)), array(new Float32Array(8))]);
    expect(artefact.metadata.scratchBytes).toBe(192);
  });

  test('views of an arena and reshaped buffers', () => {
    const text = wrap(
      '%arena: memref<?xi8>, %x: memref<?x6xf32>, %out: memref<?xf32>',
      `  %c128 = arith.constant 128 : index
  %n = memory.dim %x, 0 : memref<?x6xf32>
  %v = memory.view %arena[%c128](%n) : memref<?xi8> to memref<?x6xf32>
  %flat = memory.reshape %x : memref<?x6xf32> to memref<?xf32>
  %cols = memory.reshape %x : memref<?x6xf32> to memref<?x2x3xf32>
  %total = memory.dim %flat, 0 : memref<?xf32>
  loop.for %i = 0 to %n {
    loop.for %j = 0 to 6 {
      %k = loop.apply affine_map<(d0) -> (d0 floordiv 3)>(%j)
      %l = loop.apply affine_map<(d0) -> (d0 mod 3)>(%j)
      %a = memory.load %cols[%i, %k, %l] : memref<?x2x3xf32>
      %b = arith.addf %a, %a : f32
      memory.store %b, %v[%i, %j] : memref<?x6xf32>
    }
  }
  %again = memory.reshape %v : memref<?x6xf32> to memref<?xf32>
  loop.for %i = 0 to %total {
    %a = memory.load %flat[%i] : memref<?xf32>
    %b = memory.load %again[%i] : memref<?xf32>
    %c = arith.subf %b, %a : f32
    memory.store %c, %out[%i] : memref<?xf32>
  }`,
    );
    expectSame(text, [array(new Int8Array(128 + 5 * 24)), array(floats(30, 1), [5, 6]), array(new Float32Array(30))]);
  });

  test('fill and copy', () => {
    const text = wrap(
      '%x: memref<?x3xf32>, %y: memref<?x3xf32>, %b: memref<?xi8>, %z: memref<?xf64>, %v: f32',
      `  %c = arith.constant 2.5 : f64
  %d = arith.constant -3 : i8
  memory.copy %x, %y : memref<?x3xf32> to memref<?x3xf32>
  memory.fill %x, %v : memref<?x3xf32>
  memory.fill %b, %d : memref<?xi8>
  memory.fill %z, %c : memref<?xf64>`,
    );
    for (const n of [0, 1, 9])
      expectSame(
        text,
        [
          array(floats(3 * n), [n, 3]),
          array(new Float32Array(3 * n), [n, 3]),
          array(new Int8Array(n)),
          array(new Float64Array(n)),
          0.625,
        ],
        { atEnd: 1 },
      );
  });

  test('scalar arguments of every type', () => {
    const text = wrap(
      '%a: f32, %b: f64, %c: i32, %d: i64, %e: index, %f: i8, %g: i1, %out: memref<8xf64>',
      `  ${['%c0', '%c1', '%c2', '%c3', '%c4', '%c5', '%c6'].map((c, i) => `${c} = arith.constant ${i} : index`).join('\n  ')}
  %w = arith.index_cast %e : index to i64
  %v0 = arith.extf %a : f32 to f64
  %v2 = arith.sitofp %c : i32 to f64
  %v3 = arith.sitofp %d : i64 to f64
  %v4 = arith.sitofp %w : i64 to f64
  %v5 = arith.sitofp %f : i8 to f64
  %v6 = arith.uitofp %g : i1 to f64
  memory.store %v0, %out[%c0] : memref<8xf64>
  memory.store %b, %out[%c1] : memref<8xf64>
  memory.store %v2, %out[%c2] : memref<8xf64>
  memory.store %v3, %out[%c3] : memref<8xf64>
  memory.store %v4, %out[%c4] : memref<8xf64>
  memory.store %v5, %out[%c5] : memref<8xf64>
  memory.store %v6, %out[%c6] : memref<8xf64>`,
    );
    expectSame(text, [1.5, -2.25, -7, 123456789012345n, 99, -5, 1, array(new Float64Array(8))]);
  });

  test('index elements in memory have 64 bits', () => {
    const text = wrap(
      '%x: memref<8xindex>, %out: memref<8xindex>',
      `  loop.for %i = 0 to 8 {
    %v = memory.load %x[%i] : memref<8xindex>
    %w = arith.addi %v, %i : index
    memory.store %w, %out[%i] : memref<8xindex>
  }`,
    );
    expectSame(text, [array(longs(8).map((v) => v >> 20n)), array(new BigInt64Array(8))]);
  });

  test('strided layouts, static and dynamic', () => {
    const kernel = (from: string, to: string): string =>
      wrap(
        `%x: memref<4x4xf32, ${from}>, %out: memref<4x4xf32, ${to}>`,
        `  loop.for %i = 0 to 4 {
    loop.for %j = 0 to 4 {
      %v = memory.load %x[%i, %j] : memref<4x4xf32, ${from}>
      memory.store %v, %out[%j, %i] : memref<4x4xf32, ${to}>
    }
  }`,
      );
    const x = { data: floats(32, 1), shape: [4, 4], strides: [8, 1] };
    const out = { data: new Float32Array(32), shape: [4, 4], strides: [1, 8] };
    for (const from of [
      'strided<[8, 1]>',
      'strided<[?, 1]>',
      'strided<[?, ?]>',
      'affine_map<(d0, d1) -> (d0 * 8 + d1)>',
    ])
      for (const to of ['strided<[1, 8]>', 'strided<[1, ?]>', 'strided<[?, ?]>'])
        expectSame(kernel(from, to), [x, out]);
    // Whole buffers are only written where they have no gaps.
    expect(() =>
      compileKernel(
        wrap(
          '%x: memref<4x4xf32, strided<[8, 1]>>, %v: f32',
          '  memory.fill %x, %v : memref<4x4xf32, strided<[8, 1]>>',
        ),
      ),
    ).toThrow(/contiguous/);
  });
});
