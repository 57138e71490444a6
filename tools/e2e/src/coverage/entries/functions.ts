// Functions of floats against the engine's doubles: exact ones to the bit, the others within a few units in the last place.
import type { CoverageEntry } from '../entry.js';
import { COMPLEXES, type Complex, type ElementType, FLOATS, isComplex, partOf, type Scalar } from '../numbers.js';
import { complexFunctions, functionOperands, NEAR } from './complex-functions.js';
import { elementwise } from './elementwise-cases.js';

/** Computed in f32 and rounded, 16-bit floats are off by hardly more than that rounding. */
const near = (type: ElementType): { ulps: number } => ({ ulps: type === 'f64' ? 5 : type === 'f32' ? 4 : 1 });

function exact(op: string, f: (x: number) => number): CoverageEntry {
  return elementwise({ op, types: FLOATS, otherwise: 'floats only', compute: (_, x: number) => f(x) });
}
function close(op: string, f: (x: number) => number): CoverageEntry {
  return elementwise({ op, types: FLOATS, otherwise: 'floats only', compute: (_, x: number) => f(x), tolerance: near });
}
/** A function of complex numbers, too. */
function both(op: string, f: (x: number) => number, tolerance = near): CoverageEntry {
  const entry = elementwise({
    op,
    types: [...FLOATS, ...COMPLEXES],
    otherwise: 'floats and complex numbers only',
    hard: (type) => (isComplex(type) ? functionOperands(type) : undefined),
    compute: (_, x: Scalar) => (typeof x === 'object' ? complexFunctions[op]!(x as Complex) : f(x as number)),
    tolerance: (type) => (isComplex(type) ? NEAR[partOf(type)]! : tolerance(type)),
  });
  // Long code, which static sizes would only make twice.
  return { ...entry, cases: (type) => entry.cases(type).slice(0, isComplex(type) ? 1 : undefined) };
}

/** Ties away from zero. */
function round(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}
function roundEven(x: number): number {
  const whole = Math.floor(x);
  const rest = x - whole;
  const even = rest > 0.5 || (rest === 0.5 && whole % 2 !== 0) ? whole + 1 : whole;
  return even === 0 && (x < 0 || Object.is(x, -0)) ? -0 : even;
}

/** Abramowitz and Stegun 7.1.6, all terms of one sign, and the continued fraction 7.1.14 further out. */
function erf(x: number): number {
  const y = Math.abs(x);
  if (!(y > 0)) return x;
  if (y > 6) return Math.sign(x);
  if (y > 2.5) {
    let fraction = 0;
    for (let n = 60; n >= 1; n--) fraction = n / 2 / (y + fraction);
    return Math.sign(x) * (1 - Math.exp(-y * y) / Math.sqrt(Math.PI) / (y + fraction));
  }
  let term = y;
  let sum = y;
  for (let n = 1; n < 80; n++) {
    term *= (2 * y * y) / (2 * n + 1);
    sum += term;
  }
  return Math.sign(x) * ((2 / Math.sqrt(Math.PI)) * Math.exp(-y * y) * sum);
}

function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

/** A finite float as mantissa * 2^exponent. */
function exactly(x: number): readonly [bigint, number] {
  let exponent = 0;
  let mantissa = x;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent--;
  }
  return [BigInt(mantissa), exponent];
}
/** 40 bits, the last one set where others followed: a double, which rounds to the narrower formats as all of them would. */
function shorter(value: bigint): bigint {
  const drop = BigInt(Math.max(0, value.toString(2).length - 40));
  const kept = value >> drop;
  return (kept << drop === value ? kept : kept | 1n) << drop;
}
/** a * b + c without rounding until the end. */
function multiplyAdd(type: ElementType, a: number, b: number, c: number): number {
  const plain = a * b + c;
  if (![a, b, c].every(Number.isFinite) || a === 0 || b === 0) return plain;
  const [[x, p], [y, q], [z, r]] = [exactly(a), exactly(b), exactly(c)];
  const lowest = Math.min(p + q, r);
  const sum = ((x * y) << BigInt(p + q - lowest)) + (z << BigInt(r - lowest));
  if (sum === 0n) return plain;
  const length = (sum < 0n ? -sum : sum).toString(2).length;
  // 64 bits and one for the rest, which no format mistakes.
  const drop = Math.max(0, length - 64);
  const kept = sum >> BigInt(drop);
  const head = kept << BigInt(drop) === sum ? kept : kept | 1n;
  const exponent = lowest + drop;
  const scaled = (value: number): number => value * 2 ** Math.ceil(exponent / 2) * 2 ** Math.floor(exponent / 2);
  return type === 'f64' ? scaled(Number(head)) : scaled(Number(shorter(head)));
}

export const FUNCTIONS: readonly CoverageEntry[] = [
  both('sqrt', Math.sqrt, () => ({ ulps: 0 })),
  exact('floor', Math.floor),
  exact('ceil', Math.ceil),
  exact('trunc', Math.trunc),
  exact('round', round),
  exact('round_even', roundEven),
  elementwise({
    op: 'is_finite',
    types: FLOATS,
    otherwise: 'floats only',
    result: () => 'i1',
    compute: (_, x: number) => BigInt(Number.isFinite(x)),
  }),
  elementwise({
    op: 'fma',
    types: FLOATS,
    otherwise: 'floats only',
    operands: (t) => [t, t, t],
    compute: (t, a: number, b: number, c: number) => multiplyAdd(t, a, b, c),
    tolerance: (t) => (t === 'f64' ? { ulps: 1 } : {}),
  }),
  both('rsqrt', (x) => 1 / Math.sqrt(x)),
  both('exp', Math.exp),
  close('exp2', (x) => 2 ** x),
  both('expm1', Math.expm1),
  both('log', Math.log),
  close('log2', Math.log2),
  close('log10', Math.log10),
  both('log1p', Math.log1p),
  both('sin', Math.sin),
  both('cos', Math.cos),
  both('tan', Math.tan),
  both('asin', Math.asin),
  both('acos', Math.acos),
  both('atan', Math.atan),
  both('sinh', Math.sinh),
  both('cosh', Math.cosh),
  both('tanh', Math.tanh),
  close('asinh', Math.asinh),
  close('acosh', Math.acosh),
  close('atanh', Math.atanh),
  both('cbrt', Math.cbrt),
  elementwise({
    op: 'erf',
    types: FLOATS,
    otherwise: 'floats only',
    compute: (_, x: number) => erf(x),
    tolerance: (t) => ({ ulps: t === 'f64' ? 16 : near(t).ulps }),
  }),
  both('sigmoid', sigmoid),
];
