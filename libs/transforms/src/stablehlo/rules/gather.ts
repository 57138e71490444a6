// Slices at computed indices: gather, scatter, torch_index_select.
import { GatherOp, ScatterOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { DYNAMIC, type Operation, Region, type TensorType, type Value } from '@budflow/ir';
import { moveScalarRegion } from '../regions.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
import { constantNumbers, sizesOf, withOffset, withType } from '../sizes.js';
import { type Range, rangesRefusal, slicedTo } from './dynamic-slices.js';
import { accumulated } from './reduce.js';

function gathered(
  site: HloSite,
  d: ReturnType<typeof hlo.GatherOp.dimension_numbers>,
  sizes: readonly number[],
  sorted: boolean,
): Value {
  const result = GatherOp.build(site.rewriter, site.loc, {
    operand: site.operand(0),
    indices: site.operand(1),
    window: d.offset_dims,
    collapsed: d.collapsed_slice_dims,
    operand_batching: d.operand_batching_dims,
    indices_batching: d.start_indices_batching_dims,
    map: d.start_index_map,
    vector: d.index_vector_dim,
    sizes,
    ...(sorted ? { indices_are_sorted: true } : {}),
  });
  return withType(site, result, site.type());
}

/** The slice that a gather of one constant index takes; undefined for all others. */
function rangesOfGather(op: Operation): Range[] | undefined {
  const d = hlo.DynamicGatherOp.dimension_numbers(op);
  const [x, indices, list] = [op.operand(0), op.operand(1), op.operand(2)];
  const index = constantNumbers(indices);
  const sizes = sizesOf(list);
  const { rank, shape } = x.type as TensorType;
  if (!index || !sizes || (indices.type as TensorType).rank !== 1 || d.collapsed_slice_dims.length > 0)
    return undefined;
  if (d.offset_dims.some((dim, i) => dim !== i) || d.offset_dims.length !== rank) return undefined;
  const ranges = sizes.map((size, dim): Range => {
    const at = d.start_index_map.indexOf(dim);
    const wanted = Math.max(0, at < 0 ? 0 : index[at]!);
    const { base, offset } = withOffset(size);
    // The start is moved so far back that the slice lies within.
    if (base !== undefined) {
      const start = Math.min(wanted, Math.max(0, -offset));
      return { start, limit: start === 0 ? size : { kind: 'add', lhs: size, rhs: start }, stride: 1 };
    }
    const room = shape[dim] === DYNAMIC ? (wanted === 0 ? 0 : -1) : shape[dim]! - offset;
    const start = Math.min(wanted, room);
    return { start, limit: start + offset, stride: 1 };
  });
  return ranges.some(({ start }) => start < 0) || rangesRefusal(x, ranges) !== undefined ? undefined : ranges;
}

export const GATHERS: HloRules = {
  ...ruleFor(hlo.GatherOp, {
    equation: 'gather x, i == array.gather x, i',
    convert: (site) => [
      gathered(
        site,
        hlo.GatherOp.dimension_numbers(site.op),
        hlo.GatherOp.slice_sizes(site.op),
        hlo.GatherOp.indices_are_sorted(site.op),
      ),
    ],
  }),
  ...ruleFor(hlo.DynamicGatherOp, {
    equation:
      'dynamic_gather x, i, constant sizes == gather x, i sizes;  of one index that is a constant it is a slice',
    refuses: (op) =>
      constantNumbers(op.operand(2)) || rangesOfGather(op) ? undefined : 'its slice sizes are not constants',
    convert(site) {
      const constants = constantNumbers(site.op.operand(2));
      const ranges = rangesOfGather(site.op);
      const d = hlo.DynamicGatherOp.dimension_numbers(site.op);
      if (constants) return [gathered(site, d, constants, hlo.DynamicGatherOp.indices_are_sorted(site.op))];
      return [withType(site, slicedTo(site, ranges!), site.type())];
    },
  }),
  ...ruleFor(hlo.TorchIndexSelectOp, {
    equation: 'torch_index_select x, i dim == gather x, i with slices of size 1 along dim',
    refuses(op) {
      const [dim, batch] = [hlo.TorchIndexSelectOp.dim(op), hlo.TorchIndexSelectOp.batch_dims(op)];
      const { shape } = op.operand(0).type as TensorType;
      return shape.some((size, d) => size === DYNAMIC && d >= batch && d !== dim)
        ? 'the sizes of its slices are not known'
        : undefined;
    },
    convert(site) {
      const { op } = site;
      const { shape } = site.operand(0).type as TensorType;
      const indices = site.operand(1).type as TensorType;
      const [dim, batch] = [hlo.TorchIndexSelectOp.dim(op), hlo.TorchIndexSelectOp.batch_dims(op)];
      const batches = shape.slice(0, batch).map((_, d) => d);
      const selected = indices.rank - batch;
      // In the result the dimensions of the indices are where the selected one was.
      const window = shape.flatMap((_, d) => (d < batch || d === dim ? [] : [d < dim ? d : d - 1 + selected]));
      const sizes = shape.map((size, d) => (d === dim || d < batch ? 1 : size));
      return [
        GatherOp.build(site.rewriter, site.loc, {
          operand: site.operand(0),
          indices: site.operand(1),
          window,
          collapsed: [dim],
          operand_batching: batches,
          indices_batching: batches,
          map: [dim],
          vector: indices.rank,
          sizes,
          resultTypes: [site.type()],
        }),
      ];
    },
  }),
  ...ruleFor(hlo.ScatterOp, {
    equation: 'scatter x, i, u == array.scatter x at i updates u',
    convert(site) {
      const { op } = site;
      const n = op.resultCount;
      const d = hlo.ScatterOp.scatter_dimension_numbers(op);
      const values = site.all();
      const made = ScatterOp.create(site.rewriter, site.loc, {
        inputs: accumulated(site, values.slice(0, n)),
        indices: [values[n]!],
        updates: accumulated(site, values.slice(n + 1)),
        window: d.update_window_dims,
        collapsed: d.inserted_window_dims,
        operand_batching: d.input_batching_dims,
        indices_batching: d.scatter_indices_batching_dims,
        map: d.scatter_dims_to_operand_dims,
        vector: d.index_vector_dim,
        ...(hlo.ScatterOp.indices_are_sorted(op) ? { indices_are_sorted: true } : {}),
        ...(hlo.ScatterOp.unique_indices(op) ? { unique_indices: true } : {}),
        regions: [new Region()],
        resultTypes: site.types(),
      });
      moveScalarRegion(op.region(0), made.region(0), site);
      return made.results;
    },
  }),
};
