// array.scan: running combinations along a dimension; array.argmin and array.argmax: where the extremes are.
import {
  AttrSizedOperandSegments,
  attr,
  defineOp,
  IntegerType,
  IsolatedFromAbove,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  TensorType,
  type Type,
  typeConstraint,
  variadic,
} from '@budflow/ir';
import { fitsDefinition, parseFromTo, printAttributes, printFromTo } from '../assembly.js';
import { combinerKind, kindAttribute, parseCombined, verifyCombined, verifyCombinerRegion } from '../combine.js';
import { OrderedTensor, ScalarTensor } from '../element-types.js';
import { interpretArgExtreme, interpretScan, type ScanAccess } from '../interpret/windows.js';
import { orderAttribute } from '../reduction-order.js';
import { parseScalarRegion, printScalarRegion, regionsPrint } from '../region.js';
import { ShapeRules, type SizeConstraint, type SizeRule, sameShape, sameSize } from '../shape-rules.js';
import { tensorType } from '../structure.js';
import { expectResult, verifyDims } from '../verify-types.js';
import { extremeOfPieces } from './extreme-of-pieces.js';

export const ScanOp = defineOp({
  name: 'array.scan',
  summary: 'Running combinations of elements along a dimension',
  description: `The accumulator starts as the init and takes the elements along \`dim\` in ascending order, with \`reverse\` in descending order:
acc = combine(acc, element). Results are the accumulators after each element, with \`exclusive\` before it. A named kind has one operand; a region
gets (accumulators.., elements..). An \`order\` of L lanes (with blocks of L elements, for named kinds) cuts the elements as they are taken into
blocks: within a block, for s = 1, 2, 4, .. below L, all elements l >= s at once become combine(element l - s, element l); then the accumulator
after element l is combine(accumulator before the block, element l). Without it, and as \`sequential\`, elements are taken one by one.`,
  example: `func.func @f(%x: tensor<4x?xf32>, %z: tensor<f32>) -> tensor<4x?xf32> {
  %0 = array.scan add %x init %z dim = 1 exclusive : tensor<4x?xf32>, tensor<f32>
  return %0 : tensor<4x?xf32>
}`,
  operands: { inputs: variadic(ScalarTensor), inits: variadic(ScalarTensor) },
  results: { results: variadic(ScalarTensor) },
  attributes: {
    kind: kindAttribute,
    dim: attr.i64,
    exclusive: attr.unit,
    reverse: attr.unit,
    order: orderAttribute,
  },
  regions: { body: { blocks: 'one', variadic: true } },
  traits: [Pure, IsolatedFromAbove, AttrSizedOperandSegments],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => ({ flops: 1, expensive: true }) }),
    ShapeRules.implement({
      size: (op, result, dim): SizeRule => sameSize(op, result, dim),
      constraints: (op): SizeConstraint[] => op.results.slice(1).flatMap((_, i) => sameShape(op, 0, i + 1)),
    }),
    interpretScan((op): ScanAccess => {
      const order = ScanOp.order(op);
      return {
        dim: ScanOp.dim(op),
        exclusive: ScanOp.exclusive(op),
        reverse: ScanOp.reverse(op),
        lanes: order?.kind === 'lanes' ? order.lanes : 1,
      };
    }),
  ],
  assembly: {
    canPrint: (op): boolean =>
      fitsDefinition(op) &&
      op.resultCount > 0 &&
      op.operandCount === 2 * op.resultCount &&
      op.results.every((r, i) => r.type === op.operand(i).type) &&
      regionsPrint(op, combinerKind(op) === undefined ? 1 : 0),
    parse(parser, state) {
      const { context } = parser;
      const { inputs, inits } = parseCombined(parser, state);
      parser.keyword('dim');
      parser.punctuation('=');
      state.attributes.set('dim', context.i64Attr(parser.integer()));
      for (const flag of ['exclusive', 'reverse'])
        if (parser.optionalKeyword(flag)) state.attributes.set(flag, context.unitAttr);
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const types = parser.typeList();
      state.operands.push(...parser.resolveAll([...inputs, ...inits], types));
      state.resultTypes.push(...types.slice(0, inputs.length));
      const segments = [inputs.length, inits.length];
      state.attributes.set('operandSegmentSizes', context.denseArray(context.i32, segments));
      if (!state.attributes.get('kind')) parseScalarRegion(parser, state);
    },
    print(printer, op) {
      const kind = combinerKind(op);
      printer.text(kind === undefined ? ' ' : ` ${kind} `);
      printer.values(op.operands.slice(0, op.resultCount));
      printer.text(' init ');
      printer.values(op.operands.slice(op.resultCount));
      printer.text(
        ` dim = ${ScanOp.dim(op)}${ScanOp.exclusive(op) ? ' exclusive' : ''}${ScanOp.reverse(op) ? ' reverse' : ''}`,
      );
      printAttributes(printer, op, ['kind', 'dim', 'exclusive', 'reverse']);
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
      if (kind === undefined) printScalarRegion(printer, op);
    },
  },
  inferTypes: (_, state): Type[] => state.operands.slice(0, state.operands.length / 2).map((v) => v.type),
  verify(op) {
    const inputs = ScanOp.inputs(op);
    if (!verifyCombined(op, inputs, ScanOp.inits(op))) return;
    const first = tensorType(inputs[0]!);
    if (!verifyDims(op, 'dim', [ScanOp.dim(op)], first.rank, `the operand ${first}`)) return;
    for (const [i, input] of inputs.entries()) if (!expectResult(op, input.type, i)) return;
    const order = ScanOp.order(op);
    if (order === undefined || order.kind === 'sequential') return;
    const blocked = order.kind === 'lanes' && order.accumulators === 1 && order.block === order.lanes;
    if (!blocked || combinerKind(op) === undefined)
      op.emitError(
        'array.scan-order',
        `requires the order sequential, or with a named kind lanes with one accumulator and blocks of as many elements, got ${op.attr('order')}`,
      );
  },
  verifyRegions: (op) => verifyCombinerRegion(op, ScanOp.inputs(op)),
});

const IndexTensor = typeConstraint(
  'tensor of i32 or i64',
  (t) =>
    t instanceof TensorType &&
    t.element instanceof IntegerType &&
    (t.element.width === 32 || t.element.width === 64) &&
    t.element.signedness === 'signless',
);

function defineArgExtreme<const N extends 'array.argmin' | 'array.argmax'>(name: N) {
  const which = name === 'array.argmin' ? 'min' : 'max';
  const word = which === 'min' ? 'least' : 'greatest';
  const dimOf = (op: Operation): number => attr.i64.read(op.attr('dim')!);
  const shapeOf = (type: TensorType, dim: number) => type.shape.filter((_, d) => d !== dim);
  return defineOp({
    name,
    summary: `The index of the ${word} element along a dimension`,
    description: `Of several equal elements the first; a NaN counts as the ${word} (the first NaN wins). The dimension must have elements.`,
    example: `func.func @f(%x: tensor<4x?xf32>) -> tensor<4xi32> {
  %0 = ${name} %x dim = 1 : tensor<4x?xf32> to tensor<4xi32>
  return %0 : tensor<4xi32>
}`,
    operands: { operand: OrderedTensor },
    results: { result: IndexTensor },
    attributes: { dim: attr.i64 },
    traits: [Pure],
    interfaces: [
      OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
      OpCost.implement({ pointCost: () => ({ flops: 2, expensive: true }) }),
      ShapeRules.implement({
        size: (op, _, dim): SizeRule => sameSize(op, 0, dim < dimOf(op) ? dim : dim + 1),
        constraints: (op): SizeConstraint[] => [
          { left: { operand: 0, dim: dimOf(op) }, relation: 'atLeast', right: 1 },
        ],
      }),
      interpretArgExtreme(which, dimOf),
    ],
    assembly: {
      canPrint: fitsDefinition,
      parse(parser, state) {
        const operand = parser.operand();
        parser.keyword('dim');
        parser.punctuation('=');
        state.attributes.set('dim', parser.context.i64Attr(parser.integer()));
        parser.optionalAttrDict(state.attributes);
        const { from, to } = parseFromTo(parser);
        state.operands.push(parser.resolve(operand, from));
        state.resultTypes.push(to);
      },
      print(printer, op) {
        printer.space();
        printer.value(op.operand(0));
        printer.text(` dim = ${dimOf(op)}`);
        printer.attrDict(op, ['dim']);
        printFromTo(printer, op);
      },
    },
    verify(op) {
      const from = tensorType(op.operand(0));
      const to = op.result(0).type as TensorType;
      const dim = dimOf(op);
      if (!verifyDims(op, 'dim', [dim], from.rank, `the operand ${from}`)) return;
      if (from.shape[dim] === 0) {
        op.emitError('array.empty-dimension', `requires elements to choose from in dimension ${dim}, got ${from}`);
        return;
      }
      const shape = shapeOf(from, dim);
      expectResult(op, op.context.tensor(shape, to.element));
    },
    patterns: [extremeOfPieces(name, dimOf)],
  });
}

export const ArgMinOp = defineArgExtreme('array.argmin');
export const ArgMaxOp = defineArgExtreme('array.argmax');
