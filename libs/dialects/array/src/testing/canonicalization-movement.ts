// Rules of canonicalization of ops that move, reduce or make elements, by their equations.
import { type CanonicalizationCase, c, t, unchanged, v } from './canonicalization-case.js';

/** Lines of the body that keeps a value and its place. */
const PLACE_BODY = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `%${n + 1} = arith.`).concat('array.yield');

export const MOVEMENT_CASES: readonly CanonicalizationCase[] = [
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
    'dot_general of transposed matrices',
    '%x: tensor<8x4xf32>, %y: tensor<16x8xf32>',
    `%0 = array.transpose %x perm = [1, 0] : tensor<8x4xf32> to tensor<4x8xf32>
%1 = array.transpose %y perm = [1, 0] : tensor<16x8xf32> to tensor<8x16xf32>
%r = array.dot_general %0, %1 contract = [1] x [0] : tensor<4x8xf32>, tensor<8x16xf32> -> tensor<4x16xf32>`,
    'tensor<4x16xf32>',
    ['%0 = array.dot_general %arg0, %arg1 contract = [0] x [1]', 'return %0'],
  ],
  [
    'dot_general of transposed batches',
    '%x: tensor<8x2x4xf32>, %y: tensor<2x4x6xf32>',
    `%0 = array.transpose %x perm = [1, 0, 2] : tensor<8x2x4xf32> to tensor<2x8x4xf32>
%r = array.dot_general %0, %y batch = [0] x [0] contract = [2] x [1] : tensor<2x8x4xf32>, tensor<2x4x6xf32> -> tensor<2x8x6xf32>`,
    'tensor<2x8x6xf32>',
    ['%0 = array.dot_general %arg0, %arg1 batch = [1] x [0] contract = [2] x [1]', 'return %0'],
  ],
  [
    'dot_general of something whose free dimensions changed places stays',
    '%x: tensor<2x3x4xf32>, %y: tensor<4xf32>',
    `%0 = array.transpose %x perm = [1, 0, 2] : tensor<2x3x4xf32> to tensor<3x2x4xf32>
%r = array.dot_general %0, %y contract = [2] x [0] : tensor<3x2x4xf32>, tensor<4xf32> -> tensor<3x2xf32>`,
    'tensor<3x2xf32>',
    ['%0 = array.transpose', '%1 = array.dot_general %0, %arg1', 'return %1'],
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
    'a region that only simplifies to one op with a name stays the fold it is',
    '%x: tensor<4xf32>, %z: tensor<f32>',
    '%r = array.reduce %x init %z dims = [0] : tensor<4xf32>, tensor<f32> to tensor<f32> body(%a: f32, %b: f32) {\n%s = arith.addf %a, %b : f32\n%t = arith.minimumf %s, %s : f32\narray.yield %t : f32\n}',
    'tensor<f32>',
    [
      '%0 = array.reduce %arg0 init %arg1 dims = [0] {order = #array.order<sequential>}',
      '%1 = arith.addf %arg2, %arg3',
      'array.yield %1',
      'return %0',
    ],
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
  ...(['lt', 'gt'] as const).flatMap((way) =>
    [way === 'lt' ? '0x7F800000' : '0xFF800000', '0.0'].map(
      (init, k): CanonicalizationCase => [
        k === 0 ? `the place of an extreme (${way}) is an op of its own` : `an init that may win is none (${way})`,
        '%x: tensor<3x4xf32>',
        `${c('z', init, 'tensor<f32>')}\n${c('first', '0', 'tensor<i32>')}\n%i = array.iota dim = 1 : tensor<3x4xi32>\n%v, %r = array.reduce %x, %i init %z, %first dims = [1] : tensor<3x4xf32>, tensor<3x4xi32>, tensor<f32>, tensor<i32> to tensor<3xf32>, tensor<3xi32> body(%a: f32, %p: i32, %b: f32, %q: i32) {\n  %1 = arith.cmpf o${way}, %a, %b : f32\n  %2 = arith.cmpf une, %a, %a : f32\n  %3 = arith.ori %1, %2 : i1\n  %4 = arith.cmpf oeq, %a, %b : f32\n  %5 = arith.cmpi slt, %p, %q : i32\n  %6 = arith.andi %4, %5 : i1\n  %7 = arith.ori %3, %6 : i1\n  %8 = arith.select %3, %a, %b : f32\n  %9 = arith.select %7, %p, %q : i32\n  array.yield %8, %9 : f32, i32\n}`,
        'tensor<3xi32>',
        k === 0
          ? [`%0 = array.${way === 'lt' ? 'argmin' : 'argmax'} %arg0 dim = 1 :`, 'return %0']
          : ['%cst', '%cst_0', '%0 = array.iota', '%1:2 = array.reduce', ...PLACE_BODY, 'return %1#1'],
      ],
    ),
  ),
  [
    'a window of all elements before is a scan',
    '%x: tensor<2x5xf32>',
    `${c('z', '0.0', 'tensor<f32>')}\n%r = array.reduce_window add %x init %z window = [1, 5] low = [0, 4] : tensor<2x5xf32>, tensor<f32> to tensor<2x5xf32>`,
    'tensor<2x5xf32>',
    ['%cst', '%0 = array.scan add %arg0 init %cst dim = 1 :', 'return %0'],
  ],
  [
    'a window of all elements behind is a scan from the end, of integers',
    '%x: tensor<5x2xi32>, %z: tensor<i32>',
    '%r = array.reduce_window max %x init %z window = [5, 1] high = [4, 0] : tensor<5x2xi32>, tensor<i32> to tensor<5x2xi32>',
    'tensor<5x2xi32>',
    ['%0 = array.scan max %arg0 init %arg1 dim = 0 reverse :', 'return %0'],
  ],
  ...[
    ['floats are not added from the end', '%x: tensor<5xf32>, %z: tensor<f32>', 'add', 'f32', 'high'],
    ['an init that counts more than once stays a window', '%x: tensor<5xi32>, %z: tensor<i32>', 'add', 'i32', 'low'],
  ].map(
    ([name, parameters, kind, element, side]): CanonicalizationCase => [
      name!,
      parameters!,
      `%r = array.reduce_window ${kind} %x init %z window = [5] ${side} = [4] : tensor<5x${element}>, tensor<${element}> to tensor<5x${element}>`,
      `tensor<5x${element}>`,
      ['%0 = array.reduce_window', 'return %0'],
    ],
  ),
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
  [
    'gather of elements by index vectors',
    '%x: tensor<5x7xf32>, %v: tensor<4x2xui8>',
    '%r = array.gather %x, %v collapsed = [0, 1] map = [1, 0] vector = 1 sizes = [1, 1] : tensor<5x7xf32>, tensor<4x2xui8> to tensor<4xf32>',
    'tensor<4xf32>',
    [
      '%cst = array.constant',
      '%cst_0 = array.constant',
      '%cst_1 = array.constant',
      '%0 = array.slice %arg1 [0:4:1, 0:1:1]',
      '%1 = array.min %0, %cst',
      '%2 = array.cast %1 : tensor<4x1xui8> to tensor<4x1xi32>',
      '%3 = array.slice %arg1 [0:4:1, 1:2:1]',
      '%4 = array.min %3, %cst',
      '%5 = array.cast %4 : tensor<4x1xui8> to tensor<4x1xi32>',
      '%6 = array.mul %5, %cst',
      '%7 = array.add %2, %6',
      '%8 = array.reshape %arg0 : tensor<5x7xf32> to tensor<35xf32>',
      '%9 = array.gather %8, %7 collapsed = [0] map = [0] vector = 1 sizes = [1]',
      'return %9',
    ],
  ],
  [
    'gather at known indices',
    '%x: tensor<5x7xf32>',
    '%i = array.constant dense<[6, 4, 2, 0]> : tensor<4xi32>\n%r = array.gather %x, %i window = [1] collapsed = [1] map = [1] vector = 1 sizes = [5, 1] : tensor<5x7xf32>, tensor<4xi32> to tensor<4x5xf32>',
    'tensor<4x5xf32>',
    [
      '%0 = array.slice %arg0 [0:5:1, 0:7:2]',
      '%1 = array.reverse %0 dims = [1]',
      '%2 = array.transpose %1 perm = [1, 0]',
      'return %2',
    ],
  ],
  [
    'scatter at index vectors of one component: plain indices, without the dimension that made vectors of them',
    '%x: tensor<10x3xf32>, %i: tensor<2x5xi32>, %u: tensor<2x5x3xf32>',
    `%b = array.broadcast %i dims = [0, 2] : tensor<2x5xi32> to tensor<2x1x5xi32>
%r = array.scatter %x at %b updates %u window = [2] collapsed = [0] map = [0] vector = 1 : tensor<10x3xf32>, tensor<2x1x5xi32>, tensor<2x5x3xf32> body(%a: f32, %c: f32) {
  %s = arith.addf %a, %c : f32
  array.yield %s : f32
}`,
    'tensor<10x3xf32>',
    ['%0 = array.scatter %arg0 at %arg1', '%1 = arith.addf', 'array.yield', 'return %0'],
  ],
];
