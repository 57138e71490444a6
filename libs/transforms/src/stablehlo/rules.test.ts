// What single ops become, and why some become nothing. Their values are compared with XLA's in tools/e2e.
import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { runMain } from '../testing/programs.js';
import { convert } from './testing/convert.js';

function main(signature: string, body: string): string {
  return `func.func @main(${signature} {\n  ${body}\n}`;
}
/** The only op of a name. */
function only(module: Operation, name: string): Operation {
  const found: Operation[] = [];
  module.walk((op) => {
    if (op.name === name) found.push(op);
  });
  expect(found).toHaveLength(1);
  return found[0]!;
}

const window = (body: string, element = 'f32') =>
  main(
    `%x: tensor<4x6x${element}>, %z: tensor<${element}>) -> tensor<2x3x${element}>`,
    `%0 = "stablehlo.reduce_window"(%x, %z) ({
  ^bb0(%a: tensor<${element}>, %b: tensor<${element}>):
    ${body}
    stablehlo.return %1 : tensor<${element}>
  }) {window_dimensions = array<i64: 2, 2>, window_strides = array<i64: 2, 2>} : (tensor<4x6x${element}>, tensor<${element}>) -> tensor<2x3x${element}>
  return %0 : tensor<2x3x${element}>`,
  );

test('windows that are combined by one op have its kind, others a region', () => {
  expect(String(only(convert(window('%1 = stablehlo.add %a, %b : tensor<f32>')), 'array.reduce_window'))).toMatch(
    /^\S+ = array\.reduce_window add /,
  );
  expect(String(only(convert(window('%1 = stablehlo.add %a, %b : tensor<i1>', 'i1')), 'array.reduce_window'))).toMatch(
    /^\S+ = array\.reduce_window or /,
  );
  const region = only(convert(window('%1 = stablehlo.subtract %a, %b : tensor<f32>')), 'array.reduce_window');
  expect(region.region(0).entry.firstOp!.name).toBe('arith.subf');
});

test('a reduction whose region has wider numbers widens its operands', () => {
  const text = main(
    ') -> tensor<i32>',
    `%x = stablehlo.constant dense<[100, 100]> : tensor<2xi8>
  %z = stablehlo.constant dense<1> : tensor<i8>
  %0 = stablehlo.reduce(%x init: %z) across dimensions = [0] : (tensor<2xi8>, tensor<i8>) -> tensor<i32>
   reducer(%a: tensor<i32>, %b: tensor<i32>) {
    %1 = stablehlo.add %a, %b : tensor<i32>
    stablehlo.return %1 : tensor<i32>
  }
  return %0 : tensor<i32>`,
  );
  expect(runMain(convert(text))).toEqual(['201']);
});

test('a sort by a comparison is known as one; scalars are sorted', () => {
  const text = main(
    '%x: tensor<4x5xi32>, %y: tensor<i32>) -> (tensor<4x5xi32>, tensor<i32>)',
    `%0 = "stablehlo.sort"(%x) ({
  ^bb0(%a: tensor<i32>, %b: tensor<i32>):
    %1 = stablehlo.compare GT, %a, %b : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  }) {dimension = -2 : i64, is_stable = true} : (tensor<4x5xi32>) -> tensor<4x5xi32>
  %2 = "stablehlo.sort"(%y) ({
  ^bb0(%a: tensor<i32>, %b: tensor<i32>):
    %1 = stablehlo.compare GT, %a, %b : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  }) {dimension = 0 : i64} : (tensor<i32>) -> tensor<i32>
  return %0, %2 : tensor<4x5xi32>, tensor<i32>`,
  );
  expect(String(only(convert(text), 'array.sort'))).toContain('dim = 0 stable descending');
});

test('torch_index_select takes slices of size 1, by batch', () => {
  const text = main(
    ') -> tensor<2x2x2xi32>',
    `%x = stablehlo.constant dense<[[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]]> : tensor<2x3x2xi32>
  %i = stablehlo.constant dense<[[2, 0], [1, 9]]> : tensor<2x2xi32>
  %0 = "stablehlo.torch_index_select"(%x, %i) {batch_dims = 1 : i64, dim = 1 : i64} : (tensor<2x3x2xi32>, tensor<2x2xi32>) -> tensor<2x2x2xi32>
  return %0 : tensor<2x2x2xi32>`,
  );
  // An index beyond the end is brought back to it.
  expect(runMain(convert(text))).toEqual(['5 6 1 2 9 10 11 12']);
});

test('updates outside of a tensor do nothing, element by element', () => {
  const text = main(
    ') -> tensor<4xi32>',
    `%x = stablehlo.constant dense<0> : tensor<4xi32>
  %i = stablehlo.constant dense<[[3], [-1], [7]]> : tensor<3x1xi32>
  %u = stablehlo.constant dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi32>
  %0 = "stablehlo.scatter"(%x, %i, %u) ({
  ^bb0(%a: tensor<i32>, %b: tensor<i32>):
    %1 = stablehlo.add %a, %b : tensor<i32>
    stablehlo.return %1 : tensor<i32>
  }) {scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>} : (tensor<4xi32>, tensor<3x1xi32>, tensor<3x2xi32>) -> tensor<4xi32>
  return %0 : tensor<4xi32>`,
  );
  expect(runMain(convert(text))).toEqual(['4 0 0 1']);
});

test('operands of chlo broadcast to each other, dynamic sizes too', () => {
  const text = main(
    '%x: tensor<?x1xi32>, %y: tensor<3xi32>, %p: tensor<i1>) -> (tensor<?x3xi32>, tensor<?x3xi1>, tensor<?x3xi32>)',
    `%0 = chlo.broadcast_add %x, %y : (tensor<?x1xi32>, tensor<3xi32>) -> tensor<?x3xi32>
  %1 = chlo.broadcast_compare %x, %y {comparison_direction = #chlo<comparison_direction LT>} : (tensor<?x1xi32>, tensor<3xi32>) -> tensor<?x3xi1>
  %2 = chlo.broadcast_select %p, %0, %y : (tensor<i1>, tensor<?x3xi32>, tensor<3xi32>) -> tensor<?x3xi32>
  return %0, %1, %2 : tensor<?x3xi32>, tensor<?x3xi1>, tensor<?x3xi32>`,
  );
  expect(runMain(convert(text), { sizes: [2] }).map((r) => r.split(' ').length)).toEqual([6, 6, 6]);
});

test.each([
  ['', '1 3 6 10 15 21'],
  [' {is_reverse = true}', '21 20 18 15 11 6'],
])('a scan is a loop over slices%s', (attributes, sums) => {
  const text = main(
    ') -> (tensor<6xi32>, tensor<i32>)',
    `%x = stablehlo.constant dense<[1, 2, 3, 4, 5, 6]> : tensor<6xi32>
  %z = stablehlo.constant dense<0> : tensor<i32>
  %0:2 = chlo.scan(%x) inits (%z) dimension=0${attributes === '' ? '' : ` attributes${attributes}`} {
  ^bb0(%a: tensor<i32>, %b: tensor<i32>):
    %1 = stablehlo.add %a, %b : tensor<i32>
    stablehlo.return %1, %1 : tensor<i32>, tensor<i32>
  } : (tensor<6xi32>, tensor<i32>) -> (tensor<6xi32>, tensor<i32>)
  return %0#0, %0#1 : tensor<6xi32>, tensor<i32>`,
  );
  expect(runMain(convert(text))).toEqual([sums, '21']);
});

test('random numbers with one possible value are that value', () => {
  const text = main(
    ') -> (tensor<3xi32>, tensor<2xf32>)',
    `%a = stablehlo.constant dense<7> : tensor<i32>
  %b = stablehlo.constant dense<8> : tensor<i32>
  %n = stablehlo.constant dense<3> : tensor<1xi64>
  %0 = stablehlo.rng %a, %b, %n, distribution = UNIFORM : (tensor<i32>, tensor<i32>, tensor<1xi64>) -> tensor<3xi32>
  %m = stablehlo.constant dense<1.5> : tensor<f32>
  %s = stablehlo.constant dense<0.0> : tensor<f32>
  %k = stablehlo.constant dense<2> : tensor<1xi64>
  %1 = stablehlo.rng %m, %s, %k, distribution = NORMAL : (tensor<f32>, tensor<f32>, tensor<1xi64>) -> tensor<2xf32>
  return %0, %1 : tensor<3xi32>, tensor<2xf32>`,
  );
  expect(runMain(convert(text))).toEqual(['7 7 7', '1.5 1.5']);
});

test.each([
  [
    'its numbers come from a state that programs cannot name',
    '%a: tensor<f32>, %n: tensor<1xi64>) -> tensor<3xf32>',
    '%0 = stablehlo.rng %a, %a, %n, distribution = UNIFORM : (tensor<f32>, tensor<f32>, tensor<1xi64>) -> tensor<3xf32>\n  return %0 : tensor<3xf32>',
  ],
  [
    'its state has to be 2 or 3 numbers of type ui64, got tensor<4xui32>',
    '%s: tensor<4xui32>) -> tensor<3xui32>',
    '%0, %1 = stablehlo.rng_bit_generator %s, algorithm = DEFAULT : (tensor<4xui32>) -> (tensor<4xui32>, tensor<3xui32>)\n  return %1 : tensor<3xui32>',
  ],
  [
    'the number of elements of its features is not known',
    '%x: tensor<?x2xf32>, %v: tensor<2xf32>) -> tensor<?x2xf32>',
    '%0:3 = "stablehlo.batch_norm_training"(%x, %v, %v) {epsilon = 1.0 : f32, feature_index = 1 : i64} : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>)\n  return %0#0 : tensor<?x2xf32>',
  ],
  [
    'the sizes of its slices are not known',
    '%x: tensor<4x?xf32>, %i: tensor<2xi32>) -> tensor<2x?xf32>',
    '%0 = "stablehlo.torch_index_select"(%x, %i) {batch_dims = 0 : i64, dim = 0 : i64} : (tensor<4x?xf32>, tensor<2xi32>) -> tensor<2x?xf32>\n  return %0 : tensor<2x?xf32>',
  ],
  [
    'i1 has no sums and products',
    '%x: tensor<1x1x3xi1>, %w: tensor<1x1x2xi1>) -> tensor<1x1x2xi1>',
    '%0 = stablehlo.convolution(%x, %w) dim_numbers = [b, f, 0]x[o, i, 0]->[b, f, 0], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x1x3xi1>, tensor<1x1x2xi1>) -> tensor<1x1x2xi1>\n  return %0 : tensor<1x1x2xi1>',
  ],
  [
    'the sizes of its groups differ by batch',
    '%x: tensor<2x4x5xf32>, %y: tensor<2x3x5x7xf32>, %g: tensor<2x3xi64>) -> tensor<2x4x7xf32>',
    '%0 = "chlo.ragged_dot"(%x, %y, %g) {ragged_dot_dimension_numbers = #chlo.ragged_dot<lhs_batching_dimensions = [0], rhs_batching_dimensions = [0], lhs_contracting_dimensions = [2], rhs_contracting_dimensions = [2], lhs_ragged_dimensions = [1], rhs_group_dimensions = [1]>} : (tensor<2x4x5xf32>, tensor<2x3x5x7xf32>, tensor<2x3xi64>) -> tensor<2x4x7xf32>\n  return %0 : tensor<2x4x7xf32>',
  ],
  [
    'it is a step of a decomposition and not for programs',
    '%x: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>',
    '%0 = chlo._asin_acos_kernel %x : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>\n  return %0 : tensor<4xcomplex<f32>>',
  ],
])('an op that cannot be converted says why: %s', (reason, signature, body) => {
  expect(() => convert(main(signature, body))).toThrow(reason);
});

describe('a selection stands around integer division', () => {
  const ops = (divisor: string, element = 'i32', op = 'divide') =>
    convert(
      main(
        `%x: tensor<4x${element}>, %y: tensor<4x${element}>, %n: tensor<4xui8>) -> tensor<4x${element}>`,
        `%c = stablehlo.constant dense<0> : tensor<${element}>
  %zero = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<${element}>) -> tensor<4x${element}>
  ${divisor}
  %r = stablehlo.${op} %x, %d : tensor<4x${element}>
  return %r : tensor<4x${element}>`,
      ),
    )
      .toString()
      .match(/array\.(div|rem|cmp|and|or)\b/g)!
      .join(' ');
  const named = '%d = stablehlo.maximum %y, %y : tensor<4xi32>';

  test('for zero and the lowest number by -1', () => {
    expect(ops(named)).toBe('array.div array.cmp array.cmp array.cmp array.and array.or');
    expect(ops(named, 'i32', 'remainder')).toBe('array.rem array.cmp');
    expect(ops('%d = stablehlo.add %y, %y : tensor<4xui32>', 'ui32')).toBe('array.div array.cmp');
  });

  test.each([
    ['is a constant', '%d = stablehlo.constant dense<[3, -2, 1, 7]> : tensor<4xi32>', ''],
    [
      'is a constant that was spread',
      `%k = stablehlo.constant dense<[3, 4]> : tensor<2xi32>
  %s = stablehlo.broadcast_in_dim %k, dims = [1] : (tensor<2xi32>) -> tensor<2x2xi32>
  %d = stablehlo.reshape %s : (tensor<2x2xi32>) -> tensor<4xi32>`,
      '',
    ],
    [
      'is at least 1',
      `%k = stablehlo.constant dense<1> : tensor<4xi32>
  %d = stablehlo.maximum %y, %k : tensor<4xi32>`,
      '',
    ],
    [
      'may be -1 only',
      '%d = stablehlo.constant dense<[3, -1, 1, 7]> : tensor<4xi32>',
      ' array.cmp array.cmp array.and',
    ],
    ['may be 0 only', '%d = stablehlo.constant dense<[3, 0, 1, 7]> : tensor<4xi32>', ' array.cmp'],
    ['is not negative', '%d = stablehlo.convert %n : (tensor<4xui8>) -> tensor<4xi32>', ' array.cmp'],
  ])('but where the divisor %s', (_, divisor, expected) => {
    expect(ops(divisor)).toBe(`array.div${expected}`);
  });

  test('but where zeros were replaced before', () => {
    const divisor = `%k = stablehlo.constant dense<1> : tensor<4xui32>
  %z = stablehlo.constant dense<0> : tensor<4xui32>
  %p = stablehlo.compare EQ, %y, %z : (tensor<4xui32>, tensor<4xui32>) -> tensor<4xi1>
  %d = stablehlo.select %p, %k, %y : tensor<4xi1>, tensor<4xui32>`;
    expect(ops(divisor, 'ui32')).toBe('array.cmp array.div');
    expect(ops(divisor.replace('%k, %y', '%y, %k'), 'ui32')).toBe('array.cmp array.div array.cmp');
  });
});
