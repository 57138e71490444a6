// array.broadcast: new dimensions, and dimensions of size 1 repeated.
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
  Index,
  type Operation,
  OpPatternKind,
  Pure,
  type TensorType,
  type Value,
  variadic,
} from '@budflow/ir';
import {
  fitsDefinition,
  parseFromTo,
  parseNamedList,
  parseSizesClause,
  printFromTo,
  printNamedList,
  printSizesClause,
} from '../assembly.js';
import { interpretBroadcast } from '../interpret/movement.js';
import { resplat } from '../splat.js';
import { copyInterfaces, noMaps, operandSize, resultSize, tensorType } from '../structure.js';
import { expectElement, verifyDims, verifySizeCount } from '../verify-types.js';
import { FullOp, uniformValue } from './creation.js';

/** Result dimensions whose size no operand dimension tells: dynamic, and new or stretched from size 1. */
export function dimsThatNeedSizes(from: TensorType, to: TensorType, dims: readonly number[]): number[] {
  const list: number[] = [];
  to.shape.forEach((size, r) => {
    const source = dims.indexOf(r);
    if (size === DYNAMIC && (source < 0 || from.shape[source] === 1)) list.push(r);
  });
  return list;
}

/** The size operand of result dimension `dim`; undefined when it has none. */
export function broadcastSize(op: Operation, dim: number): Value | undefined {
  const at = dimsThatNeedSizes(tensorType(op.operand(0)), tensorType(op.result(0)), BroadcastOp.dims(op)).indexOf(dim);
  return at < 0 ? undefined : BroadcastOp.sizes(op)[at];
}

export const BroadcastOp = defineOp({
  name: 'array.broadcast',
  summary: 'Repeats a tensor along new dimensions, or along dimensions of size 1',
  description: `Operand dimension i becomes result dimension dims[i]. It keeps its size, or is 1 and is repeated. All other result dimensions are
new. Size operands are given, in order, for the dynamic result dimensions that are new or repeated.`,
  example: `func.func @f(%x: tensor<8xf32>, %n: index) -> tensor<?x8xf32> {
  %0 = array.broadcast %x dims = [1] sizes(%n) : tensor<8xf32> to tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}`,
  operands: { operand: AnyTensor, sizes: variadic(Index) },
  results: { result: AnyTensor },
  attributes: { dims: attr.i64Array },
  traits: [Pure],
  interfaces: [
    ...copyInterfaces(OpPatternKind.broadcast, {
      domain: (op): DomainDim[] =>
        tensorType(op.result(0)).shape.map((_, r) => {
          const source = BroadcastOp.dims(op).indexOf(r);
          const stretched = source >= 0 && tensorType(op.operand(0)).shape[source] === 1;
          return {
            iterator: 'parallel',
            size: source >= 0 && !stretched ? operandSize(op, 0, source) : resultSize(op, 0, r),
          };
        }),
      maps(op): (AffineMap | null)[] {
        const [from, to] = [tensorType(op.operand(0)), tensorType(op.result(0))];
        const operand = BroadcastOp.dims(op).map((r, i) =>
          from.shape[i] === 1 && to.shape[r] !== 1 ? AffineExpr.constant(0) : AffineExpr.dim(r),
        );
        return [
          op.context.affineMap(to.rank, 0, operand),
          ...noMaps(op.operandCount - 1),
          op.context.identityMap(to.rank),
        ];
      },
    }),
    interpretBroadcast(
      (op): readonly number[] => BroadcastOp.dims(op),
      (op): readonly number[] =>
        dimsThatNeedSizes(tensorType(op.operand(0)), tensorType(op.result(0)), BroadcastOp.dims(op)),
    ),
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      const operand = parser.operand();
      parseNamedList(parser, state, 'dims', 'dims');
      const sizes = parseSizesClause(parser);
      parser.optionalAttrDict(state.attributes);
      const { from, to } = parseFromTo(parser);
      state.operands.push(parser.resolve(operand, from), ...sizes());
      state.resultTypes.push(to);
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printNamedList(printer, 'dims', BroadcastOp.dims(op));
      printSizesClause(printer, BroadcastOp.sizes(op));
      printer.attrDict(op, ['dims']);
      printFromTo(printer, op);
    },
  },
  verify(op) {
    const from = tensorType(op.operand(0));
    const to = tensorType(op.result(0));
    const dims = BroadcastOp.dims(op);
    if (!expectElement(op, to, from.element, 'a result')) return;
    if (dims.length !== from.rank) {
      op.emitError(
        'array.dimension-count',
        `requires 'dims' with one entry for each dimension of the operand ${from}, got ${dims.length}`,
      );
      return;
    }
    if (!verifyDims(op, 'dims', dims, to.rank, `the result ${to}`)) return;
    for (let i = 0; i < dims.length; i++) {
      const [a, b] = [from.shape[i]!, to.shape[dims[i]!]!];
      if (a !== b && a !== 1) {
        op.emitError(
          'array.broadcast-shape',
          `requires dimension ${i} of the operand ${from} to be 1 or equal to dimension ${dims[i]} of the result ${to}`,
        );
        return;
      }
    }
    verifySizeCount(
      op,
      op.operandCount - 1,
      dimsThatNeedSizes(from, to, dims).length,
      'dynamic result dimension that is new or repeated',
    );
  },
  fold(op, [operand]): FoldResult | null {
    if (
      op.operandCount === 1 &&
      op.operand(0).type === op.result(0).type &&
      BroadcastOp.dims(op).every((d, i) => d === i)
    )
      return op.operand(0);
    return resplat(op.context, operand, op.result(0).type);
  },
  patterns: [
    definePattern({
      name: 'broadcast-of-broadcast',
      equation: 'broadcast<d>(broadcast<e>(x)) == broadcast<d . e>(x)',
      root: 'array.broadcast',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !BroadcastOp.is(inner)) return false;
        const outerDims = BroadcastOp.dims(op);
        const dims = BroadcastOp.dims(inner).map((d) => outerDims[d]!);
        const to = tensorType(op.result(0));
        const sizes = dimsThatNeedSizes(tensorType(inner.operand(0)), to, dims).map(
          (r) => broadcastSize(op, r) ?? broadcastSize(inner, outerDims.indexOf(r))!,
        );
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [
          BroadcastOp.build(rewriter, op.loc, { operand: inner.operand(0), sizes, dims, resultTypes: [to] }),
        ]);
        return true;
      },
    }),
    definePattern({
      name: 'broadcast-of-full',
      equation: 'broadcast(full(c)) == full(c)',
      root: 'array.broadcast',
      generates: ['array.full'],
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        const value = inner ? uniformValue(inner) : undefined;
        if (!inner || !value) return false;
        const [from, to] = [tensorType(op.operand(0)), tensorType(op.result(0))];
        const sizes: Value[] = [];
        to.shape.forEach((size, r) => {
          if (size !== DYNAMIC) return;
          // A dimension that keeps its size is dynamic in the operand too, which only array.full can be.
          const kept = BroadcastOp.dims(op).indexOf(r);
          sizes.push(
            broadcastSize(op, r) ?? inner.operand(from.shape.slice(0, kept).filter((d) => d === DYNAMIC).length),
          );
        });
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [FullOp.build(rewriter, op.loc, { value, sizes, resultTypes: [to] })]);
        return true;
      },
    }),
  ],
});
