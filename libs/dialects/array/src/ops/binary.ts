// Elementwise ops of two operands of one type.
import { contractSpec } from '@budflow/dialect-core';
import {
  type Attribute,
  Commutative,
  defineOp,
  definePattern,
  type FoldResult,
  IntegerType,
  type Operation,
  type PointCost,
  Pure,
  type RewritePattern,
  type TypeConstraint,
} from '@budflow/ir';
import { sameTypeAssembly } from '../assembly.js';
import {
  ArithmeticTensor,
  BitsTensor,
  FloatTensor,
  IntegerTensor,
  isRounded,
  NumericTensor,
  PowerTensor,
} from '../element-types.js';
import { fastmathAttribute } from '../fastmath.js';
import { interpretBinary } from '../interpret/elementwise.js';
import { interpretMul } from '../interpret/products.js';
import type { BinaryKind } from '../kinds.js';
import { binaryBody } from '../scalar-body.js';
import { isAllOnes, isExtreme, isSplat, splatOf } from '../splat.js';
import { elementwiseInterfaces, tensorType } from '../structure.js';
import { verifySameTypes } from '../verify-types.js';
import { NegOp } from './unary.js';

type Fold = (op: Operation, operands: readonly (Attribute | null)[]) => FoldResult | null;

interface BinaryOptions {
  readonly summary: string;
  readonly description?: string;
  readonly operands: TypeConstraint;
  readonly cost: PointCost | ((op: Operation) => PointCost);
  readonly element?: string;
  readonly commutative?: true;
  /** Lowered to arithmetic whose multiply-adds round as `contract` says. */
  readonly hasExpansion?: true;
  readonly fold: Fold;
  readonly patterns?: readonly RewritePattern[];
}

function defineBinary(kind: BinaryKind, options: BinaryOptions) {
  const element = options.element ?? 'f32';
  return defineOp({
    name: `array.${kind}`,
    summary: options.summary,
    description: options.description,
    example: `func.func @f(%x: tensor<4x?x${element}>, %y: tensor<4x?x${element}>) -> tensor<4x?x${element}> {
  %0 = array.${kind} %x, %y : tensor<4x?x${element}>
  return %0 : tensor<4x?x${element}>
}`,
    operands: { lhs: options.operands, rhs: options.operands },
    results: { result: options.operands },
    attributes: (options.hasExpansion
      ? { fastmath: fastmathAttribute, contract: contractSpec }
      : { fastmath: fastmathAttribute }) as { fastmath: typeof fastmathAttribute },
    traits: options.commutative ? [Pure, Commutative] : [Pure],
    interfaces: [
      ...elementwiseInterfaces(options.cost, (op, context) => binaryBody(kind, op, context)),
      kind === 'mul' ? interpretMul : interpretBinary(kind),
    ],
    assembly: sameTypeAssembly(2),
    inferTypes: (_, state) => [state.operands[0]!.type],
    verify: verifySameTypes,
    fold: options.fold,
    patterns: options.patterns,
  });
}

function isFloat(op: Operation): boolean {
  return isRounded(tensorType(op.result(0)).element);
}
function zero(op: Operation): Attribute | null {
  return splatOf(op.context, op.result(0).type, 0);
}

const CHEAP: PointCost = { flops: 1, expensive: false };

export const AddOp = defineBinary('add', {
  summary: 'Sum',
  description: 'Integers wrap; complex numbers part by part. For i1 there is `array.or` and `array.xor`.',
  operands: ArithmeticTensor,
  cost: CHEAP,
  commutative: true,
  // x + 0.0 is not x for x = -0.0; x + -0.0 is.
  fold: (op, [, rhs]) => (isSplat(rhs, isFloat(op) ? -0 : 0) ? op.operand(0) : null),
  patterns: [
    definePattern({
      name: 'add-of-negation',
      equation: 'x + -y == x - y',
      root: 'array.add',
      generates: ['array.sub'],
      rewrite(op, rewriter) {
        const inner = op.operand(1).definingOp;
        if (!inner || !NegOp.is(inner)) return false;
        rewriter.setInsertionPoint(op);
        const sub = SubOp.build(rewriter, op.loc, {
          lhs: op.operand(0),
          rhs: inner.operand(0),
          fastmath: AddOp.fastmath(op),
        });
        rewriter.replaceOp(op, [sub]);
        return true;
      },
    }),
  ],
});

export const SubOp = defineBinary('sub', {
  summary: 'Difference',
  description: 'Integers wrap.',
  operands: ArithmeticTensor,
  cost: CHEAP,
  fold(op, [, rhs]) {
    if (isSplat(rhs, 0)) return op.operand(0);
    // Not for floats: NaN - NaN is NaN, and so is inf - inf.
    return !isFloat(op) && op.operand(0) === op.operand(1) ? zero(op) : null;
  },
  patterns: [
    definePattern({
      name: 'subtraction-of-negation',
      equation: 'x - -y == x + y',
      root: 'array.sub',
      generates: ['array.add'],
      rewrite(op, rewriter) {
        const inner = op.operand(1).definingOp;
        if (!inner || !NegOp.is(inner)) return false;
        rewriter.setInsertionPoint(op);
        const sum = AddOp.build(rewriter, op.loc, {
          lhs: op.operand(0),
          rhs: inner.operand(0),
          fastmath: SubOp.fastmath(op),
        });
        rewriter.replaceOp(op, [sum]);
        return true;
      },
    }),
  ],
});

export const MulOp = defineBinary('mul', {
  summary: 'Product',
  description:
    'Integers wrap. Of complex numbers (ac - bd) + (ad + bc)i, every product and sum rounded; nothing special for infinities.',
  operands: ArithmeticTensor,
  cost: CHEAP,
  commutative: true,
  fold(op, [, rhs]) {
    if (isSplat(rhs, 1)) return op.operand(0);
    // Not for floats: NaN and infinity times zero are NaN, and -1 * 0 is -0.
    return !isFloat(op) && isSplat(rhs, 0) ? zero(op) : null;
  },
});

/** Integers are divided by a constant with a product and shifts. */
function divisionCost(general: PointCost): (op: Operation) => PointCost {
  return (op) => {
    const { element } = tensorType(op.result(0));
    const by = op.operand(1).definingOp;
    const isCheap = element instanceof IntegerType && element.width <= 32 && by?.name === 'array.constant';
    return isCheap ? { flops: general.flops, expensive: false } : general;
  };
}

export const DivOp = defineBinary('div', {
  summary: 'Quotient',
  description:
    "Integers truncate toward zero; x / 0 has all bits set (-1), the most negative value divided by -1 is itself. Complex numbers by Smith's method, scaled by the larger part of the divisor.",
  operands: ArithmeticTensor,
  cost: divisionCost({ flops: 5, expensive: true }),
  fold: (op, [, rhs]) => (isSplat(rhs, 1) ? op.operand(0) : null),
});

export const RemOp = defineBinary('rem', {
  summary: 'Remainder with the sign of the dividend',
  description: "Exact for floats (C's fmod). For integers x rem 0 is x.",
  operands: NumericTensor,
  cost: divisionCost({ flops: 8, expensive: true }),
  fold: (op, [, rhs]) => (!isFloat(op) && isSplat(rhs, 1) ? zero(op) : null),
});

export const MinOp = defineBinary('min', {
  summary: 'Minimum',
  description: 'NaN if either operand is NaN; -0 is less than +0.',
  operands: NumericTensor,
  cost: CHEAP,
  commutative: true,
  fold: (op, [, rhs]) => (op.operand(0) === op.operand(1) || isExtreme(rhs, 'greatest') ? op.operand(0) : null),
});

export const MaxOp = defineBinary('max', {
  summary: 'Maximum',
  description: 'NaN if either operand is NaN; -0 is less than +0.',
  operands: NumericTensor,
  cost: CHEAP,
  commutative: true,
  fold: (op, [, rhs]) => (op.operand(0) === op.operand(1) || isExtreme(rhs, 'least') ? op.operand(0) : null),
});

export const AndOp = defineBinary('and', {
  summary: 'Bitwise and',
  description: 'Bit by bit; on i1 the logical and.',
  operands: IntegerTensor,
  cost: CHEAP,
  element: 'i32',
  commutative: true,
  fold(op, [, rhs]) {
    if (op.operand(0) === op.operand(1) || isAllOnes(rhs)) return op.operand(0);
    return isSplat(rhs, 0) ? zero(op) : null;
  },
});

export const OrOp = defineBinary('or', {
  summary: 'Bitwise or',
  description: 'Bit by bit; on i1 the logical or.',
  operands: IntegerTensor,
  cost: CHEAP,
  element: 'i32',
  commutative: true,
  fold(op, [, rhs]) {
    if (op.operand(0) === op.operand(1) || isSplat(rhs, 0)) return op.operand(0);
    return isAllOnes(rhs) ? op.operand(1) : null;
  },
});

export const XorOp = defineBinary('xor', {
  summary: 'Bitwise exclusive or',
  description: 'Bit by bit; on i1 whether the operands differ.',
  operands: IntegerTensor,
  cost: CHEAP,
  element: 'i32',
  commutative: true,
  fold(op, [, rhs]) {
    if (isSplat(rhs, 0)) return op.operand(0);
    return op.operand(0) === op.operand(1) ? zero(op) : null;
  },
});

export const PowOp = defineBinary('pow', {
  summary: 'Power: the left operand to the power of the right',
  description:
    'Of a negative float only integral powers exist, others are NaN. The power 0 gives 1, and so do all powers of 1, also of and to NaN; zeros and infinities as in C. Integers wrap; a negative power of them is 0, unless the base is 1 or -1. Of complex numbers the principal value exp(w log z).',
  operands: PowerTensor,
  cost: { flops: 180, expensive: true },
  hasExpansion: true,
  fold: () => null,
});

export const Atan2Op = defineBinary('atan2', {
  summary: 'Angle of the point (y, x) = (left operand, right operand)',
  description:
    'In radians, from -pi to pi, in the quadrant that the signs of both operands say, also those of zeros: atan2(-0, -1) is -pi.',
  operands: FloatTensor,
  cost: { flops: 48, expensive: true },
  hasExpansion: true,
  fold: () => null,
});

/** x << 0 == x, and likewise to the right. */
const shiftByZero: Fold = (op, [, rhs]) => (isSplat(rhs, 0) ? op.operand(0) : null);
/** 0 << x == 0, and likewise to the right. */
const shiftOfZero: Fold = (op, [lhs, rhs]) =>
  isSplat(lhs, 0) ? zero(op) : shiftByZero(op, [lhs ?? null, rhs ?? null]);

export const ShlOp = defineBinary('shl', {
  summary: 'Shift to the left',
  description: 'The amount counts as unsigned; from the width on the result is 0.',
  operands: BitsTensor,
  cost: CHEAP,
  element: 'i32',
  fold: shiftOfZero,
});

export const ShrSOp = defineBinary('shr_s', {
  summary: 'Arithmetic shift to the right',
  description:
    'Copies the top bit, whatever the signedness of the type. The amount counts as unsigned; from the width on all bits are the top bit.',
  operands: BitsTensor,
  cost: CHEAP,
  element: 'i32',
  fold: shiftOfZero,
});

export const ShrUOp = defineBinary('shr_u', {
  summary: 'Logical shift to the right',
  description:
    'Fills with zeros, whatever the signedness of the type. The amount counts as unsigned; from the width on the result is 0.',
  operands: BitsTensor,
  cost: CHEAP,
  element: 'i32',
  fold: shiftOfZero,
});
