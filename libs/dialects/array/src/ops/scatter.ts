// array.scatter: updates at computed indices.
import {
  AttrSizedOperandSegments,
  attr,
  defineOp,
  IsolatedFromAbove,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  optionalAttr,
  Pure,
  type Type,
  variadic,
} from '@budflow/ir';
import { fitsDefinition } from '../assembly.js';
import { IntegerTensor, ScalarTensor } from '../element-types.js';
import { parseGatherDims, printGatherDims } from '../gather-assembly.js';
import { type GatherDims, outerDims, verifyGatherDims, walkedIndexDims, windowOperandDims } from '../gather-dims.js';
import { interpretScatter } from '../interpret/gather.js';
import { parseScalarRegion, printScalarRegion, regionsPrint, scalarTypes, verifyScalarRegion } from '../region.js';
import { ShapeRules, type SizeConstraint, type SizeRule, sameShape, sameSize } from '../shape-rules.js';
import { tensorType } from '../structure.js';
import { expectResult, sizesAgree, verifyDims } from '../verify-types.js';
import { scatterPatterns } from './scatter-patterns.js';

export function scatterDims(op: Operation): GatherDims {
  return {
    windowDims: ScatterOp.window(op),
    collapsedDims: ScatterOp.collapsed(op),
    operandBatchDims: ScatterOp.operand_batching(op),
    indexBatchDims: ScatterOp.indices_batching(op),
    indexMap: ScatterOp.map(op),
    vectorDim: ScatterOp.vector(op),
  };
}

export const ScatterOp = defineOp({
  name: 'array.scatter',
  summary: 'Tensors with updates combined into them at computed indices',
  description: `StableHLO's scatter. Each vector of \`indices\` along dimension \`vector\` is the start of a window: component k along dimension map[k]
of the inputs. Dimensions \`window\` of the updates walk inside of windows, which lack the \`collapsed\` dimensions; the others walk over the
index vectors. The region gets (elements of the inputs.., elements of the updates..) and yields the new elements. Updates happen in row-major
order of the updates, so that equal indices have one outcome; those out of bounds are skipped. Inputs that are not needed afterwards are
updated in place.`,
  example: `func.func @f(%x: tensor<10xf32>, %i: tensor<?xi32>, %u: tensor<?xf32>) -> tensor<10xf32> {
  %0 = array.scatter %x at %i updates %u collapsed = [0] map = [0] vector = 1 : tensor<10xf32>, tensor<?xi32>, tensor<?xf32> body(%a: f32, %b: f32) {
    %1 = arith.addf %a, %b : f32
    array.yield %1 : f32
  }
  return %0 : tensor<10xf32>
}`,
  operands: { inputs: variadic(ScalarTensor), indices: variadic(IntegerTensor), updates: variadic(ScalarTensor) },
  results: { results: variadic(ScalarTensor) },
  attributes: {
    window: attr.i64Array,
    collapsed: attr.i64Array,
    operand_batching: attr.i64Array,
    indices_batching: attr.i64Array,
    map: attr.i64Array,
    vector: attr.i64,
    indices_are_sorted: optionalAttr(attr.bool),
    unique_indices: optionalAttr(attr.bool),
  },
  regions: { body: { blocks: 'one' } },
  traits: [Pure, IsolatedFromAbove, AttrSizedOperandSegments],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => ({ flops: 1, expensive: true }) }),
    ShapeRules.implement({
      size: (op, result, dim): SizeRule => sameSize(op, result, dim),
      constraints(op): SizeConstraint[] {
        const dims = scatterDims(op);
        const n = op.resultCount;
        const [rank, updateRank] = [tensorType(op.operand(0)).rank, tensorType(op.operand(n + 1)).rank];
        const list: SizeConstraint[] = [];
        for (let i = 1; i < n; i++) list.push(...sameShape(op, 0, i), ...sameShape(op, n + 1, n + 1 + i));
        const walked = walkedIndexDims(dims, tensorType(op.operand(n)).rank);
        outerDims(dims, updateRank).forEach((dim, k) => {
          list.push({
            left: { operand: n + 1, dim },
            relation: 'equal',
            right: { operand: n, dim: walked[k]! },
          });
        });
        const window = windowOperandDims(dims, rank);
        dims.windowDims.forEach((dim, k) => {
          list.push({
            left: { operand: 0, dim: window[k]! },
            relation: 'atLeast',
            right: { operand: n + 1, dim },
          });
        });
        dims.operandBatchDims.forEach((dim, k) => {
          list.push({
            left: { operand: n, dim: dims.indexBatchDims[k]! },
            relation: 'equal',
            right: { operand: 0, dim },
          });
        });
        return list;
      },
    }),
    interpretScatter(scatterDims),
  ],
  assembly: {
    canPrint: (op) =>
      fitsDefinition(op) && op.resultCount > 0 && op.operandCount === 2 * op.resultCount + 1 && regionsPrint(op, 1),
    parse(parser, state) {
      const inputs = parser.commaSeparated('none', () => parser.operand());
      parser.keyword('at');
      const indices = parser.operand();
      parser.keyword('updates');
      const updates = parser.commaSeparated('none', () => parser.operand());
      parseGatherDims(parser, state, { sizes: false });
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const types = parser.typeList();
      state.operands.push(...parser.resolveAll([...inputs, indices, ...updates], types));
      state.attributes.set(
        'operandSegmentSizes',
        parser.context.denseArray(parser.context.i32, [inputs.length, 1, updates.length]),
      );
      state.resultTypes.push(...types.slice(0, inputs.length));
      parseScalarRegion(parser, state);
    },
    print(printer, op) {
      const n = op.resultCount;
      printer.space();
      printer.values(op.operands.slice(0, n));
      printer.text(' at ');
      printer.value(op.operand(n));
      printer.text(' updates ');
      printer.values(op.operands.slice(n + 1));
      printGatherDims(printer, op, scatterDims(op));
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
      printScalarRegion(printer, op);
    },
  },
  patterns: scatterPatterns(scatterDims),
  inferTypes: (_, state): Type[] => state.operands.slice(0, (state.operands.length - 1) / 2).map((v) => v.type),
  verify: verifyScatter,
  verifyRegions(op) {
    const elements = scalarTypes(op, op.results);
    verifyScalarRegion(op, [...elements, ...elements], elements);
  },
});

function verifyScatter(op: Operation): void {
  const [inputs, updates] = [ScatterOp.inputs(op), ScatterOp.updates(op)];
  const n = inputs.length;
  if (n === 0 || updates.length !== n || op.resultCount !== n || ScatterOp.indices(op).length !== 1) {
    op.emitError(
      'array.scatter-counts',
      `requires one tensor of indices, and as many updates and results as inputs (at least one), got ${n} inputs, ${ScatterOp.indices(op).length} of indices, ${updates.length} updates, ${op.resultCount} results`,
    );
    return;
  }
  const input = tensorType(inputs[0]!);
  const update = tensorType(updates[0]!);
  const indices = tensorType(op.operand(n));
  for (let i = 0; i < n; i++) {
    const [a, b] = [tensorType(inputs[i]!), tensorType(updates[i]!)];
    const fits =
      a.rank === input.rank &&
      b.rank === update.rank &&
      a.element === b.element &&
      a.shape.every((s, d) => s === input.shape[d]) &&
      b.shape.every((s, d) => s === update.shape[d]);
    if (!fits) {
      op.emitError(
        'array.operand-types',
        `requires inputs of one shape and updates of one shape, with the inputs' elements, got ${a} and ${b} (input and update #${i}) beside ${input} and ${update}`,
      );
      return;
    }
    if (!expectResult(op, a, i)) return;
  }
  const dims = scatterDims(op);
  if (!verifyGatherDims(op, dims, input, indices)) return;
  const window = windowOperandDims(dims, input.rank);
  const walked = walkedIndexDims(dims, indices.rank);
  if (dims.windowDims.length !== window.length || update.rank !== window.length + walked.length) {
    op.emitError(
      'array.gather-dims',
      `requires updates with ${window.length} window dimensions and ${walked.length} for the indices, got ${dims.windowDims.length} of ${update}`,
    );
    return;
  }
  if (!verifyDims(op, 'window', dims.windowDims, update.rank, `the updates ${update}`)) return;
  outerDims(dims, update.rank).forEach((d, k) => {
    if (!sizesAgree(update.shape[d]!, indices.shape[walked[k]!]!))
      op.emitError('array.gather-dims', `requires updates for each index vector of ${indices}, got ${update}`);
  });
  dims.windowDims.forEach((d, k) => {
    const [size, whole] = [update.shape[d]!, input.shape[window[k]!]!];
    if (size >= 0 && whole >= 0 && size > whole)
      op.emitError(
        'array.window-size',
        `requires a window that fits in ${input}, got size ${size} in dimension ${window[k]}`,
      );
  });
}
