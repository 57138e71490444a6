// array.reduce: combines elements along dimensions, by a named kind or a region.

import { signlessType } from '@budflow/dialect-core';
import {
  type AffineMap,
  AnyTensor,
  type AsmParser,
  type AsmPrinter,
  type Attribute,
  AttrSizedOperandSegments,
  attr,
  type Builder,
  ComplexType,
  type DomainDim,
  defineOp,
  definePattern,
  FloatType,
  IsolatedFromAbove,
  isMemoryEffectFree,
  OpCost,
  type Operation,
  type OperationState,
  OpPattern,
  OpPatternKind,
  Pure,
  type ReductionOrder,
  StructuredOp,
  TensorType,
  type Type,
  type UnresolvedOperand,
  type Value,
  variadic,
} from '@budflow/ir';
import { fitsDefinition, parseNamedList, printAttributes, printNamedList } from '../assembly.js';
import { kindAttribute } from '../combine.js';
import { isBoolean, isRounded } from '../element-types.js';
import { fastmathAttribute } from '../fastmath.js';
import { interpretReduce } from '../interpret/reduce.js';
import { type Contract, REDUCE_KINDS, type ReduceKind } from '../kinds.js';
import { combineValues, effectiveKind, identityAttribute, reduceBody } from '../reduce-body.js';
import { CANONICAL_LANES_ORDER, contractAttribute, OrderAttr, orderAttribute } from '../reduction-order.js';
import { dimsMap, operandSize, tensorType } from '../structure.js';
import { expectResult, verifyDims } from '../verify-types.js';
import { AddOp, AndOp, MaxOp, MinOp, MulOp, OrOp, XorOp } from './binary.js';
import { BroadcastOp, dimsThatNeedSizes } from './broadcast.js';
import { placePatterns } from './reduce-place.js';
import { regionKind } from './reduce-region.js';

function isReduceKind(text: string): text is ReduceKind {
  return (REDUCE_KINDS as readonly string[]).includes(text);
}

/** Shape of the results: the dimensions that are not reduced. */
function reducedShape(shape: readonly number[], dims: readonly number[]): number[] {
  return shape.filter((_, i) => !dims.includes(i));
}

export const ReduceOp = defineOp({
  name: 'array.reduce',
  summary: 'Combines all elements along dimensions',
  description: `A named kind (add mul min max and or xor) has one operand and no region. The general form has a region with arguments
(accumulators.., elements..), signless scalars for unsigned tensors, that yields the combined values; operands have one shape. \`init\` values
are combined once, last, as combine(init, total); a region whose identity is unknown folds left to right from the init. \`order\` fixes the order
of combination (absent: canonical); \`contract\` on kind add says how products of an \`array.mul\` operand are added.`,
  example: `func.func @f(%x: tensor<4x8xf32>, %z: tensor<f32>) -> tensor<4xf32> {
  %0 = array.reduce add %x init %z dims = [1] : tensor<4x8xf32>, tensor<f32> to tensor<4xf32>
  return %0 : tensor<4xf32>
}`,
  operands: { inputs: variadic(AnyTensor), inits: variadic(AnyTensor) },
  results: { results: variadic(AnyTensor) },
  attributes: {
    kind: kindAttribute,
    dims: attr.i64Array,
    order: orderAttribute,
    contract: contractAttribute,
    fastmath: fastmathAttribute,
  },
  regions: { body: { blocks: 'one', variadic: true } },
  traits: [Pure, IsolatedFromAbove, AttrSizedOperandSegments],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.reduction }),
    OpCost.implement({ pointCost: (op) => ({ flops: Math.max(1, reduceOps(op)), expensive: true }) }),
    StructuredOp.implement({
      domain(op): DomainDim[] {
        const dims = ReduceOp.dims(op);
        return tensorType(op.operand(0)).shape.map((_, d) => ({
          iterator: dims.includes(d) ? 'reduction' : 'parallel',
          size: operandSize(op, 0, d),
        }));
      },
      indexingMaps(op): AffineMap[] {
        const rank = tensorType(op.operand(0)).rank;
        const dims = ReduceOp.dims(op);
        const kept = Array.from({ length: rank }, (_, d) => d).filter((d) => !dims.includes(d));
        const scalar = dimsMap(op, rank, []);
        const n = op.operandCount / 2;
        return [
          ...Array.from({ length: n }, () => op.context.identityMap(rank)),
          ...Array.from({ length: n }, () => scalar),
          ...Array.from({ length: n }, () => dimsMap(op, rank, kept)),
        ];
      },
      body: (op, context): Value[] => reduceBody(op, context, ReduceOp.kind(op), ReduceOp.contract(op)),
      reduction: {
        identity(op): (Attribute | null)[] {
          const kind = kindOf(op);
          return op.results.map((r) =>
            kind === undefined ? null : identityAttribute(op, kind, tensorType(r).element),
          );
        },
        combine: (op, builder, loc, lhs, rhs): Value[] => combineValues(op, ReduceOp.kind(op), builder, loc, lhs, rhs),
        init: (op) => op.results.map((_, i) => op.operandCount / 2 + i),
        order: (op): ReductionOrder | undefined => ReduceOp.order(op),
      },
    }),
    interpretReduce({
      kind: kindOf,
      dims: (op): readonly number[] => ReduceOp.dims(op),
      order: reductionOrder,
      contract: (op): Contract => ReduceOp.contract(op),
    }),
  ],
  assembly: { canPrint: canPrintReduce, parse: parseReduce, print: printReduce },
  inferTypes(context, state): Type[] {
    const dims = attr.i64Array.read(state.attributes.get('dims')!);
    return state.operands.slice(0, state.operands.length / 2).map((v) => {
      const type = tensorType(v);
      return context.tensor(reducedShape(type.shape, dims), type.element);
    });
  },
  verify: verifyReduce,
  verifyRegions: verifyReduceRegion,
  patterns: [
    ...placePatterns,
    definePattern({
      name: 'reduce-over-nothing',
      equation: 'reduce<kind>(x, init, dims = []) == kind(broadcast(init), x)',
      root: 'array.reduce',
      generates: [
        'array.broadcast',
        'array.add',
        'array.mul',
        'array.min',
        'array.max',
        'array.and',
        'array.or',
        'array.xor',
      ],
      rewrite(op, rewriter) {
        const kind = ReduceOp.kind(op);
        if (kind === undefined || ReduceOp.dims(op).length > 0) return false;
        const type = tensorType(op.operand(0));
        // A broadcast to dynamic sizes needs the sizes; that is not simpler.
        if (dimsThatNeedSizes(tensorType(op.operand(1)), type, []).length > 0) return false;
        if (op.result(0).type !== type) return false;
        rewriter.setInsertionPoint(op);
        const init = BroadcastOp.build(rewriter, op.loc, {
          operand: op.operand(1),
          sizes: [],
          dims: [],
          resultTypes: [type],
        });
        const combined = COMBINERS[kind].build(rewriter, op.loc, {
          lhs: init,
          rhs: op.operand(0),
          fastmath: ReduceOp.fastmath(op),
        });
        rewriter.replaceOp(op, [combined]);
        return true;
      },
    }),
    definePattern({
      name: 'reduce-in-the-order-written',
      equation: 'reduce(x) { f(acc + element) } == reduce(x) { f(acc + element) } in sequential order',
      root: 'array.reduce',
      // Visited before what stands in the region: once that is simplified, the region may be a plain sum, whose order is another.
      rewrite(op, rewriter) {
        if (op.regions.length === 0 || op.resultCount !== 1 || ReduceOp.order(op) !== undefined) return false;
        if (kindOf(op) !== undefined || !isRounded(tensorType(op.operand(0)).element)) return false;
        if (!op.region(0).entry.ops.some(({ name }) => name === 'arith.addf' || name === 'arith.mulf')) return false;
        const order = op.context.dialectAttr(OrderAttr, { kind: 'sequential' });
        rewriter.modify(op, () => op.setAttr('order', order));
        return true;
      },
    }),
    definePattern({
      name: 'reduce-region-with-a-name',
      equation: 'reduce(x) { acc + element } == reduce<add>(x)',
      root: 'array.reduce',
      rewrite(op, rewriter) {
        if (ReduceOp.kind(op) !== undefined || op.operandCount !== 2) return false;
        rewriter.setInsertionPoint(op);
        const named = namedReduction(op, rewriter);
        if (!named) return rewriter.fail('the region is not one operation with a name');
        rewriter.replaceOp(op, named.results);
        return true;
      },
    }),
  ],
});

/** Builds the named form of a reduction whose region is one op with a name; undefined for other regions. */
export function namedReduction(op: Operation, builder: Builder): Operation | undefined {
  const found = regionKind(op);
  if (!found) return undefined;
  return ReduceOp.create(builder, op.loc, {
    inputs: [op.operand(0)],
    inits: [op.operand(1)],
    kind: found.kind,
    dims: ReduceOp.dims(op),
    order: ReduceOp.order(op),
    contract: ReduceOp.contract(op),
    fastmath: found.fastmath | ReduceOp.fastmath(op),
    resultTypes: op.resultTypes,
  });
}

/** The kind an op reduces with, also when a region of one op spells it; undefined for other regions. */
function kindOf(op: Operation): ReduceKind | undefined {
  return effectiveKind(op, ReduceOp.kind(op));
}

/** The order of an array.reduce: its attribute, canonical before fix-numerics. */
export function reductionOrder(op: Operation): ReductionOrder {
  return ReduceOp.order(op) ?? CANONICAL_LANES_ORDER;
}

const COMBINERS = { add: AddOp, mul: MulOp, min: MinOp, max: MaxOp, and: AndOp, or: OrOp, xor: XorOp } as const;

function reduceOps(op: Operation): number {
  const region = op.regions[0];
  return region && !region.isEmpty ? region.entry.ops.length - 1 : 1;
}

/** The custom form shows a named kind or one region, and tells operands from inits by their number. */
function canPrintReduce(op: Operation): boolean {
  if (!fitsDefinition(op) || op.regions.length !== (ReduceOp.kind(op) === undefined ? 1 : 0)) return false;
  return (
    op.operandCount > 0 &&
    ReduceOp.inputs(op).length > 0 &&
    ReduceOp.inits(op).length > 0 &&
    op.regions.every((r) => r.blocks.length === 1)
  );
}

function parseReduce(parser: AsmParser, state: OperationState): void {
  const { context } = parser;
  const offset = parser.offset();
  const kind = parser.optionalAnyKeyword();
  if (kind !== undefined) {
    if (!isReduceKind(kind))
      parser.error(`expected one of ${REDUCE_KINDS.join(', ')}, or operands, got '${kind}'`, offset);
    state.attributes.set('kind', context.stringAttr(kind));
  }
  const inputs = parser.commaSeparated('none', () => parser.operand());
  parser.keyword('init');
  const inits = parser.commaSeparated('none', () => parser.operand());
  parseNamedList(parser, state, 'dims', 'dims');
  parser.optionalAttrDict(state.attributes);
  parser.punctuation(':');
  const at = parser.offset();
  const types = parser.typeList();
  if (types.length !== inputs.length + inits.length)
    parser.error(`expected ${inputs.length + inits.length} types (operands, then inits), got ${types.length}`, at);
  parser.keyword('to');
  state.resultTypes.push(...parser.typeList());
  const operands: UnresolvedOperand[] = [...inputs, ...inits];
  state.operands.push(...parser.resolveAll(operands, types));
  state.attributes.set('operandSegmentSizes', context.denseArray(context.i32, [inputs.length, inits.length]));
  if (parser.optionalKeyword('body')) {
    const args = parser.commaSeparated('paren', () => parser.argument());
    state.regions.push(parser.region(args));
  }
}

function printReduce(printer: AsmPrinter, op: Operation): void {
  printer.space();
  const kind = ReduceOp.kind(op);
  if (kind !== undefined) printer.text(`${kind} `);
  printer.values(ReduceOp.inputs(op));
  printer.text(' init ');
  printer.values(ReduceOp.inits(op));
  printNamedList(printer, 'dims', ReduceOp.dims(op));
  printAttributes(printer, op, ['kind', 'dims', ...(ReduceOp.contract(op) === 'none' ? ['contract'] : [])]);
  printer.text(' : ');
  printer.types(op.operands.map((v) => v.type));
  printer.text(' to ');
  printer.types(op.resultTypes);
  const region = op.regions[0];
  if (!region || region.isEmpty) return;
  printer.text(' body(');
  region.entry.arguments.forEach((arg, i) => {
    if (i) printer.text(', ');
    printer.regionArgument(arg);
  });
  printer.text(') ');
  printer.region(region, { entryArguments: false });
}

function verifyReduce(op: Operation): void {
  const inputs = ReduceOp.inputs(op);
  const inits = ReduceOp.inits(op);
  const kind = ReduceOp.kind(op);
  const dims = ReduceOp.dims(op);
  if (inputs.length === 0 || inits.length !== inputs.length || op.resultCount !== inputs.length) {
    op.emitError(
      'array.reduce-counts',
      `requires as many inits and results as operands (at least one), got ${inputs.length} operands, ${inits.length} inits, ${op.resultCount} results`,
    );
    return;
  }
  const first = tensorType(inputs[0]!);
  if (!verifyDims(op, 'dims', dims, first.rank, `the operand ${first}`)) return;
  for (let i = 0; i < inputs.length; i++) {
    const type = tensorType(inputs[i]!);
    if (type.rank !== first.rank || type.shape.some((d, k) => d !== first.shape[k])) {
      op.emitError(
        'array.operand-types',
        `requires all operands to have one shape, got ${first} and ${type} (operand #${i})`,
      );
      return;
    }
    const init = tensorType(inits[i]!);
    const scalar = op.context.tensor([], type.element);
    if (init !== scalar) {
      op.emitError('array.reduce-init', `requires an init of type ${scalar} for the operand ${type}, got ${init}`);
      return;
    }
    if (!expectResult(op, op.context.tensor(reducedShape(type.shape, dims), type.element), i)) return;
  }
  if (kind !== undefined) {
    if (inputs.length !== 1) {
      op.emitError(
        'array.reduce-counts',
        `requires one operand for the kind '${kind}', got ${inputs.length}; give a region instead`,
      );
      return;
    }
    if (op.regions.length > 0) {
      op.emitError('array.reduce-region', `requires no region beside the kind '${kind}'`);
      return;
    }
    verifyKind(op, kind, first.element);
  } else if (op.regions.length !== 1)
    op.emitError('array.reduce-region', `requires a kind or one region, got ${op.regions.length} regions`);
  if (ReduceOp.contract(op) !== 'none' && (kind !== 'add' || !(first.element instanceof FloatType)))
    op.emitError(
      'array.reduce-contract',
      `requires kind 'add' on floats for contract = "${ReduceOp.contract(op)}", got ${kind ? `'${kind}'` : 'a region'} on ${first}`,
    );
}

function verifyKind(op: Operation, kind: ReduceKind, element: Type): void {
  const bitwise = kind === 'and' || kind === 'or' || kind === 'xor';
  if (element instanceof ComplexType && kind !== 'add' && kind !== 'mul')
    op.emitError('array.reduce-kind', `requires add or mul for complex numbers, got '${kind}'`);
  else if (bitwise && element instanceof FloatType)
    op.emitError('array.reduce-kind', `requires integers for the kind '${kind}', got elements of type ${element}`);
  else if (!bitwise && isBoolean(element))
    op.emitError('array.reduce-kind', `requires and, or, xor for elements of type ${element}, got '${kind}'`);
}

function verifyReduceRegion(op: Operation): void {
  const region = op.regions[0];
  if (!region) return;
  const elements = ReduceOp.inputs(op).map((v) => signlessType(op.context, tensorType(v).element));
  const expected = [...elements, ...elements];
  const args = region.entry.arguments;
  if (args.length !== expected.length || args.some((a, i) => a.type !== expected[i])) {
    op.emitError(
      'array.reduce-region',
      `requires region arguments of types (${expected.join(', ')}), got (${args.map((a) => a.type).join(', ')})`,
    );
    return;
  }
  const yielded = region.entry.lastOp;
  if (yielded?.name !== 'array.yield') {
    op.emitError(
      'array.reduce-region',
      `requires a region that ends in array.yield, got ${yielded ? `'${yielded.name}'` : 'an empty block'}`,
    );
    return;
  }
  if (yielded.operandCount !== elements.length || elements.some((t, i) => t !== yielded.operand(i).type)) {
    op.emitError(
      'array.reduce-region',
      `requires a yield of types (${elements.join(', ')}), got (${yielded.operands.map((v) => v.type).join(', ')})`,
    );
    return;
  }
  for (let inner = region.entry.firstOp; inner && inner !== yielded; inner = inner.next) {
    if (isMemoryEffectFree(inner) && !inner.operands.some((v) => v.type instanceof TensorType)) continue;
    op.emitError('array.reduce-region', `requires a region of pure scalar operations, got '${inner.name}'`).note(
      'the operation',
      inner.loc,
    );
    return;
  }
}
