// Splits vectors into ones the target has registers for.
//
//   %1 = arith.addf %a, %b : vector<16xf32>   ->   4 x  arith.addf : vector<4xf32>
//
// Every vector value becomes a list of parts of `bits` bits; carried values, branches and constants follow. Casts between
// widths go through simd.widen_low/high and simd.narrow; masks take the lanes of the data they come from and are changed
// where they guard data of another width. What vectors of the target cannot do (integer division, i64 to float) is done
// lane by lane. Reductions over lanes combine whole parts first, which is the order of halves. Requires vectors of rank 1
// whose lanes fill whole parts. Breaks nothing.
import { definePass } from '@budflow/pass';
import { VectorLegalizer } from './legalize/legalizer.js';

export const legalizeVectors = definePass({
  name: 'legalize-vectors',
  summary: 'split vectors to the width of the target',
  options: {
    bits: {
      type: 'integer',
      minimum: 64,
      maximum: 2048,
      default: 128,
      description: 'Width of the vector registers of the target.',
    },
  },
  dependentDialects: ['arith', 'simd', 'loop'],
  statistics: { split: 'ops split into parts', scalarized: 'ops done lane by lane' },
  run(root, pass) {
    const legalizer = new VectorLegalizer(pass.context, pass.options.bits);
    legalizer.run(root);
    pass.statistic('split', legalizer.split);
    pass.statistic('scalarized', legalizer.scalarized);
    if (legalizer.split === 0) pass.unchanged();
  },
});
