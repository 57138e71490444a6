// array.transpose: dimensions in another order.
import {
  AffineExpr,
  type AffineMap,
  AnyTensor,
  attr,
  type DomainDim,
  DYNAMIC,
  defineOp,
  definePattern,
  type FoldResult,
  OpPatternKind,
  Pure,
  type Value,
} from '@budflow/ir';
import { fitsDefinition, parseFromTo, parseNamedList, printFromTo, printNamedList } from '../assembly.js';
import { interpretTranspose } from '../interpret/movement.js';
import { resplat } from '../splat.js';
import { copyInterfaces, operandSize, tensorType } from '../structure.js';
import { expectResult, verifyDims } from '../verify-types.js';
import { BroadcastOp, broadcastSize, dimsThatNeedSizes } from './broadcast.js';
import { FullOp } from './creation.js';

export const TransposeOp = defineOp({
  name: 'array.transpose',
  summary: 'Reorders dimensions: result dimension i is operand dimension perm[i]',
  description: '`perm` names every dimension once. With `perm = [1, 0]` it is the transpose of a matrix.',
  example: `func.func @f(%x: tensor<4x8xf32>) -> tensor<8x4xf32> {
  %0 = array.transpose %x perm = [1, 0] : tensor<4x8xf32> to tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}`,
  operands: { operand: AnyTensor },
  results: { result: AnyTensor },
  attributes: { perm: attr.i64Array },
  traits: [Pure],
  interfaces: [
    ...copyInterfaces(OpPatternKind.injective, {
      domain: (op): DomainDim[] =>
        TransposeOp.perm(op).map((d) => ({ iterator: 'parallel', size: operandSize(op, 0, d) })),
      maps(op): AffineMap[] {
        const perm = TransposeOp.perm(op);
        const operand = perm.map((_, d) => AffineExpr.dim(perm.indexOf(d)));
        return [op.context.affineMap(perm.length, 0, operand), op.context.identityMap(perm.length)];
      },
    }),
    interpretTranspose((op): readonly number[] => TransposeOp.perm(op)),
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      const operand = parser.operand();
      parseNamedList(parser, state, 'perm', 'perm');
      parser.optionalAttrDict(state.attributes);
      const { from, to } = parseFromTo(parser);
      state.operands.push(parser.resolve(operand, from));
      state.resultTypes.push(to);
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printNamedList(printer, 'perm', TransposeOp.perm(op));
      printer.attrDict(op, ['perm']);
      printFromTo(printer, op);
    },
  },
  inferTypes(context, state) {
    const from = tensorType(state.operands[0]!);
    const perm = attr.i64Array.read(state.attributes.get('perm')!);
    return [
      context.tensor(
        perm.map((d) => from.shape[d]!),
        from.element,
        from.encoding,
      ),
    ];
  },
  verify(op) {
    const from = tensorType(op.operand(0));
    const perm = TransposeOp.perm(op);
    if (perm.length !== from.rank) {
      op.emitError(
        'array.dimension-count',
        `requires 'perm' with one entry for each dimension of the operand ${from}, got ${perm.length}`,
      );
      return;
    }
    if (!verifyDims(op, 'perm', perm, from.rank, `the operand ${from}`)) return;
    expectResult(
      op,
      op.context.tensor(
        perm.map((d) => from.shape[d]!),
        from.element,
        from.encoding,
      ),
    );
  },
  fold(op, [operand]): FoldResult | null {
    if (TransposeOp.perm(op).every((d, i) => d === i)) return op.operand(0);
    return resplat(op.context, operand, op.result(0).type);
  },
  patterns: [
    definePattern({
      name: 'transpose-of-transpose',
      equation: 'transpose<p>(transpose<q>(x)) == transpose<q . p>(x)',
      root: 'array.transpose',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !TransposeOp.is(inner)) return false;
        const innerPerm = TransposeOp.perm(inner);
        const perm = TransposeOp.perm(op).map((d) => innerPerm[d]!);
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [TransposeOp.build(rewriter, op.loc, { operand: inner.operand(0), perm })]);
        return true;
      },
    }),
    definePattern({
      name: 'transpose-of-broadcast',
      equation: 'transpose<p>(broadcast<d>(x)) == broadcast<p^-1 . d>(x)',
      root: 'array.transpose',
      generates: ['array.broadcast'],
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !BroadcastOp.is(inner)) return false;
        const perm = TransposeOp.perm(op);
        const dims = BroadcastOp.dims(inner).map((d) => perm.indexOf(d));
        const to = tensorType(op.result(0));
        const sizes = dimsThatNeedSizes(tensorType(inner.operand(0)), to, dims).map(
          (r) => broadcastSize(inner, perm[r]!)!,
        );
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [
          BroadcastOp.build(rewriter, op.loc, { operand: inner.operand(0), sizes, dims, resultTypes: [to] }),
        ]);
        return true;
      },
    }),
    definePattern({
      name: 'transpose-of-full',
      equation: 'transpose(full(c)) == full(c)',
      root: 'array.transpose',
      generates: ['array.full'],
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !FullOp.is(inner)) return false;
        const from = tensorType(op.operand(0));
        const sizes: Value[] = [];
        for (const d of TransposeOp.perm(op))
          if (from.shape[d] === DYNAMIC)
            sizes.push(inner.operand(from.shape.slice(0, d).filter((s) => s === DYNAMIC).length));
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [
          FullOp.build(rewriter, op.loc, { value: FullOp.value(inner), sizes, resultTypes: [op.result(0).type] }),
        ]);
        return true;
      },
    }),
  ],
});
