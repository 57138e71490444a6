// Reductions over dimensions, and map.
import {
  type AsmParser,
  Block,
  Commutative,
  type CustomAssembly,
  defineOp,
  type Operation,
  Operation as OperationClass,
  type OperationState,
  Pure,
  Region,
  type RegionArgument,
  SingleBlock,
  TensorType,
  type Type,
  type UnresolvedOperand,
  type Value,
  variadic,
} from '@budflow/ir';
import { i64List } from '../attributes/specs.js';
import { example } from '../example.js';
import { accumulatorTypes, expectArguments, returnOf } from '../regions.js';
import {
  elementOf,
  expectDimensions,
  expectElements,
  expectResult,
  shapeOf,
  shapesAgree,
  tensorOf,
} from '../shapes.js';
import { HloTensor } from '../types.js';

/**
 * The op that a reduction of one input applies to both arguments of its region, when that is all the region does and
 * each of the two takes part once; undefined otherwise. The short form is for commutative ops only.
 */
export function appliedOp(region: Region): Operation | undefined {
  const block = region.blocks[0];
  if (region.blocks.length !== 1 || block?.arguments.length !== 2) return undefined;
  const op = block.firstOp;
  const terminator = returnOf(region);
  if (op === null || op.next !== terminator || terminator?.operandCount !== 1 || terminator.attributes.size > 0)
    return undefined;
  const [lhs, rhs] = block.arguments as [Value, Value];
  const fits =
    op.operandCount === 2 &&
    op.resultCount === 1 &&
    op.ownRegions === null &&
    op.attributes.size === 0 &&
    op.name.startsWith('stablehlo.') &&
    op.info.hasTrait(Commutative) &&
    op.operand(0) === lhs &&
    op.operand(1) === rhs &&
    terminator.operand(0) === op.result(0) &&
    lhs.type === rhs.type &&
    op.result(0).type === lhs.type;
  return fits ? op : undefined;
}

/** `(%x init: %c), (%y init: %d) applies op across dimensions = [0] : types`, or with `reducer(..) (..) {..}`. */
const reduceAssembly: CustomAssembly = {
  canPrint: (op) =>
    op.operandCount > 0 &&
    op.operandCount % 2 === 0 &&
    op.region(0).blocks.length === 1 &&
    op.region(0).blocks[0]!.arguments.length === op.operandCount,
  parse(parser, state) {
    const inputs: UnresolvedOperand[] = [];
    const inits: UnresolvedOperand[] = [];
    do {
      parser.punctuation('(');
      inputs.push(parser.operand());
      parser.keyword('init');
      parser.punctuation(':');
      inits.push(parser.operand());
      parser.punctuation(')');
    } while (parser.optionalPunctuation(','));
    const at = parser.offset();
    const applied = parser.optionalKeyword('applies') ? parser.anyKeyword('the name of an op') : undefined;
    parser.keyword('across');
    parser.keyword('dimensions');
    parser.punctuation('=');
    const { context } = parser;
    const dims = parser.commaSeparated('square', () => parser.integer());
    state.attributes.set('dimensions', context.denseArray(context.i64, dims));
    parser.optionalAttrDict(state.attributes);
    parser.punctuation(':');
    const { inputs: types, results } = parser.functionType();
    state.resultTypes.push(...results);
    if (applied === undefined) state.regions.push(parseReducer(parser, inputs.length));
    else state.regions.push(appliedRegion(parser, state, applied, types, at));
    state.operands.push(...parser.resolveAll([...inputs, ...inits], types));
  },
  print(printer, op) {
    const n = op.operandCount / 2;
    for (let i = 0; i < n; i++) {
      printer.text(i > 0 ? ', (' : '(');
      printer.value(op.operand(i));
      printer.text(' init: ');
      printer.value(op.operand(n + i));
      printer.text(')');
    }
    const region = op.region(0);
    const applied = isAppliedTo(op, region) ? appliedOp(region) : undefined;
    if (applied) printer.text(` applies ${applied.name}`);
    printer.text(` across dimensions = [${Reduce.dimensions(op).join(', ')}]`);
    printer.attrDict(op, ['dimensions']);
    printer.text(' : ');
    printer.functionType(
      op.operands.map((v) => v.type),
      op.resultTypes,
    );
    if (applied) return;
    printer.newline();
    printer.text(' reducer');
    const { arguments: args } = region.blocks[0]!;
    for (let i = 0; i < n; i++) {
      printer.text(i > 0 ? ' (' : '(');
      printer.regionArgument(args[i]!);
      printer.text(', ');
      printer.regionArgument(args[n + i]!);
      printer.text(')');
    }
    printer.text('  ');
    printer.region(region, { entryArguments: false });
  },
};

/** The short form makes a region of scalars of the input's elements. */
function isAppliedTo(op: Operation, region: Region): boolean {
  const { context } = op;
  const type = op.operand(0).type;
  return type instanceof TensorType && region.blocks[0]!.arguments[0]?.type === context.tensor([], type.element);
}

/** `reducer(%a: t, %b: t) (%c: u, %d: u) {...}`; the arguments of the region are %a, %c, %b, %d. */
function parseReducer(parser: AsmParser, count: number): Region {
  parser.keyword('reducer');
  const first: RegionArgument[] = [];
  const second: RegionArgument[] = [];
  for (let i = 0; i < count; i++) {
    parser.punctuation('(');
    first.push(parser.argument());
    parser.punctuation(',');
    second.push(parser.argument());
    parser.punctuation(')');
  }
  return parser.region([...first, ...second]);
}

function appliedRegion(
  parser: AsmParser,
  state: OperationState,
  name: string,
  types: readonly Type[],
  at: number,
): Region {
  const { context } = parser;
  const info = context.opInfo(name);
  if (!name.startsWith('stablehlo.') || !info.hasTrait(Commutative))
    parser.error(`expected the name of a commutative op such as stablehlo.add, got '${name}'`, at);
  const type = types[0];
  if (!(type instanceof TensorType) || types.length !== 2)
    return parser.error('an applied op reduces one tensor: use a reducer for several', at);
  const scalar = context.tensor([], type.element);
  const region = new Region();
  const block = region.append(new Block());
  const args = [block.addArgument(scalar), block.addArgument(scalar)];
  const op = block.append(OperationClass.create(info, state.loc, args, [scalar]));
  block.append(OperationClass.create(context.opInfo('stablehlo.return'), state.loc, [op.result(0)], []));
  return region;
}

/** The shape without some dimensions. */
function withoutDimensions(shape: readonly number[], dims: readonly number[]): number[] {
  return shape.filter((_, d) => !dims.includes(d));
}

/** Accessors of the halves of the operands of a reduction. */
const HALVES = { inputs: reducedInputs, init_values: initialValues } as const;

const Reduce = defineOp({
  name: 'stablehlo.reduce',
  summary: 'Combines elements along dimensions by a region.',
  description: `The first half of the operands are the inputs, of one shape, the second half their initial values. The order in which elements are
combined is not said. \`applies\` is short for a region that is one op on both of its arguments.`,
  example: example(
    '%x: tensor<4x8xf32>, %z: tensor<f32>',
    `%0 = stablehlo.reduce(%x init: %z) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
%r = stablehlo.reduce(%0 init: %z) across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
 reducer(%a: tensor<f32>, %b: tensor<f32>)  {
  %1 = stablehlo.multiply %a, %b : tensor<f32>
  %2 = stablehlo.add %1, %b : tensor<f32>
  stablehlo.return %2 : tensor<f32>
}`,
    'tensor<f32>',
  ),
  // One group: the two halves need no segment sizes, as neither has StableHLO's text.
  operands: { operands: variadic(HloTensor) },
  results: { results: variadic(HloTensor) },
  attributes: { dimensions: i64List },
  regions: { body: { blocks: 'one' } },
  traits: [Pure, SingleBlock],
  assembly: reduceAssembly,
  verifyRegions(op) {
    const inputs = halves(op);
    if (inputs === undefined) return;
    const first = tensorOf(inputs.inputs[0]!);
    const dims = Reduce.dimensions(op);
    if (!expectDimensions(op, 'dimensions', dims, first.rank)) return;
    const accumulators = accumulatorTypes(op, 0, inputs.inputs.map(elementOf));
    if (accumulators === undefined) return;
    const shape = withoutDimensions(first.shape, dims);
    for (const [i, type] of accumulators.entries()) {
      const { element } = type as TensorType;
      if (!expectResult(op, op.context.tensor(shape, element), i)) return;
    }
  },
});

/** stablehlo.reduce, with accessors `inputs` and `init_values` of the halves of its operands. */
export const ReduceOp = Object.assign(Reduce, HALVES);

/** The inputs of a reduction, the first half of its operands. */
export function reducedInputs(op: Operation): readonly Value[] {
  return op.operands.slice(0, op.operandCount / 2);
}
/** Their initial values, the second half. */
export function initialValues(op: Operation): readonly Value[] {
  return op.operands.slice(op.operandCount / 2);
}

/** Inputs and initial values of a reduction that fit each other and the number of results; reported where they do not. */
export function halves(op: Operation): { inputs: readonly Value[]; inits: readonly Value[] } | undefined {
  if (op.operandCount === 0 || op.operandCount % 2 !== 0 || op.resultCount !== op.operandCount / 2) {
    op.emitError(
      'stablehlo.reduce-operands',
      `requires an initial value and a result for each input, got ${op.operandCount} operands and ${op.resultCount} results`,
    );
    return undefined;
  }
  const inputs = reducedInputs(op);
  const inits = initialValues(op);
  const shape = shapeOf(inputs[0]!);
  for (const [i, input] of inputs.entries()) {
    if (!shapesAgree(shapeOf(input), shape)) {
      op.emitError('stablehlo.reduce-shapes', `requires inputs of one shape, got ${inputs[0]!.type} and ${input.type}`);
      return undefined;
    }
    if (!expectElements(op, `initial value #${i}`, elementOf(inits[i]!), elementOf(input))) return undefined;
    if (shapeOf(inits[i]!).length > 0) {
      op.emitError('stablehlo.reduce-init', `requires initial values that are scalars, got ${inits[i]!.type}`);
      return undefined;
    }
  }
  return { inputs, inits };
}

export const MapOp = defineOp({
  name: 'stablehlo.map',
  summary: 'Applies a region of scalars to all elements.',
  description: 'The dimensions are all of them, in order.',
  example: example(
    '%x: tensor<4xf32>, %y: tensor<4xf32>',
    `%r = "stablehlo.map"(%x, %y) ({
^bb0(%a: tensor<f32>, %b: tensor<f32>):
  %0 = stablehlo.add %a, %b : tensor<f32>
  stablehlo.return %0 : tensor<f32>
}) {dimensions = array<i64: 0>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>`,
    'tensor<4xf32>',
  ),
  operands: { inputs: variadic(HloTensor) },
  results: { result: HloTensor },
  attributes: { dimensions: i64List },
  regions: { computation: { blocks: 'one' } },
  traits: [Pure, SingleBlock],
  verifyRegions(op) {
    if (op.operandCount === 0) {
      op.emitError('stablehlo.map-empty', 'requires at least one operand');
      return;
    }
    const { context } = op;
    const first = tensorOf(op.operand(0));
    const other = op.operands.find((v) => !shapesAgree(shapeOf(v), first.shape));
    if (other) {
      op.emitError('stablehlo.map-shapes', `requires operands of one shape, got ${first} and ${other.type}`);
      return;
    }
    const dims = MapOp.dimensions(op);
    if (dims.length !== first.rank || dims.some((d, i) => d !== i)) {
      op.emitError(
        'stablehlo.map-dimensions',
        `requires all ${first.rank} dimensions in order, got [${dims.join(', ')}]`,
      );
      return;
    }
    if (
      !expectArguments(
        op,
        0,
        op.operands.map((v) => context.tensor([], elementOf(v))),
      )
    )
      return;
    const terminator = returnOf(op.region(0));
    const type = terminator?.operandCount === 1 ? terminator.operand(0).type : undefined;
    if (!(type instanceof TensorType) || type.rank !== 0) {
      op.emitError('stablehlo.map-result', 'requires a region that returns one scalar');
      return;
    }
    expectResult(op, context.tensor(first.shape, type.element));
  },
});
