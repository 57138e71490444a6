// Reductions.
import { ReduceOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { Region } from '@budflow/ir';
import { moveScalarRegion } from '../regions.js';
import { type HloRules, ruleFor } from '../rule.js';

export const REDUCTIONS: HloRules = {
  ...ruleFor(hlo.ReduceOp, {
    equation: 'reduce x, init across dims == array.reduce x, init dims',
    convert(site) {
      const n = site.op.operandCount / 2;
      const made = ReduceOp.create(site.rewriter, site.loc, {
        inputs: site.all().slice(0, n),
        inits: site.all().slice(n),
        kind: undefined,
        dims: hlo.ReduceOp.dimensions(site.op),
        regions: [new Region()],
        resultTypes: site.types(),
      });
      moveScalarRegion(site.op.region(0), made.region(0), site.rewriter);
      return made.results;
    },
  }),
};
