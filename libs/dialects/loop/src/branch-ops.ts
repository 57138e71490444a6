// loop.if, loop.while and loop.condition.

import { ConstantOp, SelectOp } from '@budflow/dialect-core';
import { exitsRegion } from '@budflow/interpreter';
import {
  AnyType,
  type Block,
  defineOp,
  definePattern,
  I1,
  isMemoryEffectFree,
  LoopLike,
  MemoryEffects,
  Operation,
  Pure,
  Region,
  type RewritePattern,
  type Rewriter,
  SingleBlock,
  Terminator,
  type Value,
  variadic,
} from '@budflow/ir';
import { constantIndex } from './affine-operands.js';
import { ensureYield, hasImplicitYield } from './asm.js';
import { ifFlow, whileFlow } from './flow.js';
import { interpretsIf, interpretsWhile } from './interpret.js';
import { verifyYield } from './verify.js';
import { whilePatterns } from './while-patterns.js';

/** Moves what stands before the terminator in front of `op`; returns what the terminator passed. */
function inlineBody(block: Block, op: Operation, args: readonly Value[], rewriter: Rewriter): Value[] {
  const passed = block.terminator.operands.map((v) => (v.owner === block ? args[v.index]! : v));
  rewriter.eraseOp(block.terminator);
  rewriter.inlineBlockBefore(block, op, args);
  return passed;
}

const constantCondition = definePattern({
  name: 'if-of-constant',
  equation: 'if true then a else b == a;  if false then a else b == b',
  root: 'loop.if',
  benefit: 10,
  rewrite(op, rewriter) {
    const condition = constantIndex(op.operand(0));
    if (condition === undefined) return false;
    const taken = op.region(condition !== 0 ? 0 : 1);
    rewriter.replaceOp(op, taken.isEmpty ? [] : inlineBody(taken.entry, op, [], rewriter));
    return true;
  },
});

const sameInBoth = definePattern({
  name: 'if-of-equal-values',
  equation: 'if c then x else x == x',
  root: 'loop.if',
  rewrite(op, rewriter) {
    if (op.resultCount === 0) return false;
    const then = op.region(0).entry.terminator;
    const otherwise = op.region(1).entry.terminator;
    let changed = false;
    op.results.forEach((result, i) => {
      if (!result.hasUses || then.operand(i) !== otherwise.operand(i)) return;
      rewriter.replaceAllUses(result, then.operand(i));
      changed = true;
    });
    return changed;
  },
});

const dropUnused = definePattern({
  name: 'drop-unused-results',
  equation: 'results of an if that nobody reads are not computed',
  root: 'loop.if',
  rewrite(op, rewriter) {
    const keep = op.results.map((r) => r.hasUses);
    if (keep.every(Boolean)) return false;
    for (const region of op.regions) {
      const yielded = region.entry.terminator;
      rewriter.modify(yielded, () => yielded.setOperands(yielded.operands.filter((_, i) => keep[i])));
    }
    const regions = op.regions.map((from) => {
      const region = new Region();
      region.takeBody(from);
      return region;
    });
    rewriter.setInsertionPoint(op);
    const types = op.resultTypes.filter((_, i) => keep[i]);
    const made = rewriter.insert(Operation.create(op.info, op.loc, op.operands, types, op.attributes, regions));
    let next = 0;
    rewriter.replaceOp(
      op,
      op.results.map((result, i) => (keep[i] ? made.result(next++) : result)),
    );
    return true;
  },
});

const dropElseWithoutEffect = definePattern({
  name: 'drop-else-without-effect',
  equation: 'if c then a else {} == if c then a',
  root: 'loop.if',
  rewrite(op, rewriter) {
    const otherwise = op.region(1);
    if (op.resultCount !== 0 || otherwise.isEmpty) return false;
    const { ops } = otherwise.entry;
    if (!ops.every((inner) => isMemoryEffectFree(inner))) return false;
    for (const inner of ops.reverse()) rewriter.eraseOp(inner);
    rewriter.modify(op, () => otherwise.entry.erase());
    return true;
  },
});

const conditionKnown = definePattern({
  name: 'condition-known-in-branch',
  equation: 'if c then a(c) else b(c) == if c then a(true) else b(false)',
  root: 'loop.if',
  generates: ['arith.constant'],
  rewrite(op, rewriter) {
    const condition = op.operand(0);
    if (condition.hasOneUse()) return false;
    let changed = false;
    op.regions.forEach((region, i) => {
      const uses: [Operation, number][] = [];
      condition.forEachUse((user, operand) => {
        if (user !== op && user.parentRegion !== null && region.isAncestorOf(user.parentRegion))
          uses.push([user, operand]);
      });
      if (uses.length === 0) return;
      rewriter.setInsertionPointToStart(region.entry);
      const known = ConstantOp.build(rewriter, op.loc, {
        value: op.context.integerAttr(op.context.i1, i === 0 ? 1 : 0),
      });
      for (const [user, operand] of uses) rewriter.modify(user, () => user.setOperand(operand, known));
      changed = true;
    });
    return changed;
  },
});

const chooseOuterValues = definePattern({
  name: 'if-of-outer-values-is-select',
  equation: 'if c then x else y == select(c, x, y), for x and y from outside',
  root: 'loop.if',
  generates: ['arith.select'],
  rewrite(op, rewriter) {
    if (op.resultCount === 0) return false;
    const [then, otherwise] = op.regions.map((region) => region.entry.terminator) as [Operation, Operation];
    const isOuter = (value: Value) => {
      const home = value.parentBlock?.parent ?? null;
      return home !== null && !op.regions.some((region) => region.isAncestorOf(home));
    };
    let changed = false;
    op.results.forEach((result, i) => {
      const [x, y] = [then.operand(i), otherwise.operand(i)];
      if (!result.hasUses || x === y || !isOuter(x) || !isOuter(y)) return;
      rewriter.setInsertionPoint(op);
      const chosen = SelectOp.build(rewriter, op.loc, { condition: op.operand(0), trueValue: x, falseValue: y });
      rewriter.replaceAllUses(result, chosen);
      changed = true;
    });
    return changed;
  },
});

export const IfOp = defineOp({
  name: 'loop.if',
  summary: 'one of two regions, by a condition',
  description: `Runs the first region when the condition is true, the second (if there is one) otherwise. With results, both regions
exist and end in a \`loop.yield\` of the results' types.`,
  example: `func.func @f(%c: i1, %m: memref<4xf32>, %i: index, %x: f32) -> f32 {
  loop.if %c {
    memory.store %x, %m[%i] : memref<4xf32>
  }
  %r = loop.if %c -> (f32) {
    %v = memory.load %m[%i] : memref<4xf32>
    loop.yield %v : f32
  } else {
    loop.yield %x : f32
  }
  return %r : f32
}`,
  operands: { condition: I1 },
  results: { results: variadic(AnyType) },
  regions: {
    thenRegion: { blocks: 'one', implicitTerminator: 'loop.yield' },
    elseRegion: { blocks: 'any', implicitTerminator: 'loop.yield' },
  },
  traits: [SingleBlock],
  interfaces: [MemoryEffects.implement({ effects: () => [], recursive: true }), ifFlow, interpretsIf],
  assembly: {
    canPrint: (op) =>
      op.operandCount === 1 &&
      op.regions.length === 2 &&
      op.region(0).blocks.length === 1 &&
      op.region(1).blocks.length <= 1 &&
      op.regions.every((region) => region.isEmpty || region.entry.arguments.length === 0),
    parse(parser, state) {
      const { context } = parser;
      state.operands.push(parser.resolve(parser.operand(), context.i1));
      state.resultTypes.push(...parser.optionalArrowTypeList());
      const then = parser.region([]);
      ensureYield(context, then, state.loc);
      state.regions.push(then);
      if (parser.optionalKeyword('else')) {
        const otherwise = parser.region([]);
        ensureYield(context, otherwise, state.loc);
        state.regions.push(otherwise);
      } else state.regions.push(new Region());
      parser.optionalAttrDict(state.attributes);
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      if (op.resultCount > 0) {
        printer.text(' -> (');
        printer.types(op.resultTypes);
        printer.text(')');
      }
      printer.space();
      printer.region(op.region(0), { terminator: !hasImplicitYield(op.region(0)) });
      if (!op.region(1).isEmpty) {
        printer.text(' else ');
        printer.region(op.region(1), { terminator: !hasImplicitYield(op.region(1)) });
      }
      printer.attrDict(op);
    },
  },
  verify(op) {
    for (const region of op.regions) {
      if (region.isEmpty) {
        if (op.resultCount > 0)
          op.emitError('loop.if-else', "expects an else region because it has results: add 'else { loop.yield ... }'");
        continue;
      }
      if (region.entry.arguments.length > 0) {
        op.emitError('loop.if-arguments', `expects regions without arguments, got ${region.entry.arguments.length}`);
        return;
      }
      if (!verifyYield(op, region, op.resultTypes, 'loop.if-yield')) return;
    }
  },
  patterns: [
    constantCondition,
    sameInBoth,
    conditionKnown,
    chooseOuterValues,
    dropUnused,
    dropElseWithoutEffect,
  ] satisfies readonly RewritePattern[],
});

export const ConditionOp = defineOp({
  name: 'loop.condition',
  summary: 'decides whether a loop.while goes on',
  description: `Ends the first region of loop.while. When the condition is true, the other operands are passed to the second region;
otherwise they are the results of the loop.`,
  example: `func.func @f(%n: i32) -> i32 {
  %c = arith.constant 100 : i32
  %r = loop.while (%a = %n) : (i32) -> (i32) {
    %go = arith.cmpi slt, %a, %c : i32
    loop.condition(%go) %a : i32
  } do {
  ^bb0(%b: i32):
    %d = arith.addi %b, %b : i32
    loop.yield %d : i32
  }
  return %r : i32
}`,
  operands: { condition: I1, values: variadic(AnyType) },
  traits: [Pure, Terminator],
  interfaces: [exitsRegion],
  assembly: '`(` $condition `)` attr-dict ($values^ `:` type($values))?',
  verify(op) {
    const parent = op.parentOp;
    if (parent !== null && (parent.name !== 'loop.while' || op.parentRegion !== parent.region(0)))
      op.emitError('loop.condition-parent', 'must end the first region of loop.while');
  },
});

const whileNever = definePattern({
  name: 'inline-while-that-stops',
  equation: 'while (before; false) do after == before',
  root: 'loop.while',
  rewrite(op, rewriter) {
    const before = op.region(0).entry;
    const condition = before.terminator;
    if (constantIndex(condition.operand(0)) !== 0) return false;
    const [, ...values] = inlineBody(before, op, op.operands, rewriter);
    rewriter.replaceOp(op, values);
    return true;
  },
});

export const WhileOp = defineOp({
  name: 'loop.while',
  summary: 'loop that runs while a condition holds',
  description: `Runs its first region, which ends in \`loop.condition\`; while the condition is true runs the second region with the values
passed, whose \`loop.yield\` passes the arguments of the first region again. The results are what the last
\`loop.condition\` passed.`,
  example: `func.func @log2(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %r:2 = loop.while (%v = %n, %k = %zero) : (i64, i64) -> (i64, i64) {
    %go = arith.cmpi sgt, %v, %one : i64
    loop.condition(%go) %v, %k : i64, i64
  } do {
  ^bb0(%v: i64, %k: i64):
    %half = arith.shrui %v, %one : i64
    %next = arith.addi %k, %one : i64
    loop.yield %half, %next : i64, i64
  }
  return %r#1 : i64
}`,
  operands: { inits: variadic(AnyType) },
  results: { results: variadic(AnyType) },
  regions: { before: { blocks: 'one' }, after: { blocks: 'one' } },
  traits: [SingleBlock],
  interfaces: [
    MemoryEffects.implement({ effects: () => [], recursive: true }),
    LoopLike.implement({
      body: (op) => op.region(1),
      inductionVariables: () => [],
      isDefinedOutside: (op, value) => {
        const region = value.parentBlock?.parent;
        return region !== null && region !== undefined && !op.regions.some((own) => own.isAncestorOf(region));
      },
    }),
    whileFlow,
    interpretsWhile,
  ],
  assembly: {
    canPrint: (op) =>
      op.regions.length === 2 &&
      op.regions.every((region) => region.blocks.length === 1) &&
      op.region(0).entry.arguments.length === op.operandCount &&
      op.region(0).entry.arguments.every((argument, i) => argument.type === op.operand(i).type),
    parse(parser, state) {
      const { context } = parser;
      const pairs = parser.commaSeparated('optional-paren', () => {
        const target = parser.operand();
        parser.punctuation('=');
        return { target, init: parser.operand() };
      });
      parser.punctuation(':');
      const offset = parser.offset();
      const { inputs, results } = parser.functionType();
      if (inputs.length !== pairs.length)
        parser.error(`expected ${pairs.length} operand types, got ${inputs.length}`, offset);
      state.operands.push(
        ...parser.resolveAll(
          pairs.map((p) => p.init),
          inputs,
        ),
      );
      state.resultTypes.push(...results);
      state.regions.push(parser.region(pairs.map((p, i) => ({ operand: p.target, type: inputs[i]! }))));
      parser.keyword('do');
      const after = parser.region([]);
      ensureYield(context, after, state.loc);
      state.regions.push(after);
      parser.optionalAttrDictWithKeyword(state.attributes);
    },
    print(printer, op) {
      if (op.operandCount > 0) {
        printer.text(' (');
        op.operands.forEach((init, i) => {
          if (i > 0) printer.text(', ');
          printer.value(op.region(0).entry.arguments[i]!);
          printer.text(' = ');
          printer.value(init);
        });
        printer.text(')');
      }
      printer.text(' : ');
      printer.functionType(
        op.operands.map((v) => v.type),
        op.resultTypes,
      );
      printer.space();
      printer.region(op.region(0), { entryArguments: false });
      printer.text(' do ');
      printer.region(op.region(1), { terminator: !hasImplicitYield(op.region(1)) });
      printer.attrDictWithKeyword(op);
    },
  },
  verify(op) {
    const before = op.region(0).entry;
    const after = op.region(1).entry;
    if (before.arguments.length !== op.operandCount || before.arguments.some((a, i) => a.type !== op.operand(i).type)) {
      const given = op.operands.map((v) => v.type).join(', ');
      op.emitError(
        'loop.while-before',
        `expects the first region to take (${given}), got (${before.arguments.map((a) => a.type).join(', ')})`,
      );
      return;
    }
    const condition = before.lastOp;
    if (condition === null || condition.name !== 'loop.condition') {
      op.emitError('loop.while-condition', 'expects the first region to end in loop.condition');
      return;
    }
    const passed = condition.operands.slice(1).map((v) => v.type);
    if (passed.length !== op.resultCount || passed.some((t, i) => t !== op.result(i).type)) {
      op.emitError(
        'loop.while-results',
        `expects loop.condition to pass (${op.resultTypes.join(', ')}), got (${passed.join(', ')})`,
      );
      return;
    }
    if (after.arguments.length !== passed.length || after.arguments.some((a, i) => a.type !== passed[i])) {
      op.emitError(
        'loop.while-after',
        `expects the second region to take (${passed.join(', ')}), got (${after.arguments.map((a) => a.type).join(', ')})`,
      );
      return;
    }
    verifyYield(
      op,
      op.region(1),
      op.operands.map((v) => v.type),
      'loop.while-yield',
    );
  },
  patterns: [whileNever, ...whilePatterns],
});
