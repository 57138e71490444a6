// loop.if, loop.while, loop.condition.
import { LoopLike } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { WhileOp } from './branch-ops.js';
import { buffer, canonicalBody, errorsOf, parse, roundTrips, run } from './testing/harness.js';

const choose = (condition: string, then: string, otherwise: string) => `func.func @f(%c: i1, %x: f32, %y: f32) -> f32 {
  %true = arith.constant true
  %false = arith.constant false
  %r = loop.if ${condition} -> (f32) {
    loop.yield ${then} : f32
  } else {
    loop.yield ${otherwise} : f32
  }
  return %r : f32
}`;

const COUNT = `func.func @f(%n: i32, %go: i1) -> i32 {
  %one = arith.constant 1 : i32
  %zero = arith.constant 0 : i32
  %r:2 = loop.while (%v = %n, %k = %zero) : (i32, i32) -> (i32, i32) {
    %more = arith.cmpi sgt, %v, %one : i32
    loop.condition(%more) %v, %k : i32, i32
  } do {
  ^bb0(%v: i32, %k: i32):
    %half = arith.shrsi %v, %one : i32
    %next = arith.addi %k, %one : i32
    loop.yield %half, %next : i32, i32
  }
  return %r#1 : i32
}`;

describe('loop.if', () => {
  test('runs one of its regions', () => {
    expect(run(choose('%c', '%x', '%y'), 'f', () => [1, 2, 3])).toEqual([2]);
    expect(run(choose('%c', '%x', '%y'), 'f', () => [0, 2, 3])).toEqual([3]);
  });

  test('without an else does nothing when the condition is false', () => {
    const text = `func.func @f(%c: i1, %m: memref<2xf32>, %x: f32) -> f32 {
  %i = arith.constant 0 : index
  loop.if %c {
    memory.store %x, %m[%i] : memref<2xf32>
  }
  %r = memory.load %m[%i] : memref<2xf32>
  return %r : f32
}`;
    expect(run(text, 'f', (c) => [0, buffer(c, [2], [5, 6]), 9])).toEqual([5]);
    expect(run(text, 'f', (c) => [1, buffer(c, [2], [5, 6]), 9])).toEqual([9]);
  });

  test('of a constant is the region taken', () => {
    expect(canonicalBody(choose('%true', '%x', '%y').replace('return %r', 'return %r'))).toEqual([]);
    const effects = (c: string) =>
      canonicalBody(`func.func @f(%m: memref<2xf32>, %x: f32, %i: index) {
  %c = arith.constant ${c}
  loop.if %c {
    memory.store %x, %m[%i] : memref<2xf32>
  }
  return
}`);
    expect(effects('true')).toEqual(['memory.store %arg1, %arg0[%arg2] : memref<2xf32>']);
    expect(effects('false')).toEqual([]);
  });

  test('of equal values is that value, and results nobody reads are dropped', () => {
    expect(canonicalBody(choose('%c', '%x', '%x'))).toEqual([]);
    expect(
      canonicalBody(`func.func @f(%c: i1, %x: f32, %y: f32) -> f32 {
  %r:2 = loop.if %c -> (f32, f32) {
    %a = arith.addf %x, %x : f32
    %d = arith.subf %x, %y : f32
    loop.yield %a, %d : f32, f32
  } else {
    %b = arith.mulf %y, %y : f32
    loop.yield %b, %y : f32, f32
  }
  return %r#1 : f32
}`),
    ).toEqual([
      '%0 = loop.if %arg0 -> (f32) {',
      '%1 = arith.subf %arg1, %arg2 : f32',
      'loop.yield %1 : f32',
      '} else {',
      'loop.yield %arg2 : f32',
      '}',
    ]);
  });

  test('with nothing in its else has none', () => {
    expect(
      canonicalBody(`func.func @f(%c: i1, %m: memref<2xf32>, %x: f32, %i: index) {
  loop.if %c {
    memory.store %x, %m[%i] : memref<2xf32>
  } else {
    %y = arith.addf %x, %x : f32
  }
  return
}`),
    ).toEqual(['loop.if %arg0 {', 'memory.store %arg2, %arg1[%arg3] : memref<2xf32>', '}']);
  });

  test.each([
    [
      'loop.if %c -> (f32) {\n  loop.yield %x : f32\n }',
      'loop.if-else',
      "expects an else region because it has results: add 'else { loop.yield ... }'",
    ],
    [
      'loop.if %c -> (f32) {\n  loop.yield %x : f32\n } else {\n }',
      'loop.if-yield',
      'expects loop.yield to pass 1 values, got 0',
    ],
    [
      '"loop.if"(%c) ({\n ^bb0(%a: i32):\n  loop.yield\n }, {\n }) : (i1) -> ()',
      'loop.if-arguments',
      'expects regions without arguments, got 1',
    ],
  ])('reports %s', (op, id, message) => {
    const errors = errorsOf(
      `func.func @f(%c: i1, %x: f32) {\n  ${op.startsWith('"') ? '' : op.includes('->') ? '%r = ' : ''}${op}\n  return\n}`,
    ).join('\n');
    expect(errors).toContain(id);
    expect(errors).toContain(message);
  });
});

describe('loop.while', () => {
  test('runs while its condition holds', () => {
    expect(run(COUNT, 'f', () => [1000, 0])).toEqual([9]);
    expect(run(COUNT, 'f', () => [1, 0])).toEqual([0]);
  });

  test('whose condition is constant false is its first region', () => {
    const text = `func.func @f(%n: i32) -> i32 {
  %false = arith.constant false
  %r = loop.while (%v = %n) : (i32) -> i32 {
    %w = arith.addi %v, %v : i32
    loop.condition(%false) %w : i32
  } do {
  ^bb0(%v: i32):
    loop.yield %v : i32
  }
  return %r : i32
}`;
    expect(canonicalBody(text)).toEqual(['%0 = arith.addi %arg0, %arg0 : i32']);
    expect(run(text, 'f', () => [21])).toEqual([42]);
  });

  test('without values prints without parentheses', () => {
    expect(
      roundTrips(
        'func.func @f(%c: i1) {\n  loop.while : () -> () {\n    loop.condition(%c)\n  } do {\n  }\n  return\n}',
      ),
    ).toContain('loop.while : () -> () {');
  });

  test('is a loop without induction variable', () => {
    parse(COUNT).walk((op) => {
      if (!WhileOp.is(op)) return;
      const like = LoopLike.of(op)!;
      expect(like.inductionVariables(op)).toEqual([]);
      expect(like.body(op)).toBe(op.region(1));
      expect(like.isDefinedOutside(op, op.operand(0))).toBe(true);
      expect(like.isDefinedOutside(op, op.region(0).entry.firstOp!.result(0))).toBe(false);
    });
  });

  test.each([
    ['(%v = %n, %k = %zero) : (i32, i32)', '(%v = %n, %k = %zero) : (i32)', 'expected 2 operand types, got 1'],
    [
      'loop.condition(%more) %v, %k : i32, i32',
      'loop.condition(%more) %v : i32',
      'expects loop.condition to pass (i32, i32), got (i32)',
    ],
    [
      '^bb0(%v: i32, %k: i32):',
      '^bb0(%v: i32, %k: i32, %l: i32):',
      'expects the second region to take (i32, i32), got (i32, i32, i32)',
    ],
    ['loop.yield %half, %next : i32, i32', 'loop.yield %half : i32', 'expects loop.yield to pass 2 values, got 1'],
    [
      'loop.condition(%more) %v, %k : i32, i32',
      'loop.yield %v, %k : i32, i32',
      'expects the first region to end in loop.condition',
    ],
  ])('reports %s written as %s', (from, to, message) => {
    expect(COUNT).toContain(from);
    expect(errorsOf(COUNT.replace(from, to)).join('\n')).toContain(message);
  });

  test('reports arguments of the first region that do not fit', () => {
    expect(
      errorsOf(
        'func.func @f(%n: i32, %c: i1) {\n  "loop.while"(%n) ({\n    loop.condition(%c)\n  }, {\n    loop.yield %n : i32\n  }) : (i32) -> ()\n  return\n}',
      ).join('\n'),
    ).toContain('expects the first region to take (i32), got ()');
  });

  test('reports a condition at the wrong place', () => {
    expect(
      errorsOf('func.func @f(%c: i1) {\n  loop.if %c {\n    loop.condition(%c)\n  }\n  return\n}').join('\n'),
    ).toContain('must end the first region of loop.while');
  });
});
