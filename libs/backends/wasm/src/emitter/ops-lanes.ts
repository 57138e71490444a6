// Lanes of vectors: simd's splat, extract, insert, shuffle, slice, concat, mask.first_n and reductions.
import { DenseArrayAttr, IntegerAttr, type Operation } from '@budflow/ir';
import { Op, type PlainOpcode, ValueType } from '../encoder/index.js';
import type { FunctionEmitter } from './function-emitter.js';
import type { OpEntry } from './op-table.js';
import { moveDown } from './ops-convert.js';
import { selectExtremum } from './ops-integer.js';
import { emitSplatLoad } from './ops-memory.js';
import {
  chooseLanes,
  emitSplat,
  extractLane,
  laneType,
  maskLane,
  pure,
  replaceLane,
  resizeMask,
} from './ops-support.js';
import { type Representation, shapeOf } from './representation.js';

function integerAttr(op: Operation, name: string): number | undefined {
  const attr = op.attr(name);
  return attr instanceof IntegerAttr ? attr.number : undefined;
}

/** Pushes a scalar as a lane is held: an index in 64 bits. */
function emitScalar(e: FunctionEmitter, op: Operation, operand: number): void {
  const value = op.operand(operand);
  if (e.representation(value).kind === 'index') e.emitIndex(value, 'wide');
  else e.emitValue(value);
}

function emitSplatOp(e: FunctionEmitter, op: Operation): void {
  const r = e.representation(op.result(0));
  if (emitSplatLoad(e, op.operand(0), r)) return;
  emitScalar(e, op, 0);
  if (r.kind === 'i1') maskLane(e, r.bits);
  emitSplat(e, r.kind, r.bits);
}

// ---- one lane

function emitExtract(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const r = e.representation(op.operand(0));
  const lane = op.operandCount > 1 ? e.constantOf(op.operand(1)) : (integerAttr(op, 'lane') ?? 0);
  if (lane !== undefined) {
    if (op.operandCount > 1) e.discard(op.operand(1));
    e.emitValue(op.operand(0));
    extractLane(e, r, lane);
    return;
  }
  const vector = e.pin(op.operand(0));
  const position = f.local(ValueType.i32);
  e.emitIndex(op.operand(1), 'narrow');
  f.set(position);
  f.get(vector);
  extractLane(e, r, 0);
  for (let l = 1; l < r.lanes; l++) {
    f.get(vector);
    extractLane(e, r, l);
    f.get(position);
    f.i32Const(l);
    f.emit(Op.i32_ne);
    f.select();
  }
  f.release(position);
  e.unpin(op.operand(0), vector);
}

/** A vector of 0, 1, 2, .. in lanes of `bits`. */
function emitIota(e: FunctionEmitter, bits: number): void {
  const bytes = new Uint8Array(16);
  for (let l = 0; l < 128 / bits; l++) bytes[(l * bits) / 8] = l;
  e.f.v128Const(bytes);
}

function emitInsert(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const r = e.representation(op.result(0));
  const lane = op.operandCount > 2 ? e.constantOf(op.operand(2)) : (integerAttr(op, 'lane') ?? 0);
  if (lane !== undefined) {
    e.emitValue(op.operand(1));
    emitScalar(e, op, 0);
    replaceLane(e, r, lane);
    return;
  }
  emitScalar(e, op, 0);
  if (r.kind === 'i1') maskLane(e, r.bits);
  emitSplat(e, r.kind, r.bits);
  e.emitValue(op.operand(1));
  emitIota(e, r.bits);
  e.emitIndex(op.operand(2), r.bits === 64 ? 'wide' : 'narrow');
  emitSplat(e, 'i32', r.bits);
  f.emit([Op.i8x16_eq, Op.i16x8_eq, Op.i32x4_eq, Op.i64x2_eq][shapeOf(r.bits)]!);
  chooseLanes(e, r.bits);
}

// ---- many lanes

function shuffleLanes(op: Operation): number[] {
  const attr = op.attr('lanes');
  return attr instanceof DenseArrayAttr ? attr.values.map(Number) : [];
}

function emitShuffle(e: FunctionEmitter, op: Operation): void {
  const from = e.representation(op.operand(0));
  const to = e.representation(op.result(0));
  const bytes = from.bits / 8;
  const pattern = shuffleLanes(op);
  e.emitValue(op.operand(0));
  e.emitValue(op.operand(1));
  e.f.shuffle(
    Array.from({ length: 16 }, (_, i) => {
      const lane = pattern[Math.floor(i / bytes)];
      if (lane === undefined) return 0;
      return (lane < from.lanes ? lane * bytes : 16 + (lane - from.lanes) * bytes) + (i % bytes);
    }),
  );
  // Masks of another number of lanes have lanes of another width.
  if (from.kind === 'i1') resizeMask(e, from.bits, to.bits);
}

function checkShuffle(op: Operation): string | null {
  const { type } = op.operand(0);
  const lanes = 'shape' in type ? (type.shape as readonly number[])[0]! : 0;
  return type.toString().endsWith('xi1>') && shuffleLanes(op).length > lanes
    ? 'a shuffle that makes a longer mask is not supported'
    : null;
}

function emitSlice(e: FunctionEmitter, op: Operation): void {
  const from = e.representation(op.operand(0));
  const to = e.representation(op.result(0));
  e.emitValue(op.operand(0));
  moveDown(e, ((integerAttr(op, 'offset') ?? 0) * from.bits) / 8);
  if (from.kind === 'i1') resizeMask(e, from.bits, to.bits);
}

function emitConcat(e: FunctionEmitter, op: Operation): void {
  const to = e.representation(op.result(0));
  const bytes = to.bits / 8;
  let filled = 0;
  for (let i = 0; i < op.operandCount; i++) {
    const r = e.representation(op.operand(i));
    e.emitValue(op.operand(i));
    if (r.kind === 'i1') resizeMask(e, r.bits, to.bits);
    const own = r.lanes * bytes;
    if (i > 0) {
      const have = filled;
      e.f.shuffle(Array.from({ length: 16 }, (_, b) => (b < have ? b : b < have + own ? 16 + b - have : 0)));
    }
    filled += own;
  }
}

function emitFirstN(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const r = e.representation(op.result(0));
  const count = op.operand(0);
  // Clamped to 0..lanes first: then it fits a lane of any width.
  const wide = e.isWide(count);
  const type = wide ? ValueType.i64 : ValueType.i32;
  const push = (value: number) => (wide ? f.i64Const(value) : f.i32Const(value));
  e.emitValue(count);
  push(0);
  selectExtremum(e, type, 'max', 'signed');
  push(r.lanes);
  selectExtremum(e, type, 'min', 'signed');
  if (wide && r.bits !== 64) f.emit(Op.i32_wrap_i64);
  if (!wide && r.bits === 64) f.emit(Op.i64_extend_i32_s);
  emitSplat(e, 'i32', r.bits);
  emitIota(e, r.bits);
  f.emit([Op.i8x16_gt_s, Op.i16x8_gt_s, Op.i32x4_gt_s, Op.i64x2_gt_s][shapeOf(r.bits)]!);
}

// ---- reductions

type Kind = 'add' | 'mul' | 'min' | 'max' | 'and' | 'or' | 'xor';

const FLOAT: Partial<Record<Kind, readonly [PlainOpcode, PlainOpcode]>> = {
  add: [Op.f32x4_add, Op.f64x2_add],
  mul: [Op.f32x4_mul, Op.f64x2_mul],
  min: [Op.f32x4_min, Op.f64x2_min],
  max: [Op.f32x4_max, Op.f64x2_max],
};

type Vectors = readonly (PlainOpcode | null)[];
const INTEGER: Record<Kind, { readonly signed: Vectors; readonly unsigned: Vectors }> = {
  add: both([Op.i8x16_add, Op.i16x8_add, Op.i32x4_add, Op.i64x2_add]),
  mul: both([null, Op.i16x8_mul, Op.i32x4_mul, Op.i64x2_mul]),
  min: {
    signed: [Op.i8x16_min_s, Op.i16x8_min_s, Op.i32x4_min_s, null],
    unsigned: [Op.i8x16_min_u, Op.i16x8_min_u, Op.i32x4_min_u, null],
  },
  max: {
    signed: [Op.i8x16_max_s, Op.i16x8_max_s, Op.i32x4_max_s, null],
    unsigned: [Op.i8x16_max_u, Op.i16x8_max_u, Op.i32x4_max_u, null],
  },
  and: both([Op.v128_and, Op.v128_and, Op.v128_and, Op.v128_and]),
  or: both([Op.v128_or, Op.v128_or, Op.v128_or, Op.v128_or]),
  xor: both([Op.v128_xor, Op.v128_xor, Op.v128_xor, Op.v128_xor]),
};

function both(opcodes: Vectors): { readonly signed: Vectors; readonly unsigned: Vectors } {
  return { signed: opcodes, unsigned: opcodes };
}

function reduction(kind: Kind): OpEntry {
  return pure((e, op) => {
    const r = e.representation(op.operand(0));
    const sign = op.attr('unsigned') === undefined ? 'signed' : 'unsigned';
    e.emitValue(op.operand(0));
    if (r.kind === 'i1') {
      reduceMask(e, r, kind, sign);
      return;
    }
    const opcode =
      r.kind === 'f32' ? FLOAT[kind]![0] : r.kind === 'f64' ? FLOAT[kind]![1] : INTEGER[kind][sign][shapeOf(r.bits)]!;
    if (opcode === null) {
      reduceLanes(e, r, kind, sign);
      return;
    }
    const half = e.f.local(ValueType.v128);
    for (let width = r.lanes >> 1; width > 0; width >>= 1) {
      e.f.tee(half);
      e.f.get(half);
      const first = (width * r.bits) / 8;
      e.f.get(half);
      e.f.shuffle(Array.from({ length: 16 }, (_, i) => (i + first) & 15));
      e.f.emit(opcode);
    }
    e.f.release(half);
    extractLane(e, r, 0);
  });
}

/** Where there is no vector op (products of bytes, order of i64): in scalars; the order does not matter for integers. */
function reduceLanes(e: FunctionEmitter, r: Representation, kind: Kind, sign: 'signed' | 'unsigned'): void {
  const { f } = e;
  const vector = f.local(ValueType.v128);
  f.set(vector);
  for (let lane = 0; lane < r.lanes; lane++) {
    f.get(vector);
    extractLane(e, r, lane, sign);
    if (lane === 0) continue;
    if (kind === 'mul') f.emit(r.bits === 64 ? Op.i64_mul : Op.i32_mul);
    else selectExtremum(e, laneType(r), kind === 'min' ? 'min' : 'max', sign);
  }
  f.release(vector);
  if (r.bits >= 32) return;
  f.i32Const(2 ** r.bits - 1);
  f.emit(Op.i32_and);
}

function reduceMask(e: FunctionEmitter, r: Representation, kind: Kind, sign: 'signed' | 'unsigned'): void {
  const { f } = e;
  const shape = shapeOf(r.bits);
  if (kind === 'add' || kind === 'xor') {
    f.emit([Op.i8x16_bitmask, Op.i16x8_bitmask, Op.i32x4_bitmask, Op.i64x2_bitmask][shape]!);
    f.emit(Op.i32_popcnt);
    f.i32Const(1);
    f.emit(Op.i32_and);
    return;
  }
  // As a signed number true is -1.
  const all = kind === 'mul' || kind === 'and' || (kind === 'min') === (sign === 'unsigned');
  if (kind !== 'or' && all)
    f.emit([Op.i8x16_all_true, Op.i16x8_all_true, Op.i32x4_all_true, Op.i64x2_all_true][shape]!);
  else f.emit(Op.v128_any_true);
}

export const LANE_OPS: Readonly<Record<string, OpEntry>> = {
  'simd.splat': pure(emitSplatOp),
  'simd.extract': pure(emitExtract),
  'simd.insert': pure(emitInsert),
  'simd.shuffle': pure(emitShuffle, checkShuffle),
  'simd.slice': pure(emitSlice),
  'simd.concat': pure(emitConcat),
  'simd.mask.first_n': pure(emitFirstN),
  'simd.reduce_add': reduction('add'),
  'simd.reduce_mul': reduction('mul'),
  'simd.reduce_min': reduction('min'),
  'simd.reduce_max': reduction('max'),
  'simd.reduce_and': reduction('and'),
  'simd.reduce_or': reduction('or'),
  'simd.reduce_xor': reduction('xor'),
};
