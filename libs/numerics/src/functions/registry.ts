/** The table of math functions, and their scalar entry points. */

import type { BinaryMathFunction, FloatFormat, UnaryMathFunction } from '../algebra.js';
import { fusedF32, fusedF64, scalarF32, scalarF64 } from '../evaluate.js';
import { cbrtF32, cbrtF64, fastCbrtF32, fastCbrtF64 } from './cbrt.js';
import { exp2F32, exp2F64, expF32, expF64, expm1F32, expm1F64 } from './exp.js';
import {
  fastErfF32,
  fastErfF64,
  fastExp2F32,
  fastExp2F64,
  fastExpF32,
  fastExpF64,
  fastExpm1F32,
  fastExpm1F64,
  fastSigmoidF64,
  fastTanhF64,
} from './fast/exponential.js';
import { fastLog1pF64, fastLog2F32, fastLog2F64, fastLog10F32, fastLog10F64, fastLogF64 } from './fast/logarithm.js';
import { geluF32, geluF64 } from './gelu.js';
import { coshF32, coshF64, sinhF32, sinhF64 } from './hyperbolic.js';
import { acosh, asinh, atanh } from './inverse-hyperbolic.js';
import { acosF32, acosF64, asinF32, asinF64, atan2F32, atan2F64, atanF32, atanF64 } from './inverse-trigonometric.js';
import { log1pF64, log2F64, log10F64, logF64 } from './log.js';
import { log1pF32, log2F32, log10F32, logF32 } from './log-f32.js';
import { fastPowF32, fastPowF64, powF32, powF64 } from './pow.js';
import { roundAwayFromZeroExpansion } from './rounding.js';
import { erfF32, erfF64, sigmoidF32, sigmoidF64, tanhF32, tanhF64 } from './sigmoid.js';
import { rsqrtF32, rsqrtF64, sqrt } from './sqrt.js';
import {
  cosF32,
  cosF64,
  fastCosF32,
  fastCosF64,
  fastSinF32,
  fastSinF64,
  fastTanF64,
  sinF32,
  sinF64,
  tanF32,
  tanF64,
} from './trigonometric.js';

/** A math function: its expansions and what they promise. */
export interface MathFunction<Expansion = UnaryMathFunction> {
  /** The name of the op in `math` and in the array dialect. */
  readonly name: string;
  /** The expansion per format; an absent format is not implemented. */
  readonly formats: { readonly [format in FloatFormat]?: Expansion };
  /** The largest error per format, in units in the last place of the exact result. */
  readonly ulp: { readonly [format in FloatFormat]?: number };
  /**
   * Expansions of fewer instructions, for ops that allow approximation (`afn`): at most `FAST_ULP` where arguments and
   * result are normal numbers, no promise beyond. Absent where they would save nothing.
   */
  readonly fast?: MathFunction<Expansion>['formats'];
}

/** The bound of fast expansions in ULP. */
export const FAST_ULP = 4;

function define<Expansion>(
  name: string,
  formats: MathFunction<Expansion>['formats'],
  ulp: MathFunction['ulp'],
  fast?: MathFunction<Expansion>['formats'],
): MathFunction<Expansion> {
  return fast === undefined ? { name, formats, ulp } : { name, formats, ulp, fast };
}

/** Every math function of one argument by name. */
export const mathFunctions: { readonly [name: string]: MathFunction } = {
  exp: define('exp', { f32: expF32, f64: expF64 }, { f32: 1, f64: 1 }, { f32: fastExpF32, f64: fastExpF64 }),
  exp2: define('exp2', { f32: exp2F32, f64: exp2F64 }, { f32: 1, f64: 1 }, { f32: fastExp2F32, f64: fastExp2F64 }),
  expm1: define(
    'expm1',
    { f32: expm1F32, f64: expm1F64 },
    { f32: 2, f64: 2 },
    { f32: fastExpm1F32, f64: fastExpm1F64 },
  ),
  log: define('log', { f32: logF32, f64: logF64 }, { f32: 2, f64: 1 }, { f64: fastLogF64 }),
  log2: define('log2', { f32: log2F32, f64: log2F64 }, { f32: 2, f64: 2 }, { f32: fastLog2F32, f64: fastLog2F64 }),
  log10: define(
    'log10',
    { f32: log10F32, f64: log10F64 },
    { f32: 2, f64: 2 },
    { f32: fastLog10F32, f64: fastLog10F64 },
  ),
  log1p: define('log1p', { f32: log1pF32, f64: log1pF64 }, { f32: 2, f64: 2 }, { f64: fastLog1pF64 }),
  sin: define('sin', { f32: sinF32, f64: sinF64 }, { f32: 2, f64: 2 }, { f32: fastSinF32, f64: fastSinF64 }),
  cos: define('cos', { f32: cosF32, f64: cosF64 }, { f32: 2, f64: 2 }, { f32: fastCosF32, f64: fastCosF64 }),
  tan: define('tan', { f32: tanF32, f64: tanF64 }, { f32: 4, f64: 4 }, { f64: fastTanF64 }),
  asin: define('asin', { f32: asinF32, f64: asinF64 }, { f32: 2, f64: 2 }),
  acos: define('acos', { f32: acosF32, f64: acosF64 }, { f32: 2, f64: 2 }),
  atan: define('atan', { f32: atanF32, f64: atanF64 }, { f32: 2, f64: 2 }),
  sinh: define('sinh', { f32: sinhF32, f64: sinhF64 }, { f32: 3, f64: 2 }),
  cosh: define('cosh', { f32: coshF32, f64: coshF64 }, { f32: 3, f64: 2 }),
  asinh: define('asinh', { f32: asinh, f64: asinh }, { f32: 3, f64: 3 }),
  acosh: define('acosh', { f32: acosh, f64: acosh }, { f32: 3, f64: 3 }),
  atanh: define('atanh', { f32: atanh, f64: atanh }, { f32: 3, f64: 3 }),
  tanh: define('tanh', { f32: tanhF32, f64: tanhF64 }, { f32: 3, f64: 2 }, { f64: fastTanhF64 }),
  sigmoid: define('sigmoid', { f32: sigmoidF32, f64: sigmoidF64 }, { f32: 3, f64: 2 }, { f64: fastSigmoidF64 }),
  erf: define('erf', { f32: erfF32, f64: erfF64 }, { f32: 3, f64: 4 }, { f32: fastErfF32, f64: fastErfF64 }),
  gelu: define('gelu', { f32: geluF32, f64: geluF64 }, { f32: 3, f64: 2 }),
  rsqrt: define('rsqrt', { f32: rsqrtF32, f64: rsqrtF64 }, { f32: 2, f64: 2 }),
  cbrt: define('cbrt', { f32: cbrtF32, f64: cbrtF64 }, { f32: 2, f64: 2 }, { f32: fastCbrtF32, f64: fastCbrtF64 }),
  round: define('round', { f32: roundAwayFromZeroExpansion, f64: roundAwayFromZeroExpansion }, { f32: 0, f64: 0 }),
  sqrt: define('sqrt', { f32: sqrt, f64: sqrt }, { f32: 0.5, f64: 0.5 }),
};

/** Every math function of two arguments by the name of its op in `math`. */
export const binaryMathFunctions: { readonly [name: string]: MathFunction<BinaryMathFunction> } = {
  atan2: define('atan2', { f32: atan2F32, f64: atan2F64 }, { f32: 2, f64: 2 }),
  powf: define('powf', { f32: powF32, f64: powF64 }, { f32: 2, f64: 4 }, { f32: fastPowF32, f64: fastPowF64 }),
};

/** Which expansion of a function, and how it rounds. */
export interface RoundingOptions {
  /** Multiply-adds inside of it round once, as hardware with fma does. */
  readonly fused?: boolean;
  /** The fast expansion where there is one. */
  readonly fast?: boolean;
}

const evaluators = new Map<string, (x: number) => number>();
const binaryEvaluators = new Map<string, (x: number, y: number) => number>();

/**
 * The function on plain numbers. For f32, `x` must be a value of f32 (see `Math.fround`); the result is one.
 * Fetch it once outside a loop.
 *
 * @throws RangeError when the function does not exist or not in this format.
 */
export function mathEvaluator(name: string, format: FloatFormat, options: RoundingOptions = {}): (x: number) => number {
  return remembered(evaluators, name, format, options, () => {
    const expansion = expansionOf(mathFunctions, name, format, options);
    const { f32, f64 } = algebras(options);
    return format === 'f32' ? (x) => expansion(f32, x) : (x) => expansion(f64, x);
  });
}

/** As `mathEvaluator`, for a function of two arguments. */
export function binaryMathEvaluator(
  name: string,
  format: FloatFormat,
  options: RoundingOptions = {},
): (x: number, y: number) => number {
  return remembered(binaryEvaluators, name, format, options, () => {
    const expansion = expansionOf(binaryMathFunctions, name, format, options);
    const { f32, f64 } = algebras(options);
    return format === 'f32' ? (x, y) => expansion(f32, x, y) : (x, y) => expansion(f64, x, y);
  });
}

function algebras({ fused = false }: RoundingOptions): { f32: typeof scalarF32; f64: typeof scalarF64 } {
  return fused ? { f32: fusedF32, f64: fusedF64 } : { f32: scalarF32, f64: scalarF64 };
}

function remembered<T>(
  known: Map<string, T>,
  name: string,
  format: FloatFormat,
  { fused = false, fast = false }: RoundingOptions,
  make: () => T,
): T {
  const key = `${name}:${format}${fused ? ':fused' : ''}${fast ? ':fast' : ''}`;
  let evaluator = known.get(key);
  if (evaluator === undefined) {
    evaluator = make();
    known.set(key, evaluator);
  }
  return evaluator;
}

/** The expansion of a function in a format, the fast one when it is asked for and exists; undefined where there is none. */
export function mathExpansion<Expansion>(
  functions: { readonly [name: string]: MathFunction<Expansion> },
  name: string,
  format: FloatFormat,
  { fast = false }: { readonly fast?: boolean } = {},
): Expansion | undefined {
  const definition = Object.hasOwn(functions, name) ? functions[name] : undefined;
  return (fast ? definition?.fast?.[format] : undefined) ?? definition?.formats[format];
}

function expansionOf<Expansion>(
  functions: { readonly [name: string]: MathFunction<Expansion> },
  name: string,
  format: FloatFormat,
  options: RoundingOptions,
): Expansion {
  const definition = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (definition === undefined) {
    throw new RangeError(`math function '${name}' is not known: expected one of ${Object.keys(functions).join(', ')}`);
  }
  const expansion = mathExpansion(functions, name, format, options);
  if (expansion === undefined) {
    throw new RangeError(
      `math function '${name}' has no ${format} form: it exists in ${Object.keys(definition.formats).join(', ')}`,
    );
  }
  return expansion;
}

/** The function at one point; see `mathEvaluator`. */
export function evaluateMath(name: string, format: FloatFormat, x: number): number {
  return mathEvaluator(name, format)(x);
}
