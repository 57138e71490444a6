// array.concat: tensors one behind the other.
import {
  AffineExpr,
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
  type Rewriter,
  StructuredOp,
  type TensorType,
  type Type,
  type Value,
  variadic,
} from '@budflow/ir';
import { fitsDefinition } from '../assembly.js';
import { interpretConcat } from '../interpret/movement.js';
import { ShapeRules, type SizeConstraint, type SizeRule, sameSize } from '../shape-rules.js';
import { FREE, resultSize, tensorType } from '../structure.js';
import { expectResult, sizesAgree, verifyDims } from '../verify-types.js';
import { SliceOp } from './slice.js';

/** Sizes of the result: along `dim` the sum, elsewhere that of whichever operand knows it. */
function concatenatedShape(types: readonly TensorType[], dim: number): number[] {
  return types[0]!.shape.map((_, d) => {
    const sizes = types.map((t) => t.shape[d]!);
    if (d !== dim) return sizes.find((s) => s !== DYNAMIC) ?? DYNAMIC;
    return sizes.includes(DYNAMIC) ? DYNAMIC : sizes.reduce((a, b) => a + b, 0);
  });
}

function concatType(op: Operation): TensorType {
  const types = op.operands.map(tensorType);
  return op.context.tensor(concatenatedShape(types, ConcatOp.dim(op)), types[0]!.element, types[0]!.encoding);
}

export const ConcatOp = defineOp({
  name: 'array.concat',
  summary: 'Tensors one behind the other along a dimension',
  description: 'The other dimensions of all operands are equal.',
  example: `func.func @f(%x: tensor<4x8xf32>, %y: tensor<4x?xf32>) -> tensor<4x?xf32> {
  %0 = array.concat %x, %y dim = 1 : tensor<4x8xf32>, tensor<4x?xf32> to tensor<4x?xf32>
  return %0 : tensor<4x?xf32>
}`,
  operands: { inputs: variadic(AnyTensor) },
  results: { result: AnyTensor },
  attributes: { dim: attr.i64 },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.injective }),
    OpCost.implement({ pointCost: () => FREE }),
    StructuredOp.implement({
      domain: (op): DomainDim[] =>
        tensorType(op.result(0)).shape.map((_, d) => ({ iterator: 'parallel', size: resultSize(op, 0, d) })),
      indexingMaps: (op) =>
        [...op.operands, op.result(0)].map(() => op.context.identityMap(tensorType(op.result(0)).rank)),
      body: (_, context) => [context.operand(0)],
      sideBySide: (op): number => ConcatOp.dim(op),
    }),
    ShapeRules.implement({
      size(op, _, dim): SizeRule {
        if (dim !== ConcatOp.dim(op)) return sameSize(op, 0, dim);
        const dims = op.operands.map((_, i) => AffineExpr.dim(i));
        return {
          of: op.operands.map((_, operand) => ({ operand, dim })),
          map: op.context.affineMap(dims.length, 0, [dims.reduce((a, b) => a.add(b))]),
        };
      },
      constraints: (op): SizeConstraint[] =>
        op.operands
          .slice(1)
          .flatMap((_, i): SizeConstraint[] =>
            tensorType(op.result(0)).shape.flatMap((__, dim): SizeConstraint[] =>
              dim === ConcatOp.dim(op)
                ? []
                : [{ left: { operand: i + 1, dim }, relation: 'equal', right: { operand: 0, dim } } as const],
            ),
          ),
    }),
    interpretConcat((op): number => ConcatOp.dim(op)),
  ],
  assembly: {
    canPrint: (op) => fitsDefinition(op) && op.operandCount > 0,
    parse(parser, state) {
      const inputs = parser.commaSeparated('none', () => parser.operand());
      parser.keyword('dim');
      parser.punctuation('=');
      state.attributes.set('dim', parser.context.i64Attr(parser.integer()));
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const types = parser.typeList();
      parser.keyword('to');
      state.resultTypes.push(parser.type());
      state.operands.push(...parser.resolveAll(inputs, types));
    },
    print(printer, op) {
      printer.space();
      printer.values(op.operands);
      printer.text(` dim = ${ConcatOp.dim(op)}`);
      printer.attrDict(op, ['dim']);
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
      printer.text(' to ');
      printer.type(op.result(0).type);
    },
  },
  inferTypes(context, state): Type[] {
    const types = state.operands.map(tensorType);
    const shape = concatenatedShape(types, attr.i64.read(state.attributes.get('dim')!));
    return [context.tensor(shape, types[0]!.element, types[0]!.encoding)];
  },
  verify(op) {
    if (op.operandCount === 0) {
      op.emitError('array.concat-operands', 'requires at least one operand, got none');
      return;
    }
    const first = tensorType(op.operand(0));
    const dim = ConcatOp.dim(op);
    if (!verifyDims(op, 'dim', [dim], first.rank, `the operand ${first}`)) return;
    for (const [i, operand] of op.operands.entries()) {
      const type = tensorType(operand);
      const fits =
        type.rank === first.rank &&
        type.element === first.element &&
        type.shape.every((size, d) => d === dim || sizesAgree(size, first.shape[d]!));
      if (fits) continue;
      op.emitError(
        'array.operand-types',
        `requires operands that differ in dimension ${dim} only, got ${first} and ${type} (operand #${i})`,
      );
      return;
    }
    expectResult(op, concatType(op));
  },
  fold: (op): FoldResult | null =>
    op.operandCount === 1 && op.operand(0).type === op.result(0).type ? op.operand(0) : null,
  patterns: [
    definePattern({
      name: 'concat-without-empty-parts',
      equation: 'concat(x, e, y) == concat(x, y)  where e has no elements along the dimension',
      root: 'array.concat',
      rewrite(op, rewriter): boolean {
        const dim: number = ConcatOp.dim(op);
        const kept = op.operands.filter((v) => tensorType(v).shape[dim] !== 0);
        return replaceParts(op, kept.length > 0 ? kept : op.operands.slice(0, 1), rewriter);
      },
    }),
    definePattern({
      name: 'concat-of-concat',
      equation: 'concat(concat(x, y), z) == concat(x, y, z)',
      root: 'array.concat',
      rewrite(op, rewriter): boolean {
        const parts = op.operands.flatMap((v) => {
          const inner = v.definingOp;
          return inner && ConcatOp.is(inner) && ConcatOp.dim(inner) === ConcatOp.dim(op) && v.hasOneUse()
            ? inner.operands
            : [v];
        });
        return replaceParts(op, parts, rewriter);
      },
    }),
    definePattern({
      name: 'concat-of-adjacent-slices',
      equation: 'concat(x[a:b], x[b:c]) == x[a:c]',
      root: 'array.concat',
      generates: ['array.slice'],
      rewrite(op, rewriter): boolean {
        const dim: number = ConcatOp.dim(op);
        const at = op.operands.findIndex((v, i) => i > 0 && continues(op.operand(i - 1), v, dim));
        if (at < 0) return false;
        const [left, right] = [op.operand(at - 1).definingOp!, op.operand(at).definingOp!];
        const limits = SliceOp.limits(left).map((l, d) => (d === dim ? SliceOp.limits(right)[d]! : l));
        rewriter.setInsertionPoint(op);
        const joined = SliceOp.build(rewriter, op.loc, {
          operand: left.operand(0),
          starts: SliceOp.starts(left),
          limits,
          strides: SliceOp.strides(left),
        });
        const parts = [...op.operands.slice(0, at - 1), joined, ...op.operands.slice(at + 1)];
        return replaceParts(op, parts, rewriter);
      },
    }),
  ],
});

/** Whether two slices of one tensor are neighbours along a dimension, and equal in the others. */
function continues(left: Value, right: Value, dim: number): boolean {
  const [a, b] = [left.definingOp, right.definingOp];
  if (!a || !b || !SliceOp.is(a) || !SliceOp.is(b) || a.operand(0) !== b.operand(0)) return false;
  return tensorType(left).shape.every((_, d) => {
    const [as, al, at] = [SliceOp.starts(a)[d]!, SliceOp.limits(a)[d]!, SliceOp.strides(a)[d]!];
    const [bs, bl, bt] = [SliceOp.starts(b)[d]!, SliceOp.limits(b)[d]!, SliceOp.strides(b)[d]!];
    return d === dim ? at === 1 && bt === 1 && al === bs && al !== DYNAMIC : as === bs && al === bl && at === bt;
  });
}

/** The concatenation of other operands with the same result; false when nothing changes, or the type would. */
function replaceParts(op: Operation, parts: readonly Value[], rewriter: Rewriter): boolean {
  if (parts.length === op.operandCount && parts.every((v, i) => v === op.operand(i))) return false;
  const shape = concatenatedShape(parts.map(tensorType), ConcatOp.dim(op));
  const { type } = op.result(0);
  if (op.context.tensor(shape, (type as TensorType).element, (type as TensorType).encoding) !== type) return false;
  rewriter.setInsertionPoint(op);
  rewriter.replaceOp(op, [ConcatOp.build(rewriter, op.loc, { inputs: parts, dim: ConcatOp.dim(op) })]);
  return true;
}
