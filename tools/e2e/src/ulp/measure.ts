// Errors of the math functions in units in the last place: compiled code against references of more precision.
//
// f32: WebAssembly, on a range of bit patterns, against double arithmetic, whose own error is below 10^-8 ULP of f32.
// f64: the scalar evaluation, which gives the bits of compiled code, against integers of 250 bits, on samples.
import {
  binaryMathEvaluator,
  binaryMathFunctions,
  FAST_ULP,
  type FloatFormat,
  mathEvaluator,
  mathFunctions,
  Random,
} from '@budflow/numerics';
import {
  bigBinaryReferences,
  bigReferences,
  doubleBinaryReferences,
  doubleReferences,
  ulpErrorF32,
  ulpErrorF64,
} from '@budflow/numerics/reference';
import { compile } from 'budflow';
import { PLAIN, RELAXED } from '../differential.js';

/**
 * `strict` rounds products and sums apart, `contract` once where the target fuses them; `fast` are the expansions of the
 * numerics mode of that name, rounded apart, `fast-contract` the same rounded once.
 */
export const ROUNDINGS = ['strict', 'contract', 'fast', 'fast-contract'] as const;
export type Rounding = (typeof ROUNDINGS)[number];

const isFast = (rounding: Rounding): boolean => rounding.startsWith('fast');
const isFused = (rounding: Rounding): boolean => rounding.endsWith('contract');

/** Whether there is something to measure: not every function has a fast expansion. */
export function exists({ name, format, rounding }: Task): boolean {
  const definition = (isBinary(name) ? binaryMathFunctions : mathFunctions)[name]!;
  return isFast(rounding) ? definition.fast?.[format] !== undefined : definition.formats[format] !== undefined;
}

export interface Task {
  readonly name: string;
  readonly format: FloatFormat;
  readonly rounding: Rounding;
}

/** What was seen on some inputs. */
export interface Measurement {
  readonly error: number;
  /** The input, or the pair of inputs, with the largest error. */
  readonly at: readonly number[];
  readonly count: number;
}

export const NOTHING: Measurement = { error: 0, at: [], count: 0 };

export function worse(a: Measurement, b: Measurement): Measurement {
  const top = b.error > a.error ? b : a;
  return { error: top.error, at: top.at, count: a.count + b.count };
}

export const isBinary = (name: string): boolean => Object.hasOwn(binaryMathFunctions, name);

/** Functions with a reference, of one argument and of two. */
export const FUNCTIONS: readonly string[] = [...Object.keys(mathFunctions), ...Object.keys(binaryMathFunctions)];

export function boundOf({ name, format, rounding }: Task): number {
  if (isFast(rounding)) return FAST_ULP;
  return (isBinary(name) ? binaryMathFunctions : mathFunctions)[name]!.ulp[format]!;
}

/** Inputs of one call of compiled code. */
const BLOCK = 1 << 16;

type Evaluate = (x: Float32Array) => Float32Array;
const compiled = new Map<string, Evaluate>();

/** The function of f32 in compiled code, on blocks; in plain numbers where the array dialect does not have it. */
function blockEvaluator({ name, rounding }: Task): Evaluate {
  const key = `${name} ${rounding}`;
  const known = compiled.get(key);
  if (known) return known;
  let evaluate: Evaluate;
  if (name === 'gelu') {
    const f = mathEvaluator(name, 'f32', { fused: isFused(rounding), fast: isFast(rounding) });
    evaluate = (x) => x.map(f);
  } else {
    const t = `tensor<${BLOCK}xf32>`;
    const module = compile(
      `func.func @main(%x: ${t}) -> ${t} {\n  %r = array.${name} %x : ${t}\n  return %r : ${t}\n}`,
      {
        numerics: isFast(rounding) ? 'fast' : isFused(rounding) ? 'default' : 'strict',
        target: isFused(rounding) ? RELAXED : PLAIN,
      },
    );
    evaluate = (x) => module.functions.main!(x).data as Float32Array;
  }
  compiled.set(key, evaluate);
  return evaluate;
}

/** Where fast expansions promise something: on normal numbers. */
function isNormalF32(x: number): boolean {
  const magnitude = Math.abs(x);
  return magnitude >= 2 ** -126 && magnitude < 2 ** 128 - 2 ** 103;
}

/** The inputs with the bits `first`, `first + stride`, ...: `count` of them, below 2^32. */
export function measureRange(task: Task, first: number, stride: number, count: number): Measurement {
  const fast = isFast(task.rounding);
  const evaluate = blockEvaluator(task);
  const reference = doubleReferences[task.name]!;
  const x = new Float32Array(BLOCK);
  const bits = new Uint32Array(x.buffer);
  let worst = NOTHING;
  for (let done = 0; done < count; done += BLOCK) {
    const size = Math.min(BLOCK, count - done);
    for (let i = 0; i < size; i++) bits[i] = first + (done + i) * stride;
    const y = evaluate(x);
    for (let i = 0; i < size; i++) {
      const exact = reference(x[i]!);
      if (fast && !(isNormalF32(x[i]!) && isNormalF32(exact))) continue;
      const error = ulpErrorF32(y[i]!, exact);
      if (!(error <= worst.error)) worst = { error, at: [x[i]!], count: 0 };
    }
  }
  return { ...worst, count };
}

/** Where a function is neither constant nor overflowing in f64, and its critical points. */
const DOMAIN: { readonly [name: string]: readonly [number, number, ...number[]] } = {
  exp: [-745.1, 709.78, 0],
  exp2: [-1074, 1023.999, 0],
  expm1: [-40, 709.78, 0],
  log: [0, Number.MAX_VALUE, 1],
  log2: [0, Number.MAX_VALUE, 1],
  log10: [0, Number.MAX_VALUE, 1],
  log1p: [-1, Number.MAX_VALUE, 0],
  rsqrt: [0, Number.MAX_VALUE, 1],
  tanh: [-23, 23, 0, 0.27],
  sigmoid: [-745.1, 40, 0],
  erf: [-6.2, 6.2, 0],
  gelu: [-38, 40, 0],
  sin: [-Number.MAX_VALUE, Number.MAX_VALUE, 0, Math.PI, Math.PI / 2, 1600000],
  cos: [-Number.MAX_VALUE, Number.MAX_VALUE, 0, Math.PI, Math.PI / 2, 1600000],
  tan: [-Number.MAX_VALUE, Number.MAX_VALUE, 0, Math.PI, Math.PI / 2, 1600000],
  asin: [-1, 1, 0, 0.5, 1],
  acos: [-1, 1, 0, 0.5, 1],
  atan: [-Number.MAX_VALUE, Number.MAX_VALUE, 0, 0.4142, 2.4142, 1],
  sinh: [-710.4, 710.4, 0, 1],
  cosh: [-710.4, 710.4, 0],
  asinh: [-Number.MAX_VALUE, Number.MAX_VALUE, 0, 1],
  acosh: [1, Number.MAX_VALUE, 1, 2],
  atanh: [-1, 1, 0, 0.5, 1],
  cbrt: [-Number.MAX_VALUE, Number.MAX_VALUE, 1, 2, 8],
};

/** A number of the domain: anywhere, of any magnitude, or close to a critical point. */
function sample(name: string, random: Random): number {
  const [low, high, ...critical] = DOMAIN[name]!;
  const signed = random.uniform() * 2 - 1;
  const sign = signed < 0 ? -1 : 1;
  switch (random.integer(0, 3)) {
    case 0:
      return signed * 4;
    case 1:
      return sign * 2 ** random.integer(-90, 1023) * (1 + random.uniform());
    case 2:
      return critical[random.uint32() % critical.length]! + signed * 2 ** -random.integer(0, 52);
    default:
      return Math.max(low, -1024) + (Math.min(high, 1024) - Math.max(low, -1024)) * random.uniform();
  }
}

/** A pair whose result is ordinary. */
function samplePair(name: string, format: FloatFormat, random: Random): [number, number] {
  const signed = (): number => random.uniform() * 2 - 1;
  const range = format === 'f32' ? 125 : 1020;
  if (name === 'atan2') return [signed() * 2 ** random.integer(-40, 40), signed() * 2 ** random.integer(-40, 40)];
  const x = random.integer(0, 1) === 0 ? 1 + signed() * 2 ** -random.integer(1, 50) : 2 ** (signed() * range);
  const power = (signed() * range) / Math.log2(x);
  return [x, Number.isFinite(power) ? power : signed()];
}

/** Whether arguments and result are normal numbers, as the accurate expansion sees it; of expansions that promise all, always. */
function normalResults(
  accurate: (...x: [number, number]) => number,
  { fast }: { readonly fast: boolean },
): (...x: [number, number?]) => boolean {
  if (!fast) return () => true;
  return (...x) =>
    [...x, accurate(...(x as [number, number]))].every((v) => Math.abs(v!) >= 2 ** -1022 && Number.isFinite(v));
}

/** `count` random inputs or pairs. */
export function measureSamples(task: Task, seed: number, count: number): Measurement {
  const { name, format } = task;
  const random = new Random(seed);
  const options = { fused: isFused(task.rounding), fast: isFast(task.rounding) };
  let worst = NOTHING;
  if (isBinary(name)) {
    const f = binaryMathEvaluator(name, format, options);
    const isNormal = normalResults(binaryMathEvaluator(name, format), options);
    for (let i = 0; i < count; i++) {
      const pair = samplePair(name, format, random);
      const [x, y] = format === 'f32' ? [Math.fround(pair[0]), Math.fround(pair[1])] : pair;
      if (x === 0 || y === 0 || !isNormal(x, y)) continue;
      const error =
        format === 'f32'
          ? ulpErrorF32(f(x, y), doubleBinaryReferences[name]!(x, y))
          : ulpErrorF64(f(x, y), bigBinaryReferences[name]!(x, y));
      if (!(error <= worst.error)) worst = { error, at: [x, y], count: 0 };
    }
    return { ...worst, count };
  }
  const f = mathEvaluator(name, format, options);
  const isNormal = normalResults(mathEvaluator(name, format), options);
  const [low, high] = DOMAIN[name]!;
  let seen = 0;
  while (seen < count) {
    const x = sample(name, random);
    // The references hold results down to 2^-100; a zero has no unit in the last place.
    if (x <= low || x >= high || Math.abs(x) < 2 ** -100 || (/^log/.test(name) && x === 1)) continue;
    seen++;
    if (!isNormal(x)) continue;
    const error = ulpErrorF64(f(x), bigReferences[name]!(x));
    if (!(error <= worst.error)) worst = { error, at: [x], count: 0 };
  }
  return { ...worst, count };
}
