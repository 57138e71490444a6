// Slices at computed indices: gather, scatter, torch_index_select.
import { GatherOp, ScatterOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { DYNAMIC, Region, type TensorType, type Value } from '@budflow/ir';
import { moveScalarRegion } from '../regions.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
import { constantNumbers, withType } from '../sizes.js';
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
    equation: 'dynamic_gather x, i, constant sizes == gather x, i sizes',
    refuses: (op) => (constantNumbers(op.operand(2)) ? undefined : 'its slice sizes are not constants'),
    convert: (site) => [
      gathered(
        site,
        hlo.DynamicGatherOp.dimension_numbers(site.op),
        constantNumbers(site.op.operand(2))!,
        hlo.DynamicGatherOp.indices_are_sorted(site.op),
      ),
    ],
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
