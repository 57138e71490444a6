// array.reshape: the same elements in row-major order, in another shape.
import {
  type AffineMap,
  AnyTensor,
  attr,
  type DomainDim,
  DYNAMIC,
  defineOp,
  definePattern,
  elementCount,
  type FoldResult,
  Index,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  StructuredOp,
  type TensorType,
  variadic,
} from '@budflow/ir';
import { fitsDefinition, parseFromTo, parseSizesClause, printFromTo, printSizesClause } from '../assembly.js';
import { interpretReshape } from '../interpret/movement.js';
import { resplat } from '../splat.js';
import { FREE, noMaps, operandSize, resultSize, tensorType } from '../structure.js';
import { dynamicDims, expectElement, verifySizeCount } from '../verify-types.js';
import { FullOp, uniformValue } from './creation.js';
import { type ReshapeExpressions, reshapeExpressions } from './reshape-map.js';

/** Product of the static sizes. */
function staticProduct(shape: readonly number[]): number {
  return shape.reduce((n, d) => (d === DYNAMIC ? n : n * d), 1);
}

/** Whether a size operand is `array.dim` of dimension `dim` of the reshaped tensor itself. */
function isSizeOf(op: Operation, sizeIndex: number, dim: number): boolean {
  const size = op.operand(1 + sizeIndex).definingOp;
  if (size?.name !== 'array.dim' || size.operand(0) !== op.operand(0)) return false;
  return attr.i64.read(size.attr('dimension')!) === dim;
}

/** Affine index expressions of a reshape; undefined where a dynamic size would be a factor. */
export function reshapeIndices(op: Operation): ReshapeExpressions | undefined {
  const from = tensorType(op.operand(0)).shape;
  const to = tensorType(op.result(0)).shape;
  // One dynamic dimension on each side and equal static products: the dynamic sizes are equal.
  const single =
    dynamicDims(op.operand(0).type) === 1 &&
    dynamicDims(op.result(0).type) === 1 &&
    staticProduct(from) === staticProduct(to);
  return reshapeExpressions(from, to, (i, j) => {
    if (single) return true;
    return op.operandCount > 1 && isSizeOf(op, to.slice(0, j).filter((d) => d === DYNAMIC).length, i);
  });
}

export const ReshapeOp = defineOp({
  name: 'array.reshape',
  summary: 'The same elements, in row-major order, in another shape',
  description: `At most one dynamic dimension of the result is found from the number of elements; more need a size operand for each dynamic
dimension. Its structured form exists where the index is affine: \`reshapeIndices\` gives undefined otherwise, the indexing map of the
operand is then null and the op is opaque to fusion.`,
  example: `func.func @f(%x: tensor<?x4x8xf32>) -> tensor<?x32xf32> {
  %0 = array.reshape %x : tensor<?x4x8xf32> to tensor<?x32xf32>
  return %0 : tensor<?x32xf32>
}`,
  operands: { operand: AnyTensor, sizes: variadic(Index) },
  results: { result: AnyTensor },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: (op) => (reshapeIndices(op) ? OpPatternKind.injective : OpPatternKind.opaque) }),
    OpCost.implement({ pointCost: () => FREE }),
    StructuredOp.implement({
      domain(op) {
        const sources = reshapeIndices(op)?.sizeSources;
        return tensorType(op.result(0)).shape.map((_, j): DomainDim => {
          const source = sources?.get(j);
          return {
            iterator: 'parallel',
            size: source === undefined ? resultSize(op, 0, j) : operandSize(op, 0, source),
          };
        });
      },
      indexingMaps(op): (AffineMap | null)[] {
        const rank = tensorType(op.result(0)).rank;
        const indices = reshapeIndices(op);
        return [
          indices ? op.context.affineMap(rank, 0, indices.operand) : null,
          ...noMaps(op.operandCount - 1),
          op.context.identityMap(rank),
        ];
      },
      body: (_, context) => [context.operand(0)],
    }),
    interpretReshape,
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      const operand = parser.operand();
      const sizes = parseSizesClause(parser);
      parser.optionalAttrDict(state.attributes);
      const { from, to } = parseFromTo(parser);
      state.operands.push(parser.resolve(operand, from), ...sizes());
      state.resultTypes.push(to);
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printSizesClause(printer, ReshapeOp.sizes(op));
      printer.attrDict(op);
      printFromTo(printer, op);
    },
  },
  verify(op) {
    const from = tensorType(op.operand(0));
    const to = tensorType(op.result(0));
    if (!expectElement(op, to, from.element, 'a result')) return;
    const dynamic = dynamicDims(to);
    const sizes = op.operandCount - 1;
    if (sizes > 0 || dynamic > 1) {
      if (!verifySizeCount(op, sizes, dynamic, 'dynamic dimension of the result')) return;
    }
    const product = staticProduct(to.shape);
    if (sizes === 0 && dynamic === 1 && product === 0) {
      op.emitError(
        'array.size-operands',
        `requires a size operand for the dynamic dimension of ${to}: with no elements, nothing else tells it`,
      );
      return;
    }
    const [a, b] = [elementCount(from.shape), elementCount(to.shape)];
    const fits =
      a !== undefined && b !== undefined
        ? a === b
        : a !== undefined
          ? divides(product, a)
          : b !== undefined
            ? divides(staticProduct(from.shape), b)
            : true;
    if (!fits)
      op.emitError(
        'array.reshape-count',
        `requires equal numbers of elements, got ${from} (${countText(from)}) and ${to} (${countText(to)})`,
      );
  },
  fold(op, [operand]): FoldResult | null {
    const type = op.result(0).type;
    if (op.operandCount === 1 && op.operand(0).type === type && dynamicDims(type) <= 1) return op.operand(0);
    return resplat(op.context, operand, type);
  },
  patterns: [
    definePattern({
      name: 'reshape-of-reshape',
      equation: 'reshape(reshape(x)) == reshape(x)',
      root: 'array.reshape',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !ReshapeOp.is(inner)) return false;
        const operand = inner.operand(0);
        rewriter.modify(op, () => op.setOperand(0, operand));
        return true;
      },
    }),
    definePattern({
      name: 'reshape-of-unit-broadcast',
      equation: 'reshape(broadcast x) == reshape(x), when the broadcast adds dimensions of size one',
      root: 'array.reshape',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (inner?.name !== 'array.broadcast' || op.operandCount > 1 || inner.operandCount > 1) return false;
        const [from, to] = [tensorType(inner.operand(0)), tensorType(inner.result(0))];
        const dims = attr.i64Array.read(inner.attr('dims')!);
        const ascends = dims.every((d, i) => i === 0 || d > dims[i - 1]!);
        const count = elementCount(from.shape);
        if (!ascends || count === undefined || count === 0 || count !== elementCount(to.shape)) return false;
        const operand = inner.operand(0);
        rewriter.modify(op, () => op.setOperand(0, operand));
        return true;
      },
    }),
    definePattern({
      name: 'reshape-of-full',
      equation: 'reshape(full(c)) == full(c)',
      root: 'array.reshape',
      generates: ['array.full'],
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        const value = inner ? uniformValue(inner) : undefined;
        const sizes = ReshapeOp.sizes(op);
        if (!value || sizes.length !== dynamicDims(op.result(0).type)) return false;
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [FullOp.build(rewriter, op.loc, { value, sizes, resultTypes: [op.result(0).type] })]);
        return true;
      },
    }),
    definePattern({
      name: 'reshape-to-own-sizes',
      equation: 'reshape(x, dim(x, 0), dim(x, 1), ..) == x',
      root: 'array.reshape',
      rewrite(op, rewriter) {
        const type = op.result(0).type as TensorType;
        if (op.operandCount === 1 || op.operand(0).type !== type) return false;
        const dynamic = type.shape.flatMap((d, i) => (d === DYNAMIC ? [i] : []));
        if (!dynamic.every((dim, k) => isSizeOf(op, k, dim))) return false;
        rewriter.replaceOp(op, [op.operand(0)]);
        return true;
      },
    }),
  ],
});

function divides(factor: number, count: number): boolean {
  return factor === 0 ? count === 0 : count % factor === 0;
}

function countText(type: TensorType): string {
  const n = elementCount(type.shape);
  return n === undefined ? `a multiple of ${staticProduct(type.shape)}` : String(n);
}
