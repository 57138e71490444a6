// array.reverse: elements in the opposite order along dimensions.
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
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  StructuredOp,
  type Type,
} from '@budflow/ir';
import { fitsDefinition, parseNamedList, printNamedList } from '../assembly.js';
import { interpretReverse } from '../interpret/movement.js';
import { resplat } from '../splat.js';
import { FREE, operandDomain, tensorType } from '../structure.js';
import { expectResult, verifyDims } from '../verify-types.js';

/** Whether the index of a reversed element is affine: the sizes of the reversed dimensions are known. */
function isAffine(op: Operation): boolean {
  const { shape } = tensorType(op.operand(0));
  return ReverseOp.dims(op).every((d) => shape[d] !== DYNAMIC);
}

export const ReverseOp = defineOp({
  name: 'array.reverse',
  summary: 'Elements in the opposite order along dimensions',
  description: 'Element i of a reversed dimension of size n is element n - 1 - i of the operand.',
  example: `func.func @f(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = array.reverse %x dims = [1] : tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}`,
  operands: { operand: AnyTensor },
  results: { result: AnyTensor },
  attributes: { dims: attr.i64Array },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({
      pattern: (op): OpPatternKind => (isAffine(op) ? OpPatternKind.injective : OpPatternKind.opaque),
    }),
    OpCost.implement({ pointCost: () => FREE }),
    StructuredOp.implement({
      domain: (op): DomainDim[] => operandDomain(op, 0),
      indexingMaps(op): (AffineMap | null)[] {
        const { shape, rank } = tensorType(op.operand(0));
        const dims = ReverseOp.dims(op);
        const index = shape.map((size, d) =>
          dims.includes(d)
            ? AffineExpr.dim(d)
                .mul(-1)
                .add(size - 1)
            : AffineExpr.dim(d),
        );
        return [isAffine(op) ? op.context.affineMap(rank, 0, index) : null, op.context.identityMap(rank)];
      },
      body: (_, context) => [context.operand(0)],
    }),
    interpretReverse((op): readonly number[] => ReverseOp.dims(op)),
  ],
  assembly: {
    canPrint: (op) => fitsDefinition(op) && op.operand(0).type === op.result(0).type,
    parse(parser, state) {
      const operand = parser.operand();
      parseNamedList(parser, state, 'dims', 'dims');
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const type = parser.type();
      state.operands.push(parser.resolve(operand, type));
      state.resultTypes.push(type);
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printNamedList(printer, 'dims', ReverseOp.dims(op));
      printer.attrDict(op, ['dims']);
      printer.text(' : ');
      printer.type(op.result(0).type);
    },
  },
  inferTypes: (_, state): Type[] => [state.operands[0]!.type],
  verify(op) {
    const type = tensorType(op.operand(0));
    if (!verifyDims(op, 'dims', ReverseOp.dims(op), type.rank, `the operand ${type}`)) return;
    expectResult(op, type);
  },
  fold(op, [operand]): FoldResult | null {
    const { shape } = tensorType(op.operand(0));
    if (ReverseOp.dims(op).every((d) => shape[d] === 0 || shape[d] === 1)) return op.operand(0);
    return resplat(op.context, operand, op.result(0).type);
  },
  patterns: [
    definePattern({
      name: 'reverse-of-reverse',
      equation: 'reverse<a>(reverse<b>(x)) == reverse<a xor b>(x)',
      root: 'array.reverse',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !ReverseOp.is(inner)) return false;
        const [a, b] = [ReverseOp.dims(op), ReverseOp.dims(inner)];
        const dims = [...a.filter((d) => !b.includes(d)), ...b.filter((d) => !a.includes(d))].sort((x, y) => x - y);
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [ReverseOp.build(rewriter, op.loc, { operand: inner.operand(0), dims })]);
        return true;
      },
    }),
    definePattern({
      name: 'reverse-without-unit-dims',
      equation: 'reverse<a, d>(x) == reverse<a>(x)  where dimension d has at most one element',
      root: 'array.reverse',
      rewrite(op, rewriter) {
        const { shape } = tensorType(op.operand(0));
        const dims = ReverseOp.dims(op);
        const kept = dims.filter((d) => shape[d]! > 1 || shape[d] === DYNAMIC);
        if (kept.length === dims.length) return false;
        rewriter.modify(op, () => op.setAttr('dims', op.context.denseArray(op.context.i64, kept)));
        return true;
      },
    }),
  ],
});
