// Parts shared by the functions that write ops.
import { elementTypeOf, type Operation, type Value } from '@budflow/ir';
import { type Local, Op, type PlainOpcode, ValueType } from '../encoder/index.js';
import type { FunctionEmitter } from './function-emitter.js';
import type { OpEntry } from './op-table.js';
import { isHalf, type Representation, representationOf, shapeOf } from './representation.js';

/** The opcode for i8x16, i16x8, i32x4, i64x2; null where there is none. */
export type IntegerVectorOpcodes = readonly [
  PlainOpcode | null,
  PlainOpcode | null,
  PlainOpcode | null,
  PlainOpcode | null,
];

export type Sign = 'signed' | 'unsigned';

/** All operands and results have a representation. */
export function checkTypes(op: Operation): string | null {
  for (const value of op.results)
    if (representationOf(value.type) === null) return `values of type ${value.type} are not supported`;
  for (const value of op.operands)
    if (representationOf(value.type) === null) return `values of type ${value.type} are not supported`;
  return computes(op.name) && [...op.results, ...op.operands].some((v) => isHalf(elementTypeOf(v.type)))
    ? 'is on 16-bit floats, which are only moved: expand-half-floats comes first'
    : null;
}

/** Ops that look into their operands, and do not merely move them. */
function computes(name: string): boolean {
  if (name.startsWith('arith.'))
    return name !== 'arith.select' && name !== 'arith.constant' && name !== 'arith.bitcast';
  return (
    name.startsWith('math.') ||
    name.startsWith('simd.reduce_') ||
    name.startsWith('simd.widen_') ||
    name === 'simd.narrow'
  );
}

/** An entry for an op without side effects. */
export function pure(emit: OpEntry['emit'], check: OpEntry['check'] = checkTypes): OpEntry {
  return { kind: 'pure', emit, check: (op, features) => checkTypes(op) ?? check(op, features) };
}

export function isVector(r: Representation): boolean {
  return r.lanes > 0;
}

/** Pushes an operand as the type of `like`: an index in its width. */
export function emitLike(e: FunctionEmitter, value: Value, like: Value): void {
  const r = e.representation(value);
  if (r.kind === 'index' && r.lanes === 0) e.emitIndex(value, e.isWide(like) ? 'wide' : 'narrow');
  else e.emitValue(value);
}

/** Sign-extends the i32 on the stack from the width of a narrow integer. */
export function signExtend(e: FunctionEmitter, r: Representation): void {
  switch (r.kind) {
    case 'i8':
      e.f.emit(Op.i32_extend8_s);
      return;
    case 'i16':
      e.f.emit(Op.i32_extend16_s);
      return;
    case 'i1':
      e.f.i32Const(31);
      e.f.emit(Op.i32_shl);
      e.f.i32Const(31);
      e.f.emit(Op.i32_shr_s);
  }
}

/** Clears the bits above a narrow integer's width. */
export function wrapNarrow(e: FunctionEmitter, r: Representation): void {
  if (r.lanes > 0) return;
  if (r.kind === 'i1' || r.kind === 'i8' || r.kind === 'i16') {
    e.f.i32Const(2 ** r.bits - 1);
    e.f.emit(Op.i32_and);
  }
}

/** Splats the scalar on the stack. */
export function emitSplat(e: FunctionEmitter, kind: Representation['kind'], bits: number): void {
  if (kind === 'f32') e.f.emit(Op.f32x4_splat);
  else if (kind === 'f64') e.f.emit(Op.f64x2_splat);
  else e.f.emit([Op.i8x16_splat, Op.i16x8_splat, Op.i32x4_splat, Op.i64x2_splat][shapeOf(bits)]!);
}

const EXTRACT_UNSIGNED = [
  Op.i8x16_extract_lane_u,
  Op.i16x8_extract_lane_u,
  Op.i32x4_extract_lane,
  Op.i64x2_extract_lane,
] as const;
const EXTRACT_SIGNED = [
  Op.i8x16_extract_lane_s,
  Op.i16x8_extract_lane_s,
  Op.i32x4_extract_lane,
  Op.i64x2_extract_lane,
] as const;
const REPLACE = [Op.i8x16_replace_lane, Op.i16x8_replace_lane, Op.i32x4_replace_lane, Op.i64x2_replace_lane] as const;

/** Takes a lane of the vector on the stack; of a mask, 0 or 1. */
export function extractLane(e: FunctionEmitter, r: Representation, lane: number, sign: Sign = 'unsigned'): void {
  const { f } = e;
  if (r.kind === 'f32') f.lane(Op.f32x4_extract_lane, lane);
  else if (r.kind === 'f64') f.lane(Op.f64x2_extract_lane, lane);
  else {
    f.lane((sign === 'signed' ? EXTRACT_SIGNED : EXTRACT_UNSIGNED)[shapeOf(r.bits)], lane);
    if (r.kind !== 'i1') return;
    if (r.bits === 64) f.emit(Op.i32_wrap_i64);
    f.i32Const(1);
    f.emit(Op.i32_and);
  }
}

/** Puts the scalar on the stack into a lane of the vector below; a mask lane takes 0 or 1. */
export function replaceLane(e: FunctionEmitter, r: Representation, lane: number): void {
  const { f } = e;
  if (r.kind === 'f32') f.lane(Op.f32x4_replace_lane, lane);
  else if (r.kind === 'f64') f.lane(Op.f64x2_replace_lane, lane);
  else {
    if (r.kind === 'i1') maskLane(e, r.bits);
    f.lane(REPLACE[shapeOf(r.bits)], lane);
  }
}

/** 0 or 1 on the stack to all zeros or all ones of a lane. */
export function maskLane(e: FunctionEmitter, bits: number): void {
  e.f.i32Const(31);
  e.f.emit(Op.i32_shl);
  e.f.i32Const(31);
  e.f.emit(Op.i32_shr_s);
  if (bits === 64) e.f.emit(Op.i64_extend_i32_s);
}

/** WebAssembly type of an extracted lane. */
export function laneType(r: Representation): ValueType {
  if (r.kind === 'f32') return ValueType.f32;
  if (r.kind === 'f64') return ValueType.f64;
  return r.bits === 64 && r.kind !== 'i1' ? ValueType.i64 : ValueType.i32;
}

/**
 * Computes a vector lane by lane: `scalar` pops a lane of each operand and pushes a lane of the result. For what 128-bit
 * SIMD lacks.
 */
export function emitLanewise(e: FunctionEmitter, op: Operation, sign: Sign, scalar: () => void): void {
  const { f } = e;
  const result = e.representation(op.result(0));
  const locals: Local[] = [];
  for (let i = 0; i < op.operandCount; i++) locals.push(e.pin(op.operand(i)));
  f.v128ConstI32x4(0, 0, 0, 0);
  for (let lane = 0; lane < result.lanes; lane++) {
    locals.forEach((local, i) => {
      f.get(local);
      extractLane(e, e.representation(op.operand(i)), lane, sign);
    });
    scalar();
    replaceLane(e, result, lane);
  }
  locals.forEach((local, i) => {
    e.unpin(op.operand(i), local);
  });
}

const EXTEND_LOW_S = [Op.i16x8_extend_low_i8x16_s, Op.i32x4_extend_low_i16x8_s, Op.i64x2_extend_low_i32x4_s] as const;
const EXTEND_LOW_U = [Op.i16x8_extend_low_i8x16_u, Op.i32x4_extend_low_i16x8_u, Op.i64x2_extend_low_i32x4_u] as const;

/** Widens the low lanes of the vector on the stack. */
export function extendLow(e: FunctionEmitter, from: number, to: number, sign: Sign): void {
  for (let bits = from; bits < to; bits *= 2)
    e.f.emit((sign === 'signed' ? EXTEND_LOW_S : EXTEND_LOW_U)[shapeOf(bits) as 0 | 1 | 2]);
}

const lanes = new Uint8Array(16);

/** Keeps the low bytes of each lane of the vector on the stack, packed into its low lanes. */
export function packLow(e: FunctionEmitter, from: number, to: number): void {
  if (from === to) return;
  const source = e.f.local(ValueType.v128);
  e.f.tee(source);
  e.f.get(source);
  const [wide, narrow] = [from / 8, to / 8];
  for (let i = 0; i < 16; i++) lanes[i] = (Math.floor(i / narrow) * wide + (i % narrow)) & 15;
  e.f.shuffle(lanes);
  e.f.release(source);
}

/** Changes the lane width of the mask on the stack. */
export function resizeMask(e: FunctionEmitter, from: number, to: number): void {
  if (from < to) extendLow(e, from, to, 'signed');
  else packLow(e, from, to);
}

const LANE_SELECT: readonly PlainOpcode[] = [
  Op.i8x16_relaxed_laneselect,
  Op.i16x8_relaxed_laneselect,
  Op.i32x4_relaxed_laneselect,
  Op.i64x2_relaxed_laneselect,
];

/**
 * Chooses between the two vectors below by the mask on top, whose lanes of `bits` are all ones or all zeros: one
 * instruction with relaxed SIMD (a blend), where x86 takes three for each bit by itself.
 */
export function chooseLanes(e: FunctionEmitter, bits: number): void {
  e.f.emit(e.features.relaxedSimd ? LANE_SELECT[shapeOf(bits)]! : Op.v128_bitselect);
}

/** Number of dimensions of a memref operand. */
export function rankOf(value: Value): number {
  const { type } = value;
  return 'shape' in type ? (type.shape as readonly number[]).length : 0;
}
