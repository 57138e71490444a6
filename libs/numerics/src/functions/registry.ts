/** The table of math functions, and their scalar entry points. */

import type { FloatFormat, UnaryMathFunction } from '../algebra.js';
import { fusedF32, fusedF64, scalarF32, scalarF64 } from '../evaluate.js';
import { exp2F32, exp2F64, expF32, expF64, expm1F32, expm1F64 } from './exp.js';
import { log1pF32, log1pF64, log2F32, log2F64, log10F32, log10F64, logF32, logF64 } from './log.js';
import { erfF32, erfF64, sigmoidF32, sigmoidF64, tanhF32, tanhF64 } from './sigmoid.js';
import { rsqrt, sqrt } from './sqrt.js';

/** A math function of one argument: its expansions and what they promise. */
export interface MathFunction {
  /** The name of the op in `math` and in the array dialect. */
  readonly name: string;
  /** The expansion per format; an absent format is not implemented. */
  readonly formats: { readonly [format in FloatFormat]?: UnaryMathFunction };
  /** The largest error per format, in units in the last place of the exact result. */
  readonly ulp: { readonly [format in FloatFormat]?: number };
}

function define(name: string, formats: MathFunction['formats'], ulp: MathFunction['ulp']): MathFunction {
  return { name, formats, ulp };
}

/** Every math function by name. */
export const mathFunctions: { readonly [name: string]: MathFunction } = {
  exp: define('exp', { f32: expF32, f64: expF64 }, { f32: 1, f64: 1 }),
  exp2: define('exp2', { f32: exp2F32, f64: exp2F64 }, { f32: 1, f64: 1 }),
  expm1: define('expm1', { f32: expm1F32, f64: expm1F64 }, { f32: 2, f64: 2 }),
  log: define('log', { f32: logF32, f64: logF64 }, { f32: 2, f64: 1 }),
  log2: define('log2', { f32: log2F32, f64: log2F64 }, { f32: 2, f64: 2 }),
  log10: define('log10', { f32: log10F32, f64: log10F64 }, { f32: 2, f64: 2 }),
  log1p: define('log1p', { f32: log1pF32, f64: log1pF64 }, { f32: 2, f64: 2 }),
  tanh: define('tanh', { f32: tanhF32, f64: tanhF64 }, { f32: 3, f64: 2 }),
  sigmoid: define('sigmoid', { f32: sigmoidF32, f64: sigmoidF64 }, { f32: 3, f64: 2 }),
  erf: define('erf', { f32: erfF32, f64: erfF64 }, { f32: 3, f64: 4 }),
  rsqrt: define('rsqrt', { f32: rsqrt, f64: rsqrt }, { f32: 2, f64: 2 }),
  sqrt: define('sqrt', { f32: sqrt, f64: sqrt }, { f32: 0.5, f64: 0.5 }),
};

const evaluators = new Map<string, (x: number) => number>();

/**
 * The function on plain numbers. For f32, `x` must be a value of f32 (see `Math.fround`); the result is one.
 * Fetch it once outside a loop. With `fused`, the multiply-adds of its expansion round once, as hardware with fma does.
 *
 * @throws RangeError when the function does not exist or not in this format.
 */
export function mathEvaluator(
  name: string,
  format: FloatFormat,
  { fused = false }: { readonly fused?: boolean } = {},
): (x: number) => number {
  const key = `${name}:${format}${fused ? ':fused' : ''}`;
  const known = evaluators.get(key);
  if (known !== undefined) return known;
  const definition = Object.hasOwn(mathFunctions, name) ? mathFunctions[name] : undefined;
  if (definition === undefined) {
    throw new RangeError(
      `math function '${name}' is not known: expected one of ${Object.keys(mathFunctions).join(', ')}`,
    );
  }
  const expansion = definition.formats[format];
  if (expansion === undefined) {
    throw new RangeError(
      `math function '${name}' has no ${format} form: it exists in ${Object.keys(definition.formats).join(', ')}`,
    );
  }
  const f32 = fused ? fusedF32 : scalarF32;
  const f64 = fused ? fusedF64 : scalarF64;
  const evaluator =
    format === 'f32' ? (x: number): number => expansion(f32, x) : (x: number): number => expansion(f64, x);
  evaluators.set(key, evaluator);
  return evaluator;
}

/** The function at one point; see `mathEvaluator`. */
export function evaluateMath(name: string, format: FloatFormat, x: number): number {
  return mathEvaluator(name, format)(x);
}
