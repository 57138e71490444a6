// Sums, products, quotients, comparisons, choices, bits.
import type { CoverageEntry } from '../entry.js';
import {
  type ElementType,
  FLOATS,
  highest,
  INTEGERS,
  isFloat,
  lowest,
  type Scalar,
  SIGNED,
  widthOf,
  wrapTo,
} from '../numbers.js';
import { type Elementwise, elementwise, elementwiseCases } from './elementwise-cases.js';

const NUMBERS: readonly ElementType[] = [...INTEGERS, ...FLOATS];
const BITS: readonly ElementType[] = ['i1', ...INTEGERS];
const ALL: readonly ElementType[] = ['i1', ...NUMBERS];
const NOT_BOOLEAN = 'i1 is a truth value: `and`, `or`, `xor`, `not`, `select` are its arithmetic';

interface Both {
  readonly float: (a: number, b: number) => number;
  readonly integer: (a: bigint, b: bigint, type: ElementType) => bigint;
}

function binary(op: string, { float, integer }: Both, more: Partial<Elementwise> = {}): CoverageEntry {
  return elementwise({
    op,
    types: NUMBERS,
    otherwise: NOT_BOOLEAN,
    operands: (t) => [t, t],
    compute: (type, a: Scalar, b: Scalar) =>
      isFloat(type) ? float(a as number, b as number) : integer(a as bigint, b as bigint, type),
    ...more,
  });
}
function bits(op: string, integer: Both['integer'], more: Partial<Elementwise> = {}): CoverageEntry {
  return binary(op, { float: () => 0, integer }, { types: BITS, otherwise: 'integers only', ...more });
}

/** The width as an amount, or beyond. */
const shifts = (b: bigint, type: ElementType): bigint | undefined => {
  const amount = BigInt.asUintN(widthOf(type), b);
  return amount < BigInt(widthOf(type)) ? amount : undefined;
};
const unsignedBits = (type: ElementType, x: bigint): bigint => BigInt.asUintN(widthOf(type), x);

const divide = (a: bigint, b: bigint, type: ElementType): bigint => (b === 0n ? -1n : wrapTo(type, a / b));
const remainder = (a: bigint, b: bigint): bigint => (b === 0n ? a : a % b);
/** In a format narrower than a double, the quotient of the doubles is not yet rounded to it: that happens once, by the caller. */
const power = (a: bigint, b: bigint, type: ElementType): bigint => {
  if (b < 0n) return a === 1n ? 1n : a === -1n ? (b % 2n === 0n ? 1n : -1n) : 0n;
  let [result, square, rest] = [1n, a, b];
  for (; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = wrapTo(type, result * square);
    square = wrapTo(type, square * square);
  }
  return result;
};

const COMPARISONS: Readonly<Record<string, (a: Scalar, b: Scalar) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

const comparison: CoverageEntry = {
  op: 'cmp',
  types: ALL,
  cases: (type) =>
    Object.entries(COMPARISONS).flatMap(([predicate, holds]) =>
      elementwiseCases(
        {
          op: 'cmp',
          types: ALL,
          before: `${predicate},`,
          operands: (t) => [t, t],
          result: () => 'i1',
          compute: (_, a: Scalar, b: Scalar) => BigInt(holds(a, b)),
        },
        type,
      ).slice(0, 1),
    ),
};

const least = (a: Scalar, b: Scalar): Scalar => (typeof a === 'number' ? Math.min(a, b as number) : a < b ? a : b);
const most = (a: Scalar, b: Scalar): Scalar => (typeof a === 'number' ? Math.max(a, b as number) : a > b ? a : b);

export const ARITHMETIC: readonly CoverageEntry[] = [
  binary('add', { float: (a, b) => a + b, integer: (a, b) => a + b }),
  binary('sub', { float: (a, b) => a - b, integer: (a, b) => a - b }),
  binary('mul', { float: (a, b) => a * b, integer: (a, b) => a * b }),
  binary('div', { float: (a, b) => a / b, integer: divide }),
  binary('rem', { float: (a, b) => a % b, integer: remainder }),
  binary('min', { float: Math.min, integer: (a, b) => least(a, b) as bigint }),
  binary('max', { float: Math.max, integer: (a, b) => most(a, b) as bigint }),
  binary(
    'pow',
    { float: Math.pow, integer: power },
    {
      types: [...SIGNED, ...FLOATS],
      otherwise: 'a power has a sign: signed integers and floats only',
      compute: (type, a: Scalar, b: Scalar) =>
        // Math.pow gives NaN for 1 to the power of NaN or infinity, C and IEEE 754 give 1; -1 to an infinity likewise.
        isFloat(type)
          ? a === 1 || (a === -1 && Math.abs(b as number) === Number.POSITIVE_INFINITY)
            ? 1
            : (a as number) ** (b as number)
          : power(a as bigint, b as bigint, type),
      tolerance: (t) => (isFloat(t) ? { ulps: t === 'f64' ? 5 : 3 } : {}),
    },
  ),
  binary(
    'atan2',
    { float: Math.atan2, integer: () => 0n },
    { types: FLOATS, otherwise: 'floats only', tolerance: () => ({ ulps: 3 }) },
  ),
  bits('and', (a, b) => a & b),
  bits('or', (a, b) => a | b),
  bits('xor', (a, b) => a ^ b),
  bits(
    'shl',
    (a, b, t) => {
      const n = shifts(b, t);
      return n === undefined ? 0n : a << n;
    },
    { types: INTEGERS, otherwise: 'integers of several bits only' },
  ),
  bits('shr_s', (a, b, t) => BigInt.asIntN(widthOf(t), a) >> (shifts(b, t) ?? BigInt(widthOf(t) - 1)), {
    types: INTEGERS,
    otherwise: 'integers of several bits only',
  }),
  bits(
    'shr_u',
    (a, b, t) => {
      const n = shifts(b, t);
      return n === undefined ? 0n : unsignedBits(t, a) >> n;
    },
    { types: INTEGERS, otherwise: 'integers of several bits only' },
  ),
  elementwise({ op: 'not', types: BITS, otherwise: 'integers only', compute: (_, a: bigint) => ~a }),
  elementwise({
    op: 'popcount',
    types: INTEGERS,
    otherwise: 'integers of several bits only',
    compute: (t, a: bigint) => BigInt(unsignedBits(t, a).toString(2).replaceAll('0', '').length),
  }),
  elementwise({
    op: 'clz',
    types: INTEGERS,
    otherwise: 'integers of several bits only',
    compute: (t, a: bigint) =>
      a === 0n ? BigInt(widthOf(t)) : BigInt(widthOf(t) - unsignedBits(t, a).toString(2).length),
  }),
  elementwise({ op: 'neg', types: NUMBERS, otherwise: NOT_BOOLEAN, compute: (_, a: never) => -(a as number) }),
  elementwise({
    op: 'abs',
    types: NUMBERS,
    otherwise: NOT_BOOLEAN,
    compute: (_, a: Scalar) => (typeof a === 'number' ? Math.abs(a) : a < 0n ? -a : a),
  }),
  elementwise({
    op: 'sign',
    types: NUMBERS,
    otherwise: NOT_BOOLEAN,
    compute: (_, a: Scalar) => (typeof a === 'number' ? Math.sign(a) : a < 0n ? -1n : BigInt(a > 0n)),
  }),
  comparison,
  elementwise({
    op: 'select',
    types: ALL,
    operands: (t) => ['i1', t, t],
    compute: (_, c: bigint, a: Scalar, b: Scalar) => (c ? a : b),
  }),
  elementwise({
    op: 'clamp',
    types: NUMBERS,
    otherwise: NOT_BOOLEAN,
    operands: (t) => [t, t, t],
    compute: (_, low: Scalar, x: Scalar, high: Scalar) => least(most(x, low), high),
  }),
  {
    op: 'cast',
    types: ALL,
    cases: (from) =>
      ALL.flatMap((to) =>
        elementwiseCases(
          {
            op: 'cast',
            types: ALL,
            result: () => to,
            signature: (of) => `${of(from)} to ${of(to)}`,
            compute: (_, x: Scalar) => convert(x, to),
          },
          from,
        ).slice(0, 1),
      ),
  },
];

function convert(x: Scalar, to: ElementType): Scalar {
  if (to === 'i1') return BigInt(typeof x === 'number' ? x !== 0 : x !== 0n);
  if (isFloat(to)) return x;
  if (typeof x === 'bigint') return x;
  if (Number.isNaN(x)) return 0n;
  const [low, high] = [lowest(to), highest(to)];
  if (x <= Number(low)) return low;
  return x >= Number(high) ? high : BigInt(Math.trunc(x));
}
