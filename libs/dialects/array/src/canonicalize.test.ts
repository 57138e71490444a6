import { denseFromTensor, elementsOf, interpretPureOp, type RuntimeValue, TensorValue } from '@budflow/interpreter';
import {
  type Attribute,
  type Context,
  Operation,
  type OpInfo,
  printModule,
  typeOfAttribute,
  verify,
} from '@budflow/ir';
import { applyPatternsGreedily } from '@budflow/rewrite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrayDialect } from './index.js';
import { call, moduleFrom, newContext } from './testing/harness.js';
import { chainProgram } from './testing/random-chains.js';
import { allPrograms, type Program } from './testing/random-ops.js';

const applied = new Set<string>();

function canonicalize(module: Operation): void {
  const result = applyPatternsGreedily(module, [], {
    canonicalize: true,
    defaultFold: interpretPureOp,
    checkChanges: true,
  });
  expect(result.converged).toBe(true);
  expect(verify(module)).toBe(true);
  for (const name of result.hits.keys()) applied.add(name);
}

/** The body of @f after canonicalization, lines without indentation. */
function body(parameters: string, lines: string, result: string): string[] {
  const module = moduleFrom(`func.func @f(${parameters}) -> ${result} {\n${lines}\n  return %r : ${result}\n}`);
  canonicalize(module);
  return printModule(module)
    .split('\n')
    .map((l) => l.trim())
    .filter((l) => l.includes('array.') || l.startsWith('return') || l.includes('arith.'));
}

const v = '%x: tensor<4xf32>';
const i = '%x: tensor<4xi32>';
const t = 'tensor<4xf32>';
const ti = 'tensor<4xi32>';
const c = (name: string, value: string, type: string) => `%${name} = array.constant dense<${value}> : ${type}`;
const unchanged = ['return %arg0'];

/** [name, parameters, lines, result type, what stays (beginnings of lines)] */
const cases: [string, string, string, string, string[]][] = [
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
  ['broadcast to the same type == x', v, `%r = array.broadcast %x dims = [0] : ${t} to ${t}`, t, unchanged],
  [
    'broadcast that swaps stays',
    '%x: tensor<4x4xf32>',
    '%r = array.broadcast %x dims = [1, 0] : tensor<4x4xf32> to tensor<4x4xf32>',
    'tensor<4x4xf32>',
    ['%0 = array.broadcast', 'return %0'],
  ],
  [
    'broadcast of broadcast',
    `${v}, %n: index, %m: index`,
    '%0 = array.broadcast %x dims = [1] sizes(%n) : tensor<4xf32> to tensor<?x4xf32>\n%r = array.broadcast %0 dims = [1, 2] sizes(%m) : tensor<?x4xf32> to tensor<?x?x4xf32>',
    'tensor<?x?x4xf32>',
    ['%0 = array.broadcast %arg0 dims = [2] sizes(%arg2, %arg1)', 'return %0'],
  ],
  [
    'broadcast of a splat',
    '',
    `${c('c', '2.0', 'tensor<f32>')}\n%r = array.broadcast %c dims = [] : tensor<f32> to ${t}`,
    t,
    ['%cst = array.constant dense<2.000000e+00>', 'return %cst'],
  ],
  [
    'broadcast of a splat to dynamic sizes',
    '%n: index',
    `${c('c', '2.0', 'tensor<f32>')}\n%r = array.broadcast %c dims = [] sizes(%n) : tensor<f32> to tensor<?xf32>`,
    'tensor<?xf32>',
    ['%0 = array.full 2.000000e+00 : f32, tensor<?xf32> (%arg0)', 'return %0'],
  ],
  [
    'broadcast of full',
    '%n: index, %m: index',
    '%0 = array.full 1 : i32, tensor<?xi32> (%n)\n%r = array.broadcast %0 dims = [1] sizes(%m) : tensor<?xi32> to tensor<?x?xi32>',
    'tensor<?x?xi32>',
    ['%0 = array.full 1 : i32, tensor<?x?xi32> (%arg1, %arg0)', 'return %0'],
  ],
  [
    'reshape to the same type == x',
    '%x: tensor<4x?xf32>',
    '%r = array.reshape %x : tensor<4x?xf32> to tensor<4x?xf32>',
    'tensor<4x?xf32>',
    unchanged,
  ],
  [
    'reshape of reshape',
    '%x: tensor<2x3x4xf32>',
    '%0 = array.reshape %x : tensor<2x3x4xf32> to tensor<24xf32>\n%r = array.reshape %0 : tensor<24xf32> to tensor<8x3xf32>',
    'tensor<8x3xf32>',
    ['%0 = array.reshape %arg0 : tensor<2x3x4xf32> to tensor<8x3xf32>', 'return %0'],
  ],
  [
    'reshape there and back == x',
    '%x: tensor<2x3xf32>',
    '%0 = array.reshape %x : tensor<2x3xf32> to tensor<6xf32>\n%r = array.reshape %0 : tensor<6xf32> to tensor<2x3xf32>',
    'tensor<2x3xf32>',
    unchanged,
  ],
  [
    'reshape of full',
    '%n: index',
    '%c4 = arith.constant 4 : index\n%0 = array.full 1.0 : f32, tensor<?x4xf32> (%n)\n%r = array.reshape %0 sizes(%n) : tensor<?x4xf32> to tensor<4x?xf32>',
    'tensor<4x?xf32>',
    ['%0 = array.full 1.000000e+00 : f32, tensor<4x?xf32> (%arg0)', 'return %0'],
  ],
  [
    'reshape to its own sizes == x',
    '%x: tensor<?x?xf32>',
    '%0 = array.dim %x, 0 : tensor<?x?xf32>\n%1 = array.dim %x, 1 : tensor<?x?xf32>\n%r = array.reshape %x sizes(%0, %1) : tensor<?x?xf32> to tensor<?x?xf32>',
    'tensor<?x?xf32>',
    unchanged,
  ],
  [
    'transpose by the identity == x',
    '%x: tensor<4x8xf32>',
    '%r = array.transpose %x perm = [0, 1] : tensor<4x8xf32> to tensor<4x8xf32>',
    'tensor<4x8xf32>',
    unchanged,
  ],
  [
    'transpose of transpose',
    '%x: tensor<2x3x4xf32>',
    '%0 = array.transpose %x perm = [1, 2, 0] : tensor<2x3x4xf32> to tensor<3x4x2xf32>\n%r = array.transpose %0 perm = [0, 2, 1] : tensor<3x4x2xf32> to tensor<3x2x4xf32>',
    'tensor<3x2x4xf32>',
    ['%0 = array.transpose %arg0 perm = [1, 0, 2]', 'return %0'],
  ],
  [
    'transpose of broadcast',
    `${v}, %n: index`,
    '%0 = array.broadcast %x dims = [1] sizes(%n) : tensor<4xf32> to tensor<?x4xf32>\n%r = array.transpose %0 perm = [1, 0] : tensor<?x4xf32> to tensor<4x?xf32>',
    'tensor<4x?xf32>',
    ['%0 = array.broadcast %arg0 dims = [0] sizes(%arg1)', 'return %0'],
  ],
  [
    'transpose of full',
    '%n: index, %m: index',
    '%0 = array.full 1 : i32, tensor<?x?xi32> (%n, %m)\n%r = array.transpose %0 perm = [1, 0] : tensor<?x?xi32> to tensor<?x?xi32>',
    'tensor<?x?xi32>',
    ['%0 = array.full 1 : i32, tensor<?x?xi32> (%arg1, %arg0)', 'return %0'],
  ],
  [
    'slice of everything == x',
    '%x: tensor<4x?xf32>',
    '%r = array.slice %x [0:4:1, 0:?:1] : tensor<4x?xf32> to tensor<4x?xf32>',
    'tensor<4x?xf32>',
    unchanged,
  ],
  [
    'slice of slice',
    '%x: tensor<20xf32>',
    '%0 = array.slice %x [2:20:3] : tensor<20xf32> to tensor<6xf32>\n%r = array.slice %0 [1:6:2] : tensor<6xf32> to tensor<3xf32>',
    'tensor<3xf32>',
    ['%0 = array.slice %arg0 [5:18:6]', 'return %0'],
  ],
  [
    'slice of a splat',
    '',
    `${c('c', '2.0', 'tensor<8xf32>')}\n%r = array.slice %c [0:4:1] : tensor<8xf32> to ${t}`,
    t,
    ['%cst = array.constant dense<2.000000e+00>', 'return %cst'],
  ],
  ['pad by nothing == x', v, `%r = array.pad %x low = [0] high = [0] value 1.0 : f32 : ${t} to ${t}`, t, unchanged],
  [
    'pad of pad',
    v,
    '%0 = array.pad %x low = [1] high = [2] value 1.0 : f32 : tensor<4xf32> to tensor<7xf32>\n%r = array.pad %0 low = [1] high = [0] value 1.0 : f32 : tensor<7xf32> to tensor<8xf32>',
    'tensor<8xf32>',
    ['%0 = array.pad %arg0 low = [2] high = [2]', 'return %0'],
  ],
  [
    'pad of pad with another value stays',
    v,
    '%0 = array.pad %x low = [1] high = [2] value 1.0 : f32 : tensor<4xf32> to tensor<7xf32>\n%r = array.pad %0 low = [1] high = [0] value 2.0 : f32 : tensor<7xf32> to tensor<8xf32>',
    'tensor<8xf32>',
    ['%0 = array.pad', '%1 = array.pad', 'return %1'],
  ],
  [
    'pad of a splat with its value',
    '',
    `${c('c', '2.0', 'tensor<2xf32>')}\n%r = array.pad %c low = [1] high = [1] value 2.0 : f32 : tensor<2xf32> to ${t}`,
    t,
    ['%cst = array.constant dense<2.000000e+00> : tensor<4xf32>', 'return %cst'],
  ],
  [
    'reduce over nothing',
    `${v}, %z: tensor<f32>`,
    `%r = array.reduce max %x init %z dims = [] : ${t}, tensor<f32> to ${t}`,
    t,
    ['%0 = array.broadcast %arg1', '%1 = array.max %0, %arg0', 'return %1'],
  ],
  [
    'a region that has a name',
    `${v}, %z: tensor<f32>`,
    `%r = array.reduce %x init %z dims = [0] : ${t}, tensor<f32> to tensor<f32> body(%a: f32, %b: f32) {\n%s = arith.addf %b, %a : f32\narray.yield %s : f32\n}`,
    'tensor<f32>',
    ['%0 = array.reduce add %arg0 init %arg1 dims = [0]', 'return %0'],
  ],
  [
    'reverse of reverse',
    `%x: tensor<4x8xf32>`,
    '%0 = array.reverse %x dims = [0, 1] : tensor<4x8xf32>\n%r = array.reverse %0 dims = [1] : tensor<4x8xf32>',
    'tensor<4x8xf32>',
    ['%0 = array.reverse %arg0 dims = [0] :', 'return %0'],
  ],
  [
    'reverse of a dimension of size 1',
    `%x: tensor<1x?xf32>`,
    '%r = array.reverse %x dims = [0, 1] : tensor<1x?xf32>',
    'tensor<1x?xf32>',
    ['%0 = array.reverse %arg0 dims = [1] :', 'return %0'],
  ],
  [
    'reverse of dimensions of size 1 only',
    `%x: tensor<1x8xf32>`,
    '%r = array.reverse %x dims = [0] : tensor<1x8xf32>',
    'tensor<1x8xf32>',
    ['return %arg0'],
  ],
  ['concat of one', `%x: ${t}`, `%r = array.concat %x dim = 0 : ${t} to ${t}`, t, ['return %arg0']],
  [
    'concat with empty parts',
    `%x: ${t}, %e: tensor<0xf32>`,
    `%r = array.concat %e, %x, %e dim = 0 : tensor<0xf32>, ${t}, tensor<0xf32> to ${t}`,
    t,
    ['return %arg0'],
  ],
  [
    'concat of concat',
    '%x: tensor<2xf32>, %y: tensor<3xf32>',
    `%0 = array.concat %x, %y dim = 0 : tensor<2xf32>, tensor<3xf32> to tensor<5xf32>
%r = array.concat %0, %x dim = 0 : tensor<5xf32>, tensor<2xf32> to tensor<7xf32>`,
    'tensor<7xf32>',
    ['%0 = array.concat %arg0, %arg1, %arg0 dim = 0', 'return %0'],
  ],
  [
    'concat of adjacent slices',
    '%x: tensor<9xf32>, %y: tensor<3xf32>',
    `%0 = array.slice %x [1:3:1] : tensor<9xf32> to tensor<2xf32>
%1 = array.slice %x [3:6:1] : tensor<9xf32> to tensor<3xf32>
%r = array.concat %y, %0, %1 dim = 0 : tensor<3xf32>, tensor<2xf32>, tensor<3xf32> to tensor<8xf32>`,
    'tensor<8xf32>',
    ['%0 = array.slice %arg0 [1:6:1]', '%1 = array.concat %arg1, %0 dim = 0', 'return %1'],
  ],
  [
    'slice of one part of a concat',
    '%x: tensor<2xf32>, %y: tensor<5xf32>',
    `%0 = array.concat %x, %y dim = 0 : tensor<2xf32>, tensor<5xf32> to tensor<7xf32>
%r = array.slice %0 [3:7:2] : tensor<7xf32> to tensor<2xf32>`,
    'tensor<2xf32>',
    ['%0 = array.slice %arg1 [1:5:2]', 'return %0'],
  ],
  [
    'slice of two parts of a concat',
    '%x: tensor<2xf32>, %y: tensor<5xf32>',
    `%0 = array.concat %x, %y dim = 0 : tensor<2xf32>, tensor<5xf32> to tensor<7xf32>
%r = array.slice %0 [1:3:1] : tensor<7xf32> to tensor<2xf32>`,
    'tensor<2xf32>',
    ['%0 = array.concat', '%1 = array.slice %0', 'return %1'],
  ],
  [
    'concat of slices that are apart',
    '%x: tensor<9xf32>',
    `%0 = array.slice %x [1:3:1] : tensor<9xf32> to tensor<2xf32>
%1 = array.slice %x [4:6:1] : tensor<9xf32> to tensor<2xf32>
%r = array.concat %0, %1 dim = 0 : tensor<2xf32>, tensor<2xf32> to tensor<4xf32>`,
    'tensor<4xf32>',
    ['%0 = array.slice', '%1 = array.slice', '%2 = array.concat', 'return %2'],
  ],
  [
    'bitcast of bitcast',
    '%x: tensor<4xui32>',
    '%0 = array.bitcast %x : tensor<4xui32> to tensor<4xf32>\n%r = array.bitcast %0 : tensor<4xf32> to tensor<4xi32>',
    'tensor<4xi32>',
    ['%0 = array.bitcast %arg0 : tensor<4xui32> to tensor<4xi32>', 'return %0'],
  ],
  [
    'map without unused operands',
    `%x: ${t}, %y: ${t}`,
    `%r = array.map %x, %y : ${t}, ${t} to ${t} body(%a: f32, %b: f32) {
  %0 = arith.negf %b : f32
  array.yield %0 : f32
}`,
    t,
    [`%0 = array.map %arg1 : ${t} to ${t} body(`, '%1 = arith.negf', 'array.yield', 'return %0'],
  ],
  [
    'map that yields an argument',
    `%x: ${t}, %y: ${t}`,
    `%r = array.map %x, %y : ${t}, ${t} to ${t} body(%a: f32, %b: f32) {
  array.yield %b : f32
}`,
    t,
    ['return %arg1'],
  ],
  [
    'empty is zero',
    '%n: index',
    '%r = array.empty : tensor<?xf32> (%n)',
    'tensor<?xf32>',
    ['%0 = array.full 0.000000e+00 : f32, tensor<?xf32> (%arg0)', 'return %0'],
  ],
  [
    'dynamic slice at constants',
    '%x: tensor<9xf32>',
    `${c('i', '7', 'tensor<i64>')}
%r = array.dynamic_slice %x [%i] sizes = [4] : tensor<9xf32>, tensor<i64> to tensor<4xf32>`,
    'tensor<4xf32>',
    ['%0 = array.slice %arg0 [5:9:1]', 'return %0'],
  ],
  [
    'dynamic update slice of everything',
    `%x: ${t}, %u: ${t}, %i: tensor<i64>`,
    `%r = array.dynamic_update_slice %x, %u [%i] : ${t}, ${t}, tensor<i64>`,
    t,
    ['return %arg1'],
  ],
  [
    'static dim',
    '%x: tensor<4x?xf32>',
    '%r = array.dim %x, 0 : tensor<4x?xf32>',
    'index',
    ['%c4 = arith.constant 4 : index', 'return %c4'],
  ],
  [
    'dim of a size operand',
    '%n: index',
    '%0 = array.iota dim = 0 : tensor<2x?xi32> (%n)\n%r = array.dim %0, 1 : tensor<2x?xi32>',
    'index',
    ['return %arg0'],
  ],
  [
    'dim through structured ops',
    '%x: tensor<?x8xf32>',
    '%0 = array.exp %x : tensor<?x8xf32>\n%1 = array.transpose %0 perm = [1, 0] : tensor<?x8xf32> to tensor<8x?xf32>\n%r = array.dim %1, 1 : tensor<8x?xf32>',
    'index',
    ['%0 = array.dim %arg0, 0', 'return %0'],
  ],
  [
    'dim of a padded dimension stays',
    '%x: tensor<?xf32>',
    '%0 = array.pad %x low = [0] high = [1] value 0.0 : f32 : tensor<?xf32> to tensor<?xf32>\n%r = array.dim %0, 0 : tensor<?xf32>',
    'index',
    ['%0 = array.pad', '%1 = array.dim %0', 'return %1'],
  ],
  [
    'sort(x, y) { f(x) } == sort(x) { f(x) } without a use of the second result',
    '%x: tensor<4xf32>, %y: tensor<4xi32>',
    '%r, %s = array.sort %x, %y dim = 0 ascending : tensor<4xf32>, tensor<4xi32>',
    t,
    ['%0 = array.sort %arg0 dim = 0 ascending : tensor<4xf32>', 'return %0'],
  ],
  [
    'sort with a comparator of the operand without uses stays',
    '%x: tensor<4xi32>, %y: tensor<4xf32>',
    '%s, %r = array.sort %x, %y dim = 0 ascending : tensor<4xi32>, tensor<4xf32>',
    t,
    ['%0:2 = array.sort', 'return %0#1'],
  ],
  [
    'sort along one element',
    '%x: tensor<4x1xf32>',
    '%r = array.sort %x dim = 1 ascending : tensor<4x1xf32>',
    'tensor<4x1xf32>',
    unchanged,
  ],
  [
    'sort of one value everywhere',
    '',
    `${c('a', '2.0', t)}\n%r = array.sort %a dim = 0 ascending : ${t}`,
    t,
    ['%cst = array.constant dense<2.0', 'return %cst'],
  ],
  [
    'sort of constants',
    '',
    `${c('a', '[3.0, -1.0, 2.0, 0.0]', t)}\n%r = array.sort %a dim = 0 descending : ${t}`,
    t,
    ['%cst = array.constant dense<[3.000000e+00, 2.000000e+00, 0.000000e+00, -1.000000e+00]>', 'return %cst'],
  ],
  [
    'constants fold by interpretation',
    '',
    `${c('a', '[1.0, 2.0, 3.0, 4.0]', t)}\n%r = array.mul %a, %a : ${t}`,
    t,
    ['%cst = array.constant dense<[1.000000e+00, 4.000000e+00, 9.000000e+00, 1.600000e+01]>', 'return %cst'],
  ],
  [
    'exact multiply-adds of constants fold',
    '',
    `${c('a', '2.0', t)}\n%r = array.fma %a, %a, %a : ${t}`,
    t,
    ['%cst = array.constant dense<6.000000e+00>', 'return %cst'],
  ],
  [
    'relaxed multiply-adds of constants stay',
    '',
    `${c('a', '2.0', t)}\n%r = array.fma %a, %a, %a {kind = "relaxed"} : ${t}`,
    t,
    ['%cst', '%0 = array.fma', 'return %0'],
  ],
  [
    'a convolution by a window of one place is a product',
    '%x: tensor<2x5x4xf32>, %w: tensor<1x4x6xf32>',
    '%r = array.conv %x, %w dims = "b0f_0io->b0f" rhs_dilation = [3] reversed = [0] : tensor<2x5x4xf32>, tensor<1x4x6xf32> -> tensor<2x5x6xf32>',
    'tensor<2x5x6xf32>',
    ['%0 = array.reshape', '%1 = array.dot_general', 'return %1'],
  ],
  [
    'one place along a dimension is not spread',
    '%x: tensor<2x5x4xf32>, %w: tensor<1x4x6xf32>',
    '%r = array.conv %x, %w dims = "b0f_0io->b0f" high = [1] rhs_dilation = [3] : tensor<2x5x4xf32>, tensor<1x4x6xf32> -> tensor<2x6x6xf32>',
    'tensor<2x6x6xf32>',
    ['%0 = array.conv %arg0, %arg1 dims = "b0f_0io->b0f" high = [1] :', 'return %0'],
  ],
  [
    'unpack (pack x) == x',
    '%x: tensor<6xf32>',
    '%0 = array.pack %x inner_dims_pos = [0] inner_tiles = [4] padding 0.0 : f32 : tensor<6xf32> to tensor<2x4xf32>\n%r = array.unpack %0 inner_dims_pos = [0] inner_tiles = [4] : tensor<2x4xf32> to tensor<6xf32>',
    'tensor<6xf32>',
    unchanged,
  ],
  [
    'pack (unpack x) == x for whole tiles',
    '%x: tensor<2x3xf32>',
    '%0 = array.unpack %x inner_dims_pos = [0] inner_tiles = [3] : tensor<2x3xf32> to tensor<6xf32>\n%r = array.pack %0 inner_dims_pos = [0] inner_tiles = [3] : tensor<6xf32> to tensor<2x3xf32>',
    'tensor<2x3xf32>',
    unchanged,
  ],
  [
    'tuple(get_tuple_element(t, 0), get_tuple_element(t, 1)) == t',
    '%t: tuple<tensor<2xf32>, index>',
    '%0 = array.get_tuple_element %t[0] : tuple<tensor<2xf32>, index>\n%1 = array.get_tuple_element %t[1] : tuple<tensor<2xf32>, index>\n%r = array.tuple %0, %1 : tensor<2xf32>, index',
    'tuple<tensor<2xf32>, index>',
    unchanged,
  ],
];

describe('canonicalization', () => {
  for (const [name, parameters, lines, result, expected] of cases) {
    test(name, () => {
      const actual = body(parameters, lines, result);
      expect(actual.length, actual.join('\n')).toBe(expected.length);
      expected.forEach((start, k) => {
        expect(actual[k]!.startsWith(start), `${actual[k]} should start with ${start}`).toBe(true);
      });
    });
  }

  test('every pattern applied in the cases above', () => {
    const patterns = arrayDialect.ops.flatMap((d) => d.spec.patterns ?? []).map((p) => p.name);
    expect(patterns.filter((name) => !applied.has(name))).toEqual([]);
  });

  test('every pattern has a name and an equation', () => {
    const names = new Set<string>();
    for (const { opName, spec } of arrayDialect.ops) {
      for (const pattern of spec.patterns ?? []) {
        expect(pattern.equation?.length ?? 0, pattern.name).toBeGreaterThan(3);
        expect(pattern.root).toBe(opName);
        expect(names.has(pattern.name), pattern.name).toBe(false);
        names.add(pattern.name);
      }
    }
  });
});

function results(module: Operation, args: readonly RuntimeValue[]): unknown {
  return (call(module, args) as TensorValue[]).map((r) => ({ shape: r.shape, elements: elementsOf(r) }));
}

/** Runs a program before and after canonicalization. */
function checkPreserved(program: Program): void {
  const context = newContext();
  const module = moduleFrom(program.text, context);
  const before = results(module, program.args(context));
  canonicalize(module);
  expect(results(module, program.args(context)), printModule(module)).toEqual(before);
}

describe('canonicalization keeps values', () => {
  test('of chains of ops on random shapes', () => {
    fc.assert(fc.property(chainProgram('f32'), checkPreserved), { numRuns: 400 });
    fc.assert(fc.property(chainProgram('i8'), checkPreserved), { numRuns: 400 });
    fc.assert(fc.property(chainProgram('ui8'), checkPreserved), { numRuns: 200 });
  });

  test('of every op on constants', () => {
    for (const { programs } of allPrograms()) {
      fc.assert(
        fc.property(programs, (program) => {
          // The arguments become constants where the shape is static.
          const context = newContext();
          const module = moduleFrom(program.text, context);
          const args = program.args(context);
          const before = results(module, args);
          const block = module.region(0).entry.firstOp!.region(0).entry;
          block.arguments.forEach((arg, k) => {
            const value = constantFor(context, arg.type.toString(), args[k]!);
            if (!value) return;
            const made = context.opInfo('array.constant');
            const op = moduleConstant(made, value);
            block.insertBefore(op, block.firstOp);
            arg.replaceAllUsesWith(op.result(0));
          });
          canonicalize(module);
          expect(results(module, args), printModule(module)).toEqual(before);
        }),
        { numRuns: 3 },
      );
    }
  });
});

function constantFor(context: Context, type: string, value: RuntimeValue): Attribute | undefined {
  if (!(value instanceof TensorValue) || type.includes('?')) return undefined;
  return denseFromTensor(context, value);
}
function moduleConstant(info: OpInfo, value: Attribute): Operation {
  return Operation.create(info, 0, [], [typeOfAttribute(value)!], info.context.dictionary([['value', value]]));
}
