// Whether two results are the same: bit for bit (any NaN equals any other), or within a tolerance.
import { countOf, describeArray, type HostValue, isScalar } from './host-array.js';
import { elementAt, isComplexType, isFloatType, printNumber } from './scalars.js';

/**
 * `exact`: every bit. `rounding`: floats may differ as contraction and another order of sums make them differ, relative
 * to the largest value of the result. `decisions`: besides, integers computed from such floats may be decided otherwise,
 * at most one in a hundred.
 */
export type Strictness = 'exact' | 'rounding' | 'decisions';

export interface Difference {
  /** Position of the first differing element; undefined when not the elements differ but type or shape. */
  readonly index: readonly number[] | undefined;
  readonly before: string;
  readonly after: string;
  /** Number of elements that differ too much. */
  readonly count: number;
}

const TOLERANCE: Readonly<Record<string, number>> = { f64: 1e-12, f32: 1e-5, f16: 1e-2, bf16: 5e-2 };

/** The first difference; undefined when there is none. */
export function firstDifference(before: HostValue, after: HostValue, strictness: Strictness): Difference | undefined {
  const [a, b] = [asElements(before), asElements(after)];
  if (a.what !== b.what) return { index: undefined, before: a.what, after: b.what, count: 1 };
  const { dtype } = before;
  const part = isComplexType(dtype) ? (dtype === 'complex<f32>' ? 'f32' : 'f64') : dtype;
  const isFloat = isFloatType(part);
  let differing = 0;
  let first = -1;
  const limit = strictness !== 'exact' && isFloat ? (TOLERANCE[part] ?? 0) * Math.max(largest(a), largest(b)) : 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a.at(i), b.at(i)];
    if (Object.is(x, y)) continue;
    if (limit > 0 && Math.abs(Number(x) - Number(y)) <= limit) continue;
    if (strictness !== 'exact' && isFloat && x === y) continue;
    if (first < 0) first = i;
    differing++;
  }
  if (first < 0) return undefined;
  if (strictness === 'decisions' && !isFloat && differing <= Math.max(1, a.length / 100)) return undefined;
  const parts = isComplexType(dtype) ? 2 : 1;
  return {
    index: isScalar(before) ? [] : unravel(Math.floor(first / parts), before.shape),
    before: printNumber(part, a.at(first)),
    after: printNumber(part, b.at(first)),
    count: differing,
  };
}

interface Elements {
  readonly what: string;
  readonly length: number;
  at(index: number): number | bigint;
}

function asElements(value: HostValue): Elements {
  if (isScalar(value)) return { what: value.dtype, length: 1, at: () => value.scalar };
  const { dtype, data } = value;
  const element = isComplexType(dtype) ? 'f64' : dtype;
  return { what: describeArray(value), length: data.length, at: (i) => elementAt(element, data, i) };
}

function largest({ length, at }: Elements): number {
  let most = 0;
  for (let i = 0; i < length; i++) {
    const value = Math.abs(Number(at(i)));
    if (value > most && value < Number.POSITIVE_INFINITY) most = value;
  }
  return most;
}

function unravel(offset: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = countOf(shape);
  let at = offset;
  for (const size of shape) {
    rest /= size;
    index.push(Math.floor(at / rest));
    at %= rest;
  }
  return index;
}
