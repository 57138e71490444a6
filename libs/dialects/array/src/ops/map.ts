// array.map: a scalar function of elements.
import {
  defineOp,
  definePattern,
  type FoldResult,
  IsolatedFromAbove,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  type PointCost,
  Pure,
  type Region,
  StructuredOp,
  type TensorType,
  type UnresolvedOperand,
  variadic,
} from '@budflow/ir';
import { fitsDefinition } from '../assembly.js';
import { ScalarTensor } from '../element-types.js';
import { interpretMap } from '../interpret/map.js';
import {
  inlineScalarRegion,
  parseScalarRegion,
  printScalarRegion,
  regionsPrint,
  scalarTypes,
  verifyScalarRegion,
} from '../region.js';
import { operandDomain, tensorType } from '../structure.js';

/** Times that a loop in a region is taken to run. */
const LOOP_TRIPS = 16;

/** Divisions, roots and functions are dear, and so are loops; all other scalar ops cost one. */
function regionCost(op: Operation): PointCost {
  let flops = 0;
  let expensive = false;
  const add = (region: Region, times: number): void => {
    if (region.isEmpty) return;
    for (let inner = region.entry.firstOp; inner && inner !== region.entry.lastOp; inner = inner.next) {
      if (inner.name === 'arith.constant') continue;
      for (const nested of inner.regions) add(nested, times * LOOP_TRIPS);
      const dear =
        inner.ownRegions !== null ||
        inner.info.dialect === 'math' ||
        /^arith\.(div|rem|ceildiv|floordiv)/.test(inner.name);
      expensive ||= dear;
      flops += (dear ? 8 : 1) * times;
    }
  };
  for (const region of op.regions) add(region, 1);
  return { flops: Math.max(1, flops), expensive };
}

export const MapOp = defineOp({
  name: 'array.map',
  summary: 'A function of scalars on the elements of tensors of one shape',
  description: `The region takes one element of each operand (signless scalars for unsigned tensors) and yields the element of each result. It
holds pure operations on scalars, and control flow over such: an element may run a loop of its own.`,
  example: `func.func @f(%x: tensor<4x?xf32>, %y: tensor<4x?xf32>) -> tensor<4x?xi1> {
  %0 = array.map %x, %y : tensor<4x?xf32>, tensor<4x?xf32> to tensor<4x?xi1> body(%a: f32, %b: f32) {
    %1 = arith.mulf %a, %a : f32
    %2 = arith.cmpf olt, %1, %b : f32
    array.yield %2 : i1
  }
  return %0 : tensor<4x?xi1>
}`,
  operands: { inputs: variadic(ScalarTensor) },
  results: { results: variadic(ScalarTensor) },
  regions: { body: { blocks: 'one' } },
  traits: [Pure, IsolatedFromAbove],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.elementwise }),
    OpCost.implement({ pointCost: regionCost }),
    StructuredOp.implement({
      domain: (op) => operandDomain(op, 0),
      indexingMaps: (op) =>
        [...op.operands, ...op.results].map(() => op.context.identityMap(tensorType(op.operand(0)).rank)),
      body: (op, context) =>
        inlineScalarRegion(
          op,
          context.builder,
          op.operands.map((_, i) => context.operand(i)),
        ),
    }),
    interpretMap,
  ],
  assembly: {
    canPrint: (op) => fitsDefinition(op) && op.operandCount > 0 && op.resultCount > 0 && regionsPrint(op, 1),
    parse(parser, state) {
      const inputs: UnresolvedOperand[] = parser.commaSeparated('none', () => parser.operand());
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const types = parser.typeList();
      parser.keyword('to');
      state.resultTypes.push(...parser.typeList());
      state.operands.push(...parser.resolveAll(inputs, types));
      parseScalarRegion(parser, state);
    },
    print(printer, op) {
      printer.space();
      printer.values(op.operands);
      printer.attrDict(op);
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
      printer.text(' to ');
      printer.types(op.resultTypes);
      printScalarRegion(printer, op);
    },
  },
  verify(op) {
    if (op.operandCount === 0) {
      op.emitError('array.map-operands', 'requires at least one operand, got none');
      return;
    }
    if (op.resultCount === 0) {
      op.emitError('array.map-results', 'requires at least one result, got none');
      return;
    }
    const first = tensorType(op.operand(0));
    [...op.operands, ...op.results].forEach((value, i) => {
      const type = value.type as TensorType;
      if (type.rank === first.rank && type.shape.every((d, k) => d === first.shape[k])) return;
      op.emitError(
        'array.operand-types',
        `requires operands and result of one shape, got ${first} and ${type} (${i < op.operandCount ? `operand #${i}` : op.resultCount === 1 ? 'the result' : `result #${i - op.operandCount}`})`,
      );
    });
  },
  verifyRegions: (op) =>
    verifyScalarRegion(op, scalarTypes(op, op.operands), scalarTypes(op, op.results), { controlFlow: true }),
  fold(op): FoldResult | null {
    const block = op.regions[0]?.entry;
    const yielded = op.resultCount === 1 && block?.lastOp?.operandCount === 1 ? block.lastOp.operand(0) : undefined;
    const at = yielded ? block!.arguments.indexOf(yielded) : -1;
    return at >= 0 && op.operand(at).type === op.result(0).type ? op.operand(at) : null;
  },
  patterns: [
    definePattern({
      name: 'map-without-unused-operands',
      equation: 'map(x, y) { f(x) } == map(x) { f(x) }',
      root: 'array.map',
      rewrite(op, rewriter) {
        const block = op.region(0).entry;
        const unused = block.arguments.flatMap((arg, i) => (arg.hasUses ? [] : [i]));
        // One operand stays: it tells the shape.
        const dropped = unused.length === op.operandCount ? unused.slice(1) : unused;
        if (dropped.length === 0) return false;
        rewriter.modify(op, () => {
          for (const i of dropped.reverse()) {
            block.eraseArgument(i);
            op.setOperands(op.operands.filter((_, k) => k !== i));
          }
        });
        return true;
      },
    }),
  ],
});
