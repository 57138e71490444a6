// What the verifier of the memory ops reports.
import { describe, expect, test } from 'vitest';
import { errorsOf, func } from '../../loop/src/testing/harness.js';

describe('verifier', () => {
  test.each([
    [
      '%m: memref<4x4xf32>, %i: index',
      '%v = memory.load %m[%i] : memref<4x4xf32>',
      'memory.index-count',
      'expects 2 indices for memref<4x4xf32>, got 1',
    ],
    [
      '%m: memref<4xf32>, %i: index, %x: f32',
      'memory.store %x, %m[%i, %i] : memref<4xf32>',
      'memory.index-count',
      'expects 1 indices for memref<4xf32>, got 2',
    ],
    [
      '%m: memref<4xf32>, %i: index',
      '%v = memory.load %m[%i] {alignment = 12 : i64} : memref<4xf32>',
      'memory.alignment',
      'expects an alignment that is a power of two (in bytes), got 12',
    ],
    [
      '%m: memref<4xf32>, %i: index',
      '%v = "memory.load"(%m, %i) : (memref<4xf32>, index) -> f64',
      'verify.types-match',
      'requires result of type f32 to go with memref of type memref<4xf32>, got f64',
    ],
    [
      '%m: memref<4xf32>, %i: index, %x: f64',
      '"memory.store"(%x, %m, %i) : (f64, memref<4xf32>, index) -> ()',
      'verify.types-match',
      'requires value of type f32',
    ],
    [
      '',
      '%c = memory.global_constant {value = dense<1.0> : tensor<4xf32>} : memref<5xf32>',
      'memory.constant-type',
      'expects a buffer of the shape and elements of tensor<4xf32>, got memref<5xf32>',
    ],
    [
      '',
      '%c = memory.global_constant {value = dense<1.0> : tensor<4xf32>} : memref<4xf64>',
      'memory.constant-type',
      'got memref<4xf64>',
    ],
    [
      '%n: index',
      '%m = memory.alloc(%n) : memref<4xf32>',
      'memory.size-count',
      "expects 0 sizes, one for each '?' of memref<4xf32>, got 1",
    ],
    [
      '',
      '%m = memory.alloca() : memref<?xf32>',
      'memory.size-count',
      "expects 1 sizes, one for each '?' of memref<?xf32>, got 0",
    ],
    [
      '',
      '%m = memory.alloc() : memref<4x4xf32, strided<[8, 1]>>',
      'memory.alloc-layout',
      'expects a type without a layout',
    ],
    ['', '%m = memory.alloca() {alignment = 3 : i64} : memref<4xf32>', 'memory.alignment', 'got 3'],
    [
      '',
      '%m = memory.arena : memref<?xi8>',
      'memory.arena-size',
      "expects either the attribute 'bytes' or a size operand",
    ],
    [
      '%n: index',
      '%m = memory.arena %n {bytes = 4 : i64} : memref<?xi8>',
      'memory.arena-size',
      "expects either the attribute 'bytes' or a size operand",
    ],
    [
      '',
      '%m = memory.arena {bytes = -4 : i64} : memref<?xi8>',
      'memory.arena-size',
      "expects 'bytes' not to be negative, got -4",
    ],
    [
      '',
      '%m = memory.arena {bytes = 4 : i64} : memref<8xi8>',
      'memory.arena-size',
      'has the type of 8 bytes, but 4 is asked for',
    ],
    ['', '%m = memory.arena {bytes = 4 : i64} : memref<?xf32>', '', 'one-dimensional memref of i8'],
    [
      '%m: memref<4xf32>',
      '%d = memory.dim %m, 1 : memref<4xf32>',
      'memory.dim-range',
      'expects a dimension from 0 to 0 of memref<4xf32>, got 1',
    ],
    [
      '%m: memref<4xf32>',
      '%d = memory.cast %m : memref<4xf32> to memref<5xf32>',
      'memory.cast-types',
      'cannot cast memref<4xf32> to memref<5xf32>: sizes 4 and 5 of dimension 0 differ',
    ],
    [
      '%m: memref<4x4xf32>',
      '%d = memory.reshape %m : memref<4x4xf32> to memref<15xf32>',
      'memory.reshape-count',
      'cannot reshape 16 elements to 15',
    ],
    [
      '%m: memref<4x4xf32>',
      '%d = memory.reshape %m : memref<4x4xf32> to memref<16xf64>',
      'memory.element-type',
      'one element type, got f32 and f64',
    ],
    [
      '%m: memref<4x4xf32, strided<[8, 1]>>',
      '%d = memory.reshape %m : memref<4x4xf32, strided<[8, 1]>> to memref<16xf32>',
      'memory.reshape-layout',
      'copy to a buffer without a layout first',
    ],
    [
      '%m: memref<?xf32>',
      '%d = memory.reshape %m : memref<?xf32> to memref<?x?xf32>',
      'memory.reshape-sizes',
      "expects a size for each '?' of memref<?x?xf32> (or none, when there is just one), got 0",
    ],
    [
      '%m: memref<?xi8>, %o: index',
      '%d = memory.view %m[%o]() : memref<?xi8> to memref<?xf32>',
      'memory.size-count',
      'expects 1 sizes',
    ],
    [
      '%m: memref<?xi8>, %o: index',
      '%d = memory.view %m[%o]() : memref<?xi8> to memref<4xf32, strided<[2]>>',
      'memory.view-layout',
      'expects a result type without a layout',
    ],
    [
      '%m: memref<?xi8>',
      '%o = arith.constant 6 : index\n  %d = memory.view %m[%o]() : memref<?xi8> to memref<4xf32>',
      'memory.view-offset',
      'expects a byte offset that is a multiple of 4, the size of f32, got 6',
    ],
    [
      '%m: memref<64xi8>',
      '%o = arith.constant 56 : index\n  %d = memory.view %m[%o]() : memref<64xi8> to memref<4xf32>',
      'memory.view-range',
      'needs bytes 56 to 72 of a block of 64 bytes',
    ],
    [
      '%a: memref<4xf32>, %b: memref<5xf32>',
      'memory.copy %a, %b : memref<4xf32> to memref<5xf32>',
      'memory.shape',
      'expects buffers of the same shape, got [4] and [5]',
    ],
    [
      '%a: memref<4xf32>, %b: memref<4xi32>',
      'memory.copy %a, %b : memref<4xf32> to memref<4xi32>',
      'memory.element-type',
      'one element type, got f32 and i32',
    ],
    [
      '%a: memref<4xf32>',
      '%t = memory.to_tensor %a : memref<4xf32> to tensor<4xi32>',
      'memory.element-type',
      'expects a tensor and a buffer of one element type, got i32 and f32',
    ],
    [
      '%a: memref<4xf32>',
      '%t = memory.to_tensor %a : memref<4xf32> to tensor<2x2xf32>',
      'memory.shape',
      'expects a tensor and a buffer of the same shape, got [2, 2] and [4]',
    ],
    [
      '%t: tensor<4xf32>',
      '%a = memory.from_tensor %t : tensor<4xf32> to memref<4xf32, strided<[2]>>',
      'memory.alloc-layout',
      'without a layout',
    ],
    [
      '%t: tensor<4x?xf32>, %a: memref<5x?xf32>',
      'memory.materialize %t into %a : tensor<4x?xf32>, memref<5x?xf32>',
      'memory.shape',
      'got [4, ?] and [5, ?]',
    ],
    [
      '%m: memref<8x8xf32>',
      '%s = memory.subview %m[0] [4, 4] [1, 1] : memref<8x8xf32> to memref<4x4xf32, strided<[8, 1]>>',
      'memory.subview-rank',
      'expects 2 offsets for memref<8x8xf32>, got 1',
    ],
    [
      '%m: memref<8x8xf32>',
      '%s = memory.subview %m[0, 6] [4, 4] [1, 1] : memref<8x8xf32> to memref<4x4xf32, strided<[8, 1], offset: 6>>',
      'memory.subview-range',
      'reads element 9 of dimension 1, which has 8',
    ],
    [
      '%m: memref<8x8xf32>',
      '%s = memory.subview %m[0, 4] [4, 4] [1, 1] : memref<8x8xf32> to memref<4x4xf32>',
      'memory.subview-type',
      'expects a result of type memref<4x4xf32, strided<[8, 1], offset: 4>>',
    ],
    [
      '%m: memref<8xf32>',
      '%s = memory.subview %m[-1] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1]>>',
      '',
      'expected a number that is not negative among offsets, got -1',
    ],
    [
      '%m: memref<8xf32>',
      '%s = "memory.subview"(%m) {staticOffsets = array<i64: -1>, staticSizes = array<i64: 4>, staticStrides = array<i64: 1>, operandSegmentSizes = array<i32: 1, 0, 0, 0>} : (memref<8xf32>) -> memref<4xf32, strided<[1]>>',
      'memory.subview-operands',
      'expects 1 dynamic offsets, got 0',
    ],
    [
      '%m: memref<16xf32, affine_map<(d0) -> (d0 floordiv 4, d0 mod 4)>>',
      '%s = memory.subview %m[0] [4] [1] : memref<16xf32, affine_map<(d0) -> (d0 floordiv 4, d0 mod 4)>> to memref<4xf32, strided<[1]>>',
      'memory.subview-layout',
      'expects a source with a strided layout',
    ],
  ])('(%s) %s', (args, line, id, message) => {
    const errors = errorsOf(func(args, `  ${line}`)).join('\n');
    expect(errors).toContain(id);
    expect(errors).toContain(message);
  });
});
