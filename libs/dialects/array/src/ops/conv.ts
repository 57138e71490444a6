// array.conv: products of a window that slides over one tensor with another tensor, summed.
import {
  AffineExpr,
  type AffineMap,
  type AsmParser,
  type AsmPrinter,
  type AttrSpec,
  attr,
  type DomainDim,
  defineOp,
  OpCost,
  type Operation,
  type OperationState,
  OpPattern,
  OpPatternKind,
  Pure,
  type ReductionOrder,
  StructuredOp,
  type Type,
  type Value,
} from '@budflow/ir';
import { fitsDefinition, parseIntegerList, printNamedList } from '../assembly.js';
import {
  CONV_WINDOW_LISTS,
  convLabels,
  convRule,
  convShape,
  convWindow,
  isPlainConv,
  readConvLabels,
  readConvWindow,
} from '../conv-dims.js';
import { ArithmeticTensor } from '../element-types.js';
import { fastmathAttribute } from '../fastmath.js';
import { interpretConv } from '../interpret/conv.js';
import { addValues, dotBody, identityAttribute } from '../reduce-body.js';
import { contractAttribute, orderAttribute } from '../reduction-order.js';
import { ShapeRules, type SizeConstraint, type SizeRule } from '../shape-rules.js';
import { operandSize, resultSize, tensorType } from '../structure.js';
import { convPatterns } from './conv-patterns.js';
import { verifyConv } from './conv-verify.js';

/** Products add up in ascending order of (window, input feature), before and after fix-numerics. */
const SEQUENTIAL: ReductionOrder = { kind: 'sequential' };

const groupCount: AttrSpec<number> = { ...attr.i64, optional: true, defaultValue: 1 };
const dimensionList: AttrSpec<readonly number[]> = { ...attr.i64Array, optional: true, defaultValue: [] };

/** Sizes of operands that belong together. */
function agreements(op: Operation): SizeConstraint[] {
  const { lhs, rhs } = convLabels(op);
  const window = convWindow(op);
  const list: SizeConstraint[] = rhs.spatial.map((dim) => ({
    left: { operand: 1, dim },
    relation: 'atLeast',
    right: 1,
  }));
  const equal = (l: number, r: number) => {
    if (l >= 0) list.push({ left: { operand: 1, dim: r }, relation: 'equal', right: { operand: 0, dim: l } });
  };
  equal(lhs.group, rhs.group);
  // With groups, verifiers have seen static sizes.
  if (window.featureGroups === 1) equal(lhs.feature, rhs.feature);
  return list;
}

export const ConvOp = defineOp({
  name: 'array.conv',
  summary: 'Convolution: sums of products under a window that slides over the lhs',
  description: `StableHLO's convolution for any number of spatial dimensions. \`dims\` names the dimensions of lhs, rhs and result as XLA's
\`dim_labels\` does: \`b\` batch, \`f\` features, \`i\` and \`o\` input and output features of the rhs, digits the spatial dimensions, and \`g\`, where it is
written in all three, groups that are a dimension of their own (features may be left out then, as in a depthwise \`b01g_01g->b01g\`).
The lhs is spread out by \`lhs_dilation\` and padded by \`low\` and \`high\` (negative: cut) with zeros, which take part in the sums as elements do;
the rhs has gaps by \`rhs_dilation\`, is read backwards along the spatial dimensions in \`reversed\`, and moves by \`strides\`.
result[b, p, o] = sum over window positions w in row-major order, then over input features i, of
lhs[b, p * stride + w * rhs_dilation, i] * rhs[w, i, o]. With \`feature_groups\` or \`batch_groups\` of n, output features are n blocks,
each of which sees the block of input features (of the batch) of its number. \`contract\` and a wider result are as in array.dot_general.`,
  example: `func.func @f(%x: tensor<2x56x56x16xf32>, %w: tensor<3x3x16x32xf32>) -> tensor<2x56x56x32xf32> {
  %0 = array.conv %x, %w dims = "b01f_01io->b01f" low = [1, 1] high = [1, 1] : tensor<2x56x56x16xf32>, tensor<3x3x16x32xf32> -> tensor<2x56x56x32xf32>
  return %0 : tensor<2x56x56x32xf32>
}`,
  operands: { lhs: ArithmeticTensor, rhs: ArithmeticTensor },
  results: { result: ArithmeticTensor },
  attributes: {
    dims: attr.string,
    strides: attr.i64Array,
    low: attr.i64Array,
    high: attr.i64Array,
    lhs_dilation: attr.i64Array,
    rhs_dilation: attr.i64Array,
    reversed: dimensionList,
    feature_groups: groupCount,
    batch_groups: groupCount,
    order: orderAttribute,
    contract: contractAttribute,
    fastmath: fastmathAttribute,
  },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({
      pattern: (op): OpPatternKind =>
        isPlainConv(convWindow(op)) ? OpPatternKind.outElementwiseFusable : OpPatternKind.opaque,
    }),
    OpCost.implement({ pointCost: () => ({ flops: 2, expensive: true }) }),
    ShapeRules.implement({
      size: (op, _, dim): SizeRule => convRule(op.context, op.operands.map(tensorType), op, dim),
      constraints: agreements,
    }),
    StructuredOp.implement({
      domain: convDomain,
      indexingMaps: convMaps,
      body: (op, context): Value[] => [dotBody(op, context, ConvOp.contract(op))],
      reduction: {
        identity: (op) => [identityAttribute(op, 'add', tensorType(op.result(0)).element)],
        combine: (op, builder, loc, lhs, rhs): Value[] => [addValues(op, builder, loc, lhs[0]!, rhs[0]!)],
        init: () => [null],
        order: (op): ReductionOrder | undefined => ConvOp.order(op) ?? SEQUENTIAL,
      },
    }),
    interpretConv,
  ],
  assembly: { canPrint: fitsDefinition, parse: parseConv, print: printConv },
  inferTypes(context, state): Type[] {
    const [lhs, rhs] = [tensorType(state.operands[0]!), tensorType(state.operands[1]!)];
    const group = (name: string) => {
      const value = state.attributes.get(name);
      return value === undefined ? 1 : attr.i64.read(value);
    };
    const window = readConvWindow(
      (name) => {
        const value = state.attributes.get(name);
        return value === undefined ? [] : attr.i64Array.read(value);
      },
      { feature: group('feature_groups'), batch: group('batch_groups') },
    );
    const labels = readConvLabels(attr.string.read(state.attributes.get('dims')!));
    if (typeof labels === 'string') return [lhs];
    return [context.tensor(convShape(labels, window, lhs.shape, rhs.shape), lhs.element)];
  },
  verify: verifyConv,
  patterns: convPatterns,
});

/** One parallel dimension for each dimension of the result, then the window, then the input features. */
function convDomain(op: Operation): DomainDim[] {
  const { lhs, rhs, result } = convLabels(op);
  const domain: DomainDim[] = tensorType(op.result(0)).shape.map((_, d) => {
    const size =
      d === result.batch && convWindow(op).batchGroups === 1
        ? operandSize(op, 0, lhs.batch)
        : d === result.feature
          ? operandSize(op, 1, rhs.batch)
          : d === result.group
            ? operandSize(op, 0, lhs.group)
            : resultSize(op, 0, d);
    return { iterator: 'parallel', size };
  });
  for (const d of rhs.spatial) domain.push({ iterator: 'reduction', size: operandSize(op, 1, d) });
  if (rhs.feature >= 0) domain.push({ iterator: 'reduction', size: operandSize(op, 1, rhs.feature) });
  return domain;
}

function convMaps(op: Operation): (AffineMap | null)[] {
  const { context } = op;
  const { lhs, rhs, result, rank } = convLabels(op);
  const window = convWindow(op);
  const parallel = tensorType(op.result(0)).rank;
  const dims = parallel + rank + (rhs.feature >= 0 ? 1 : 0);
  const identity = context.affineMap(
    dims,
    0,
    Array.from({ length: parallel }, (_, d) => AffineExpr.dim(d)),
  );
  if (!isPlainConv(window)) return [null, null, identity];
  const map = (entries: readonly (readonly [dim: number, index: AffineExpr])[]) => {
    const list: AffineExpr[] = [];
    for (const [d, index] of entries) if (d >= 0) list[d] = index;
    return context.affineMap(dims, 0, list);
  };
  const at = (d: number) => AffineExpr.dim(Math.max(0, d));
  const feature = AffineExpr.dim(parallel + rank);
  const place = (s: number) =>
    AffineExpr.dim(result.spatial[s]!)
      .mul(window.strides[s]!)
      .add(AffineExpr.dim(parallel + s).mul(window.rhsDilation[s]!));
  return [
    map([
      [lhs.batch, at(result.batch)],
      [lhs.group, at(result.group)],
      [lhs.feature, feature],
      ...lhs.spatial.map((d, s) => [d, place(s)] as const),
    ]),
    map([
      [rhs.batch, at(result.feature)],
      [rhs.group, at(result.group)],
      [rhs.feature, feature],
      ...rhs.spatial.map((d, s) => [d, AffineExpr.dim(parallel + s)] as const),
    ]),
    identity,
  ];
}

const LIST_DEFAULTS: Record<string, number> = { strides: 1, low: 0, high: 0, lhs_dilation: 1, rhs_dilation: 1 };
const GROUPS = ['feature_groups', 'batch_groups'] as const;

function parseConv(parser: AsmParser, state: OperationState): void {
  const { context } = parser;
  const lhs = parser.operand();
  parser.punctuation(',');
  const rhs = parser.operand();
  parser.keyword('dims');
  parser.punctuation('=');
  const at = parser.offset();
  const text = parser.string();
  const labels = readConvLabels(text);
  if (typeof labels === 'string') parser.error(`'dims' ${labels}`, at);
  state.attributes.set('dims', context.stringAttr(text));
  const { rank } = labels as Exclude<typeof labels, string>;
  for (const name of CONV_WINDOW_LISTS) {
    let values = new Array<number>(rank).fill(LIST_DEFAULTS[name]!);
    if (parser.optionalKeyword(name)) {
      parser.punctuation('=');
      values = parseIntegerList(parser);
    }
    state.attributes.set(name, context.denseArray(context.i64, values));
  }
  if (parser.optionalKeyword('reversed')) {
    parser.punctuation('=');
    state.attributes.set('reversed', context.denseArray(context.i64, parseIntegerList(parser)));
  }
  for (const name of GROUPS) {
    if (!parser.optionalKeyword(name)) continue;
    parser.punctuation('=');
    state.attributes.set(name, context.integerAttr(context.i64, parser.integer()));
  }
  parser.optionalAttrDict(state.attributes);
  parser.punctuation(':');
  const lhsType = parser.type();
  parser.punctuation(',');
  const rhsType = parser.type();
  parser.punctuation('->');
  state.operands.push(parser.resolve(lhs, lhsType), parser.resolve(rhs, rhsType));
  state.resultTypes.push(parser.type());
}

function printConv(printer: AsmPrinter, op: Operation): void {
  printer.space();
  printer.values(op.operands);
  printer.text(' dims = ');
  printer.string(ConvOp.dims(op));
  const labels = readConvLabels(ConvOp.dims(op));
  const rank = typeof labels === 'string' ? -1 : labels.rank;
  for (const name of CONV_WINDOW_LISTS) {
    const list = attr.i64Array.read(op.attr(name)!);
    if (list.length !== rank || list.some((v) => v !== LIST_DEFAULTS[name])) printNamedList(printer, name, list);
  }
  if (ConvOp.reversed(op).length > 0) printNamedList(printer, 'reversed', ConvOp.reversed(op));
  for (const name of GROUPS) {
    const count = op.attr(name) === undefined ? 1 : attr.i64.read(op.attr(name)!);
    if (count !== 1) printer.text(` ${name} = ${count}`);
  }
  printer.attrDict(op, [
    'dims',
    ...CONV_WINDOW_LISTS,
    'reversed',
    ...GROUPS,
    ...(ConvOp.contract(op) === 'none' ? ['contract'] : []),
  ]);
  printer.text(' : ');
  printer.type(op.operand(0).type);
  printer.text(', ');
  printer.type(op.operand(1).type);
  printer.text(' -> ');
  printer.type(op.result(0).type);
}
