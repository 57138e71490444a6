// Bodies of functions without arguments that say what they expect, rule by rule: by the specification of StableHLO, and
// where that has no numbers by what XLA computes.
export interface ExpectingProgram {
  readonly name: string;
  readonly text: string;
}

/** Op lines on operands %a, %b, .. of constants, and the value expected of %r. */
function unary(op: string, type: string, value: string, expected: string, result = type, how = 'eq'): ExpectingProgram {
  return {
    name: `${op} of ${type}`,
    text: `  %a = stablehlo.constant dense<${value}> : ${type}
  %r = stablehlo.${op} %a : ${type === result ? type : `(${type}) -> ${result}`}
  check.expect_${how}_const %r, dense<${expected}> : ${result}`,
  };
}
function binary(op: string, type: string, lhs: string, rhs: string, expected: string, how = 'eq'): ExpectingProgram {
  return {
    name: `${op} of ${type}`,
    text: `  %a = stablehlo.constant dense<${lhs}> : ${type}
  %b = stablehlo.constant dense<${rhs}> : ${type}
  %r = stablehlo.${op} %a, %b : ${type}
  check.expect_${how}_const %r, dense<${expected}> : ${type}`,
  };
}
const compare = (direction: string, kind: string, type: string, lhs: string, rhs: string, expected: string) => ({
  name: `compare ${direction} of ${type}, ${kind}`,
  text: `  %a = stablehlo.constant dense<${lhs}> : tensor<4x${type}>
  %b = stablehlo.constant dense<${rhs}> : tensor<4x${type}>
  %r = stablehlo.compare ${direction}, %a, %b, ${kind} : (tensor<4x${type}>, tensor<4x${type}>) -> tensor<4xi1>
  check.expect_eq_const %r, dense<${expected}> : tensor<4xi1>`,
});

const NAN = '0x7FC00000';
const MINUS_NAN = '0xFFC00000';

const einsum = (config: string, lhs: string, a: string, rhs: string, b: string, result: string, expected: string) => ({
  name: `einsum ${config}`,
  text: `  %a = stablehlo.constant dense<${a}> : ${lhs}
  %b = stablehlo.constant dense<${b}> : ${rhs}
  %r = stablehlo.einsum %a, %b, config = "${config}" : (${lhs}, ${rhs}) -> ${result}
  check.expect_eq_const %r, dense<${expected}> : ${result}`,
});
const [MATRIX, CUBE] = ['tensor<2x3xf32>', 'tensor<2x2x3xf32>'];

export const PROGRAMS: readonly ExpectingProgram[] = [
  einsum(
    'ab,cb->ca',
    MATRIX,
    '[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]',
    MATRIX,
    '[[1.0, 0.0, 1.0], [0.0, 2.0, 0.0]]',
    'tensor<2x2xf32>',
    '[[4.0, 10.0], [4.0, 10.0]]',
  ),
  // A letter of one operand alone is summed away, one of both that the result has is a batch.
  einsum(
    'nab,nb->n',
    CUBE,
    '[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[7.0, 8.0, 9.0], [0.0, 1.0, 2.0]]]',
    MATRIX,
    '[[1.0, 0.0, 1.0], [0.0, 2.0, 0.0]]',
    'tensor<2xf32>',
    '[14.0, 18.0]',
  ),
  einsum(
    '...ab,b...->a...',
    CUBE,
    '[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[7.0, 8.0, 9.0], [0.0, 1.0, 2.0]]]',
    'tensor<3x2xf32>',
    '[[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]',
    'tensor<2x2xf32>',
    '[[4.0, 8.0], [10.0, 1.0]]',
  ),
  {
    name: 'unary_einsum ab->ba, ab->b',
    text: `  %a = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : ${MATRIX}
  %s = stablehlo.unary_einsum %a, config = "ab->b" : (${MATRIX}) -> tensor<3xf32>
  %r = stablehlo.unary_einsum %a, config = "ab->ba" : (${MATRIX}) -> tensor<3x2xf32>
  check.expect_eq_const %s, dense<[5.0, 7.0, 9.0]> : tensor<3xf32>
  check.expect_eq_const %r, dense<[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]> : tensor<3x2xf32>`,
  },
  unary('abs', 'tensor<3xi32>', '[-2, 0, 2]', '[2, 0, 2]'),
  unary('abs', 'tensor<2xcomplex<f32>>', '[(3.0, 4.0), (0.0, -2.0)]', '[5.0, 2.0]', 'tensor<2xf32>'),
  unary('negate', 'tensor<2xi32>', '[0, -2]', '[0, 2]'),
  unary('not', 'tensor<2xi1>', '[true, false]', '[false, true]'),
  unary('not', 'tensor<2xi8>', '[1, -2]', '[-2, 1]'),
  unary('popcnt', 'tensor<4xi64>', '[0, 1, 2, 127]', '[0, 1, 1, 7]'),
  unary('count_leading_zeros', 'tensor<3xi16>', '[0, 1, -1]', '[16, 15, 0]'),
  unary('sign', 'tensor<5xf32>', '[-0.0, 0.0, -2.5, 3.0, 0x7F800000]', '[-0.0, 0.0, -1.0, 1.0, 1.0]'),
  unary('round_nearest_afz', 'tensor<5xf32>', '[-2.5, 0.4, 0.5, 0.6, 2.5]', '[-3.0, 0.0, 1.0, 1.0, 3.0]'),
  unary('round_nearest_even', 'tensor<5xf32>', '[-2.5, 0.4, 0.5, 0.6, 2.5]', '[-2.0, 0.0, 0.0, 1.0, 2.0]'),
  unary('is_finite', 'tensor<4xf32>', `[${NAN}, 0x7F800000, 1.0, -0.0]`, '[false, false, true, true]', 'tensor<4xi1>'),
  unary('cbrt', 'tensor<2xf64>', '[8.0, -27.0]', '[2.0, -3.0]', 'tensor<2xf64>', 'almost_eq'),
  unary('logistic', 'tensor<2xf32>', '[0.0, 1.0]', '[0.5, 0.7310586]', 'tensor<2xf32>', 'almost_eq'),
  unary('real', 'tensor<2xcomplex<f64>>', '[(1.0, 2.0), (3.0, 4.0)]', '[1.0, 3.0]', 'tensor<2xf64>'),
  unary('imag', 'tensor<2xcomplex<f64>>', '[(1.0, 2.0), (3.0, 4.0)]', '[2.0, 4.0]', 'tensor<2xf64>'),
  unary('imag', 'tensor<2xf32>', '[1.0, 2.0]', '[0.0, 0.0]'),
  binary('add', 'tensor<2xi1>', '[true, false]', '[true, false]', '[true, false]'),
  binary('multiply', 'tensor<2xi1>', '[true, true]', '[true, false]', '[true, false]'),
  binary(
    'divide',
    'tensor<4xf32>',
    '[17.1, -17.1, 17.1, -17.1]',
    '[3.0, 3.0, -3.0, -3.0]',
    '[5.7, -5.7, -5.7, 5.7]',
    'almost_eq',
  ),
  binary('divide', 'tensor<4xi32>', '[17, -17, 17, -17]', '[3, 3, -3, -3]', '[5, -5, -5, 5]'),
  binary('remainder', 'tensor<4xi64>', '[17, -17, 17, -17]', '[3, 3, -3, -3]', '[2, -2, 2, -2]'),
  binary(
    'power',
    'tensor<6xf64>',
    '[-2.0, -0.0, -36.0, 5.0, 3.0, 10000.0]',
    '[2.0, 2.0, 1.1, 2.0, -1.0, 10.0]',
    '[4.0, 0.0, 0x7FF8000000000000, 25.0, 0.333333333333333315, 1.0e+40]',
    'almost_eq',
  ),
  binary('power', 'tensor<5xi32>', '[2, -3, 5, -1, 0]', '[5, 3, -1, -3, 0]', '[32, -27, 0, -1, 1]'),
  binary(
    'atan2',
    'tensor<3xf64>',
    '[0.0, 1.0, -1.0]',
    '[0.0, 0.0, 0.0]',
    '[0.0, 1.5707963267948966, -1.5707963267948966]',
    'almost_eq',
  ),
  binary('shift_left', 'tensor<3xi8>', '[-1, 0, 1]', '[1, 2, 9]', '[-2, 0, 0]'),
  binary('shift_right_arithmetic', 'tensor<3xi8>', '[-1, 0, -8]', '[1, 2, 9]', '[-1, 0, -1]'),
  binary('shift_right_logical', 'tensor<3xi64>', '[-1, 0, 8]', '[1, 2, 3]', '[9223372036854775807, 0, 1]'),
  binary('maximum', 'tensor<3xf32>', `[1.0, ${NAN}, -0.0]`, '[5.0, 6.0, 0.0]', `[5.0, ${NAN}, 0.0]`),
  compare('LT', 'FLOAT', 'f32', `[1.0, ${NAN}, -0.0, 2.0]`, '[2.0, 1.0, 0.0, 2.0]', '[true, false, false, false]'),
  compare(
    'LT',
    'TOTALORDER',
    'f32',
    `[1.0, ${NAN}, -0.0, ${MINUS_NAN}]`,
    '[2.0, 1.0, 0.0, -1.0]',
    '[true, false, true, true]',
  ),
  compare(
    'EQ',
    'TOTALORDER',
    'f32',
    `[1.0, ${NAN}, -0.0, 2.0]`,
    `[1.0, ${NAN}, 0.0, 2.0]`,
    '[true, true, false, true]',
  ),
  compare(
    'GE',
    'UNSIGNED',
    'i1',
    '[true, true, false, false]',
    '[true, false, true, false]',
    '[true, true, false, true]',
  ),
  compare(
    'NE',
    'FLOAT',
    'complex<f32>',
    '[(1.0, 2.0), (1.0, 2.0), (0.0, -0.0), (1.0, 0.0)]',
    '[(1.0, 2.0), (2.0, 2.0), (0.0, 0.0), (1.0, 1.0)]',
    '[false, true, false, true]',
  ),
  {
    name: 'select by one truth value, clamp between two numbers',
    text: `  %p = stablehlo.constant dense<false> : tensor<i1>
  %a = stablehlo.constant dense<[[5, 1], [7, -3]]> : tensor<2x2xi32>
  %b = stablehlo.constant dense<0> : tensor<2x2xi32>
  %s = stablehlo.select %p, %b, %a : tensor<i1>, tensor<2x2xi32>
  %l = stablehlo.constant dense<0> : tensor<i32>
  %h = stablehlo.constant dense<6> : tensor<i32>
  %r = stablehlo.clamp %l, %s, %h : (tensor<i32>, tensor<2x2xi32>, tensor<i32>) -> tensor<2x2xi32>
  check.expect_eq_const %r, dense<[[5, 1], [6, 0]]> : tensor<2x2xi32>`,
  },
  {
    name: 'conversions between truth values, integers, floats and complex numbers',
    text: `  %a = stablehlo.constant dense<[-1.5, 0.0, 2.7]> : tensor<3xf32>
  %i = stablehlo.convert %a : (tensor<3xf32>) -> tensor<3xi8>
  check.expect_eq_const %i, dense<[-1, 0, 2]> : tensor<3xi8>
  %b = stablehlo.convert %a : (tensor<3xf32>) -> tensor<3xi1>
  check.expect_eq_const %b, dense<[true, false, true]> : tensor<3xi1>
  %f = stablehlo.convert %b : (tensor<3xi1>) -> tensor<3xbf16>
  check.expect_eq_const %f, dense<[1.0, 0.0, 1.0]> : tensor<3xbf16>
  %c = stablehlo.convert %a : (tensor<3xf32>) -> tensor<3xcomplex<f64>>
  check.expect_eq_const %c, dense<[(-1.5, 0.0), (0.0, 0.0), (2.7000000476837158, 0.0)]> : tensor<3xcomplex<f64>>
  %r = stablehlo.convert %c : (tensor<3xcomplex<f64>>) -> tensor<3xf16>
  check.expect_almost_eq_const %r, dense<[-1.5, 0.0, 2.7]> : tensor<3xf16> {tolerance = 1.0e-2 : f64}`,
  },
  {
    name: 'bitcast_convert to narrower and wider elements, the lowest bits first',
    text: `  %a = stablehlo.constant dense<0x0123456789ABCDEF> : tensor<f64>
  %r = stablehlo.bitcast_convert %a : (tensor<f64>) -> tensor<4xi16>
  check.expect_eq_const %r, dense<[-12817, -30293, 17767, 291]> : tensor<4xi16>
  %b = stablehlo.bitcast_convert %r : (tensor<4xi16>) -> tensor<f64>
  check.expect_eq %a, %b : tensor<f64>`,
  },
  {
    name: 'pad with interior and negative padding, the value known or not',
    text: `  %a = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  %v = stablehlo.constant dense<0> : tensor<i32>
  %r = stablehlo.pad %a, %v, low = [0, 1], high = [2, 1], interior = [1, 2] : (tensor<2x3xi32>, tensor<i32>) -> tensor<5x9xi32>
  check.expect_eq_const %r, dense<[[0, 1, 0, 0, 2, 0, 0, 3, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 4, 0, 0, 5, 0, 0, 6, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0]]> : tensor<5x9xi32>
  %w = stablehlo.subtract %v, %v : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %u = stablehlo.subtract %w, %one : tensor<i32>
  %s = stablehlo.pad %a, %u, low = [-1, 1], high = [1, -1], interior = [0, 1] : (tensor<2x3xi32>, tensor<i32>) -> tensor<2x5xi32>
  check.expect_eq_const %s, dense<[[-1, 4, -1, 5, -1], [-1, -1, -1, -1, -1]]> : tensor<2x5xi32>`,
  },
  {
    name: 'slices, whose starts are clamped, and their updates',
    text: `  %a = stablehlo.constant dense<[[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0]]> : tensor<3x4xi64>
  %m = stablehlo.constant dense<-1> : tensor<i64>
  %n = stablehlo.constant dense<3> : tensor<i64>
  %r = stablehlo.dynamic_slice %a, %m, %n, sizes = [2, 2] : (tensor<3x4xi64>, tensor<i64>, tensor<i64>) -> tensor<2x2xi64>
  check.expect_eq_const %r, dense<1> : tensor<2x2xi64>
  %u = stablehlo.constant dense<7> : tensor<1x2xi64>
  %d = stablehlo.dynamic_update_slice %a, %u, %n, %n : (tensor<3x4xi64>, tensor<1x2xi64>, tensor<i64>, tensor<i64>) -> tensor<3x4xi64>
  check.expect_eq_const %d, dense<[[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 7, 7]]> : tensor<3x4xi64>
  %s = stablehlo.slice %a [1:3, 0:4:3] : (tensor<3x4xi64>) -> tensor<2x2xi64>
  check.expect_eq_const %s, dense<[[0, 1], [0, 0]]> : tensor<2x2xi64>`,
  },
  {
    name: 'iota, broadcast, transpose, reverse, concatenate, reshape',
    text: `  %i = stablehlo.iota dim = 1 : tensor<2x3xi32>
  check.expect_eq_const %i, dense<[[0, 1, 2], [0, 1, 2]]> : tensor<2x3xi32>
  %t = stablehlo.transpose %i, dims = [1, 0] : (tensor<2x3xi32>) -> tensor<3x2xi32>
  check.expect_eq_const %t, dense<[[0, 0], [1, 1], [2, 2]]> : tensor<3x2xi32>
  %v = stablehlo.reverse %i, dims = [1] : tensor<2x3xi32>
  %c = stablehlo.concatenate %i, %v, dim = 0 : (tensor<2x3xi32>, tensor<2x3xi32>) -> tensor<4x3xi32>
  check.expect_eq_const %c, dense<[[0, 1, 2], [0, 1, 2], [2, 1, 0], [2, 1, 0]]> : tensor<4x3xi32>
  %s = stablehlo.reshape %t : (tensor<3x2xi32>) -> tensor<6xi32>
  check.expect_eq_const %s, dense<[0, 0, 1, 1, 2, 2]> : tensor<6xi32>
  %a = stablehlo.constant dense<[[1], [2]]> : tensor<2x1xi32>
  %b = stablehlo.broadcast_in_dim %a, dims = [2, 1] : (tensor<2x1xi32>) -> tensor<2x3x2xi32>
  check.expect_eq_const %b, dense<[1, 2]> : tensor<2x3x2xi32>`.replace(
      'dense<[1, 2]> : tensor<2x3x2xi32>',
      'dense<[[[1, 2], [1, 2], [1, 2]], [[1, 2], [1, 2], [1, 2]]]> : tensor<2x3x2xi32>',
    ),
  },
  {
    name: 'dot_general with batches, and to wider integers',
    text: `  %a = stablehlo.constant dense<[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]> : tensor<2x2x2xi8>
  %b = stablehlo.constant dense<[[[1, 0], [0, 1]], [[100, 0], [0, 100]]]> : tensor<2x2x2xi8>
  %r = stablehlo.dot_general %a, %b, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (tensor<2x2x2xi8>, tensor<2x2x2xi8>) -> tensor<2x2x2xi32>
  check.expect_eq_const %r, dense<[[[1, 2], [3, 4]], [[500, 600], [700, 800]]]> : tensor<2x2x2xi32>`,
  },
  {
    name: 'while with several values, if, and case beyond its branches',
    text: `  %zero = stablehlo.constant dense<0> : tensor<i64>
  %one = stablehlo.constant dense<1> : tensor<i64>
  %ten = stablehlo.constant dense<10> : tensor<i64>
  %r:2 = stablehlo.while(%i = %zero, %s = %zero) : tensor<i64>, tensor<i64>
   cond {
    %c = stablehlo.compare LT, %i, %ten, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
    stablehlo.return %c : tensor<i1>
  } do {
    %s1 = stablehlo.add %s, %i : tensor<i64>
    %i1 = stablehlo.add %i, %one : tensor<i64>
    stablehlo.return %i1, %s1 : tensor<i64>, tensor<i64>
  }
  check.expect_eq_const %r#0, dense<10> : tensor<i64>
  check.expect_eq_const %r#1, dense<45> : tensor<i64>
  %k = stablehlo.constant dense<-1> : tensor<i32>
  %q = "stablehlo.case"(%k) ({
    stablehlo.return %zero : tensor<i64>
  }, {
    stablehlo.return %ten : tensor<i64>
  }) : (tensor<i32>) -> tensor<i64>
  check.expect_eq_const %q, dense<10> : tensor<i64>
  %only = "stablehlo.case"(%k) ({
    %n = stablehlo.negate %ten : tensor<i64>
    stablehlo.return %n : tensor<i64>
  }) : (tensor<i32>) -> tensor<i64>
  check.expect_eq_const %only, dense<-10> : tensor<i64>`,
  },
  {
    name: 'map, tuples, barriers, sizes, custom calls',
    text: `  %a = stablehlo.constant dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>
  %m = "stablehlo.map"(%a, %a) ({
    ^bb0(%p: tensor<i64>, %q: tensor<i64>):
      %0 = stablehlo.multiply %p, %q : tensor<i64>
      stablehlo.return %0 : tensor<i64>
  }) {dimensions = array<i64: 0, 1>} : (tensor<2x2xi64>, tensor<2x2xi64>) -> tensor<2x2xi64>
  check.expect_eq_const %m, dense<[[0, 1], [4, 9]]> : tensor<2x2xi64>
  %n = stablehlo.get_dimension_size %a, dim = 1 : (tensor<2x2xi64>) -> tensor<i32>
  %t = stablehlo.tuple %n, %m : tuple<tensor<i32>, tensor<2x2xi64>>
  %b:2 = stablehlo.optimization_barrier %t, %a : tuple<tensor<i32>, tensor<2x2xi64>>, tensor<2x2xi64>
  %e = stablehlo.get_tuple_element %b#0[1] : (tuple<tensor<i32>, tensor<2x2xi64>>) -> tensor<2x2xi64>
  %s = stablehlo.custom_call @Sharding(%e) {backend_config = ""} : (tensor<2x2xi64>) -> tensor<2x2xi64>
  stablehlo.custom_call @check.expect_eq(%s, %m) {has_side_effect = true} : (tensor<2x2xi64>, tensor<2x2xi64>) -> ()
  check.expect_eq_const %n, dense<2> : tensor<i32>
  %id = stablehlo.partition_id : tensor<ui32>
  check.expect_eq_const %id, dense<0> : tensor<ui32>`,
  },
  {
    name: 'regions on scalars use scalars from outside',
    text: `  %x = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %z = stablehlo.constant dense<0.0> : tensor<f32>
  %two = stablehlo.constant dense<2.0> : tensor<f32>
  %scale = stablehlo.add %two, %two : tensor<f32>
  %n = stablehlo.convert %scale : (tensor<f32>) -> tensor<i32>
  %r = "stablehlo.reduce"(%x, %z) ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %0 = stablehlo.multiply %b, %scale : tensor<f32>
      %1 = stablehlo.convert %n : (tensor<i32>) -> tensor<f32>
      %2 = stablehlo.multiply %0, %1 : tensor<f32>
      %3 = stablehlo.add %a, %2 : tensor<f32>
      stablehlo.return %3 : tensor<f32>
  }) {dimensions = array<i64: 1>} : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
  check.expect_eq_const %r, dense<[96.0, 240.0]> : tensor<2xf32>
  %w = "stablehlo.reduce_window"(%x, %z) ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %0 = stablehlo.multiply %b, %scale : tensor<f32>
      %1 = stablehlo.add %a, %0 : tensor<f32>
      stablehlo.return %1 : tensor<f32>
  }) {window_dimensions = array<i64: 2, 2>, padding = dense<[[0, 0], [1, 0]]> : tensor<2x2xi64>} : (tensor<2x3xf32>, tensor<f32>) -> tensor<1x3xf32>
  check.expect_eq_const %w, dense<[[20.0, 48.0, 64.0]]> : tensor<1x3xf32>
  %m = "stablehlo.map"(%x) ({
    ^bb0(%a: tensor<f32>):
      %0 = stablehlo.add %a, %scale : tensor<f32>
      stablehlo.return %0 : tensor<f32>
  }) {dimensions = array<i64: 0, 1>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  check.expect_eq_const %m, dense<[[5.0, 6.0, 7.0], [8.0, 9.0, 10.0]]> : tensor<2x3xf32>
  %s = "stablehlo.sort"(%x) ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %0 = stablehlo.subtract %a, %scale : tensor<f32>
      %1 = stablehlo.subtract %b, %scale : tensor<f32>
      %2 = stablehlo.abs %0 : tensor<f32>
      %3 = stablehlo.abs %1 : tensor<f32>
      %4 = stablehlo.compare LT, %2, %3 : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %4 : tensor<i1>
  }) {dimension = 1 : i64, is_stable = true} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  check.expect_eq_const %s, dense<[[3.0, 2.0, 1.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %i = stablehlo.constant dense<[[0], [2]]> : tensor<2x1xi32>
  %u = stablehlo.constant dense<[[1.0, 1.0], [2.0, 3.0]]> : tensor<2x2xf32>
  %t = "stablehlo.scatter"(%x, %i, %u) ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %0 = stablehlo.multiply %b, %scale : tensor<f32>
      %1 = stablehlo.add %a, %0 : tensor<f32>
      stablehlo.return %1 : tensor<f32>
  }) {scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [0], inserted_window_dims = [1], scatter_dims_to_operand_dims = [1], index_vector_dim = 1>} : (tensor<2x3xf32>, tensor<2x1xi32>, tensor<2x2xf32>) -> tensor<2x3xf32>
  check.expect_eq_const %t, dense<[[5.0, 2.0, 7.0], [12.0, 5.0, 18.0]]> : tensor<2x3xf32>`,
  },
];
