import { describe, expect, test } from 'vitest';
import { sccp } from './sccp.js';
import { count, transform } from './testing/functions.js';

describe('sccp', () => {
  test('a branch that is never taken does not count', () => {
    const done = transform(
      `func.func @main() -> i32 {
        %t = arith.constant true
        %c1 = arith.constant 1 : i32
        %c2 = arith.constant 2 : i32
        cf.cond_br %t, ^a(%c1 : i32), ^b(%c2 : i32)
      ^a(%x: i32):
        %y = arith.addi %x, %x : i32
        cf.br ^c(%y : i32)
      ^b(%z: i32):
        %w = arith.muli %z, %z : i32
        cf.br ^c(%w : i32)
      ^c(%r: i32):
        return %r : i32
      }`,
      'sccp',
      sccp,
    );
    expect(done.text).toContain('return %c2_i32');
    expect(done.statistics).toMatchObject({ 'num-replaced': 3, 'num-erased': 1 });
    // Dead code is left as it is.
    expect(done.text).toContain('arith.muli');
  });

  test('a value that a loop keeps is constant in and after it', () => {
    const done = transform(
      `func.func @main(%n: index) -> (i32, i32) {
        %c5 = arith.constant 5 : i32
        %c0 = arith.constant 0 : i32
        %r:2 = loop.for %i = 0 to %n iter_args(%a = %c5, %b = %c5) -> (i32, i32) {
          %s = arith.addi %a, %c0 : i32
          %u = arith.addi %b, %s : i32
          loop.yield %s, %u : i32, i32
        }
        return %r#0, %r#1 : i32, i32
      }`,
      'sccp',
      sccp,
    );
    expect(done.text).toMatch(/return %c5_i32\w*, %\w+#1/);
    expect(done.text).toMatch(/arith.addi %\w+, %c5_i32/);
  });

  test('constants go into private functions that are always called with them, and come back', () => {
    const done = transform(
      `func.func @main() -> i32 {
        %c3 = arith.constant 3 : i32
        %r = call @f(%c3) : (i32) -> i32
        %s = call @f(%c3) : (i32) -> i32
        %t = arith.addi %r, %s : i32
        return %t : i32
      }
      func.func private @f(%x: i32) -> i32 {
        %y = arith.muli %x, %x : i32
        return %y : i32
      }
      func.func @public(%x: i32) -> i32 {
        %y = arith.muli %x, %x : i32
        return %y : i32
      }`,
      'sccp',
      sccp,
    );
    expect(done.text).toContain('return %c18_i32');
    expect(done.text).toContain('return %c9_i32');
    expect(count(done, 'arith.muli')).toBe(1);
  });

  test('functions whose address is taken, and recursion without an end, are looked at with care', () => {
    const done = transform(
      `func.func @main(%x: i32) -> (i32, (i32) -> i32) {
        %c3 = arith.constant 3 : i32
        %r = call @f(%c3) : (i32) -> i32
        %f = constant @f : (i32) -> i32
        return %r, %f : i32, (i32) -> i32
      }
      func.func private @f(%x: i32) -> i32 {
        return %x : i32
      }
      func.func private @forever(%x: i32) -> i32 {
        %r = call @forever(%x) : (i32) -> i32
        return %r : i32
      }`,
      'sccp',
      sccp,
    );
    expect(done.statistics['num-replaced']).toBe(0);
  });

  test('ops of unknown dialects vary; their regions run', () => {
    const done = transform(
      `func.func @main(%b: i1) -> i32 {
        %c3 = arith.constant 3 : i32
        %r = "foreign.op"(%c3) ({
          %s = arith.addi %c3, %c3 : i32
          "foreign.yield"(%s) : (i32) -> ()
        }) : (i32) -> i32
        return %r : i32
      }`,
      'sccp',
      sccp,
    );
    expect(done.text).toContain('"foreign.yield"(%c6_i32)');
    expect(done.text).toMatch(/return %0/);
  });
});
