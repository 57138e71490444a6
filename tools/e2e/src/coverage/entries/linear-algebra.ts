// Transforms and factorizations, and complex numbers through their parts: rows by the element type of the parts. The
// references are the definitions, computed in doubles. Of complex operands: array-linear-algebra.test.ts, complex.test.ts.
import { type CoverageCase, type CoverageEntry, randomOf, randomValues, tensorType, type Values } from '../entry.js';
import type { ElementType } from '../numbers.js';
import { filled } from './movement.js';

const PARTS: readonly ElementType[] = ['f32', 'f64'];
const OTHERWISE = 'parts of complex numbers are f32 or f64';
const SOLVES = 'f32 and f64 only: cast 16-bit floats to f32 first';

/** How far f32 and f64 may be off, of results of size one or so. */
const tolerance = (type: ElementType) => ({ absolute: type === 'f64' ? 1e-13 : 1e-4 });

/** Moderate values in [-1, 1] that the type holds. */
function moderate(type: ElementType, shape: readonly number[], next: () => number): Values {
  return filled(type, shape, () => (type === 'f64' ? next() * 2 - 1 : Math.fround(next() * 2 - 1)));
}

/** `conj(x + i y)` by its parts; the op of the row is among those that take it apart. */
function parts(op: string): CoverageEntry {
  return {
    op,
    types: PARTS,
    otherwise: OTHERWISE,
    cases(type): CoverageCase[] {
      const next = randomOf(type.length + op.length);
      const [t, z] = [tensorType(type, ['?', 3]), tensorType(`complex<${type}>`, ['?', 3])];
      return [
        {
          text: `(%x: ${t}, %y: ${t}) -> (${t}, ${t}, ${t}) {
  %z = array.complex %x, %y : ${t}
  %c = array.conj %z : ${z}
  %r = array.real %c : ${z}
  %i = array.imag %c : ${z}
  %j = array.imag %z : ${z}
  return %r, %i, %j : ${t}, ${t}, ${t}
}`,
          calls: [
            [4, 3],
            [1, 3],
            [0, 3],
            [21, 3],
          ].map((shape) => [randomValues(type, shape, next), randomValues(type, shape, next)]),
          expected: ([x, y]) => [x!, { ...y!, values: y!.values.map((v) => -(v as number)) }, y!],
        },
      ];
    },
  };
}

const FFT: CoverageEntry = {
  op: 'fft',
  types: PARTS,
  otherwise: OTHERWISE,
  cases: (type) =>
    [1, 6, 16, 35].map((n) => {
      const next = randomOf(n);
      const half = Math.floor(n / 2) + 1;
      const [x, y] = [tensorType(type, ['?', n]), tensorType(type, ['?', half])];
      const z = tensorType(`complex<${type}>`, ['?', half]);
      const part = (v: Values, f: (a: number) => number): Values =>
        filled(type, [v.shape[0]!, half], ([row, k]) => {
          let sum = 0;
          for (let j = 0; j < n; j++)
            sum += (v.values[row! * n + j] as number) * f((-2 * Math.PI * ((j * k!) % n)) / n);
          return sum;
        });
      return {
        text: `(%x: ${x}) -> (${y}, ${y}) {
  %z = array.fft rfft %x length = [${n}] : ${x} to ${z}
  %r = array.real %z : ${z}
  %i = array.imag %z : ${z}
  return %r, %i : ${y}, ${y}
}`,
        calls: [3, 1, 0].map((rows) => [moderate(type, [rows, n], next)]),
        expected: ([v]) => [part(v!, Math.cos), part(v!, Math.sin)],
        tolerance: tolerance(type),
      };
    }),
};

type Matrix = number[][];

/** The lower factor of a symmetric positive definite matrix, column by column. */
function factor(a: Matrix): Matrix {
  const n = a.length;
  const l: Matrix = a.map(() => new Array<number>(n).fill(0));
  for (let j = 0; j < n; j++)
    for (let i = j; i < n; i++) {
      let sum = a[i]![j]!;
      for (let k = 0; k < j; k++) sum -= l[i]![k]! * l[j]![k]!;
      l[i]![j] = i === j ? Math.sqrt(sum) : sum / l[j]![j]!;
    }
  return l;
}

function matrixOf(v: Values, columns: number): Matrix {
  return Array.from({ length: v.values.length / columns }, (_, i) =>
    v.values.slice(i * columns, (i + 1) * columns).map(Number),
  );
}

const CHOLESKY: CoverageEntry = {
  op: 'cholesky',
  types: PARTS,
  otherwise: SOLVES,
  cases: (type) => {
    const t = tensorType(type, ['?', '?']);
    return [
      {
        text: `(%x: ${t}) -> ${t} {\n  %0 = array.cholesky %x {lower} : ${t}\n  return %0 : ${t}\n}`,
        calls: [1, 2, 7, 20, 0].map((n) => {
          const noise = moderate(type, [n, n], randomOf(n));
          // Symmetric, and its diagonal outweighs its rows.
          return [
            filled(type, [n, n], ([i, j]) =>
              i === j ? n + 1 : (noise.values[Math.max(i!, j!) * n + Math.min(i!, j!)] as number),
            ),
          ];
        }),
        expected: ([v]) => {
          const n = v!.shape[0]!;
          const l = factor(matrixOf(v!, n));
          return [filled(type, [n, n], ([i, j]) => l[i!]![j!]!)];
        },
        tolerance: tolerance(type),
      },
    ];
  },
};

const TRIANGULAR_SOLVE: CoverageEntry = {
  op: 'triangular_solve',
  types: PARTS,
  otherwise: SOLVES,
  cases: (type) => {
    const t = tensorType(type, ['?', '?']);
    return [
      {
        text: `(%a: ${t}, %b: ${t}) -> ${t} {
  %0 = array.triangular_solve %a, %b side = left op = none {lower} : ${t}, ${t}
  return %0 : ${t}
}`,
        calls: [
          [1, 1],
          [5, 3],
          [12, 9],
          [4, 0],
        ].map(([n, m]) => {
          const noise = moderate(type, [n!, n!], randomOf(n!));
          const a = filled(type, [n!, n!], ([i, j]) => (i === j ? n! : (noise.values[i! * n! + j!] as number)));
          return [a, moderate(type, [n!, m!], randomOf(m! + 50))];
        }),
        expected: ([v, w]) => {
          const [n, m] = w!.shape as [number, number];
          const a = matrixOf(v!, n);
          const x: Matrix = Array.from({ length: n }, () => []);
          for (let c = 0; c < m; c++)
            for (let i = 0; i < n; i++) {
              let sum = w!.values[i * m + c] as number;
              for (let k = 0; k < i; k++) sum -= a[i]![k]! * x[k]![c]!;
              x[i]![c] = sum / a[i]![i]!;
            }
          return [filled(type, [n, m], ([i, c]) => x[i!]![c!]!)];
        },
        tolerance: tolerance(type),
      },
    ];
  },
};

export const LINEAR_ALGEBRA: readonly CoverageEntry[] = [
  ...['complex', 'real', 'imag', 'conj'].map(parts),
  FFT,
  CHOLESKY,
  TRIANGULAR_SOLVE,
];
