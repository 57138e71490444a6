// Products.
import { DotGeneralOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import type { TensorType, Value } from '@budflow/ir';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';

interface Dims {
  readonly lhsBatch: readonly number[];
  readonly rhsBatch: readonly number[];
  readonly lhsContract: readonly number[];
  readonly rhsContract: readonly number[];
}

export const PRODUCTS: HloRules = {
  ...ruleFor(hlo.DotGeneralOp, {
    equation: 'dot_general x, y == array.dot_general x, y',
    convert(site) {
      const dims = hlo.DotGeneralOp.dot_dimension_numbers(site.op);
      return [
        product(site, {
          lhsBatch: dims.lhs_batching_dimensions,
          rhsBatch: dims.rhs_batching_dimensions,
          lhsContract: dims.lhs_contracting_dimensions,
          rhsContract: dims.rhs_contracting_dimensions,
        }),
      ];
    },
  }),
  ...ruleFor(hlo.DotOp, {
    equation: 'dot x, y == array.dot_general x, y over the last of x and the first of y',
    convert(site) {
      const { rank } = site.operand(0).type as TensorType;
      return [product(site, { lhsBatch: [], rhsBatch: [], lhsContract: [rank - 1], rhsContract: [0] })];
    },
  }),
};

function product(site: HloSite, dims: Dims): Value {
  return DotGeneralOp.build(site.rewriter, site.loc, {
    lhs: site.operand(0),
    rhs: site.operand(1),
    ...dims,
    resultTypes: [site.type()],
  });
}
