import { Interpreter } from '@budflow/interpreter';
import { CallSiteLoc } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { runMain } from '../testing/programs.js';
import { inline } from './inline.js';
import { count, transform } from './testing/functions.js';

describe('inline', () => {
  test('array programs: the callee disappears into its caller, callees first', () => {
    const text = `func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
        %0 = call @twice(%x) : (tensor<4xf32>) -> tensor<4xf32>
        %1 = call @quad(%0) : (tensor<4xf32>) -> tensor<4xf32>
        return %1 : tensor<4xf32>
      }
      func.func private @quad(%x: tensor<4xf32>) -> tensor<4xf32> {
        %0 = call @twice(%x) : (tensor<4xf32>) -> tensor<4xf32>
        %1 = call @twice(%0) : (tensor<4xf32>) -> tensor<4xf32>
        return %1 : tensor<4xf32>
      }
      func.func private @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
        %0 = array.add %x, %x : tensor<4xf32>
        return %0 : tensor<4xf32>
      }`;
    const done = transform(text, 'inline', inline);
    expect(count(done, 'call @')).toBe(0);
    expect(count(done, 'func.func')).toBe(1);
    expect(count(done, 'array.add')).toBe(3);
    expect(done.statistics).toMatchObject({ 'num-inlined': 4, 'num-callees-erased': 2 });
    expect(runMain(done.module)).toEqual(runMain(parse(text)));
  });

  const BRANCHES = `func.func private @abs(%x: i32) -> i32 {
        %c0 = arith.constant 0 : i32
        %n = arith.cmpi slt, %x, %c0 : i32
        cf.cond_br %n, ^neg, ^pos(%x : i32)
      ^neg:
        %m = arith.subi %c0, %x : i32
        return %m : i32
      ^pos(%p: i32):
        return %p : i32
      }`;

  test('a callee of several blocks cuts the block of the call in two', () => {
    const done = transform(
      `func.func @main(%x: i32, %y: i32) -> i32 {
        %a = call @abs(%x) : (i32) -> i32
        %b = call @abs(%y) : (i32) -> i32
        %r = arith.addi %a, %b : i32
        return %r : i32
      }
      ${BRANCHES}`,
      'inline',
      inline,
    );
    expect(count(done, 'call @')).toBe(0);
    for (const [x, y] of [
      [3, -4],
      [-5, -6],
      [0, 7],
    ] as const)
      expect(new Interpreter(done.module).call('main', [x, y])).toEqual([Math.abs(x) + Math.abs(y)]);
    // The copies say where they come from.
    let located = 0;
    done.module.walk((op) => {
      if (op.location instanceof CallSiteLoc) located++;
    });
    expect(located).toBeGreaterThan(4);
  });

  const reasons = (text: string, pipeline = 'inline') => {
    const done = transform(text, pipeline, inline);
    return { done, missed: done.remarks.filter((r) => r.kind === 'missed').map((r) => r.name) };
  };

  test('what cannot be inlined stays, with the reason', () => {
    const { missed, done } = reasons(`func.func @main(%x: i32, %n: index) -> i32 {
        %a = loop.for %i = 0 to %n iter_args(%s = %x) -> (i32) {
          %t = func.call @abs(%s) : (i32) -> i32
          loop.yield %t : i32
        }
        %b = call @declared(%a) : (i32) -> i32
        %c = call @loops(%b) : (i32) -> i32
        %d = call @marked(%c) : (i32) -> i32
        %e = call @ping(%d) : (i32) -> i32
        return %e : i32
      }
      func.func private @declared(i32) -> i32
      func.func private @loops(%x: i32) -> i32 {
        %r = call @loops(%x) : (i32) -> i32
        return %r : i32
      }
      func.func private @ping(%x: i32) -> i32 {
        %r = call @pong(%x) : (i32) -> i32
        return %r : i32
      }
      func.func private @pong(%x: i32) -> i32 {
        %r = call @ping(%x) : (i32) -> i32
        return %r : i32
      }
      func.func private @marked(%x: i32) -> i32 attributes {no_inline} {
        return %x : i32
      }
      ${BRANCHES}`);
    expect([...new Set(missed)].sort()).toEqual(['no-body', 'no-inline', 'recursive', 'single-block']);
    expect(count(done, 'call @marked')).toBe(1);
    expect(done.remarks.find((r) => r.name === 'single-block')?.message).toBe(
      "@abs is not inlined: a callee of 3 blocks does not fit into 'loop.for', which has one block",
    );
  });

  test('limits on the size of callee and caller hold; the only call of a private callee is always replaced', () => {
    const text = (calls: number) => `func.func @main(%x: i32) -> i32 {
        ${Array.from({ length: calls }, (_, i) => `%r${i} = call @f(%x) : (i32) -> i32`).join('\n')}
        return %r0 : i32
      }
      func.func private @f(%x: i32) -> i32 {
        %a = arith.addi %x, %x : i32
        %b = arith.muli %a, %x : i32
        return %b : i32
      }`;
    expect(reasons(text(2), 'inline{max-callee-ops=3}').missed).toEqual(['callee-too-large', 'callee-too-large']);
    expect(reasons(text(1), 'inline{max-callee-ops=3}').missed).toEqual([]);
    expect(reasons(text(3), 'inline{max-caller-ops=11}').missed).toEqual(['caller-too-large', 'caller-too-large']);
  });

  test('visible callees stay, and private ones on request', () => {
    const text = `func.func @main(%x: i32) -> i32 {
        %a = call @f(%x) : (i32) -> i32
        %b = call @g(%a) : (i32) -> i32
        return %b : i32
      }
      func.func @f(%x: i32) -> i32 {
        return %x : i32
      }
      func.func private @g(%x: i32) -> i32 {
        return %x : i32
      }`;
    expect(count(transform(text, 'inline', inline), 'func.func')).toBe(2);
    expect(count(transform(text, 'inline{keep-callees=true}', inline), 'func.func')).toBe(3);
  });

  test('the body of an only call moves, and a long chain of them takes time for its own length', () => {
    const length = 4000;
    const step = (i: number) => `func.func private @f${i}(%x: i32) -> i32 {
        %a = arith.addi %x, %x : i32
        ${i === 0 ? 'return %a : i32' : `%b = call @f${i - 1}(%a) : (i32) -> i32\n        return %b : i32`}
      }`;
    const main = `func.func @main(%x: i32) -> i32 {
        %a = call @f${length - 1}(%x) : (i32) -> i32
        return %a : i32
      }`;
    const done = transform([...Array.from({ length }, (_, i) => step(i)), main].join('\n'), 'inline', inline);
    expect(done.statistics).toMatchObject({ 'num-inlined': length, 'num-callees-erased': length });
    expect(count(done, 'arith.addi')).toBe(length);
    // Copied on the way up, the innermost would have the places of its calls the other way round: one list for each op.
    const innermost = done.module.region(0).entry.lastOp!.region(0).entry.terminator.operand(0).definingOp!;
    const place = innermost.location as CallSiteLoc;
    expect(place.callee).not.toBeInstanceOf(CallSiteLoc);
    expect(place.caller).toBeInstanceOf(CallSiteLoc);
  });

  test('what is called once inside of what is called twice is in both copies', () => {
    const text = `func.func @main(%x: i32) -> i32 {
        %a = call @f(%x) : (i32) -> i32
        %b = call @f(%a) : (i32) -> i32
        return %b : i32
      }
      func.func private @f(%x: i32) -> i32 {
        %a = call @g(%x) : (i32) -> i32
        return %a : i32
      }
      func.func private @g(%x: i32) -> i32 {
        %a = arith.muli %x, %x : i32
        return %a : i32
      }`;
    const done = transform(text, 'inline', inline);
    expect(count(done, 'arith.muli')).toBe(2);
    expect(count(done, 'call @')).toBe(0);
    expect(count(done, 'func.func')).toBe(1);
    expect(new Interpreter(done.module).call('main', [3])).toEqual(new Interpreter(parse(text)).call('main', [3]));
  });
});
