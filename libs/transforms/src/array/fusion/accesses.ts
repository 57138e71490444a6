// Where the elements of a value are read: affine maps from the iteration domain of a stage (an op with loops of its own)
// to the index of the value, composed through the ops that are recomputed in between.
import {
  AffineExpr,
  type AffineMap,
  InternalError,
  type Operation,
  StructuredOp,
  TensorType,
  type Value,
} from '@budflow/ir';

import { indexInPiece, isPatchwork } from './patches.js';

/** For each stage that reads a value, the distinct maps by which it does. Maps are uniqued, so equal ones are one. */
export type Accesses = Map<Operation, Set<AffineMap>>;

export function addAccess(accesses: Accesses, stage: Operation, map: AffineMap): void {
  const maps = accesses.get(stage);
  if (maps) maps.add(map);
  else accesses.set(stage, new Set([map]));
}

export function countAccesses(accesses: Accesses): number {
  let n = 0;
  for (const maps of accesses.values()) n += maps.size;
  return n;
}

/** The map of operand `index` over the domain of the op; undefined for operands that are no tensors. */
export function operandMap(op: Operation, index: number): AffineMap | undefined {
  return StructuredOp.of(op)?.indexingMaps(op)[index] ?? undefined;
}

/** Whether an op reads a tensor at computed places: all of it has to lie in memory before the op runs. */
export function readsAnywhere(op: Operation, value: Value): boolean {
  const structured = StructuredOp.of(op);
  if (!structured || !(value.type instanceof TensorType)) return false;
  const maps = structured.indexingMaps(op);
  return op.operands.some((operand, i) => operand === value && maps[i] === null);
}

export function resultMap(op: Operation, result: number): AffineMap {
  const map = StructuredOp.of(op)?.indexingMaps(op)[op.operandCount + result];
  if (!map) throw new InternalError('fusion: a result without an indexing map', op);
  return map;
}

/** The point of an op's domain that computes the element at `index`, for ops whose result map is a permutation. */
function pointOf(op: Operation, result: number, index: readonly AffineExpr[]): AffineExpr[] {
  const map = resultMap(op, result);
  const point = new Array<AffineExpr>(map.numDims);
  map.results.forEach((e, i) => {
    point[e.value] = index[i]!;
  });
  return point;
}

/** Reads of operand `index` of an inlined op, one for each way in which the op itself is read. */
export function throughOp(op: Operation, result: number, own: Accesses, index: number, into: Accesses): void {
  const map = operandMap(op, index);
  if (!map) return;
  const patchwork = isPatchwork(StructuredOp.of(op)!);
  for (const [stage, maps] of own) {
    for (const outer of maps) {
      if (patchwork) {
        const inside = indexInPiece(op, index, outer.results);
        addAccess(into, stage, op.context.affineMap(outer.numDims, 0, inside));
        continue;
      }
      const point = pointOf(op, result, outer.results);
      addAccess(
        into,
        stage,
        op.context.affineMap(
          outer.numDims,
          0,
          map.results.map((e) => e.replace(point, [])),
        ),
      );
    }
  }
}

/** Parallel dimensions of a stage's domain, in the order of its loops. */
export function parallelDims(stage: Operation): number[] {
  return StructuredOp.of(stage)!
    .domain(stage)
    .flatMap((d, i) => (d.iterator === 'parallel' ? [i] : []));
}

/** How many leading subscripts of an access are the stage's outermost loops, in order. */
export function sharedRows(stage: Operation, map: AffineMap): number {
  const loops = parallelDims(stage);
  let rows = 0;
  while (rows < map.results.length && rows < loops.length && map.results[rows] === AffineExpr.dim(loops[rows]!)) rows++;
  return rows;
}

/** Whether a stage reads one element at several points of its domain. */
export function rereads(stage: Operation, map: AffineMap): boolean {
  return StructuredOp.of(stage)!
    .domain(stage)
    .some(({ size }, dim) => !(size.kind === 'static' && size.size === 1) && !map.results.some((e) => e.usesDim(dim)));
}

export function rankOf(value: Value): number {
  return (value.type as TensorType).rank;
}
