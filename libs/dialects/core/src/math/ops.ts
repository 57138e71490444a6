// The math dialect. Functions evaluate through numerics; those it does not have yet parse, verify and print, and trap
// when interpreted.

import {
  type ElementKernel,
  type Evaluator1,
  elementwiseStep,
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
  Elementwise,
  elementTypeOf,
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
import { fastmathSpec, inlineFastmath } from '../arith/attributes.js';
import { effectFree, speculatableWhen } from '../arith/define.js';
import { sameTypeAssembly } from '../support/assembly.js';
import { constantFold1, constantFoldAll, foldByInterpretation } from '../support/constants.js';
import { example } from '../support/example.js';
import { FloatLike, IntegerLike } from '../support/types.js';
import { contractSpec, fusesMultiplyAdds } from './contract.js';

function elementwise(kernel: (type: Type, op: Operation) => ElementKernel): InterfaceImplementation {
  return Interpretable.implement({
    compile: (op, c) => elementwiseStep(op, c, kernel(elementTypeOf(op.result(0).type), op)),
  });
}

interface UnaryOptions {
  readonly summary: string;
  readonly traits?: readonly Trait[];
}

function floatFunction<const N extends string>(name: N, options: UnaryOptions) {
  const short = name.slice('math.'.length);
  return defineOp({
    name,
    summary: options.summary,
    example: example('%a: f32', `%r = ${name} %a : f32`, 'f32'),
    operands: { operand: FloatLike },
    results: { result: FloatLike },
    attributes: { fastmath: fastmathSpec, contract: contractSpec },
    traits: [Pure, Elementwise, SameOperandsAndResultType, ...(options.traits ?? [])],
    interfaces: [
      Interpretable.implement({
        compile(op, c) {
          const fused = fusesMultiplyAdds(op, () => c.options.relaxedMadd);
          return elementwiseStep(op, c, floatUnaryKernel(short, elementTypeOf(op.result(0).type), { fused }));
        },
      }),
    ],
    assembly: sameTypeAssembly(1, inlineFastmath),
    inferTypes: (_context, { operands }) => [operands[0]!.type],
    fold: constantFold1((type) => floatUnaryKernel(short, type).scalar as Evaluator1),
  } as const);
}

export const AbsFOp = floatFunction('math.absf', { summary: 'Clears the sign.', traits: [Idempotent] });
export const CeilOp = floatFunction('math.ceil', {
  summary: 'The least integral value that is not below.',
  traits: [Idempotent],
});
export const FloorOp = floatFunction('math.floor', {
  summary: 'The greatest integral value that is not above.',
  traits: [Idempotent],
});
export const RoundOp = floatFunction('math.round', {
  summary: 'The nearest integral value, ties away from zero.',
  traits: [Idempotent],
});
export const RoundEvenOp = floatFunction('math.roundeven', {
  summary: 'The nearest integral value, ties to even.',
  traits: [Idempotent],
});
export const TruncOp = floatFunction('math.trunc', {
  summary: 'The nearest integral value toward zero.',
  traits: [Idempotent],
});
export const SqrtOp = floatFunction('math.sqrt', { summary: 'Square root, correctly rounded.' });
export const RsqrtOp = floatFunction('math.rsqrt', { summary: 'Reciprocal square root.' });
export const CbrtOp = floatFunction('math.cbrt', { summary: 'Cube root.' });
export const ExpOp = floatFunction('math.exp', { summary: 'e to the power of x.' });
export const Exp2Op = floatFunction('math.exp2', { summary: '2 to the power of x.' });
export const ExpM1Op = floatFunction('math.expm1', { summary: 'e to the power of x, minus 1.' });
export const LogOp = floatFunction('math.log', { summary: 'Natural logarithm.' });
export const Log2Op = floatFunction('math.log2', { summary: 'Logarithm to base 2.' });
export const Log10Op = floatFunction('math.log10', { summary: 'Logarithm to base 10.' });
export const Log1pOp = floatFunction('math.log1p', { summary: 'Natural logarithm of 1 + x.' });
export const SinOp = floatFunction('math.sin', { summary: 'Sine.' });
export const CosOp = floatFunction('math.cos', { summary: 'Cosine.' });
export const TanOp = floatFunction('math.tan', { summary: 'Tangent.' });
export const TanhOp = floatFunction('math.tanh', { summary: 'Hyperbolic tangent.' });
export const SinhOp = floatFunction('math.sinh', { summary: 'Hyperbolic sine.' });
export const CoshOp = floatFunction('math.cosh', { summary: 'Hyperbolic cosine.' });
export const AsinOp = floatFunction('math.asin', { summary: 'Arcsine.' });
export const AcosOp = floatFunction('math.acos', { summary: 'Arccosine.' });
export const AtanOp = floatFunction('math.atan', { summary: 'Arctangent.' });
export const ErfOp = floatFunction('math.erf', { summary: 'The error function.' });
/** Not one of MLIR's: the array dialect's function, expanded from numerics like the others. */
export const SigmoidOp = floatFunction('math.sigmoid', { summary: 'The logistic function, 1 / (1 + exp(-x)).' });

function integerFunction<const N extends string>(name: N, options: UnaryOptions) {
  const short = name.slice('math.'.length) as IntegerUnary;
  return defineOp({
    name,
    summary: options.summary,
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
  traits: [Idempotent],
});
export const CtlzOp = integerFunction('math.ctlz', { summary: 'Number of leading zero bits; the width for zero.' });
export const CttzOp = integerFunction('math.cttz', { summary: 'Number of trailing zero bits; the width for zero.' });
export const CtPopOp = integerFunction('math.ctpop', { summary: 'Number of one bits.' });

function binaryFunction<const N extends string>(
  name: N,
  summary: string,
  constraint: TypeConstraint,
  type: string,
  kernel: (op: Operation) => ElementKernel,
) {
  return {
    name,
    summary,
    example: example(`%a: ${type}, %b: ${type}`, `%r = ${name} %a, %b : ${type}`, type),
    operands: { lhs: constraint, rhs: constraint },
    results: { result: constraint },
    traits: [Pure, Elementwise, SameOperandsAndResultType],
    interfaces: [Interpretable.implement({ compile: (op, c) => elementwiseStep(op, c, kernel(op)) })],
    inferTypes: (_context: unknown, { operands }: { operands: readonly Value[] }) => [operands[0]!.type],
    fold: foldByInterpretation,
  } as const;
}

const missing =
  (name: string) =>
  (op: Operation): ElementKernel => {
    throw notInterpretable(`${name} on ${elementTypeOf(op.result(0).type)} cannot be executed yet`);
  };
const floatFlags = { attributes: { fastmath: fastmathSpec }, assembly: sameTypeAssembly(2, inlineFastmath) } as const;

export const Atan2Op = defineOp({
  ...binaryFunction('math.atan2', 'The angle of a point (rhs, lhs).', FloatLike, 'f32', missing('math.atan2')),
  ...floatFlags,
});
export const PowFOp = defineOp({
  ...binaryFunction('math.powf', 'The left operand to the power of the right.', FloatLike, 'f32', missing('math.powf')),
  ...floatFlags,
});
export const CopySignOp = defineOp({
  ...binaryFunction('math.copysign', 'The left operand with the sign of the right.', FloatLike, 'f32', (op) =>
    floatKernel('copysign', elementTypeOf(op.result(0).type)),
  ),
  ...floatFlags,
});
export const IPowIOp = defineOp({
  ...binaryFunction('math.ipowi', 'Integer power; wraps. A negative power of zero traps.', IntegerLike, 'i32', (op) =>
    integerPowerKernel(elementTypeOf(op.result(0).type)),
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
  fold: (op, operands): Attribute[] | null => (FmaOp.relaxed(op) ? null : constantFoldAll(op, operands)),
});
