// Float arithmetic: each result rounded once. Only exact identities fold: x + 0 is not one of them (-0 + 0 is 0).

import { elementwiseStep, floatUnary, floatUnaryKernel, Interpretable, rounding } from '@budflow/interpreter';
import {
  type Attribute,
  Commutative,
  defineOp,
  definePattern,
  Elementwise,
  elementTypeOf,
  FloatType,
  Involution,
  type Operation,
  Pure,
  type RewritePattern,
  SameOperandsAndResultType,
  type Value,
} from '@budflow/ir';
import { sameTypeAssembly } from '../support/assembly.js';
import { constantFold1, constantOperand, floatOf, isFloat } from '../support/constants.js';
import { example } from '../support/example.js';
import { FloatLike } from '../support/types.js';
import { FastMath, fastmathOf, fastmathSpec, inlineFastmath } from './attributes.js';
import { buildConstant } from './constant.js';
import { floatOp } from './define.js';

const sameOperands = (op: Operation): Value | null => (op.operand(0) === op.operand(1) ? op.operand(0) : null);
const hasFlag = (op: Operation, flag: number): boolean => (fastmathOf(op) & flag) !== 0;

export const AddFOp = floatOp('arith.addf', {
  summary: 'Float addition.',
  description: 'Rounded to nearest, ties to even. `fastmath<...>` flags allow what IEEE 754 does not.',
  traits: [Commutative],
  // x + -0 == x; with nsz also x + 0 == x
  fold: (op, _lhs, rhs) => (isFloat(rhs, -0) || (isFloat(rhs, 0) && hasFlag(op, FastMath.nsz)) ? op.operand(0) : null),
});

export const SubFOp = floatOp('arith.subf', {
  summary: 'Float subtraction.',
  description: 'Rounded to nearest, ties to even; `x - x` is +0. `fastmath<...>` flags allow what IEEE 754 does not.',
  // x - 0 == x; with nsz also x - -0 == x
  fold: (op, _lhs, rhs) => (isFloat(rhs, 0) || (isFloat(rhs, -0) && hasFlag(op, FastMath.nsz)) ? op.operand(0) : null),
});

export const MulFOp = floatOp('arith.mulf', {
  summary: 'Float multiplication.',
  description: 'Rounded to nearest, ties to even. `fastmath<...>` flags allow what IEEE 754 does not.',
  traits: [Commutative],
  // x * 1 == x
  fold: (op, _lhs, rhs) => (isFloat(rhs, 1) ? op.operand(0) : null),
  patterns: [
    definePattern({
      name: 'mul-minus-one',
      equation: 'x * -1 == -x',
      root: 'arith.mulf',
      generates: ['arith.negf'],
      rewrite(op, rewriter) {
        if (!isFloat(constantOperand(op.operand(1)), -1)) return false;
        rewriter.replaceOp(op, [NegFOp.build(rewriter, op.loc, { operand: op.operand(0), fastmath: fastmathOf(op) })]);
        return true;
      },
    }),
  ],
});

/** Division by a power of two is multiplication by its reciprocal, when that is a normal number of the type. */
const divideByPowerOfTwo: RewritePattern = definePattern({
  name: 'div-power-of-two',
  equation: 'x / 2^k == x * 2^-k',
  root: 'arith.divf',
  generates: ['arith.mulf'],
  rewrite(op, rewriter) {
    const divisor = floatOf(constantOperand(op.operand(1)));
    if (divisor === null || divisor === 1 || !Number.isFinite(divisor) || divisor === 0) return false;
    const magnitude = Math.abs(divisor);
    const exponent = Math.round(Math.log2(magnitude));
    if (2 ** exponent !== magnitude) return false;
    const type = elementTypeOf(op.result(0).type);
    const least = type instanceof FloatType ? LEAST_NORMAL_EXPONENT[type.name] : undefined;
    if (least === undefined || -exponent < least || -exponent > -least) return false;
    const reciprocal = buildConstant(rewriter, op.loc, op.result(0).type, rounding(type)(1 / divisor));
    rewriter.replaceOp(op, [
      MulFOp.build(rewriter, op.loc, { lhs: op.operand(0), rhs: reciprocal, fastmath: fastmathOf(op) }),
    ]);
    return true;
  },
});
const LEAST_NORMAL_EXPONENT: Readonly<Record<string, number>> = { f64: -1022, f32: -126, bf16: -126, f16: -14 };

export const DivFOp = floatOp('arith.divf', {
  summary: 'Float division.',
  description:
    'Rounded to nearest, ties to even. A finite number other than zero divided by zero is an infinity, zero divided by zero is NaN.',
  // x / 1 == x
  fold: (op, _lhs, rhs) => (isFloat(rhs, 1) ? op.operand(0) : null),
  patterns: [divideByPowerOfTwo],
});

export const RemFOp = floatOp('arith.remf', {
  summary: 'Remainder of float division with the sign of the dividend (fmod); exact.',
  description:
    '`lhs - rhs * trunc(lhs / rhs)`, computed without rounding. NaN when the dividend is infinite or the divisor is zero.',
});

const maximumFold = (op: Operation, _lhs: Attribute | null, rhs: Attribute | null) =>
  isFloat(rhs, Number.NEGATIVE_INFINITY) ? op.operand(0) : sameOperands(op); // max(x, -inf) == x
const minimumFold = (op: Operation, _lhs: Attribute | null, rhs: Attribute | null) =>
  isFloat(rhs, Number.POSITIVE_INFINITY) ? op.operand(0) : sameOperands(op); // min(x, inf) == x

const PROPAGATES = 'NaN when either operand is; -0 is less than 0.';
const IGNORES = 'The other operand when one is NaN; -0 is less than 0.';

export const MaximumFOp = floatOp('arith.maximumf', {
  summary: 'Float maximum, NaN propagates.',
  description: PROPAGATES,
  traits: [Commutative],
  fold: maximumFold,
});
export const MinimumFOp = floatOp('arith.minimumf', {
  summary: 'Float minimum, NaN propagates.',
  description: PROPAGATES,
  traits: [Commutative],
  fold: minimumFold,
});
// maxnum(NaN, -inf) is -inf: no fold with infinities.
export const MaxNumFOp = floatOp('arith.maxnumf', {
  summary: 'Float maximum, NaN is ignored.',
  description: IGNORES,
  traits: [Commutative],
  fold: sameOperands,
});
export const MinNumFOp = floatOp('arith.minnumf', {
  summary: 'Float minimum, NaN is ignored.',
  description: IGNORES,
  traits: [Commutative],
  fold: sameOperands,
});
export const MaxFOp = floatOp('arith.maxf', {
  summary: 'The name of arith.maximumf before MLIR 18.',
  description: PROPAGATES,
  semantics: 'maximumf',
  traits: [Commutative],
  fold: maximumFold,
});
export const MinFOp = floatOp('arith.minf', {
  summary: 'The name of arith.minimumf before MLIR 18.',
  description: PROPAGATES,
  semantics: 'minimumf',
  traits: [Commutative],
  fold: minimumFold,
});

/** Exact also for zeros and NaN: the sign bit is flipped on both sides. */
const negfOfMaximum = definePattern({
  name: 'negf-of-maximum',
  equation: '-max(-a, b) == min(a, -b)',
  root: 'arith.negf',
  rewrite(op, rewriter) {
    const maximum = op.operand(0).definingOp;
    if (maximum === null || !MaximumFOp.is(maximum) || !op.operand(0).hasOneUse()) return false;
    const mirrored = (v: Value): Value | null =>
      v.definingOp !== null && NegFOp.is(v.definingOp) ? v.definingOp.operand(0) : null;
    const sides = [maximum.operand(0), maximum.operand(1)];
    if (sides.every((v) => mirrored(v) === null)) return false;
    rewriter.setInsertionPoint(op);
    const fastmath = fastmathOf(maximum);
    const [lhs, rhs] = sides.map((v) => mirrored(v) ?? NegFOp.build(rewriter, op.loc, { operand: v, fastmath }));
    rewriter.replaceOp(op, [MinimumFOp.build(rewriter, op.loc, { lhs: lhs!, rhs: rhs!, fastmath })]);
    return true;
  },
});

export const NegFOp = defineOp({
  name: 'arith.negf',
  summary: 'Flips the sign, also of zero and NaN.',
  description: 'Not the same as `0 - x`, which is +0 for +0.',
  example: example('%a: f32', '%r = arith.negf %a : f32', 'f32'),
  operands: { operand: FloatLike },
  results: { result: FloatLike },
  attributes: { fastmath: fastmathSpec },
  traits: [Pure, Elementwise, SameOperandsAndResultType, Involution],
  interfaces: [
    Interpretable.implement({
      compile: (op, c) => elementwiseStep(op, c, floatUnaryKernel('negf', elementTypeOf(op.result(0).type))),
    }),
  ],
  assembly: sameTypeAssembly(1, inlineFastmath),
  inferTypes: (_context, { operands }) => [operands[0]!.type],
  fold: constantFold1((type) => floatUnary('negf', type)),
  patterns: [negfOfMaximum],
});
