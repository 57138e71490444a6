// array.fusion: array ops that become one kernel; and array.yield, which ends its body and the regions of reductions.

import { exitsRegion } from '@budflow/interpreter';
import {
  AnyTensor,
  AnyType,
  type AsmParser,
  type AsmPrinter,
  attr,
  ConstantLike,
  defineOp,
  IsolatedFromAbove,
  OpCost,
  type Operation,
  type OperationState,
  OpPattern,
  OpPatternKind,
  optionalAttr,
  type PointCost,
  Pure,
  SingleBlock,
  StructuredOp,
  Terminator,
  type Type,
  type UnresolvedOperand,
  variadic,
} from '@budflow/ir';
import { fitsDefinition } from '../assembly.js';
import { interpretFusion } from '../interpret/fusion.js';
import { FREE } from '../structure.js';

/** The ops whose bodies and regions end in a yield. */
const YIELD_PARENTS: ReadonlySet<string> = new Set([
  'array.fusion',
  'array.reduce',
  'array.map',
  'array.scatter',
  'array.reduce_window',
  'array.select_and_scatter',
  'array.scan',
  'array.sort',
]);

export const YieldOp = defineOp({
  name: 'array.yield',
  summary: 'Ends the body of a fusion or the region of a reduction with its results',
  description: "Its operands are the results of the fusion, or the new values of the reduction's accumulators.",
  example: `func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = array.fusion(%a = %x : tensor<4xf32>) -> tensor<4xf32> {
    %1 = array.exp %a : tensor<4xf32>
    array.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}`,
  operands: { values: variadic(AnyType) },
  traits: [Pure, Terminator],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.tuple }),
    OpCost.implement({ pointCost: () => FREE }),
    exitsRegion,
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      const first = parser.optionalOperand();
      const operands = first ? [first] : [];
      while (first && parser.optionalPunctuation(',')) operands.push(parser.operand());
      parser.optionalAttrDict(state.attributes);
      if (operands.length === 0) return;
      parser.punctuation(':');
      state.operands.push(...parser.resolveAll(operands, parser.typeList()));
    },
    print(printer, op) {
      if (op.operandCount) {
        printer.space();
        printer.values(op.operands);
      }
      printer.attrDict(op);
      if (op.operandCount) {
        printer.text(' : ');
        printer.types(op.operands.map((v) => v.type));
      }
    },
  },
  verify(op) {
    const parent = op.parentOp?.name;
    if (parent === undefined || !YIELD_PARENTS.has(parent))
      op.emitError(
        'array.yield-parent',
        `requires one of ${[...YIELD_PARENTS].join(', ')} around it, got ${parent ? `'${parent}'` : 'nothing'}`,
      );
  },
});

export const FusionOp = defineOp({
  name: 'array.fusion',
  summary: 'Array ops that are computed by one kernel',
  description: `The body sees nothing from outside: block arguments are the operands. It holds whole-tensor ops (those with an OpPattern), never
another fusion, and ends in array.yield.`,
  example: `func.func @f(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %r:2 = array.fusion(%a = %x : tensor<4xf32>, %b = %y : tensor<4xf32>) kind = "loop" -> (tensor<4xf32>, tensor<4xf32>) {
    %0 = array.add %a, %b : tensor<4xf32>
    %1 = array.mul %0, %b : tensor<4xf32>
    array.yield %0, %1 : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1 : tensor<4xf32>, tensor<4xf32>
}`,
  operands: { inputs: variadic(AnyType) },
  results: { results: variadic(AnyTensor) },
  attributes: { kind: optionalAttr(attr.string) },
  regions: { body: { blocks: 'one' } },
  traits: [Pure, IsolatedFromAbove, SingleBlock],
  interfaces: [
    // As in TVM: a group is of the category of its least fusible member.
    OpPattern.implement({ pattern: groupPattern }),
    OpCost.implement({
      pointCost(op): PointCost {
        const costs = bodyOps(op).map((inner) => OpCost.of(inner)?.pointCost(inner) ?? FREE);
        return { flops: costs.reduce((sum, c) => sum + c.flops, 0), expensive: costs.some((c) => c.expensive) };
      },
    }),
    interpretFusion,
  ],
  assembly: { canPrint: canPrintFusion, parse: parseFusion, print: printFusion },
  verify(op) {
    const nested = op.ancestor((outer) => outer.name === 'array.fusion');
    if (nested)
      op.emitError('array.nested-fusion', 'cannot be in another array.fusion').note('the outer fusion', nested.loc);
  },
  verifyRegions: verifyFusion,
});

/** The ops of a fusion's body without the terminator. */
export function bodyOps(op: Operation): Operation[] {
  return op.region(0).entry.ops.filter((inner) => !YieldOp.is(inner));
}

function groupPattern(op: Operation): OpPatternKind {
  let pattern: OpPatternKind = OpPatternKind.elementwise;
  for (const inner of bodyOps(op)) {
    const kind = OpPattern.of(inner)?.pattern(inner) ?? OpPatternKind.opaque;
    if (kind > pattern) pattern = kind;
  }
  return pattern;
}

function verifyFusion(op: Operation): void {
  const block = op.region(0).entry;
  const args = block.arguments;
  if (args.length !== op.operandCount || args.some((a, i) => a.type !== op.operand(i).type)) {
    op.emitError(
      'array.fusion-arguments',
      `requires block arguments of the operands' types (${op.operands.map((v) => v.type).join(', ')}), got (${args.map((a) => a.type).join(', ')})`,
    );
    return;
  }
  for (let inner = block.firstOp; inner; inner = inner.next) {
    // Folding may put scalar constants here, such as static sizes.
    if (OpPattern.of(inner) || StructuredOp.of(inner) || inner.info.hasTrait(ConstantLike)) continue;
    op.emitError(
      'array.fusion-body',
      `requires whole-tensor operations in its body, got '${inner.name}', which has neither an OpPattern nor a structured form`,
    ).note('the operation', inner.loc);
    return;
  }
  const terminator = block.lastOp;
  if (!terminator || !YieldOp.is(terminator)) {
    op.emitError(
      'array.fusion-yield',
      `requires a body that ends in array.yield, got ${terminator ? `'${terminator.name}'` : 'an empty block'}`,
    );
    return;
  }
  const yielded = terminator.operands.map((v) => v.type);
  const results = op.resultTypes;
  if (yielded.length !== results.length || yielded.some((t, i) => t !== results[i]))
    op.emitError(
      'array.fusion-yield',
      `requires a yield of the result types (${results.join(', ')}), got (${yielded.join(', ')})`,
    );
}

function canPrintFusion(op: Operation): boolean {
  if (!fitsDefinition(op) || op.regions.length !== 1 || op.region(0).blocks.length !== 1) return false;
  const args = op.region(0).entry.arguments;
  return args.length === op.operandCount && args.every((a, i) => a.type === op.operand(i).type);
}

function parseFusion(parser: AsmParser, state: OperationState): void {
  const args: { operand: UnresolvedOperand; type: Type }[] = [];
  const inputs = parser.commaSeparated('paren', () => {
    const operand = parser.operand();
    parser.punctuation('=');
    const input = parser.operand();
    parser.punctuation(':');
    const type = parser.type();
    args.push({ operand, type });
    return { input, type };
  });
  for (const { input, type } of inputs) state.operands.push(parser.resolve(input, type));
  if (parser.optionalKeyword('kind')) {
    parser.punctuation('=');
    state.attributes.set('kind', parser.context.stringAttr(parser.string()));
  }
  state.resultTypes.push(...parser.optionalArrowTypeList());
  parser.optionalAttrDictWithKeyword(state.attributes);
  state.regions.push(parser.region(args));
}

function printFusion(printer: AsmPrinter, op: Operation): void {
  printer.text('(');
  op.region(0).entry.arguments.forEach((arg, i) => {
    if (i) printer.text(', ');
    printer.value(arg);
    printer.text(' = ');
    printer.value(op.operand(i));
    printer.text(' : ');
    printer.type(arg.type);
  });
  printer.text(')');
  const kind = FusionOp.kind(op);
  if (kind !== undefined) {
    printer.text(' kind = ');
    printer.string(kind);
  }
  printer.optionalArrowTypes(op.resultTypes);
  printer.attrDictWithKeyword(op, ['kind']);
  printer.space();
  printer.region(op.region(0), { entryArguments: false });
}
