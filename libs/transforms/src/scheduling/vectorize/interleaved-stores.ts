// Stores that fill each other's gaps: the fields of records (complex numbers, pixels, vectors of three), written at once.
//
//   memory.store %x, %p[%i, 0] : memref<?x3xf32>         %f = memory.reshape %p : memref<?xf32>
//   memory.store %y, %p[%i, 1]                     ->    %v = simd.shuffle .. : x0 y0 z0 x1 y1 z1 ..
//   memory.store %z, %p[%i, 2]                           simd.store %v, %f[3 * %i]
//
// A group are the stores of one block to one buffer, a constant stride apart from iteration to iteration, whose places
// within the stride are consecutive and all there. They happen together where the last one stood: nothing in between may
// touch what they write.
import { overlapOf, rootOf } from '@budflow/analysis';
import { applyAffine, linearIndexOf } from '@budflow/dialect-loop';
import { LoadOp as ElementLoad, StoreOp as ElementStore, ReshapeOp } from '@budflow/dialect-memory';
import { ShuffleOp, StoreOp } from '@budflow/dialect-simd';
import {
  AffineExpr,
  type Block,
  byteWidth,
  ComplexType,
  DYNAMIC,
  isMemoryEffectFree,
  type MemRefType,
  type Operation,
  type Value,
  type VectorType,
} from '@budflow/ir';
import type { Lanes } from './lanes.js';

/** Elements of a record at most: more of them are rows, which lie in memory as vectors want them. */
export const LARGEST_RECORD = 16;

/** Bytes of the registers that the lanes are arranged for; on wider ones the code is as right. */
const REGISTER_BYTES = 16;

/** Stores of whole records. */
export interface StoreGroup {
  /** By place within the record. */
  readonly stores: readonly Operation[];
  /** The last one in the block. */
  readonly last: Operation;
}

interface Address {
  readonly terms: ReadonlyMap<Value, number>;
  readonly constant: number;
}

/** Elements from the start of the buffer, seen as one row; null when that is not linear with known sizes. */
function addressOf(memref: Value, subscripts: readonly Value[]): Address | null {
  const type = memref.type as MemRefType;
  if (type.layout !== null || type.rank === 0 || type.shape.slice(1).includes(DYNAMIC)) return null;
  const terms = new Map<Value, number>();
  let constant = 0;
  let size = 1;
  for (let d = type.rank - 1; d >= 0; d--) {
    const linear = linearIndexOf(subscripts[d]!);
    if (!linear) return null;
    constant += size * linear.constant;
    for (const [value, c] of linear.terms) terms.set(value, (terms.get(value) ?? 0) + size * c);
    size *= type.shape[d]!;
  }
  for (const [value, c] of terms) if (c === 0) terms.delete(value);
  return { terms, constant };
}

/** Elements from a to b; null when that is not a constant. */
function distance(a: Address, b: Address): number | null {
  if (a.terms.size !== b.terms.size) return null;
  for (const [value, c] of a.terms) if (b.terms.get(value) !== c) return null;
  return b.constant - a.constant;
}

/** The groups of a block whose records move by one with `iv`, by each of their stores. */
export function storeGroups(block: Block, iv: Value, kernel: Operation): Map<Operation, StoreGroup> {
  const groups = new Map<Operation, StoreGroup>();
  for (let op = block.firstOp; op; op = op.next) {
    if (!ElementStore.is(op) || groups.has(op)) continue;
    const group = groupFrom(op, iv, kernel);
    for (const store of group?.stores ?? []) groups.set(store, group!);
  }
  return groups;
}

function groupFrom(first: Operation, iv: Value, kernel: Operation): StoreGroup | null {
  const memref = first.operand(1);
  const start = addressOf(memref, first.operands.slice(2));
  const stride = start?.terms.get(iv) ?? 0;
  if (!start || stride < 2 || stride > LARGEST_RECORD) return null;
  const { element } = memref.type as MemRefType;
  if (element === first.context.i1 || element instanceof ComplexType || byteWidth(element) === undefined) return null;
  const { root } = rootOf(memref);
  const found = new Map<number, Operation>([[0, first]]);
  for (let op = first.next; op; op = op.next) {
    if (op.ownRegions !== null) return null;
    const store = ElementStore.is(op);
    if (!store && !ElementLoad.is(op)) {
      if (isMemoryEffectFree(op)) continue;
      return null;
    }
    const buffer = op.operand(store ? 1 : 0);
    if (overlapOf(kernel, root, rootOf(buffer).root) === 'none') continue;
    if ((buffer.type as MemRefType).shape.join() !== (memref.type as MemRefType).shape.join()) return null;
    const address = addressOf(buffer, op.operands.slice(store ? 2 : 1));
    const apart = address && distance(start, address);
    if (apart === null || apart === undefined) return null;
    // Another field of any record: no lane of it is one that is yet to be written.
    const same = [...found.keys()].some((offset) => (apart - offset) % stride === 0);
    if (same) return null;
    if (!store) continue;
    if (buffer !== memref) return null;
    found.set(apart, op);
    if (found.size < stride) continue;
    const offsets = [...found.keys()].sort((a, b) => a - b);
    if (offsets[stride - 1]! - offsets[0]! !== stride - 1) return null;
    return { stores: offsets.map((offset) => found.get(offset)!), last: op };
  }
  return null;
}

/** Stores the lanes of all fields at once. */
export function storeInterleaved(lanes: Lanes, group: StoreGroup, memref: Value): void {
  const { builder, context } = lanes;
  const [first] = group.stores;
  const { loc } = first!;
  const { shape, element, rank } = memref.type as MemRefType;
  const value = interleaved(
    lanes,
    group.stores.map((store) => lanes.vector(store.operand(0), loc)),
    REGISTER_BYTES / byteWidth(element)!,
  );
  const size = shape[0] === DYNAMIC ? DYNAMIC : shape.reduce((a, b) => a * b, 1);
  const row = ReshapeOp.build(builder, loc, {
    source: memref,
    sizes: [],
    resultTypes: [context.memref([size], element)],
  });
  let stride = 1;
  let place = AffineExpr.constant(0);
  for (let d = rank - 1; d >= 0; d--) {
    place = AffineExpr.dim(d).mul(stride).add(place);
    stride *= shape[d]!;
  }
  const at = first!.operands.slice(2).map((v) => lanes.at(lanes.index(v).expr, 0, loc));
  const index = applyAffine(builder, loc, context.affineMap(at.length, 0, [place]), at);
  StoreOp.create(builder, loc, { value, memref: row, indices: [index] });
}

/**
 * Field f of lane l at l * n + f, one field after the other. A register of the result takes lanes of one register of each
 * field: every step is one shuffle of a register, and none where a register has no lane of the field.
 */
function interleaved(lanes: Lanes, fields: readonly Value[], register: number): Value {
  const { builder, context, width } = lanes;
  const n = fields.length;
  const each = Math.min(width, register);
  const type = context.vector([n * width], (fields[0]!.type as VectorType).element);
  const element = (e: number) => ({ field: e % n, lane: Math.floor(e / n) });
  // Where nothing is wanted yet, a register stays as it is.
  const idle = (e: number) => Math.floor(element(e).lane / each) * each + (e % each);
  const shuffle = (lhs: Value, rhs: Value, lane: (e: number) => number): Value =>
    ShuffleOp.build(builder, fields[0]!.definingOp?.loc ?? 0, {
      lhs,
      rhs,
      lanes: Array.from({ length: n * width }, (_, e) => lane(e)),
      resultTypes: [type],
    });
  let made = shuffle(fields[0]!, fields[1]!, (e) => {
    const { field, lane } = element(e);
    return field === 0 ? lane : field === 1 ? width + lane : idle(e);
  });
  for (let f = 2; f < n; f++) {
    const spread = shuffle(fields[f]!, fields[f]!, idle);
    made = shuffle(made, spread, (e) => {
      const { field, lane } = element(e);
      return field === f ? n * width + Math.floor(e / each) * each + (lane % each) : e;
    });
  }
  return made;
}
