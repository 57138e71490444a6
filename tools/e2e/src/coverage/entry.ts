// What a row of the coverage table is made of. An entry covers one op of the array dialect: for each element type it either
// has cases, which the test runs, or says why the op does not take the type, and the test checks that the op is refused.
import {
  type Complex,
  type Data,
  type ElementType,
  edges,
  fromData,
  isComplex,
  isFloat,
  partOf,
  randomValue,
  roundTo,
  type Scalar,
} from './numbers.js';

/** An array of values; integers are bigints, complex numbers pairs. */
export interface Values {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: readonly Scalar[];
}

/**
 * How far a float may be from the reference: `ulps` of the result type at the expected value, or `absolute`. Of complex
 * numbers each part, by units at the larger one.
 */
export interface Tolerance {
  readonly ulps?: number;
  readonly absolute?: number;
}

/** One function of a program and what it is called with. */
export interface CoverageCase {
  /** `(%x: tensor<?xf32>) -> tensor<?xf32> {...}`: what follows `func.func @name`. */
  readonly text: string;
  readonly calls: readonly (readonly Values[])[];
  /** The results of a call, by arithmetic that shares nothing with the compiler. */
  readonly expected: (args: readonly Values[]) => readonly Values[];
  /** Exact when absent. In the default numerics sums may come out in another order. */
  readonly tolerance?: Tolerance;
}

export interface CoverageEntry {
  /** Name in the dialect, without `array.`. */
  readonly op: string;
  /** Element types the op takes. */
  readonly types: readonly ElementType[];
  /** Why it does not take the others. */
  readonly otherwise?: string;
  /** The cases for a type. Also asked for a type that is refused: the text of its first case must give an error. */
  readonly cases: (type: ElementType) => readonly CoverageCase[];
}

/** A small generator, started anew for each case: tests do not depend on each other's order. */
export function randomOf(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function tensorType(type: string, shape: readonly (number | '?')[]): string {
  return `tensor<${shape.map((d) => `${d}x`).join('')}${type}>`;
}
export function countOf(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** Random values of a shape, every sixth one an edge of the type, or of other hard values. */
export function randomValues(
  type: ElementType,
  shape: readonly number[],
  next: () => number,
  options: { readonly values?: readonly Scalar[] } = {},
): Values {
  const hard = options.values ?? edges(type);
  const values = Array.from({ length: countOf(shape) }, () =>
    hard.length > 0 && next() < 1 / 6 ? hard[Math.floor(next() * hard.length)]! : randomValue(type, next),
  );
  return { type, shape, values };
}

export function valuesOf(type: ElementType, shape: readonly number[], data: Data): Values {
  return { type, shape, values: fromData(type, data) };
}

/** The distance between neighbours of a float type at a value. */
export function ulpOf(type: ElementType, value: number): number {
  const magnitude = Math.abs(value);
  const [precision, least] = { f16: [11, -14], bf16: [8, -126], f32: [24, -126], f64: [53, -1022] }[type as 'f16']!;
  const exponent =
    magnitude === 0 || !Number.isFinite(magnitude) ? least! : Math.max(least!, Math.floor(Math.log2(magnitude)));
  return 2 ** (exponent - precision! + 1);
}

/** What is wrong with a result; undefined when it is as expected. */
export function mismatch(expected: Values, actual: Values, tolerance: Tolerance = {}): string | undefined {
  if (expected.shape.join() !== actual.shape.join()) return `shape [${actual.shape}] instead of [${expected.shape}]`;
  for (let i = 0; i < expected.values.length; i++) {
    const [e, a] = [expected.values[i]!, actual.values[i]!];
    if (
      isComplex(expected.type) ? isNearComplex(expected.type, e as Complex, a as Complex, tolerance) : Object.is(e, a)
    )
      continue;
    if (isFloat(expected.type) && isNear(expected.type, e as number, a as number, tolerance)) continue;
    return `element ${i}: ${show(a)} instead of ${show(e)}`;
  }
  return undefined;
}

function isNearComplex(type: ElementType, expected: Complex, actual: Complex, tolerance: Tolerance): boolean {
  const part = partOf(type);
  const { ulps = 0, absolute = 0 } = tolerance;
  const larger = Math.max(...[expected.re, expected.im].map((x) => (Number.isFinite(x) ? Math.abs(x) : 0)));
  const allowed = { absolute: Math.max(absolute, ulps * ulpOf(part, larger)), ulps };
  return (['re', 'im'] as const).every(
    (k) => Object.is(expected[k], actual[k]) || (ulps + absolute > 0 && isNear(part, expected[k], actual[k], allowed)),
  );
}

function isNear(type: ElementType, expected: number, actual: number, { ulps = 0, absolute = 0 }: Tolerance): boolean {
  const allowed = Math.max(ulps * ulpOf(type, expected), absolute);
  if (allowed === 0 || Number.isNaN(expected) || Number.isNaN(actual)) return false;
  if (expected === actual) return expected !== 0 || absolute > 0;
  if (Number.isFinite(expected) && Number.isFinite(actual)) return Math.abs(expected - actual) <= allowed;
  // Next to the largest value of the type an error can tip over to infinity.
  const finite = Number.isFinite(expected) ? expected : actual;
  return (
    Math.sign(expected) === Math.sign(actual) &&
    !Number.isFinite(roundTo(type, finite + Math.sign(finite) * 2 * ulps * ulpOf(type, finite)))
  );
}

export function show(value: Scalar): string {
  if (typeof value === 'object') return `(${show(value.re)}, ${show(value.im)})`;
  return Object.is(value, -0) ? '-0' : String(value);
}
