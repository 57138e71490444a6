// Control flow: return, if, case, while, and the barrier that nothing moves over.
import {
  AnyType,
  AsmNames,
  type CustomAssembly,
  defineOp,
  type Operation,
  Pure,
  type Region,
  type RegionArgument,
  RegionBranch,
  type RegionEdge,
  ReturnLike,
  SingleBlock,
  TensorType,
  Terminator,
  type Type,
  typeConstraint,
  type UnresolvedOperand,
  variadic,
} from '@budflow/ir';
import { example } from '../example.js';
import { expectArguments, expectReturns } from '../regions.js';
import { typesAgree } from '../shapes.js';
import { HloScalarPredTensor, HloTensorOrTokenOrTuple, isSignedHloIntegerType } from '../types.js';

export const ReturnOp = defineOp({
  name: 'stablehlo.return',
  summary: 'Ends a region: its operands are what the region gives.',
  description: 'Terminator of the regions of StableHLO ops.',
  example: example(
    '%p: tensor<i1>, %x: tensor<f32>',
    `%r = "stablehlo.if"(%p) ({
  stablehlo.return %x : tensor<f32>
}, {
  stablehlo.return %x : tensor<f32>
}) : (tensor<i1>) -> tensor<f32>`,
    'tensor<f32>',
  ),
  operands: { results: variadic(AnyType) },
  traits: [Pure, Terminator, ReturnLike],
  assembly: '$results attr-dict (`:` type($results)^)?',
});

/** Edges of a conditional: into any region, and out of it with its results. */
function branchEdges(op: Operation, from: Operation): RegionEdge[] {
  if (from !== op) return [{ to: null, start: 0, end: from.operandCount, first: 0 }];
  return op.regions.map((to: Region) => ({ to, start: 0, end: 0, first: 0 }));
}

export const IfOp = defineOp({
  name: 'stablehlo.if',
  summary: 'Runs one of two regions.',
  description: 'The results are what the region gives that was run.',
  example: example(
    '%p: tensor<i1>, %x: tensor<f32>',
    `%r = "stablehlo.if"(%p) ({
  %0 = stablehlo.negate %x : tensor<f32>
  stablehlo.return %0 : tensor<f32>
}, {
  stablehlo.return %x : tensor<f32>
}) : (tensor<i1>) -> tensor<f32>`,
    'tensor<f32>',
  ),
  operands: { pred: HloScalarPredTensor },
  results: { results: variadic(HloTensorOrTokenOrTuple) },
  regions: { true_branch: { blocks: 'one' }, false_branch: { blocks: 'one' } },
  traits: [Pure, SingleBlock],
  interfaces: [RegionBranch.implement({ edges: branchEdges })],
  verifyRegions: verifyBranches,
});

const BranchIndex = typeConstraint(
  '0D tensor of i32 values',
  (t) => t instanceof TensorType && t.rank === 0 && isSignedHloIntegerType(t.element) && `${t.element}` === 'i32',
  (context) => context.tensor([], context.i32),
);

export const CaseOp = defineOp({
  name: 'stablehlo.case',
  summary: 'Runs one of several regions, by number.',
  description: 'A number that is no region runs the last one.',
  example: example(
    '%i: tensor<i32>, %x: tensor<f32>',
    `%r = "stablehlo.case"(%i) ({
  %0 = stablehlo.negate %x : tensor<f32>
  stablehlo.return %0 : tensor<f32>
}, {
  stablehlo.return %x : tensor<f32>
}) : (tensor<i32>) -> tensor<f32>`,
    'tensor<f32>',
  ),
  operands: { index: BranchIndex },
  results: { results: variadic(HloTensorOrTokenOrTuple) },
  regions: { branches: { blocks: 'one', variadic: true } },
  traits: [Pure, SingleBlock],
  interfaces: [RegionBranch.implement({ edges: branchEdges })],
  verify(op) {
    if (op.regions.length === 0) op.emitError('stablehlo.case-empty', 'requires at least one region');
  },
  verifyRegions: verifyBranches,
});

function verifyBranches(op: Operation): void {
  for (const index of op.regions.keys())
    if (!expectArguments(op, index, []) || !expectReturns(op, index, op.resultTypes)) return;
}

/** `(%arg = %x, ...) : types attributes {..} cond {..} do {..}` */
const whileAssembly: CustomAssembly = {
  canPrint(op) {
    const types = op.operands.map((v) => v.type);
    const same = (list: readonly Type[]) => list.length === types.length && list.every((t, i) => t === types[i]);
    return (
      same(op.resultTypes) &&
      op.regions.every((r) => r.blocks.length === 1 && same(r.blocks[0]!.arguments.map((a) => a.type)))
    );
  },
  parse(parser, state) {
    const names: UnresolvedOperand[] = [];
    const inputs: UnresolvedOperand[] = [];
    const at = parser.offset();
    parser.commaSeparated('paren', () => {
      names.push(parser.operand());
      parser.punctuation('=');
      inputs.push(parser.operand());
    });
    const types = parser.optionalColonTypeList();
    if (types.length !== names.length)
      parser.error(`expected ${names.length} types for the operands, got ${types.length}`, at);
    parser.optionalAttrDictWithKeyword(state.attributes);
    const args = names.map((operand, i): RegionArgument => ({ operand, type: types[i]! }));
    parser.keyword('cond');
    state.regions.push(parser.region(args));
    parser.keyword('do');
    state.regions.push(parser.region(args));
    state.operands.push(...parser.resolveAll(inputs, types));
    state.resultTypes.push(...types);
  },
  print(printer, op) {
    const [cond, body] = op.regions as [Region, Region];
    printer.text('(');
    op.operands.forEach((operand, i) => {
      if (i > 0) printer.text(', ');
      printer.value(cond.blocks[0]!.arguments[i]!);
      printer.text(' = ');
      printer.value(operand);
    });
    printer.text(')');
    if (op.operandCount > 0) {
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
    }
    printer.attrDictWithKeyword(op);
    printer.newline();
    printer.text('cond ');
    printer.region(cond, { entryArguments: false });
    printer.text(' do ');
    printer.region(body, { entryArguments: false });
  },
};

export const WhileOp = defineOp({
  name: 'stablehlo.while',
  summary: 'Runs a region as long as another one says.',
  description:
    'Operands are the first values; each run of the body gives the next ones, which are the results in the end.',
  example: example(
    '%x: tensor<i32>, %n: tensor<i32>',
    `%r = stablehlo.while(%iterArg = %x) : tensor<i32>
cond {
  %0 = stablehlo.compare LT, %iterArg, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
  stablehlo.return %0 : tensor<i1>
} do {
  %0 = stablehlo.add %iterArg, %iterArg : tensor<i32>
  stablehlo.return %0 : tensor<i32>
}`,
    'tensor<i32>',
  ),
  operands: { operand: variadic(HloTensorOrTokenOrTuple) },
  results: { results: variadic(HloTensorOrTokenOrTuple) },
  regions: { cond: { blocks: 'one' }, body: { blocks: 'one' } },
  traits: [SingleBlock],
  interfaces: [
    AsmNames.implement({ argumentName: () => 'iterArg' }),
    RegionBranch.implement({
      edges(op, from): RegionEdge[] {
        const [cond, body] = op.regions as [Region, Region];
        const { operandCount: n } = op;
        if (from === op || from.parent?.parent === body) return [{ to: cond, start: 0, end: n, first: 0 }];
        // The condition passes nothing on: the values are those it was entered with.
        return [
          { to: body, start: 0, end: 0, first: n },
          { to: null, start: 0, end: 0, first: n },
        ];
      },
    }),
  ],
  assembly: whileAssembly,
  verifyRegions(op) {
    const types = op.operands.map((v) => v.type);
    if (op.resultCount !== types.length || op.resultTypes.some((t, i) => !typesAgree(t, types[i]!))) {
      op.emitError(
        'stablehlo.while-results',
        `requires results of the types of the operands, (${types.join(', ')}), got (${op.resultTypes.join(', ')})`,
      );
      return;
    }
    const { context } = op;
    if (!expectArguments(op, 0, types) || !expectArguments(op, 1, types)) return;
    if (expectReturns(op, 0, [context.tensor([], context.i1)])) expectReturns(op, 1, types);
  },
});

export const OptimizationBarrierOp = defineOp({
  name: 'stablehlo.optimization_barrier',
  summary: 'Its operands; nothing that computes them moves behind what uses them.',
  description: 'Keeps compilers from merging or reordering computations over it.',
  example: example(
    '%x: tensor<4xf32>, %y: tensor<i32>',
    '%r, %0 = stablehlo.optimization_barrier %x, %y : tensor<4xf32>, tensor<i32>',
    'tensor<4xf32>',
  ),
  operands: { operand: variadic(HloTensorOrTokenOrTuple) },
  results: { result: variadic(HloTensorOrTokenOrTuple) },
  assembly: 'attr-dict ($operand^ `:` custom<PairwiseOpType>(type($operand), type($result))) : (`(` `)`)?',
  inferTypes: (_, { operands }): Type[] => operands.map((v) => v.type),
  verify(op) {
    const types = op.operands.map((v) => v.type);
    if (op.resultCount !== types.length || op.resultTypes.some((t, i) => !typesAgree(t, types[i]!)))
      op.emitError(
        'stablehlo.barrier-results',
        `requires results of the types of the operands, (${types.join(', ')}), got (${op.resultTypes.join(', ')})`,
      );
  },
  verifyReads: 'signature',
});
