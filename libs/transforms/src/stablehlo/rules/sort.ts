// Sorts, and the largest elements.
import { buildSort, IotaOp, SliceOp, SortOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { ComplexType, DYNAMIC, Region, type TensorType } from '@budflow/ir';
import { moveScalarRegion } from '../regions.js';
import { type HloRules, ruleFor } from '../rule.js';

export const SORTS: HloRules = {
  ...ruleFor(hlo.SortOp, {
    equation: 'sort x, y dim == array.sort x, y dim;  of scalars themselves',
    convert(site) {
      const { op } = site;
      const inputs = site.all();
      const { rank } = inputs[0]!.type as TensorType;
      if (rank === 0) return inputs;
      const dim = hlo.SortOp.dimension(op);
      const made = SortOp.create(site.rewriter, site.loc, {
        inputs,
        dim: dim < 0 ? dim + rank : dim,
        stable: hlo.SortOp.is_stable(op),
        regions: [new Region()],
        resultTypes: site.types(),
      });
      moveScalarRegion(op.region(0), made.region(0), site);
      return made.results;
    },
  }),
  ...ruleFor(hlo.TopKOp, {
    equation: 'top_k x, k == the first k of sort x, iota, descending in total order',
    refuses: (op) =>
      (op.operand(0).type as TensorType).element instanceof ComplexType ? 'complex numbers are not sorted' : undefined,
    convert(site) {
      const { context, rewriter, loc } = site;
      const x = site.operand(0);
      const type = x.type as TensorType;
      const dim = type.rank - 1;
      const places = IotaOp.build(rewriter, loc, {
        dim,
        sizes: site.dynamicSizes(x),
        resultTypes: [context.withElement(type, context.i32)],
      });
      const sorted = buildSort(rewriter, loc, [x, places], {
        dim,
        stable: true,
        direction: 'descending',
        totalOrder: true,
      });
      const k = hlo.TopKOp.k(site.op);
      return sorted.results.map((value, i) =>
        SliceOp.build(rewriter, loc, {
          operand: value,
          starts: type.shape.map(() => 0),
          limits: type.shape.map((size, d) => (d === dim ? k : size === DYNAMIC ? DYNAMIC : size)),
          strides: type.shape.map(() => 1),
          resultTypes: [site.type(i)],
        }),
      );
    },
  }),
};
