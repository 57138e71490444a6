import { describe, expect, test } from 'vitest';
import { countNames, decode } from './testing/decode.js';
import { array, compileKernel, expectSame } from './testing/run.js';

const TARGET = 'wasm32-relaxed-simd';
const SPECIAL = Float32Array.of(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  0.5,
  1.5,
  254.5,
  255.5,
  256,
  -1,
  3e9,
  -3e9,
  127.9,
  -128.9,
  1e-40,
);

/** A kernel that makes 16 integers of 16 floats: clamped to %low .. %high, rounded, converted and narrowed. */
function kernel(
  low: string,
  high: string,
  { narrow = true, upper = 'olt, %p, %high', lower = 'ogt, %x, %low' } = {},
): string {
  const v = 'vector<4xf32>';
  const parts = [0, 1, 2, 3].map((i) => {
    const name = (text: string) => text.replace(/%(x|p)/g, `%$1${i}`);
    return `  %at${i} = arith.constant ${4 * i} : index
  %x${i} = simd.load %m[%at${i}] : memref<16xf32>, ${v}
  %l${i} = arith.cmpf ${name(lower)} : ${v}
  %p${i} = arith.select %l${i}, %x${i}, %low : vector<4xi1>, ${v}
  %u${i} = arith.cmpf ${name(upper)} : ${v}
  %q${i} = arith.select %u${i}, %p${i}, %high : vector<4xi1>, ${v}
  %r${i} = math.roundeven %q${i} : ${v}
  %c${i} = arith.fptosi %r${i} : ${v} to vector<4xi32>`;
  });
  const store = narrow
    ? `  %n0 = simd.narrow %c0, %c1 : vector<4xi32> to vector<8xi16>
  %n1 = simd.narrow %c2, %c3 : vector<4xi32> to vector<8xi16>
  %n = simd.narrow %n0, %n1 : vector<8xi16> to vector<16xi8>
  simd.store %n, %out[%at0] : memref<16xi8>, vector<16xi8>`
    : [0, 1, 2, 3].map((i) => `  simd.store %c${i}, %out[%at${i}] : memref<16xi32>, vector<4xi32>`).join('\n');
  return `func.func @k(%m: memref<16xf32>, %out: memref<16x${narrow ? 'i8' : 'i32'}>, %begin: index, %end: index) -> index {
  %low = arith.constant dense<${low}> : ${v}
  %high = arith.constant dense<${high}> : ${v}
${parts.join('\n')}
${store}
  return %end : index
}`;
}

/** Names of the instructions, after the results were compared with the interpreter's. */
function instructions(text: string, data = SPECIAL): Record<string, number> {
  const narrow = text.includes('memref<16xi8>');
  expectSame(text, [array(data), array(narrow ? new Int8Array(16) : new Int32Array(16))], {
    target: TARGET,
  });
  return countNames(decode(compileKernel(text, { target: TARGET }).bytes)[0]!);
}

const SHORT = { 'i32x4.relaxed_trunc_f32x4_s': 4 };
const LONG = { 'i32x4.trunc_sat_f32x4_s': 4 };

describe('floats that surely fit', () => {
  test('are truncated and narrowed by one instruction each', () => {
    expect(instructions(kernel('0.0', '255.0'))).toMatchObject({
      ...SHORT,
      'i16x8.narrow_i32x4_s': 2,
      'i8x16.narrow_i16x8_u': 1,
    });
    expect(instructions(kernel('-128.0', '127.0'))).toMatchObject({ ...SHORT, 'i8x16.narrow_i16x8_s': 1 });
    expect(instructions(kernel('-2.0e9', '2.0e9', { narrow: false }))).toMatchObject(SHORT);
  });

  test('whichever side of the comparison the bound is on', () => {
    const turned = { upper: 'ogt, %high, %p', lower: 'olt, %low, %x' };
    expect(instructions(kernel('0.0', '255.0', turned))).toMatchObject(SHORT);
  });
});

describe('floats that may not', () => {
  test('are saturated, and lose their high bits', () => {
    const small = SPECIAL.map((x) => (Math.abs(x) < 100 ? x : 7));
    // A bound above the integers, a comparison that lets NaN through, and one the wrong way round.
    for (const [high, options] of [
      ['3.0e9', {}],
      ['255.0', { lower: 'ugt, %x, %low' }],
      ['255.0', { upper: 'ogt, %p, %high' }],
    ] as const)
      expect(instructions(kernel('0.0', high, { ...options, narrow: false }), small)).toMatchObject(LONG);
    const wide = instructions(kernel('-1.0', '255.0'));
    expect(wide).toMatchObject({ ...SHORT, 'i16x8.narrow_i32x4_s': 2 });
    expect(wide).not.toHaveProperty('i8x16.narrow_i16x8_u');
  });
});
