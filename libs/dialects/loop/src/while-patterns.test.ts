import { registerCoreDialects } from '@budflow/dialect-core';
import { Interpreter } from '@budflow/interpreter';
import { Context, type Operation, parseModule, verify } from '@budflow/ir';
import { applyPatternsGreedily } from '@budflow/rewrite';
import { describe, expect, test } from 'vitest';
import { registerLoopDialect } from './dialect.js';

function parse(text: string): Operation {
  const context = new Context();
  registerCoreDialects(context);
  registerLoopDialect(context);
  const module = parseModule(text, context);
  if (!module || !verify(module)) throw new Error(text);
  return module;
}

/** Canonicalizes a function of two numbers and compares what it computes. */
function canonical(body: string, results = 'i32'): { text: string; hits: string[] } {
  const text = `func.func @f(%x: i32, %y: i32) -> (${results}) {
  %one = arith.constant 1 : i32
${body}
}`;
  const module = parse(text);
  const { hits } = applyPatternsGreedily(module, [], { canonicalize: true, checkChanges: true });
  expect(verify(module)).toBe(true);
  const [before, after] = [new Interpreter(parse(text)), new Interpreter(module)];
  for (const x of [-2, 0, 5]) expect(after.call('f', [x, 40])).toEqual(before.call('f', [x, 40]));
  return { text: module.toString(), hits: [...hits.keys()] };
}

describe('values that loop.while carries', () => {
  test('those that stay are read from outside, wherever they are passed on', () => {
    const { text, hits } = canonical(
      `  %r:4 = loop.while (%a = %x, %l = %y, %k = %one) : (i32, i32, i32) -> (i32, i32, i32, i32) {
    %go = arith.cmpi slt, %a, %l : i32
    loop.condition(%go) %l, %a, %k, %l : i32, i32, i32, i32
  } do {
  ^bb0(%m: i32, %b: i32, %s: i32, %n: i32):
    %t = arith.addi %b, %s : i32
    %u = arith.maxsi %t, %n : i32
    %v = arith.minsi %t, %u : i32
    loop.yield %v, %m, %s : i32, i32, i32
  }
  %q = arith.addi %r#0, %r#1 : i32
  return %q, %r#3 : i32, i32`,
      'i32, i32',
    );
    expect(hits).toContain('drop-value-that-stays');
    expect(text).toMatch(/loop\.while \(%\w+ = %\w+\) : \(i32\) -> i32/);
  });

  test('one that is set to its first value again stays, too; one that changes does not', () => {
    const { text } = canonical(`  %r:2 = loop.while (%a = %x, %b = %y) : (i32, i32) -> (i32, i32) {
    %go = arith.cmpi slt, %a, %b : i32
    loop.condition(%go) %a, %b : i32, i32
  } do {
  ^bb0(%c: i32, %d: i32):
    %t = arith.addi %c, %one : i32
    loop.yield %t, %y : i32, i32
  }
  return %r#0 : i32`);
    expect(text).toMatch(/loop\.while \(%\w+ = %\w+\) : \(i32\) -> i32/);
    const swapped = canonical(`  %r:2 = loop.while (%a = %x, %b = %y) : (i32, i32) -> (i32, i32) {
    %go = arith.cmpi slt, %a, %b : i32
    loop.condition(%go) %a, %b : i32, i32
  } do {
  ^bb0(%c: i32, %d: i32):
    loop.yield %d, %c : i32, i32
  }
  return %r#0 : i32`);
    expect(swapped.hits).not.toContain('drop-value-that-stays');
  });
});
