// The math dialect. Functions evaluate through numerics; math.fpowi, which it does not have, parses, verifies and prints,
// and traps when interpreted.

import {
  type ElementKernel,
  type Evaluator1,
  type Evaluator2,
  elementwiseStep,
  floatBinaryFunction,
  floatKernel,
  floatUnaryKernel,
  type IntegerUnary,
  Interpretable,
  integerPowerKernel,
  integerUnaryKernel,
  multiplyAddKernel,
  notInterpretable,
  type Step,
} from '@budflow/interpreter';
import {
  type Attribute,
  attr,
  defineOp,
  definePattern,
  Elementwise,
  elementTypeOf,
  type FoldFunction,
  Idempotent,
  type InterfaceImplementation,
  type Operation,
  Pure,
  SameOperandsAndResultType,
  type Trait,
  type Type,
  type TypeConstraint,
  type Value,
} from '@budflow/ir';
import type { RoundingOptions } from '@budflow/numerics';
import { fastmathOf, fastmathSpec, inlineFastmath } from '../arith/attributes.js';
import { effectFree, speculatableWhen } from '../arith/define.js';
import { AddFOp, MulFOp } from '../arith/float-ops.js';
import { sameTypeAssembly } from '../support/assembly.js';
import { constantFold1, constantFold2, constantOperand, foldByInterpretation, isFloat } from '../support/constants.js';
import { example } from '../support/example.js';
import { FloatLike, IntegerLike } from '../support/types.js';
import { contractSpec, expansionOptions } from './contract.js';

function elementwise(kernel: (type: Type, op: Operation) => ElementKernel): InterfaceImplementation {
  return Interpretable.implement({
    compile: (op, c) => elementwiseStep(op, c, kernel(elementTypeOf(op.result(0).type), op)),
  });
}

interface UnaryOptions {
  readonly summary: string;
  readonly description: string;
  readonly traits?: readonly Trait[];
}

function floatFunction<const N extends string>(name: N, options: UnaryOptions) {
  const short = name.slice('math.'.length);
  return defineOp({
    name,
    summary: options.summary,
    description: options.description,
    example: example('%a: f32', `%r = ${name} %a : f32`, 'f32'),
    operands: { operand: FloatLike },
    results: { result: FloatLike },
    attributes: { fastmath: fastmathSpec, contract: contractSpec },
    traits: [Pure, Elementwise, SameOperandsAndResultType, ...(options.traits ?? [])],
    interfaces: [
      Interpretable.implement({
        compile(op, c) {
          const options = expansionOptions(op, () => c.options.relaxedMadd);
          return elementwiseStep(op, c, floatUnaryKernel(short, elementTypeOf(op.result(0).type), options));
        },
      }),
    ],
    assembly: sameTypeAssembly(1, inlineFastmath),
    inferTypes: (_context, { operands }) => [operands[0]!.type],
    fold: foldByExpansion((options) =>
      constantFold1((type) => floatUnaryKernel(short, type, options).scalar as Evaluator1),
    ),
  } as const);
}

/**
 * Constants fold as the expansion rounds: its multiply-adds twice, or once where `contract` is `exact`. How a relaxed one
 * rounds is the machine's affair: it stays.
 */
function foldByExpansion(make: (options: RoundingOptions) => FoldFunction): FoldFunction {
  const folds = new Map<string, FoldFunction>();
  const fold: FoldFunction = (op, operands) => {
    const options = expansionOptions(op, () => 'twice');
    if (op.attr('contract') !== undefined && !options.fused) return null;
    const key = JSON.stringify(options);
    let found = folds.get(key);
    if (found === undefined) {
      found = make(options);
      folds.set(key, found);
    }
    return found(op, operands);
  };
  return Object.assign(fold, { evaluates: true });
}

export const AbsFOp = floatFunction('math.absf', {
  summary: 'Clears the sign.',
  description: 'Of NaN it is NaN.',
  traits: [Idempotent],
});
export const CeilOp = floatFunction('math.ceil', {
  summary: 'The least integral value that is not below.',
  description: 'Infinities and NaN are themselves; between -1 and 0 the result is -0.',
  traits: [Idempotent],
});
export const FloorOp = floatFunction('math.floor', {
  summary: 'The greatest integral value that is not above.',
  description: 'Infinities and NaN are themselves; the sign of zero is kept.',
  traits: [Idempotent],
});
export const RoundOp = floatFunction('math.round', {
  summary: 'The nearest integral value, ties away from zero.',
  description: '2.5 becomes 3 and -2.5 becomes -3. Infinities and NaN are themselves; the sign of zero is kept.',
  traits: [Idempotent],
});
export const RoundEvenOp = floatFunction('math.roundeven', {
  summary: 'The nearest integral value, ties to even.',
  description: '2.5 becomes 2 and 3.5 becomes 4. Infinities and NaN are themselves; the sign of zero is kept.',
  traits: [Idempotent],
});
export const TruncOp = floatFunction('math.trunc', {
  summary: 'The nearest integral value toward zero.',
  description: 'Infinities and NaN are themselves; the sign is kept, that of zero too.',
  traits: [Idempotent],
});
export const SqrtOp = floatFunction('math.sqrt', {
  summary: 'Square root, correctly rounded.',
  description: 'NaN for negative numbers; the sign of zero is kept.',
});
export const RsqrtOp = floatFunction('math.rsqrt', {
  summary: 'Reciprocal square root.',
  description: '`1 / sqrt(x)`: infinite for zero, NaN for negative numbers, 0 for infinity.',
});
export const CbrtOp = floatFunction('math.cbrt', {
  summary: 'Cube root.',
  description: 'Defined for negative numbers too: `cbrt(-8)` is -2. The sign of zero is kept.',
});
export const ExpOp = floatFunction('math.exp', {
  summary: 'e to the power of x.',
  description: '0 for negative infinity, infinite where it overflows.',
});
export const Exp2Op = floatFunction('math.exp2', {
  summary: '2 to the power of x.',
  description: '0 for negative infinity, infinite where it overflows.',
});
export const ExpM1Op = floatFunction('math.expm1', {
  summary: 'e to the power of x, minus 1.',
  description: 'Accurate near zero, where `exp(x) - 1` loses digits. -1 for negative infinity.',
});
export const LogOp = floatFunction('math.log', {
  summary: 'Natural logarithm.',
  description: 'Negative infinity of zero, NaN of negative numbers.',
});
export const Log2Op = floatFunction('math.log2', {
  summary: 'Logarithm to base 2.',
  description: 'Negative infinity of zero, NaN of negative numbers.',
});
export const Log10Op = floatFunction('math.log10', {
  summary: 'Logarithm to base 10.',
  description: 'Negative infinity of zero, NaN of negative numbers.',
});
export const Log1pOp = floatFunction('math.log1p', {
  summary: 'Natural logarithm of 1 + x.',
  description: 'Accurate near zero, where `log(1 + x)` loses digits. Negative infinity of -1, NaN below.',
});
export const SinOp = floatFunction('math.sin', {
  summary: 'Sine.',
  description: 'Of an angle in radians. NaN for infinities; the sign of zero is kept.',
});
export const CosOp = floatFunction('math.cos', {
  summary: 'Cosine.',
  description: 'Of an angle in radians. NaN for infinities.',
});
export const TanOp = floatFunction('math.tan', {
  summary: 'Tangent.',
  description: 'Of an angle in radians. NaN for infinities; the sign of zero is kept.',
});
export const TanhOp = floatFunction('math.tanh', {
  summary: 'Hyperbolic tangent.',
  description: 'From -1, of negative infinity, to 1, of infinity. The sign of zero is kept.',
});
export const SinhOp = floatFunction('math.sinh', {
  summary: 'Hyperbolic sine.',
  description: '`(exp(x) - exp(-x)) / 2`. The sign of zero is kept.',
});
export const CoshOp = floatFunction('math.cosh', {
  summary: 'Hyperbolic cosine.',
  description: '`(exp(x) + exp(-x)) / 2`: at least 1, infinite where it overflows.',
});
export const AsinOp = floatFunction('math.asin', {
  summary: 'Arcsine.',
  description: 'In radians, from -pi/2 to pi/2. NaN outside of [-1, 1]; the sign of zero is kept.',
});
export const AcosOp = floatFunction('math.acos', {
  summary: 'Arccosine.',
  description: 'In radians, from 0 to pi. NaN outside of [-1, 1].',
});
export const AtanOp = floatFunction('math.atan', {
  summary: 'Arctangent.',
  description: 'In radians, from -pi/2, of negative infinity, to pi/2, of infinity. The sign of zero is kept.',
});
export const AsinhOp = floatFunction('math.asinh', {
  summary: 'Inverse hyperbolic sine.',
  description: 'Infinities and NaN are themselves; the sign of zero is kept.',
});
export const AcoshOp = floatFunction('math.acosh', {
  summary: 'Inverse hyperbolic cosine.',
  description: 'At least 0, of 1 it is 0. NaN below 1; infinity is itself.',
});
export const AtanhOp = floatFunction('math.atanh', {
  summary: 'Inverse hyperbolic tangent.',
  description: 'Infinite at 1 and -1, NaN beyond; the sign of zero is kept.',
});
export const ErfOp = floatFunction('math.erf', {
  summary: 'The error function.',
  description:
    '`2 / sqrt(pi)` times the integral of `exp(-t * t)` from 0 to x: from -1 to 1. The sign of zero is kept.',
});
/** Not one of MLIR's: the array dialect's function, expanded from numerics like the others. */
export const SigmoidOp = floatFunction('math.sigmoid', {
  summary: 'The logistic function, 1 / (1 + exp(-x)).',
  description: 'From 0, of negative infinity, to 1, of infinity; 0.5 at zero.',
});

function integerFunction<const N extends string>(name: N, options: UnaryOptions) {
  const short = name.slice('math.'.length) as IntegerUnary;
  return defineOp({
    name,
    summary: options.summary,
    description: options.description,
    example: example('%a: i32', `%r = ${name} %a : i32`, 'i32'),
    operands: { operand: IntegerLike },
    results: { result: IntegerLike },
    traits: [Pure, Elementwise, SameOperandsAndResultType, ...(options.traits ?? [])],
    interfaces: [elementwise((type) => integerUnaryKernel(short, type))],
    assembly: sameTypeAssembly(1),
    inferTypes: (_context, { operands }) => [operands[0]!.type],
    fold: constantFold1((type) => integerUnaryKernel(short, type).scalar as Evaluator1),
  } as const);
}

export const AbsIOp = integerFunction('math.absi', {
  summary: 'The absolute value; of the most negative value, itself.',
  description: "Operands are read as signed numbers in two's complement.",
  traits: [Idempotent],
});
export const CtlzOp = integerFunction('math.ctlz', {
  summary: 'Number of leading zero bits; the width for zero.',
  description: 'Counts from the most significant bit to the first one bit.',
});
export const CttzOp = integerFunction('math.cttz', {
  summary: 'Number of trailing zero bits; the width for zero.',
  description: 'Counts from the least significant bit to the first one bit.',
});
export const CtPopOp = integerFunction('math.ctpop', {
  summary: 'Number of one bits.',
  description: '0 for zero, the width for -1.',
});

function binaryFunction<const N extends string>(
  name: N,
  summary: string,
  description: string,
  constraint: TypeConstraint,
  type: string,
  kernel: (op: Operation) => ElementKernel,
) {
  return {
    name,
    summary,
    description,
    example: example(`%a: ${type}, %b: ${type}`, `%r = ${name} %a, %b : ${type}`, type),
    operands: { lhs: constraint, rhs: constraint },
    results: { result: constraint },
    traits: [Pure, Elementwise, SameOperandsAndResultType],
    interfaces: [Interpretable.implement({ compile: (op, c) => elementwiseStep(op, c, kernel(op)) })],
    inferTypes: (_context: unknown, { operands }: { operands: readonly Value[] }) => [operands[0]!.type],
    fold: foldByInterpretation(),
  } as const;
}

/** A function of two floats that numerics expands; see `contract`. */
function floatBinaryFunctionOp<const N extends string>(name: N, summary: string, description: string) {
  const short = name.slice('math.'.length);
  const kernel = (op: Operation, relaxed: () => 'once' | 'twice' | undefined): ElementKernel => ({
    scalar: floatBinaryFunction(short, elementTypeOf(op.result(0).type), expansionOptions(op, relaxed)),
  });
  return defineOp({
    ...binaryFunction(name, summary, description, FloatLike, 'f32', (op) => kernel(op, () => undefined)),
    interfaces: [
      Interpretable.implement({
        compile: (op, c) =>
          elementwiseStep(
            op,
            c,
            kernel(op, () => c.options.relaxedMadd),
          ),
      }),
    ],
    attributes: { fastmath: fastmathSpec, contract: contractSpec },
    assembly: sameTypeAssembly(2, inlineFastmath),
    fold: foldByExpansion((options) =>
      constantFold2((type) => floatBinaryFunction(short, type, options) as Evaluator2),
    ),
  } as const);
}

const floatFlags = { attributes: { fastmath: fastmathSpec }, assembly: sameTypeAssembly(2, inlineFastmath) } as const;

export const Atan2Op = floatBinaryFunctionOp(
  'math.atan2',
  'The angle of a point (rhs, lhs).',
  'In radians, from -pi to pi, in the quadrant that the signs of both operands say, also those of zeros.',
);
export const PowFOp = floatBinaryFunctionOp(
  'math.powf',
  'The left operand to the power of the right.',
  'NaN for a negative base and a power that is no integer. The power 0 gives 1, and so do all powers of 1.',
);
export const CopySignOp = defineOp({
  ...binaryFunction(
    'math.copysign',
    'The left operand with the sign of the right.',
    'Only the sign bit changes, of zeros and NaNs too.',
    FloatLike,
    'f32',
    (op) => floatKernel('copysign', elementTypeOf(op.result(0).type)),
  ),
  ...floatFlags,
});
export const IPowIOp = defineOp({
  ...binaryFunction(
    'math.ipowi',
    'Integer power; wraps. A negative power of zero traps.',
    'Both operands are signed. A negative power is 1 divided by the power, rounded toward zero: 0 unless the base is 1 or -1.',
    IntegerLike,
    'i32',
    (op) => integerPowerKernel(elementTypeOf(op.result(0).type)),
  ),
  interfaces: [
    elementwise((type) => integerPowerKernel(type)),
    effectFree,
    speculatableWhen((exponent) => Number(exponent) >= 0),
  ],
  traits: [Elementwise, SameOperandsAndResultType],
  assembly: sameTypeAssembly(2),
});

export const FPowIOp = defineOp({
  name: 'math.fpowi',
  summary: 'A float to an integer power.',
  description: 'The exponent is signed; a negative one gives the power of the reciprocal.',
  example: example('%a: f32, %b: i32', '%r = math.fpowi %a, %b : f32, i32', 'f32'),
  operands: { lhs: FloatLike, rhs: IntegerLike },
  results: { result: FloatLike },
  attributes: { fastmath: fastmathSpec },
  traits: [Pure, Elementwise],
  interfaces: [
    Interpretable.implement({
      compile: (op) => {
        throw notInterpretable(`math.fpowi on ${elementTypeOf(op.result(0).type)} cannot be executed yet`);
      },
    }),
  ],
  assembly: {
    canPrint: (op) => op.operandCount === 2 && op.resultCount === 1 && op.operand(0).type === op.result(0).type,
    parse(parser, state) {
      const lhs = parser.operand();
      parser.punctuation(',');
      const rhs = parser.operand();
      const flags = inlineFastmath.parse(parser);
      if (flags) state.attributes.set(inlineFastmath.name, flags);
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const type = parser.type();
      parser.punctuation(',');
      state.operands.push(parser.resolve(lhs, type), parser.resolve(rhs, parser.type()));
      state.resultTypes.push(type);
    },
    print(printer, op) {
      printer.space();
      printer.values(op.operands);
      const flags = op.attr(inlineFastmath.name);
      if (flags) inlineFastmath.print(printer, flags);
      printer.attrDict(op, [inlineFastmath.name]);
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
    },
  },
  inferTypes: (_context, { operands }) => [operands[0]!.type],
});

function foldFma(): FoldFunction {
  const constant = foldByInterpretation();
  const fold = (op: Operation, operands: readonly (Attribute | null)[]) =>
    op.attr('relaxed') ? null : constant(op, operands);
  return Object.assign(fold, { constantsOnly: true, evaluates: true });
}

export const FmaOp = defineOp({
  name: 'math.fma',
  summary: 'a * b + c.',
  description:
    'Rounded once (`exact`, and without either attribute), or as the machine rounds its relaxed multiply-add (`relaxed`): once or after each step.',
  example: example('%a: f32, %b: f32, %c: f32', '%r = math.fma %a, %b, %c : f32', 'f32'),
  operands: { a: FloatLike, b: FloatLike, c: FloatLike },
  results: { result: FloatLike },
  attributes: { fastmath: fastmathSpec, exact: attr.unit, relaxed: attr.unit },
  traits: [Pure, Elementwise, SameOperandsAndResultType],
  interfaces: [
    Interpretable.implement({
      compile(op, c): Step {
        const roundings = FmaOp.relaxed(op) ? (c.options.relaxedMadd ?? 'once') : 'once';
        return elementwiseStep(op, c, multiplyAddKernel(elementTypeOf(op.result(0).type), roundings));
      },
    }),
  ],
  assembly: sameTypeAssembly(3, inlineFastmath),
  inferTypes: (_context, { operands }) => [operands[0]!.type],
  verify(op) {
    if (FmaOp.relaxed(op) && FmaOp.exact(op)) op.emitError('math.fma-kind', "cannot be both 'exact' and 'relaxed'");
  },
  // How a relaxed one rounds is the machine's affair: it stays.
  fold: foldFma(),
  patterns: [
    definePattern({
      name: 'fma-of-nothing',
      equation: 'fma(x, y, -0) == x * y',
      root: 'math.fma',
      generates: ['arith.mulf'],
      rewrite(op, rewriter) {
        // -0 is the sum's neutral element, signs of zeros included.
        if (!isFloat(constantOperand(op.operand(2)), -0)) return false;
        const [lhs, rhs] = [op.operand(0), op.operand(1)];
        rewriter.replaceOp(op, [MulFOp.build(rewriter, op.loc, { lhs, rhs, fastmath: fastmathOf(op) })]);
        return true;
      },
    }),
    definePattern({
      name: 'fma-by-one',
      equation: 'fma(x, 1, y) == x + y',
      root: 'math.fma',
      generates: ['arith.addf'],
      rewrite(op, rewriter) {
        // The product is exact, so that however it rounds there is one rounding.
        const one = [0, 1].find((i) => isFloat(constantOperand(op.operand(i)), 1));
        if (one === undefined) return false;
        const [lhs, rhs] = [op.operand(1 - one), op.operand(2)];
        rewriter.replaceOp(op, [AddFOp.build(rewriter, op.loc, { lhs, rhs, fastmath: fastmathOf(op) })]);
        return true;
      },
    }),
  ],
});
