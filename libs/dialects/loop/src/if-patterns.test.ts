import { registerCoreDialects } from '@budflow/dialect-core';
import { Interpreter, interpretPureOp } from '@budflow/interpreter';
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

/** Canonicalizes a function of (i1, i32, i32) -> i32 and compares what it computes. */
function canonical(body: string) {
  const text = `func.func @f(%c: i1, %x: i32, %y: i32) -> i32 {\n${body}\n}`;
  const [before, module] = [new Interpreter(parse(text)), parse(text)];
  const { hits } = applyPatternsGreedily(module, [], {
    canonicalize: true,
    defaultFold: interpretPureOp,
    checkChanges: true,
  });
  expect(verify(module)).toBe(true);
  const after = new Interpreter(module);
  for (const c of [0, 1])
    for (const x of [-3, 0, 4]) expect(after.call('f', [c, x, 9])).toEqual(before.call('f', [c, x, 9]));
  return { text: module.toString(), hits: [...hits.keys()] };
}

describe('loop.if', () => {
  test('knows its condition in its branches', () => {
    const { text, hits } = canonical(`%r = loop.if %c -> (i32) {
        %s = arith.select %c, %x, %y : i32
        %t = arith.addi %s, %y : i32
        loop.yield %t : i32
      } else {
        %e = arith.extui %c : i1 to i32
        %u = arith.muli %e, %x : i32
        %v = loop.if %c -> (i32) {
          loop.yield %x : i32
        } else {
          %w = arith.subi %u, %y : i32
          loop.yield %w : i32
        }
        loop.yield %v : i32
      }
      return %r : i32`);
    expect(hits).toContain('condition-known-in-branch');
    expect(text.match(/loop\.if/g)).toHaveLength(1);
    expect(text).not.toContain('arith.select');
  });

  test('that only chooses between values from outside is a select', () => {
    const { text, hits } = canonical(`%z = arith.muli %x, %y : i32
      %r:2 = loop.if %c -> (i32, i32) {
        loop.yield %z, %x : i32, i32
      } else {
        %n = arith.subi %x, %y : i32
        loop.yield %y, %n : i32, i32
      }
      %s = arith.addi %r#0, %r#1 : i32
      return %s : i32`);
    expect(hits).toContain('if-of-outer-values-is-select');
    expect(text).toContain('arith.select %arg0, %0, %arg2');
    expect(text).toMatch(/loop\.if %arg0 -> \(i32\)/);
    expect(
      canonical(`%r = loop.if %c -> (i32) {
        loop.yield %x : i32
      } else {
        loop.yield %y : i32
      }
      return %r : i32`).text,
    ).not.toContain('loop.if');
  });
});
