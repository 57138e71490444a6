// The sizes of results, by the run: every op that takes dynamic dimensions, with all of them dynamic, on sizes from 0 on.
// What the host computes to allocate and the kernel to loop is compared with the interpreter, bit by bit.
import { arrayDialect } from '@budflow/dialect-array';
import { expect, test } from 'vitest';
import { tensor } from './arguments.js';
import { compareProgram, RELAXED, type TestArgument } from './differential.js';

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
const SQUARE: Shapes = [
  [0, 0],
  [1, 1],
  [3, 3],
];

interface Row {
  readonly ops: string;
  /** Lines of the body; %x: n x m, %y: n x m, %v: m, %s: f32, %c: n x m complex, %n and %m: index. */
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
];

const ARGUMENTS = `%x: ${X}, %y: ${X}, %v: ${V}, %s: ${S}, %c: ${C}, %n: index, %m: index`;

test.each(ROWS.map((row) => [row.ops, row] as const))('%s', (_, { lines, results, shapes = ANY }) => {
  const names = results.map((_r, i) => `%r${i}`).join(', ');
  const text = `func.func @main(${ARGUMENTS}) -> (${results.join(', ')}) {\n  ${lines}\n  return ${names} : ${results.join(', ')}\n}`;
  for (const level of [0, 3] as const) {
    for (const [n, m] of shapes) {
      const c = tensor('f32', [n, m, 2], 5);
      const args: TestArgument[] = [
        tensor('f32', [n, m]),
        tensor('f32', [n, m], 2),
        tensor('f32', [m], 3),
        tensor('f32', [], 4),
        { shape: [n, m], data: c.data },
        n,
        m,
      ];
      const failure = compareProgram(text, args, { numerics: 'strict', level, target: RELAXED });
      expect({ level, n, m, failure }).toEqual({ level, n, m, failure: undefined });
    }
  }
});
