// Structured loops and branches become blocks with branches.
//
//   %r = loop.for %i = 0 to %n iter_args(%a = %x) -> (f32) {      cf.br ^head(%c0, %x)
//     %b = ...                                                    ^head(%i, %a): %c = arith.cmpi slt, %i, %n
//     loop.yield %b }                                       ->      cf.cond_br %c, ^body, ^end
//   use %r                                                        ^body: %b = ...; %j = arith.addi %i, %c1
//                                                                   cf.br ^head(%j, %b)
//                                                                 ^end: use %a
//
// Requires: loops and ifs stand in regions that may have several blocks (functions, or loops that are converted with
// them). Preserves nothing. Bounds are evaluated once in front of the loop; bounds that are maps stay loop.apply, loop.min
// and loop.max. Annotations of loops are lost, which a remark says. As MLIR's convert-scf-to-cf.
import { AddIOp, BranchOp, buildConstant, CmpIOp, CondBranchOp } from '@budflow/dialect-core';
import { ConditionOp, combineAffine, ForOp, forBounds, forInits, IfOp, WhileOp, YieldOp } from '@budflow/dialect-loop';
import { type Block, type Operation, SingleBlock, type Type, type Value } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import {
  applyPartialConversion,
  type ConversionPattern,
  type ConversionRewriter,
  ConversionTarget,
  defineConversionPattern,
  SignatureConversion,
} from '@budflow/rewrite';

export const convertLoopToCf = definePass({
  name: 'convert-loop-to-cf',
  summary: 'lower loop.for, loop.while and loop.if to branches between blocks',
  description: `Every structured loop and branch below the op becomes basic blocks with cf.br and cf.cond_br; carried values
become block arguments. Fails, and leaves everything as it was, where an op allows only one block in its regions.`,
  dependentDialects: ['cf', 'arith'],
  statistics: { loops: 'loop.for and loop.while ops lowered', ifs: 'loop.if ops lowered' },
  run(root, pass) {
    const target = new ConversionTarget().illegalOp(...STRUCTURED).legalOp('loop.apply', 'loop.min', 'loop.max');
    target.legalDialect('cf', 'arith');
    const annotated: Operation['loc'][] = [];
    root.walk((op) => {
      if (ForOp.is(op) && ANNOTATIONS.some((name) => op.attr(name) !== undefined)) annotated.push(op.loc);
    });
    const result = applyPartialConversion(root, target, PATTERNS, { fold: false });
    if (!result.succeeded) {
      pass.signalFailure();
      return;
    }
    for (const at of annotated)
      pass.remark({
        kind: 'missed',
        name: 'annotations-lost',
        message: 'the schedule of this loop is lost: blocks cannot carry it',
        at,
      });
    pass.statistic('loops', (result.hits.get('for-to-cf') ?? 0) + (result.hits.get('while-to-cf') ?? 0));
    pass.statistic('ifs', result.hits.get('if-to-cf') ?? 0);
    if (!result.changed) pass.unchanged();
  },
});

const STRUCTURED = [ForOp, IfOp, WhileOp, ConditionOp, YieldOp];
const ANNOTATIONS = ['vector', 'unroll', 'interleave', 'parallel', 'grain', 'tail', 'pipeline'];

/** Splits the block in front of the op; what follows starts with the op, and takes arguments of `types`. */
function split(op: Operation, rewriter: ConversionRewriter, types: readonly Type[]): { before: Block; rest: Block } {
  const before = op.parent!;
  const rest = rewriter.splitBlock(op);
  rewriter.applySignatureConversion(rest, new SignatureConversion(0).addExtraInputs(types), null);
  return { before, rest };
}

/** Why the region the op stands in cannot have several blocks; undefined when it can. */
function singleBlock(op: Operation): string | undefined {
  const parent = op.parentOp;
  return parent?.info.hasTrait(SingleBlock)
    ? `'${parent.name}' around it allows only one block in its regions`
    : undefined;
}

/** The terminator of `block` becomes a branch that passes what `operands` makes of its operands. */
function branchInstead(block: Block, rewriter: ConversionRewriter, dest: Block, operands: readonly Value[]): void {
  const { terminator } = block;
  rewriter.setInsertionPoint(terminator);
  BranchOp.create(rewriter, terminator.loc, { destOperands: operands, successors: [dest] });
  rewriter.eraseOp(terminator);
}

/** The arguments of a block become values; the block keeps none. */
function dropArguments(block: Block, rewriter: ConversionRewriter, values: readonly Value[]): void {
  const signature = new SignatureConversion(values.length);
  values.forEach((value, i) => {
    signature.remapInput(i, [value]);
  });
  rewriter.applySignatureConversion(block, signature, null);
}

const ifToCf = defineConversionPattern({
  name: 'if-to-cf',
  equation: 'if c then a else b == cond_br c, ^a, ^b',
  root: 'loop.if',
  generates: ['cf.cond_br', 'cf.br'],
  rewrite(op, _, rewriter) {
    const reason = singleBlock(op);
    if (reason) return rewriter.notifyMatchFailure(op, reason);
    const { before, rest } = split(op, rewriter, op.resultTypes);
    const [thenBlock, elseBlock] = op.regions.map((region) => {
      if (region.isEmpty) return rest;
      const { entry } = region;
      rewriter.inlineRegionBefore(region, before.parent!, rest);
      branchInstead(entry, rewriter, rest, entry.terminator.operands);
      return entry;
    });
    rewriter.setInsertionPointToEnd(before);
    CondBranchOp.create(rewriter, op.loc, {
      condition: op.operand(0),
      trueDestOperands: [],
      falseDestOperands: [],
      successors: [thenBlock!, elseBlock!],
    });
    rewriter.replaceOp(op, rest.arguments);
    return true;
  },
});

const forToCf = defineConversionPattern({
  name: 'for-to-cf',
  equation: 'for i = a to b do f == ^head(a); ^head(i): cond_br i < b, ^f, ^end; ^f: br ^head(i + step)',
  root: 'loop.for',
  generates: [
    'cf.cond_br',
    'cf.br',
    'arith.constant',
    'arith.cmpi',
    'arith.addi',
    'loop.apply',
    'loop.min',
    'loop.max',
  ],
  rewrite(op, _, rewriter) {
    const reason = singleBlock(op);
    if (reason) return rewriter.notifyMatchFailure(op, reason);
    const { context, loc } = op;
    const { before, rest } = split(op, rewriter, []);
    const region = before.parent!;
    const { lower, upper, step } = forBounds(op);
    rewriter.setInsertionPointToEnd(before);
    const from = combineAffine(rewriter, loc, 'loop.max', lower.map, lower.operands);
    const to = combineAffine(rewriter, loc, 'loop.min', upper.map, upper.operands);
    const by = buildConstant(rewriter, loc, context.index, step);
    const body = op.region(0).entry;
    const head = rewriter.createBlock(
      region,
      rest,
      body.arguments.map((a) => a.type),
    );
    rewriter.setInsertionPointToEnd(before);
    BranchOp.create(rewriter, loc, { destOperands: [from, ...forInits(op)], successors: [head] });
    rewriter.setInsertionPointToEnd(head);
    const iv = head.arguments[0]!;
    const goes = CmpIOp.build(rewriter, loc, { predicate: 'slt', lhs: iv, rhs: to });
    CondBranchOp.create(rewriter, loc, {
      condition: goes,
      trueDestOperands: [],
      falseDestOperands: [],
      successors: [body, rest],
    });
    rewriter.inlineRegionBefore(op.region(0), region, rest);
    dropArguments(body, rewriter, head.arguments);
    rewriter.setInsertionPoint(body.terminator);
    const next = AddIOp.build(rewriter, loc, { lhs: iv, rhs: by });
    branchInstead(body, rewriter, head, [next, ...body.terminator.operands]);
    rewriter.replaceOp(op, head.arguments.slice(1));
    return true;
  },
});

const whileToCf = defineConversionPattern({
  name: 'while-to-cf',
  equation: 'while p do f == ^p: cond_br c, ^f(x), ^end(x); ^f: br ^p(y)',
  root: 'loop.while',
  generates: ['cf.cond_br', 'cf.br'],
  rewrite(op, operands, rewriter) {
    const reason = singleBlock(op);
    if (reason) return rewriter.notifyMatchFailure(op, reason);
    const { before, rest } = split(op, rewriter, op.resultTypes);
    const region = before.parent!;
    const test = op.region(0).entry;
    const body = op.region(1).entry;
    rewriter.inlineRegionBefore(op.region(0), region, rest);
    rewriter.inlineRegionBefore(op.region(1), region, rest);
    rewriter.setInsertionPointToEnd(before);
    BranchOp.create(rewriter, op.loc, { destOperands: operands.flat(), successors: [test] });
    const condition = test.terminator;
    rewriter.setInsertionPoint(condition);
    const [decides, ...passed] = condition.operands as [Value, ...Value[]];
    CondBranchOp.create(rewriter, condition.loc, {
      condition: decides,
      trueDestOperands: passed,
      falseDestOperands: passed,
      successors: [body, rest],
    });
    rewriter.eraseOp(condition);
    branchInstead(body, rewriter, test, body.terminator.operands);
    rewriter.replaceOp(op, rest.arguments);
    return true;
  },
});

const PATTERNS: readonly ConversionPattern[] = [ifToCf, forToCf, whileToCf];
