import { describe, expect, test } from 'vitest';
import { canonicalize } from './canonicalize.js';
import { removeDeadValues } from './remove-dead-values.js';
import { count, transform } from './testing/functions.js';

describe('remove-dead-values', () => {
  test('a carried value that only feeds itself goes, with what computes it', () => {
    const done = transform(
      `func.func @main(%n: index, %x: i32) -> i32 {
        %r:2 = loop.for %i = 0 to %n iter_args(%a = %x, %b = %x) -> (i32, i32) {
          %c = arith.muli %b, %a : i32
          %d = arith.addi %a, %x : i32
          loop.yield %d, %c : i32, i32
        }
        %unused = arith.subi %r#1, %x : i32
        return %r#0 : i32
      }`,
      'remove-dead-values,canonicalize',
      removeDeadValues,
      canonicalize,
    );
    expect(done.text).toContain('iter_args(%arg2 = %arg1) -> (i32)');
    expect(count(done, 'arith.muli')).toBe(0);
    expect(done.statistics).toMatchObject({ 'num-carried': 1 });
  });

  test('arguments and results of private functions that do not matter are dropped, through recursion too', () => {
    const done = transform(
      `func.func @main(%x: i32, %y: i32, %c: i1) -> i32 {
        %r:2 = call @f(%x, %y, %c) : (i32, i32, i1) -> (i32, i32)
        return %r#0 : i32
      }
      func.func private @f(%x: i32, %y: i32 {t.note = 1 : i32}, %c: i1) -> (i32 {t.kept}, i32) {
        cf.cond_br %c, ^again, ^done
      ^again:
        %f = arith.constant false
        %r:2 = call @f(%x, %y, %f) : (i32, i32, i1) -> (i32, i32)
        return %r#0, %y : i32, i32
      ^done:
        %z = arith.muli %y, %y : i32
        return %x, %z : i32, i32
      }`,
      'remove-dead-values',
      removeDeadValues,
    );
    expect(done.text).toContain('func.func private @f(%arg0: i32, %arg1: i1) -> (i32 {t.kept})');
    expect(count(done, 'arith.muli')).toBe(0);
    expect(done.statistics).toMatchObject({ 'num-arguments': 1, 'num-results': 1 });
  });

  test('visible functions, functions with other users and effects stay', () => {
    const text = `func.func @main(%x: i32, %m: memref<i32>) -> ((i32) -> i32) {
        %f = constant @g : (i32) -> i32
        %r = call @g(%x) : (i32) -> i32
        %s = call @h(%x, %m) : (i32, memref<i32>) -> i32
        return %f : (i32) -> i32
      }
      func.func private @g(%x: i32) -> i32 {
        %c = arith.constant 1 : i32
        return %c : i32
      }
      func.func @h(%x: i32, %m: memref<i32>) -> i32 {
        memory.store %x, %m[] : memref<i32>
        return %x : i32
      }`;
    const done = transform(text, 'remove-dead-values', removeDeadValues);
    expect(done.statistics).toMatchObject({ 'num-arguments': 0, 'num-results': 0, 'num-erased': 0 });
    expect(count(done, 'memory.store')).toBe(1);
  });
});
