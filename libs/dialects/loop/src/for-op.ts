// loop.for and loop.yield.

import { exitsRegion } from '@budflow/interpreter';
import {
  AnyType,
  AsmNames,
  AttrNames,
  AttrSizedOperandSegments,
  attr,
  DenseArrayAttr,
  defaultAttr,
  defineOp,
  Index,
  IndexType,
  type InferState,
  LoopLike,
  MemoryEffects,
  type Operation,
  optionalAttr,
  Pure,
  SingleBlock,
  Terminator,
  type Type,
  variadic,
} from '@budflow/ir';
import { ensureYield, hasImplicitYield, parseBound, printBound } from './asm.js';
import { PipelineAttr, TAIL_KINDS } from './attributes.js';
import { forFlow, infersInductionVariable } from './flow.js';
import { canPrintFor, forBounds } from './for-bounds.js';
import { forPatterns } from './for-patterns.js';
import { interpretsFor } from './interpret.js';
import { verifyYield } from './verify.js';

export const YieldOp = defineOp({
  name: 'loop.yield',
  summary: 'ends a loop body or branch and passes values on',
  description: `Ends a region of loop.for, loop.if or loop.while (its after region). The operands become the carried values of the
next iteration, or the results of the op.`,
  example: `func.func @f(%c: i1, %x: f32, %y: f32) -> f32 {
  %r = loop.if %c -> (f32) {
    loop.yield %x : f32
  } else {
    loop.yield %y : f32
  }
  return %r : f32
}`,
  operands: { values: variadic(AnyType) },
  traits: [Pure, Terminator],
  interfaces: [exitsRegion],
  assembly: 'attr-dict ($values^ `:` type($values))?',
  verify(op) {
    const parent = op.parentOp?.name;
    if (parent !== undefined && parent !== 'loop.for' && parent !== 'loop.if' && parent !== 'loop.while')
      op.emitError('loop.yield-parent', `must be inside loop.for, loop.if or loop.while, not '${parent}'`);
  },
});

/** Types of the operand group `index` according to the segment sizes, before the op exists. */
function segmentTypes(state: InferState, index: number): Type[] {
  const sizes = state.attributes.get(AttrNames.operandSegmentSizes);
  if (!(sizes instanceof DenseArrayAttr)) return [];
  let start = 0;
  for (let i = 0; i < index; i++) start += Number(sizes.values[i]);
  return state.operands.slice(start, start + Number(sizes.values[index])).map((v) => v.type);
}

const positive = (op: Operation, what: string, value: number | undefined): boolean => {
  if (value === undefined || value >= 1) return true;
  op.emitError('loop.for-annotation', `expects '${what}' to be at least 1, got ${value}`);
  return false;
};

export const ForOp = defineOp({
  name: 'loop.for',
  summary: 'counted loop with affine bounds and carried values',
  description: `Runs its body for \`iv = lower, lower + step, ...\` while \`iv < upper\`. A bound is an affine map of index values; of several
results the lower bound is the maximum, the upper bound the minimum. The bounds are evaluated once. \`iter_args\` are the
carried values: their initial values enter the first iteration, what \`loop.yield\` passes enters the next one, and the last
ones are the results (the initial ones when there is no iteration).

The name identifies the loop in schedules and is unique in a kernel (\`checkLoopNames\`). The other annotations record what
scheduling decided: \`vector\` (lanes), \`unroll\`, \`interleave\` (accumulators), \`parallel\`, \`grain\` (iterations of one unit of
parallel work), \`tail\` and \`pipeline\`.`,
  example: `func.func @sum(%n: index, %init: f32) -> f32 {
  %c = arith.constant 1.0 : f32
  %r = loop.for %i = 0 to %n step 4 iter_args(%acc = %init) -> (f32) name "sum.r0" {
    %s = arith.addf %acc, %c : f32
    loop.yield %s : f32
  } {unroll = 4 : i64}
  loop.for %i = max affine_map<(d0) -> (d0, 4)>(%n) to min affine_map<()[s0] -> (s0 * 2, 64)>()[%n] {
    %j = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
  }
  return %r : f32
}`,
  operands: { lbOperands: variadic(Index), ubOperands: variadic(Index), inits: variadic(AnyType) },
  results: { results: variadic(AnyType) },
  attributes: {
    lowerBound: attr.affineMap,
    upperBound: attr.affineMap,
    step: defaultAttr(attr.i64, 1),
    name: optionalAttr(attr.string),
    vector: optionalAttr(attr.i64),
    unroll: optionalAttr(attr.i64),
    interleave: optionalAttr(attr.i64),
    parallel: attr.unit,
    grain: optionalAttr(attr.i64),
    tail: optionalAttr(attr.enum(...TAIL_KINDS)),
    pipeline: optionalAttr(attr.dialect(PipelineAttr)),
  },
  regions: { body: { blocks: 'one', implicitTerminator: 'loop.yield' } },
  traits: [AttrSizedOperandSegments, SingleBlock],
  interfaces: [
    MemoryEffects.implement({ effects: () => [], recursive: true }),
    LoopLike.implement({
      body: (op) => op.region(0),
      inductionVariables: (op) => [op.region(0).entry.arguments[0]!],
      isDefinedOutside: (op, value) => {
        const region = value.parentBlock?.parent;
        return region !== null && region !== undefined && !op.region(0).isAncestorOf(region);
      },
    }),
    AsmNames.implement({ argumentName: (_, argument) => (argument.index === 0 ? 'i' : undefined) }),
    forFlow,
    infersInductionVariable,
    interpretsFor,
  ],
  inferTypes: (_, state) => segmentTypes(state, 2),
  assembly: {
    canPrint: canPrintFor,
    parse(parser, state) {
      const { context } = parser;
      const iv = parser.operand();
      parser.punctuation('=');
      const lower = parseBound(parser, 'max');
      parser.keyword('to');
      const upper = parseBound(parser, 'min');
      if (parser.optionalKeyword('step')) {
        const offset = parser.offset();
        const step = parser.integer();
        if (step < 1) parser.error(`expected a step of at least 1, got ${step}`, offset);
        if (step !== 1) state.attributes.set('step', context.i64Attr(step));
      }
      const args = [{ operand: iv, type: context.index as Type }];
      const inits: { target: typeof iv; init: typeof iv }[] = [];
      const initsAt = parser.offset();
      if (parser.optionalKeyword('iter_args')) {
        inits.push(
          ...parser.commaSeparated('paren', () => {
            const target = parser.operand();
            parser.punctuation('=');
            return { target, init: parser.operand() };
          }),
        );
      }
      const types = parser.optionalArrowTypeList();
      if (types.length !== inits.length)
        parser.error(`expected as many types as iter_args: ${types.length} types for ${inits.length}`, initsAt);
      inits.forEach(({ target }, i) => {
        args.push({ operand: target, type: types[i]! });
      });
      state.operands.push(
        ...lower.operands,
        ...upper.operands,
        ...parser.resolveAll(
          inits.map((i) => i.init),
          types,
        ),
      );
      state.resultTypes.push(...types);
      state.attributes.set('lowerBound', context.affineMapAttr(lower.map));
      state.attributes.set('upperBound', context.affineMapAttr(upper.map));
      state.attributes.set(
        AttrNames.operandSegmentSizes,
        context.denseArray(context.i32, [lower.operands.length, upper.operands.length, inits.length]),
      );
      if (parser.optionalKeyword('name')) state.attributes.set('name', context.stringAttr(parser.string()));
      const region = parser.region(args);
      ensureYield(context, region, state.loc);
      state.regions.push(region);
      parser.optionalAttrDict(state.attributes);
    },
    print(printer, op) {
      const { lower, upper, step } = forBounds(op);
      const [iv, ...carried] = op.region(0).entry.arguments;
      printer.space();
      printer.value(iv!);
      printer.text(' = ');
      printBound(printer, 'max', lower);
      printer.text(' to ');
      printBound(printer, 'min', upper);
      if (step !== 1) printer.text(` step ${step}`);
      const inits = ForOp.inits(op);
      if (inits.length > 0) {
        printer.text(' iter_args(');
        inits.forEach((init, i) => {
          if (i > 0) printer.text(', ');
          printer.value(carried[i]!);
          printer.text(' = ');
          printer.value(init);
        });
        printer.text(') -> (');
        printer.types(op.resultTypes);
        printer.text(')');
      }
      const name = ForOp.name(op);
      if (name !== undefined) {
        printer.text(' name ');
        printer.string(name);
      }
      printer.space();
      printer.region(op.region(0), { entryArguments: false, terminator: !hasImplicitYield(op.region(0)) });
      printer.attrDict(op, ['lowerBound', 'upperBound', 'step', 'name', AttrNames.operandSegmentSizes]);
    },
  },
  verify(op) {
    const step = ForOp.step(op);
    if (step < 1) {
      op.emitError('loop.for-step', `expects a step of at least 1, got ${step}`);
      return;
    }
    for (const which of ['lower', 'upper'] as const) {
      const { map, operands } = forBounds(op)[which];
      const inputs = map.numDims + map.numSymbols;
      if (inputs !== operands.length) {
        op.emitError(
          'loop.for-bound-operands',
          `expects ${inputs} operands for the ${which} bound map, got ${operands.length}`,
        );
        return;
      }
      if (map.results.length === 0) {
        op.emitError('loop.for-bound-results', `expects the ${which} bound map to have at least one result`);
        return;
      }
    }
    const inits = ForOp.inits(op);
    if (inits.length !== op.resultCount) {
      op.emitError(
        'loop.for-results',
        `expects as many results as carried values: ${op.resultCount} results for ${inits.length}`,
      );
      return;
    }
    const args = op.region(0).entry.arguments;
    if (args.length !== inits.length + 1) {
      op.emitError(
        'loop.for-arguments',
        `expects a body with ${inits.length + 1} arguments (induction variable, carried values), got ${args.length}`,
      );
      return;
    }
    if (!(args[0]!.type instanceof IndexType)) {
      op.emitError('loop.for-induction-variable', `expects an induction variable of type index, got ${args[0]!.type}`);
      return;
    }
    for (let i = 0; i < inits.length; i++) {
      const type = inits[i]!.type;
      const result = op.result(i).type;
      const arg = args[i + 1]!.type;
      if (type !== result || type !== arg) {
        op.emitError(
          'loop.for-carried-type',
          `carried value ${i} has type ${type} initially, ${arg} in the body and ${result} as a result`,
        );
        return;
      }
    }
    for (const what of ['vector', 'unroll', 'interleave', 'grain'] as const)
      if (!positive(op, what, ForOp[what](op))) return;
    verifyYield(op, op.region(0), op.resultTypes, 'loop.for-yield');
  },
  patterns: forPatterns,
});
