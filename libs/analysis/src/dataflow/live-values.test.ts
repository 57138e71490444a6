import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { parseProgram } from '../testing/random-functions.js';
import { liveValues } from './live-values.js';

/** Marks (`{mark = "x"}`) of ops whose first result matters. */
function liveMarks(text: string): string[] {
  const module = parseProgram(text);
  const live = liveValues(module);
  const marks: string[] = [];
  module.walk((op: Operation) => {
    const mark = op.attr('mark');
    if (mark && live.isLive(op.result(0))) marks.push(String(mark).replaceAll('"', ''));
  });
  return marks.sort();
}

describe('LiveValues', () => {
  test('results of visible functions, stored values and addresses matter; the rest does not', () => {
    expect(
      liveMarks(`func.func @main(%m: memref<4xi32>, %x: i32) -> i32 {
        %i = arith.constant {mark = "address"} 1 : index
        %s = arith.addi %x, %x {mark = "stored"} : i32
        %r = arith.muli %x, %x {mark = "returned"} : i32
        %d = arith.subi %x, %x {mark = "dead"} : i32
        %e = arith.addi %d, %x {mark = "dead too"} : i32
        memory.store %s, %m[%i] : memref<4xi32>
        return %r : i32
      }`),
    ).toEqual(['address', 'returned', 'stored']);
  });

  test('carried values that only feed themselves do not matter; loop bounds do when the loop does', () => {
    expect(
      liveMarks(`func.func @main(%x: i32) -> i32 {
        %n = arith.constant {mark = "bound"} 5 : index
        %m = arith.constant {mark = "bound of nothing"} 5 : index
        %r:2 = loop.for %i = 0 to %n iter_args(%a = %x, %b = %x) -> (i32, i32) {
          %c = arith.muli %b, %a {mark = "dead"} : i32
          %d = arith.addi %a, %x {mark = "carried"} : i32
          loop.yield %d, %c : i32, i32
        }
        %s = loop.for %i = 0 to %m iter_args(%a = %x) -> (i32) {
          %d = arith.addi %a, %x {mark = "dead"} : i32
          loop.yield %d : i32
        }
        return %r#0 : i32
      }`),
    ).toEqual(['bound', 'carried']);
  });

  test('conditions matter when their branches do', () => {
    expect(
      liveMarks(`func.func @main(%x: i32, %m: memref<i32>) {
        %p = arith.cmpi slt, %x, %x {mark = "of effects"} : i32
        loop.if %p {
          memory.store %x, %m[] : memref<i32>
        }
        %q = arith.cmpi sgt, %x, %x {mark = "of nothing"} : i32
        %r = loop.if %q -> (i32) {
          loop.yield %x : i32
        } else {
          %y = arith.addi %x, %x {mark = "dead"} : i32
          loop.yield %y : i32
        }
        %s = arith.cmpi ne, %x, %x {mark = "of a branch"} : i32
        cf.cond_br %s, ^a, ^b
      ^a:
        return
      ^b:
        cf.br ^a
      }`),
    ).toEqual(['of a branch', 'of effects']);
  });

  test('through calls of private functions; unknown ops need everything', () => {
    const text = (result: string) => `func.func @main(%x: i32) -> i32 {
        %a = arith.addi %x, %x {mark = "first"} : i32
        %b = arith.muli %x, %x {mark = "second"} : i32
        %r:2 = call @f(%a, %b) : (i32, i32) -> (i32, i32)
        return ${result} : i32
      }
      func.func private @f(%p: i32, %q: i32) -> (i32, i32) {
        %s = arith.subi %p, %p {mark = "of first"} : i32
        %t = arith.subi %q, %q {mark = "of second"} : i32
        return %s, %t : i32, i32
      }`;
    expect(liveMarks(text('%r#0'))).toEqual(['first', 'of first']);
    expect(liveMarks(text('%r#1'))).toEqual(['of second', 'second']);
    expect(
      liveMarks(`func.func private @unknown(i32) -> i32
      func.func @main(%x: i32) {
        %a = arith.addi %x, %x {mark = "passed"} : i32
        %r = call @unknown(%a) : (i32) -> i32
        return
      }`),
    ).toEqual(['passed']);
  });
});
