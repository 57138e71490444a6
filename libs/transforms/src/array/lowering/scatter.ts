// array.scatter: a nest over the updates in their order.
//
//   loop.for %i = 0 to n name "scatter.s0" {
//     %t = index(%i)
//     loop.if 0 <= %t < size {
//       out[%t] = update(out[%t], updates[%i]) } }
//
// A scatter runs in the order of its updates, except that batches, which touch different elements, are outermost and may
// run side by side, and so may the elements of one row of a window, innermost: they are vectors.
import {
  type GatherDims,
  inlineScalarRegion,
  outerDims,
  ScatterOp,
  scatterDims,
  walkedIndexDims,
  windowOperandDims,
} from '@budflow/dialect-array';
import type { Operation, TensorType, Value } from '@budflow/ir';
import type { LoopLoweringMethods } from './interface.js';
import type { LoweringSite } from './site.js';

function rankOf(value: Value): number {
  return (value.type as TensorType).rank;
}

/** Component `k` of the index vector at an outer point. */
function component(site: LoweringSite, dims: GatherDims, indices: Value, outer: readonly Value[], k: number): Value {
  const at: Value[] = [];
  walkedIndexDims(dims, rankOf(indices)).forEach((d, i) => {
    at[d] = outer[i]!;
  });
  if (dims.vectorDim < rankOf(indices)) at[dims.vectorDim] = site.index(k);
  return site.toIndex(site.load(indices, at), (indices.type as TensorType).element);
}

/** Places in the operand: window coordinates and batches, without what the index vector adds. */
function withinWindow(
  site: LoweringSite,
  dims: GatherDims,
  operandRank: number,
  indices: Value,
  point: readonly Value[],
): Value[] {
  const place = Array.from({ length: operandRank }, () => site.index(0));
  const window = windowOperandDims(dims, operandRank);
  dims.windowDims.forEach((d, k) => {
    // Coordinates of rows come later.
    const at = point[d];
    if (at) place[window[k]!] = at;
  });
  const outer = outerDims(dims, point.length).map((d) => point[d]!);
  const walked = walkedIndexDims(dims, rankOf(indices));
  dims.operandBatchDims.forEach((d, k) => {
    place[d] = outer[walked.indexOf(dims.indexBatchDims[k]!)]!;
  });
  return place;
}

/** Whether a dimension of the updates walks over all of a dimension of the operand that no index moves. */
function isWhole(op: Operation, dims: GatherDims, dim: number): boolean {
  const at = dims.windowDims.indexOf(dim);
  if (at < 0) return false;
  return !dims.indexMap.includes(windowOperandDims(dims, rankOf(ScatterOp.inputs(op)[0]!))[at]!);
}

export const lowerScatter: LoopLoweringMethods = {
  destination: (_, result) => result,
  build(op, site) {
    const dims = scatterDims(op);
    const n = op.resultCount;
    const inputs = ScatterOp.inputs(op);
    const updates = ScatterOp.updates(op);
    const indices = op.operand(n);
    op.results.forEach((result, i) => {
      site.provideDestination(result, inputs[i]!);
    });
    const sizes = site.sizes(updates[0]!);
    const walked = walkedIndexDims(dims, rankOf(indices));
    const outer = outerDims(dims, sizes.length);
    // 1. Batches are apart.
    const batches = dims.indexBatchDims.map((d) => outer[walked.indexOf(d)]!);
    const others = sizes.flatMap((_, d) => (batches.includes(d) ? [] : [d]));
    // 2. Rows of a window, which are whole wherever it lies, have elements of their own for each place: side by side.
    const rows: number[] = [];
    while (others.length > 0 && isWhole(op, dims, others[others.length - 1]!)) rows.unshift(others.pop()!);
    const run = (batch: readonly Value[]) => {
      // 3. The rest is in order.
      site.sequential(
        others.map((d) => sizes[d]!),
        `${site.name}.s`,
        [],
        (rest) => {
          const point: Value[] = [];
          batches.forEach((d, k) => {
            point[d] = batch[k]!;
          });
          others.forEach((d, k) => {
            point[d] = rest[k]!;
          });
          const to = withinWindow(site, dims, rankOf(inputs[0]!), indices, point);
          const window = windowOperandDims(dims, rankOf(inputs[0]!));
          const vector = outer.map((d) => point[d]!);
          let inside: Value | undefined;
          dims.indexMap.forEach((d, k) => {
            const at = site.value(site.sum(component(site, dims, indices, vector, k), to[d]!));
            const fits = site.isWithin(at, site.size(inputs[0]!, d));
            inside = inside ? site.and(inside, fits) : fits;
            to[d] = at;
          });
          const update = (): void => {
            const old = op.results.map((r) => site.loadResult(r, to));
            const fresh = updates.map((u) => site.load(u, point));
            inlineScalarRegion(op, site.builder, [...old, ...fresh]).forEach((value, i) => {
              site.store(value, op.result(i), to);
            });
          };
          const updateRows = (): readonly Value[] => {
            if (rows.length === 0) update();
            else
              site.parallel(
                rows.map((d) => sizes[d]!),
                `${site.name}_row`,
                (at) => {
                  rows.forEach((d, k) => {
                    point[d] = at[k]!;
                    to[window[dims.windowDims.indexOf(d)]!] = at[k]!;
                  });
                  update();
                },
              );
            return [];
          };
          if (inside) site.branch(inside, updateRows);
          else updateRows();
          return [];
        },
      );
    };
    if (batches.length === 0) run([]);
    else
      site.parallel(
        batches.map((d) => sizes[d]!),
        site.name,
        run,
      );
  },
};
