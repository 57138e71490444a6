// Float arithmetic, comparison and functions: arith and math on f32, f64 and vectors of them; arith.select.

import { CmpFOp } from '@budflow/dialect-core';
import type { Operation, Value } from '@budflow/ir';
import { f32Bits } from '@budflow/numerics';
import { Op, type PlainOpcode, ValueType } from '../encoder/index.js';
import type { FunctionEmitter } from './function-emitter.js';
import type { OpEntry } from './op-table.js';
import { predicateNumber } from './ops-integer.js';
import { chooseLanes, emitLanewise, emitLike, isVector, pure, resizeMask, wrapNarrow } from './ops-support.js';
import type { Representation } from './representation.js';
import { splatNumber } from './value-range.js';

/** f32, f64, f32x4, f64x2 */
type FloatOpcodes = readonly [PlainOpcode, PlainOpcode, PlainOpcode, PlainOpcode];

function pick(opcodes: FloatOpcodes, r: Representation): PlainOpcode {
  return opcodes[(r.kind === 'f64' ? 1 : 0) + (r.lanes > 0 ? 2 : 0)]!;
}

function plain(opcodes: FloatOpcodes): OpEntry {
  return pure((e, op) => {
    for (let i = 0; i < op.operandCount; i++) e.emitValue(op.operand(i));
    e.f.emit(pick(opcodes, e.representation(op.result(0))));
  });
}

const EQ: FloatOpcodes = [Op.f32_eq, Op.f64_eq, Op.f32x4_eq, Op.f64x2_eq];
const NE: FloatOpcodes = [Op.f32_ne, Op.f64_ne, Op.f32x4_ne, Op.f64x2_ne];
const LT: FloatOpcodes = [Op.f32_lt, Op.f64_lt, Op.f32x4_lt, Op.f64x2_lt];
const LE: FloatOpcodes = [Op.f32_le, Op.f64_le, Op.f32x4_le, Op.f64x2_le];
const GT: FloatOpcodes = [Op.f32_gt, Op.f64_gt, Op.f32x4_gt, Op.f64x2_gt];
const GE: FloatOpcodes = [Op.f32_ge, Op.f64_ge, Op.f32x4_ge, Op.f64x2_ge];
const MIN: FloatOpcodes = [Op.f32_min, Op.f64_min, Op.f32x4_min, Op.f64x2_min];
const MAX: FloatOpcodes = [Op.f32_max, Op.f64_max, Op.f32x4_max, Op.f64x2_max];

const SUB: FloatOpcodes = [Op.f32_sub, Op.f64_sub, Op.f32x4_sub, Op.f64x2_sub];
const ADD: FloatOpcodes = [Op.f32_add, Op.f64_add, Op.f32x4_add, Op.f64x2_add];
/** The scalar places are never picked: scalars have no pseudo forms. */
const PSEUDO_MIN: FloatOpcodes = [Op.f32_min, Op.f64_min, Op.f32x4_pmin, Op.f64x2_pmin];
const PSEUDO_MAX: FloatOpcodes = [Op.f32_max, Op.f64_max, Op.f32x4_pmax, Op.f64x2_pmax];

/** Chooses between the two values below by the condition on top. */
function choose(e: FunctionEmitter, r: Representation): void {
  if (isVector(r)) chooseLanes(e, r.bits);
  else e.f.select();
}

/**
 * Minimum and maximum of vectors, NaN propagating and -0 below +0. The engine's own take seven or eight instructions; the
 * pseudo forms take one, pass a NaN in their first operand on, and differ only where both operands are zero.
 */
function extremum(which: 'min' | 'max'): OpEntry {
  return pure((e, op) => {
    const r = e.representation(op.result(0));
    const { f } = e;
    const [a, b] = [op.operand(0), op.operand(1)];
    if (!isVector(r)) {
      e.emitValue(a);
      e.emitValue(b);
      f.emit(pick(which === 'min' ? MIN : MAX, r));
      return;
    }
    const pseudo = which === 'min' ? pick(PSEUDO_MIN, r) : pick(PSEUDO_MAX, r);
    const bound = splatNumber(b) ?? splatNumber(a);
    const x = splatNumber(b) === undefined ? b : a;
    const constant = x === a ? b : a;
    if (bound !== undefined && !Number.isNaN(bound) && !(which === 'min' && Object.is(bound, -0))) {
      e.emitValue(x);
      e.emitValue(constant);
      f.emit(pseudo);
      if (which === 'max' && Object.is(bound, 0)) {
        // max(-0, +0) is +0: adding +0 changes -0 alone.
        f.v128Const(new Uint8Array(16));
        f.emit(pick(ADD, r));
      }
      return;
    }
    // Both orders agree but for zeros, whose sign bits differ, and NaN, whose bits stay a NaN under `or`. The sign of zeros
    // joined is that of the minimum; for the maximum, what differs is taken off: -0 - -0 is +0, and x - +0 is x.
    const p = e.pin(a);
    const q = e.pin(b);
    f.get(p);
    f.get(q);
    f.emit(pseudo);
    if (which === 'min') {
      f.get(q);
      f.get(p);
      f.emit(pseudo);
      f.emit(Op.v128_or);
    } else {
      const [first, second] = [f.local(ValueType.v128), f.local(ValueType.v128)];
      f.tee(first);
      f.get(q);
      f.get(p);
      f.emit(pseudo);
      f.tee(second);
      f.emit(Op.v128_or);
      f.get(first);
      f.get(second);
      f.emit(Op.v128_xor);
      f.emit(pick(SUB, r));
      f.release(first);
      f.release(second);
    }
    e.unpin(a, p);
    e.unpin(b, q);
  });
}

/** The other operand where one is NaN: min and max propagate NaN, so its operands decide. */
function number(opcodes: FloatOpcodes): OpEntry {
  return pure((e, op) => {
    const { f } = e;
    const r = e.representation(op.result(0));
    const a = e.pin(op.operand(0));
    const b = e.pin(op.operand(1));
    f.get(a);
    f.get(b);
    f.get(a);
    f.get(b);
    f.emit(pick(opcodes, r));
    f.get(a);
    f.get(a);
    f.emit(pick(NE, r));
    choose(e, r);
    f.get(b);
    f.get(b);
    f.emit(pick(NE, r));
    choose(e, r);
    e.unpin(op.operand(0), a);
    e.unpin(op.operand(1), b);
  });
}

function emitCopySign(e: FunctionEmitter, op: Operation): void {
  const r = e.representation(op.result(0));
  e.emitValue(op.operand(0));
  e.emitValue(op.operand(1));
  if (!isVector(r)) {
    e.f.emit(r.kind === 'f64' ? Op.f64_copysign : Op.f32_copysign);
    return;
  }
  pushMagnitudeMask(e, r);
  e.f.emit(Op.v128_bitselect);
}

/** All bits of an f32 but the sign. */
const MAGNITUDE = f32Bits(-0) ^ -1;

/** All bits of each lane but the signs. */
function pushMagnitudeMask(e: FunctionEmitter, r: Representation): void {
  if (r.kind === 'f64') e.f.v128ConstI64x2(0x7fffffffffffffffn, 0x7fffffffffffffffn);
  else e.f.v128ConstI32x4(MAGNITUDE, MAGNITUDE, MAGNITUDE, MAGNITUDE);
}

/** The signs of all lanes. */
function pushSignMask(e: FunctionEmitter, r: Representation): void {
  if (r.kind === 'f64') e.f.v128ConstI64x2(-(2n ** 63n), -(2n ** 63n));
  else e.f.v128ConstI32x4(~MAGNITUDE, ~MAGNITUDE, ~MAGNITUDE, ~MAGNITUDE);
}

/**
 * Vectors as one operation with a constant, which engines keep out of loops: their own `abs` and `neg` build the mask anew at
 * each use where they have no such instruction (three operations on x86 with V8 11).
 */
function signOp(scalar: readonly [PlainOpcode, PlainOpcode], which: 'abs' | 'neg'): OpEntry {
  return pure((e, op) => {
    const r = e.representation(op.result(0));
    e.emitValue(op.operand(0));
    if (!isVector(r)) {
      e.f.emit(scalar[r.kind === 'f64' ? 1 : 0]);
      return;
    }
    if (which === 'abs') pushMagnitudeMask(e, r);
    else pushSignMask(e, r);
    e.f.emit(which === 'abs' ? Op.v128_and : Op.v128_xor);
  });
}

function checkFma(op: Operation, features: { readonly relaxedSimd: boolean }): string | null {
  if (op.attr('relaxed') === undefined)
    return 'an exactly rounded multiply-add does not exist in WebAssembly: expand-math makes it of other arithmetic';
  return features.relaxedSimd ? null : 'a relaxed multiply-add needs the target wasm32-relaxed-simd';
}

/** Scalars go through a vector, so that they round like the lanes of one. */
function emitFma(e: FunctionEmitter, op: Operation): void {
  const r = e.representation(op.result(0));
  for (let i = 0; i < 3; i++) {
    e.emitValue(op.operand(i));
    if (!isVector(r)) e.f.emit(r.kind === 'f64' ? Op.f64x2_splat : Op.f32x4_splat);
  }
  e.f.emit(r.kind === 'f64' ? Op.f64x2_relaxed_madd : Op.f32x4_relaxed_madd);
  if (!isVector(r)) e.f.lane(r.kind === 'f64' ? Op.f64x2_extract_lane : Op.f32x4_extract_lane, 0);
}

// ---- comparison

/** By the number of the predicate: a comparison, possibly negated; null for those of another form. */
const ORDERED: readonly ({ readonly opcodes: FloatOpcodes; readonly negated: boolean } | null)[] = [
  null, // false
  { opcodes: EQ, negated: false },
  { opcodes: GT, negated: false },
  { opcodes: GE, negated: false },
  { opcodes: LT, negated: false },
  { opcodes: LE, negated: false },
  null, // one
  null, // ord
  null, // ueq
  { opcodes: LE, negated: true },
  { opcodes: LT, negated: true },
  { opcodes: GE, negated: true },
  { opcodes: GT, negated: true },
  { opcodes: NE, negated: false },
  null, // uno
  null, // true
];
const PREDICATE = { false: 0, one: 6, ord: 7, ueq: 8, uno: 14, true: 15 } as const;

function not(e: FunctionEmitter, r: Representation): void {
  e.f.emit(isVector(r) ? Op.v128_not : Op.i32_eqz);
}

function emitCompare(e: FunctionEmitter, op: Operation): void {
  const r = e.representation(op.operand(0));
  const predicate = predicateNumber(op);
  const simple = ORDERED[predicate];
  if (simple) {
    e.emitValue(op.operand(0));
    e.emitValue(op.operand(1));
    e.f.emit(pick(simple.opcodes, r));
    if (simple.negated) not(e, r);
  } else emitRareCompare(e, op, r, predicate);
  if (isVector(r)) resizeMask(e, r.bits, e.representation(op.result(0)).bits);
}

function emitRareCompare(e: FunctionEmitter, op: Operation, r: Representation, predicate: number): void {
  const { f } = e;
  if (predicate === PREDICATE.false || predicate === PREDICATE.true) {
    e.discard(op.operand(0));
    e.discard(op.operand(1));
    const bits = predicate === PREDICATE.true ? -1 : 0;
    if (isVector(r)) f.v128ConstI32x4(bits, bits, bits, bits);
    else f.i32Const(bits & 1);
    return;
  }
  const a = e.pin(op.operand(0));
  const b = e.pin(op.operand(1));
  const ordered = predicate === PREDICATE.one || predicate === PREDICATE.ueq;
  f.get(a);
  f.get(ordered ? b : a);
  f.emit(pick(ordered ? LT : predicate === PREDICATE.ord ? EQ : NE, r));
  f.get(ordered ? a : b);
  f.get(b);
  f.emit(pick(ordered ? GT : predicate === PREDICATE.ord ? EQ : NE, r));
  const conjunction = predicate === PREDICATE.ord;
  if (isVector(r)) f.emit(conjunction ? Op.v128_and : Op.v128_or);
  else f.emit(conjunction ? Op.i32_and : Op.i32_or);
  if (predicate === PREDICATE.ueq) not(e, r);
  e.unpin(op.operand(0), a);
  e.unpin(op.operand(1), b);
}

// ---- select

/** `p < q ? p : q` is pmin(q, p) and `p < q ? q : p` is pmax(p, q), NaN and zeros included: one instruction for three. */
function emitPseudoMinMax(e: FunctionEmitter, op: Operation): boolean {
  const r = e.representation(op.result(0));
  const compare = op.operand(0).definingOp;
  if ((r.kind !== 'f32' && r.kind !== 'f64') || !isVector(r) || !compare || !CmpFOp.is(compare)) return false;
  const predicate = CmpFOp.predicate(compare);
  if (predicate !== 'olt' && predicate !== 'ogt') return false;
  const [p, q] =
    predicate === 'olt' ? [compare.operand(0), compare.operand(1)] : [compare.operand(1), compare.operand(0)];
  const [yes, no] = [op.operand(1), op.operand(2)];
  const single = r.kind === 'f32';
  if (yes === p && no === q) {
    e.emitValue(q);
    e.emitValue(p);
    e.f.emit(single ? Op.f32x4_pmin : Op.f64x2_pmin);
    return true;
  }
  if (yes !== q || no !== p) return false;
  e.emitValue(p);
  e.emitValue(q);
  e.f.emit(single ? Op.f32x4_pmax : Op.f64x2_pmax);
  return true;
}

/** `m ? x : 0` is m & x and `m ? 0 : x` is x & ~m: no blend, and no register of zeros. */
function emitMasked(e: FunctionEmitter, op: Operation): boolean {
  const r = e.representation(op.result(0));
  const mask = e.representation(op.operand(0));
  const isZero = (value: Value): boolean => Object.is(splatNumber(value), 0);
  const [yes, no] = [op.operand(1), op.operand(2)];
  if (!isVector(r) || !isVector(mask) || isZero(yes) === isZero(no)) return false;
  const [kept, zero] = isZero(no) ? [yes, no] : [no, yes];
  e.discard(zero);
  emitLike(e, kept, op.result(0));
  e.emitValue(op.operand(0));
  resizeMask(e, mask.bits, r.bits);
  e.f.emit(kept === yes ? Op.v128_and : Op.v128_andnot);
  return true;
}

function emitSelect(e: FunctionEmitter, op: Operation): void {
  if (emitPseudoMinMax(e, op) || emitMasked(e, op)) return;
  const result = op.result(0);
  const r = e.representation(result);
  const condition = e.representation(op.operand(0));
  emitLike(e, op.operand(1), result);
  emitLike(e, op.operand(2), result);
  e.emitValue(op.operand(0));
  if (!isVector(condition)) {
    e.f.select();
    return;
  }
  resizeMask(e, condition.bits, r.bits);
  chooseLanes(e, r.bits);
}

// ---- integer functions

function count(i32: PlainOpcode, i64: PlainOpcode, which: 'ctlz' | 'cttz' | 'ctpop'): OpEntry {
  return pure((e, op) => {
    const r = e.representation(op.result(0));
    if (isVector(r)) {
      if (r.bits === 8 && which === 'ctpop') {
        e.emitValue(op.operand(0));
        e.f.emit(Op.i8x16_popcnt);
      } else emitLanewise(e, op, 'unsigned', () => countScalar(e, r, i32, i64, which));
      return;
    }
    e.emitIndexOr(op.operand(0), op.result(0));
    countScalar(e, r.kind === 'index' && !e.isWide(op.result(0)) ? { ...r, bits: 32 } : r, i32, i64, which);
  });
}

function countScalar(e: FunctionEmitter, r: Representation, i32: PlainOpcode, i64: PlainOpcode, which: string): void {
  const { f } = e;
  if (r.bits === 64) {
    f.emit(i64);
    return;
  }
  // A bit above the width stops the count of trailing zeros there.
  if (which === 'cttz' && r.bits < 32) {
    f.i32Const(2 ** r.bits);
    f.emit(Op.i32_or);
  }
  f.emit(i32);
  if (which === 'ctlz' && r.bits < 32) {
    f.i32Const(32 - r.bits);
    f.emit(Op.i32_sub);
  }
}

function emitAbsI(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const r = e.representation(op.result(0));
  if (isVector(r)) {
    e.emitValue(op.operand(0));
    f.emit(
      [Op.i8x16_abs, Op.i16x8_abs, Op.i32x4_abs, Op.i64x2_abs][
        r.bits === 8 ? 0 : r.bits === 16 ? 1 : r.bits === 32 ? 2 : 3
      ]!,
    );
    return;
  }
  // (x ^ s) - s with s the sign, in 64 bits for i64 and index, in 32 for the others.
  const wide = e.valueType(op.result(0)) === e.valueType(op.operand(0)) && (r.kind === 'i64' || e.isWide(op.result(0)));
  e.emitIndexOr(op.operand(0), op.result(0));
  const unused = wide ? 0 : 32 - Math.min(32, r.bits);
  if (unused > 0) {
    f.i32Const(unused);
    f.emit(Op.i32_shl);
    f.i32Const(unused);
    f.emit(Op.i32_shr_s);
  }
  const x = f.local(e.valueType(op.result(0)));
  const push = (value: number) => (wide ? f.i64Const(value) : f.i32Const(value));
  f.tee(x);
  f.get(x);
  push(wide ? 63 : 31);
  f.emit(wide ? Op.i64_shr_s : Op.i32_shr_s);
  f.emit(wide ? Op.i64_xor : Op.i32_xor);
  f.get(x);
  push(wide ? 63 : 31);
  f.emit(wide ? Op.i64_shr_s : Op.i32_shr_s);
  f.emit(wide ? Op.i64_sub : Op.i32_sub);
  f.release(x);
  wrapNarrow(e, r);
}

export const FLOAT_OPS: Readonly<Record<string, OpEntry>> = {
  'arith.addf': plain([Op.f32_add, Op.f64_add, Op.f32x4_add, Op.f64x2_add]),
  'arith.subf': plain([Op.f32_sub, Op.f64_sub, Op.f32x4_sub, Op.f64x2_sub]),
  'arith.mulf': plain([Op.f32_mul, Op.f64_mul, Op.f32x4_mul, Op.f64x2_mul]),
  'arith.divf': plain([Op.f32_div, Op.f64_div, Op.f32x4_div, Op.f64x2_div]),
  'arith.negf': signOp([Op.f32_neg, Op.f64_neg], 'neg'),
  'arith.minimumf': extremum('min'),
  'arith.maximumf': extremum('max'),
  'arith.minnumf': number(MIN),
  'arith.maxnumf': number(MAX),
  'arith.cmpf': pure(emitCompare),
  'arith.select': pure(emitSelect),
  'math.absf': signOp([Op.f32_abs, Op.f64_abs], 'abs'),
  'math.ceil': plain([Op.f32_ceil, Op.f64_ceil, Op.f32x4_ceil, Op.f64x2_ceil]),
  'math.floor': plain([Op.f32_floor, Op.f64_floor, Op.f32x4_floor, Op.f64x2_floor]),
  'math.trunc': plain([Op.f32_trunc, Op.f64_trunc, Op.f32x4_trunc, Op.f64x2_trunc]),
  'math.roundeven': plain([Op.f32_nearest, Op.f64_nearest, Op.f32x4_nearest, Op.f64x2_nearest]),
  'math.sqrt': plain([Op.f32_sqrt, Op.f64_sqrt, Op.f32x4_sqrt, Op.f64x2_sqrt]),
  'math.copysign': pure(emitCopySign),
  'math.fma': pure(emitFma, checkFma),
  'math.absi': pure(emitAbsI),
  'math.ctlz': count(Op.i32_clz, Op.i64_clz, 'ctlz'),
  'math.cttz': count(Op.i32_ctz, Op.i64_ctz, 'cttz'),
  'math.ctpop': count(Op.i32_popcnt, Op.i64_popcnt, 'ctpop'),
};
