// Transforms and factorizations, and complex numbers made of parts and taken apart. The references are the definitions,
// computed in doubles.
import { type CoverageCase, type CoverageEntry, randomOf, randomValues, tensorType, type Values } from '../entry.js';
import { COMPLEXES, type Complex, complex, type ElementType, isComplex, partOf, roundTo } from '../numbers.js';
import { elementwise } from './elementwise-cases.js';
import { filled } from './movement.js';

const PARTS: readonly ElementType[] = ['f32', 'f64'];
const BOTH: readonly ElementType[] = [...PARTS, ...COMPLEXES];
const SOLVES = 'f32, f64 and complex numbers of them only: cast 16-bit floats to f32 first';

/** How far f32 and f64 may be off, of results of size one or so. */
const tolerance = (type: ElementType) => ({ absolute: partOf(type) === 'f64' ? 1e-13 : 1e-4 });

/** Moderate values in [-1, 1] that the type holds. */
function moderate(type: ElementType, shape: readonly number[], next: () => number): Values {
  const part = () => roundTo(partOf(type), next() * 2 - 1);
  return filled(type, shape, () => (isComplex(type) ? complex(part(), part()) : part()));
}

/** What lies in the parts comes out as it is: every zero, infinity and NaN. */
const MAKE: CoverageEntry = {
  op: 'complex',
  types: PARTS,
  otherwise: 'parts of complex numbers are f32 or f64',
  cases(type): CoverageCase[] {
    const next = randomOf(type.length);
    const [t, z] = [tensorType(type, ['?', 3]), tensorType(`complex<${type}>`, ['?', 3])];
    return [
      {
        text: `(%x: ${t}, %y: ${t}) -> ${z} {
  %z = array.complex %x, %y : ${t}
  return %z : ${z}
}`,
        calls: [
          [4, 3],
          [1, 3],
          [0, 3],
          [21, 3],
        ].map((shape) => [randomValues(type, shape, next), randomValues(type, shape, next)]),
        expected: ([x, y]) => [
          {
            type: `complex<${type}>` as ElementType,
            shape: x!.shape,
            values: x!.values.map((re, i) => complex(re as number, y!.values[i] as number)),
          },
        ],
      },
    ];
  },
};

const part = (op: string, compute: (z: Complex) => number | Complex, result: (t: ElementType) => ElementType) =>
  elementwise({
    op,
    types: COMPLEXES,
    otherwise: 'complex numbers only',
    result,
    signature: (of, type) => of(type),
    compute: (_, z: Complex) => compute(z),
  });

/** exp(2 pi i k / n) times the sign. */
function root(k: number, n: number, sign: number): Complex {
  const angle = (sign * 2 * Math.PI * (k % n)) / n;
  return complex(Math.cos(angle), Math.sin(angle));
}
const times = (a: Complex, b: Complex): Complex => complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
const plus = (a: Complex, b: Complex): Complex => complex(a.re + b.re, a.im + b.im);
const minus = (a: Complex, b: Complex): Complex => complex(a.re - b.re, a.im - b.im);
const conjugate = (a: Complex): Complex => complex(a.re, -a.im);
function over(a: Complex, b: Complex): Complex {
  const { re, im } = times(a, conjugate(b));
  const square = b.re ** 2 + b.im ** 2;
  return complex(re / square, im / square);
}
/** A real number is a complex one. */
const wide = (x: unknown): Complex => (typeof x === 'object' ? (x as Complex) : complex(x as number, 0));
const narrow = (type: ElementType, z: Complex) => (isComplex(type) ? z : z.re);

/** The transforms of real numbers have the row of the real type they take or give. */
function transform(type: ElementType, kind: 'fft' | 'ifft' | 'rfft' | 'irfft', n: number): CoverageCase {
  const half = Math.floor(n / 2) + 1;
  const z = `complex<${partOf(type)}>` as ElementType;
  const [from, columns] = kind === 'rfft' ? [type, n] : [z, kind === 'irfft' ? half : n];
  const [to, results] = kind === 'irfft' ? [partOf(type), n] : [z, kind === 'rfft' ? half : n];
  const next = randomOf(n + kind.length);
  const sign = kind === 'ifft' || kind === 'irfft' ? 1 : -1;
  return {
    text: `(%x: ${tensorType(from, ['?', columns])}) -> ${tensorType(to, ['?', results])} {
  %z = array.fft ${kind} %x length = [${n}] : ${tensorType(from, ['?', columns])} to ${tensorType(to, ['?', results])}
  return %z : ${tensorType(to, ['?', results])}
}`,
    calls: [3, 1, 0].map((rows) => [moderate(from, [rows, columns], next)]),
    expected: ([v]) => {
      const at = (row: number, j: number): Complex => {
        if (kind !== 'irfft') return wide(v!.values[row * n + j]);
        // The other half is the mirrored conjugate; what is its own mirror image is real.
        const value = wide(v!.values[row * half + Math.min(j, n - j)]);
        return (2 * j) % n === 0 ? complex(value.re, 0) : j < half ? value : conjugate(value);
      };
      return [
        filled(to, [v!.shape[0]!, results], ([row, k]) => {
          let sum = complex(0, 0);
          for (let j = 0; j < n; j++) sum = plus(sum, times(at(row!, j), root(j * k!, n, sign)));
          return narrow(to, sign > 0 ? complex(sum.re / n, sum.im / n) : sum);
        }),
      ];
    },
    tolerance: tolerance(type),
  };
}

const FFT: CoverageEntry = {
  op: 'fft',
  types: BOTH,
  otherwise: 'f32, f64 and complex numbers of them only',
  cases: (type) =>
    [1, 6, 16, 35].flatMap((n) =>
      (isComplex(type) ? (['fft', 'ifft'] as const) : (['rfft', 'irfft'] as const)).map((kind) =>
        transform(type, kind, n),
      ),
    ),
};

type Matrix = Complex[][];

/** The lower factor of a Hermitian positive definite matrix, column by column. */
function factor(a: Matrix): Matrix {
  const n = a.length;
  const l: Matrix = a.map(() => new Array<Complex>(n).fill(complex(0, 0)));
  for (let j = 0; j < n; j++)
    for (let i = j; i < n; i++) {
      let sum = a[i]![j]!;
      for (let k = 0; k < j; k++) sum = minus(sum, times(l[i]![k]!, conjugate(l[j]![k]!)));
      l[i]![j] = i === j ? complex(Math.sqrt(sum.re), 0) : over(sum, l[j]![j]!);
    }
  return l;
}

function matrixOf(v: Values, columns: number): Matrix {
  return Array.from({ length: v.values.length / columns }, (_, i) =>
    v.values.slice(i * columns, (i + 1) * columns).map(wide),
  );
}

const CHOLESKY: CoverageEntry = {
  op: 'cholesky',
  types: BOTH,
  otherwise: SOLVES,
  cases: (type) => {
    const t = tensorType(type, ['?', '?']);
    return [
      {
        text: `(%x: ${t}) -> ${t} {\n  %0 = array.cholesky %x {lower} : ${t}\n  return %0 : ${t}\n}`,
        calls: [1, 2, 7, 20, 0].map((n) => {
          const noise = moderate(type, [n, n], randomOf(n));
          // Hermitian, and its diagonal outweighs its rows.
          return [
            filled(type, [n, n], ([i, j]) => {
              if (i === j) return narrow(type, complex(2 * n + 1, 0));
              const value = wide(noise.values[Math.max(i!, j!) * n + Math.min(i!, j!)]);
              return narrow(type, i! > j! ? value : conjugate(value));
            }),
          ];
        }),
        expected: ([v]) => {
          const n = v!.shape[0]!;
          const l = factor(matrixOf(v!, n));
          return [filled(type, [n, n], ([i, j]) => narrow(type, l[i!]![j!]!))];
        },
        tolerance: tolerance(type),
      },
    ];
  },
};

const TRIANGULAR_SOLVE: CoverageEntry = {
  op: 'triangular_solve',
  types: BOTH,
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
          const a = filled(type, [n!, n!], ([i, j]) =>
            i === j ? narrow(type, complex(2 * n!, 0)) : noise.values[i! * n! + j!]!,
          );
          return [a, moderate(type, [n!, m!], randomOf(m! + 50))];
        }),
        expected: ([v, w]) => {
          const [n, m] = w!.shape as [number, number];
          const a = matrixOf(v!, n);
          const x: Matrix = Array.from({ length: n }, () => []);
          for (let c = 0; c < m; c++)
            for (let i = 0; i < n; i++) {
              let sum = wide(w!.values[i * m + c]);
              for (let k = 0; k < i; k++) sum = minus(sum, times(a[i]![k]!, x[k]![c]!));
              x[i]![c] = over(sum, a[i]![i]!);
            }
          return [filled(type, [n, m], ([i, c]) => narrow(type, x[i!]![c!]!))];
        },
        tolerance: tolerance(type),
      },
    ];
  },
};

export const LINEAR_ALGEBRA: readonly CoverageEntry[] = [
  MAKE,
  part('real', (z) => z.re, partOf),
  part('imag', (z) => z.im, partOf),
  part('conj', conjugate, (t) => t),
  FFT,
  CHOLESKY,
  TRIANGULAR_SOLVE,
];
