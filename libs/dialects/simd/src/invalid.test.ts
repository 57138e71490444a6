// What the verifier of the simd ops reports.
import { describe, expect, test } from 'vitest';
import { errorsOf, func } from '../../loop/src/testing/harness.js';

describe('verifier', () => {
  const V = 'vector<4xf32>';
  const args = `%v: ${V}, %m: memref<?x?xf32>, %i: index, %k: vector<4xi1>, %o: vector<4xi32>, %s: f32`;
  test.each([
    [`%r = simd.mul_high %v, %v : ${V}`, 'simd.mul-high-type', 'expects lanes of i8, i16 or i32, got vector<4xf32>'],
    [
      `%r = simd.load %m[%i] : memref<?x?xf32>, ${V}`,
      'simd.index-count',
      'expects 2 indices for memref<?x?xf32>, got 1',
    ],
    [
      '%r = simd.load %m[%i, %i] : memref<?x?xf32>, vector<4xf64>',
      'simd.element-type',
      'expects a vector of f32, the element type of memref<?x?xf32>, got vector<4xf64>',
    ],
    [`%r = simd.load %m[%i, %i] {alignment = 0 : i64} : memref<?x?xf32>, ${V}`, 'simd.alignment', 'power of two'],
    [`simd.store %v, %m[%i, %i, %i] : memref<?x?xf32>, ${V}`, 'simd.index-count', 'got 3'],
    [`simd.store %v, %m[%i, %i] {alignment = 12 : i64} : memref<?x?xf32>, ${V}`, 'simd.alignment', 'got 12'],
    ['%r = simd.load %m[%i, %i] : memref<?x?xf32>, vector<2x2xf32>', '', 'one-dimensional vector of fixed size'],
    [
      `%k2 = arith.constant dense<true> : vector<8xi1>\n  "simd.masked_store"(%v, %m, %i, %i, %k2) : (${V}, memref<?x?xf32>, index, index, vector<8xi1>) -> ()`,
      'verify.types-match',
      'requires mask of type vector<4xi1>',
    ],
    [
      `%w = simd.splat %s : vector<8xf32>\n  %r = "simd.masked_load"(%m, %i, %i, %k, %w) : (memref<?x?xf32>, index, index, vector<4xi1>, vector<8xf32>) -> ${V}`,
      'verify.types-match',
      'requires result, passThrough to have the same type',
    ],
    [
      `%r = simd.strided_load %m[%i, %i] stride 2 dim 2 : memref<?x?xf32>, ${V}`,
      'simd.stride-dim',
      'expects a dimension from 0 to 1 of memref<?x?xf32>, got 2',
    ],
    [
      '%r = simd.gather %m[%i, %i] [%o] : memref<?x?xf32>, vector<4xi32>, vector<8xf32>',
      'simd.offset-count',
      'expects 8 offsets, one for each lane, got 4',
    ],
    [
      `%r = "simd.gather"(%m, %i, %i, %o, %k) {operandSegmentSizes = array<i32: 1, 2, 1, 1, 0>} : (memref<?x?xf32>, index, index, vector<4xi32>, vector<4xi1>) -> ${V}`,
      'simd.gather-mask',
      'expects a mask together with the vector for the lanes that are off',
    ],
    [
      '%w = simd.splat %s : vector<8xf32>\n  simd.scatter %w, %m[%i, %i] [%o] : memref<?x?xf32>, vector<4xi32>, vector<8xf32>',
      'simd.offset-count',
      'expects 8 offsets',
    ],
    ['%r = simd.extract %v[4] : vector<4xf32>', 'simd.lane', 'expects a lane from 0 to 3, got 4'],
    ['%r = simd.insert %s, %v[-1] : vector<4xf32>', 'simd.lane', 'got -1'],
    [
      '%r = "simd.extract"(%v) : (vector<4xf32>) -> f32',
      'simd.lane-form',
      "expects either the attribute 'lane' or a position operand",
    ],
    [
      '%r = "simd.extract"(%v, %i) {lane = 1 : i64} : (vector<4xf32>, index) -> f32',
      'simd.lane-form',
      "expects either the attribute 'lane' or a position operand",
    ],
    [
      '%r = simd.extract %s[1] : f32',
      '',
      'expected a one-dimensional vector of fixed size of integers, indices or floats, got f32',
    ],
    ['%r = simd.shuffle %v, %v [0, 8] : vector<4xf32>', 'simd.shuffle-lanes', 'expects lanes from 0 to 7, got 8'],
    [
      '%r = "simd.shuffle"(%v, %v) {lanes = array<i64>} : (vector<4xf32>, vector<4xf32>) -> vector<4xf32>',
      'simd.shuffle-lanes',
      'expects at least one lane',
    ],
    [
      '%r = "simd.shuffle"(%v, %v) {lanes = array<i64: 0, 1>} : (vector<4xf32>, vector<4xf32>) -> vector<4xf32>',
      'simd.result-type',
      'expects a result of type vector<2xf32>, got vector<4xf32>',
    ],
    [
      '%r = simd.slice %v offset 2 size 3 : vector<4xf32>',
      'simd.slice-range',
      'expects lanes inside 0 to 3, got 3 lanes from 2',
    ],
    [
      '%r = "simd.slice"(%v) {offset = 0 : i64, size = 2 : i64} : (vector<4xf32>) -> vector<3xf32>',
      'simd.result-type',
      'expects a result of type vector<2xf32>',
    ],
    ['%r = "simd.concat"() : () -> vector<4xf32>', 'simd.concat-empty', 'expects at least one vector'],
    [
      '%r = "simd.concat"(%v, %o) : (vector<4xf32>, vector<4xi32>) -> vector<8xf32>',
      'simd.concat-elements',
      'expects vectors of one element type, got f32 and i32',
    ],
    [
      '%r = "simd.concat"(%v, %v) : (vector<4xf32>, vector<4xf32>) -> vector<4xf32>',
      'simd.result-type',
      'expects a result of type vector<8xf32>',
    ],
    [
      '%r = simd.widen_low %v : vector<4xf32> to vector<4xf64>',
      'simd.result-type',
      'expects a result of type vector<2xf64>, got vector<4xf64>',
    ],
    [
      '%w = simd.splat %s : vector<3xf32>\n  %r = simd.widen_low %w : vector<3xf32> to vector<1xf64>',
      'simd.widen-type',
      'expects an even number of',
    ],
    [
      '%r = simd.widen_high %v {unsigned} : vector<4xf32> to vector<2xf64>',
      'simd.widen-unsigned',
      "takes 'unsigned' only for integers",
    ],
    [
      '%r = simd.narrow %o, %o : vector<4xi32> to vector<8xi8>',
      'simd.narrow-type',
      'expects 8 lanes of half the width of i32, got vector<8xi8>',
    ],
    [
      '%w = simd.splat %s : vector<3xf32>\n  %r = simd.reduce_add %w : vector<3xf32>',
      'simd.reduce-lanes',
      'expects a power of two of lanes, got 3',
    ],
    ['%r = simd.reduce_xor %v : vector<4xf32>', 'simd.reduce-type', 'expects integers, got vector<4xf32>'],
    [
      '%r = simd.reduce_add %o {unsigned} : vector<4xi32>',
      'simd.reduce-unsigned',
      "takes 'unsigned' only for minima and maxima of integers",
    ],
    ['%r = simd.splat %i : vector<4xf32>', '', 'f32'],
  ])('reports %s', (line, id, message) => {
    const errors = errorsOf(func(args, `  ${line}`)).join('\n');
    expect(errors).toContain(id);
    expect(errors).toContain(message);
  });

  test('asks for neighbours in memory where it needs them, and for a dimension', () => {
    const strided = (line: string) =>
      errorsOf(func('%m: memref<8x8xf32, strided<[1, 8]>>, %n: memref<f32>, %i: index', `  ${line}`)).join('\n');
    expect(strided('%r = simd.load %m[%i, %i] : memref<8x8xf32, strided<[1, 8]>>, vector<4xf32>')).toContain(
      "simd.contiguous: 'simd.load' op expects a last dimension of stride 1, got memref<8x8xf32, strided<[1, 8]>>: use simd.strided_load, simd.gather or simd.scatter",
    );
    expect(
      strided('%r = simd.strided_load %m[%i, %i] stride 1 : memref<8x8xf32, strided<[1, 8]>>, vector<4xf32>'),
    ).toBe('');
    expect(strided('%r = simd.load %n[] : memref<f32>, vector<4xf32>')).toContain(
      'expects a buffer of at least one dimension',
    );
  });
});
