// array.dynamic_slice and array.dynamic_update_slice: a window at indices known at run time.
import {
  type AsmParser,
  type AsmPrinter,
  attr,
  DenseElementsAttr,
  DYNAMIC,
  defineOp,
  definePattern,
  denseElement,
  type FoldResult,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  type TensorType,
  type Type,
  type Value,
  variadic,
} from '@budflow/ir';
import { fitsDefinition, parseNamedList, printNamedList } from '../assembly.js';
import { IntegerTensor, ScalarTensor } from '../element-types.js';
import { interpretDynamicSlice, interpretDynamicUpdateSlice } from '../interpret/dynamic-slice.js';
import { ShapeRules, type SizeConstraint, type SizeRule, sameSize } from '../shape-rules.js';
import { FREE, tensorType } from '../structure.js';
import { expectResult } from '../verify-types.js';
import { ConstantOp } from './creation.js';
import { SliceOp } from './slice.js';

/** One index for each dimension, all of one 0-d integer type. */
function verifyStarts(op: Operation, starts: readonly Value[], rank: number): boolean {
  if (starts.length !== rank) {
    op.emitError(
      'array.start-indices',
      `requires one start index for each of ${rank} dimensions, got ${starts.length}`,
    );
    return false;
  }
  const bad = starts.find((v) => tensorType(v).rank !== 0 || v.type !== starts[0]!.type);
  if (!bad) return true;
  op.emitError(
    'array.start-indices',
    `requires start indices of one 0-d integer type, got ${starts[0]!.type} and ${bad.type}`,
  );
  return false;
}

/** That a window is no larger than the operand. */
function verifyWindow(op: Operation, sizes: readonly number[], from: TensorType): boolean {
  const d = sizes.findIndex((s, i) => s < 0 || (from.shape[i] !== DYNAMIC && s > from.shape[i]!));
  if (d < 0 || sizes[d] === DYNAMIC) return true;
  op.emitError('array.window-size', `requires a window that fits in ${from}, got size ${sizes[d]} in dimension ${d}`);
  return false;
}

/** The values of start indices that are constants, moved inside; undefined when one is not. */
function constantStarts(starts: readonly Value[], from: TensorType, sizes: readonly number[]): number[] | undefined {
  const values: number[] = [];
  for (const [d, start] of starts.entries()) {
    const op = start.definingOp;
    const value = op && ConstantOp.is(op) ? ConstantOp.value(op) : undefined;
    if (!(value instanceof DenseElementsAttr) || from.shape[d] === DYNAMIC || sizes[d] === DYNAMIC) return undefined;
    const index = Number(denseElement(value, 0));
    values.push(Math.max(0, Math.min(index, from.shape[d]! - sizes[d]!)));
  }
  return values;
}

/** ` [%i, %j]`; types of the indices come last in the type list, once, where there are any. */
function parseStarts(parser: AsmParser) {
  return parser.commaSeparated('square', () => parser.operand());
}
function printStarts(printer: AsmPrinter, starts: readonly Value[]): void {
  printer.text(' [');
  printer.values(starts);
  printer.text(']');
}
function printTypes(printer: AsmPrinter, tensors: readonly Value[], starts: readonly Value[]): void {
  printer.text(' : ');
  printer.types([...tensors, ...starts.slice(0, 1)].map((v) => v.type));
}

export const DynamicSliceOp = defineOp({
  name: 'array.dynamic_slice',
  summary: 'A window of static size at indices known at run time',
  description: `Indices are clamped so that the window lies inside, as in StableHLO: start = clamp(0, start, size - window size). A dynamic
dimension must be at least as large as the window.`,
  example: `func.func @f(%x: tensor<4x?xf32>, %i: tensor<i64>, %j: tensor<i64>) -> tensor<2x3xf32> {
  %0 = array.dynamic_slice %x [%i, %j] sizes = [2, 3] : tensor<4x?xf32>, tensor<i64> to tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}`,
  operands: { operand: ScalarTensor, starts: variadic(IntegerTensor) },
  results: { result: ScalarTensor },
  attributes: { sizes: attr.i64Array },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => FREE }),
    ShapeRules.implement({
      size: () => undefined,
      constraints: (op): SizeConstraint[] =>
        DynamicSliceOp.sizes(op).map((right, dim) => ({ left: { operand: 0, dim }, relation: 'atLeast', right })),
    }),
    interpretDynamicSlice,
  ],
  assembly: {
    canPrint: (op): boolean =>
      fitsDefinition(op) && DynamicSliceOp.starts(op).every((v) => v.type === op.operand(1).type),
    parse(parser, state) {
      const operand = parser.operand();
      const starts = parseStarts(parser);
      parseNamedList(parser, state, 'sizes', 'sizes');
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const [from, index] = parser.typeList();
      parser.keyword('to');
      state.resultTypes.push(parser.type());
      state.operands.push(parser.resolve(operand, from!));
      for (const start of starts)
        state.operands.push(parser.resolve(start, index ?? parser.context.tensor([], parser.context.i64)));
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printStarts(printer, DynamicSliceOp.starts(op));
      printNamedList(printer, 'sizes', DynamicSliceOp.sizes(op));
      printer.attrDict(op, ['sizes']);
      printTypes(printer, [op.operand(0)], DynamicSliceOp.starts(op));
      printer.text(' to ');
      printer.type(op.result(0).type);
    },
  },
  inferTypes(context, state): Type[] {
    const from = tensorType(state.operands[0]!);
    return [context.tensor(attr.i64Array.read(state.attributes.get('sizes')!), from.element)];
  },
  verify(op) {
    const from = tensorType(op.operand(0));
    const sizes = DynamicSliceOp.sizes(op);
    if (!verifyStarts(op, DynamicSliceOp.starts(op), from.rank)) return;
    if (sizes.length !== from.rank) {
      op.emitError(
        'array.dimension-count',
        `requires 'sizes' with one entry for each dimension of the operand ${from}, got ${sizes.length}`,
      );
      return;
    }
    if (verifyWindow(op, sizes, from)) expectResult(op, op.context.tensor(sizes, from.element));
  },
  fold(op): FoldResult | null {
    const { shape } = tensorType(op.operand(0));
    return op.operand(0).type === op.result(0).type && !shape.includes(DYNAMIC) ? op.operand(0) : null;
  },
  patterns: [
    definePattern({
      name: 'dynamic-slice-at-constants',
      equation: 'dynamic_slice<n>(x, c) == x[c : c + n]  with c moved inside',
      root: 'array.dynamic_slice',
      generates: ['array.slice'],
      rewrite(op, rewriter) {
        const sizes = DynamicSliceOp.sizes(op);
        const starts = constantStarts(DynamicSliceOp.starts(op), tensorType(op.operand(0)), sizes);
        if (!starts) return false;
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [
          SliceOp.build(rewriter, op.loc, {
            operand: op.operand(0),
            starts,
            limits: starts.map((s, d) => s + sizes[d]!),
            strides: starts.map(() => 1),
          }),
        ]);
        return true;
      },
    }),
  ],
});

export const DynamicUpdateSliceOp = defineOp({
  name: 'array.dynamic_update_slice',
  summary: 'A tensor with a window of another in it, at indices known at run time',
  description: `Indices are clamped so that the update lies inside, as in StableHLO. Where the operand is not needed afterwards it is written over
in place.`,
  example: `func.func @f(%x: tensor<4x?xf32>, %u: tensor<2x?xf32>, %i: tensor<i32>, %j: tensor<i32>) -> tensor<4x?xf32> {
  %0 = array.dynamic_update_slice %x, %u [%i, %j] : tensor<4x?xf32>, tensor<2x?xf32>, tensor<i32>
  return %0 : tensor<4x?xf32>
}`,
  operands: { operand: ScalarTensor, update: ScalarTensor, starts: variadic(IntegerTensor) },
  results: { result: ScalarTensor },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => FREE }),
    ShapeRules.implement({
      size: (op, _, dim): SizeRule => sameSize(op, 0, dim),
      constraints: (op): SizeConstraint[] =>
        tensorType(op.operand(0)).shape.map((_, dim) => ({
          left: { operand: 0, dim },
          relation: 'atLeast',
          right: { operand: 1, dim },
        })),
    }),
    interpretDynamicUpdateSlice,
  ],
  assembly: {
    canPrint: (op): boolean =>
      fitsDefinition(op) &&
      op.operand(0).type === op.result(0).type &&
      DynamicUpdateSliceOp.starts(op).every((v) => v.type === op.operand(2).type),
    parse(parser, state) {
      const operand = parser.operand();
      parser.punctuation(',');
      const update = parser.operand();
      const starts = parseStarts(parser);
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const type = parser.type();
      parser.punctuation(',');
      const updateType = parser.type();
      const index = parser.optionalPunctuation(',') ? parser.type() : parser.context.tensor([], parser.context.i64);
      state.operands.push(parser.resolve(operand, type), parser.resolve(update, updateType));
      for (const start of starts) state.operands.push(parser.resolve(start, index));
      state.resultTypes.push(type);
    },
    print(printer, op) {
      printer.space();
      printer.values([op.operand(0), op.operand(1)]);
      printStarts(printer, DynamicUpdateSliceOp.starts(op));
      printer.attrDict(op);
      printTypes(printer, [op.operand(0), op.operand(1)], DynamicUpdateSliceOp.starts(op));
    },
  },
  inferTypes: (_, state): Type[] => [state.operands[0]!.type],
  verify(op) {
    const from = tensorType(op.operand(0));
    const update = tensorType(op.operand(1));
    if (update.rank !== from.rank || update.element !== from.element) {
      op.emitError('array.operand-types', `requires an update of the rank and element type of ${from}, got ${update}`);
      return;
    }
    if (!verifyStarts(op, DynamicUpdateSliceOp.starts(op), from.rank)) return;
    if (verifyWindow(op, update.shape, from)) expectResult(op, from);
  },
  fold(op): FoldResult | null {
    const { shape } = tensorType(op.operand(1));
    if (shape.includes(0)) return op.operand(0);
    return op.operand(1).type === op.result(0).type && !shape.includes(DYNAMIC) ? op.operand(1) : null;
  },
});
