// Rules of canonicalization of elementwise ops, by their equations.
import { type CanonicalizationCase, c, i, t, ti, unchanged, v } from './canonicalization-case.js';

export const ARITHMETIC_CASES: readonly CanonicalizationCase[] = [
  ['x + -0.0 == x', v, `${c('c', '-0.0', t)}\n%r = array.add %x, %c : ${t}`, t, unchanged],
  [
    'x + 0.0 stays: -0.0 + 0.0 is 0.0',
    v,
    `${c('c', '0.0', t)}\n%r = array.add %x, %c : ${t}`,
    t,
    ['%cst', '%0 = array.add', 'return %0'],
  ],
  [
    'complex numbers and their parts: real (complex a, b) == a, complex (real z), (imag z) == z, conj (conj z) == z',
    '%x: tensor<4xcomplex<f32>>',
    `%a = array.real %x : tensor<4xcomplex<f32>>
%b = array.imag %x : tensor<4xcomplex<f32>>
%c = array.complex %a, %b : tensor<4xf32>
%d = array.conj %c : tensor<4xcomplex<f32>>
%e = array.conj %d : tensor<4xcomplex<f32>>
%f = array.imag %e : tensor<4xcomplex<f32>>
%g = array.complex %f, %a : tensor<4xf32>
%r = array.real %g : tensor<4xcomplex<f32>>`,
    'tensor<4xf32>',
    ['%0 = array.imag %arg0', 'return %0'],
  ],
  [
    'z - z, 1 * z and the sign of a sign stay for complex numbers',
    '%x: tensor<4xcomplex<f32>>',
    `%one = array.constant dense<(1.0, 0.0)> : tensor<4xcomplex<f32>>
%a = array.sub %x, %x : tensor<4xcomplex<f32>>
%b = array.mul %a, %one : tensor<4xcomplex<f32>>
%c = array.sign %b : tensor<4xcomplex<f32>>
%r = array.sign %c : tensor<4xcomplex<f32>>`,
    'tensor<4xcomplex<f32>>',
    ['%cst', '%0 = array.sub', '%1 = array.mul', '%2 = array.sign', '%3 = array.sign', 'return %3'],
  ],
  [
    'x + 0 == x for integers, also from the left',
    i,
    `${c('c', '0', ti)}\n%r = array.add %c, %x : ${ti}`,
    ti,
    unchanged,
  ],
  [
    'from_scalar (extract x) == x',
    '%x: tensor<f32>',
    '%0 = array.extract %x : tensor<f32> -> f32\n%r = array.from_scalar %0 : f32 -> tensor<f32>',
    'tensor<f32>',
    unchanged,
  ],
  [
    'extract (from_scalar s) == s',
    '%x: tensor<f32>',
    `%0 = array.extract %x : tensor<f32> -> f32
%1 = arith.negf %0 : f32
%2 = array.from_scalar %1 : f32 -> tensor<f32>
%3 = array.extract %2 : tensor<f32> -> f32
%4 = arith.negf %3 : f32
%r = array.from_scalar %4 : f32 -> tensor<f32>`,
    'tensor<f32>',
    unchanged,
  ],
  ['x - 0.0 == x', v, `${c('c', '0.0', t)}\n%r = array.sub %x, %c : ${t}`, t, unchanged],
  [
    'x - -0.0 stays: -0.0 - -0.0 is 0.0',
    v,
    `${c('c', '-0.0', t)}\n%r = array.sub %x, %c : ${t}`,
    t,
    ['%cst', '%0 = array.sub', 'return %0'],
  ],
  [
    'x - x == 0 for integers',
    i,
    `%r = array.sub %x, %x : ${ti}`,
    ti,
    ['%cst = array.constant dense<0>', 'return %cst'],
  ],
  ['x - x stays for floats: inf - inf is NaN', v, `%r = array.sub %x, %x : ${t}`, t, ['%0 = array.sub', 'return %0']],
  [
    'x + -y == x - y',
    `${v}, %y: ${t}`,
    `%0 = array.neg %y : ${t}\n%r = array.add %x, %0 : ${t}`,
    t,
    ['%0 = array.sub %arg0, %arg1', 'return %0'],
  ],
  [
    'x - -y == x + y',
    `${v}, %y: ${t}`,
    `%0 = array.neg %y : ${t}\n%r = array.sub %x, %0 : ${t}`,
    t,
    ['%0 = array.add %arg0, %arg1', 'return %0'],
  ],
  ['x * 1.0 == x', v, `${c('c', '1.0', t)}\n%r = array.mul %c, %x : ${t}`, t, unchanged],
  [
    'x * 0.0 stays: NaN * 0.0 is NaN',
    v,
    `${c('c', '0.0', t)}\n%r = array.mul %x, %c : ${t}`,
    t,
    ['%cst', '%0 = array.mul', 'return %0'],
  ],
  [
    'x * 0 == 0 for integers',
    i,
    `${c('c', '0', ti)}\n%r = array.mul %x, %c : ${ti}`,
    ti,
    ['%cst = array.constant dense<0>', 'return %cst'],
  ],
  ['x / 1.0 == x', v, `${c('c', '1.0', t)}\n%r = array.div %x, %c : ${t}`, t, unchanged],
  [
    'x rem 1 == 0 for integers',
    i,
    `${c('c', '1', ti)}\n%r = array.rem %x, %c : ${ti}`,
    ti,
    ['%cst = array.constant dense<0>', 'return %cst'],
  ],
  ['min(x, x) == x', v, `%r = array.min %x, %x : ${t}`, t, unchanged],
  ['max(x, -inf) == x', v, `${c('c', '0xFF800000', t)}\n%r = array.max %x, %c : ${t}`, t, unchanged],
  ['min(x, 2147483647) == x', i, `${c('c', '2147483647', ti)}\n%r = array.min %x, %c : ${ti}`, ti, unchanged],
  ['x and x == x', i, `%r = array.and %x, %x : ${ti}`, ti, unchanged],
  ['x and -1 == x', i, `${c('c', '-1', ti)}\n%r = array.and %x, %c : ${ti}`, ti, unchanged],
  ['x and 0 == 0', i, `${c('c', '0', ti)}\n%r = array.and %x, %c : ${ti}`, ti, ['%cst', 'return %cst']],
  ['x or 0 == x', i, `${c('c', '0', ti)}\n%r = array.or %x, %c : ${ti}`, ti, unchanged],
  ['x or -1 == -1', i, `${c('c', '-1', ti)}\n%r = array.or %x, %c : ${ti}`, ti, ['%cst', 'return %cst']],
  ['x xor x == 0', i, `%r = array.xor %x, %x : ${ti}`, ti, ['%cst', 'return %cst']],
  ['x xor 0 == x', i, `${c('c', '0', ti)}\n%r = array.xor %x, %c : ${ti}`, ti, unchanged],
  ['-(-x) == x', v, `%0 = array.neg %x : ${t}\n%r = array.neg %0 : ${t}`, t, unchanged],
  [
    'abs(-x) == abs(x)',
    v,
    `%0 = array.neg %x : ${t}\n%r = array.abs %0 : ${t}`,
    t,
    ['%0 = array.abs %arg0', 'return %0'],
  ],
  [
    'abs(-x) stays for unsigned x',
    '%x: tensor<4xui8>',
    '%0 = array.neg %x : tensor<4xui8>\n%r = array.abs %0 : tensor<4xui8>',
    'tensor<4xui8>',
    ['%0 = array.neg', 'return %0'],
  ],
  [
    'floor(floor(x)) == floor(x)',
    v,
    `%0 = array.floor %x : ${t}\n%r = array.floor %0 : ${t}`,
    t,
    ['%0 = array.floor %arg0', 'return %0'],
  ],
  [
    'not (x < y) == x >= y for integers',
    `${i}, %y: ${ti}`,
    `%0 = array.cmp lt, %x, %y : ${ti}\n%r = array.not %0 : tensor<4xi1>`,
    'tensor<4xi1>',
    ['%0 = array.cmp ge, %arg0, %arg1', 'return %0'],
  ],
  [
    'not (x < y) stays for floats',
    `${v}, %y: ${t}`,
    `%0 = array.cmp lt, %x, %y : ${t}\n%r = array.not %0 : tensor<4xi1>`,
    'tensor<4xi1>',
    ['%0 = array.cmp lt', '%1 = array.not', 'return %1'],
  ],
  [
    'not (x == y) == x != y for floats',
    `${v}, %y: ${t}`,
    `%0 = array.cmp eq, %x, %y : ${t}\n%r = array.not %0 : tensor<4xi1>`,
    'tensor<4xi1>',
    ['%0 = array.cmp ne', 'return %0'],
  ],
  [
    'x < x is false',
    v,
    `%r = array.cmp lt, %x, %x : ${t}`,
    'tensor<4xi1>',
    ['%cst = array.constant dense<false>', 'return %cst'],
  ],
  ['x == x stays for floats', v, `%r = array.cmp eq, %x, %x : ${t}`, 'tensor<4xi1>', ['%0 = array.cmp', 'return %0']],
  [
    'c < x == x > c',
    i,
    `${c('c', '7', ti)}\n%r = array.cmp lt, %c, %x : ${ti}`,
    'tensor<4xi1>',
    ['%cst', '%0 = array.cmp gt, %arg0, %cst', 'return %0'],
  ],
  ['select(c, x, x) == x', `${v}, %c: tensor<4xi1>`, `%r = array.select %c, %x, %x : ${t}`, t, unchanged],
  [
    'select(true, x, y) == x',
    `${v}, %y: ${t}`,
    `${c('c', 'true', 'tensor<4xi1>')}\n%r = array.select %c, %x, %y : ${t}`,
    t,
    unchanged,
  ],
  [
    'select(not c, x, y) == select(c, y, x)',
    `${v}, %y: ${t}, %c: tensor<4xi1>`,
    `%0 = array.not %c : tensor<4xi1>\n%r = array.select %0, %x, %y : ${t}`,
    t,
    ['%0 = array.select %arg2, %arg1, %arg0', 'return %0'],
  ],
  [
    'select(c, true, false) == c',
    '%x: tensor<4xi1>',
    `${c('t', 'true', 'tensor<4xi1>')}\n${c('f', 'false', 'tensor<4xi1>')}\n%r = array.select %x, %t, %f : tensor<4xi1>`,
    'tensor<4xi1>',
    ['return %arg0'],
  ],
  [
    'clamp between the extremes == x',
    v,
    `${c('l', '0xFF800000', t)}\n${c('h', '0x7F800000', t)}\n%r = array.clamp %l, %x, %h : ${t}`,
    t,
    unchanged,
  ],
  [
    'fma(a, 1, c) == a + c',
    `${v}, %y: ${t}`,
    `${c('c', '1.0', t)}\n%r = array.fma %x, %c, %y : ${t}`,
    t,
    ['%0 = array.add %arg0, %arg1', 'return %0'],
  ],
  [
    'cast of an exact cast',
    '%x: tensor<4xui8>',
    `%0 = array.cast %x : tensor<4xui8> to ${t}\n%r = array.cast %0 : ${t} to tensor<4xf64>`,
    'tensor<4xf64>',
    ['%0 = array.cast %arg0 : tensor<4xui8> to tensor<4xf64>', 'return %0'],
  ],
  [
    'cast back to the type it came from',
    i,
    `%0 = array.cast %x : ${ti} to tensor<4xf64>\n%r = array.cast %0 : tensor<4xf64> to ${ti}`,
    ti,
    unchanged,
  ],
  [
    'cast of an inexact cast stays',
    i,
    `%0 = array.cast %x : ${ti} to ${t}\n%r = array.cast %0 : ${t} to ${ti}`,
    ti,
    ['%0 = array.cast', '%1 = array.cast', 'return %1'],
  ],
  [
    'a quotient rounded down is one division by a positive constant',
    i,
    `${c('c', '10', ti)}
${c('o', '1', ti)}
${c('z', '0', ti)}
%s = array.sign %x : ${ti}
%q = array.div %x, %c : ${ti}
%m = array.rem %x, %c : ${ti}
%a = array.cmp ne, %s, %o : ${ti}
%b = array.cmp ne, %m, %z : ${ti}
%n = array.and %a, %b : tensor<4xi1>
%l = array.sub %q, %o : ${ti}
%r = array.select %n, %l, %q : ${ti}`,
    ti,
    ['%cst', '%cst', '%0 = array.shr_s', '%1 = array.xor', '%2 = array.div', '%3 = array.xor', 'return %3'],
  ],
  [
    'a remainder that is not negative, by a power of two, is a mask',
    i,
    `${c('c', '8', ti)}
${c('z', '0', ti)}
%f = array.constant dense<false> : tensor<4xi1>
%m = array.rem %x, %c : ${ti}
%a = array.cmp lt, %m, %z : ${ti}
%b = array.cmp ne, %a, %f : tensor<4xi1>
%d = array.cmp ne, %m, %z : ${ti}
%n = array.and %b, %d : tensor<4xi1>
%l = array.add %m, %c : ${ti}
%r = array.select %n, %l, %m : ${ti}`,
    ti,
    ['%cst', '%0 = array.and %arg0', 'return %0'],
  ],
  [
    'the greatest of stacked tensors is chosen piece by piece',
    '%x: tensor<1x4xi32>, %y: tensor<1x4xi32>, %z: tensor<1x4xi32>',
    `%c = array.concat %x, %y, %z dim = 0 : tensor<1x4xi32>, tensor<1x4xi32>, tensor<1x4xi32> to tensor<3x4xi32>
%r = array.argmax %c dim = 0 : tensor<3x4xi32> to tensor<4xi32>`,
    ti,
    [
      ...['%cst', '%cst', '%cst', '%0 = array.reshape', '%1 = array.reshape', '%2 = array.cmp gt'],
      ...[
        '%3 = array.select',
        '%4 = array.select',
        '%5 = array.reshape',
        '%6 = array.cmp gt',
        '%7 = array.select',
        'return %7',
      ],
    ],
  ],
  [
    'so is the least, a NaN before all',
    '%x: tensor<1x4xf32>, %y: tensor<1x4xf32>',
    `%c = array.concat %x, %y dim = 0 : tensor<1x4xf32>, tensor<1x4xf32> to tensor<2x4xf32>
%r = array.argmin %c dim = 0 : tensor<2x4xf32> to tensor<4xi32>`,
    ti,
    [
      ...[
        '%cst',
        '%cst',
        '%0 = array.reshape',
        '%1 = array.reshape',
        '%2 = array.cmp lt',
        '%3 = array.cmp ne',
        '%4 = array.cmp eq',
      ],
      ...['%5 = array.and', '%6 = array.or', '%7 = array.select', 'return %7'],
    ],
  ],
];
