// Integer arithmetic. Values wrap; what arith leaves undefined traps in the interpreter.
import { type Attribute, Commutative, type Operation, type Value } from '@budflow/ir';
import { constantLike, isInteger } from '../support/constants.js';
import { elementWidth, isStaticLike } from '../support/types.js';
import { divisionOp, integerOp, nonZeroDivisor, overflowOp, safeSignedDivisor, shiftOp } from './define.js';
import {
  addiIdentities,
  andiIdentities,
  extremeIdentities,
  foldDividedZero,
  foldShiftedConstant,
  isSignedExtreme,
  oriIdentities,
  shiftIdentities,
  subiIdentities,
  xoriIdentities,
} from './integer-identities.js';
import { addiPatterns, bitwisePatterns, muliPatterns, subiPatterns, xoriPatterns } from './integer-patterns.js';

/** Zero of the result's type; null where no constant has it (dynamic shapes). */
function zeroOf(op: Operation): Attribute | null {
  return isStaticLike(op.result(0).type) ? constantLike(op, 0) : null;
}

/** The constant 1 as a signed value: not of i1, where that bit pattern is -1. */
function isUnit(op: Operation, rhs: Attribute | null): boolean {
  return isInteger(rhs, 1) && elementWidth(op.result(0).type) > 1;
}

/** 0 / x == 0; x / x == 1, where 1 is the quotient of -1 by itself in one bit too. */
function quotientFold(op: Operation, lhs: Attribute | null): Attribute | null {
  if (op.operand(0) === op.operand(1) && isStaticLike(op.result(0).type)) return constantLike(op, 1);
  return foldDividedZero(lhs);
}
/** 0 % x == 0; x % x == 0. */
function remainderFold(op: Operation, lhs: Attribute | null): Attribute | null {
  return op.operand(0) === op.operand(1) ? zeroOf(op) : foldDividedZero(lhs);
}

const sameOperands = (op: Operation): Value | null => (op.operand(0) === op.operand(1) ? op.operand(0) : null);

export const AddIOp = overflowOp('arith.addi', {
  summary: 'Integer addition; wraps.',
  traits: [Commutative],
  // x + 0 == x
  fold: (op, _lhs, rhs) => (isInteger(rhs, 0) ? op.operand(0) : null),
  patterns: [...addiPatterns, ...addiIdentities],
});

export const SubIOp = overflowOp('arith.subi', {
  summary: 'Integer subtraction; wraps.',
  fold(op, _lhs, rhs) {
    if (isInteger(rhs, 0)) return op.operand(0); // x - 0 == x
    if (op.operand(0) === op.operand(1)) return zeroOf(op); // x - x == 0
    return null;
  },
  patterns: [...subiPatterns, ...subiIdentities],
});

export const MulIOp = overflowOp('arith.muli', {
  summary: 'Integer multiplication; wraps.',
  traits: [Commutative],
  fold(op, _lhs, rhs) {
    if (isInteger(rhs, 1)) return op.operand(0); // x * 1 == x
    if (isInteger(rhs, 0)) return rhs; // x * 0 == 0
    return null;
  },
  patterns: muliPatterns,
});

export const DivSIOp = divisionOp('arith.divsi', safeSignedDivisor, {
  summary: 'Signed division, rounding toward zero.',
  description: 'Undefined when the divisor is zero, or -1 with the most negative dividend.',
  fold: (op, lhs, rhs) => (isUnit(op, rhs) ? op.operand(0) : quotientFold(op, lhs)), // x / 1 == x
});
export const DivUIOp = divisionOp('arith.divui', nonZeroDivisor, {
  summary: 'Unsigned division. Undefined when the divisor is zero.',
  fold: (op, lhs, rhs) => (isInteger(rhs, 1) ? op.operand(0) : quotientFold(op, lhs)),
});
export const CeilDivSIOp = divisionOp('arith.ceildivsi', safeSignedDivisor, {
  summary: 'Signed division, rounding toward positive infinity.',
  fold: (op, lhs, rhs) => (isUnit(op, rhs) ? op.operand(0) : quotientFold(op, lhs)),
});
export const CeilDivUIOp = divisionOp('arith.ceildivui', nonZeroDivisor, {
  summary: 'Unsigned division, rounding up.',
  fold: (op, lhs, rhs) => (isInteger(rhs, 1) ? op.operand(0) : quotientFold(op, lhs)),
});
export const FloorDivSIOp = divisionOp('arith.floordivsi', safeSignedDivisor, {
  summary: 'Signed division, rounding toward negative infinity.',
  fold: (op, lhs, rhs) => (isUnit(op, rhs) ? op.operand(0) : quotientFold(op, lhs)),
});
export const RemSIOp = divisionOp('arith.remsi', safeSignedDivisor, {
  summary: 'Signed remainder, with the sign of the dividend.',
  description: 'Undefined where arith.divsi is.',
  // x % 1 == 0, x % -1 == 0
  fold: (op, lhs, rhs) => (isUnit(op, rhs) || isInteger(rhs, -1) ? zeroOf(op) : remainderFold(op, lhs)),
});
export const RemUIOp = divisionOp('arith.remui', nonZeroDivisor, {
  summary: 'Unsigned remainder. Undefined when the divisor is zero.',
  fold: (op, lhs, rhs) => (isInteger(rhs, 1) ? zeroOf(op) : remainderFold(op, lhs)),
});

export const AndIOp = integerOp('arith.andi', {
  summary: 'Bitwise and.',
  traits: [Commutative],
  fold(op, _lhs, rhs) {
    if (isInteger(rhs, 0)) return rhs; // x & 0 == 0
    if (isInteger(rhs, -1) || op.operand(0) === op.operand(1)) return op.operand(0); // x & -1 == x, x & x == x
    return null;
  },
  patterns: [...bitwisePatterns('arith.andi'), ...andiIdentities],
});
export const OrIOp = integerOp('arith.ori', {
  summary: 'Bitwise or.',
  traits: [Commutative],
  fold(op, _lhs, rhs) {
    if (isInteger(rhs, -1)) return rhs; // x | -1 == -1
    if (isInteger(rhs, 0) || op.operand(0) === op.operand(1)) return op.operand(0); // x | 0 == x, x | x == x
    return null;
  },
  patterns: [...bitwisePatterns('arith.ori'), ...oriIdentities],
});
export const XOrIOp = integerOp('arith.xori', {
  summary: 'Bitwise exclusive or.',
  traits: [Commutative],
  fold(op, _lhs, rhs) {
    if (isInteger(rhs, 0)) return op.operand(0); // x ^ 0 == x
    if (op.operand(0) === op.operand(1)) return zeroOf(op); // x ^ x == 0
    // (x ^ y) ^ y == x
    for (const [side, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const inner = op.operand(side).definingOp;
      if (inner?.name !== 'arith.xori') continue;
      if (inner.operand(1) === op.operand(other)) return inner.operand(0);
      if (inner.operand(0) === op.operand(other)) return inner.operand(1);
    }
    return null;
  },
  patterns: [...xoriPatterns, ...xoriIdentities],
});

export const ShLIOp = shiftOp('arith.shli', {
  summary: 'Left shift. Undefined for amounts of the width and more.',
  fold: (op, lhs, rhs) => (isInteger(rhs, 0) ? op.operand(0) : foldShiftedConstant(op, lhs)),
  patterns: shiftIdentities('arith.shli'),
});
export const ShRSIOp = shiftOp('arith.shrsi', {
  summary: 'Arithmetic right shift. Undefined for amounts of the width and more.',
  fold: (op, lhs, rhs) => (isInteger(rhs, 0) ? op.operand(0) : foldShiftedConstant(op, lhs)),
  patterns: shiftIdentities('arith.shrsi'),
});
export const ShRUIOp = shiftOp('arith.shrui', {
  summary: 'Logical right shift. Undefined for amounts of the width and more.',
  fold: (op, lhs, rhs) => (isInteger(rhs, 0) ? op.operand(0) : foldShiftedConstant(op, lhs)),
  patterns: shiftIdentities('arith.shrui'),
});

export const MaxSIOp = integerOp('arith.maxsi', {
  summary: 'Signed maximum.',
  traits: [Commutative],
  fold: sameOperands,
});
export const MaxUIOp = integerOp('arith.maxui', {
  summary: 'Unsigned maximum.',
  traits: [Commutative],
  fold: (op, _lhs, rhs) => (isInteger(rhs, 0) ? op.operand(0) : isInteger(rhs, -1) ? rhs : sameOperands(op)),
});
export const MinSIOp = integerOp('arith.minsi', {
  summary: 'Signed minimum.',
  traits: [Commutative],
  fold: sameOperands,
});
export const MinUIOp = integerOp('arith.minui', {
  summary: 'Unsigned minimum.',
  traits: [Commutative],
  fold: (op, _lhs, rhs) => (isInteger(rhs, -1) ? op.operand(0) : isInteger(rhs, 0) ? rhs : sameOperands(op)),
});
