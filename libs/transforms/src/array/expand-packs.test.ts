// expand-packs: what it makes of tiles; results stay as they are.
import { expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { expandPacks } from './expand-packs.js';

/** Ops of @main after the pass, whose results are those of before. */
function expanded(text: string, sizes: readonly number[] = []): string[] {
  const module = parse(text);
  const before = runMain(module, { sizes });
  runPasses(module, 'builtin.module(func.func(expand-packs))', [expandPacks]);
  expect(runMain(module, { sizes })).toEqual(before);
  return [...module.toString().matchAll(/array\.(?!constant)\w+/g)].map(([name]) => name);
}

const packed = (
  from: string,
  to: string,
  attributes: string,
) => `func.func @main(%x: tensor<${from}xf32>) -> tensor<${to}xf32> {
  %0 = array.pack %x ${attributes} : tensor<${from}xf32> to tensor<${to}xf32>
  return %0 : tensor<${to}xf32>
}`;

test('whole tiles are a reshape and a transposition', () => {
  expect(expanded(packed('8x6', '8x3x2', 'inner_dims_pos = [1] inner_tiles = [2]'))).toEqual([
    'array.reshape',
    'array.transpose',
  ]);
});

test('tiles that are not filled are padded', () => {
  expect(expanded(packed('10x6', '3x3x4x2', 'inner_dims_pos = [0, 1] inner_tiles = [4, 2] padding 0.0 : f32'))).toEqual(
    ['array.pad', 'array.reshape', 'array.transpose'],
  );
});

test('unpacking goes back, and cuts the padding off', () => {
  const text = `func.func @main(%x: tensor<3x3x4x2xf32>) -> tensor<10x6xf32> {
  %0 = array.unpack %x inner_dims_pos = [0, 1] inner_tiles = [4, 2] : tensor<3x3x4x2xf32> to tensor<10x6xf32>
  return %0 : tensor<10x6xf32>
}`;
  expect(expanded(text)).toEqual(['array.transpose', 'array.reshape', 'array.slice']);
});

test('tiles of a dimension of unknown size keep the op', () => {
  const attributes = 'inner_dims_pos = [0] inner_tiles = [4] padding 0.0 : f32';
  expect(expanded(packed('?', '?x4', attributes), [10])).toEqual(['array.pack']);
});
