// array.pack and array.unpack: values, each other's inverse, and what their verifiers refuse.
import { applyPatternsGreedily } from '@budflow/rewrite';
import { describe, expect, test } from 'vitest';
import { messagesOf, moduleFrom, run, tensor } from './testing/harness.js';

function pack(attributes: string, x: string, r: string): string {
  return `func.func @f(%x: ${x}) -> ${r} {
  %r = array.pack %x ${attributes} : ${x} to ${r}
  return %r : ${r}
}`;
}
function unpack(attributes: string, x: string, r: string): string {
  return pack(attributes, x, r).replace('array.pack', 'array.unpack');
}
const count = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('values', () => {
  test('tiles, padded', () => {
    const text = pack(
      'inner_dims_pos = [1, 0] inner_tiles = [2, 3] padding -1.0 : f32',
      'tensor<4x3xf32>',
      'tensor<2x2x2x3xf32>',
    );
    expect(run(text, (c) => [tensor(c, 'tensor<4x3xf32>', count(12))])).toEqual([
      1, 4, 7, 2, 5, 8, 3, 6, 9, -1, -1, -1, 10, -1, -1, 11, -1, -1, 12, -1, -1, -1, -1, -1,
    ]);
  });
  test('outer dimensions in another order', () => {
    const text = pack(
      'inner_dims_pos = [1] inner_tiles = [2] outer_dims_perm = [1, 0]',
      'tensor<2x4xi32>',
      'tensor<2x2x2xi32>',
    );
    expect(run(text, (c) => [tensor(c, 'tensor<2x4xi32>', count(8))])).toEqual([1, 2, 5, 6, 3, 4, 7, 8]);
  });
  test('unpack leaves padding out', () => {
    const text = unpack('inner_dims_pos = [0] inner_tiles = [3]', 'tensor<2x3xi32>', 'tensor<4xi32>');
    expect(run(text, (c) => [tensor(c, 'tensor<2x3xi32>', [1, 2, 3, 4, 0, 0])])).toEqual([1, 2, 3, 4]);
  });
  test('dynamic sizes', () => {
    const text = pack('inner_dims_pos = [0] inner_tiles = [4] padding 9 : i32', 'tensor<?xi32>', 'tensor<?x4xi32>');
    expect(run(text, (c) => [tensor(c, 'tensor<?xi32>', [1, 2, 3, 4, 5], [5])])).toEqual([1, 2, 3, 4, 5, 9, 9, 9]);
  });
});

describe('what verifiers refuse', () => {
  test.each([
    [pack('inner_dims_pos = [0] inner_tiles = [4]', 'tensor<6xf32>', 'tensor<2x4xf32>'), "requires a 'padding'"],
    [pack('inner_dims_pos = [0] inner_tiles = [4]', 'tensor<?xf32>', 'tensor<?x4xf32>'), "requires a 'padding'"],
    [pack('inner_dims_pos = [1] inner_tiles = [4]', 'tensor<8xf32>', 'tensor<2x4xf32>'), "'inner_dims_pos' to name"],
    [pack('inner_dims_pos = [0] inner_tiles = [0]', 'tensor<8xf32>', 'tensor<2x4xf32>'), 'one tile of at least 1'],
    [pack('inner_dims_pos = [0] inner_tiles = []', 'tensor<8xf32>', 'tensor<2x4xf32>'), 'one tile of at least 1'],
    [
      pack('inner_dims_pos = [0] inner_tiles = [4] outer_dims_perm = [1]', 'tensor<8x2xf32>', 'tensor<2x2x4xf32>'),
      "'outer_dims_perm' to name all dimensions",
    ],
    [
      pack('inner_dims_pos = [0] inner_tiles = [4]', 'tensor<8xf32>', 'tensor<3x4xf32>'),
      'requires result of type tensor<2x4xf32>',
    ],
    [
      pack('inner_dims_pos = [0] inner_tiles = [4] padding 0 : i32', 'tensor<8xf32>', 'tensor<2x4xf32>'),
      'requires an operand with elements of type i32',
    ],
    [
      unpack('inner_dims_pos = [0] inner_tiles = [4]', 'tensor<2x4xf32>', 'tensor<9xf32>'),
      'requires an operand of type tensor<3x4xf32> for a result tensor<9xf32>',
    ],
  ])('%#', (text, message) => {
    expect(messagesOf(text).join('\n')).toContain(message);
  });
});

test('packing and unpacking undo each other', () => {
  const module =
    moduleFrom(`func.func @f(%x: tensor<6x5xf32>, %y: tensor<2x5x3xf32>) -> (tensor<6x5xf32>, tensor<2x5x3xf32>) {
  %0 = array.pack %x inner_dims_pos = [0] inner_tiles = [4] padding 0.0 : f32 : tensor<6x5xf32> to tensor<2x5x4xf32>
  %1 = array.unpack %0 inner_dims_pos = [0] inner_tiles = [4] : tensor<2x5x4xf32> to tensor<6x5xf32>
  %2 = array.unpack %y inner_dims_pos = [0] inner_tiles = [3] : tensor<2x5x3xf32> to tensor<6x5xf32>
  %3 = array.pack %2 inner_dims_pos = [0] inner_tiles = [3] : tensor<6x5xf32> to tensor<2x5x3xf32>
  return %1, %3 : tensor<6x5xf32>, tensor<2x5x3xf32>
}`);
  applyPatternsGreedily(module, [], { canonicalize: true, checkChanges: true });
  expect(module.toString()).toContain('return %arg0, %arg1');
});
