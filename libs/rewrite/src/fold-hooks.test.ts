import {
  AnyType,
  ConstantLike,
  Context,
  defineDialect,
  defineOp,
  type FoldFunction,
  Pure,
  parseModule,
} from '@budflow/ir';
import { expect, it } from 'vitest';
import { applyPatternsGreedily } from './greedy.js';

/** How often the fold of an op and the default fold are asked, on `op(%x)` and on `op(constant)`, which traps. */
function asked(marks: Pick<FoldFunction, 'constantsOnly' | 'evaluates'>): { fold: number; interpret: number } {
  const times = { fold: 0, interpret: 0 };
  const fold = Object.assign(() => {
    times.fold++;
    return null;
  }, marks);
  const op = defineOp({
    name: 't.op',
    summary: 'An op.',
    operands: { x: AnyType },
    results: { r: AnyType },
    traits: [Pure],
    fold,
  });
  const constant = defineOp({
    name: 't.constant',
    summary: 'A constant.',
    results: { r: AnyType },
    traits: [Pure, ConstantLike],
  });
  const context = new Context();
  context.registerDialect(defineDialect({ name: 't', summary: 'Test.', ops: [op, constant] }));
  context.allowUnregistered = true;
  const module = parseModule(
    `%x = "x.source"() : () -> i32
%c = "t.constant"() {value = 1 : i32} : () -> i32
%a = "t.op"(%x) : (i32) -> i32
%b = "t.op"(%c) : (i32) -> i32
"x.use"(%a, %b) : (i32, i32) -> ()`,
    context,
  )!;
  applyPatternsGreedily(module, [], {
    defaultFold: () => {
      times.interpret++;
      return null;
    },
  });
  return times;
}

it('a fold is asked of every op, and interpretation when it gives nothing on constants', () => {
  expect(asked({})).toEqual({ fold: 2, interpret: 1 });
});

it('a fold that needs constants is not asked before there are', () => {
  expect(asked({ constantsOnly: true })).toEqual({ fold: 1, interpret: 1 });
});

it('a fold that evaluates is not followed by interpretation', () => {
  expect(asked({ evaluates: true })).toEqual({ fold: 2, interpret: 0 });
});
