// array.reduce_window and array.select_and_scatter: windows that slide over tensors.
import {
  AttrSizedOperandSegments,
  attr,
  defineOp,
  IsolatedFromAbove,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  type Type,
  variadic,
} from '@budflow/ir';
import { fitsDefinition, printAttributes } from '../assembly.js';
import { combinerKind, kindAttribute, parseCombined, verifyCombined, verifyCombinerRegion } from '../combine.js';
import { ScalarTensor } from '../element-types.js';
import { interpretReduceWindow, interpretSelectAndScatter } from '../interpret/windows.js';
import { parseScalarRegion, printScalarRegion, regionsPrint, scalarTypes, verifyScalarRegion } from '../region.js';
import { ShapeRules, type SizeConstraint, type SizeRule, sameShape, sameSize } from '../shape-rules.js';
import { tensorType } from '../structure.js';
import { expectResult, sizesAgree } from '../verify-types.js';
import {
  parseWindow,
  printWindow,
  readWindowDims,
  verifyWindow,
  WINDOW_ATTRIBUTE_NAMES,
  windowAttributes,
  windowDims,
  windowedShape,
  windowRule,
} from '../window-dims.js';
import { windowPatterns } from './window-patterns.js';

export const ReduceWindowOp = defineOp({
  name: 'array.reduce_window',
  summary: 'Combines the elements under a window at each of its positions',
  description: `StableHLO's reduce_window. Operands are spread out by \`base_dilation\` and padded by \`low\` and \`high\` with their init values; the window
has gaps by \`window_dilation\` and moves by \`strides\`. Each result starts as the init and takes the elements under the window in ascending order:
acc = combine(acc, element). A named kind has one operand; a region gets (accumulators.., elements..).`,
  example: `func.func @f(%x: tensor<4x?xf32>, %z: tensor<f32>) -> tensor<2x?xf32> {
  %0 = array.reduce_window max %x init %z window = [2, 3] strides = [2, 1] low = [0, 1] high = [0, 1] : tensor<4x?xf32>, tensor<f32> to tensor<2x?xf32>
  return %0 : tensor<2x?xf32>
}`,
  operands: { inputs: variadic(ScalarTensor), inits: variadic(ScalarTensor) },
  results: { results: variadic(ScalarTensor) },
  attributes: { kind: kindAttribute, ...windowAttributes },
  regions: { body: { blocks: 'one', variadic: true } },
  traits: [Pure, IsolatedFromAbove, AttrSizedOperandSegments],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({
      pointCost: (op) => ({ flops: windowDims(op).window.reduce((a, b) => a * b, 1), expensive: true }),
    }),
    ShapeRules.implement({
      size: (op, _, dim): SizeRule => windowRule(op.context, windowDims(op), dim),
      constraints: (op): SizeConstraint[] => op.results.slice(1).flatMap((_, i) => sameShape(op, 0, i + 1)),
    }),
    interpretReduceWindow,
  ],
  assembly: {
    canPrint: (op): boolean =>
      fitsDefinition(op) &&
      op.resultCount > 0 &&
      op.operandCount === 2 * op.resultCount &&
      regionsPrint(op, combinerKind(op) === undefined ? 1 : 0),
    parse(parser, state) {
      const { inputs, inits } = parseCombined(parser, state);
      parseWindow(parser, state);
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      state.operands.push(...parser.resolveAll([...inputs, ...inits], parser.typeList()));
      parser.keyword('to');
      state.resultTypes.push(...parser.typeList());
      const segments = [inputs.length, inits.length];
      state.attributes.set('operandSegmentSizes', parser.context.denseArray(parser.context.i32, segments));
      if (!state.attributes.get('kind')) parseScalarRegion(parser, state);
    },
    print(printer, op) {
      const kind = combinerKind(op);
      printer.text(kind === undefined ? ' ' : ` ${kind} `);
      printer.values(op.operands.slice(0, op.resultCount));
      printer.text(' init ');
      printer.values(op.operands.slice(op.resultCount));
      printWindow(printer, op);
      printAttributes(printer, op, ['kind', ...WINDOW_ATTRIBUTE_NAMES]);
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
      printer.text(' to ');
      printer.types(op.resultTypes);
      if (kind === undefined) printScalarRegion(printer, op);
    },
  },
  inferTypes(context, state): Type[] {
    const dims = readWindowDims((name) => attr.i64Array.read(state.attributes.get(name)!));
    return state.operands.slice(0, state.operands.length / 2).map((v) => {
      const type = tensorType(v);
      return context.tensor(windowedShape(dims, type.shape), type.element);
    });
  },
  verify(op) {
    const inputs = ReduceWindowOp.inputs(op);
    if (!verifyCombined(op, inputs, ReduceWindowOp.inits(op))) return;
    const first = tensorType(inputs[0]!);
    if (!verifyWindow(op, first)) return;
    const shape = windowedShape(windowDims(op), first.shape);
    for (const [i, input] of inputs.entries())
      if (!expectResult(op, op.context.tensor(shape, tensorType(input).element), i)) return;
  },
  verifyRegions: (op) => verifyCombinerRegion(op, ReduceWindowOp.inputs(op)),
  patterns: windowPatterns,
});

export const SelectAndScatterOp = defineOp({
  name: 'array.select_and_scatter',
  summary: 'Adds each value of a source to the element that its window of the operand selects',
  description: `StableHLO's select_and_scatter, the gradient of a pooling. Under each position of the window over the operand, padding left out, the first
element that \`select\` keeps against all later ones is chosen: select(chosen, next) says whether the chosen one stays. The result starts as the
init everywhere; source values are combined into the chosen places by \`scatter\`(old, source) in row-major order of the source.`,
  example: `func.func @f(%x: tensor<4xf32>, %s: tensor<2xf32>, %z: tensor<f32>) -> tensor<4xf32> {
  %0 = array.select_and_scatter %x source %s init %z window = [2] strides = [2] : tensor<4xf32>, tensor<2xf32>, tensor<f32> select(%a: f32, %b: f32) {
    %1 = arith.cmpf oge, %a, %b : f32
    array.yield %1 : i1
  } scatter(%c: f32, %d: f32) {
    %2 = arith.addf %c, %d : f32
    array.yield %2 : f32
  }
  return %0 : tensor<4xf32>
}`,
  operands: { operand: ScalarTensor, source: ScalarTensor, init: ScalarTensor },
  results: { result: ScalarTensor },
  attributes: windowAttributes,
  regions: { select: { blocks: 'one' }, scatter: { blocks: 'one' } },
  traits: [Pure, IsolatedFromAbove],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({
      pointCost: (op) => ({ flops: windowDims(op).window.reduce((a, b) => a * b, 1), expensive: true }),
    }),
    ShapeRules.implement({
      size: (op, _, dim): SizeRule => sameSize(op, 0, dim),
      // The source has as many elements as the window has positions: computed by the host from the operand.
      counts: (op) =>
        tensorType(op.operand(0)).shape.map((_, dim) => ({
          size: { operand: 1, dim },
          rule: windowRule(op.context, windowDims(op), dim),
        })),
    }),
    interpretSelectAndScatter,
  ],
  assembly: {
    canPrint: (op): boolean => fitsDefinition(op) && op.operand(0).type === op.result(0).type && regionsPrint(op, 2),
    parse(parser, state) {
      const operand = parser.operand();
      parser.keyword('source');
      const source = parser.operand();
      parser.keyword('init');
      const init = parser.operand();
      parseWindow(parser, state);
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const types = parser.typeList();
      state.operands.push(...parser.resolveAll([operand, source, init], types));
      state.resultTypes.push(types[0]!);
      parseScalarRegion(parser, state, 'select');
      parseScalarRegion(parser, state, 'scatter');
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printer.text(' source ');
      printer.value(op.operand(1));
      printer.text(' init ');
      printer.value(op.operand(2));
      printWindow(printer, op);
      printer.attrDict(op, WINDOW_ATTRIBUTE_NAMES);
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
      printScalarRegion(printer, op, 0, 'select');
      printScalarRegion(printer, op, 1, 'scatter');
    },
  },
  inferTypes: (_, state): Type[] => [state.operands[0]!.type],
  verify: verifySelectAndScatter,
  verifyRegions(op) {
    const [element] = scalarTypes(op, [op.operand(0)]);
    verifyScalarRegion(op, [element!, element!], [op.context.i1], { index: 0, what: "region 'select'" });
    verifyScalarRegion(op, [element!, element!], [element!], { index: 1, what: "region 'scatter'" });
  },
});

function verifySelectAndScatter(op: Operation): void {
  const [type, source, init] = op.operands.map(tensorType) as [
    ReturnType<typeof tensorType>,
    ReturnType<typeof tensorType>,
    ReturnType<typeof tensorType>,
  ];
  if (!verifyWindow(op, type) || !expectResult(op, type)) return;
  const dims = windowDims(op);
  if ([...dims.baseDilation, ...dims.windowDilation].some((v) => v !== 1)) {
    op.emitError('array.window', 'requires windows without dilation');
    return;
  }
  const shape = windowedShape(dims, type.shape);
  if (
    source.rank !== type.rank ||
    source.element !== type.element ||
    source.shape.some((size, d) => !sizesAgree(size, shape[d]!))
  ) {
    op.emitError(
      'array.operand-types',
      `requires a source of type ${op.context.tensor(shape, type.element)}, got ${source}`,
    );
    return;
  }
  if (init !== op.context.tensor([], type.element))
    op.emitError('array.operand-types', `requires an init of type tensor<${type.element}>, got ${init}`);
}
