// Strides, offsets and contiguity of memref types.
import { AffineExpr, Context, DYNAMIC, type MemRefType, parseType } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import {
  castProblem,
  dynamicDimPosition,
  isAtLeastAsStatic,
  isContiguous,
  isLastDimContiguous,
  stridesAndOffset,
} from './layout.js';

const context = new Context();
const type = (text: string): MemRefType => parseType(text, context) as MemRefType;

describe('strides and offset', () => {
  test('of the row-major layout follow from the sizes', () => {
    expect(stridesAndOffset(type('memref<4x8x2xf32>'))).toEqual({ strides: [16, 2, 1], offset: 0 });
    expect(stridesAndOffset(type('memref<4x?x2xf32>'))).toEqual({ strides: [DYNAMIC, 2, 1], offset: 0 });
    expect(stridesAndOffset(type('memref<f32>'))).toEqual({ strides: [], offset: 0 });
  });
  test('of a strided layout are its own', () => {
    expect(stridesAndOffset(type('memref<4x8xf32, strided<[?, 1], offset: 3>>'))).toEqual({
      strides: [DYNAMIC, 1],
      offset: 3,
    });
  });
  test('of a linear affine map are its coefficients', () => {
    expect(stridesAndOffset(type('memref<4x8xf32, affine_map<(d0, d1) -> (d1 * 4 + d0 + 7)>>'))).toEqual({
      strides: [1, 4],
      offset: 7,
    });
    expect(stridesAndOffset(type('memref<4x8xf32, affine_map<(d0, d1)[s0, s1] -> (d0 * s0 + d1 + s1)>>'))).toEqual({
      strides: [DYNAMIC, 1],
      offset: DYNAMIC,
    });
  });
  test('of a tiled map do not exist', () => {
    expect(stridesAndOffset(type('memref<16xf32, affine_map<(d0) -> (d0 floordiv 4, d0 mod 4)>>'))).toBeNull();
    const layout = context.affineMapAttr(context.affineMap(1, 0, [AffineExpr.dim(0).floorDiv(2)]));
    expect(stridesAndOffset(context.memref([4], context.f32, layout))).toBeNull();
  });
});

describe('contiguity', () => {
  test.each([
    ['memref<4x?xf32>', true],
    ['memref<4x8xf32, strided<[8, 1]>>', true],
    ['memref<4x8xf32, strided<[8, 1], offset: ?>>', true],
    ['memref<1x8xf32, strided<[100, 1]>>', true],
    ['memref<4x8xf32, strided<[16, 1]>>', false],
    ['memref<4x8xf32, strided<[?, 1]>>', false],
    ['memref<?x8xf32, strided<[8, 1]>>', true],
    ['memref<4x?xf32, strided<[?, 1]>>', false],
    ['memref<4x8xf32, affine_map<(d0, d1) -> (d1, d0)>>', false],
  ])('of %s is %s', (text, expected) => {
    expect(isContiguous(type(text))).toBe(expected);
  });
  test('of the last dimension needs stride 1 there only', () => {
    expect(isLastDimContiguous(type('memref<4x8xf32, strided<[100, 1]>>'))).toBe(true);
    expect(isLastDimContiguous(type('memref<4x8xf32, strided<[1, 4]>>'))).toBe(false);
    expect(isLastDimContiguous(type('memref<f32>'))).toBe(true);
  });
});

describe('casts', () => {
  test.each([
    ['memref<4xf32>', 'memref<?xf32>', null],
    ['memref<4xf32>', 'memref<4xf64>', 'element types f32 and f64 differ'],
    ['memref<4xf32>', 'memref<5xf32>', 'sizes 4 and 5 of dimension 0 differ'],
    ['memref<4xf32>', 'memref<4x1xf32>', 'ranks 1 and 2 differ'],
    ['memref<4xf32>', 'memref<4xf32, 1>', 'memory spaces differ'],
    ['memref<4x8xf32>', 'memref<4x8xf32, strided<[?, 1], offset: ?>>', null],
    ['memref<4x8xf32>', 'memref<4x8xf32, strided<[16, 1]>>', 'strides 8 and 16 of dimension 0 differ'],
    ['memref<4x8xf32, strided<[8, 1], offset: 2>>', 'memref<4x8xf32>', 'offsets 2 and 0 differ'],
    [
      'memref<16xf32, affine_map<(d0) -> (d0 floordiv 4, d0 mod 4)>>',
      'memref<16xf32>',
      'the layouts cannot be compared',
    ],
  ])('from %s to %s: %s', (from, to, problem) => {
    expect(castProblem(type(from), type(to))).toBe(problem);
  });
  test.each([
    ['memref<4xf32>', 'memref<?xf32>', true],
    ['memref<?xf32>', 'memref<4xf32>', false],
    ['memref<4x8xf32>', 'memref<4x8xf32, strided<[?, 1]>>', true],
    ['memref<4x8xf32, strided<[?, 1]>>', 'memref<4x8xf32>', false],
    ['memref<4x8xf32, strided<[?, 1]>>', 'memref<4x8xf32, strided<[8, 1]>>', false],
    ['memref<4x8xf32, strided<[8, 1]>>', 'memref<4x8xf32, strided<[?, 1]>>', true],
    // Row-major with a dynamic size promises more than any strides of that size.
    ['memref<4x?xf32, strided<[8, 1]>>', 'memref<4x?xf32>', false],
  ])('%s says at least as much as %s: %s', (a, b, expected) => {
    expect(isAtLeastAsStatic(type(a), type(b))).toBe(expected);
  });
});

test('the size operand of a dimension is counted among the dynamic ones', () => {
  expect(dynamicDimPosition([4, DYNAMIC, 8, DYNAMIC], 3)).toBe(1);
});
