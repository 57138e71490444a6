// Bodies as in expecting-programs.ts, on numbers: integers of 2 and 4 bits, bits in other widths, comparisons in weak order,
// algorithms of products, complex quotients, calls of LAPACK.
import type { ExpectingProgram } from './expecting-programs.js';

const FIVE = 'tensor<5xi4>';
const X = `%x = stablehlo.constant dense<[0, 1, 2, -3, 7]> : ${FIVE}`;
const Y = `%y = stablehlo.constant dense<[-8, -1, 2, -6, 7]> : ${FIVE}`;
const expected = (op: string, values: string, type = FIVE) => `  %${op} = stablehlo.${op} %y : ${type}
  check.expect_eq_const %${op}, dense<${values}> : ${type}`;
const both = (op: string, values: string) => `  %${op} = stablehlo.${op} %x, %y : ${FIVE}
  check.expect_eq_const %${op}, dense<${values}> : ${FIVE}`;

export const NUMBER_PROGRAMS: readonly ExpectingProgram[] = [
  {
    name: 'arithmetic of i4',
    text: [
      `  ${X}\n  ${Y}`,
      both('add', '[-8, 0, 4, 7, -2]'),
      both('subtract', '[-8, 2, 0, 3, 0]'),
      both('multiply', '[0, -1, 4, 2, 1]'),
      both('maximum', '[0, 1, 2, -3, 7]'),
      both('and', '[0, 1, 2, -8, 7]'),
      both('xor', '[-8, -2, 0, 7, 0]'),
      both('shift_left', '[0, 0, -8, 0, 0]'),
      expected('negate', '[-8, 1, -2, 6, -7]'),
      expected('abs', '[-8, 1, 2, 6, 7]'),
      expected('not', '[7, 0, -3, 5, -8]'),
      expected('popcnt', '[1, 4, 1, 2, 3]'),
      expected('count_leading_zeros', '[0, 0, 2, 0, 1]'),
      `  %div = stablehlo.divide %y, %x : ${FIVE}
  check.expect_eq_const %div, dense<[0, -1, 1, 2, 1]> : ${FIVE}
  %rem = stablehlo.remainder %y, %x : ${FIVE}
  check.expect_eq_const %rem, dense<0> : ${FIVE}
  %one = stablehlo.constant dense<1> : ${FIVE}
  %srl = stablehlo.shift_right_logical %y, %one : ${FIVE}
  check.expect_eq_const %srl, dense<[4, 7, 1, 5, 3]> : ${FIVE}
  %sra = stablehlo.shift_right_arithmetic %y, %one : ${FIVE}
  check.expect_eq_const %sra, dense<[-4, -1, 1, -3, 3]> : ${FIVE}
  %high = chlo.mulhi %x, %y : ${FIVE}, ${FIVE} -> ${FIVE}
  check.expect_eq_const %high, dense<[0, -1, 0, 1, 3]> : ${FIVE}
  %like = "chlo.constant_like"(%x) {value = -3 : i4} : (${FIVE}) -> ${FIVE}
  check.expect_eq_const %like, dense<-3> : ${FIVE}
  %below = stablehlo.compare LT, %y, %x : (${FIVE}, ${FIVE}) -> tensor<5xi1>
  check.expect_eq_const %below, dense<[true, true, false, true, false]> : tensor<5xi1>`,
    ].join('\n'),
  },
  {
    name: 'integers by zero, and the lowest ones by -1, give 0',
    text: [
      ...(['i8', 'i16', 'i32', 'i64'] as const).map((type) => {
        const lowest = -(2n ** (BigInt(type.slice(1)) - 1n));
        return `  %x${type} = stablehlo.constant dense<[7, -7, ${lowest}, ${lowest}, ${lowest}, 0]> : tensor<6x${type}>
  %y${type} = stablehlo.constant dense<[0, 2, -1, 0, 1, -1]> : tensor<6x${type}>
  %q${type} = stablehlo.divide %x${type}, %y${type} : tensor<6x${type}>
  check.expect_eq_const %q${type}, dense<[0, -3, 0, 0, ${lowest}, 0]> : tensor<6x${type}>
  %r${type} = stablehlo.remainder %x${type}, %y${type} : tensor<6x${type}>
  check.expect_eq_const %r${type}, dense<[0, -1, 0, 0, 0, 0]> : tensor<6x${type}>`;
      }),
      ...(['ui8', 'ui16', 'ui32', 'ui64'] as const).map((type) => {
        const highest = 2n ** BigInt(type.slice(2)) - 1n;
        return `  %x${type} = stablehlo.constant dense<[7, ${highest}, ${highest}]> : tensor<3x${type}>
  %y${type} = stablehlo.constant dense<[0, ${highest}, 2]> : tensor<3x${type}>
  %q${type} = chlo.broadcast_divide %x${type}, %y${type} : (tensor<3x${type}>, tensor<3x${type}>) -> tensor<3x${type}>
  check.expect_eq_const %q${type}, dense<[0, 1, ${highest / 2n}]> : tensor<3x${type}>
  %r${type} = chlo.broadcast_remainder %x${type}, %y${type} : (tensor<3x${type}>, tensor<3x${type}>) -> tensor<3x${type}>
  check.expect_eq_const %r${type}, dense<[0, 0, 1]> : tensor<3x${type}>`;
      }),
      // In a region, on scalars; of 4 bits, the lowest number is -8.
      `  %one = stablehlo.constant dense<1> : tensor<i32>
  %m = "stablehlo.map"(%xi32, %yi32) ({
    ^bb0(%a: tensor<i32>, %b: tensor<i32>):
      %0 = stablehlo.divide %a, %b : tensor<i32>
      stablehlo.return %0 : tensor<i32>
  }) {dimensions = array<i64: 0>} : (tensor<6xi32>, tensor<6xi32>) -> tensor<6xi32>
  check.expect_eq %m, %qi32 : tensor<6xi32>
  %n = stablehlo.constant dense<[-8, -7]> : tensor<2xi4>
  %minus = stablehlo.constant dense<-1> : tensor<2xi4>
  %q4 = stablehlo.divide %n, %minus : tensor<2xi4>
  check.expect_eq_const %q4, dense<[0, 7]> : tensor<2xi4>`,
    ].join('\n'),
  },
  {
    name: 'arithmetic of ui4',
    text: `  %x = stablehlo.constant dense<[15, 1, 8, 0, 3]> : tensor<5xui4>
  %y = stablehlo.constant dense<[1, 2, 3, 0, 4]> : tensor<5xui4>
  %sum = stablehlo.add %x, %y : tensor<5xui4>
  check.expect_eq_const %sum, dense<[0, 3, 11, 0, 7]> : tensor<5xui4>
  %difference = stablehlo.subtract %y, %x : tensor<5xui4>
  check.expect_eq_const %difference, dense<[2, 1, 11, 0, 1]> : tensor<5xui4>
  %quotient = stablehlo.divide %x, %y : tensor<5xui4>
  check.expect_eq_const %quotient, dense<[15, 0, 2, 0, 0]> : tensor<5xui4>
  %not = stablehlo.not %x : tensor<5xui4>
  check.expect_eq_const %not, dense<[0, 14, 7, 15, 12]> : tensor<5xui4>
  %srl = stablehlo.shift_right_logical %x, %y : tensor<5xui4>
  check.expect_eq_const %srl, dense<[7, 0, 1, 0, 0]> : tensor<5xui4>
  %sra = stablehlo.shift_right_arithmetic %x, %y : tensor<5xui4>
  check.expect_eq_const %sra, dense<[15, 0, 15, 0, 0]> : tensor<5xui4>
  %zeros = stablehlo.count_leading_zeros %x : tensor<5xui4>
  check.expect_eq_const %zeros, dense<[0, 3, 0, 4, 2]> : tensor<5xui4>`,
  },
  {
    name: 'conversions of i4, ui4, i2, ui2',
    text: `  %x = stablehlo.constant dense<[0, 1, 2, -3, 7]> : tensor<5xi4>
  %u = stablehlo.convert %x : (tensor<5xi4>) -> tensor<5xui4>
  check.expect_eq_const %u, dense<[0, 1, 2, 13, 7]> : tensor<5xui4>
  %f = stablehlo.convert %u : (tensor<5xui4>) -> tensor<5xf32>
  check.expect_eq_const %f, dense<[0.0, 1.0, 2.0, 13.0, 7.0]> : tensor<5xf32>
  %p = stablehlo.convert %x : (tensor<5xi4>) -> tensor<5xi1>
  check.expect_eq_const %p, dense<[false, true, true, true, true]> : tensor<5xi1>
  %wide = stablehlo.constant dense<[0, 1, 2, -3, 23]> : tensor<5xi64>
  %cut = stablehlo.convert %wide : (tensor<5xi64>) -> tensor<5xi4>
  check.expect_eq_const %cut, dense<[0, 1, 2, -3, 7]> : tensor<5xi4>
  %y = stablehlo.constant dense<[100.0, -9.0, 0x7FC00000, 3.7, -1.5]> : tensor<5xf32>
  %i4 = stablehlo.convert %y : (tensor<5xf32>) -> tensor<5xi4>
  check.expect_eq_const %i4, dense<[7, -8, 0, 3, -1]> : tensor<5xi4>
  %ui2 = stablehlo.convert %y : (tensor<5xf32>) -> tensor<5xui2>
  check.expect_eq_const %ui2, dense<[3, 0, 0, 3, 0]> : tensor<5xui2>
  %count = stablehlo.iota dim = 0 : tensor<6xi2>
  check.expect_eq_const %count, dense<[0, 1, -2, -1, 0, 1]> : tensor<6xi2>`,
  },
  {
    name: 'sums, products, loops and branches of i4',
    text: `  ${X}\n  ${Y}
  %z = stablehlo.constant dense<0> : tensor<i4>
  %sum = stablehlo.reduce(%y init: %z) applies stablehlo.add across dimensions = [0] : (tensor<5xi4>, tensor<i4>) -> tensor<i4>
  check.expect_eq_const %sum, dense<-6> : tensor<i4>
  // Every sum has 4 bits, or the largest one so far would be another.
  %best = "stablehlo.reduce"(%y, %z) ({
    ^bb(%a: tensor<i4>, %b: tensor<i4>):
      %0 = stablehlo.add %a, %b : tensor<i4>
      %1 = stablehlo.maximum %0, %z : tensor<i4>
      stablehlo.return %1 : tensor<i4>
  }) {dimensions = array<i64: 0>} : (tensor<5xi4>, tensor<i4>) -> tensor<i4>
  check.expect_eq_const %best, dense<7> : tensor<i4>
  %wide = stablehlo.dot_general %x, %y, contracting_dims = [0] x [0] : (tensor<5xi4>, tensor<5xi4>) -> tensor<i32>
  check.expect_eq_const %wide, dense<70> : tensor<i32>
  %dot = stablehlo.dot_general %x, %y, contracting_dims = [0] x [0] : (tensor<5xi4>, tensor<5xi4>) -> tensor<i4>
  check.expect_eq_const %dot, dense<6> : tensor<i4>
  %one = stablehlo.constant dense<1> : tensor<i4>
  %last = stablehlo.constant dense<-4> : tensor<i4>
  %r:2 = stablehlo.while(%i = %z, %p = %one) : tensor<i4>, tensor<i4> cond {
    %more = stablehlo.compare NE, %i, %last : (tensor<i4>, tensor<i4>) -> tensor<i1>
    stablehlo.return %more : tensor<i1>
  } do {
    %i1 = stablehlo.add %i, %one : tensor<i4>
    %p1 = stablehlo.multiply %p, %last : tensor<i4>
    %p2 = stablehlo.subtract %p1, %one : tensor<i4>
    stablehlo.return %i1, %p2 : tensor<i4>, tensor<i4>
  }
  check.expect_eq_const %r#0, dense<-4> : tensor<i4>
  check.expect_eq_const %r#1, dense<3> : tensor<i4>
  %k = stablehlo.constant dense<1> : tensor<i32>
  %q = "stablehlo.case"(%k) ({
    stablehlo.return %last : tensor<i4>
  }, {
    %n = stablehlo.multiply %last, %last : tensor<i4>
    stablehlo.return %n : tensor<i4>
  }) : (tensor<i32>) -> tensor<i4>
  check.expect_eq_const %q, dense<0> : tensor<i4>`,
  },
  {
    name: 'bits of i64 as i4, i2, i1 and back, and as f64',
    text: `  %x = stablehlo.constant dense<0x0123456789ABCDEF> : tensor<i64>
  %i4 = stablehlo.bitcast_convert %x : (tensor<i64>) -> tensor<16xi4>
  check.expect_eq_const %i4, dense<[-1, -2, -3, -4, -5, -6, -7, -8, 7, 6, 5, 4, 3, 2, 1, 0]> : tensor<16xi4>
  %back = stablehlo.bitcast_convert %i4 : (tensor<16xi4>) -> tensor<i64>
  check.expect_eq %back, %x : tensor<i64>
  %i2 = stablehlo.bitcast_convert %i4 : (tensor<16xi4>) -> tensor<16x2xi2>
  %ui4 = stablehlo.bitcast_convert %i2 : (tensor<16x2xi2>) -> tensor<16xui4>
  check.expect_eq_const %ui4, dense<[15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]> : tensor<16xui4>
  %i1 = stablehlo.bitcast_convert %x : (tensor<i64>) -> tensor<64xi1>
  %first = stablehlo.slice %i1 [0:8] : (tensor<64xi1>) -> tensor<8xi1>
  check.expect_eq_const %first, dense<[true, true, true, true, false, true, true, true]> : tensor<8xi1>
  %f64 = stablehlo.bitcast_convert %i1 : (tensor<64xi1>) -> tensor<f64>
  check.expect_eq_const %f64, dense<0x0123456789ABCDEF> : tensor<f64>`,
  },
  {
    name: 'bits of complex numbers of other complex numbers',
    text: `  %x = stablehlo.constant dense<(0x3FF8000000000001, 0x4008000011111111)> : tensor<complex<f64>>
  %r = stablehlo.bitcast_convert %x : (tensor<complex<f64>>) -> tensor<2xcomplex<f32>>
  check.expect_eq_const %r, dense<[(0x00000001, 0x3FF80000), (0x11111111, 0x40080000)]> : tensor<2xcomplex<f32>>
  %back = stablehlo.bitcast_convert %r : (tensor<2xcomplex<f32>>) -> tensor<complex<f64>>
  check.expect_eq %back, %x : tensor<complex<f64>>
  %same = stablehlo.bitcast_convert %x : (tensor<complex<f64>>) -> tensor<complex<f64>>
  check.expect_eq %same, %x : tensor<complex<f64>>`,
  },
  {
    // -NaN against NaN, -0 against 0, inf against NaN, NaN against 1
    name: 'comparisons in weak order have one zero, and one NaN above all',
    text: `  %x = stablehlo.constant dense<[0xFFC00000, -0.0, 0x7F800000, 0xFFC00001]> : tensor<4xf32>
  %y = stablehlo.constant dense<[0x7FC00000, 0.0, 0xFFC00000, 1.0]> : tensor<4xf32>
  %eq = stablehlo.compare EQ, %x, %y, WEAKORDER : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  check.expect_eq_const %eq, dense<[true, true, false, false]> : tensor<4xi1>
  %lt = stablehlo.compare LT, %x, %y, WEAKORDER : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  check.expect_eq_const %lt, dense<[false, false, true, false]> : tensor<4xi1>
  %ge = chlo.broadcast_compare %x, %y {comparison_direction = #chlo<comparison_direction GE>, compare_type = #chlo<comparison_type WEAKORDER>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  check.expect_eq_const %ge, dense<[true, true, false, true]> : tensor<4xi1>`,
  },
  {
    // 1 + 2^-9 is 1 in bf16, 1 + 2^-12 in tf32.
    name: 'products by an algorithm are of what its types hold',
    text: `  %x = stablehlo.constant dense<[1.001953125, 2.0]> : tensor<2xf32>
  %y = stablehlo.constant dense<[1.000244140625, 0.0]> : tensor<2xf32>
${(
  [
    ['bf16', 'bf16', 'f32', 1, '1.0'],
    ['bf16', 'bf16', 'f32', 3, '1.00219774'],
    ['tf32', 'tf32', 'f32', 1, '1.001953125'],
    ['f32', 'tf32', 'f32', 1, '1.001953125'],
    ['f32', 'f32', 'bf16', 1, '1.0'],
    ['f32', 'f32', 'f64', 1, '1.00219774'],
    ['f16', 'f16', 'f16', 1, '1.001953125'],
  ] as const
)
  .map(
    (
      [lhs, rhs, sum, n, value],
      i,
    ) => `  %r${i} = stablehlo.dot_general %x, %y, contracting_dims = [0] x [0], algorithm = <lhs_precision_type = ${lhs}, rhs_precision_type = ${rhs}, accumulation_type = ${sum}, lhs_component_count = 1, rhs_component_count = 1, num_primitive_operations = ${n}, allow_imprecise_accumulation = false> : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  check.expect_eq_const %r${i}, dense<${value}> : tensor<f32>`,
  )
  .join('\n')}`,
  },
  {
    name: 'what is expected may say less about its sizes, and have a tolerance behind its type',
    text: `  %n = stablehlo.constant dense<[3, 2]> : tensor<2xi64>
  %x = stablehlo.dynamic_iota %n, dim = 0 : (tensor<2xi64>) -> tensor<?x?xf32>
  %y = stablehlo.constant dense<[[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]> : tensor<3x2xf32>
  check.expect_eq %x, %y : tensor<?x?xf32>, tensor<3x2xf32>
  check.expect_close %x, %y : tensor<?x?xf32>, tensor<3x2xf32>
  check.expect_almost_eq_const %y, dense<[[0.1, 0.0], [1.0, 1.0], [2.0, 2.0]]> : tensor<3x2xf32>, tolerance = 0.25
  check.expect_almost_eq_const %y, dense<[[0.1, 0.0], [1.0, 1.0], [2.0, 2.0]]> : tensor<3x2xf32> {tolerance = 2.5e-01 : f32}`,
  },
  {
    name: 'complex numbers by zero, by infinite ones, and infinite ones are divided as in C',
    text: `  %x = stablehlo.constant dense<[(1.0, -2.0), (0x7FF0000000000000, 1.0), (1.0, 2.0), (3.0, 4.0), (0x7FF8000000000000, 1.0)]> : tensor<5xcomplex<f64>>
  %y = stablehlo.constant dense<[(0.0, 0.0), (1.0, 1.0), (0xFFF0000000000000, 1.0), (1.0, 2.0), (1.0, 1.0)]> : tensor<5xcomplex<f64>>
  %r = stablehlo.divide %x, %y : tensor<5xcomplex<f64>>
  check.expect_eq_const %r, dense<[(0x7FF0000000000000, 0xFFF0000000000000), (0x7FF0000000000000, 0xFFF0000000000000), (-0.0, -0.0), (2.2, -0.4), (0x7FF8000000000000, 0x7FF8000000000000)]> : tensor<5xcomplex<f64>>`,
  },
  {
    name: 'products of i1, of integers in floats, and triangular systems of f16',
    text: `  %x = stablehlo.constant dense<[[true, false], [true, true]]> : tensor<2x2xi1>
  %r = stablehlo.dot_general %x, %x, contracting_dims = [1] x [0] : (tensor<2x2xi1>, tensor<2x2xi1>) -> tensor<2x2xi1>
  check.expect_eq_const %r, dense<[[true, false], [true, true]]> : tensor<2x2xi1>
  %i = stablehlo.constant dense<[100, 27]> : tensor<2xi8>
  %b = stablehlo.dot_general %i, %i, contracting_dims = [0] x [0] : (tensor<2xi8>, tensor<2xi8>) -> tensor<bf16>
  check.expect_eq_const %b, dense<10752.0> : tensor<bf16>
  %m = stablehlo.constant dense<[[2.0, 0.0], [1.0, 4.0]]> : tensor<2x2xf16>
  %v = stablehlo.constant dense<[[6.0], [5.0]]> : tensor<2x1xf16>
  %s = "stablehlo.triangular_solve"(%m, %v) {left_side = true, lower = true, transpose_a = #stablehlo<transpose NO_TRANSPOSE>, unit_diagonal = false} : (tensor<2x2xf16>, tensor<2x1xf16>) -> tensor<2x1xf16>
  check.expect_eq_const %s, dense<[[3.0], [0.5]]> : tensor<2x1xf16>`,
  },
  {
    name: 'calls of LAPACK for Cholesky factors and triangular systems',
    text: `  %a = stablehlo.constant dense<[[4.0, 9.0], [2.0, 5.0]]> : tensor<2x2xf32>
  %f:2 = stablehlo.custom_call @lapack_spotrf_ffi(%a) {mhlo.backend_config = {uplo = 76 : ui8}} : (tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<i32>)
  check.expect_eq_const %f#0, dense<[[2.0, 9.0], [1.0, 2.0]]> : tensor<2x2xf32>
  check.expect_eq_const %f#1, dense<0> : tensor<i32>
  %n = stablehlo.negate %a : tensor<2x2xf32>
  %g:2 = stablehlo.custom_call @lapack_spotrf_ffi(%n) {mhlo.backend_config = {uplo = 76 : ui8}} : (tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<i32>)
  check.expect_eq_const %g#1, dense<1> : tensor<i32>
  %b = stablehlo.constant dense<[[2.0], [5.0]]> : tensor<2x1xf32>
  %x = stablehlo.custom_call @lapack_strsm_ffi(%f#0, %b) {api_version = 4 : i32, backend_config = {diag = 78 : ui8, side = 76 : ui8, trans_x = 78 : ui8, uplo = 76 : ui8}} : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x1xf32>
  check.expect_eq_const %x, dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %t = stablehlo.custom_call @lapack_strsm_ffi(%f#0, %b) {api_version = 4 : i32, backend_config = {diag = 85 : ui8, side = 76 : ui8, trans_x = 84 : ui8, uplo = 76 : ui8}} : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x1xf32>
  check.expect_eq_const %t, dense<[[-3.0], [5.0]]> : tensor<2x1xf32>`,
  },
  {
    // The first column's pivot is in the second row; the second matrix has none in its first column.
    name: 'calls of LAPACK for LU factors, of a batch',
    text: `  %a = stablehlo.constant dense<[[[1.0, 2.0], [4.0, 4.0]], [[0.0, 1.0], [0.0, 2.0]]]> : tensor<2x2x2xf64>
  %f:3 = stablehlo.custom_call @lapack_dgetrf_ffi(%a) {mhlo.backend_config = {}} : (tensor<2x2x2xf64>) -> (tensor<2x2x2xf64>, tensor<2x2xi32>, tensor<2xi32>)
  check.expect_eq_const %f#0, dense<[[[4.0, 4.0], [0.25, 1.0]], [[0.0, 1.0], [0.0, 2.0]]]> : tensor<2x2x2xf64>
  check.expect_eq_const %f#1, dense<[[2, 2], [1, 2]]> : tensor<2x2xi32>
  check.expect_eq_const %f#2, dense<[0, 1]> : tensor<2xi32>
  %w = stablehlo.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf64>
  %g:3 = stablehlo.custom_call @lapack_dgetrf_ffi(%w) {mhlo.backend_config = {}} : (tensor<1x3xf64>) -> (tensor<1x3xf64>, tensor<1xi32>, tensor<i32>)
  check.expect_eq %g#0, %w : tensor<1x3xf64>`,
  },
  {
    // A column (3, 4) is reflected to (-5, 0): tau = 8 / 5, v = (1, 4 / 8).
    name: 'calls of LAPACK for QR factors',
    text: `  %a = stablehlo.constant dense<[[3.0, 5.0], [4.0, 10.0]]> : tensor<2x2xf64>
  %f:2 = stablehlo.custom_call @lapack_dgeqrf_ffi(%a) {mhlo.backend_config = {}} : (tensor<2x2xf64>) -> (tensor<2x2xf64>, tensor<2xf64>)
  check.expect_almost_eq_const %f#0, dense<[[-5.0, -11.0], [0.5, 2.0]]> : tensor<2x2xf64>, tolerance = 1.0e-12
  check.expect_almost_eq_const %f#1, dense<[1.6, 0.0]> : tensor<2xf64>, tolerance = 1.0e-12
  %q = stablehlo.custom_call @lapack_dorgqr_ffi(%f#0, %f#1) {mhlo.backend_config = {}} : (tensor<2x2xf64>, tensor<2xf64>) -> tensor<2x2xf64>
  check.expect_almost_eq_const %q, dense<[[-0.6, -0.8], [-0.8, 0.6]]> : tensor<2x2xf64>, tolerance = 1.0e-12
  %c = stablehlo.constant dense<[[(0.0, 3.0)], [(4.0, 0.0)]]> : tensor<2x1xcomplex<f64>>
  %g:2 = stablehlo.custom_call @lapack_zgeqrf_ffi(%c) {mhlo.backend_config = {}} : (tensor<2x1xcomplex<f64>>) -> (tensor<2x1xcomplex<f64>>, tensor<1xcomplex<f64>>)
  %u = stablehlo.custom_call @lapack_zungqr_ffi(%g#0, %g#1) {mhlo.backend_config = {}} : (tensor<2x1xcomplex<f64>>, tensor<1xcomplex<f64>>) -> tensor<2x1xcomplex<f64>>
  check.expect_almost_eq_const %u, dense<[[(0.0, -0.6)], [(-0.8, 0.0)]]> : tensor<2x1xcomplex<f64>>, tolerance = 1.0e-12`,
  },
  {
    name: 'the call by which older programs say what they expect',
    text: `  %x = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %y = stablehlo.constant dense<[1.0, 2.0005]> : tensor<2xf32>
  %r = stablehlo.custom_call @check.eq(%x, %y) : (tensor<2xf32>, tensor<2xf32>) -> tensor<i1>
  check.expect_eq_const %r, dense<true> : tensor<i1>`,
  },
  {
    name: 'regions on scalars without sign have constants, and sums of ui4',
    text: `  %x = stablehlo.constant dense<[255, 100]> : tensor<2xui8>
  %z = stablehlo.constant dense<0> : tensor<ui8>
  %r = "stablehlo.reduce"(%x, %z) ({
    ^bb(%a: tensor<ui8>, %b: tensor<ui8>):
      %c = stablehlo.constant dense<200> : tensor<ui8>
      %0 = stablehlo.and %b, %c : tensor<ui8>
      %1 = stablehlo.add %a, %0 : tensor<ui8>
      stablehlo.return %1 : tensor<ui8>
  }) {dimensions = array<i64: 0>} : (tensor<2xui8>, tensor<ui8>) -> tensor<ui8>
  check.expect_eq_const %r, dense<8> : tensor<ui8>
  %y = stablehlo.constant dense<[15, 3]> : tensor<2xui4>
  %n = stablehlo.constant dense<1> : tensor<ui4>
  %s = stablehlo.reduce(%y init: %n) applies stablehlo.add across dimensions = [0] : (tensor<2xui4>, tensor<ui4>) -> tensor<ui4>
  check.expect_eq_const %s, dense<3> : tensor<ui4>`,
  },
  {
    // Each of 20 rounds reads both results of the one before: code that repeated them would never end.
    name: 'random bits of one number',
    text: `  %k = stablehlo.constant dense<[7, 9]> : tensor<2xui64>
  %s, %r = stablehlo.rng_bit_generator %k, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<ui16>)
  check.expect_eq_const %r, dense<62162> : tensor<ui16>
  check.expect_eq_const %s, dense<[7, 10]> : tensor<2xui64>`,
  },
  {
    name: 'probes have seen what is expected of them, in loops each time',
    text: `  %x = stablehlo.constant dense<[1.0, -2.0]> : tensor<2xf32>
  %y = interpreter.probe %x, probe_id = "before/0" : tensor<2xf32>
  check.expect_serialized_eq %y, probe_id = "before/0" : tensor<2xf32>
  %i = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %n = stablehlo.constant dense<3> : tensor<i32>
  %r:2 = stablehlo.while(%k = %i, %s = %y) : tensor<i32>, tensor<2xf32>
  cond {
    %more = stablehlo.compare LT, %k, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %more : tensor<i1>
  } do {
    %t = stablehlo.add %s, %s : tensor<2xf32>
    %u = interpreter.probe %t, probe_id = "within" : tensor<2xf32>
    %l = stablehlo.add %k, %one : tensor<i32>
    stablehlo.return %l, %u : tensor<i32>, tensor<2xf32>
  }
  check.expect_eq_const %r#1, dense<[8.0, -16.0]> : tensor<2xf32>
  %first = stablehlo.constant dense<[2.0, -4.0]> : tensor<2xf32>
  check.expect_serialized_eq %first, probe_id = "within" : tensor<2xf32>
  check.expect_serialized_eq %r#1, probe_id = "within", iter = 2 : tensor<2xf32>`,
  },
  {
    name: 'tokens are nothing: made, joined, carried through loops and branches, expected',
    text: `  %a = stablehlo.create_token : !stablehlo.token
  %b = stablehlo.after_all %a, %a : !stablehlo.token
  check.expect_eq %a, %b : !stablehlo.token
  %x = stablehlo.constant dense<2> : tensor<i32>
  %n = stablehlo.constant dense<9> : tensor<i32>
  %w:2 = stablehlo.while(%t = %b, %k = %x) : !stablehlo.token, tensor<i32>
  cond {
    %more = stablehlo.compare LT, %k, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %more : tensor<i1>
  } do {
    %l = stablehlo.add %k, %x : tensor<i32>
    %u = stablehlo.after_all %t : !stablehlo.token
    stablehlo.return %u, %l : !stablehlo.token, tensor<i32>
  }
  %c:2 = "stablehlo.case"(%x) ({
    stablehlo.return %w#0, %x : !stablehlo.token, tensor<i32>
  }, {
    %q = stablehlo.tuple %w#0, %w#1 : tuple<!stablehlo.token, tensor<i32>>
    %r = stablehlo.get_tuple_element %q[1] : (tuple<!stablehlo.token, tensor<i32>>) -> tensor<i32>
    stablehlo.return %a, %r : !stablehlo.token, tensor<i32>
  }) : (tensor<i32>) -> (!stablehlo.token, tensor<i32>)
  check.expect_eq_const %c#1, dense<10> : tensor<i32>`,
  },
  {
    name: 'each of five branches, the last one for every other index',
    text: [
      '  %y = stablehlo.constant dense<[10, 20]> : tensor<2xi32>',
      ...[0, 1, 2, 3, 4].map((k) => `  %c${k} = stablehlo.constant dense<${k}> : tensor<i32>`),
      ...[0, 1, 2, 3, 4, -1, 9].map((index, i) => {
        const branches = ['%c0, %y', '%c1, %y', '%c2, %y', '%c3, %y', '%c4, %s'].map(
          (values) => `{
    %s = stablehlo.add %y, %y : tensor<2xi32>
    stablehlo.return ${values} : tensor<i32>, tensor<2xi32>
  }`,
        );
        const taken = index < 0 || index > 4 ? 4 : index;
        return `  %i${i} = stablehlo.constant dense<${index}> : tensor<i32>
  %r${i}:2 = "stablehlo.case"(%i${i}) (${branches.join(', ')}) : (tensor<i32>) -> (tensor<i32>, tensor<2xi32>)
  check.expect_eq_const %r${i}#0, dense<${taken}> : tensor<i32>
  check.expect_eq_const %r${i}#1, dense<${taken === 4 ? '[20, 40]' : '[10, 20]'}> : tensor<2xi32>`;
      }),
    ].join('\n'),
  },
  {
    name: 'complex numbers are compared by their real parts, then by their imaginary ones',
    text: `  %x = stablehlo.constant dense<[(1.5, 2.5), (1.5, 7.5), (0.0, 1.5), (3.0, 1.0)]> : tensor<4xcomplex<f32>>
  %y = stablehlo.constant dense<[(7.5, 1.5), (1.5, 2.5), (-0.0, 2.5), (3.0, 1.0)]> : tensor<4xcomplex<f32>>
  %min = stablehlo.minimum %x, %y : tensor<4xcomplex<f32>>
  check.expect_eq_const %min, dense<[(1.5, 2.5), (1.5, 2.5), (0.0, 1.5), (3.0, 1.0)]> : tensor<4xcomplex<f32>>
  %max = chlo.broadcast_maximum %x, %y : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
  check.expect_eq_const %max, dense<[(7.5, 1.5), (1.5, 7.5), (-0.0, 2.5), (3.0, 1.0)]> : tensor<4xcomplex<f32>>
  %lt = chlo.broadcast_compare %x, %y {comparison_direction = #chlo<comparison_direction LT>} : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xi1>
  check.expect_eq_const %lt, dense<[true, false, true, false]> : tensor<4xi1>
  %ge = chlo.broadcast_compare %x, %y {comparison_direction = #chlo<comparison_direction GE>} : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xi1>
  check.expect_eq_const %ge, dense<[false, true, false, true]> : tensor<4xi1>
  %low = stablehlo.constant dense<(1.5, 5.0)> : tensor<complex<f32>>
  %clamp = stablehlo.clamp %low, %x, %y : (tensor<complex<f32>>, tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
  check.expect_eq_const %clamp, dense<[(1.5, 5.0), (1.5, 2.5), (-0.0, 2.5), (3.0, 1.0)]> : tensor<4xcomplex<f32>>
  %last = stablehlo.reduce(%x init: %low) applies stablehlo.maximum across dimensions = [0] : (tensor<4xcomplex<f32>>, tensor<complex<f32>>) -> tensor<complex<f32>>
  check.expect_eq_const %last, dense<(3.0, 1.0)> : tensor<complex<f32>>
  %one = stablehlo.constant dense<[(1.0, 0.0), (-1.0, 0.0)]> : tensor<2xcomplex<f64>>
  %zero = stablehlo.constant dense<(0.0, 0.0)> : tensor<2xcomplex<f64>>
  %angle = stablehlo.atan2 %one, %zero : tensor<2xcomplex<f64>>
  check.expect_almost_eq_const %angle, dense<[(1.5707963267948966, -0.0), (-1.5707963267948966, 0.0)]> : tensor<2xcomplex<f64>>`,
  },
  {
    name: 'powers of unsigned integers, whose exponents are never negative',
    text: `  %x = stablehlo.constant dense<[0, 1, 5, 3, 2, 7]> : tensor<6xui64>
  %y = stablehlo.constant dense<[0, 2, 5, 18446744073709551615, 63, 9223372036854775809]> : tensor<6xui64>
  %z = stablehlo.power %x, %y : tensor<6xui64>
  check.expect_eq_const %z, dense<[1, 1, 3125, 12297829382473034411, 9223372036854775808, 7]> : tensor<6xui64>
  %a = stablehlo.constant dense<[255, 3, 2, 7]> : tensor<4xui8>
  %b = stablehlo.constant dense<[255, 200, 7, 1]> : tensor<4xui8>
  %c = chlo.broadcast_power %a, %b : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  check.expect_eq_const %c, dense<[255, 161, 128, 7]> : tensor<4xui8>
  %d = stablehlo.constant dense<[15, 3, 2, 7]> : tensor<4xui4>
  %e = stablehlo.constant dense<[15, 9, 3, 1]> : tensor<4xui4>
  %f = stablehlo.power %d, %e : tensor<4xui4>
  check.expect_eq_const %f, dense<[15, 3, 8, 7]> : tensor<4xui4>`,
  },
  {
    name: 'a format without a mantissa has no NaN',
    text: `  %x = stablehlo.constant dense<[0x7FC00000, 0xFFC00000, 0x7F800000, 1.6, -3.0]> : tensor<5xf32>
  %y = stablehlo.reduce_precision %x, format = e5m0 : tensor<5xf32>
  check.expect_eq_const %y, dense<[0x7F800000, 0xFF800000, 0x7F800000, 2.0, -2.0]> : tensor<5xf32>
  %z = stablehlo.reduce_precision %x, format = e5m1 : tensor<5xf32>
  check.expect_eq_const %z, dense<[0x7FC00000, 0xFFC00000, 0x7F800000, 1.5, -3.0]> : tensor<5xf32>`,
  },
];
