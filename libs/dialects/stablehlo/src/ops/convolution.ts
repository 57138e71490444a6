// Convolutions, with padding that is written or a value.
import { type Attribute, attr, type CustomDirective, defineOp, type Operation, optionalAttr, Pure } from '@budflow/ir';
import { ConvDimensionNumbers, type ConvDimensions } from '../attributes/conv.js';
import { boolArray, i64List, paddingPairs, precisionConfig } from '../attributes/specs.js';
import { example } from '../example.js';
import {
  elementOf,
  expectAtLeast,
  expectDimensions,
  expectLength,
  expectResult,
  shapeOf,
  sizesAgree,
  tensorOf,
} from '../shapes.js';
import { HloAnyQuantizedTensor, HloIntTensor, HloTensor } from '../types.js';
import { positions, type WindowLists, windowDims } from '../window.js';
import { verifyPrecision } from './dot.js';

/** `stride = [2], pad = [[0, 1]], lhs_dilate = [1], rhs_dilate = [1], reverse = [false]`, those that are there. */
const WindowAttributes: CustomDirective = windowAttributes(['stride', 'pad', 'lhs_dilate', 'rhs_dilate', 'reverse']);
/** The same without padding, which is an operand. */
const DynamicWindowAttributes: CustomDirective = windowAttributes(['stride', 'lhs_dilate', 'rhs_dilate', 'reverse']);

function windowAttributes(keys: readonly string[]): CustomDirective {
  return {
    parse(parser, args) {
      const { context } = parser;
      const integers = () => parser.commaSeparated('square', () => parser.integer());
      do {
        const at = parser.offset();
        const key = keys.findIndex((k) => parser.optionalKeyword(k));
        if (key < 0) break;
        const arg = args[key]!;
        if (arg.attribute !== undefined) parser.error(`'${keys[key]}' of a window is given twice`, at);
        parser.punctuation('=');
        const start = parser.offset();
        if (keys[key] === 'pad') {
          const pairs = parser.commaSeparated('square', integers);
          if (pairs.some((p) => p.length !== 2))
            parser.error('expected two numbers for each dimension, such as [[0, 1], [1, 1]]', start);
          arg.attribute = paddingPairs.make(context, pairs as unknown as [number, number][]);
        } else if (keys[key] === 'reverse')
          arg.attribute = boolArray.make(
            context,
            parser.commaSeparated('square', () => parseBoolean(parser)),
          );
        else arg.attribute = context.denseArray(context.i64, integers());
      } while (parser.optionalPunctuation(','));
      return true;
    },
    print(printer, args) {
      const parts: string[] = [];
      args.forEach(({ attribute }, i) => {
        if (attribute !== undefined) parts.push(`${keys[i]} = ${windowText(attribute)}`);
      });
      printer.text(parts.join(', '));
    },
  };
}
function parseBoolean(parser: Parameters<CustomDirective['parse']>[0]): boolean {
  if (parser.optionalKeyword('true')) return true;
  if (parser.optionalKeyword('false')) return false;
  const number = parser.integer();
  return number !== 0;
}
function windowText(attribute: Attribute): string {
  if (paddingPairs.check(attribute))
    return `[${paddingPairs
      .read(attribute)
      .map((p) => `[${p.join(', ')}]`)
      .join(', ')}]`;
  if (boolArray.check(attribute)) return `[${boolArray.read(attribute).join(', ')}]`;
  return `[${attr.i64Array.read(attribute).join(', ')}]`;
}

const convolutionAttributes = {
  window_strides: optionalAttr(i64List),
  lhs_dilation: optionalAttr(i64List),
  rhs_dilation: optionalAttr(i64List),
  window_reversal: optionalAttr(boolArray),
  dimension_numbers: attr.dialect(ConvDimensionNumbers),
  feature_group_count: attr.i64,
  batch_group_count: attr.i64,
  precision_config: optionalAttr(precisionConfig),
} as const;

interface Convolution {
  readonly dims: ConvDimensions;
  readonly window: WindowLists;
  readonly reversal: readonly boolean[] | undefined;
  readonly featureGroups: number;
  readonly batchGroups: number;
}

/** `paddingKnown`: whether the padding is written, so that spatial sizes of the result follow. */
function verifyConvolution(op: Operation, c: Convolution, options: { paddingKnown: boolean }): void {
  const { dims: d, featureGroups, batchGroups } = c;
  const [lhs, rhs, result] = [tensorOf(op.operand(0)), tensorOf(op.operand(1)), tensorOf(op.result(0))];
  const spatial = d.input_spatial_dimensions.length;
  if (lhs.rank !== rhs.rank || lhs.rank !== result.rank || lhs.rank !== spatial + 2) {
    op.emitError(
      'stablehlo.conv-rank',
      `requires operands and a result of ${spatial + 2} dimensions, as dimension_numbers say, got ${lhs}, ${rhs} and ${result}`,
    );
    return;
  }
  const sides = [
    ['input', d.input_batch_dimension, d.input_feature_dimension, d.input_spatial_dimensions],
    ['kernel', d.kernel_input_feature_dimension, d.kernel_output_feature_dimension, d.kernel_spatial_dimensions],
    ['output', d.output_batch_dimension, d.output_feature_dimension, d.output_spatial_dimensions],
  ] as const;
  for (const [what, first, second, list] of sides) {
    if (!expectLength(op, `${what} spatial dimensions`, list, spatial)) return;
    if (!expectDimensions(op, `${what} dimensions`, [first, second, ...list], lhs.rank)) return;
  }
  if (!expectAtLeast(op, 'feature_group_count and batch_group_count', [featureGroups, batchGroups], 1)) return;
  if (featureGroups > 1 && batchGroups > 1) {
    op.emitError('stablehlo.conv-groups', 'requires one of feature_group_count and batch_group_count to be 1');
    return;
  }
  const batch = lhs.shape[d.input_batch_dimension]!;
  const inFeatures = lhs.shape[d.input_feature_dimension]!;
  const kernelIn = rhs.shape[d.kernel_input_feature_dimension]!;
  const kernelOut = rhs.shape[d.kernel_output_feature_dimension]!;
  const divides = (size: number, groups: number) => size < 0 || size % groups === 0;
  const groupsFit =
    divides(batch, batchGroups) &&
    divides(inFeatures, featureGroups) &&
    divides(kernelOut, featureGroups) &&
    divides(kernelOut, batchGroups) &&
    (inFeatures < 0 || sizesAgree(inFeatures / featureGroups, kernelIn));
  if (!groupsFit) {
    op.emitError(
      'stablehlo.conv-features',
      `batch ${batch} and features ${inFeatures} of ${lhs} do not go with features ${kernelIn} to ${kernelOut} of ${rhs} in ${featureGroups} feature groups and ${batchGroups} batch groups`,
    );
    return;
  }
  const sizes = d.kernel_spatial_dimensions.map((i) => rhs.shape[i]!);
  if (c.reversal !== undefined && !expectLength(op, 'window_reversal', c.reversal, spatial)) return;
  const window = windowDims(op, sizes, c.window);
  if (window === undefined) return;
  const shape = result.shape.slice();
  shape[d.output_batch_dimension] = batch < 0 ? batch : batch / batchGroups;
  shape[d.output_feature_dimension] = kernelOut;
  if (options.paddingKnown)
    d.input_spatial_dimensions.forEach((i, k) => {
      shape[d.output_spatial_dimensions[k]!] = positions(lhs.shape[i]!, window[k]!);
    });
  expectResult(op, op.context.tensor(shape, elementOf(op.result(0))));
}

export const ConvolutionOp = defineOp({
  name: 'stablehlo.convolution',
  summary: 'Products of windows of the left operand with a kernel, summed.',
  description: `What dimensions mean is written as \`[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]\`: batch, feature, input and output feature of the kernel,
and spatial dimensions by number. The window has strides, padding, dilation of both operands, and may be reversed.`,
  example: example(
    '%x: tensor<1x8x8x3xf32>, %k: tensor<3x3x3x4xf32>',
    '%r = stablehlo.convolution(%x, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [2, 2], pad = [[1, 1], [1, 1]], reverse = [false, false]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>) -> tensor<1x4x4x4xf32>',
    'tensor<1x4x4x4xf32>',
  ),
  operands: { lhs: HloAnyQuantizedTensor, rhs: HloAnyQuantizedTensor },
  results: { result: HloAnyQuantizedTensor },
  attributes: { ...convolutionAttributes, padding: optionalAttr(paddingPairs) },
  traits: [Pure],
  directives: { WindowAttributes },
  assembly: `\`\` \`(\` operands \`)\` \`dim_numbers\` \`=\` $dimension_numbers \`,\` \`window\` \`=\` \`{\` \`\`
    custom<WindowAttributes>($window_strides, $padding, $lhs_dilation, $rhs_dilation, $window_reversal)
    \`\` \`}\` attr-dict \`:\` functional-type(operands, results)`,
  verify(op) {
    if (!verifyPrecision(op, ConvolutionOp.precision_config(op))) return;
    verifyConvolution(
      op,
      {
        dims: ConvolutionOp.dimension_numbers(op),
        window: {
          strides: ConvolutionOp.window_strides(op),
          padding: ConvolutionOp.padding(op),
          baseDilations: ConvolutionOp.lhs_dilation(op),
          windowDilations: ConvolutionOp.rhs_dilation(op),
        },
        reversal: ConvolutionOp.window_reversal(op),
        featureGroups: ConvolutionOp.feature_group_count(op),
        batchGroups: ConvolutionOp.batch_group_count(op),
      },
      { paddingKnown: true },
    );
  },
  verifyReads: 'signature',
});

export const DynamicConvOp = defineOp({
  name: 'stablehlo.dynamic_conv',
  summary: 'Convolution with padding that is a value.',
  description: 'Like stablehlo.convolution; the padding is two numbers for each spatial dimension.',
  example: example(
    '%x: tensor<1x8x8x3xf32>, %k: tensor<3x3x3x4xf32>, %p: tensor<2x2xi64>',
    '%r = stablehlo.dynamic_conv(%x, %k, %p) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [2, 2]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>, tensor<2x2xi64>) -> tensor<1x?x?x4xf32>',
    'tensor<1x?x?x4xf32>',
  ),
  operands: { lhs: HloTensor, rhs: HloTensor, padding: HloIntTensor },
  results: { result: HloTensor },
  attributes: convolutionAttributes,
  traits: [Pure],
  directives: { DynamicWindowAttributes },
  assembly: `\`\` \`(\` operands \`)\` \`dim_numbers\` \`=\` $dimension_numbers \`,\` \`window\` \`=\` \`{\` \`\`
    custom<DynamicWindowAttributes>($window_strides, $lhs_dilation, $rhs_dilation, $window_reversal)
    \`\` \`}\` attr-dict \`:\` functional-type(operands, results)`,
  verify(op) {
    const dims = DynamicConvOp.dimension_numbers(op);
    const wanted = op.context.tensor([dims.input_spatial_dimensions.length, 2], elementOf(op.operand(2)));
    const padding = shapeOf(op.operand(2));
    if (padding.length !== 2 || padding.some((s, i) => !sizesAgree(s, wanted.shape[i]!))) {
      op.emitError('stablehlo.conv-padding', `requires padding of type ${wanted}, got ${op.operand(2).type}`);
      return;
    }
    if (!verifyPrecision(op, DynamicConvOp.precision_config(op))) return;
    verifyConvolution(
      op,
      {
        dims,
        window: {
          strides: DynamicConvOp.window_strides(op),
          baseDilations: DynamicConvOp.lhs_dilation(op),
          windowDilations: DynamicConvOp.rhs_dilation(op),
        },
        reversal: DynamicConvOp.window_reversal(op),
        featureGroups: DynamicConvOp.feature_group_count(op),
        batchGroups: DynamicConvOp.batch_group_count(op),
      },
      { paddingKnown: false },
    );
  },
  verifyReads: 'signature',
});
