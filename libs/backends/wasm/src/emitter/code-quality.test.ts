import { describe, expect, test } from 'vitest';
import { countNames, decode, innermostLoop } from './testing/decode.js';
import { matmulText } from './testing/matmul.js';
import { compileKernel } from './testing/run.js';

function code(text: string, target: 'wasm32-relaxed-simd' | 'wasm32-simd128' = 'wasm32-simd128') {
  return decode(compileKernel(text, { target }).bytes)[0]!;
}

describe('the inner loop of the 4x8 matrix product', () => {
  test('with static sizes: loads with immediate offsets, two pointers, one comparison', () => {
    const inner = innermostLoop(
      code(matmulText('separate', { m: '16', n: '16', k: '12', panels: '2' })),
      'v128.load32_splat',
    );
    expect(countNames(inner)).toEqual({
      'local.get': expect.any(Number),
      'local.set': expect.any(Number),
      'local.tee': expect.any(Number),
      'v128.load32_splat': 4,
      'v128.load': 2,
      'f32x4.mul': 8,
      'f32x4.add': 8,
      'i32.const': 2,
      'i32.add': 2,
      'i32.ne': 1,
      br_if: 1,
    });
    expect(inner.filter((i) => i.name === 'v128.load32_splat').map((i) => i.offset)).toEqual([0, 48, 96, 144]);
    expect(inner.filter((i) => i.name === 'v128.load').map((i) => i.offset)).toEqual([0, 16]);
  });

  test('with dynamic sizes: one pointer for each row of A and one for B, nothing else', () => {
    const counts = countNames(
      innermostLoop(code(matmulText('separate', { m: '?', n: '?', k: '?', panels: '?' })), 'v128.load32_splat'),
    );
    expect(counts).toMatchObject({ 'i32.add': 5, 'i32.const': 5, 'i32.ne': 1, br_if: 1 });
    expect(Object.keys(counts).filter((name) => /mul|shl/.test(name))).toEqual(['f32x4.mul']);
  });
});

const wrap = (args: string, body: string): string => `
func.func @k(${args}, %begin: index, %end: index) -> index {
${body}
  return %end : index
}`;

describe('loops', () => {
  test('an elementwise loop counts with a pointer and needs no other counter', () => {
    const text = wrap(
      '%x: memref<?xf32>, %y: memref<?xf32>',
      `  %n = memory.dim %x, 0 : memref<?xf32>
  loop.for %i = 0 to %n step 4 {
    %v = simd.load %x[%i] : memref<?xf32>, vector<4xf32>
    %w = math.sqrt %v : vector<4xf32>
    simd.store %w, %y[%i] : memref<?xf32>, vector<4xf32>
  }`,
    );
    const counts = countNames(innermostLoop(code(text), 'f32x4.sqrt'));
    expect(counts).toMatchObject({ 'i32.add': 2, 'i32.ne': 1, 'v128.load': 1, 'v128.store': 1 });
    expect(counts).not.toHaveProperty('i32.lt_s');
  });

  test('a loop without accesses of its own counts down', () => {
    const text = wrap(
      '%n: i32, %out: memref<1xf32>',
      `  %m = arith.index_cast %n : i32 to index
  %c0 = arith.constant 0 : index
  %x = arith.constant 1.5 : f32
  %r = loop.for %i = 0 to %m iter_args(%a = %x) -> (f32) {
    %s = arith.mulf %a, %x : f32
    loop.yield %s : f32
  }
  memory.store %r, %out[%c0] : memref<1xf32>`,
    );
    expect(countNames(innermostLoop(code(text), 'f32.mul'))).toMatchObject({ 'i32.sub': 1, br_if: 1 });
  });

  test('a loop of known length has no entry test', () => {
    const text = wrap(
      '%x: memref<8xf32>',
      '  %z = arith.constant 0.0 : f32\n  loop.for %i = 0 to 8 {\n    memory.store %z, %x[%i] : memref<8xf32>\n  }',
    );
    expect(countNames(code(text))).not.toHaveProperty('if');
  });

  test('vector constants are set once before the loop, zeros where they are used', () => {
    const text = wrap(
      '%x: memref<64xf32>',
      `  loop.for %i = 0 to 64 step 4 {
    %c = arith.constant dense<2.5> : vector<4xf32>
    %z = arith.constant dense<0.0> : vector<4xf32>
    %v = simd.load %x[%i] : memref<64xf32>, vector<4xf32>
    %p = arith.mulf %v, %c : vector<4xf32>
    %q = arith.subf %z, %p : vector<4xf32>
    simd.store %q, %x[%i] : memref<64xf32>, vector<4xf32>
  }`,
    );
    expect(countNames(code(text))['v128.const']).toBe(2);
    expect(countNames(innermostLoop(code(text), 'f32x4.mul'))['v128.const']).toBe(1);
  });
});

describe('expressions', () => {
  test('a value used once takes no local', () => {
    const text = wrap(
      '%x: memref<64xf32>, %y: memref<64xf32>',
      `  loop.for %i = 0 to 64 {
    %a = memory.load %x[%i] : memref<64xf32>
    %b = memory.load %y[%i] : memref<64xf32>
    %c = arith.addf %a, %b : f32
    %d = arith.mulf %c, %a : f32
    memory.store %d, %y[%i] : memref<64xf32>
  }`,
    );
    // The load of x is used twice; the pointers are the other writes.
    expect(countNames(innermostLoop(code(text), 'f32.add'))).toMatchObject({ 'local.tee': 2, 'local.set': 1 });
  });

  test('locals are reused', () => {
    const body = Array.from(
      { length: 20 },
      (_, i) => `    %a${i} = memory.load %x[%i] : memref<64xf32>
    %b${i} = arith.mulf %a${i}, %a${i} : f32
    memory.store %b${i}, %x[%i] : memref<64xf32>`,
    ).join('\n');
    const { bytes } = compileKernel(wrap('%x: memref<64xf32>', `  loop.for %i = 0 to 64 {\n${body}\n  }`), {
      debugNames: true,
    });
    const names = new TextDecoder().decode(bytes);
    expect(names.split('memory.load').length - 1).toBe(1);
  });

  test('equal modules give equal bytes', () => {
    const text = matmulText('separate', { m: '?', n: '?', k: '?', panels: '?' });
    expect(compileKernel(text).bytes).toEqual(compileKernel(text).bytes);
  });
});

describe('vectors', () => {
  const select = (type: string, lanes: number): string =>
    wrap(
      `%x: memref<64x${type}>`,
      `  loop.for %i = 0 to 64 step ${lanes} {
    %a = simd.load %x[%i] : memref<64x${type}>, vector<${lanes}x${type}>
    %b = arith.${type.startsWith('f') ? 'mulf' : 'addi'} %a, %a : vector<${lanes}x${type}>
    %c = ${type.startsWith('f') ? 'arith.cmpf ole' : 'arith.cmpi sle'}, %a, %b : vector<${lanes}x${type}>
    %r = arith.select %c, %a, %b : vector<${lanes}xi1>, vector<${lanes}x${type}>
    simd.store %r, %x[%i] : memref<64x${type}>, vector<${lanes}x${type}>
  }`,
    );

  test.each([
    ['i8', 16, 'i8x16'],
    ['i16', 8, 'i16x8'],
    ['f32', 4, 'i32x4'],
    ['f64', 2, 'i64x2'],
  ])('of %s are chosen by lanes where the target can, by bits elsewhere', (type, lanes, shape) => {
    const relaxed = countNames(code(select(type, lanes), 'wasm32-relaxed-simd'));
    expect(relaxed).toMatchObject({ [`${shape}.relaxed_laneselect`]: 1 });
    expect(relaxed).not.toHaveProperty('v128.bitselect');
    expect(countNames(code(select(type, lanes)))).toMatchObject({ 'v128.bitselect': 1 });
  });

  test.each([
    ['%a, %zero', 'v128.and'],
    ['%zero, %a', 'v128.andnot'],
  ])('of which lanes are zero are masked: %s', (operands, name) => {
    const text = wrap(
      '%x: memref<64xf32>',
      `  %zero = arith.constant dense<0.0> : vector<4xf32>
  %one = arith.constant dense<1.0> : vector<4xf32>
  loop.for %i = 0 to 64 step 4 {
    %a = simd.load %x[%i] : memref<64xf32>, vector<4xf32>
    %c = arith.cmpf ole, %a, %one : vector<4xf32>
    %r = arith.select %c, ${operands} : vector<4xi1>, vector<4xf32>
    simd.store %r, %x[%i] : memref<64xf32>, vector<4xf32>
  }`,
    );
    const names = countNames(code(text, 'wasm32-relaxed-simd'));
    expect(names).toMatchObject({ [name]: 1 });
    expect(names).not.toHaveProperty('i32x4.relaxed_laneselect');
    // -0 is not zero bits.
    expect(countNames(code(text.replace('dense<0.0>', 'dense<-0.0>')))).toMatchObject({ 'v128.bitselect': 1 });
  });

  test('lose and change their signs by a constant', () => {
    const text = wrap(
      '%x: memref<64xf32>',
      `  loop.for %i = 0 to 64 step 4 {
    %a = simd.load %x[%i] : memref<64xf32>, vector<4xf32>
    %b = math.absf %a : vector<4xf32>
    %c = arith.negf %b : vector<4xf32>
    simd.store %c, %x[%i] : memref<64xf32>, vector<4xf32>
  }`,
    );
    expect(countNames(innermostLoop(code(text), 'v128.xor'))).toMatchObject({ 'v128.and': 1, 'v128.xor': 1 });
  });
});

describe('names', () => {
  test('are there on request only', () => {
    const text = matmulText('separate', { m: '?', n: '?', k: '?', panels: '?' });
    const [without, named] = [compileKernel(text).bytes, compileKernel(text, { debugNames: true }).bytes];
    expect(named.length).toBeGreaterThan(without.length);
    expect(new TextDecoder().decode(named)).toContain('begin');
    expect(new TextDecoder().decode(without)).not.toContain('begin');
  });
});

test('accesses say how their addresses are aligned: as attributes tell, elements otherwise, never more than their size', () => {
  const access = (
    attribute: string,
  ) => `func.func @k(%a: memref<64xf32>, %o: memref<64xf32>, %begin: index, %end: index) -> index attributes {rt.chunks = affine_map<() -> (1)>, rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
  %c0 = arith.constant 0 : index
  %v = simd.load %a[%c0] ${attribute} : memref<64xf32>, vector<4xf32>
  simd.store %v, %o[%c0] ${attribute} : memref<64xf32>, vector<4xf32>
  return %end : index
}`;
  const aligned = (attribute: string) =>
    code(access(attribute))
      .filter((i) => i.name.startsWith('v128.load') || i.name.startsWith('v128.store'))
      .map((i) => i.align);
  expect(aligned('')).toEqual([4, 4]);
  expect(aligned('{alignment = 8 : i64}')).toEqual([8, 8]);
  expect(aligned('{alignment = 64 : i64}')).toEqual([16, 16]);
});
