// Integer arithmetic and comparison: arith on integers, index and vectors of them.
import { DenseElementsAttr, denseElement, type IntegerAttr, type Operation, type Value } from '@budflow/ir';
import { Op, type PlainOpcode, ValueType } from '../encoder/index.js';
import type { FunctionEmitter } from './function-emitter.js';
import type { OpEntry } from './op-table.js';
import {
  emitLanewise,
  emitLike,
  type IntegerVectorOpcodes,
  isVector,
  pure,
  resizeMask,
  type Sign,
  signExtend,
  wrapNarrow,
} from './ops-support.js';
import { type Representation, shapeOf } from './representation.js';

interface IntegerOp {
  readonly i32: PlainOpcode;
  readonly i64: PlainOpcode;
  readonly vector: IntegerVectorOpcodes;
  /** How narrow operands are extended. */
  readonly sign: Sign;
  /** Whether the result can have bits above the width of a narrow type. */
  readonly wraps: boolean;
}

const none = [null, null, null, null] as const;

/** Whether a value is computed in 64 bits. */
function is64(e: FunctionEmitter, value: Value): boolean {
  const r = e.representation(value);
  return r.kind === 'i64' || (r.kind === 'index' && (r.lanes > 0 || e.isWide(value)));
}

function emitOperand(e: FunctionEmitter, value: Value, like: Value, sign: Sign): void {
  emitLike(e, value, like);
  if (sign === 'signed') signExtend(e, e.representation(value));
}

function emitIntegerOp(e: FunctionEmitter, op: Operation, spec: IntegerOp): void {
  const result = op.result(0);
  const r = e.representation(result);
  const scalar = r.bits === 64 && r.kind !== 'i1' && is64(e, result) ? spec.i64 : spec.i32;
  if (!isVector(r)) {
    emitOperand(e, op.operand(0), result, spec.sign);
    emitOperand(e, op.operand(1), result, spec.sign);
    e.f.emit(scalar);
    if (spec.wraps) wrapNarrow(e, r);
    return;
  }
  const opcode = spec.vector[shapeOf(r.bits)];
  if (opcode === null) {
    emitLanewise(e, op, spec.sign, () => e.f.emit(scalar));
    return;
  }
  e.emitValue(op.operand(0));
  e.emitValue(op.operand(1));
  e.f.emit(opcode);
}

function integer(spec: IntegerOp): OpEntry {
  return pure((e, op) => emitIntegerOp(e, op, spec));
}

const add: IntegerOp = {
  i32: Op.i32_add,
  i64: Op.i64_add,
  vector: [Op.i8x16_add, Op.i16x8_add, Op.i32x4_add, Op.i64x2_add],
  sign: 'unsigned',
  wraps: true,
};
const sub: IntegerOp = {
  i32: Op.i32_sub,
  i64: Op.i64_sub,
  vector: [Op.i8x16_sub, Op.i16x8_sub, Op.i32x4_sub, Op.i64x2_sub],
  sign: 'unsigned',
  wraps: true,
};
const mul: IntegerOp = {
  i32: Op.i32_mul,
  i64: Op.i64_mul,
  vector: [null, Op.i16x8_mul, Op.i32x4_mul, Op.i64x2_mul],
  sign: 'unsigned',
  wraps: true,
};

/** Addition and subtraction of masks (i1) are exclusive or, multiplication is and. */
function onMasks(spec: IntegerOp, mask: PlainOpcode): OpEntry {
  return pure((e, op) => {
    const r = e.representation(op.result(0));
    if (r.kind !== 'i1' || !isVector(r)) {
      if (r.bits === 8 && isVector(r) && spec === mul) emitMultiplyBytes(e, op);
      else emitIntegerOp(e, op, spec);
      return;
    }
    e.emitValue(op.operand(0));
    e.emitValue(op.operand(1));
    e.f.emit(mask);
  });
}

/** There is no product of bytes: the low bytes of products of 16 bits. */
function emitMultiplyBytes(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const a = e.pin(op.operand(0));
  const b = e.pin(op.operand(1));
  f.get(a);
  f.get(b);
  f.emit(Op.i16x8_extmul_low_i8x16_u);
  f.get(a);
  f.get(b);
  f.emit(Op.i16x8_extmul_high_i8x16_u);
  f.shuffle([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]);
  e.unpin(op.operand(0), a);
  e.unpin(op.operand(1), b);
}

/** Products of the first and second half of lanes, each twice as wide, by the width of lanes; null where there are none. */
const EXTENDED_PRODUCTS: Readonly<Record<Sign, readonly (readonly [PlainOpcode, PlainOpcode] | null)[]>> = {
  signed: [
    [Op.i16x8_extmul_low_i8x16_s, Op.i16x8_extmul_high_i8x16_s],
    [Op.i32x4_extmul_low_i16x8_s, Op.i32x4_extmul_high_i16x8_s],
    [Op.i64x2_extmul_low_i32x4_s, Op.i64x2_extmul_high_i32x4_s],
    null,
  ],
  unsigned: [
    [Op.i16x8_extmul_low_i8x16_u, Op.i16x8_extmul_high_i8x16_u],
    [Op.i32x4_extmul_low_i16x8_u, Op.i32x4_extmul_high_i16x8_u],
    [Op.i64x2_extmul_low_i32x4_u, Op.i64x2_extmul_high_i32x4_u],
    null,
  ],
};

/** Upper halves of products: every other lane of the products in twice the width. */
function emitMultiplyHigh(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const { bits } = e.representation(op.result(0));
  const [low, high] = EXTENDED_PRODUCTS[op.attr('unsigned') ? 'unsigned' : 'signed'][shapeOf(bits)]!;
  const bytes = bits / 8;
  const a = e.pin(op.operand(0));
  const b = e.pin(op.operand(1));
  for (const opcode of [low, high]) {
    f.get(a);
    f.get(b);
    f.emit(opcode);
  }
  f.shuffle(
    Array.from({ length: 16 }, (_, i) => {
      const lane = Math.floor(i / bytes);
      return (2 * lane + 1) * bytes + (i % bytes);
    }),
  );
  e.unpin(op.operand(0), a);
  e.unpin(op.operand(1), b);
}

function bitwise(i32: PlainOpcode, i64: PlainOpcode, vector: PlainOpcode): OpEntry {
  return integer({ i32, i64, vector: [vector, vector, vector, vector], sign: 'unsigned', wraps: false });
}

// ---- division rounding down or up

/** Quotient and whether it must be moved by one: `floor` down where signs differ, `ceil` up where they agree. */
function rounding(direction: 'floor' | 'ceil', sign: Sign): OpEntry {
  return pure((e, op) => {
    const result = op.result(0);
    const r = e.representation(result);
    const wide = is64(e, result);
    if (!isVector(r)) {
      emitOperand(e, op.operand(0), result, sign);
      emitOperand(e, op.operand(1), result, sign);
      emitRoundedDivision(e, direction, sign, wide);
      wrapNarrow(e, r);
    } else emitLanewise(e, op, sign, () => emitRoundedDivision(e, direction, sign, wide));
  });
}

function emitRoundedDivision(e: FunctionEmitter, direction: 'floor' | 'ceil', sign: Sign, wide: boolean): void {
  const { f } = e;
  const type = wide ? ValueType.i64 : ValueType.i32;
  const pick = (i32: PlainOpcode, i64: PlainOpcode) => f.emit(wide ? i64 : i32);
  const b = f.local(type);
  const a = f.local(type);
  f.set(b);
  f.tee(a);
  f.get(b);
  if (sign === 'signed') pick(Op.i32_div_s, Op.i64_div_s);
  else pick(Op.i32_div_u, Op.i64_div_u);
  // remainder != 0 and (signed: the signs differ (floor) or agree (ceil)), as 0 or 1
  f.get(a);
  f.get(b);
  if (sign === 'signed') pick(Op.i32_rem_s, Op.i64_rem_s);
  else pick(Op.i32_rem_u, Op.i64_rem_u);
  if (wide) f.i64Const(0);
  else f.i32Const(0);
  pick(Op.i32_ne, Op.i64_ne);
  if (sign === 'signed') {
    f.get(a);
    f.get(b);
    pick(Op.i32_xor, Op.i64_xor);
    if (wide) f.i64Const(0);
    else f.i32Const(0);
    if (direction === 'floor') pick(Op.i32_lt_s, Op.i64_lt_s);
    else pick(Op.i32_ge_s, Op.i64_ge_s);
    f.emit(Op.i32_and);
  }
  if (wide) f.emit(Op.i64_extend_i32_u);
  if (direction === 'floor') pick(Op.i32_sub, Op.i64_sub);
  else pick(Op.i32_add, Op.i64_add);
  f.release(a);
  f.release(b);
}

// ---- shifts

/** The amount of a shift when all lanes share it: a constant splat, or the operand of a pending splat. */
function commonAmount(e: FunctionEmitter, amount: Value): (() => void) | undefined {
  const op = amount.definingOp;
  if (op?.name === 'arith.constant') {
    const attr = op.attr('value');
    if (!(attr instanceof DenseElementsAttr)) return undefined;
    const lanes = e.representation(amount).lanes;
    const first = Number(denseElement(attr, 0));
    for (let l = 1; l < lanes; l++) if (Number(denseElement(attr, l)) !== first) return undefined;
    return () => e.f.i32Const(first);
  }
  if (op?.name === 'simd.splat' && e.isPending(amount)) {
    return () => {
      e.absorb(amount);
      const scalar = op.operand(0);
      const r = e.representation(scalar);
      if (r.kind === 'index') e.emitIndex(scalar, 'narrow');
      else e.emitValue(scalar);
      if (r.kind === 'i64') e.f.emit(Op.i32_wrap_i64);
    };
  }
  return undefined;
}

function shift(spec: IntegerOp): OpEntry {
  return pure((e, op) => {
    const r = e.representation(op.result(0));
    if (!isVector(r)) {
      emitOperand(e, op.operand(0), op.result(0), spec.sign);
      emitLike(e, op.operand(1), op.result(0));
      e.f.emit(is64(e, op.result(0)) ? spec.i64 : spec.i32);
      if (spec.wraps || spec.sign === 'signed') wrapNarrow(e, r);
      return;
    }
    const amount = commonAmount(e, op.operand(1));
    if (amount === undefined) {
      emitLanewise(e, op, spec.sign, () => e.f.emit(r.bits === 64 ? spec.i64 : spec.i32));
      return;
    }
    e.emitValue(op.operand(0));
    amount();
    e.f.emit(spec.vector[shapeOf(r.bits)]!);
  });
}

// ---- minimum and maximum

function extremum(which: 'min' | 'max', sign: Sign): OpEntry {
  const s = sign === 'signed';
  const vector: IntegerVectorOpcodes =
    which === 'min'
      ? s
        ? [Op.i8x16_min_s, Op.i16x8_min_s, Op.i32x4_min_s, null]
        : [Op.i8x16_min_u, Op.i16x8_min_u, Op.i32x4_min_u, null]
      : s
        ? [Op.i8x16_max_s, Op.i16x8_max_s, Op.i32x4_max_s, null]
        : [Op.i8x16_max_u, Op.i16x8_max_u, Op.i32x4_max_u, null];
  return pure((e, op) => emitExtremum(e, op, which, sign, vector));
}

function emitExtremum(
  e: FunctionEmitter,
  op: Operation,
  which: 'min' | 'max',
  sign: Sign,
  vector: IntegerVectorOpcodes,
): void {
  const { f } = e;
  const result = op.result(0);
  const r = e.representation(result);
  if (isVector(r)) {
    if (r.kind === 'i1') {
      // Unsigned, the maximum of masks is or; signed, true is -1 and it is and.
      e.emitValue(op.operand(0));
      e.emitValue(op.operand(1));
      f.emit((which === 'max') === (sign === 'unsigned') ? Op.v128_or : Op.v128_and);
      return;
    }
    const opcode = vector[shapeOf(r.bits)];
    if (opcode !== null) {
      e.emitValue(op.operand(0));
      e.emitValue(op.operand(1));
      f.emit(opcode);
      return;
    }
    emitLanewise(e, op, sign, () => selectExtremum(e, ValueType.i64, which, sign));
    return;
  }
  const wide = is64(e, result);
  emitOperand(e, op.operand(0), result, sign);
  emitOperand(e, op.operand(1), result, sign);
  selectExtremum(e, wide ? ValueType.i64 : ValueType.i32, which, sign);
  if (sign === 'signed') wrapNarrow(e, r);
}

/** The smaller or larger of the two integers on the stack. */
export function selectExtremum(e: FunctionEmitter, type: ValueType, which: 'min' | 'max', sign: Sign): void {
  const { f } = e;
  const wide = type === ValueType.i64;
  const b = f.local(type);
  const a = f.local(type);
  f.set(b);
  f.tee(a);
  f.get(b);
  f.get(a);
  f.get(b);
  if (which === 'min')
    f.emit(sign === 'signed' ? (wide ? Op.i64_lt_s : Op.i32_lt_s) : wide ? Op.i64_lt_u : Op.i32_lt_u);
  else f.emit(sign === 'signed' ? (wide ? Op.i64_gt_s : Op.i32_gt_s) : wide ? Op.i64_gt_u : Op.i32_gt_u);
  f.select();
  f.release(a);
  f.release(b);
}

// ---- comparison

interface Comparison {
  readonly i32: PlainOpcode;
  readonly i64: PlainOpcode;
  readonly vector: IntegerVectorOpcodes;
  readonly sign: Sign;
}

/** By the number of the predicate: eq ne slt sle sgt sge ult ule ugt uge. */
const COMPARISONS: readonly Comparison[] = [
  { i32: Op.i32_eq, i64: Op.i64_eq, vector: [Op.i8x16_eq, Op.i16x8_eq, Op.i32x4_eq, Op.i64x2_eq], sign: 'unsigned' },
  { i32: Op.i32_ne, i64: Op.i64_ne, vector: [Op.i8x16_ne, Op.i16x8_ne, Op.i32x4_ne, Op.i64x2_ne], sign: 'unsigned' },
  {
    i32: Op.i32_lt_s,
    i64: Op.i64_lt_s,
    vector: [Op.i8x16_lt_s, Op.i16x8_lt_s, Op.i32x4_lt_s, Op.i64x2_lt_s],
    sign: 'signed',
  },
  {
    i32: Op.i32_le_s,
    i64: Op.i64_le_s,
    vector: [Op.i8x16_le_s, Op.i16x8_le_s, Op.i32x4_le_s, Op.i64x2_le_s],
    sign: 'signed',
  },
  {
    i32: Op.i32_gt_s,
    i64: Op.i64_gt_s,
    vector: [Op.i8x16_gt_s, Op.i16x8_gt_s, Op.i32x4_gt_s, Op.i64x2_gt_s],
    sign: 'signed',
  },
  {
    i32: Op.i32_ge_s,
    i64: Op.i64_ge_s,
    vector: [Op.i8x16_ge_s, Op.i16x8_ge_s, Op.i32x4_ge_s, Op.i64x2_ge_s],
    sign: 'signed',
  },
  { i32: Op.i32_lt_u, i64: Op.i64_lt_u, vector: [Op.i8x16_lt_u, Op.i16x8_lt_u, Op.i32x4_lt_u, null], sign: 'unsigned' },
  { i32: Op.i32_le_u, i64: Op.i64_le_u, vector: [Op.i8x16_le_u, Op.i16x8_le_u, Op.i32x4_le_u, null], sign: 'unsigned' },
  { i32: Op.i32_gt_u, i64: Op.i64_gt_u, vector: [Op.i8x16_gt_u, Op.i16x8_gt_u, Op.i32x4_gt_u, null], sign: 'unsigned' },
  { i32: Op.i32_ge_u, i64: Op.i64_ge_u, vector: [Op.i8x16_ge_u, Op.i16x8_ge_u, Op.i32x4_ge_u, null], sign: 'unsigned' },
];

export function predicateNumber(op: Operation): number {
  return (op.attr('predicate') as IntegerAttr).number;
}

function emitCompare(e: FunctionEmitter, op: Operation): void {
  const comparison = COMPARISONS[predicateNumber(op)]!;
  const [a, b] = [op.operand(0), op.operand(1)];
  const r = e.representation(a);
  if (!isVector(r)) {
    const wide = e.isWide(a) ? a : b;
    emitOperand(e, a, wide, comparison.sign);
    emitOperand(e, b, wide, comparison.sign);
    e.f.emit(is64(e, wide) ? comparison.i64 : comparison.i32);
    return;
  }
  if (r.kind === 'i1') {
    emitCompareMasks(e, op, predicateNumber(op));
    return;
  }
  const opcode = comparison.vector[shapeOf(r.bits)];
  if (opcode === null) {
    emitLanewise(e, op, comparison.sign, () => e.f.emit(comparison.i64));
    return;
  }
  e.emitValue(a);
  e.emitValue(b);
  e.f.emit(opcode);
  resizeMask(e, r.bits, e.representation(op.result(0)).bits);
}

/** Comparisons of truth values, 0 < 1 (signed: 0 > -1), as bit operations. */
function emitCompareMasks(e: FunctionEmitter, op: Operation, predicate: number): void {
  const { f } = e;
  // a < b unsigned is (not a) and b; signed it is a and (not b).
  const [x, y] = [2, 3, 8, 9].includes(predicate) ? [op.operand(1), op.operand(0)] : [op.operand(0), op.operand(1)];
  switch (predicate) {
    case 0:
    case 1:
      e.emitValue(x);
      e.emitValue(y);
      f.emit(Op.v128_xor);
      if (predicate === 0) f.emit(Op.v128_not);
      return;
    case 2:
    case 4:
    case 6:
    case 8:
      // strict: y and not x
      emitAndNot(e, y, x);
      return;
    default:
      // not strict: not (x and not y)
      emitAndNot(e, x, y);
      f.emit(Op.v128_not);
  }
}

/** a and not b */
function emitAndNot(e: FunctionEmitter, a: Value, b: Value): void {
  e.emitValue(a);
  e.emitValue(b);
  e.f.emit(Op.v128_andnot);
}

/** Whether a vector of this representation has lanes of i64. */
export function isLong(r: Representation): boolean {
  return r.bits === 64 && r.kind !== 'f64';
}

export const INTEGER_OPS: Readonly<Record<string, OpEntry>> = {
  'arith.addi': onMasks(add, Op.v128_xor),
  'arith.subi': onMasks(sub, Op.v128_xor),
  'arith.muli': onMasks(mul, Op.v128_and),
  'simd.mul_high': pure(emitMultiplyHigh),
  'arith.divsi': integer({ i32: Op.i32_div_s, i64: Op.i64_div_s, vector: none, sign: 'signed', wraps: true }),
  'arith.divui': integer({ i32: Op.i32_div_u, i64: Op.i64_div_u, vector: none, sign: 'unsigned', wraps: false }),
  'arith.remsi': integer({ i32: Op.i32_rem_s, i64: Op.i64_rem_s, vector: none, sign: 'signed', wraps: true }),
  'arith.remui': integer({ i32: Op.i32_rem_u, i64: Op.i64_rem_u, vector: none, sign: 'unsigned', wraps: false }),
  'arith.floordivsi': rounding('floor', 'signed'),
  'arith.ceildivsi': rounding('ceil', 'signed'),
  'arith.ceildivui': rounding('ceil', 'unsigned'),
  'arith.andi': bitwise(Op.i32_and, Op.i64_and, Op.v128_and),
  'arith.ori': bitwise(Op.i32_or, Op.i64_or, Op.v128_or),
  'arith.xori': bitwise(Op.i32_xor, Op.i64_xor, Op.v128_xor),
  'arith.shli': shift({
    i32: Op.i32_shl,
    i64: Op.i64_shl,
    vector: [Op.i8x16_shl, Op.i16x8_shl, Op.i32x4_shl, Op.i64x2_shl],
    sign: 'unsigned',
    wraps: true,
  }),
  'arith.shrsi': shift({
    i32: Op.i32_shr_s,
    i64: Op.i64_shr_s,
    vector: [Op.i8x16_shr_s, Op.i16x8_shr_s, Op.i32x4_shr_s, Op.i64x2_shr_s],
    sign: 'signed',
    wraps: false,
  }),
  'arith.shrui': shift({
    i32: Op.i32_shr_u,
    i64: Op.i64_shr_u,
    vector: [Op.i8x16_shr_u, Op.i16x8_shr_u, Op.i32x4_shr_u, Op.i64x2_shr_u],
    sign: 'unsigned',
    wraps: false,
  }),
  'arith.minsi': extremum('min', 'signed'),
  'arith.minui': extremum('min', 'unsigned'),
  'arith.maxsi': extremum('max', 'signed'),
  'arith.maxui': extremum('max', 'unsigned'),
  'arith.cmpi': pure(emitCompare),
};
