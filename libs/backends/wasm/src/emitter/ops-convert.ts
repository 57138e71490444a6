// Conversions between element types: arith's casts, simd.widen_low/high and simd.narrow.
import type { Operation } from '@budflow/ir';
import { Op, type PlainOpcode } from '../encoder/index.js';
import type { FunctionEmitter } from './function-emitter.js';
import type { OpEntry } from './op-table.js';
import {
  emitLanewise,
  extendLow,
  isVector,
  packLow,
  pure,
  resizeMask,
  type Sign,
  signExtend,
  wrapNarrow,
} from './ops-support.js';
import { type Representation, shapeOf } from './representation.js';
import { fits, floatRange, integerRange, union } from './value-range.js';

function operandAndResult(e: FunctionEmitter, op: Operation): { from: Representation; to: Representation } {
  return { from: e.representation(op.operand(0)), to: e.representation(op.result(0)) };
}

// ---- integers

function extend(sign: Sign): OpEntry {
  return pure((e, op) => {
    const { from, to } = operandAndResult(e, op);
    e.emitValue(op.operand(0));
    if (!isVector(from)) {
      if (sign === 'signed') signExtend(e, from);
      if (to.kind === 'i64') e.f.emit(sign === 'signed' ? Op.i64_extend_i32_s : Op.i64_extend_i32_u);
      else if (sign === 'signed') wrapNarrow(e, to);
      return;
    }
    extendVector(e, from, to.bits, sign);
  });
}

/** Widens the lanes of the vector on the stack; a mask becomes 0 and 1, or 0 and -1. */
function extendVector(e: FunctionEmitter, from: Representation, bits: number, sign: Sign): void {
  if (from.kind !== 'i1') {
    extendLow(e, from.bits, bits, sign);
    return;
  }
  resizeMask(e, from.bits, bits);
  if (sign === 'signed') return;
  e.f.i32Const(bits - 1);
  e.f.emit([Op.i8x16_shr_u, Op.i16x8_shr_u, Op.i32x4_shr_u, Op.i64x2_shr_u][shapeOf(bits)]!);
}

function emitTruncate(e: FunctionEmitter, op: Operation): void {
  const { from, to } = operandAndResult(e, op);
  e.emitValue(op.operand(0));
  if (!isVector(from)) {
    if (from.kind === 'i64') e.f.emit(Op.i32_wrap_i64);
    wrapNarrow(e, to);
    return;
  }
  truncateVector(e, from, to);
}

function truncateVector(e: FunctionEmitter, from: Representation, to: Representation): void {
  if (to.kind !== 'i1') {
    packLow(e, from.bits, to.bits);
    return;
  }
  // The lowest bit of each lane, spread over the lane.
  const shape = shapeOf(from.bits);
  e.f.i32Const(from.bits - 1);
  e.f.emit([Op.i8x16_shl, Op.i16x8_shl, Op.i32x4_shl, Op.i64x2_shl][shape]!);
  e.f.i32Const(from.bits - 1);
  e.f.emit([Op.i8x16_shr_s, Op.i16x8_shr_s, Op.i32x4_shr_s, Op.i64x2_shr_s][shape]!);
  resizeMask(e, from.bits, to.bits);
}

function indexCast(sign: Sign): OpEntry {
  return pure((e, op) => {
    const { from, to } = operandAndResult(e, op);
    const operand = op.operand(0);
    if (isVector(from)) {
      e.emitValue(operand);
      if (from.bits < to.bits) extendVector(e, from, to.bits, sign);
      else if (from.bits > to.bits) truncateVector(e, from, to);
      return;
    }
    if (from.kind === 'index') {
      if (to.kind === 'i64') e.emitIndex(operand, 'wide');
      else {
        e.emitIndex(operand, 'narrow');
        wrapNarrow(e, to);
      }
      return;
    }
    e.emitValue(operand);
    if (from.kind === 'i64') return;
    if (sign === 'signed') signExtend(e, from);
    if (e.isWide(op.result(0))) e.f.emit(sign === 'signed' ? Op.i64_extend_i32_s : Op.i64_extend_i32_u);
  });
}

// ---- integers and floats

const CONVERT: Record<Sign, Record<'i32' | 'i64', Record<'f32' | 'f64', PlainOpcode>>> = {
  signed: {
    i32: { f32: Op.f32_convert_i32_s, f64: Op.f64_convert_i32_s },
    i64: { f32: Op.f32_convert_i64_s, f64: Op.f64_convert_i64_s },
  },
  unsigned: {
    i32: { f32: Op.f32_convert_i32_u, f64: Op.f64_convert_i32_u },
    i64: { f32: Op.f32_convert_i64_u, f64: Op.f64_convert_i64_u },
  },
};

const TRUNCATE: Record<Sign, Record<'i32' | 'i64', Record<'f32' | 'f64', PlainOpcode>>> = {
  signed: {
    i32: { f32: Op.i32_trunc_sat_f32_s, f64: Op.i32_trunc_sat_f64_s },
    i64: { f32: Op.i64_trunc_sat_f32_s, f64: Op.i64_trunc_sat_f64_s },
  },
  unsigned: {
    i32: { f32: Op.i32_trunc_sat_f32_u, f64: Op.i32_trunc_sat_f64_u },
    i64: { f32: Op.i64_trunc_sat_f32_u, f64: Op.i64_trunc_sat_f64_u },
  },
};

function floatKind(r: Representation): 'f32' | 'f64' {
  return r.kind === 'f64' ? 'f64' : 'f32';
}

function integerToFloat(sign: Sign): OpEntry {
  return pure((e, op) => {
    const { from, to } = operandAndResult(e, op);
    const { f } = e;
    if (!isVector(from)) {
      e.emitValue(op.operand(0));
      if (sign === 'signed') signExtend(e, from);
      f.emit(CONVERT[sign][from.kind === 'i64' ? 'i64' : 'i32'][floatKind(to)]);
      return;
    }
    if (from.kind === 'i64' || from.kind === 'index') {
      emitLanewise(e, op, sign, () => f.emit(CONVERT[sign].i64[floatKind(to)]));
      return;
    }
    e.emitValue(op.operand(0));
    extendVector(e, from, 32, sign);
    if (to.kind === 'f64') f.emit(sign === 'signed' ? Op.f64x2_convert_low_i32x4_s : Op.f64x2_convert_low_i32x4_u);
    else f.emit(sign === 'signed' ? Op.f32x4_convert_i32x4_s : Op.f32x4_convert_i32x4_u);
  });
}

/** What truncates to integers of 32 bits, of floats of 32 bits. */
const INT32 = { lower: -(2 ** 31), upper: 2 ** 31 - 128 } as const;

function floatToInteger(sign: Sign): OpEntry {
  return pure((e, op) => {
    const { from, to } = operandAndResult(e, op);
    const { f } = e;
    if (!isVector(from)) {
      e.emitValue(op.operand(0));
      f.emit(TRUNCATE[sign][to.kind === 'i64' ? 'i64' : 'i32'][floatKind(from)]);
      wrapNarrow(e, to);
      return;
    }
    if (to.kind === 'i64') {
      emitLanewise(e, op, sign, () => f.emit(TRUNCATE[sign].i64[floatKind(from)]));
      return;
    }
    e.emitValue(op.operand(0));
    if (from.kind === 'f64')
      f.emit(sign === 'signed' ? Op.i32x4_trunc_sat_f64x2_s_zero : Op.i32x4_trunc_sat_f64x2_u_zero);
    // Numbers of 32 bits are converted by one instruction, others and NaN need seven.
    else if (
      e.features.relaxedSimd &&
      fits(floatRange(op.operand(0)), sign === 'signed' ? INT32.lower : 0, INT32.upper)
    )
      f.emit(Op.i32x4_relaxed_trunc_f32x4_s);
    else f.emit(sign === 'signed' ? Op.i32x4_trunc_sat_f32x4_s : Op.i32x4_trunc_sat_f32x4_u);
    if (to.kind === 'i32') return;
    truncateVector(e, { ...from, kind: 'i32', bits: 32 }, to);
  });
}

// ---- floats

function emitExtendFloat(e: FunctionEmitter, op: Operation): void {
  e.emitValue(op.operand(0));
  e.f.emit(isVector(e.representation(op.result(0))) ? Op.f64x2_promote_low_f32x4 : Op.f64_promote_f32);
}

function emitTruncateFloat(e: FunctionEmitter, op: Operation): void {
  e.emitValue(op.operand(0));
  e.f.emit(isVector(e.representation(op.result(0))) ? Op.f32x4_demote_f64x2_zero : Op.f32_demote_f64);
}

function checkRounding(op: Operation): string | null {
  const mode = op.attr('roundingmode');
  return mode === undefined || mode.toString().includes('to_nearest_even') || mode.toString().startsWith('0 ')
    ? null
    : `rounding mode ${mode} is not supported`;
}

// ---- bits

function emitBitcast(e: FunctionEmitter, op: Operation): void {
  const { from, to } = operandAndResult(e, op);
  e.emitValue(op.operand(0));
  if (isVector(from) || from.kind === to.kind) return;
  if (from.kind === 'f32') e.f.emit(Op.i32_reinterpret_f32);
  else if (from.kind === 'f64') e.f.emit(Op.i64_reinterpret_f64);
  else if (to.kind === 'f32') e.f.emit(Op.f32_reinterpret_i32);
  else if (to.kind === 'f64') e.f.emit(Op.f64_reinterpret_i64);
}

// ---- halves

const HIGH_S = [Op.i16x8_extend_high_i8x16_s, Op.i32x4_extend_high_i16x8_s, Op.i64x2_extend_high_i32x4_s] as const;
const HIGH_U = [Op.i16x8_extend_high_i8x16_u, Op.i32x4_extend_high_i16x8_u, Op.i64x2_extend_high_i32x4_u] as const;

/** Bytes `first`.. of the vector on the stack, moved to the front. */
export function moveDown(e: FunctionEmitter, first: number): void {
  if (first === 0) return;
  const { f } = e;
  f.v128ConstI32x4(0, 0, 0, 0);
  f.shuffle(Array.from({ length: 16 }, (_, i) => Math.min(first + i, 16)));
}

function widen(half: 'low' | 'high'): OpEntry {
  return pure(
    (e, op) => {
      const { from, to } = operandAndResult(e, op);
      const sign = op.attr('unsigned') === undefined ? 'signed' : 'unsigned';
      e.emitValue(op.operand(0));
      const full = from.lanes * from.bits === 128;
      if (half === 'high' && full && from.kind !== 'f32') {
        e.f.emit((sign === 'signed' ? HIGH_S : HIGH_U)[shapeOf(from.bits) as 0 | 1 | 2]);
        return;
      }
      if (half === 'high') moveDown(e, (from.lanes * from.bits) / 16);
      if (from.kind === 'f32') e.f.emit(Op.f64x2_promote_low_f32x4);
      else extendLow(e, from.bits, to.bits, sign);
    },
    (op) => (op.result(0).type.toString().includes('index') ? 'widening to index is not supported' : null),
  );
}

/** The instruction that narrows integers known to fit: it saturates, which then does not happen. */
function saturatingNarrow(op: Operation, from: Representation, to: Representation): PlainOpcode | undefined {
  if (from.lanes * from.bits !== 128 || (to.kind !== 'i16' && to.kind !== 'i8')) return undefined;
  const range = union(integerRange(op.operand(0)), integerRange(op.operand(1)));
  const [signed, unsigned] =
    to.kind === 'i16'
      ? [Op.i16x8_narrow_i32x4_s, Op.i16x8_narrow_i32x4_u]
      : [Op.i8x16_narrow_i16x8_s, Op.i8x16_narrow_i16x8_u];
  if (fits(range, -(2 ** (to.bits - 1)), 2 ** (to.bits - 1) - 1)) return signed;
  return fits(range, 0, 2 ** to.bits - 1) ? unsigned : undefined;
}

function emitNarrow(e: FunctionEmitter, op: Operation): void {
  const { from, to } = operandAndResult(e, op);
  const { f } = e;
  const half = to.lanes / 2;
  const bytes = to.bits / 8;
  for (let i = 0; i < 2; i++) {
    e.emitValue(op.operand(i));
    if (from.kind === 'f64') f.emit(Op.f32x4_demote_f64x2_zero);
  }
  const saturating = saturatingNarrow(op, from, to);
  if (saturating) {
    f.emit(saturating);
    return;
  }
  // A demoted vector already has its lanes side by side.
  const stride = from.kind === 'f64' ? bytes : from.bits / 8;
  f.shuffle(
    Array.from({ length: 16 }, (_, i) => {
      const lane = Math.floor(i / bytes);
      if (lane >= to.lanes) return 0;
      return (lane < half ? 0 : 16) + (lane % half) * stride + (i % bytes);
    }),
  );
}

export const CONVERT_OPS: Readonly<Record<string, OpEntry>> = {
  'arith.extsi': extend('signed'),
  'arith.extui': extend('unsigned'),
  'arith.trunci': pure(emitTruncate),
  'arith.index_cast': indexCast('signed'),
  'arith.index_castui': indexCast('unsigned'),
  'arith.sitofp': integerToFloat('signed'),
  'arith.uitofp': integerToFloat('unsigned'),
  'arith.fptosi': floatToInteger('signed'),
  'arith.fptoui': floatToInteger('unsigned'),
  'arith.extf': pure(emitExtendFloat),
  'arith.truncf': pure(emitTruncateFloat, checkRounding),
  'arith.bitcast': pure(emitBitcast),
  'simd.widen_low': widen('low'),
  'simd.widen_high': widen('high'),
  'simd.narrow': pure(emitNarrow),
};
