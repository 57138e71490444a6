// collapse-dims: dimensions of a fusion that are only ever walked together become one, so that its loops are long.
//
//   %r = array.fusion(%a = %x : tensor<100x3xf32>) {       %v = array.reshape %x : tensor<100x3xf32> to tensor<300xf32>
//     %0 = array.exp %a : tensor<100x3xf32>                %s = array.fusion(%a = %v : tensor<300xf32>) {
//     array.yield %0 }                              ->       %0 = array.exp %a : tensor<300xf32>
//                                                            array.yield %0 }
//                                                          %r = array.reshape %s : tensor<300xf32> to tensor<100x3xf32>
//
// Requires instruction-fusion. The reshapes are views for bufferize; canonicalize joins those between two fusions. The
// order in which reductions combine does not change: it is one over the flattened elements of adjacent dimensions. As
// the collapsing of dimensions of linalg in MLIR.
import { bodyOps, FusionOp } from '@budflow/dialect-array';
import type { Operation, TensorType } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { MergeableDims } from './collapse/mergeable.js';
import { collapseFusion } from './collapse/rewrite.js';

export const collapseDims = definePass({
  name: 'collapse-dims',
  summary: 'merge dimensions of fusions that are only walked together',
  anchor: 'func.func',
  dependentDialects: ['array', 'arith'],
  statistics: {
    collapsed: 'fusions with merged dimensions',
    merged: 'dimensions saved, summed over operands and results',
  },
  run(func, pass) {
    const fusions: Operation[] = [];
    func.walk((op) => {
      if (FusionOp.is(op)) fusions.push(op);
    });
    let changed = false;
    for (const fusion of fusions) {
      const dims = MergeableDims.ofFusion(fusion);
      const values = [...fusion.region(0).entry.arguments, ...bodyOps(fusion).flatMap((op) => op.results)];
      const saved = values.reduce((n, v) => n + dims.groups(v).reduce((m, g) => m + g.length - 1, 0), 0);
      if (saved === 0) {
        if (values.some((v) => ((v.type as Partial<TensorType>).rank ?? 0) > 1))
          pass.remark({
            kind: 'missed',
            name: 'dims-apart',
            message: 'no two dimensions of this fusion are only walked together',
            at: fusion,
          });
        continue;
      }
      collapseFusion(fusion, dims);
      changed = true;
      pass.statistic('collapsed');
      pass.statistic('merged', saved);
    }
    if (!changed) pass.unchanged();
  },
});
