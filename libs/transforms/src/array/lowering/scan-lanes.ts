// A scan along the last dimension in vectors, in the order `lanes` of its attribute (array.scan's description).
//
//   loop.for %o = 0 to n floordiv 4 iter_args(%carry = splat(init)) {
//     %v = x[4 * %o ..]
//     %v = combine([id, %v0, %v1, %v2], %v)       running combinations in log2(lanes) steps
//     %v = combine([id, id, %v0, %v1], %v)
//     out[4 * %o ..] = combine(%carry, %v)
//     yield combine(%carry, splat(%v3)) }         what is carried takes one combination for each vector
//   the rest: the same on a private vector
//
// After Hillis and Steele, Data Parallel Algorithms (1986). Lanes without an earlier one combine with the identity.
import { combinerKind, identityAttribute, type ReduceKind, ScanOp } from '@budflow/dialect-array';
import { buildBinary, signednessOf } from '@budflow/dialect-core';
import { LoadOp, ShuffleOp, SplatOp, StoreOp } from '@budflow/dialect-simd';
import {
  byteWidth,
  FloatType,
  IntegerType,
  type Operation,
  type TensorType,
  type Type,
  type Value,
  type VectorType,
} from '@budflow/ir';
import { scanLanes } from '../numerics/orders.js';
import type { LoweringSite } from './site.js';

/** Lanes of the blocks in which a scan may run; undefined where it has to run element by element. */
export function lanesOfScan(op: Operation): number | undefined {
  const kind = combinerKind(op);
  const type = op.operand(0).type as TensorType;
  if (kind === undefined || ScanOp.dim(op) !== type.rank - 1) return undefined;
  const { element } = type;
  if (!isVectorElement(element)) return undefined;
  const order = ScanOp.order(op);
  if (order?.kind === 'lanes') return order.lanes;
  const orderFree = element instanceof IntegerType || kind === 'min' || kind === 'max';
  return orderFree ? scanLanes(element) : undefined;
}

/** Elements of which vectors are made: whole bytes, and floats that the target computes with. */
export function isVectorElement(element: Type): boolean {
  if (element instanceof FloatType) return element.name === 'f32' || element.name === 'f64';
  return element instanceof IntegerType && element.width % 8 === 0 && byteWidth(element)! <= 8;
}

/** Builds the scan of the row whose element k is at `at(k)`. */
export function scanInLanes(site: LoweringSite, lanes: number, at: (k: Value) => Value[]): void {
  const { op, builder, loc } = site;
  const { context } = op;
  const x = op.operand(0);
  const kind = combinerKind(op) as ReduceKind;
  const { element } = x.type as TensorType;
  const plain = site.elementType(x);
  const vector = context.vector([lanes], plain);
  const options = { signedness: signednessOf(element) };
  const combine = (a: Value, b: Value) => buildBinary(kind, builder, loc, a, b, options);
  const identity = splat(site, vector, buildIdentity(site, kind, element));
  const reverse = ScanOp.reverse(op);
  const exclusive = ScanOp.exclusive(op);
  const range = Array.from({ length: lanes }, (_, l) => l);
  const pick = (lhs: Value, rhs: Value, from: readonly number[]) =>
    ShuffleOp.build(builder, loc, { lhs, rhs, lanes: from, resultTypes: [vector] });
  const mirrored = (v: Value) => (reverse ? pick(v, v, [...range].reverse()) : v);
  /** Lanes moved up by `step`, below them those of `low`, a splat: neighbours of both, which is one instruction. */
  const shifted = (low: Value, v: Value, step: number) =>
    pick(
      low,
      v,
      range.map((l) => lanes + l - step),
    );
  /** Running combinations of a vector, and what is carried on. */
  const step = (v: Value, carry: Value): { out: Value; next: Value } => {
    let sums = v;
    for (let s = 1; s < lanes; s *= 2) sums = combine(shifted(identity, sums, s), sums);
    const all = combine(carry, sums);
    const last = pick(
      sums,
      sums,
      range.map(() => lanes - 1),
    );
    return { out: exclusive ? shifted(carry, all, 1) : all, next: combine(carry, last) };
  };

  // 1. Whole vectors.
  const size = site.size(x, ScanOp.dim(op));
  const start = splat(site, vector, site.load(ScanOp.inits(op)[0]!, []));
  const vectors = site.quotient(size, lanes);
  const [memory, result] = [site.buffer(x), site.buffer(op.result(0))];
  const place = (o: Value) => {
    const first = site.scale(o, lanes);
    return at(reverse ? site.value(site.difference(site.difference(size, lanes), first)) : first);
  };
  const [carry] = site.sequential([vectors], `${site.name}.r`, [start], ([o], [held]) => {
    const indices = place(o!);
    const v = LoadOp.build(builder, loc, { memref: memory, indices, resultTypes: [vector] });
    const { out, next } = step(mirrored(v), held!);
    StoreOp.create(builder, loc, { value: mirrored(out), memref: result, indices });
    return [next];
  });

  // 2. What is left, in the low lanes of a vector.
  const done = site.value(typeof vectors === 'number' ? vectors * lanes : site.scale(vectors, lanes));
  const rest = site.difference(size, done.definingOp && typeof vectors === 'number' ? vectors * lanes : done);
  if (rest === 0) return;
  const part = site.scratch([lanes], plain);
  const zero = [site.index(0)];
  const each = (what: string, body: (l: Value, k: Value) => void) => {
    site.range({ lower: 0, upper: rest, name: `${site.name}_${what}.s` }, [], (l) => {
      const k = site.value(site.sum(done, l));
      body(l, reverse ? site.mirror(k, size) : k);
      return [];
    });
  };
  StoreOp.create(builder, loc, { value: identity, memref: part, indices: zero });
  each('rest', (l, k) => site.storeScratch(site.load(x, at(k)), part, [l]));
  const left = LoadOp.build(builder, loc, { memref: part, indices: zero, resultTypes: [vector] });
  StoreOp.create(builder, loc, { value: step(left, carry!).out, memref: part, indices: zero });
  each('last', (l, k) => site.store(site.loadScratch(part, [l]), op.result(0), at(k)));
}

function buildIdentity(site: LoweringSite, kind: ReduceKind, element: Type): Value {
  return site.constant(identityAttribute(site.op, kind, element)!);
}

export function splat(site: LoweringSite, vector: VectorType, scalar: Value): Value {
  return SplatOp.build(site.builder, site.loc, { scalar, resultTypes: [vector] });
}
