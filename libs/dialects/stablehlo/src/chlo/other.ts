// Other ops of CHLO: constants, top_k, ragged_dot, scan.
import {
  AsmNames,
  type Attribute,
  attr,
  ConstantLike,
  type CustomAssembly,
  DenseElementsAttr,
  DYNAMIC,
  defaultAttr,
  defineOp,
  elementTypeOf,
  type Operation,
  optionalAttr,
  Pure,
  SingleBlock,
  TensorType,
  type Type,
  typeOfAttribute,
  type Value,
  variadic,
} from '@budflow/ir';
import { example } from '../example.js';
import { verifyDotDimensions } from '../ops/dot.js';
import { expectArguments, returnOf } from '../regions.js';
import {
  elementOf,
  elementsAgree,
  expectDimensions,
  expectLength,
  expectResult,
  sizesAgree,
  tensorOf,
  typesAgree,
} from '../shapes.js';
import { HloAnyRankTensor, HloIntTensor, HloTensor } from '../types.js';
import { ChloPrecision, RaggedDotDimensionNumbers } from './enums.js';

export const ChloConstantOp = defineOp({
  name: 'chlo.constant',
  summary: 'A constant tensor.',
  description: 'Like stablehlo.constant.',
  example: example('', '%r = chlo.constant dense<1.000000e+00> : tensor<4xf32>', 'tensor<4xf32>'),
  results: { output: HloTensor },
  attributes: {
    value: { ...attr.typed, description: 'elements of a tensor', check: (a) => a instanceof DenseElementsAttr },
  },
  traits: [Pure, ConstantLike],
  assembly: {
    canPrint: (op) => typeOfAttribute(op.attr('value')!) === op.result(0).type,
    parse(parser, state) {
      parser.optionalAttrDict(state.attributes);
      const at = parser.offset();
      const value = parser.attribute();
      const type = typeOfAttribute(value);
      if (type === null) return parser.error(`expected elements such as dense<0> : tensor<4xi32>, got ${value}`, at);
      state.attributes.set('value', value);
      state.resultTypes.push(type);
    },
    print(printer, op) {
      printer.attrDict(op, ['value']);
      printer.space();
      printer.attribute(op.attr('value')!);
    },
  },
  inferTypes: (_, { attributes }): Type[] => [typeOfAttribute(attributes.get('value')!)!],
  verify(op) {
    expectResult(op, typeOfAttribute(op.attr('value')!)!);
  },
  verifyReads: 'signature',
  fold: (op): Attribute => op.attr('value')!,
});

export const ConstantLikeOp = defineOp({
  name: 'chlo.constant_like',
  summary: 'A number in the shape of a tensor.',
  description: 'The shape of the operand, whose elements do not matter.',
  example: example(
    '%x: tensor<?xf32>',
    '%r = "chlo.constant_like"(%x) {value = 1.000000e+00 : f32} : (tensor<?xf32>) -> tensor<?xf32>',
    'tensor<?xf32>',
  ),
  operands: { operand: HloAnyRankTensor },
  results: { result: HloAnyRankTensor },
  attributes: { value: attr.typed },
  traits: [Pure],
  verify(op) {
    const { type } = op.operand(0);
    const element = typeOfAttribute(op.attr('value')!)!;
    if (elementTypeOf(op.result(0).type) !== element)
      op.emitError('chlo.constant-like', `requires a result of elements of type ${element}, got ${op.result(0).type}`);
    else if (type instanceof TensorType) expectResult(op, op.context.tensor(type.shape, element, type.encoding));
  },
  verifyReads: 'signature',
});

/** `(%x, k = 3) : type -> (values, indices)` */
const topKAssembly: CustomAssembly = {
  parse(parser, state) {
    parser.punctuation('(');
    const operand = parser.operand();
    parser.punctuation(',');
    parser.keyword('k');
    parser.punctuation('=');
    state.attributes.set('k', parser.attribute(parser.context.i64));
    parser.punctuation(')');
    parser.optionalAttrDict(state.attributes);
    parser.punctuation(':');
    state.operands.push(parser.resolve(operand, parser.type()));
    state.resultTypes.push(...parser.optionalArrowTypeList());
  },
  print(printer, op) {
    printer.text('(');
    printer.value(op.operand(0));
    printer.text(`, k = ${TopKOp.k(op)})`);
    printer.attrDict(op, ['k']);
    printer.text(' : ');
    printer.type(op.operand(0).type);
    printer.optionalArrowTypes(op.resultTypes);
  },
};

export const TopKOp = defineOp({
  name: 'chlo.top_k',
  summary: 'The k largest elements along the last dimension, and where they are.',
  description: 'In descending order; of equal ones the first comes first.',
  example: example(
    '%x: tensor<4x8xf32>',
    '%r, %indices = chlo.top_k(%x, k = 3) : tensor<4x8xf32> -> (tensor<4x3xf32>, tensor<4x3xi32>)',
    'tensor<4x3xf32>',
  ),
  operands: { operand: HloTensor },
  results: { values: HloTensor, indices: HloTensor },
  attributes: { k: attr.i64 },
  traits: [Pure],
  interfaces: [AsmNames.implement({ resultName: (_, i) => ['values', 'indices'][i] })],
  assembly: topKAssembly,
  verify(op) {
    const type = tensorOf(op.operand(0));
    const k = TopKOp.k(op);
    const last = type.shape.at(-1);
    if (last === undefined || k < 0 || (last !== DYNAMIC && k > last)) {
      op.emitError('chlo.top-k', `requires k from 0 to the size of the last dimension of ${type}, got ${k}`);
      return;
    }
    const shape = [...type.shape.slice(0, -1), k];
    if (expectResult(op, op.context.tensor(shape, type.element), 0))
      expectResult(op, op.context.tensor(shape, op.context.i32), 1);
  },
  verifyReads: 'signature',
});

export const RaggedDotOp = defineOp({
  name: 'chlo.ragged_dot',
  summary: 'Products of groups of rows, of different sizes, with a matrix for each group.',
  description:
    'Dimensions are as those of stablehlo.dot_general; the ragged one of lhs is cut into groups, one for each index of the group dimension of rhs.',
  example: example(
    '%x: tensor<11x5xf32>, %y: tensor<3x5x7xf32>, %g: tensor<3xi64>',
    '%r = "chlo.ragged_dot"(%x, %y, %g) {precision_config = [#chlo<precision DEFAULT>, #chlo<precision DEFAULT>], ragged_dot_dimension_numbers = #chlo.ragged_dot<lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [1], lhs_ragged_dimensions = [0], rhs_group_dimensions = [0]>} : (tensor<11x5xf32>, tensor<3x5x7xf32>, tensor<3xi64>) -> tensor<11x7xf32>',
    'tensor<11x7xf32>',
  ),
  operands: { lhs: HloTensor, rhs: HloTensor, group_sizes: HloIntTensor },
  results: { result: HloTensor },
  attributes: {
    ragged_dot_dimension_numbers: attr.dialect(RaggedDotDimensionNumbers),
    precision_config: optionalAttr(attr.array(attr.dialect(ChloPrecision))),
  },
  traits: [Pure],
  verify(op) {
    const d = RaggedDotOp.ragged_dot_dimension_numbers(op);
    const [lhs, rhs] = [tensorOf(op.operand(0)), tensorOf(op.operand(1))];
    if (!verifyDotDimensions(op, lhs, rhs, d)) return;
    if (!expectLength(op, 'lhs_ragged_dimensions', d.lhs_ragged_dimensions, 1)) return;
    if (!expectDimensions(op, 'lhs_ragged_dimensions', d.lhs_ragged_dimensions, lhs.rank)) return;
    const ragged = d.lhs_ragged_dimensions[0]!;
    const free = !d.lhs_batching_dimensions.includes(ragged) && !d.lhs_contracting_dimensions.includes(ragged);
    if (!expectLength(op, 'rhs_group_dimensions', d.rhs_group_dimensions, free ? 1 : 0)) return;
    if (!expectDimensions(op, 'rhs_group_dimensions', d.rhs_group_dimensions, rhs.rank)) return;
    const rest = (shape: readonly number[], ...used: (readonly number[])[]) =>
      shape.filter((_, i) => !used.some((list) => list.includes(i)));
    const groups = op.operand(2).type as TensorType;
    const shape = [
      ...d.lhs_batching_dimensions.map((i) => lhs.shape[i]!),
      ...rest(lhs.shape, d.lhs_batching_dimensions, d.lhs_contracting_dimensions),
      ...rest(rhs.shape, d.rhs_batching_dimensions, d.rhs_contracting_dimensions, d.rhs_group_dimensions),
    ];
    if (d.lhs_contracting_dimensions.includes(ragged)) shape.unshift(groups.shape.at(-1) ?? DYNAMIC);
    expectResult(op, op.context.tensor(shape, elementOf(op.result(0))));
  },
  verifyReads: 'signature',
});

/** `(%x) inits (%z) dimension=0 {...} : (types) -> (types)` */
const scanAssembly: CustomAssembly = {
  parse(parser, state) {
    const { context } = parser;
    const inputs = parser.commaSeparated('paren', () => parser.operand());
    parser.keyword('inits');
    const inits = parser.commaSeparated('paren', () => parser.operand());
    parser.keyword('dimension');
    parser.punctuation('=');
    state.attributes.set('dimension', context.i64Attr(parser.integer()));
    parser.optionalAttrDictWithKeyword(state.attributes);
    state.regions.push(parser.region());
    parser.punctuation(':');
    const { inputs: types, results } = parser.functionType();
    state.operands.push(...parser.resolveAll([...inputs, ...inits], types));
    state.resultTypes.push(...results);
    const outputs = Math.max(results.length - inits.length, 0);
    state.attributes.set('operandSegmentSizes', context.denseArray(context.i32, [inputs.length, inits.length]));
    state.attributes.set('resultSegmentSizes', context.denseArray(context.i32, [outputs, results.length - outputs]));
  },
  print(printer, op) {
    const list = (values: readonly Value[]) => {
      printer.text('(');
      printer.values(values);
      printer.text(')');
    };
    list(ScanOp.inputs(op));
    printer.text(' inits ');
    list(ScanOp.inits(op));
    printer.text(` dimension=${ScanOp.dimension(op)}`);
    printer.attrDictWithKeyword(op, ['dimension', 'operandSegmentSizes', 'resultSegmentSizes']);
    printer.text('  ');
    printer.region(op.region(0), { entryArguments: true });
    printer.text(' : ');
    printer.functionType(
      op.operands.map((v) => v.type),
      op.resultTypes,
    );
  },
  canPrint: (op) =>
    op.resultCount - ScanOp.carries(op).length >= 0 && ScanOp.carries(op).length === ScanOp.inits(op).length,
};

export const ScanOp = defineOp({
  name: 'chlo.scan',
  summary: 'Runs a region over the slices along a dimension, with values carried from one to the next.',
  description:
    'The region takes a slice of each input and the carried values, and gives a slice of each output and the next carried values.',
  example: example(
    '%x: tensor<4x8xf32>, %z: tensor<8xf32>',
    `%r, %carries = chlo.scan(%x) inits (%z) dimension=0 {
^bb0(%a: tensor<8xf32>, %b: tensor<8xf32>):
  %0 = stablehlo.add %a, %b : tensor<8xf32>
  stablehlo.return %0, %0 : tensor<8xf32>, tensor<8xf32>
} : (tensor<4x8xf32>, tensor<8xf32>) -> (tensor<4x8xf32>, tensor<8xf32>)`,
    'tensor<4x8xf32>',
  ),
  operands: { inputs: variadic(HloAnyRankTensor), inits: variadic(HloAnyRankTensor) },
  results: { outputs: variadic(HloAnyRankTensor), carries: variadic(HloAnyRankTensor) },
  attributes: {
    dimension: attr.i64,
    scan_dim_size: optionalAttr(attr.i64),
    is_reverse: defaultAttr(attr.bool, false),
    is_associative: optionalAttr(attr.bool),
  },
  regions: { body: { blocks: 'one' } },
  traits: [Pure, SingleBlock],
  interfaces: [
    AsmNames.implement({
      argumentName: (op, argument): string => (argument.index < ScanOp.inputs(op).length ? 'input' : 'carry'),
    }),
  ],
  assembly: scanAssembly,
  verifyRegions: verifyScan,
});

function verifyScan(op: Operation): void {
  const dim = ScanOp.dimension(op);
  const inits = ScanOp.inits(op);
  const { context } = op;
  const slices: Type[] = [];
  for (const value of ScanOp.inputs(op)) {
    const { type } = value;
    if (!(type instanceof TensorType)) return;
    if (!expectDimensions(op, 'dimension', [dim], type.rank)) return;
    slices.push(
      context.tensor(
        type.shape.filter((_, d) => d !== dim),
        type.element,
      ),
    );
  }
  if (!expectArguments(op, 0, [...slices, ...inits.map((v) => v.type)])) return;
  const carries = ScanOp.carries(op);
  const returned = returnOf(op.region(0))?.operands.map((v) => v.type) ?? [];
  const outputs = ScanOp.outputs(op);
  const fits =
    carries.length === inits.length &&
    carries.every((c, i) => typesAgree(c.type, inits[i]!.type)) &&
    returned.length === outputs.length + carries.length &&
    carries.every((c, i) => typesAgree(c.type, returned[outputs.length + i]!)) &&
    outputs.every((o, i) => isSliceOf(returned[i]!, o.type, dim));
  if (!fits)
    op.emitError(
      'chlo.scan-results',
      `requires outputs of slices along dimension ${dim} and carried values as the region returns them, got (${op.resultTypes.join(', ')}) for (${returned.join(', ')})`,
    );
}
function isSliceOf(slice: Type, whole: Type, dim: number): boolean {
  if (!(slice instanceof TensorType) || !(whole instanceof TensorType)) return true;
  const shape = whole.shape.filter((_, d) => d !== dim);
  return (
    elementsAgree(slice.element, whole.element) &&
    whole.rank === slice.rank + 1 &&
    shape.every((size, d) => sizesAgree(size, slice.shape[d]!))
  );
}
