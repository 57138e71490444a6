// Builders of scalar (or vector, or tensor) computations by name and element type, with the semantics of the array
// dialects: floats round once and propagate NaN; integers wrap, x / 0 is -1 (all ones), x rem 0 is x, the most negative
// value divided by -1 is itself, shifts past the width shift everything out. On i1 (booleans) add and max are or, mul
// and min are and. Where arith leaves a case undefined, its operands are replaced first, so nothing here ever traps.

import type { FloatPredicate, IntegerPredicate } from '@budflow/interpreter';
import {
  type Attribute,
  type Builder,
  ComplexType,
  elementTypeOf,
  IndexType,
  InternalError,
  type LocationRef,
  Operation,
  type Value,
} from '@budflow/ir';
import { fastmathSpec } from '../arith/attributes.js';
import { CmpFOp, CmpIOp } from '../arith/compare.js';
import { buildConstant } from '../arith/constant.js';
import { SelectOp } from '../arith/select.js';
import { COMPLEX_FUNCTIONS } from '../complex/functions.js';
import { constantOperand, integerOf } from '../support/constants.js';
import { elementWidth } from '../support/types.js';
import { type IntegerSignedness, isBoolLike, isComplexLike, isFloatLike } from './types.js';

export const BINARY_KINDS = [
  'add',
  'sub',
  'mul',
  'div',
  'rem',
  'min',
  'max',
  'pow',
  'atan2',
  'and',
  'or',
  'xor',
  'shl',
  'shr_s',
  'shr_u',
] as const;
export type BinaryKind = (typeof BINARY_KINDS)[number];

export interface BuildOptions {
  /** How integers are meant; default signed. Has no effect on floats and i1. */
  readonly signedness?: IntegerSignedness;
  /** FastMath bits for the float ops built. */
  readonly fastmath?: number;
  /** Rounding of the multiply-adds inside a math function's expansion. */
  readonly contract?: 'exact' | 'relaxed' | undefined;
}

/** An op of one result by name, on operands of the result's type. */
export function buildNamed(
  builder: Builder,
  loc: LocationRef,
  name: string,
  operands: readonly Value[],
  options: BuildOptions = {},
): Value {
  const { context } = builder;
  const attributes: [string, Attribute][] = [];
  if (options.fastmath) attributes.push(['fastmath', fastmathSpec.make(context, options.fastmath)]);
  if (options.contract) attributes.push(['contract', context.stringAttr(options.contract)]);
  const types = [operands[0]!.type];
  return builder
    .insert(Operation.create(context.opInfo(name), loc, operands, types, context.dictionary(attributes)))
    .result(0);
}

const FLOAT_OPS: Partial<Record<BinaryKind, string>> = {
  add: 'arith.addf',
  sub: 'arith.subf',
  mul: 'arith.mulf',
  div: 'arith.divf',
  rem: 'arith.remf',
  min: 'arith.minimumf',
  max: 'arith.maximumf',
  pow: 'math.powf',
  atan2: 'math.atan2',
};
/** Ops of the complex dialect by the same names. */
const COMPLEX_BINARY: ReadonlySet<string> = new Set(['add', 'sub', 'mul', 'div', 'pow']);
const COMPLEX_UNARY: ReadonlySet<string> = new Set([...COMPLEX_FUNCTIONS, 'neg', 'conj']);

/** Functions of complex numbers round every product and sum. */
function withoutContract({ fastmath }: BuildOptions): BuildOptions {
  return fastmath === undefined ? {} : { fastmath };
}

const BOOL_OPS: Partial<Record<BinaryKind, string>> = {
  add: 'arith.ori',
  max: 'arith.ori',
  or: 'arith.ori',
  mul: 'arith.andi',
  min: 'arith.andi',
  and: 'arith.andi',
  sub: 'arith.xori',
  xor: 'arith.xori',
};
const PLAIN_INTEGER_OPS: Partial<Record<BinaryKind, string>> = {
  add: 'arith.addi',
  sub: 'arith.subi',
  mul: 'arith.muli',
  and: 'arith.andi',
  or: 'arith.ori',
  xor: 'arith.xori',
};

/** `lhs kind rhs` on two values of one type; see the head of this file for the semantics. */
export function buildBinary(
  kind: BinaryKind,
  builder: Builder,
  loc: LocationRef,
  lhs: Value,
  rhs: Value,
  options: BuildOptions = {},
): Value {
  const { type } = lhs;
  if (isComplexLike(type)) {
    if (!COMPLEX_BINARY.has(kind)) throw new InternalError(`buildBinary: '${kind}' is not defined on ${type}`);
    return buildNamed(builder, loc, `complex.${kind}`, [lhs, rhs], withoutContract(options));
  }
  if (isFloatLike(type)) {
    const name = FLOAT_OPS[kind];
    if (!name) throw new InternalError(`buildBinary: '${kind}' is not defined on ${type}`);
    return buildNamed(builder, loc, name, [lhs, rhs], options);
  }
  const operation = (name: string, a: Value, b: Value): Value => buildNamed(builder, loc, name, [a, b]);
  if (isBoolLike(type) && BOOL_OPS[kind]) return operation(BOOL_OPS[kind], lhs, rhs);
  const plain = PLAIN_INTEGER_OPS[kind];
  if (plain) return operation(plain, lhs, rhs);
  const unsigned = options.signedness === 'unsigned' || isBoolLike(type);
  switch (kind) {
    case 'min':
      return operation(unsigned ? 'arith.minui' : 'arith.minsi', lhs, rhs);
    case 'max':
      return operation(unsigned ? 'arith.maxui' : 'arith.maxsi', lhs, rhs);
    case 'div':
    case 'rem':
      return buildDivision(kind, builder, loc, lhs, rhs, unsigned);
    case 'shl':
    case 'shr_u':
    case 'shr_s':
      return buildShift(kind, builder, loc, lhs, rhs);
    case 'pow':
      return buildIntegerPower(builder, loc, lhs, rhs, unsigned);
    default:
      throw new InternalError(`buildBinary: '${kind}' is not defined on ${type}`);
  }
}

function buildDivision(
  kind: 'div' | 'rem',
  builder: Builder,
  loc: LocationRef,
  lhs: Value,
  rhs: Value,
  unsigned: boolean,
): Value {
  const { type } = lhs;
  const name = kind === 'div' ? (unsigned ? 'arith.divui' : 'arith.divsi') : unsigned ? 'arith.remui' : 'arith.remsi';
  const known = integerOf(constantOperand(rhs));
  const harmless = known !== null && Number(known) !== 0 && (unsigned || Number(known) !== -1);
  if (harmless) return buildNamed(builder, loc, name, [lhs, rhs]);
  const constant = (value: number | bigint): Value => buildConstant(builder, loc, type, value);
  const isZero = buildCompare('eq', builder, loc, rhs, constant(0));
  let unsafe = isZero;
  // The least index is beyond what the interpreter holds, and no index program divides it.
  if (!unsigned && !(elementTypeOf(type) instanceof IndexType)) {
    const least = buildCompare('eq', builder, loc, lhs, constant(-(1n << BigInt(elementWidth(type) - 1))));
    const minusOne = buildCompare('eq', builder, loc, rhs, constant(-1));
    unsafe = buildNamed(builder, loc, 'arith.ori', [isZero, buildNamed(builder, loc, 'arith.andi', [least, minusOne])]);
  }
  // Division by 1 gives min / -1 == min and min rem -1 == 0 right away.
  const divisor = SelectOp.build(builder, loc, { condition: unsafe, trueValue: constant(1), falseValue: rhs });
  const result = buildNamed(builder, loc, name, [lhs, divisor]);
  return SelectOp.build(builder, loc, {
    condition: isZero,
    trueValue: kind === 'div' ? constant(-1) : lhs,
    falseValue: result,
  });
}

function buildShift(
  kind: 'shl' | 'shr_u' | 'shr_s',
  builder: Builder,
  loc: LocationRef,
  lhs: Value,
  rhs: Value,
): Value {
  const { type } = lhs;
  const width = elementWidth(type);
  const name = { shl: 'arith.shli', shr_u: 'arith.shrui', shr_s: 'arith.shrsi' }[kind];
  const known = integerOf(constantOperand(rhs));
  if (known !== null && Number(known) >= 0 && Number(known) < width) return buildNamed(builder, loc, name, [lhs, rhs]);
  if (kind === 'shr_s') {
    const amount = buildNamed(builder, loc, 'arith.minui', [rhs, buildConstant(builder, loc, type, width - 1)]);
    return buildNamed(builder, loc, name, [lhs, amount]);
  }
  const zero = buildConstant(builder, loc, type, 0);
  // The width itself does not fit i1, where only a shift by 0 is in range.
  const inRange =
    width === 1
      ? buildCompare('eq', builder, loc, rhs, zero)
      : CmpIOp.build(builder, loc, { predicate: 'ult', lhs: rhs, rhs: buildConstant(builder, loc, type, width) });
  const amount = SelectOp.build(builder, loc, { condition: inRange, trueValue: rhs, falseValue: zero });
  const shifted = buildNamed(builder, loc, name, [lhs, amount]);
  return SelectOp.build(builder, loc, { condition: inRange, trueValue: shifted, falseValue: zero });
}

/** Wrapping power; a negative exponent gives 0, unless the base is 1 or -1. */
function buildIntegerPower(builder: Builder, loc: LocationRef, lhs: Value, rhs: Value, unsigned: boolean): Value {
  if (unsigned)
    throw new InternalError('buildBinary: pow on unsigned integers is not defined; convert to a signed type');
  const zero = buildConstant(builder, loc, lhs.type, 0);
  const zeroBase = buildCompare('eq', builder, loc, lhs, zero);
  const negative = buildCompare('lt', builder, loc, rhs, zero);
  // math.ipowi traps on a negative power of 0: of 2 it is 0.
  const trap = buildNamed(builder, loc, 'arith.andi', [zeroBase, negative]);
  const base = SelectOp.build(builder, loc, {
    condition: trap,
    trueValue: buildConstant(builder, loc, lhs.type, 2),
    falseValue: lhs,
  });
  return buildNamed(builder, loc, 'math.ipowi', [base, rhs]);
}

export const COMPARE_KINDS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const;
export type CompareKind = (typeof COMPARE_KINDS)[number];

/** Comparison to i1: floats ordered (`ne` true on NaN), integers by signedness, i1 as false < true. */
export function buildCompare(
  kind: CompareKind,
  builder: Builder,
  loc: LocationRef,
  lhs: Value,
  rhs: Value,
  options: BuildOptions = {},
): Value {
  if (isComplexLike(lhs.type)) {
    if (kind !== 'eq' && kind !== 'ne')
      throw new InternalError(`buildCompare: '${kind}' is not defined on ${lhs.type}`);
    const name = kind === 'eq' ? 'complex.eq' : 'complex.neq';
    return builder
      .insert(Operation.create(builder.context.opInfo(name), loc, [lhs, rhs], [builder.context.i1]))
      .result(0);
  }
  if (isFloatLike(lhs.type)) {
    const predicate: FloatPredicate = kind === 'ne' ? 'une' : `o${kind}`;
    return CmpFOp.build(builder, loc, { predicate, lhs, rhs, fastmath: options.fastmath ?? 0 });
  }
  const unsigned = options.signedness === 'unsigned' || isBoolLike(lhs.type);
  const predicate: IntegerPredicate = kind === 'eq' || kind === 'ne' ? kind : `${unsigned ? 'u' : 's'}${kind}`;
  return CmpIOp.build(builder, loc, { predicate, lhs, rhs });
}

/** `condition ? yes : no`. */
export function buildSelect(builder: Builder, loc: LocationRef, condition: Value, yes: Value, no: Value): Value {
  return SelectOp.build(builder, loc, { condition, trueValue: yes, falseValue: no });
}

/** Functions that are one op of math on floats. */
const FLOAT_FUNCTIONS: Readonly<Record<string, string>> = {
  neg: 'arith.negf',
  abs: 'math.absf',
  sqrt: 'math.sqrt',
  rsqrt: 'math.rsqrt',
  cbrt: 'math.cbrt',
  exp: 'math.exp',
  exp2: 'math.exp2',
  expm1: 'math.expm1',
  log: 'math.log',
  log2: 'math.log2',
  log10: 'math.log10',
  log1p: 'math.log1p',
  sin: 'math.sin',
  cos: 'math.cos',
  tan: 'math.tan',
  tanh: 'math.tanh',
  sinh: 'math.sinh',
  cosh: 'math.cosh',
  asin: 'math.asin',
  acos: 'math.acos',
  atan: 'math.atan',
  asinh: 'math.asinh',
  acosh: 'math.acosh',
  atanh: 'math.atanh',
  erf: 'math.erf',
  sigmoid: 'math.sigmoid',
  floor: 'math.floor',
  ceil: 'math.ceil',
  round: 'math.round',
  round_even: 'math.roundeven',
  trunc: 'math.trunc',
};

/** Functions of complex numbers that are real. */
const COMPLEX_PARTS: Readonly<Record<string, string>> = { abs: 'complex.abs', real: 'complex.re', imag: 'complex.im' };

/** Names `buildUnary` knows. `round` is to nearest with ties away from zero. */
export const UNARY_KINDS: readonly string[] = [
  ...Object.keys(FLOAT_FUNCTIONS),
  'sign',
  'not',
  'popcount',
  'clz',
  'is_finite',
];

/** A function of one value by the name of its array op. `is_finite` gives i1, abs, real and imag of a complex number a float, everything else the operand's type. */
export function buildUnary(
  kind: string,
  builder: Builder,
  loc: LocationRef,
  x: Value,
  options: BuildOptions = {},
): Value {
  const { type } = x;
  const constant = (value: number): Value => buildConstant(builder, loc, type, value);
  if (type instanceof ComplexType) {
    if (COMPLEX_UNARY.has(kind)) return buildNamed(builder, loc, `complex.${kind}`, [x], withoutContract(options));
    const name = COMPLEX_PARTS[kind];
    if (name === undefined) throw new InternalError(`buildUnary: '${kind}' is not defined on ${type}`);
    return builder.insert(Operation.create(builder.context.opInfo(name), loc, [x], [type.element])).result(0);
  }
  if (isFloatLike(type)) {
    const name = FLOAT_FUNCTIONS[kind];
    if (name) return buildNamed(builder, loc, name, [x], options);
    if (kind === 'sign') {
      // NaN and both zeros are their own sign.
      const one = buildNamed(builder, loc, 'math.copysign', [constant(1), x]);
      const nonZero = CmpFOp.build(builder, loc, { predicate: 'one', lhs: x, rhs: constant(0) });
      return buildSelect(builder, loc, nonZero, one, x);
    }
    if (kind === 'is_finite')
      return CmpFOp.build(builder, loc, {
        predicate: 'olt',
        lhs: buildNamed(builder, loc, 'math.absf', [x]),
        rhs: constant(Number.POSITIVE_INFINITY),
      });
  } else {
    const unsigned = options.signedness === 'unsigned' || isBoolLike(type);
    switch (kind) {
      case 'neg':
        return buildNamed(builder, loc, 'arith.subi', [constant(0), x]);
      case 'abs':
        return unsigned ? x : buildNamed(builder, loc, 'math.absi', [x]);
      case 'sign': {
        if (unsigned) return buildNamed(builder, loc, 'arith.minui', [x, constant(1)]);
        const low = buildNamed(builder, loc, 'arith.maxsi', [x, constant(-1)]);
        return buildNamed(builder, loc, 'arith.minsi', [low, constant(1)]);
      }
      case 'not':
        return buildNamed(builder, loc, 'arith.xori', [x, constant(-1)]);
      case 'popcount':
        return buildNamed(builder, loc, 'math.ctpop', [x]);
      case 'clz':
        return buildNamed(builder, loc, 'math.ctlz', [x]);
    }
  }
  throw new InternalError(`buildUnary: '${kind}' is not defined on ${elementTypeOf(type)}`);
}

/** `min(max(x, low), high)` */
export function buildClamp(
  builder: Builder,
  loc: LocationRef,
  low: Value,
  x: Value,
  high: Value,
  options: BuildOptions = {},
): Value {
  return buildBinary('min', builder, loc, buildBinary('max', builder, loc, x, low, options), high, options);
}
