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

/** 0 / x == 0; x / x == 1. Of two constants, interpretation has the last word: it may trap. */
function quotientFold(op: Operation, lhs: Attribute | null, rhs: Attribute | null): Attribute | null {
  if (lhs !== null && rhs !== null) return null;
  if (op.operand(0) === op.operand(1) && isStaticLike(op.result(0).type)) return constantLike(op, 1);
  return foldDividedZero(lhs);
}
/** 0 % x == 0; x % x == 0; x % -1 == 0 for signs. */
function remainderFold(op: Operation, lhs: Attribute | null, rhs: Attribute | null): Attribute | null {
  if (lhs !== null && rhs !== null) return null;
  if (op.operand(0) === op.operand(1)) return zeroOf(op);
  if (op.name === 'arith.remsi' && isInteger(rhs, -1)) return zeroOf(op);
  return foldDividedZero(lhs);
}
/** 0 << x == 0, 0 >> x == 0, -1 >> x == -1 for signs. */
function shiftFold(op: Operation, lhs: Attribute | null, rhs: Attribute | null): Value | Attribute | null {
  if (isInteger(rhs, 0)) return op.operand(0); // x << 0 == x
  return rhs === null ? foldShiftedConstant(op, lhs) : null;
}

const sameOperands = (op: Operation): Value | null => (op.operand(0) === op.operand(1) ? op.operand(0) : null);

export const AddIOp = overflowOp('arith.addi', {
  summary: 'Integer addition; wraps.',
  description:
    'Sum modulo 2^n of operands of n bits, signed or not. `overflow<nsw>` and `overflow<nuw>` promise that it does not wrap as a signed or an unsigned number.',
  traits: [Commutative],
  // x + 0 == x
  fold: (op, _lhs, rhs) => (isInteger(rhs, 0) ? op.operand(0) : null),
  patterns: [...addiPatterns, ...addiIdentities],
});

export const SubIOp = overflowOp('arith.subi', {
  summary: 'Integer subtraction; wraps.',
  description:
    'Difference modulo 2^n of operands of n bits, signed or not. `overflow<nsw>` and `overflow<nuw>` promise that it does not wrap as a signed or an unsigned number.',
  fold(op, _lhs, rhs) {
    if (isInteger(rhs, 0)) return op.operand(0); // x - 0 == x
    if (op.operand(0) === op.operand(1)) return zeroOf(op); // x - x == 0
    return null;
  },
  patterns: [...subiPatterns, ...subiIdentities],
});

export const MulIOp = overflowOp('arith.muli', {
  summary: 'Integer multiplication; wraps.',
  description:
    'Product modulo 2^n of operands of n bits, signed or not. `overflow<nsw>` and `overflow<nuw>` promise that it does not wrap as a signed or an unsigned number.',
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
  fold: (op, lhs, rhs) => (isUnit(op, rhs) ? op.operand(0) : quotientFold(op, lhs, rhs)), // x / 1 == x
});
export const DivUIOp = divisionOp('arith.divui', nonZeroDivisor, {
  summary: 'Unsigned division. Undefined when the divisor is zero.',
  description:
    'Both operands are read as unsigned numbers; the quotient is rounded toward zero. It may be executed speculatively only when the divisor is known not to be zero.',
  fold: (op, lhs, rhs) => (isInteger(rhs, 1) ? op.operand(0) : quotientFold(op, lhs, rhs)),
});
export const CeilDivSIOp = divisionOp('arith.ceildivsi', safeSignedDivisor, {
  summary: 'Signed division, rounding toward positive infinity.',
  description:
    '`7 ceildiv 2` is 4, `-7 ceildiv 2` is -3. Undefined when the divisor is zero, and for the most negative value divided by -1.',
  fold: (op, lhs, rhs) => (isUnit(op, rhs) ? op.operand(0) : quotientFold(op, lhs, rhs)),
});
export const CeilDivUIOp = divisionOp('arith.ceildivui', nonZeroDivisor, {
  summary: 'Unsigned division, rounding up.',
  description: 'Both operands are read as unsigned numbers; `7 ceildiv 2` is 4. Undefined when the divisor is zero.',
  fold: (op, lhs, rhs) => (isInteger(rhs, 1) ? op.operand(0) : quotientFold(op, lhs, rhs)),
});
export const FloorDivSIOp = divisionOp('arith.floordivsi', safeSignedDivisor, {
  summary: 'Signed division, rounding toward negative infinity.',
  description:
    '`7 floordiv 2` is 3, `-7 floordiv 2` is -4. Undefined when the divisor is zero, and for the most negative value divided by -1.',
  fold: (op, lhs, rhs) => (isUnit(op, rhs) ? op.operand(0) : quotientFold(op, lhs, rhs)),
});
export const RemSIOp = divisionOp('arith.remsi', safeSignedDivisor, {
  summary: 'Signed remainder, with the sign of the dividend.',
  description: 'Undefined where arith.divsi is.',
  fold: (op, lhs, rhs) => (isUnit(op, rhs) ? zeroOf(op) : remainderFold(op, lhs, rhs)),
});
export const RemUIOp = divisionOp('arith.remui', nonZeroDivisor, {
  summary: 'Unsigned remainder. Undefined when the divisor is zero.',
  description: 'Both operands are read as unsigned numbers: `lhs - (lhs divui rhs) * rhs`.',
  fold: (op, lhs, rhs) => (isInteger(rhs, 1) ? zeroOf(op) : remainderFold(op, lhs, rhs)),
});

export const AndIOp = integerOp('arith.andi', {
  summary: 'Bitwise and.',
  description: 'Bit by bit; on i1 the logical and. Both operands are evaluated.',
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
  description: 'Bit by bit; on i1 the logical or. Both operands are evaluated.',
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
  description: 'Bit by bit; on i1 whether the operands differ. With all ones as one operand it is the complement.',
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
  description: 'The amount is read as an unsigned number; zeros come in from the right.',
  fold: shiftFold,
  patterns: shiftIdentities('arith.shli'),
});
export const ShRSIOp = shiftOp('arith.shrsi', {
  summary: 'Arithmetic right shift. Undefined for amounts of the width and more.',
  description:
    'The amount is read as an unsigned number; copies of the sign come in from the left, so that the result is rounded toward negative infinity.',
  fold: shiftFold,
  patterns: shiftIdentities('arith.shrsi'),
});
export const ShRUIOp = shiftOp('arith.shrui', {
  summary: 'Logical right shift. Undefined for amounts of the width and more.',
  description: 'The amount is read as an unsigned number; zeros come in from the left.',
  fold: shiftFold,
  patterns: shiftIdentities('arith.shrui'),
});

/** max(x, least) == x, max(x, greatest) == greatest, max(x, x) == x; the same for min, the other way round. */
function signedExtremeFold(neutral: 'least' | 'greatest') {
  return (op: Operation, _lhs: Attribute | null, rhs: Attribute | null): Value | Attribute | null => {
    if (isSignedExtreme(op, rhs, neutral)) return op.operand(0);
    if (isSignedExtreme(op, rhs, neutral === 'least' ? 'greatest' : 'least')) return rhs;
    return sameOperands(op);
  };
}

export const MaxSIOp = integerOp('arith.maxsi', {
  summary: 'Signed maximum.',
  description: "The greater of the operands, read as signed numbers in two's complement.",
  traits: [Commutative],
  fold: signedExtremeFold('least'),
  patterns: extremeIdentities('arith.maxsi', 'arith.minsi'),
});
export const MaxUIOp = integerOp('arith.maxui', {
  summary: 'Unsigned maximum.',
  description: 'The greater of the operands, read as unsigned numbers.',
  traits: [Commutative],
  fold: (op, _lhs, rhs) => (isInteger(rhs, 0) ? op.operand(0) : isInteger(rhs, -1) ? rhs : sameOperands(op)),
  patterns: extremeIdentities('arith.maxui', 'arith.minui'),
});
export const MinSIOp = integerOp('arith.minsi', {
  summary: 'Signed minimum.',
  description: "The smaller of the operands, read as signed numbers in two's complement.",
  traits: [Commutative],
  fold: signedExtremeFold('greatest'),
  patterns: extremeIdentities('arith.minsi', 'arith.maxsi'),
});
export const MinUIOp = integerOp('arith.minui', {
  summary: 'Unsigned minimum.',
  description: 'The smaller of the operands, read as unsigned numbers.',
  traits: [Commutative],
  fold: (op, _lhs, rhs) => (isInteger(rhs, -1) ? op.operand(0) : isInteger(rhs, 0) ? rhs : sameOperands(op)),
  patterns: extremeIdentities('arith.minui', 'arith.maxui'),
});
