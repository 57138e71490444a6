import { registerCoreDialects } from '@budflow/dialect-core';
import { Interpreter, interpretPureOp } from '@budflow/interpreter';
import { Context, type Operation, parseModule, verify } from '@budflow/ir';
import { applyPatternsGreedily } from '@budflow/rewrite';
import { expect, test } from 'vitest';
import { registerLoopDialect } from './dialect.js';

function parse(text: string): Operation {
  const context = new Context();
  registerCoreDialects(context);
  registerLoopDialect(context);
  const module = parseModule(text, context);
  if (!module || !verify(module)) throw new Error(text);
  return module;
}

const program = (result: string, extra = '') => `func.func @f(%n: index, %x: i32) -> i32 {
  %r:3 = loop.for %i = 0 to %n iter_args(%a = %x, %b = %x, %d = %x) -> (i32, i32, i32) {
    %s = arith.addi %a, %x : i32
    %t = arith.muli %b, %b : i32
    %u = arith.subi %t, %x : i32
    ${extra}
    loop.yield %s, %u, ${extra === '' ? '%d' : '%e'} : i32, i32, i32
  }
  return ${result} : i32
}`;

function canonical(text: string) {
  const [before, module] = [new Interpreter(parse(text)), parse(text)];
  const { hits } = applyPatternsGreedily(module, [], {
    canonicalize: true,
    defaultFold: interpretPureOp,
    checkChanges: true,
  });
  const after = new Interpreter(module);
  for (const n of [0, 1, 5]) expect(after.call('f', [n, 3])).toEqual(before.call('f', [n, 3]));
  return { text: module.toString(), hits: [...hits.keys()] };
}

test('carried values that are used for nothing but themselves go, with what computes them', () => {
  const { text, hits } = canonical(program('%r#0'));
  expect(hits).toContain('cut-dead-carried-value');
  expect(text).not.toContain('arith.muli');
  expect(text).toMatch(/iter_args\(%\w+ = %\w+\) -> \(i32\)/);
});

test('they stay when their result is read, or another value is made of them', () => {
  expect(canonical(program('%r#1')).text).toContain('arith.muli');
  const other = canonical(program('%r#2', '%e = arith.addi %d, %u : i32'));
  expect(other.text).toContain('arith.muli');
  expect(other.hits).toContain('cut-dead-carried-value');
  expect(other.text).toMatch(/-> \(i32, i32\)/);
});
