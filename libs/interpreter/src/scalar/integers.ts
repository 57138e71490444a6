// Integer arithmetic on scalars as `arith` defines it, undefined behaviour trapped, and as the array dialects define
// it (StableHLO's semantics), with no undefined case.
import { IndexType, type IntegerType, type Type } from '@budflow/ir';
import { narrowInteger } from '@budflow/numerics';
import { isBigType, toIndex } from '../element.js';
import { RuntimeTrap } from '../trap.js';

/** Names of arith's integer ops with two operands. */
export type IntegerOp =
  | 'addi'
  | 'subi'
  | 'muli'
  | 'divsi'
  | 'divui'
  | 'ceildivsi'
  | 'ceildivui'
  | 'floordivsi'
  | 'remsi'
  | 'remui'
  | 'andi'
  | 'ori'
  | 'xori'
  | 'shli'
  | 'shrsi'
  | 'shrui'
  | 'maxsi'
  | 'maxui'
  | 'minsi'
  | 'minui';

export const INTEGER_PREDICATES = ['eq', 'ne', 'slt', 'sle', 'sgt', 'sge', 'ult', 'ule', 'ugt', 'uge'] as const;
export type IntegerPredicate = (typeof INTEGER_PREDICATES)[number];

export type NumberBinary = (a: number, b: number) => number;
export type BigBinary = (a: bigint, b: bigint) => bigint;
export type ScalarBinary = NumberBinary | BigBinary;

function divisionByZero(): RuntimeTrap {
  return new RuntimeTrap('DivisionByZero', 'integer division by zero');
}
function divisionOverflow(): RuntimeTrap {
  return new RuntimeTrap('Undefined', 'signed division overflow: the most negative value divided by -1');
}
function shiftTooFar(amount: number | bigint, width: number): RuntimeTrap {
  return new RuntimeTrap('Undefined', `shift by ${amount} of a value of ${width} bits`);
}

/** Whether the scalar form of a type is signed: all but i1 and ui*. */
export function isSignedForm(type: IntegerType): boolean {
  return type.signedness !== 'unsigned' && !(type.width === 1 && type.signedness === 'signless');
}

/** On integers of up to 32 bits. */
function narrowBinary(op: IntegerOp, width: number, signed: boolean): NumberBinary {
  const unused = 32 - width;
  const { wrap: wrapMethod } = narrowInteger(width, { signed });
  const wrap = wrapMethod.bind(narrowInteger(width, { signed }));
  const s = (x: number) => (x << unused) >> unused;
  const z = (x: number) => (x << unused) >>> unused;
  const full = width === 32 && signed;
  const least = width === 32 ? -2147483648 : -(2 ** (width - 1));
  const divided = (a: number, b: number): number => {
    const y = s(b);
    if (y === 0) throw divisionByZero();
    if (y === -1 && s(a) === least) throw divisionOverflow();
    return s(a) / y;
  };
  const amount = (b: number): number => {
    const n = z(b);
    if (n >= width) throw shiftTooFar(n, width);
    return n;
  };
  const nonZero = (b: number): number => {
    const y = z(b);
    if (y === 0) throw divisionByZero();
    return y;
  };
  switch (op) {
    case 'addi':
      return full ? (a, b) => (a + b) | 0 : (a, b) => wrap(a + b);
    case 'subi':
      return full ? (a, b) => (a - b) | 0 : (a, b) => wrap(a - b);
    case 'muli':
      return full ? Math.imul : (a, b) => wrap(Math.imul(a, b));
    // Quotients of 32-bit integers keep their distance from the next integer in a double: rounding is safe.
    case 'divsi':
      return (a, b) => wrap(Math.trunc(divided(a, b)));
    case 'divui':
      return (a, b) => wrap(Math.floor(z(a) / nonZero(b)));
    case 'ceildivsi':
      return (a, b) => wrap(Math.ceil(divided(a, b)));
    case 'ceildivui':
      return (a, b) => wrap(Math.ceil(z(a) / nonZero(b)));
    case 'floordivsi':
      return (a, b) => wrap(Math.floor(divided(a, b)));
    case 'remsi':
      return (a, b) => {
        divided(a, b);
        return wrap(s(a) % s(b));
      };
    case 'remui':
      return (a, b) => wrap(z(a) % nonZero(b));
    case 'andi':
      return (a, b) => wrap(a & b);
    case 'ori':
      return (a, b) => wrap(a | b);
    case 'xori':
      return (a, b) => wrap(a ^ b);
    case 'shli':
      return (a, b) => wrap(a << amount(b));
    case 'shrsi':
      return (a, b) => wrap(s(a) >> amount(b));
    case 'shrui':
      return (a, b) => wrap(z(a) >>> amount(b));
    case 'maxsi':
      return (a, b) => (s(a) > s(b) ? a : b);
    case 'maxui':
      return (a, b) => (z(a) > z(b) ? a : b);
    case 'minsi':
      return (a, b) => (s(a) < s(b) ? a : b);
    case 'minui':
      return (a, b) => (z(a) < z(b) ? a : b);
  }
}

/** On wider integers, as bigints. */
function wideBinary(op: IntegerOp, width: number, signed: boolean): BigBinary {
  const s = (x: bigint) => BigInt.asIntN(width, x);
  const z = (x: bigint) => BigInt.asUintN(width, x);
  const wrap = signed ? s : z;
  const least = -(1n << BigInt(width - 1));
  const checkDivision = (a: bigint, b: bigint) => {
    if (b === 0n) throw divisionByZero();
    if (s(b) === -1n && s(a) === least) throw divisionOverflow();
  };
  const nonZero = (b: bigint): bigint => {
    if (b === 0n) throw divisionByZero();
    return z(b);
  };
  const amount = (b: bigint): bigint => {
    const n = z(b);
    if (n >= BigInt(width)) throw shiftTooFar(n, width);
    return n;
  };
  switch (op) {
    case 'addi':
      return (a, b) => wrap(a + b);
    case 'subi':
      return (a, b) => wrap(a - b);
    case 'muli':
      return (a, b) => wrap(a * b);
    case 'divsi':
      return (a, b) => {
        checkDivision(a, b);
        return wrap(s(a) / s(b));
      };
    case 'divui':
      return (a, b) => wrap(z(a) / nonZero(b));
    case 'ceildivsi':
      return (a, b) => {
        checkDivision(a, b);
        return wrap(-floorDivide(-s(a), s(b)));
      };
    case 'ceildivui':
      return (a, b) => wrap(-floorDivide(-z(a), nonZero(b)));
    case 'floordivsi':
      return (a, b) => {
        checkDivision(a, b);
        return wrap(floorDivide(s(a), s(b)));
      };
    case 'remsi':
      return (a, b) => {
        checkDivision(a, b);
        return wrap(s(a) % s(b));
      };
    case 'remui':
      return (a, b) => wrap(z(a) % nonZero(b));
    case 'andi':
      return (a, b) => a & b;
    case 'ori':
      return (a, b) => a | b;
    case 'xori':
      return (a, b) => a ^ b;
    case 'shli':
      return (a, b) => wrap(a << amount(b));
    case 'shrsi':
      return (a, b) => wrap(s(a) >> amount(b));
    case 'shrui':
      return (a, b) => wrap(z(a) >> amount(b));
    case 'maxsi':
      return (a, b) => (s(a) > s(b) ? a : b);
    case 'maxui':
      return (a, b) => (z(a) > z(b) ? a : b);
    case 'minsi':
      return (a, b) => (s(a) < s(b) ? a : b);
    case 'minui':
      return (a, b) => (z(a) < z(b) ? a : b);
  }
}

function floorDivide(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? q - 1n : q;
}

/** Index is a 64-bit integer held in a number: exact inside 2^53, trapped when a result leaves that. */
function indexBinary(op: IntegerOp): NumberBinary {
  const wide = wideBinary(op, 64, true);
  const slow: NumberBinary = (a, b) => toIndex(wide(BigInt(a), BigInt(b)));
  const safe = Number.isSafeInteger;
  switch (op) {
    case 'addi':
      return (a, b) => (safe(a + b) ? a + b : slow(a, b));
    case 'subi':
      return (a, b) => (safe(a - b) ? a - b : slow(a, b));
    case 'muli':
      return (a, b) => (safe(a * b) ? a * b + 0 : slow(a, b));
    case 'divsi':
    case 'divui':
      return (a, b) => (b > 0 && a >= 0 ? (a - (a % b)) / b : slow(a, b));
    case 'remsi':
    case 'remui':
      return (a, b) => (b > 0 && a >= 0 ? a % b : slow(a, b));
    case 'floordivsi':
    case 'ceildivsi':
    case 'ceildivui':
      return slow;
    case 'maxsi':
      return (a, b) => (a > b ? a : b);
    case 'minsi':
      return (a, b) => (a < b ? a : b);
    case 'maxui':
      return (a, b) => (a >= 0 && b >= 0 ? (a > b ? a : b) : slow(a, b));
    case 'minui':
      return (a, b) => (a >= 0 && b >= 0 ? (a < b ? a : b) : slow(a, b));
    case 'andi':
      return (a, b) => (isInt32(a) && isInt32(b) ? a & b : slow(a, b));
    case 'ori':
      return (a, b) => (isInt32(a) && isInt32(b) ? a | b : slow(a, b));
    case 'xori':
      return (a, b) => (isInt32(a) && isInt32(b) ? a ^ b : slow(a, b));
    case 'shli':
    case 'shrsi':
    case 'shrui':
      return slow;
  }
}

function isInt32(x: number): boolean {
  return (x | 0) === x;
}

/** An integer op of `arith` on scalars of an integer or index type. */
export function integerBinary(op: IntegerOp, type: Type): ScalarBinary {
  if (type instanceof IndexType) return indexBinary(op);
  const integer = type as IntegerType;
  return isBigType(type)
    ? wideBinary(op, integer.width, isSignedForm(integer))
    : narrowBinary(op, integer.width, isSignedForm(integer));
}

/** `arith.cmpi` on scalars; gives 0 or 1. */
export function integerCompare(
  predicate: IntegerPredicate,
  type: Type,
): (a: number | bigint, b: number | bigint) => number {
  type Any = number | bigint;
  const unsigned = predicate.startsWith('u');
  let view: ((x: Any) => Any) | null = null;
  if (type instanceof IndexType) {
    // Non-negative numbers compare alike either way; a negative one is huge as unsigned.
    if (unsigned) view = (x) => ((x as number) < 0 ? BigInt.asUintN(64, BigInt(x)) : x);
  } else {
    const { width } = type as IntegerType;
    if (isBigType(type))
      view = unsigned ? (x) => BigInt.asUintN(width, x as bigint) : (x) => BigInt.asIntN(width, x as bigint);
    else {
      const unused = 32 - width;
      if (unsigned) view = (x) => ((x as number) << unused) >>> unused;
      else if (!isSignedForm(type as IntegerType)) view = (x) => ((x as number) << unused) >> unused;
    }
  }
  const compare = comparison(predicate);
  if (view === null || predicate === 'eq' || predicate === 'ne') return compare;
  const v = view;
  return (a, b) => compare(v(a), v(b));
}

function comparison(predicate: IntegerPredicate): (a: number | bigint, b: number | bigint) => number {
  switch (predicate) {
    case 'eq':
      return (a, b) => (a === b ? 1 : 0);
    case 'ne':
      return (a, b) => (a !== b ? 1 : 0);
    case 'slt':
    case 'ult':
      return (a, b) => (a < b ? 1 : 0);
    case 'sle':
    case 'ule':
      return (a, b) => (a <= b ? 1 : 0);
    case 'sgt':
    case 'ugt':
      return (a, b) => (a > b ? 1 : 0);
    case 'sge':
    case 'uge':
      return (a, b) => (a >= b ? 1 : 0);
  }
}

/** Sum, product or carry of `arith.addui_extended`, `mulsi_extended` and `mului_extended`. */
export function integerExtended(
  op: 'addui' | 'mulsi' | 'mului',
  type: Type,
): (a: number | bigint, b: number | bigint) => [number | bigint, number | bigint] {
  const width = type instanceof IndexType ? 64 : (type as IntegerType).width;
  const back = fromBigInt(type);
  return (a, b) => {
    if (op === 'addui') {
      const sum = BigInt.asUintN(width, BigInt(a)) + BigInt.asUintN(width, BigInt(b));
      return [back(sum), sum >> BigInt(width) ? 1 : 0];
    }
    const view = op === 'mulsi' ? BigInt.asIntN : BigInt.asUintN;
    const product = view(width, BigInt(a)) * view(width, BigInt(b));
    return [back(product), back(product >> BigInt(width))];
  };
}

/** A bigint wrapped into a scalar of an integer or index type. */
export function fromBigInt(type: Type): (x: bigint) => number | bigint {
  if (type instanceof IndexType) return (x) => toIndex(BigInt.asIntN(64, x));
  const integer = type as IntegerType;
  const wrap = isSignedForm(integer) ? BigInt.asIntN : BigInt.asUintN;
  return isBigType(type) ? (x) => wrap(integer.width, x) : (x) => Number(wrap(integer.width, x));
}

export type IntegerUnary = 'absi' | 'ctlz' | 'cttz' | 'ctpop';

/** `math`'s integer functions of one operand. */
export function integerUnary(op: IntegerUnary, type: Type): (a: number | bigint) => number | bigint {
  const width = type instanceof IndexType ? 64 : (type as IntegerType).width;
  const back = fromBigInt(type);
  if (op === 'absi') {
    return (a) => {
      const x = BigInt.asIntN(width, BigInt(a));
      return back(x < 0n ? -x : x);
    };
  }
  return (a) => {
    const bits = BigInt.asUintN(width, BigInt(a)).toString(2).padStart(width, '0');
    if (op === 'ctpop') return back(BigInt(bits.split('1').length - 1));
    const one = op === 'ctlz' ? bits.indexOf('1') : bits.length - 1 - bits.lastIndexOf('1');
    return back(BigInt(bits.includes('1') ? one : width));
  };
}

/** `math.ipowi`: wrapping; a negative exponent gives the integer part of the reciprocal, of 0 a trap. */
export function integerPower(type: Type): (a: number | bigint, b: number | bigint) => number | bigint {
  const width = type instanceof IndexType ? 64 : (type as IntegerType).width;
  const back = fromBigInt(type);
  return (a, b) => {
    const base = BigInt.asIntN(width, BigInt(a));
    let exponent = BigInt.asIntN(width, BigInt(b));
    if (exponent < 0n) {
      if (base === 0n) throw divisionByZero();
      if (base === 1n || base === -1n) return back(exponent & 1n ? base : 1n);
      return back(0n);
    }
    let result = 1n;
    for (let square = base; exponent > 0n; exponent >>= 1n) {
      if (exponent & 1n) result = BigInt.asIntN(width, result * square);
      square = BigInt.asIntN(width, square * square);
    }
    return back(result);
  };
}
