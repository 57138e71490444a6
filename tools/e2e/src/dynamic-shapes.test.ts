// The sizes of results, by the run: every op that takes dynamic dimensions, with all of them dynamic, on sizes from 0 on.
// What the host computes to allocate and the kernel to loop is compared with the interpreter, bit by bit.
import { arrayDialect } from '@budflow/dialect-array';
import { compile } from 'budflow';
import { afterAll, expect, test } from 'vitest';
import { tensor } from './arguments.js';
import { callCompiled, callInterpreter, difference, oracleModule, RELAXED, type TestArgument } from './differential.js';

const X = 'tensor<?x?xf32>';
const V = 'tensor<?xf32>';
const I = 'tensor<?x?xi32>';
const S = 'tensor<f32>';
const C = 'tensor<?x?xcomplex<f32>>';
const B = 'tensor<?x?xi1>';

type Shapes = readonly (readonly [n: number, m: number])[];
const ANY: Shapes = [
  [0, 0],
  [0, 3],
  [1, 1],
  [2, 0],
  [3, 5],
  [1, 17],
];
const SOME: Shapes = [
  [1, 1],
  [3, 5],
  [2, 17],
];

interface Row {
  readonly ops: string;
  /** Lines of the body; %x: n x m, %y: n x m, %v: m, %s: f32, %c: n x m complex, %j: m, from -3 on, %k: 0-d, %n and %m: index. */
  readonly lines: string;
  readonly results: readonly string[];
  readonly shapes?: Shapes;
}

const unary =
  'neg abs sign sqrt rsqrt cbrt exp exp2 expm1 log log2 log10 log1p sin cos tan tanh sinh cosh asin acos atan asinh acosh atanh erf sigmoid floor ceil round round_even trunc'.split(
    ' ',
  );
const binary = 'add sub mul div rem pow min max atan2'.split(' ');

/** A chain of ops in which each takes what came before. */
const chain = (ops: readonly string[], type: string, other: string, first: string) => {
  const lines = ops.map((op, i) => `%k${i} = array.${op} ${i === 0 ? first : `%k${i - 1}`}${other} : ${type}`);
  return `${lines.join('\n  ')}\n  %r0 = array.${type === I ? 'not' : 'abs'} %k${ops.length - 1} : ${type}`;
};

const ROWS: readonly Row[] = [
  ...unary.map((op) => ({ ops: op, lines: `%r0 = array.${op} %x : ${X}`, results: [X] })),
  ...binary.map((op) => ({ ops: op, lines: `%r0 = array.${op} %x, %y : ${X}`, results: [X] })),
  {
    ops: 'and or xor shl shr_s shr_u not',
    lines: `%i = array.cast %x : ${X} to ${I}\n  ${chain(['and', 'or', 'xor', 'shl', 'shr_s', 'shr_u'], I, ', %i', '%i')}`,
    results: [I],
  },
  {
    ops: 'popcount clz cast',
    lines: `%i = array.cast %x : ${X} to ${I}\n  %r0 = array.popcount %i : ${I}\n  %r1 = array.clz %i : ${I}`,
    results: [I, I],
  },
  {
    ops: 'cmp select clamp fma is_finite',
    lines: `%p = array.cmp lt, %x, %y : ${X}\n  %a = array.select %p, %x, %y : ${X}\n  %b = array.clamp %x, %a, %y : ${X}\n  %r0 = array.fma %b, %x, %y : ${X}\n  %r1 = array.is_finite %x : ${X}`,
    results: [X, B],
  },
  { ops: 'bitcast', lines: `%r0 = array.bitcast %x : ${X} to ${I}`, results: [I] },
  {
    ops: 'real imag complex conj',
    lines: `%a = array.real %c : ${C}\n  %b = array.imag %c : ${C}\n  %d = array.complex %b, %a : ${X}\n  %r0 = array.conj %d : ${C}`,
    results: [C],
  },
  {
    ops: 'full iota empty dim',
    lines: `%d = array.dim %x, 0 : ${X}\n  %r0 = array.full 2.0 : f32, ${X} (%d, %m)\n  %r1 = array.iota dim = 1 : ${I} (%m, %n)\n  %r2 = array.empty : ${V} (%n)`,
    results: [X, I, V],
  },
  {
    ops: 'broadcast',
    lines: `%r0 = array.broadcast %v dims = [1] sizes(%n) : ${V} to ${X}\n  %r1 = array.broadcast %x dims = [2, 0] sizes(%n) : ${X} to tensor<?x?x?xf32>`,
    results: [X, 'tensor<?x?x?xf32>'],
  },
  {
    ops: 'reshape',
    lines: `%r0 = array.reshape %x : ${X} to ${V}\n  %r1 = array.reshape %r0 sizes(%m, %n) : ${V} to ${X}`,
    results: [V, X],
  },
  {
    ops: 'transpose reverse',
    lines: `%r0 = array.transpose %x perm = [1, 0] : ${X} to ${X}\n  %r1 = array.reverse %x dims = [0, 1] : ${X}`,
    results: [X, X],
  },
  { ops: 'slice', lines: `%r0 = array.slice %x [1:?:2, 0:?:3] : ${X} to ${X}`, results: [X], shapes: SOME },
  { ops: 'pad', lines: `%r0 = array.pad %x low = [1, 0] high = [0, 2] value 1.5 : f32 : ${X} to ${X}`, results: [X] },
  { ops: 'concat', lines: `%r0 = array.concat %x, %y, %x dim = 0 : ${X}, ${X}, ${X} to ${X}`, results: [X] },
  {
    ops: 'reduce',
    lines: `%r0 = array.reduce add %x init %s dims = [1] : ${X}, ${S} to ${V}\n  %r1 = array.reduce max %x init %s dims = [0] : ${X}, ${S} to ${V}\n  %r2 = array.reduce mul %x init %s dims = [0, 1] : ${X}, ${S} to ${S}`,
    results: [V, V, S],
  },
  {
    ops: 'dot_general',
    lines: `%r0 = array.dot_general %x, %y batch = [] x [] contract = [1] x [1] : ${X}, ${X} -> ${X}\n  %r1 = array.dot_general %x, %y batch = [0] x [0] contract = [1] x [1] : ${X}, ${X} -> ${V}`,
    results: [X, V],
  },
  {
    ops: 'reduce_window',
    lines: `%r0 = array.reduce_window max %x init %s window = [2, 3] strides = [1, 2] low = [1, 1] high = [1, 1] : ${X}, ${S} to ${X}
  %r1 = array.reduce_window add %v init %s window = [3] low = [2] high = [0] : ${V}, ${S} to ${V}`,
    results: [X, V],
    shapes: SOME,
  },
  {
    ops: 'select_and_scatter',
    lines: `%p = array.reduce_window max %x init %s window = [1, 1] strides = [2, 2] : ${X}, ${S} to ${X}
  %r0 = array.select_and_scatter %x source %p init %s window = [1, 1] strides = [2, 2] : ${X}, ${X}, ${S} select(%a: f32, %b: f32) {
    %t = arith.cmpf oge, %a, %b : f32
    array.yield %t : i1
  } scatter(%a: f32, %b: f32) {
    %t = arith.addf %a, %b : f32
    array.yield %t : f32
  }`,
    results: [X],
    shapes: SOME,
  },
  {
    ops: 'scan',
    lines: `%r0 = array.scan add %x init %s dim = 0 : ${X}, ${S}\n  %r1 = array.scan max %x init %s dim = 1 reverse : ${X}, ${S}\n  %r2 = array.scan mul %v init %s dim = 0 exclusive : ${V}, ${S}`,
    results: [X, X, V],
  },
  {
    ops: 'sort',
    lines: `%i = array.iota dim = 0 : ${I} (%n, %m)\n  %r0, %r1 = array.sort %x, %i dim = 1 stable descending total_order : ${X}, ${I}
  %r2 = array.sort %x dim = 0 : ${X} comparator(%a: f32, %b: f32) {
    %t = arith.cmpf olt, %a, %b : f32
    array.yield %t : i1
  }`,
    results: [X, I, X],
  },
  {
    ops: 'argmin argmax',
    lines: `%r0 = array.argmin %x dim = 0 : ${X} to tensor<?xi32>\n  %r1 = array.argmax %x dim = 1 : ${X} to tensor<?xi32>`,
    results: ['tensor<?xi32>', 'tensor<?xi32>'],
    shapes: SOME,
  },
  {
    ops: 'gather scatter',
    lines: `%r0 = array.gather %x, %j window = [1] collapsed = [0] map = [0] vector = 1 sizes = [1, 1] : ${X}, tensor<?xi32> to tensor<?x1xf32>
  %u = array.iota dim = 0 : ${X} (%m, %m)
  %r1 = array.scatter %x at %j updates %u window = [1] collapsed = [0] map = [0] vector = 1 : ${X}, tensor<?xi32>, ${X} body(%a: f32, %b: f32) {
    %t = arith.addf %a, %b : f32
    array.yield %t : f32
  }
  %r2 = array.scatter %v at %j updates %v collapsed = [0] map = [0] vector = 1 : ${V}, tensor<?xi32>, ${V} body(%a: f32, %b: f32) {
    array.yield %b : f32
  }`,
    results: ['tensor<?x1xf32>', X, V],
    shapes: SOME,
  },
  {
    ops: 'dynamic_slice dynamic_update_slice',
    lines: `%r0 = array.dynamic_slice %x [%k, %k] sizes = [1, 1] : ${X}, tensor<i32> to tensor<1x1xf32>
  %u = array.slice %y [0:1:1, 0:?:2] : ${X} to tensor<1x?xf32>
  %r1 = array.dynamic_update_slice %x, %u [%k, %k] : ${X}, tensor<1x?xf32>, tensor<i32>
  %r2 = array.dynamic_update_slice %x, %y [%k, %k] : ${X}, ${X}, tensor<i32>`,
    results: ['tensor<1x1xf32>', X, X],
    shapes: SOME,
  },
  {
    ops: 'map',
    lines: `%r0, %r1 = array.map %x, %y : ${X}, ${X} to ${X}, ${B} body(%a: f32, %b: f32) {
    %t = arith.mulf %a, %b : f32
    %q = arith.cmpf olt, %t, %b : f32
    array.yield %t, %q : f32, i1
  }`,
    results: [X, B],
  },
  {
    ops: 'fft',
    lines: `%a = array.broadcast %x dims = [0, 2] : ${X} to tensor<?x6x?xf32>
  %b = array.transpose %a perm = [0, 2, 1] : tensor<?x6x?xf32> to tensor<?x?x6xf32>
  %r0 = array.fft rfft %b length = [6] : tensor<?x?x6xf32> to tensor<?x?x4xcomplex<f32>>
  %r1 = array.fft irfft %r0 length = [6] : tensor<?x?x4xcomplex<f32>> to tensor<?x?x6xf32>
  %r2 = array.fft ifft %r0 length = [4] : tensor<?x?x4xcomplex<f32>> to tensor<?x?x4xcomplex<f32>>`,
    results: ['tensor<?x?x4xcomplex<f32>>', 'tensor<?x?x6xf32>', 'tensor<?x?x4xcomplex<f32>>'],
  },
  {
    ops: 'conv',
    lines: `%a = array.reshape %x sizes(%n, %m) : ${X} to tensor<1x?x?x1xf32>
  %b = array.reshape %y sizes(%n, %m) : ${X} to tensor<?x?x1x1xf32>
  %r0 = array.conv %a, %b dims = "b01f_01io->b01f" low = [3, 17] high = [2, 1] : tensor<1x?x?x1xf32>, tensor<?x?x1x1xf32> -> tensor<1x?x?x1xf32>
  %e = array.full 0.5 : f32, tensor<2x1x?xf32> (%n)
  %f = array.reshape %x sizes(%n, %m) : ${X} to tensor<?x?x1xf32>
  %r1 = array.conv %f, %e dims = "b0f_0io->b0f" strides = [2] low = [1] high = [1] lhs_dilation = [2] : tensor<?x?x1xf32>, tensor<2x1x?xf32> -> tensor<?x?x?xf32>`,
    results: ['tensor<1x?x?x1xf32>', 'tensor<?x?x?xf32>'],
    shapes: SOME,
  },
  {
    ops: 'pack unpack',
    lines: `%r0 = array.pack %x inner_dims_pos = [0, 1] inner_tiles = [2, 3] padding 1.5 : f32 : ${X} to tensor<?x?x2x3xf32>
  %r1 = array.pack %v inner_dims_pos = [0] inner_tiles = [4] padding 0.0 : f32 : ${V} to tensor<?x4xf32>
  %r2 = array.unpack %r0 inner_dims_pos = [0, 1] inner_tiles = [2, 3] : tensor<?x?x2x3xf32> to ${X}`,
    results: ['tensor<?x?x2x3xf32>', 'tensor<?x4xf32>', X],
  },
  {
    ops: 'cholesky triangular_solve',
    lines: `%a = array.dot_general %x, %x contract = [1] x [1] : ${X}, ${X} -> ${X}
  %i = array.iota dim = 0 : ${I} (%n, %n)
  %i1 = array.iota dim = 1 : ${I} (%n, %n)
  %p = array.cmp eq, %i, %i1 : ${I}
  %w = array.full 20.0 : f32, ${X} (%n, %n)
  %q = array.add %a, %w : ${X}
  %b = array.select %p, %q, %a : ${X}
  %r0 = array.cholesky %b {lower} : ${X}
  %r1 = array.triangular_solve %r0, %x side = left op = none {lower} : ${X}, ${X}`,
    results: [X, X],
  },
  {
    ops: 'fusion yield',
    lines: `%r0, %r1 = array.fusion(%a = %x : ${X}, %b = %y : ${X}) kind = "loop" -> (${X}, ${X}) {
    %t = array.mul %a, %b : ${X}
    %u = array.exp %t : ${X}
    array.yield %t, %u : ${X}, ${X}
  }`,
    results: [X, X],
  },
  {
    ops: 'extract from_scalar constant',
    lines: `%e = array.extract %s : ${S} -> f32\n  %f = array.from_scalar %e : f32 -> ${S}\n  %c1 = array.constant dense<1.5> : ${S}
  %g = array.add %f, %c1 : ${S}\n  %r0 = array.broadcast %g dims = [] sizes(%n, %m) : ${S} to ${X}`,
    results: [X],
  },
];

/** Ops without a row: why. */
const WITHOUT: Readonly<Record<string, string>> = {
  tuple: 'taken apart before sizes matter: array-tuples.test.ts',
  get_tuple_element: 'taken apart before sizes matter: array-tuples.test.ts',
  custom_call: 'sizes of results are said by the call: custom-calls.test.ts',
  expect: 'has no result: expectations.test.ts',
};

test('every op has a row', () => {
  const named = new Set([...ROWS.flatMap((row) => row.ops.split(' ')), ...Object.keys(WITHOUT)]);
  const missing = arrayDialect.ops.map((op) => op.opName.slice('array.'.length)).filter((op) => !named.has(op));
  expect(missing, 'ops of the array dialect without a row of dynamic sizes').toEqual([]);
});

const ARGUMENTS = `%x: ${X}, %y: ${X}, %v: ${V}, %s: ${S}, %c: ${C}, %j: tensor<?xi32>, %k: tensor<i32>, %n: index, %m: index`;

/** One module of all rows: compiled once for each level. */
const TEXT = ROWS.map(({ lines, results }, i) => {
  const names = results.map((_r, k) => `%r${k}`).join(', ');
  return `func.func @row${i}(${ARGUMENTS}) -> (${results.join(', ')}) {\n  ${lines}\n  return ${names} : ${results.join(', ')}\n}`;
}).join('\n');

const STRICT = { numerics: 'strict', target: RELAXED } as const;
const oracle = oracleModule(TEXT, { ...STRICT, level: 3 });
const modules = ([0, 3] as const).map((level) => ({ level, module: compile(TEXT, { ...STRICT, level }) }));
afterAll(() => {
  for (const { module } of modules) module.dispose();
});

test.each(ROWS.map((row, i) => [row.ops, row, `row${i}`] as const))('%s', (_, { shapes = ANY }, entry) => {
  for (const [n, m] of shapes) {
    const c = tensor('f32', [n, m, 2], 5);
    const args: TestArgument[] = [
      tensor('f32', [n, m]),
      tensor('f32', [n, m], 2),
      tensor('f32', [m], 3),
      tensor('f32', [], 4),
      { shape: [n, m], data: c.data },
      { shape: [m], data: Int32Array.from({ length: m }, (__, i) => ((i * 7) % 11) - 3) },
      { shape: [], data: Int32Array.of(1) },
      n,
      m,
    ];
    const expected = callInterpreter(oracle, args, entry);
    for (const { level, module } of modules) {
      const problem = difference(expected, callCompiled(module, args, entry));
      expect({ level, n, m, problem }).toEqual({ level, n, m, problem: undefined });
    }
  }
});
