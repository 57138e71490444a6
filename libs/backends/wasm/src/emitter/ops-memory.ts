// Access to memory: scalar and vector loads and stores, fill and copy.
import { IntegerAttr, MemRefType, type Operation, type Value } from '@budflow/ir';
import { type Local, type MemoryLaneOpcode, type MemoryOpcode, Op, ValueType } from '../encoder/index.js';
import type { Located } from './addresses.js';
import { laneDimension } from './buffers.js';
import type { FunctionEmitter } from './function-emitter.js';
import type { OpEntry } from './op-table.js';
import { extendLow, extractLane, isVector, packLow, rankOf } from './ops-support.js';
import { isRegisterTile } from './register-tiles.js';
import { type Representation, representationOf } from './representation.js';

/** The load of a scalar; an index as i64. */
export function loadOpcode(r: Representation): MemoryOpcode {
  switch (r.kind) {
    case 'i1':
    case 'i8':
      return Op.i32_load8_u;
    case 'i16':
      return Op.i32_load16_u;
    case 'i32':
      return Op.i32_load;
    case 'f32':
      return Op.f32_load;
    case 'f64':
      return Op.f64_load;
    default:
      return Op.i64_load;
  }
}

function storeOpcode(r: Representation): MemoryOpcode {
  switch (r.kind) {
    case 'i1':
    case 'i8':
      return Op.i32_store8;
    case 'i16':
      return Op.i32_store16;
    case 'i32':
      return Op.i32_store;
    case 'f32':
      return Op.f32_store;
    case 'f64':
      return Op.f64_store;
    default:
      return Op.i64_store;
  }
}

const LOAD_SPLAT = {
  1: Op.v128_load8_splat,
  2: Op.v128_load16_splat,
  4: Op.v128_load32_splat,
  8: Op.v128_load64_splat,
} as const;
const LOAD_LANE = {
  1: Op.v128_load8_lane,
  2: Op.v128_load16_lane,
  4: Op.v128_load32_lane,
  8: Op.v128_load64_lane,
} as const;
const STORE_LANE = {
  1: Op.v128_store8_lane,
  2: Op.v128_store16_lane,
  4: Op.v128_store32_lane,
  8: Op.v128_store64_lane,
} as const;
type Width = keyof typeof LOAD_LANE;

/** What the address is known to be a multiple of, as far as an access of `natural` bytes can be told. */
function alignment(op: Operation, bytes: number, natural: number): number {
  const attr = op.attr('alignment');
  return Math.min(natural, attr instanceof IntegerAttr ? Math.max(bytes, attr.number) : bytes);
}

// ---- scalars

function emitLoad(e: FunctionEmitter, op: Operation): void {
  const r = e.representation(op.result(0));
  const offset = e.emitAddress(e.located(op));
  e.f.memory(loadOpcode(r), offset);
}

/** Pushes a value to be stored: an index takes 64 bits in memory. */
function emitStored(e: FunctionEmitter, value: Value): void {
  if (e.representation(value).kind === 'index' && !isVector(e.representation(value))) e.emitIndex(value, 'wide');
  else e.emitValue(value);
}

function emitStore(e: FunctionEmitter, op: Operation): void {
  const value = op.operand(0);
  const offset = e.emitAddress(e.located(op));
  emitStored(e, value);
  e.f.memory(storeOpcode(e.representation(value)), offset);
}

/** Writes a splat of a load that is only needed for it as one instruction; false when it is none. */
export function emitSplatLoad(e: FunctionEmitter, scalar: Value, r: Representation): boolean {
  const load = scalar.definingOp;
  if (load?.name !== 'memory.load' || r.kind === 'i1' || !e.isPending(scalar)) return false;
  e.absorb(scalar);
  const offset = e.emitAddress(e.located(load));
  e.f.memory(LOAD_SPLAT[r.bytes as Width], offset);
  return true;
}

// ---- vectors

/** Loads `bytes` bytes into the low end of a vector. */
function loadLow(e: FunctionEmitter, op: Operation, bytes: number, element: number): void {
  const offset = e.emitAddress(e.located(op));
  switch (bytes) {
    case 16:
      e.f.memory(Op.v128_load, offset, alignment(op, element, 16));
      return;
    case 8:
      e.f.memory(Op.v128_load64_zero, offset, alignment(op, element, 8));
      return;
    case 4:
      e.f.memory(Op.v128_load32_zero, offset, alignment(op, element, 4));
      return;
    default:
      e.f.memory(Op.v128_load16_splat, offset, alignment(op, element, 2));
  }
}

function emitVectorLoad(e: FunctionEmitter, op: Operation): void {
  const r = e.representation(op.result(0));
  loadLow(e, op, r.lanes * r.bytes, r.bytes);
  bytesToMask(e, r);
}

/** Of a mask: bytes of 0 and 1 become lanes of zeros and ones. */
function bytesToMask(e: FunctionEmitter, r: Representation): void {
  if (r.kind !== 'i1') return;
  e.f.emit(Op.i8x16_neg);
  extendLow(e, 8, r.bits, 'signed');
}

/**
 * The sums of a register tile from which operations behind its loop compute what is stored: V8 spills sums that anything but a
 * store takes, so they go through the memory of the result (register-tiles.ts). None where the operations read memory.
 */
function sumsOfTile(e: FunctionEmitter, value: Value): Value[] {
  const found = new Set<Value>();
  let isPure = e.isPending(value);
  const visit = (v: Value): void => {
    const op = v.definingOp;
    if (op?.name === 'loop.for') {
      if (isVector(e.representation(v)) && isRegisterTile(op)) found.add(v);
    } else if (op && e.isPending(v)) {
      isPure &&= op.info.dialect === 'arith' || op.info.dialect === 'math';
      for (const operand of op.operands) visit(operand);
    }
  };
  if (isPure) visit(value);
  return isPure ? [...found] : [];
}

function emitVectorStore(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const value = op.operand(0);
  const r = e.representation(value);
  const offset = e.emitAddress(e.located(op));
  const bytes = r.lanes * r.bytes;
  const sums = bytes === 16 ? sumsOfTile(e, value) : [];
  if (sums.length > 0) {
    const address = f.local(ValueType.i32);
    f.set(address);
    for (const sum of sums) {
      const local = e.pin(sum);
      f.get(address);
      f.get(local);
      f.memory(Op.v128_store, offset, alignment(op, r.bytes, 16));
      f.get(address);
      f.memory(Op.v128_load, offset, alignment(op, r.bytes, 16));
      f.set(local);
    }
    f.get(address);
    f.release(address);
  }
  emitLanes(e, value);
  if (bytes === 16) f.memory(Op.v128_store, offset, alignment(op, r.bytes, 16));
  else f.memoryLane(STORE_LANE[bytes as Width], 0, offset, alignment(op, r.bytes, bytes));
}

// ---- lane by lane

/** Pushes lanes as they lie in memory, masks as bytes of 0 and 1 in the low end. */
function emitLanes(e: FunctionEmitter, value: Value): void {
  const r = e.representation(value);
  e.emitValue(value);
  if (r.kind !== 'i1') return;
  packLow(e, r.bits, 8);
  e.f.emit(Op.i8x16_neg);
}

/** The same in a local; release it. */
function lanesLocal(e: FunctionEmitter, value: Value): Local {
  const local = e.f.local(ValueType.v128);
  emitLanes(e, value);
  e.f.set(local);
  return local;
}

/** Bytes of an element in memory, which are those of a lane but for masks. */
function laneWidth(r: Representation): Width {
  return r.bytes as Width;
}

function loadLane(e: FunctionEmitter, r: Representation, lane: number, offset: number): void {
  e.f.memoryLane(LOAD_LANE[laneWidth(r)] as MemoryLaneOpcode, lane, offset, r.bytes);
}

/** The address in a local, so that it can be used for each lane; release it. */
function addressLocal(e: FunctionEmitter, located: Located): Local {
  e.emitAddressValue(located);
  const local = e.f.local(ValueType.i32);
  e.f.set(local);
  return local;
}

function emitStridedLoad(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const r = e.representation(op.result(0));
  const steps = (op.attr('stride') as IntegerAttr).number;
  const { coefficient, symbol } = e.plan.buffers.of(op.operand(0))!.strides[laneDimension(op)]!;
  const address = addressLocal(e, e.located(op));
  f.v128ConstI32x4(0, 0, 0, 0);
  const vector = f.local(ValueType.v128);
  f.set(vector);
  for (let lane = 0; lane < r.lanes; lane++) {
    const distance = lane * steps * coefficient;
    f.get(address);
    // Below the address, or far above: added to it, as address + offset does not wrap.
    const folded = symbol < 0 && distance >= 0 && distance < 2 ** 31;
    if (!folded) {
      if (symbol >= 0) {
        f.get(e.plan.buffers.symbols[symbol]!.local as Local);
        e.scale(distance);
      } else f.i32Const(distance | 0);
      f.emit(Op.i32_add);
    }
    f.get(vector);
    loadLane(e, r, lane, folded ? distance : 0);
    f.set(vector);
  }
  f.get(vector);
  bytesToMask(e, r);
  f.release(vector);
  f.release(address);
}

/** Pushes the address of lane `lane`: `address` plus its offset times the stride of the last dimension. */
function pushOffsetAddress(
  e: FunctionEmitter,
  memref: Value,
  address: Local,
  offsets: Local,
  r: Representation,
  lane: number,
): void {
  const { f } = e;
  const { coefficient, symbol } = e.plan.buffers.of(memref)!.strides[rankOf(memref) - 1]!;
  f.get(address);
  f.get(offsets);
  extractLane(e, r, lane, 'signed');
  if (r.bits === 64) f.emit(Op.i32_wrap_i64);
  if (symbol >= 0) {
    f.get(e.plan.buffers.symbols[symbol]!.local as Local);
    f.emit(Op.i32_mul);
  }
  e.scale(coefficient);
  f.emit(Op.i32_add);
}

/** Runs `access` for each lane, under the lane's bit of the mask if there is one. */
function forEachLane(e: FunctionEmitter, lanes: number, mask: Value | undefined, access: (lane: number) => void): void {
  const { f } = e;
  const local = mask && e.pin(mask);
  for (let lane = 0; lane < lanes; lane++) {
    if (mask === undefined || local === undefined) {
      access(lane);
      continue;
    }
    f.get(local);
    extractLane(e, e.representation(mask), lane);
    f.if();
    access(lane);
    f.end();
  }
  if (mask !== undefined && local !== undefined) e.unpin(mask, local);
}

function emitGather(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const r = e.representation(op.result(0));
  const memref = op.operand(0);
  const at = 1 + rankOf(memref);
  const offsets = op.operand(at);
  const mask = op.operandCount > at + 1 ? op.operand(at + 1) : undefined;
  const address = addressLocal(e, e.located(op));
  const offsetsLocal = e.pin(offsets);
  const vector = f.local(ValueType.v128);
  if (mask !== undefined) emitLanes(e, op.operand(at + 2));
  else f.v128ConstI32x4(0, 0, 0, 0);
  f.set(vector);
  forEachLane(e, r.lanes, mask, (lane) => {
    pushOffsetAddress(e, memref, address, offsetsLocal, e.representation(offsets), lane);
    f.get(vector);
    loadLane(e, r, lane, 0);
    f.set(vector);
  });
  f.get(vector);
  bytesToMask(e, r);
  e.unpin(offsets, offsetsLocal);
  f.release(vector);
  f.release(address);
}

function emitScatter(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const value = op.operand(0);
  const memref = op.operand(1);
  const r = e.representation(value);
  const at = 2 + rankOf(memref);
  const offsets = op.operand(at);
  const mask = op.operandCount > at + 1 ? op.operand(at + 1) : undefined;
  const address = addressLocal(e, e.located(op));
  const offsetsLocal = e.pin(offsets);
  const vector = lanesLocal(e, value);
  // Ascending, so that of equal offsets the last lane wins.
  forEachLane(e, r.lanes, mask, (lane) => {
    pushOffsetAddress(e, memref, address, offsetsLocal, e.representation(offsets), lane);
    f.get(vector);
    f.memoryLane(STORE_LANE[laneWidth(r)], lane, 0, r.bytes);
  });
  f.release(vector);
  e.unpin(offsets, offsetsLocal);
  f.release(address);
}

function emitMaskedLoad(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const r = e.representation(op.result(0));
  const at = 1 + rankOf(op.operand(0));
  const address = addressLocal(e, e.located(op));
  const vector = lanesLocal(e, op.operand(at + 1));
  forEachLane(e, r.lanes, op.operand(at), (lane) => {
    f.get(address);
    f.get(vector);
    loadLane(e, r, lane, lane * r.bytes);
    f.set(vector);
  });
  f.get(vector);
  bytesToMask(e, r);
  f.release(vector);
  f.release(address);
}

function emitMaskedStore(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const value = op.operand(0);
  const r = e.representation(value);
  const address = addressLocal(e, e.located(op));
  const vector = lanesLocal(e, value);
  forEachLane(e, r.lanes, op.operand(2 + rankOf(op.operand(1))), (lane) => {
    f.get(address);
    f.get(vector);
    f.memoryLane(STORE_LANE[laneWidth(r)], lane, lane * r.bytes, r.bytes);
  });
  f.release(vector);
  f.release(address);
}

// ---- whole buffers

/** Pushes the number of bytes of a buffer. */
function pushByteCount(e: FunctionEmitter, memref: Value): void {
  const { f } = e;
  const { elementBytes } = e.plan.buffers.of(memref)!;
  f.i32Const(elementBytes);
  for (let dim = 0; dim < rankOf(memref); dim++) {
    e.emitExtent(memref, dim);
    f.emit(Op.i32_mul);
  }
}

function isContiguousType(value: Value): boolean {
  return value.type instanceof MemRefType && value.type.layout === null;
}

function contiguous(...operands: readonly number[]): (op: Operation) => string | null {
  return (op) =>
    operands.every((i) => isContiguousType(op.operand(i))) ? null : 'whole buffers must be contiguous: use loops';
}

function emitCopy(e: FunctionEmitter, op: Operation): void {
  e.emitAddressValue(e.located(op, 0));
  e.emitAddressValue(e.located(op, 1));
  pushByteCount(e, op.operand(1));
  e.f.memoryCopy();
}

function emitFill(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const value = op.operand(1);
  const r = e.representation(value);
  const address = addressLocal(e, e.located(op));
  const end = f.local(ValueType.i32);
  if (r.bytes === 1) {
    f.get(address);
    emitStored(e, value);
    pushByteCount(e, op.operand(0));
    f.memoryFill();
  } else {
    const stored = f.local(r.kind === 'index' ? ValueType.i64 : r.valueType);
    emitStored(e, value);
    f.set(stored);
    pushByteCount(e, op.operand(0));
    f.get(address);
    f.emit(Op.i32_add);
    f.set(end);
    const exit = f.block();
    const again = f.loop();
    f.get(address);
    f.get(end);
    f.emit(Op.i32_eq);
    f.brIf(exit);
    f.get(address);
    f.get(stored);
    f.memory(storeOpcode(r));
    f.get(address);
    f.i32Const(r.bytes);
    f.emit(Op.i32_add);
    f.set(address);
    f.br(again);
    f.end();
    f.end();
    f.release(stored);
  }
  f.release(end);
  f.release(address);
}

function checkScalar(position: 'result' | 'operand'): (op: Operation) => string | null {
  return (op) => {
    const { type } = position === 'result' ? op.result(0) : op.operand(0);
    const r = representationOf(type);
    return r === null || r.lanes > 0 ? `elements of type ${type} are not supported` : null;
  };
}

function checkVector(position: 'result' | 'operand'): (op: Operation) => string | null {
  return (op) => {
    const { type } = position === 'result' ? op.result(0) : op.operand(0);
    return representationOf(type) === null
      ? `vectors of type ${type} are not supported: legalize-vectors splits them`
      : null;
  };
}

const reads = [{ memref: 0, indices: 1 }] as const;
const writes = [{ memref: 1, indices: 2 }] as const;

export const MEMORY_OPS: Readonly<Record<string, OpEntry>> = {
  'memory.load': { kind: 'load', memrefs: reads, emit: emitLoad, check: checkScalar('result') },
  'memory.store': { kind: 'store', memrefs: writes, writes: 1, emit: emitStore, check: checkScalar('operand') },
  'simd.load': { kind: 'load', memrefs: reads, emit: emitVectorLoad, check: checkVector('result') },
  'simd.store': { kind: 'store', memrefs: writes, writes: 1, emit: emitVectorStore, check: checkVector('operand') },
  'simd.strided_load': { kind: 'load', memrefs: reads, emit: emitStridedLoad, check: checkVector('result') },
  'simd.gather': { kind: 'load', memrefs: reads, emit: emitGather, check: checkVector('result') },
  'simd.scatter': { kind: 'store', memrefs: writes, writes: 1, emit: emitScatter, check: checkVector('operand') },
  'simd.masked_load': { kind: 'load', memrefs: reads, emit: emitMaskedLoad, check: checkVector('result') },
  'simd.masked_store': {
    kind: 'store',
    memrefs: writes,
    writes: 1,
    emit: emitMaskedStore,
    check: checkVector('operand'),
  },
  'memory.fill': { kind: 'store', memrefs: [{ memref: 0 }], writes: 0, emit: emitFill, check: contiguous(0) },
  'memory.copy': {
    kind: 'store',
    memrefs: [{ memref: 1 }, { memref: 0 }],
    writes: 1,
    emit: emitCopy,
    check: contiguous(0, 1),
  },
};
