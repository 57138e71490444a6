// Canonicalization of array.scatter: index vectors of one component are plain indices, whose dimension of size one need not
// be made first.
import { DYNAMIC, definePattern, type Operation } from '@budflow/ir';
import { type GatherDims, walkedIndexDims } from '../gather-dims.js';
import { tensorType } from '../structure.js';
import { ReshapeOp } from './reshape.js';

/** The rule, for an op whose dimensions `dimsOf` reads. */
export function scatterPatterns(dimsOf: (op: Operation) => GatherDims) {
  return [
    definePattern({
      name: 'scatter-at-plain-indices',
      equation: 'scatter x at (i : n x 1) vector = 1 == scatter x at (reshape i : n) vector = 1',
      root: 'array.scatter',
      generates: ['array.reshape'],
      rewrite(op, rewriter) {
        const at = op.resultCount;
        const indices = op.operand(at);
        const { shape, element, rank } = tensorType(indices);
        const dims = dimsOf(op);
        if (dims.vectorDim >= rank || shape[dims.vectorDim] !== 1 || shape.includes(DYNAMIC)) return false;
        const walked = walkedIndexDims(dims, rank);
        const { context } = op;
        const type = context.tensor(
          walked.map((d) => shape[d]!),
          element,
        );
        rewriter.setInsertionPoint(op);
        const plain = ReshapeOp.build(rewriter, op.loc, { operand: indices, sizes: [], resultTypes: [type] });
        rewriter.modify(op, () => {
          op.setOperand(at, plain);
          op.setAttr('vector', context.i64Attr(rank - 1));
          const batching = dims.indexBatchDims.map((d) => BigInt(walked.indexOf(d)));
          op.setAttr('indices_batching', context.denseArray(context.i64, batching));
        });
        return true;
      },
    }),
  ];
}
