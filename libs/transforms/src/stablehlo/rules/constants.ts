// Constants.
import { IotaOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { DenseElementsAttr } from '@budflow/ir';
import { type HloRules, ruleFor } from '../rule.js';

export const CONSTANTS: HloRules = {
  ...ruleFor(hlo.ConstantOp, {
    equation: 'constant c == array.constant c',
    refuses: (op) =>
      hlo.ConstantOp.value(op) instanceof DenseElementsAttr ? undefined : 'its value is not a list of numbers',
    convert: (site) => [site.constant(hlo.ConstantOp.value(site.op))],
  }),
  ...ruleFor(hlo.IotaOp, {
    equation: 'iota d == array.iota d',
    convert: (site) => [
      IotaOp.build(site.rewriter, site.loc, {
        dim: hlo.IotaOp.iota_dimension(site.op),
        sizes: [],
        resultTypes: [site.type()],
      }),
    ],
  }),
};
