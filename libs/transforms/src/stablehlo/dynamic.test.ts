import { expect, test } from 'vitest';
import { runMain } from '../testing/programs.js';
import { convert } from './testing/convert.js';

const main = (signature: string, body: string): string => `func.func @main(${signature} {\n${body}\n}`;

test('shapes that are constants are shapes of types', () => {
  const text = main(
    ') -> (tensor<2x3xi32>, tensor<?x?xi32>)',
    `  %s = stablehlo.constant dense<[2, 3]> : tensor<2xi64>
  %0 = stablehlo.dynamic_iota %s, dim = 1 : (tensor<2xi64>) -> tensor<2x3xi32>
  %t = stablehlo.constant dense<[3, 2]> : tensor<2xi64>
  %1 = stablehlo.dynamic_reshape %0, %t : (tensor<2x3xi32>, tensor<2xi64>) -> tensor<?x?xi32>
  return %0, %1 : tensor<2x3xi32>, tensor<?x?xi32>`,
  );
  expect(runMain(convert(text))).toEqual(['0 1 2 0 1 2', '0 1 2 0 1 2']);
});

test('a vector is broadcast to a shape put together of constants', () => {
  const text = main(
    '%x: tensor<2xi32>, %y: tensor<1x2xi32>) -> (tensor<?x2xi32>, tensor<?x2xi32>)',
    `  %a = stablehlo.constant dense<3> : tensor<1xi32>
  %b = stablehlo.constant dense<2> : tensor<1xi32>
  %s = stablehlo.concatenate %a, %b, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %0 = stablehlo.dynamic_broadcast_in_dim %x, %s, dims = [1] : (tensor<2xi32>, tensor<2xi32>) -> tensor<?x2xi32>
  %1 = stablehlo.dynamic_broadcast_in_dim %y, %s, dims = [0, 1] : (tensor<1x2xi32>, tensor<2xi32>) -> tensor<?x2xi32>
  return %0, %1 : tensor<?x2xi32>, tensor<?x2xi32>`,
  );
  for (const result of runMain(convert(text))) {
    const numbers = result.split(' ');
    expect(numbers).toHaveLength(6);
    expect(numbers.slice(2)).toEqual([...numbers.slice(0, 2), ...numbers.slice(0, 2)]);
  }
});

test('shapes that are sizes of other arrays, and arithmetic on those, are sizes of arrays', () => {
  const text = main(
    '%x: tensor<?x4xi32>, %y: tensor<4xi32>) -> (tensor<?x4xi32>, tensor<?x?xi32>, tensor<?x4xi32>)',
    `  %n = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?x4xi32>) -> tensor<i32>
  %n1 = stablehlo.reshape %n : (tensor<i32>) -> tensor<1xi32>
  %c4 = stablehlo.constant dense<4> : tensor<1xi32>
  %s = stablehlo.concatenate %n1, %c4, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %b = stablehlo.dynamic_broadcast_in_dim %y, %s, dims = [1] : (tensor<4xi32>, tensor<2xi32>) -> tensor<?x4xi32>
  %0 = stablehlo.subtract %b, %b : tensor<?x4xi32>
  %c2 = stablehlo.constant dense<2> : tensor<1xi32>
  %m = stablehlo.multiply %n1, %c2 : tensor<1xi32>
  %t = stablehlo.concatenate %m, %c2, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %1 = stablehlo.dynamic_reshape %0, %t : (tensor<?x4xi32>, tensor<2xi32>) -> tensor<?x?xi32>
  %2 = stablehlo.dynamic_iota %s, dim = 0 : (tensor<2xi32>) -> tensor<?x4xi32>
  return %0, %1, %2 : tensor<?x4xi32>, tensor<?x?xi32>, tensor<?x4xi32>`,
  );
  const zeros = new Array(8).fill(0).join(' ');
  expect(runMain(convert(text), { sizes: [2] })).toEqual([zeros, zeros, '0 0 0 0 1 1 1 1']);
});

test('widths, limits and sizes that are constants are those of pad and slice', () => {
  const text = main(
    ') -> (tensor<?xi32>, tensor<?xi32>, tensor<?xi32, #stablehlo.bounds<4>>)',
    `  %x = stablehlo.constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  %v = stablehlo.constant dense<9> : tensor<i32>
  %n0 = stablehlo.constant dense<0> : tensor<1xi64>
  %n1 = stablehlo.constant dense<1> : tensor<1xi64>
  %n2 = stablehlo.constant dense<2> : tensor<1xi64>
  %n4 = stablehlo.constant dense<4> : tensor<1xi64>
  %0 = stablehlo.dynamic_pad %x, %v, %n2, %n0, %n1 : (tensor<4xi32>, tensor<i32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xi32>
  %1 = stablehlo.real_dynamic_slice %x, %n1, %n4, %n2 : (tensor<4xi32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xi32>
  %k = stablehlo.constant dense<3> : tensor<i32>
  %2 = stablehlo.set_dimension_size %x, %k, dim = 0 : (tensor<4xi32>, tensor<i32>) -> tensor<?xi32, #stablehlo.bounds<4>>
  return %0, %1, %2 : tensor<?xi32>, tensor<?xi32>, tensor<?xi32, #stablehlo.bounds<4>>`,
  );
  expect(runMain(convert(text))).toEqual(['9 9 1 9 2 9 3 9 4', '2 4', '1 2 3']);
});

test('slices of constant sizes are those of gather, padding of constants that of convolution', () => {
  const text = main(
    '%x: tensor<3x4xi32>, %w: tensor<1x1x2xi32>) -> (tensor<2x?xi32>, tensor<1x1x?xi32>)',
    `  %i = stablehlo.constant dense<[2, 0]> : tensor<2xi32>
  %n = stablehlo.constant dense<[1, 4]> : tensor<2xi32>
  %0 = "stablehlo.dynamic_gather"(%x, %i, %n) {dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>} : (tensor<3x4xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<2x?xi32>
  %p = stablehlo.constant dense<[[1, 1]]> : tensor<1x2xi64>
  %r = stablehlo.constant dense<[[[1, 2, 3]]]> : tensor<1x1x3xi32>
  %1 = "stablehlo.dynamic_conv"(%r, %w, %p) {batch_group_count = 1 : i64, dimension_numbers = #stablehlo.conv<[b, f, 0]x[o, i, 0]->[b, f, 0]>, feature_group_count = 1 : i64} : (tensor<1x1x3xi32>, tensor<1x1x2xi32>, tensor<1x2xi64>) -> tensor<1x1x?xi32>
  return %0, %1 : tensor<2x?xi32>, tensor<1x1x?xi32>`,
  );
  const results = runMain(convert(text));
  expect(results.map((r) => r.split(' ').length)).toEqual([8, 4]);
});

test('shapes that follow from data are read when the program gets there', () => {
  const text = main(
    ') -> (tensor<?x3xi32>, tensor<?xi32>)',
    `  %x = stablehlo.constant dense<[1, 0, 1, 1]> : tensor<4xui8>
  %zero = stablehlo.constant dense<0> : tensor<ui8>
  %n = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<4xui8>, tensor<ui8>) -> tensor<ui8>
  %m = stablehlo.reshape %n : (tensor<ui8>) -> tensor<1xui8>
  %k = stablehlo.convert %m : (tensor<1xui8>) -> tensor<1xi64>
  %three = stablehlo.constant dense<3> : tensor<1xi64>
  %s = stablehlo.concatenate %k, %three, dim = 0 : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %0 = stablehlo.dynamic_iota %s, dim = 0 : (tensor<2xi64>) -> tensor<?x3xi32>
  %1 = stablehlo.dynamic_iota %m, dim = 0 : (tensor<1xui8>) -> tensor<?xi32>
  return %0, %1 : tensor<?x3xi32>, tensor<?xi32>`,
  );
  expect(runMain(convert(text))).toEqual(['0 0 0 1 1 1 2 2 2', '0 1 2']);
});

test('a dimension that might be repeated is not, and the program stops where it would have to be', () => {
  const text = (size: number) =>
    main(
      ') -> tensor<?x3xi32>',
      `  %m = stablehlo.constant dense<1> : tensor<1xi32>
  %n = stablehlo.add %m, %m : tensor<1xi32>
  %x = stablehlo.dynamic_iota %n, dim = 0 : (tensor<1xi32>) -> tensor<?xi32>
  %c = stablehlo.constant dense<[${size}, 3]> : tensor<2xi32>
  %0 = stablehlo.dynamic_broadcast_in_dim %x, %c, dims = [0] : (tensor<?xi32>, tensor<2xi32>) -> tensor<?x3xi32>
  return %0 : tensor<?x3xi32>`,
    );
  expect(runMain(convert(text(2)))).toEqual(['0 0 0 1 1 1']);
  expect(() => runMain(convert(text(4)))).toThrow('got 2, expected 4');
});

test('slices that end at a size, or before it, are slices', () => {
  const text = main(
    '%x: tensor<?x4xi32>) -> (tensor<?x4xi32>, tensor<?x4xi32>, tensor<?x4xi32>, tensor<?x2xi32>)',
    `  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %c4 = stablehlo.constant dense<4> : tensor<1xi32>
  %ones = stablehlo.constant dense<1> : tensor<2xi32>
  %zeros = stablehlo.constant dense<0> : tensor<2xi32>
  %s2 = stablehlo.constant dense<2> : tensor<1xi32>
  %n = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?x4xi32>) -> tensor<i32>
  %m = stablehlo.subtract %n, %one : tensor<i32>
  %m1 = stablehlo.reshape %m : (tensor<i32>) -> tensor<1xi32>
  %n1 = stablehlo.reshape %n : (tensor<i32>) -> tensor<1xi32>
  %size = stablehlo.concatenate %m1, %c4, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %half = stablehlo.concatenate %n1, %s2, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %y = stablehlo.add %x, %x : tensor<?x4xi32>
  %i0 = stablehlo.reshape %zero : (tensor<i32>) -> tensor<1xi32>
  %i9 = stablehlo.constant dense<9> : tensor<1xi32>
  %0 = "stablehlo.dynamic_gather"(%x, %i0, %size) <{dimension_numbers = #stablehlo.gather<offset_dims = [0, 1], start_index_map = [0]>}> : (tensor<?x4xi32>, tensor<1xi32>, tensor<2xi32>) -> tensor<?x4xi32>
  %1 = "stablehlo.dynamic_gather"(%x, %i9, %size) <{dimension_numbers = #stablehlo.gather<offset_dims = [0, 1], start_index_map = [0]>}> : (tensor<?x4xi32>, tensor<1xi32>, tensor<2xi32>) -> tensor<?x4xi32>
  %2 = stablehlo.real_dynamic_slice %y, %zeros, %size, %ones : (tensor<?x4xi32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x4xi32>
  %3 = stablehlo.real_dynamic_slice %y, %zeros, %half, %ones : (tensor<?x4xi32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x2xi32>
  return %0, %1, %2, %3 : tensor<?x4xi32>, tensor<?x4xi32>, tensor<?x4xi32>, tensor<?x2xi32>`,
  );
  const [first, last, doubled, half] = runMain(convert(text)).map((r) => r.split(' ').map(Number)) as number[][];
  // All rows but the last, all but the first.
  expect(first!.slice(4)).toEqual(last!.slice(0, -4));
  expect(first).not.toEqual(last);
  expect(doubled).toEqual(first!.map((v) => 2 * v));
  expect(half).toHaveLength(first!.length / 2 + 2);
  expect(half!.slice(-2)).toEqual(last!.slice(-4, -2).map((v) => 2 * v));
});

test.each([
  ['%n', 'its slice sizes are not constants', 'multiply'],
  ['%n', 'its slice sizes are not constants', 'minimum'],
])('slices to %s otherwise are an error: %s', (_, reason, op) => {
  const text = main(
    '%x: tensor<?xi32>) -> tensor<?xi32>',
    `  %two = stablehlo.constant dense<2> : tensor<1xi32>
  %i = stablehlo.constant dense<0> : tensor<1xi32>
  %n = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?xi32>) -> tensor<i32>
  %n1 = stablehlo.reshape %n : (tensor<i32>) -> tensor<1xi32>
  %s = stablehlo.${op} %n1, %two : tensor<1xi32>
  %0 = "stablehlo.dynamic_gather"(%x, %i, %s) <{dimension_numbers = #stablehlo.gather<offset_dims = [0], start_index_map = [0]>}> : (tensor<?xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<?xi32>
  return %0 : tensor<?xi32>`,
  );
  expect(() => convert(text)).toThrow(reason);
});

test('products say as much of their sizes as their types do, not as their operands', () => {
  const text = main(
    '%x: tensor<2x3xi32>, %y: tensor<?x2xi32>) -> (tensor<?x?xi32>, tensor<2x2xi32>)',
    `  %0 = stablehlo.dot_general %x, %x, contracting_dims = [1] x [1] : (tensor<2x3xi32>, tensor<2x3xi32>) -> tensor<?x?xi32>
  %1 = stablehlo.dot_general %y, %y, contracting_dims = [0] x [0] : (tensor<?x2xi32>, tensor<?x2xi32>) -> tensor<2x2xi32>
  return %0, %1 : tensor<?x?xi32>, tensor<2x2xi32>`,
  );
  expect(runMain(convert(text)).map((r) => r.split(' ').length)).toEqual([4, 4]);
});

test('functions of sizes that are not known are inlined, and what calls itself is not', () => {
  const text = `func.func @main() -> tensor<?xi32> {
  %n = stablehlo.constant dense<3> : tensor<i32>
  %0 = call @outer(%n) : (tensor<i32>) -> tensor<?xi32>
  return %0 : tensor<?xi32>
}
func.func private @outer(%n: tensor<i32>) -> tensor<?xi32> {
  %0 = call @inner(%n) : (tensor<i32>) -> tensor<?xi32>
  %1 = stablehlo.add %0, %0 : tensor<?xi32>
  return %1 : tensor<?xi32>
}
func.func private @inner(%n: tensor<i32>) -> tensor<?xi32> {
  %s = stablehlo.reshape %n : (tensor<i32>) -> tensor<1xi32>
  %0 = stablehlo.dynamic_iota %s, dim = 0 : (tensor<1xi32>) -> tensor<?xi32>
  return %0 : tensor<?xi32>
}`;
  const module = convert(text);
  expect(runMain(module)).toEqual(['0 2 4']);
  expect(module.toString()).not.toMatch(/call|@outer|@inner|array.extract/);
  const endless = text.replace('call @inner(%n)', 'call @outer(%n)');
  expect(convert(endless).toString()).toMatch(/func.call @outer|call @outer/);
});

test.each([
  [
    'its size is not a constant',
    '%x: tensor<4xf32>, %n: tensor<i32>) -> tensor<?xf32, #stablehlo.bounds<4>>',
    '%0 = stablehlo.set_dimension_size %x, %n, dim = 0 : (tensor<4xf32>, tensor<i32>) -> tensor<?xf32, #stablehlo.bounds<4>>\n  return %0 : tensor<?xf32, #stablehlo.bounds<4>>',
  ],
  [
    'its padding between the elements is not a constant',
    '%x: tensor<4xf32>, %v: tensor<f32>, %n: tensor<1xi32>) -> tensor<?xf32>',
    '%z = stablehlo.constant dense<0> : tensor<1xi32>\n  %0 = stablehlo.dynamic_pad %x, %v, %z, %z, %n : (tensor<4xf32>, tensor<f32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<?xf32>\n  return %0 : tensor<?xf32>',
  ],
  [
    'its start is not a constant',
    '%x: tensor<4xf32>, %n: tensor<1xi32>) -> tensor<?xf32>',
    '%0 = stablehlo.real_dynamic_slice %x, %n, %n, %n : (tensor<4xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<?xf32>\n  return %0 : tensor<?xf32>',
  ],
  [
    'its slice sizes are not constants',
    '%x: tensor<4x8xf32>, %i: tensor<5x1xi32>, %n: tensor<2xi32>) -> tensor<5x?xf32>',
    '%0 = "stablehlo.dynamic_gather"(%x, %i, %n) {dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>} : (tensor<4x8xf32>, tensor<5x1xi32>, tensor<2xi32>) -> tensor<5x?xf32>\n  return %0 : tensor<5x?xf32>',
  ],
  [
    'its padding is not a constant',
    '%x: tensor<1x1x3xf32>, %w: tensor<1x1x2xf32>, %p: tensor<1x2xi64>) -> tensor<1x1x?xf32>',
    '%0 = "stablehlo.dynamic_conv"(%x, %w, %p) {batch_group_count = 1 : i64, dimension_numbers = #stablehlo.conv<[b, f, 0]x[o, i, 0]->[b, f, 0]>, feature_group_count = 1 : i64} : (tensor<1x1x3xf32>, tensor<1x1x2xf32>, tensor<1x2xi64>) -> tensor<1x1x?xf32>\n  return %0 : tensor<1x1x?xf32>',
  ],
])('what follows from data is an error: %s', (reason, signature, body) => {
  expect(() => convert(main(signature, `  ${body}`))).toThrow(reason);
});
