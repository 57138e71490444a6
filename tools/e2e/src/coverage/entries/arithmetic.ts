// Sums, products, quotients, comparisons, choices, bits.
import type { CoverageEntry } from '../entry.js';
import {
  COMPLEXES,
  type Complex,
  complex,
  type ElementType,
  FLOATS,
  highest,
  INTEGERS,
  isComplex,
  isFloat,
  lowest,
  partOf,
  type Real,
  roundTo,
  type Scalar,
  SIGNED,
  widthOf,
  wrapTo,
} from '../numbers.js';
import { complexFunctions, complexPower, functionOperands, NEAR_POWERS, powerOperands } from './complex-functions.js';
import { type Elementwise, elementwise, elementwiseCases } from './elementwise-cases.js';

const NUMBERS: readonly ElementType[] = [...INTEGERS, ...FLOATS];
const FIELD: readonly ElementType[] = [...NUMBERS, ...COMPLEXES];
const BITS: readonly ElementType[] = ['i1', ...INTEGERS];
const ALL: readonly ElementType[] = ['i1', ...FIELD];
const NOT_BOOLEAN = 'i1 is a truth value: `and`, `or`, `xor`, `not`, `select` are its arithmetic';
const NO_ORDER = `complex numbers have no order; ${NOT_BOOLEAN}`;

interface Both {
  readonly float: (a: number, b: number) => number;
  readonly integer: (a: bigint, b: bigint, type: ElementType) => bigint;
  /** Where complex numbers have the op; `round` rounds to the type of the parts. */
  readonly complex?: (a: Complex, b: Complex, round: (x: number) => number) => Complex;
}

function binary(op: string, { float, integer, complex: pairs }: Both, more: Partial<Elementwise> = {}): CoverageEntry {
  return elementwise({
    op,
    types: pairs ? FIELD : NUMBERS,
    otherwise: pairs ? NOT_BOOLEAN : NO_ORDER,
    operands: (t) => [t, t],
    compute: (type, a: Scalar, b: Scalar) =>
      isComplex(type)
        ? pairs!(a as Complex, b as Complex, (x) => roundTo(partOf(type), x))
        : isFloat(type)
          ? float(a as number, b as number)
          : integer(a as bigint, b as bigint, type),
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

/** (ac - bd) + (ad + bc)i, every step rounded. */
function times(a: Complex, b: Complex, round: (x: number) => number): Complex {
  return complex(round(round(a.re * b.re) - round(a.im * b.im)), round(round(a.im * b.re) + round(a.re * b.im)));
}
/** Smith's method, as the op promises it: fractions by the larger part of the divisor, every step rounded. */
function over(a: Complex, b: Complex, round: (x: number) => number): Complex {
  if (Math.abs(b.re) < Math.abs(b.im)) {
    const r = round(b.re / b.im);
    const d = round(b.im + round(r * b.re));
    return complex(round(round(a.im + round(a.re * r)) / d), round(round(round(a.im * r) - a.re) / d));
  }
  const r = b.re === 0 ? 0 : round(b.im / b.re);
  const d = round(b.re + round(r * b.im));
  return complex(round(round(a.re + round(a.im * r)) / d), round(round(a.im - round(a.re * r)) / d));
}

const COMPARISONS: Readonly<Record<string, (a: Real, b: Real) => boolean>> = {
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
    Object.entries(COMPARISONS)
      // Complex numbers are equal or not; that they are refused otherwise is a test of the verifier.
      .slice(0, isComplex(type) ? 2 : undefined)
      .flatMap(([predicate, holds]) =>
        elementwiseCases(
          {
            op: 'cmp',
            types: ALL,
            before: `${predicate},`,
            operands: (t) => [t, t],
            result: () => 'i1',
            compute: (_, a: Scalar, b: Scalar) => BigInt(holdsFor(predicate, holds, a, b)),
          },
          type,
        ).slice(0, 1),
      ),
};
function holdsFor(predicate: string, holds: (a: Real, b: Real) => boolean, a: Scalar, b: Scalar): boolean {
  if (typeof a !== 'object') return holds(a, b as Real);
  const equal = a.re === (b as Complex).re && a.im === (b as Complex).im;
  return predicate === 'eq' ? equal : !equal;
}

const least = (a: Real, b: Real): Real => (typeof a === 'number' ? Math.min(a, b as number) : a < b ? a : b);
const most = (a: Real, b: Real): Real => (typeof a === 'number' ? Math.max(a, b as number) : a > b ? a : b);

export const ARITHMETIC: readonly CoverageEntry[] = [
  binary('add', {
    float: (a, b) => a + b,
    integer: (a, b) => a + b,
    complex: (a, b) => complex(a.re + b.re, a.im + b.im),
  }),
  binary('sub', {
    float: (a, b) => a - b,
    integer: (a, b) => a - b,
    complex: (a, b) => complex(a.re - b.re, a.im - b.im),
  }),
  binary('mul', { float: (a, b) => a * b, integer: (a, b) => a * b, complex: times }),
  binary('div', { float: (a, b) => a / b, integer: divide, complex: over }),
  binary('rem', { float: (a, b) => a % b, integer: remainder }),
  binary('min', { float: Math.min, integer: (a, b) => least(a, b) as bigint }),
  binary('max', { float: Math.max, integer: (a, b) => most(a, b) as bigint }),
  binary(
    'pow',
    { float: Math.pow, integer: power },
    {
      types: [...SIGNED, ...FLOATS, ...COMPLEXES],
      otherwise: 'a power has a sign: signed integers, floats and complex numbers only',
      hard: (type) => (isComplex(type) ? powerOperands(type) : undefined),
      compute: (type, a: Scalar, b: Scalar) =>
        // Math.pow gives NaN for 1 to the power of NaN or infinity, C and IEEE 754 give 1; -1 to an infinity likewise.
        isFloat(type)
          ? a === 1 || (a === -1 && Math.abs(b as number) === Number.POSITIVE_INFINITY)
            ? 1
            : (a as number) ** (b as number)
          : isComplex(type)
            ? complexPower(a as Complex, b as Complex)
            : power(a as bigint, b as bigint, type),
      tolerance: (t) => (isFloat(t) ? { ulps: t === 'f64' ? 5 : 3 } : isComplex(t) ? NEAR_POWERS[partOf(t)] : {}),
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
  elementwise({
    op: 'neg',
    types: FIELD,
    otherwise: NOT_BOOLEAN,
    compute: (_, a: Scalar) => (typeof a === 'object' ? complex(-a.re, -a.im) : -a),
  }),
  elementwise({
    op: 'abs',
    types: FIELD,
    otherwise: NOT_BOOLEAN,
    result: partOf,
    signature: (of, type) => of(type),
    compute: (_, a: Scalar) =>
      typeof a === 'object' ? Math.hypot(a.re, a.im) : typeof a === 'number' ? Math.abs(a) : a < 0n ? -a : a,
    tolerance: (t) => (isComplex(t) ? { ulps: 2 } : {}),
  }),
  elementwise({
    op: 'sign',
    types: FIELD,
    otherwise: NOT_BOOLEAN,
    hard: (type) => (isComplex(type) ? functionOperands(type) : undefined),
    compute: (_, a: Scalar) =>
      typeof a === 'object'
        ? complexFunctions.sign!(a)
        : typeof a === 'number'
          ? Math.sign(a)
          : a < 0n
            ? -1n
            : BigInt(a > 0n),
    tolerance: (t) => (isComplex(t) ? { ulps: 4 } : {}),
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
    otherwise: NO_ORDER,
    operands: (t) => [t, t, t],
    compute: (_, low: Real, x: Real, high: Real) => least(most(x, low), high),
  }),
  {
    op: 'cast',
    types: ALL,
    cases: (from) =>
      // What a complex number becomes as a real one is not said: `real`, `imag` and `abs` do.
      (isComplex(from) ? COMPLEXES : ALL).flatMap((to) =>
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
  if (typeof x === 'object') return x;
  if (isComplex(to)) return complex(roundTo(partOf(to), x), 0);
  if (to === 'i1') return BigInt(typeof x === 'number' ? x !== 0 : x !== 0n);
  if (isFloat(to)) return x;
  if (typeof x === 'bigint') return x;
  if (Number.isNaN(x)) return 0n;
  const [low, high] = [lowest(to), highest(to)];
  if (x <= Number(low)) return low;
  return x >= Number(high) ? high : BigInt(Math.trunc(x));
}
