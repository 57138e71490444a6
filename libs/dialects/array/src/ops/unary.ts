// Elementwise ops of one operand.
import {
  defineOp,
  definePattern,
  Idempotent,
  Involution,
  type Operation,
  type PointCost,
  Pure,
  type RewritePattern,
  type Trait,
  type TypeConstraint,
} from '@budflow/ir';
import { sameTypeAssembly } from '../assembly.js';
import { FloatTensor, IntegerTensor, isUnsigned, NumericTensor } from '../element-types.js';
import { fastmathAttribute } from '../fastmath.js';
import { interpretUnary } from '../interpret/elementwise.js';
import type { UnaryKind } from '../kinds.js';
import { unaryBody } from '../scalar-body.js';
import { elementwiseInterfaces, tensorType } from '../structure.js';
import { verifySameTypes } from '../verify-types.js';

interface UnaryOptions {
  readonly summary: string;
  readonly description?: string;
  readonly operand: TypeConstraint;
  readonly cost: PointCost;
  readonly element?: string;
  readonly traits?: readonly Trait[];
  readonly fold?: (op: Operation) => ReturnType<Operation['operand']> | null;
  readonly patterns?: readonly RewritePattern[];
}

function defineUnary(kind: UnaryKind, options: UnaryOptions) {
  const element = options.element ?? 'f32';
  return defineOp({
    name: `array.${kind}`,
    summary: options.summary,
    description: options.description,
    example: `func.func @f(%x: tensor<4x?x${element}>) -> tensor<4x?x${element}> {
  %0 = array.${kind} %x : tensor<4x?x${element}>
  return %0 : tensor<4x?x${element}>
}`,
    operands: { operand: options.operand },
    results: { result: options.operand },
    attributes: { fastmath: fastmathAttribute },
    traits: [Pure, ...(options.traits ?? [])],
    interfaces: [
      ...elementwiseInterfaces(options.cost, (op, context) => unaryBody(kind, op, context)),
      interpretUnary(kind),
    ],
    assembly: sameTypeAssembly(1),
    inferTypes: (_, state) => [state.operands[0]!.type],
    verify: verifySameTypes,
    fold: options.fold,
    patterns: options.patterns,
  });
}

const CHEAP: PointCost = { flops: 1, expensive: false };
const ROOT: PointCost = { flops: 6, expensive: true };
const TRANSCENDENTAL: PointCost = { flops: 20, expensive: true };

export const NegOp = defineUnary('neg', {
  summary: 'Negation',
  description: 'Flips the sign of floats, also of zeros and NaNs. Integers wrap: the most negative value stays itself.',
  operand: NumericTensor,
  cost: CHEAP,
  traits: [Involution],
});

export const AbsOp = defineUnary('abs', {
  summary: 'Absolute value',
  description: 'The most negative integer stays itself; unsigned integers are unchanged.',
  operand: NumericTensor,
  cost: CHEAP,
  traits: [Idempotent],
  fold: (op) => (isUnsigned(tensorType(op.operand(0)).element) ? op.operand(0) : null),
  patterns: [
    definePattern({
      name: 'abs-of-negation',
      equation: 'abs(-x) == abs(x)',
      root: 'array.abs',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        // Not for unsigned integers: there abs is the identity.
        if (!inner || !NegOp.is(inner) || isUnsigned(tensorType(op.operand(0)).element)) return false;
        rewriter.modify(op, () => op.setOperand(0, inner.operand(0)));
        return true;
      },
    }),
  ],
});

export const SqrtOp = defineUnary('sqrt', {
  summary: 'Square root, correctly rounded',
  operand: FloatTensor,
  cost: ROOT,
});
export const RsqrtOp = defineUnary('rsqrt', {
  summary: 'Reciprocal square root: 1 / sqrt(x)',
  operand: FloatTensor,
  cost: { flops: 12, expensive: true },
});
export const ExpOp = defineUnary('exp', { summary: 'e to the power of x', operand: FloatTensor, cost: TRANSCENDENTAL });
export const Exp2Op = defineUnary('exp2', {
  summary: '2 to the power of x',
  operand: FloatTensor,
  cost: TRANSCENDENTAL,
});
export const Expm1Op = defineUnary('expm1', {
  summary: 'exp(x) - 1, accurate near 0',
  operand: FloatTensor,
  cost: TRANSCENDENTAL,
});
export const LogOp = defineUnary('log', { summary: 'Natural logarithm', operand: FloatTensor, cost: TRANSCENDENTAL });
export const Log2Op = defineUnary('log2', {
  summary: 'Logarithm to base 2',
  operand: FloatTensor,
  cost: TRANSCENDENTAL,
});
export const Log10Op = defineUnary('log10', {
  summary: 'Logarithm to base 10',
  operand: FloatTensor,
  cost: TRANSCENDENTAL,
});
export const Log1pOp = defineUnary('log1p', {
  summary: 'log(1 + x), accurate near 0',
  operand: FloatTensor,
  cost: TRANSCENDENTAL,
});
export const TanhOp = defineUnary('tanh', {
  summary: 'Hyperbolic tangent',
  operand: FloatTensor,
  cost: { flops: 28, expensive: true },
});
export const SigmoidOp = defineUnary('sigmoid', {
  summary: 'Logistic function: 1 / (1 + exp(-x))',
  operand: FloatTensor,
  cost: { flops: 26, expensive: true },
});
export const ErfOp = defineUnary('erf', {
  summary: 'Error function',
  operand: FloatTensor,
  cost: { flops: 32, expensive: true },
});
export const FloorOp = defineUnary('floor', {
  summary: 'Largest integral value not above x',
  operand: FloatTensor,
  cost: CHEAP,
  traits: [Idempotent],
});
export const CeilOp = defineUnary('ceil', {
  summary: 'Smallest integral value not below x',
  operand: FloatTensor,
  cost: CHEAP,
  traits: [Idempotent],
});
export const RoundEvenOp = defineUnary('round_even', {
  summary: 'Nearest integral value, ties to even; the sign of zero is kept',
  operand: FloatTensor,
  cost: CHEAP,
  traits: [Idempotent],
});

export const NotOp = defineUnary('not', {
  summary: 'Bitwise complement',
  description: 'Logical negation on i1.',
  operand: IntegerTensor,
  cost: CHEAP,
  element: 'i32',
  traits: [Involution],
});
