// Strided loads as contiguous loads and shuffles.
//
//   strided_load %x[3 * %i + 0] stride 3        a = load %x[3 * %i], b = load %x[3 * %i + 4], c = load %x[3 * %i + 8]
//   strided_load %x[3 * %i + 1] stride 3   ->   shuffles of a, b, c, one result for each of the three
//   strided_load %x[3 * %i + 2] stride 3
//
//   strided_load %x[%j, %i + 0] dim 0           rows a, b, c, d = load %x[%j + 0 .. 3, %i]
//   ..                                     ->   their transposition by rounds of interleavings
//   strided_load %x[%j, %i + 3] dim 0
//
// Loads of one block whose addresses differ by constants, without a write between them, form a group that shares its
// contiguous loads. Only elements between the first and the last one of the group are read, which lie in the buffer as
// those do: the last load of a row of loads is moved back when the group does not fill it. (Nuzman, Rosen and Zaks,
// "Auto-vectorization of interleaved data for SIMD", 2006.)
import { applyAffine, linearIndexOf } from '@budflow/dialect-loop';
import { ReshapeOp } from '@budflow/dialect-memory';
import { LoadOp, ShuffleOp, StridedLoadOp } from '@budflow/dialect-simd';
import {
  AffineExpr,
  type Builder,
  DYNAMIC,
  effectsOf,
  type MemRefType,
  type Operation,
  type Value,
  type VectorType,
} from '@budflow/ir';
import type { VectorLegalizer } from './legalizer.js';

/** Elements between lanes up to which all of what lies between is loaded too. */
export const SHORT_STRIDE = 4;

interface Member {
  readonly op: Operation;
  /** Elements from the first member found. */
  readonly offset: number;
}

/** Replaces the load and those it can share contiguous loads with; returns the ops replaced, none when it cannot. */
export function interleavedLoads(legalizer: VectorLegalizer, builder: Builder, op: Operation): readonly Operation[] {
  const type = op.result().type as VectorType;
  const lanes = legalizer.lanes(type.element);
  if (lanes < 2 || type.lanes % lanes !== 0) return [];
  const strides = elementStrides(StridedLoadOp.memref(op).type as MemRefType);
  const dim = StridedLoadOp.dim(op) ?? strides.length - 1;
  const step = StridedLoadOp.stride(op);
  const stride = strides[dim] === null ? null : step * strides[dim]!;
  const members = groupOf(op, strides);
  if (stride !== null && stride >= 2 && stride <= SHORT_STRIDE) {
    const near = members.filter((m) => Math.abs(m.offset) < stride);
    const first = Math.min(...near.map((m) => m.offset));
    return shortStride(
      legalizer,
      builder,
      op,
      near.filter((m) => m.offset - first < stride),
      stride,
      strides,
    );
  }
  if (dim === strides.length - 1 || step < 1) return [];
  const offsets = new Set(members.map((m) => m.offset));
  let first = 0;
  while (offsets.has(first - 1)) first--;
  // Whole squares, counted from the first of consecutive members.
  first += Math.floor(-first / lanes) * lanes;
  const square = Array.from({ length: lanes }, (_, l) => first + l);
  if (!square.every((offset) => offsets.has(offset))) return [];
  return transposed(
    legalizer,
    builder,
    op,
    members.filter((m) => square.includes(m.offset)),
    first,
    dim,
    strides,
  );
}

/** Elements between neighbours along each dimension; null where a size between is dynamic or the layout is not row-major. */
function elementStrides(type: MemRefType): (number | null)[] {
  const strides = new Array<number | null>(type.rank).fill(null);
  if (type.rank > 0) strides[type.rank - 1] = type.layout === null ? 1 : null;
  for (let d = type.rank - 2; d >= 0; d--) {
    const inner = strides[d + 1]!;
    strides[d] = inner === null || type.shape[d + 1] === DYNAMIC ? null : inner * type.shape[d + 1]!;
  }
  return strides;
}

/** The strided loads alike from here on in the block, up to the first op that writes. */
function groupOf(op: Operation, strides: readonly (number | null)[]): Member[] {
  const members: Member[] = [];
  for (let at: Operation | null = op; at; at = at.next) {
    if (at.ownRegions !== null || effectsOf(at)?.every((e) => e.kind === 'read' || e.kind === 'allocate') !== true)
      break;
    const offset = StridedLoadOp.is(at) ? distance(op, at, strides) : null;
    if (offset !== null && !members.some((m) => m.offset === offset)) members.push({ op: at, offset });
  }
  return members;
}

/** Elements from the address of a to that of b, when they load alike and that is a constant. */
function distance(a: Operation, b: Operation, strides: readonly (number | null)[]): number | null {
  if (
    StridedLoadOp.memref(a) !== StridedLoadOp.memref(b) ||
    StridedLoadOp.stride(a) !== StridedLoadOp.stride(b) ||
    (StridedLoadOp.dim(a) ?? strides.length - 1) !== (StridedLoadOp.dim(b) ?? strides.length - 1) ||
    a.result().type !== b.result().type
  )
    return null;
  let elements = 0;
  const other = StridedLoadOp.indices(b);
  for (const [d, index] of StridedLoadOp.indices(a).entries()) {
    const moved = difference(index, other[d]!);
    if (moved === null) return null;
    if (moved === 0) continue;
    if (strides[d] === null) return null;
    elements += moved * strides[d]!;
  }
  return elements;
}

function difference(a: Value, b: Value): number | null {
  if (a === b) return 0;
  const [x, y] = [linearIndexOf(a), linearIndexOf(b)];
  if (!x || !y || x.terms.size !== y.terms.size) return null;
  for (const [value, c] of x.terms) if (y.terms.get(value) !== c) return null;
  return y.constant - x.constant;
}

// Short strides

function shortStride(
  legalizer: VectorLegalizer,
  builder: Builder,
  op: Operation,
  members: readonly Member[],
  stride: number,
  strides: readonly (number | null)[],
): readonly Operation[] {
  const type = op.result().type as VectorType;
  const lanes = legalizer.lanes(type.element);
  const part = legalizer.context.vector([lanes], type.element);
  const source = flatSource(legalizer, builder, op, strides);
  if (!source) return [];
  const first = Math.min(...members.map((m) => m.offset));
  const span = (lanes - 1) * stride + Math.max(...members.map((m) => m.offset)) - first + 1;
  const starts = Array.from({ length: Math.ceil(span / lanes) }, (_, j) => Math.min(j * lanes, span - lanes));
  const results = members.map((): Value[] => []);
  for (let p = 0; p < type.lanes / lanes; p++) {
    const loaded = starts.map((start) => source(first + p * lanes * stride + start, part));
    members.forEach((member, m) => {
      const wanted = Array.from({ length: lanes }, (_, l) => {
        const element = l * stride + member.offset - first;
        const from = Math.min(Math.floor(element / lanes), starts.length - 1);
        return { from, lane: element - starts[from]! };
      });
      results[m]!.push(pick(builder, op, loaded, wanted, part));
    });
  }
  members.forEach((member, m) => {
    legalizer.setParts(member.op.result(), results[m]!);
  });
  return members.map((m) => m.op);
}

/** Loads a vector some elements behind the address of the op: in its row, or in the buffer as one row. */
function flatSource(
  legalizer: VectorLegalizer,
  builder: Builder,
  op: Operation,
  strides: readonly (number | null)[],
): ((offset: number, type: VectorType) => Value) | null {
  const { context } = legalizer;
  const indices = StridedLoadOp.indices(op);
  const load = (memref: Value, at: readonly Value[], type: VectorType): Value =>
    LoadOp.build(builder, op.loc, { memref, indices: at, resultTypes: [type] });
  const moved = (index: Value, offset: number): Value =>
    applyAffine(builder, op.loc, context.affineMap(1, 0, [AffineExpr.dim(0).add(offset)]), [index]);
  const memref = StridedLoadOp.memref(op);
  const last = indices.length - 1;
  if ((StridedLoadOp.dim(op) ?? last) === last)
    return (offset, type) => load(memref, [...indices.slice(0, last), moved(indices[last]!, offset)], type);
  if (strides[0] === null) return null;
  const { shape, element } = memref.type as MemRefType;
  const size = shape[0] === DYNAMIC ? DYNAMIC : shape.reduce((a, b) => a * b, 1);
  const flat = ReshapeOp.build(builder, op.loc, {
    source: memref,
    sizes: [],
    resultTypes: [context.memref([size], element)],
  });
  const place = strides.map((s, d) => AffineExpr.dim(d).mul(s!)).reduce((a, b) => a.add(b));
  return (offset, type) =>
    load(
      flat,
      [applyAffine(builder, op.loc, context.affineMap(indices.length, 0, [place.add(offset)]), indices)],
      type,
    );
}

interface Wanted {
  /** Number of the vector. */
  readonly from: number;
  readonly lane: number;
}

/** The lanes wanted, out of several vectors: pairs of them are joined until one is left. */
function pick(
  builder: Builder,
  op: Operation,
  vectors: readonly Value[],
  wanted: readonly Wanted[],
  type: VectorType,
): Value {
  let sources = vectors.slice();
  let lanes = wanted.slice();
  do {
    const joined: Value[] = [];
    for (let s = 0; s < sources.length; s += 2) {
      const [low, high] = [sources[s]!, sources[s + 1] ?? sources[s]!];
      if (low === high && sources.length > 1) {
        joined.push(low);
        continue;
      }
      const mask = lanes.map(({ from, lane }, l) => (from === s ? lane : from === s + 1 ? lanes.length + lane : l));
      joined.push(ShuffleOp.build(builder, op.loc, { lhs: low, rhs: high, lanes: mask, resultTypes: [type] }));
    }
    // A joined vector has its lanes in place; one that had no partner keeps them where they were.
    const odd = sources.length % 2 === 1 && sources.length > 1 ? sources.length - 1 : -1;
    lanes = lanes.map(({ from, lane }, l) => ({ from: from >> 1, lane: from === odd ? lane : l }));
    sources = joined;
  } while (sources.length > 1);
  return sources[0]!;
}

// Transposition

function transposed(
  legalizer: VectorLegalizer,
  builder: Builder,
  op: Operation,
  members: readonly Member[],
  first: number,
  dim: number,
  strides: readonly (number | null)[],
): readonly Operation[] {
  const { context } = legalizer;
  const type = op.result().type as VectorType;
  const lanes = legalizer.lanes(type.element);
  const part = context.vector([lanes], type.element);
  const indices = StridedLoadOp.indices(op);
  const last = indices.length - 1;
  const moved = (index: Value, by: number): Value =>
    applyAffine(builder, op.loc, context.affineMap(1, 0, [AffineExpr.dim(0).add(by)]), [index]);
  // Members of several rows of the buffer (a record of rows): it is read as one row.
  const flat = dim < last - 1 ? flatSource(legalizer, builder, op, strides) : null;
  const results = members.map((): Value[] => []);
  for (let p = 0; p < type.lanes / lanes; p++) {
    const rows = Array.from({ length: lanes }, (_, l) => {
      if (flat) return flat((p * lanes + l) * StridedLoadOp.stride(op) * strides[dim]! + first, part);
      const at = indices.slice();
      at[dim] = moved(at[dim]!, (p * lanes + l) * StridedLoadOp.stride(op));
      at[last] = moved(at[last]!, first);
      return LoadOp.build(builder, op.loc, { memref: StridedLoadOp.memref(op), indices: at, resultTypes: [part] });
    });
    const columns = transpose(builder, op, rows, part);
    members.forEach((member, m) => {
      results[m]!.push(columns[member.offset - first]!);
    });
  }
  members.forEach((member, m) => {
    legalizer.setParts(member.op.result(), results[m]!);
  });
  return members.map((m) => m.op);
}

/** n vectors of n lanes: log2 n rounds, each of which interleaves vector i with vector i + n/2. */
function transpose(builder: Builder, op: Operation, rows: readonly Value[], type: VectorType): Value[] {
  const n = rows.length;
  const low = Array.from({ length: n }, (_, l) => (l >> 1) + (l % 2) * n);
  const masks = [low, low.map((lane) => lane + n / 2)];
  let vectors = rows.slice();
  for (let round = 1; round < n; round *= 2) {
    vectors = vectors.map((_, i) =>
      ShuffleOp.build(builder, op.loc, {
        lhs: vectors[i >> 1]!,
        rhs: vectors[(i >> 1) + n / 2]!,
        lanes: masks[i % 2]!,
        resultTypes: [type],
      }),
    );
  }
  return vectors;
}
