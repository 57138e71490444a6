// Reductions, scans, windows, products of matrices, and fusions. Floats are multiples of 1/8, so that sums are exact in
// every order: what is compared is the one rounding at the end.
import {
  type CoverageCase,
  type CoverageEntry,
  countOf,
  randomOf,
  randomValues,
  tensorType,
  type Values,
} from '../entry.js';
import {
  COMPLEXES,
  type Complex,
  complex,
  ELEMENT_TYPES,
  type ElementType,
  elementOf,
  FLOATS,
  INTEGERS,
  isComplex,
  isFloat,
  type Scalar,
} from '../numbers.js';
import { at, filled } from './movement.js';

const NUMBERS: readonly ElementType[] = [...INTEGERS, ...FLOATS];
const FIELD: readonly ElementType[] = [...NUMBERS, ...COMPLEXES];

/** Of exact values, so that products need no rounding of their own. */
const COMPLEX_KINDS: Readonly<Record<string, (a: Complex, b: Complex) => Complex>> = {
  add: (a, b) => complex(a.re + b.re, a.im + b.im),
  mul: (a, b) => complex(a.re * b.re - a.im * b.im, a.im * b.re + a.re * b.im),
};
const combine = (kind: string, a: Scalar, b: Scalar): Scalar =>
  typeof a === 'object' ? COMPLEX_KINDS[kind]!(a, b as Complex) : REAL_KINDS[kind]!(a as never, b as never);
const REAL_KINDS: Readonly<Record<string, (a: never, b: never) => Scalar>> = {
  add: (a: bigint, b: bigint) => a + b,
  mul: (a: bigint, b: bigint) => a * b,
  min: (a: number | bigint, b: number | bigint) => (typeof a === 'number' ? Math.min(a, b as number) : a < b ? a : b),
  max: (a: number | bigint, b: number | bigint) => (typeof a === 'number' ? Math.max(a, b as number) : a > b ? a : b),
  and: (a: bigint, b: bigint) => a & b,
  or: (a: bigint, b: bigint) => a | b,
  xor: (a: bigint, b: bigint) => a ^ b,
};

function kindsOf(type: ElementType): string[] {
  if (isComplex(type)) return ['add', 'mul'];
  return Object.keys(REAL_KINDS).filter((kind) => {
    const bitwise = kind === 'and' || kind === 'or' || kind === 'xor';
    return type === 'i1' ? bitwise : isFloat(type) ? !bitwise : true;
  });
}

/** Values that add up and multiply without rounding; now and then an infinity or a NaN. */
function exact(type: ElementType, kind: string, shape: readonly number[], next: () => number): Values {
  if (isComplex(type)) {
    // Units, because products of sums grow; and infinities in sums only, because infinity times 0 is NaN, but which one first?
    const whole = () => Math.floor(next() * 128 - 64) / 8;
    const units = [complex(1, 0), complex(0, 1), complex(-1, 0), complex(0, -1)];
    const values = Array.from({ length: countOf(shape) }, () => {
      if (kind === 'mul') return units[Math.floor(next() * 4)]!;
      return next() < 0.01 ? complex(Number.POSITIVE_INFINITY, whole()) : complex(whole(), whole());
    });
    return { type, shape, values };
  }
  if (!isFloat(type) || kind === 'min' || kind === 'max') return randomValues(type, shape, next);
  const values = Array.from({ length: countOf(shape) }, (): Scalar => {
    if (next() < 0.01) return next() < 0.5 ? Number.POSITIVE_INFINITY : Number.NaN;
    return kind === 'mul' ? [1, -1, 2, 0.5][Math.floor(next() * 4)]! : Math.floor(next() * 128 - 64) / 8;
  });
  return { type, shape, values };
}

const fold = (type: ElementType, kind: string, init: Scalar, list: readonly Scalar[]): Scalar =>
  elementOf(
    type,
    list.reduce((a, b) => (isFloat(type) ? combine(kind, a, b) : elementOf(type, combine(kind, a, b))), init),
  );

/** What sums of products begin with. */
const nothing = (type: ElementType): Scalar => (isComplex(type) ? complex(-0, -0) : isFloat(type) ? -0 : 0n);

const SHAPES = [
  [3, 17],
  [0, 4],
  [2, 0],
  [1, 1],
  [9, 40],
] as const;

function reduction(type: ElementType, kind: string, dim: number): CoverageCase {
  const next = randomOf(kind.length * 3 + dim + type.length);
  const [x, z, r] = [tensorType(type, ['?', '?']), tensorType(type, []), tensorType(type, ['?'])];
  return {
    text: `(%x: ${x}, %z: ${z}) -> ${r} {
  %0 = array.reduce ${kind} %x init %z dims = [${dim}] : ${x}, ${z} to ${r}
  return %0 : ${r}
}`,
    calls: SHAPES.map((shape) => [exact(type, kind, shape, next), exact(type, kind, [], next)]),
    expected: ([a, init]) => {
      const [rows, columns] = a!.shape as [number, number];
      const line = (i: number): Scalar[] =>
        Array.from({ length: dim === 1 ? columns : rows }, (_, k) => at(a!, dim === 1 ? [i, k] : [k, i]));
      return [filled(type, [dim === 1 ? rows : columns], ([i]) => fold(type, kind, init!.values[0]!, line(i!)))];
    },
  };
}

function scan(type: ElementType, kind: string, flags: '' | ' exclusive' | ' reverse'): CoverageCase {
  const next = randomOf(kind.length * 3 + flags.length + type.length);
  const [x, z] = [tensorType(type, ['?', '?']), tensorType(type, [])];
  return {
    text: `(%x: ${x}, %z: ${z}) -> ${x} {
  %0 = array.scan ${kind} %x init %z dim = 1${flags} : ${x}, ${z}
  return %0 : ${x}
}`,
    calls: SHAPES.map((shape) => [exact(type, kind, shape, next), exact(type, kind, [], next)]),
    expected: ([a, init]) => [
      filled(type, a!.shape, ([i, k]) => {
        const row = Array.from({ length: a!.shape[1]! }, (_, n) => at(a!, [i!, n]));
        const before = flags === ' reverse' ? row.slice(k!).reverse() : row.slice(0, flags === '' ? k! + 1 : k!);
        return fold(type, kind, init!.values[0]!, before);
      }),
    ],
  };
}

function windows(type: ElementType, kind: string): CoverageCase {
  const next = randomOf(kind.length * 7 + type.length);
  const [x, z, r] = [tensorType(type, [4, '?']), tensorType(type, []), tensorType(type, [3, '?'])];
  return {
    text: `(%x: ${x}, %z: ${z}) -> ${r} {
  %0 = array.reduce_window ${kind} %x init %z window = [2, 3] strides = [1, 2] low = [0, 1] high = [0, 1] : ${x}, ${z} to ${r}
  return %0 : ${r}
}`,
    calls: [2, 7, 35].map((n) => [exact(type, kind, [4, n], next), exact(type, kind, [], next)]),
    expected: ([a, init]) => {
      const columns = a!.shape[1]!;
      return [
        filled(type, [3, Math.floor((columns + 2 - 3) / 2) + 1], ([i, k]) => {
          const seen: Scalar[] = [];
          for (let p = 0; p < 2; p++)
            for (let q = 0; q < 3; q++) {
              const column = 2 * k! + q - 1;
              seen.push(column < 0 || column >= columns ? init!.values[0]! : at(a!, [i! + p, column]));
            }
          return fold(type, kind, init!.values[0]!, seen);
        }),
      ];
    },
  };
}

function argExtreme(op: 'argmin' | 'argmax'): CoverageEntry {
  return {
    op,
    types: ELEMENT_TYPES.filter((t) => !isComplex(t)),
    otherwise: 'complex numbers have no order',
    cases: (type) => {
      const next = randomOf(op.length + type.length);
      const x = tensorType(type, ['?', '?']);
      return [1, 0].map((dim) => ({
        text: `(%x: ${x}) -> tensor<?xi32> {
  %0 = array.${op} %x dim = ${dim} : ${x} to tensor<?xi32>
  return %0 : tensor<?xi32>
}`,
        calls: [
          [3, 17],
          [1, 1],
          [9, 40],
        ].map((shape) => [randomValues(type, shape, next)]),
        expected: ([a]) => [
          filled('i32', [a!.shape[1 - dim]!], ([i]) => {
            let best = 0;
            const get = (k: number): Scalar => at(a!, dim === 1 ? [i!, k] : [k, i!]);
            for (let k = 1; k < a!.shape[dim]!; k++) {
              const [v, b] = [get(k), get(best)];
              if (Number.isNaN(b)) break;
              if (Number.isNaN(v) || (op === 'argmin' ? v < b : v > b)) best = k;
            }
            return BigInt(best);
          }),
        ],
      }));
    },
  };
}

function product(type: ElementType, batch: readonly number[]): CoverageCase {
  const next = randomOf(type.length + batch.length);
  const [a, b, c] = [
    tensorType(type, [...batch, '?', '?']),
    tensorType(type, [...batch, '?', '?']),
    tensorType(type, [...batch, '?', '?']),
  ];
  const r = batch.length;
  const dims = r ? ` batch = [0] x [0] contract = [2] x [1]` : ' contract = [1] x [0]';
  return {
    text: `(%a: ${a}, %b: ${b}) -> ${c} {
  %0 = array.dot_general %a, %b${dims} : ${a}, ${b} -> ${c}
  return %0 : ${c}
}`,
    calls: [
      [3, 17, 5],
      [1, 1, 1],
      [2, 0, 3],
      [9, 8, 21],
      [0, 2, 4],
    ].map(([m, k, n]) => [exact(type, 'add', [...batch, m!, k!], next), exact(type, 'add', [...batch, k!, n!], next)]),
    expected: ([x, y]) => [
      filled(type, [...batch, x!.shape[r]!, y!.shape[r + 1]!], (index) => {
        const [i, j] = [index[r]!, index[r + 1]!];
        const terms = Array.from({ length: x!.shape[r + 1]! }, (_, k) =>
          combine('mul', at(x!, [...index.slice(0, r), i, k]), at(y!, [...index.slice(0, r), k, j])),
        );
        return fold(type, 'add', nothing(type), terms);
      }),
    ],
  };
}

/** 3x3 over two channels of an image with a border, three features. */
function convolution(type: ElementType): CoverageCase {
  const next = randomOf(type.length + 9);
  const [x, w, r] = [
    tensorType(type, [1, '?', 5, 2]),
    tensorType(type, [3, 3, 2, 3]),
    tensorType(type, [1, '?', 5, 3]),
  ];
  return {
    text: `(%x: ${x}, %w: ${w}) -> ${r} {
  %0 = array.conv %x, %w dims = "b01f_01io->b01f" low = [1, 1] high = [1, 1] : ${x}, ${w} -> ${r}
  return %0 : ${r}
}`,
    calls: [1, 4, 7].map((n) => [exact(type, 'add', [1, n, 5, 2], next), exact(type, 'add', [3, 3, 2, 3], next)]),
    expected: ([a, b]) => {
      const rows = a!.shape[1]!;
      const zero: Scalar = isComplex(type) ? complex(0, 0) : isFloat(type) ? 0 : 0n;
      return [
        filled(type, [1, rows, 5, 3], ([, i, j, feature]) => {
          const terms: Scalar[] = [];
          for (let p = 0; p < 3; p++)
            for (let q = 0; q < 3; q++)
              for (let c = 0; c < 2; c++) {
                const [row, column] = [i! + p - 1, j! + q - 1];
                const inside = row >= 0 && row < rows && column >= 0 && column < 5;
                terms.push(combine('mul', inside ? at(a!, [0, row, column, c]) : zero, at(b!, [p, q, c, feature!])));
              }
          return fold(type, 'add', nothing(type), terms);
        }),
      ];
    },
  };
}

const fusion = (op: string): CoverageEntry => ({
  op,
  types: ELEMENT_TYPES,
  cases: (type) => {
    const next = randomOf(type.length + 3);
    const [c, t] = [tensorType('i1', ['?']), tensorType(type, ['?'])];
    return [
      {
        text: `(%c: ${c}, %x: ${t}, %y: ${t}) -> (${t}, ${t}) {
  %r:2 = array.fusion(%p = %c : ${c}, %a = %x : ${t}, %b = %y : ${t}) kind = "loop" -> (${t}, ${t}) {
    %0 = array.select %p, %a, %b : ${t}
    %1 = array.select %p, %b, %a : ${t}
    array.yield %0, %1 : ${t}, ${t}
  }
  return %r#0, %r#1 : ${t}, ${t}
}`,
        calls: [0, 1, 7, 51].map((n) => [
          randomValues('i1', [n], next),
          randomValues(type, [n], next),
          randomValues(type, [n], next),
        ]),
        expected: ([p, x, y]) => [
          filled(type, x!.shape, ([i]) => (p!.values[i!] ? x! : y!).values[i!]!),
          filled(type, x!.shape, ([i]) => (p!.values[i!] ? y! : x!).values[i!]!),
        ],
      },
    ];
  },
});

export const REDUCTIONS: readonly CoverageEntry[] = [
  {
    op: 'reduce',
    types: ELEMENT_TYPES,
    cases: (type) => [...kindsOf(type).map((kind) => reduction(type, kind, 1)), reduction(type, kindsOf(type)[0]!, 0)],
  },
  {
    op: 'scan',
    types: ELEMENT_TYPES,
    cases: (type) =>
      kindsOf(type).map((kind, i) =>
        scan(type, kind, (['', ' exclusive', ' reverse'] as const)[(i + type.length) % 3]!),
      ),
  },
  { op: 'reduce_window', types: ELEMENT_TYPES, cases: (type) => kindsOf(type).map((kind) => windows(type, kind)) },
  argExtreme('argmin'),
  argExtreme('argmax'),
  {
    op: 'dot_general',
    types: FIELD,
    otherwise: 'i1 has no sums',
    cases: (type) => [product(type, []), product(type, [2])],
  },
  {
    op: 'conv',
    types: FIELD,
    otherwise: 'i1 has no sums',
    cases: (type) => [convolution(type)],
  },
  fusion('fusion'),
  fusion('yield'),
];
