// array.sort: rows of tensors along a dimension in the order of a comparator.
import { interpretPureOp } from '@budflow/interpreter';
import {
  type Attribute,
  attr,
  type Builder,
  DenseElementsAttr,
  defineOp,
  definePattern,
  elementCount,
  FloatType,
  type FoldResult,
  IsolatedFromAbove,
  type LocationRef,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  optionalAttr,
  Pure,
  Region,
  type TensorType,
  type Type,
  type Value,
  variadic,
} from '@budflow/ir';
import { fitsDefinition } from '../assembly.js';
import { ScalarTensor } from '../element-types.js';
import { interpretSort } from '../interpret/sort.js';
import { parseScalarRegion, printScalarRegion, regionsPrint, scalarTypes, verifyScalarRegion } from '../region.js';
import { ShapeRules, type SizeConstraint, type SizeRule, sameShape, sameSize } from '../shape-rules.js';
import { buildComparator, type SortOrder, sortOrderOf } from '../sort-order.js';
import { tensorType } from '../structure.js';
import { expectResult, verifyDims } from '../verify-types.js';

/** Constants of more elements are not sorted by folding. */
const MAX_FOLDED = 4096;

export const SortOp = defineOp({
  name: 'array.sort',
  summary: 'Tensors of one shape, their rows along a dimension in the order of a comparator',
  description: `StableHLO's sort. Elements at one place of all operands move together. The comparator gets a pair of scalars for each operand
(lhs, rhs of the first, lhs, rhs of the second, ..) and says whether lhs comes before rhs. Rows are merged bottom-up: runs of 1, 2, 4, ..
elements in pairs, an element of the right run before one of the left exactly if the comparator says so; elements that it does not tell apart
keep their order, and a comparator that contradicts itself has one outcome too. In short, \`ascending\` or \`descending\` stand for
a comparison of the first operand's elements; with floats NaN then has no place, but \`total_order\` gives it one:
-NaN < -inf < .. < -0 < +0 < .. < inf < NaN. \`stable\` says that the program depends on the order of equal elements, which is kept in any case. \`first\` says that
of each row only so many elements at its beginning are read: a kernel may leave the others as they are.`,
  example: `func.func @f(%x: tensor<4x?xf32>, %i: tensor<4x?xi32>) -> (tensor<4x?xf32>, tensor<4x?xi32>) {
  %0:2 = array.sort %x, %i dim = 1 stable descending total_order : tensor<4x?xf32>, tensor<4x?xi32>
  %1:2 = array.sort %0#0, %0#1 dim = 0 : tensor<4x?xf32>, tensor<4x?xi32> comparator(%a: f32, %b: f32, %c: i32, %d: i32) {
    %2 = math.absi %c : i32
    %3 = math.absi %d : i32
    %4 = arith.cmpi slt, %2, %3 : i32
    array.yield %4 : i1
  }
  return %1#0, %1#1 : tensor<4x?xf32>, tensor<4x?xi32>
}`,
  operands: { inputs: variadic(ScalarTensor) },
  results: { results: variadic(ScalarTensor) },
  attributes: { dim: attr.i64, stable: attr.unit, first: optionalAttr(attr.i64) },
  regions: { comparator: { blocks: 'one' } },
  traits: [Pure, IsolatedFromAbove],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => ({ flops: 20, expensive: true }) }),
    ShapeRules.implement({
      size: (op, result, dim): SizeRule => sameSize(op, result, dim),
      constraints: (op): SizeConstraint[] => op.results.slice(1).flatMap((_, i) => sameShape(op, 0, i + 1)),
    }),
    interpretSort((op): number => SortOp.dim(op)),
  ],
  assembly: {
    canPrint: (op): boolean =>
      fitsDefinition(op) &&
      op.resultCount > 0 &&
      op.operandCount === op.resultCount &&
      op.results.every((r, i) => r.type === op.operand(i).type) &&
      regionsPrint(op, 1),
    parse(parser, state) {
      const { context } = parser;
      const inputs = parser.commaSeparated('none', () => parser.operand());
      parser.keyword('dim');
      parser.punctuation('=');
      state.attributes.set('dim', context.i64Attr(parser.integer()));
      if (parser.optionalKeyword('stable')) state.attributes.set('stable', context.unitAttr);
      const direction = (['ascending', 'descending'] as const).find((word) => parser.optionalKeyword(word));
      const at = parser.offset();
      const totalOrder = direction !== undefined && parser.optionalKeyword('total_order');
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const types = parser.typeList();
      state.operands.push(...parser.resolveAll(inputs, types));
      state.resultTypes.push(...types);
      if (!direction) {
        parseScalarRegion(parser, state, 'comparator');
        return;
      }
      for (const type of types)
        if (!ScalarTensor.check(type)) parser.error(`expected tensors of numbers to sort, got '${type}'`, at);
      if (totalOrder && !((types[0] as TensorType).element instanceof FloatType))
        parser.error(`expected floats in the first operand for 'total_order', got '${types[0]}'`, at);
      state.regions.push(buildComparator(context, state.loc, types, { direction, totalOrder }));
    },
    print(printer, op) {
      const order = sortOrderOf(op);
      printer.space();
      printer.values(op.operands);
      printer.text(` dim = ${SortOp.dim(op)}${SortOp.stable(op) ? ' stable' : ''}`);
      if (order) printer.text(` ${order.direction}${order.totalOrder ? ' total_order' : ''}`);
      printer.attrDict(op, ['dim', 'stable']);
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
      if (!order) printScalarRegion(printer, op, 0, 'comparator');
    },
  },
  inferTypes: (_, state): Type[] => state.operands.map((v) => v.type),
  verify(op) {
    const inputs = SortOp.inputs(op);
    if (inputs.length === 0 || op.resultCount !== inputs.length) {
      op.emitError(
        'array.sort-counts',
        `requires as many results as operands (at least one), got ${inputs.length} operands, ${op.resultCount} results`,
      );
      return;
    }
    const first = tensorType(inputs[0]!);
    for (const [i, input] of inputs.entries()) {
      const type = tensorType(input);
      if (type.rank === first.rank && type.shape.every((d, k) => d === first.shape[k])) continue;
      op.emitError(
        'array.operand-types',
        `requires all operands to have one shape, got ${first} and ${type} (operand #${i})`,
      );
      return;
    }
    if (!verifyDims(op, 'dim', [SortOp.dim(op)], first.rank, `the operand ${first}`)) return;
    for (const [i, input] of inputs.entries()) if (!expectResult(op, input.type, i)) return;
  },
  verifyRegions(op) {
    const args = scalarTypes(op, SortOp.inputs(op)).flatMap((t) => [t, t]);
    verifyScalarRegion(op, args, [op.context.i1], { what: 'comparator' });
  },
  fold(op, operands): readonly FoldResult[] | null {
    const { shape } = tensorType(op.operand(0));
    const size = shape[SortOp.dim(op)]!;
    const uniform = operands.every((value) => value instanceof DenseElementsAttr && value.splat);
    const count = elementCount(shape) ?? Number.POSITIVE_INFINITY;
    if (size === 0 || size === 1 || count === 0 || uniform) return op.operands.slice();
    if (count > MAX_FOLDED || operands.includes(null)) return null;
    return interpretPureOp(op, operands as Attribute[]);
  },
  patterns: [
    definePattern({
      name: 'sort-without-unused-operands',
      equation: 'sort(x, y) { f(x) } == sort(x) { f(x) }  where the second result has no use',
      root: 'array.sort',
      generates: ['array.sort'],
      rewrite(op, rewriter) {
        const args = op.region(0).entry.arguments;
        const kept = op.results.flatMap((result, i) =>
          result.hasUses || args[2 * i]!.hasUses || args[2 * i + 1]!.hasUses ? [i] : [],
        );
        // One operand stays: without uses the op goes as a whole.
        if (kept.length === 0 || kept.length === op.resultCount) return false;
        rewriter.setInsertionPoint(op);
        const comparator = new Region();
        op.region(0).cloneInto(comparator, new Map());
        const made = SortOp.create(rewriter, op.loc, {
          inputs: kept.map((i) => op.operand(i)),
          dim: SortOp.dim(op),
          stable: SortOp.stable(op),
          regions: [comparator],
        });
        const block = made.region(0).entry;
        for (let i = op.resultCount - 1; i >= 0; i--)
          if (!kept.includes(i)) for (const at of [2 * i + 1, 2 * i]) block.eraseArgument(at);
        rewriter.replaceOp(
          op,
          op.results.map((_, i) => (kept.includes(i) ? made.result(kept.indexOf(i)) : op.operand(i))),
        );
        return true;
      },
    }),
  ],
});

/** Sorts by the elements of the first input. */
export function buildSort(
  builder: Builder,
  loc: LocationRef,
  inputs: readonly Value[],
  { dim, stable = false, ...order }: SortOrder & { readonly dim: number; readonly stable?: boolean },
): Operation {
  const types = inputs.map((v) => v.type);
  const regions = [buildComparator(builder.context, loc, types, order)];
  return SortOp.create(builder, loc, { inputs, dim, stable, regions });
}
