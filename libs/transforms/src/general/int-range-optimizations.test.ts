import { type IntegerOp, integerBinary } from '@budflow/interpreter';
import { IntegerRange, type Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { kernelContext } from '../testing/kernels.js';
import { intRangeOptimizations, RANGE_RULES } from './int-range-optimizations.js';
import { count, transform } from './testing/functions.js';

const pass = 'int-range-optimizations';

describe('int-range-optimizations', () => {
  test('comparisons of an induction variable with its bounds are decided', () => {
    const done = transform(
      `func.func @main(%a: memref<8xi32>) {
        %c8 = arith.constant 8 : index
        %c16 = arith.constant 16 : index
        %c1 = arith.constant 1 : i32
        loop.for %i = 0 to 8 {
          %in = arith.cmpi slt, %i, %c8 : index
          %j = arith.remui %i, %c16 : index
          loop.if %in {
            memory.store %c1, %a[%j] : memref<8xi32>
          }
        }
        return
      }`,
      pass,
      intRangeOptimizations,
    );
    expect(done.text).toContain('loop.if %true');
    expect(done.text).toContain('memory.store %c1_i32, %arg0[%i]');
    expect(count(done, 'arith.cmpi') + count(done, 'arith.remui')).toBe(0);
    expect(done.statistics).toMatchObject({ 'num-constants': 1, 'num-simplified': 1 });
    expect(done.remarks.map((r) => r.name)).toEqual(['remainder-of-smaller']);
  });

  test('a size is never negative; a mask of the low bits does nothing to a byte', () => {
    const done = transform(
      `func.func @main(%a: memref<?xi32>, %b: i8) -> (i1, i32, index) {
        %c0 = arith.constant 0 : index
        %c255 = arith.constant 255 : i32
        %d = memory.dim %a, 0 : memref<?xi32>
        %neg = arith.cmpi slt, %d, %c0 : index
        %w = arith.extui %b : i8 to i32
        %m = arith.andi %w, %c255 : i32
        %x = arith.maxsi %d, %c0 : index
        return %neg, %m, %x : i1, i32, index
      }`,
      pass,
      intRangeOptimizations,
    );
    expect(done.text).toMatch(/return %false, %\w+, %dim/);
    expect(count(done, 'arith.andi') + count(done, 'arith.maxsi')).toBe(0);
  });

  test('what depends on an unknown value stays', () => {
    const done = transform(
      `func.func @main(%n: index, %x: i32) -> (i1, i32) {
        %c8 = arith.constant 8 : index
        %c7 = arith.constant 7 : i32
        %p = arith.cmpi slt, %n, %c8 : index
        %m = arith.andi %x, %c7 : i32
        return %p, %m : i1, i32
      }`,
      pass,
      intRangeOptimizations,
    );
    expect(done.statistics).toMatchObject({ 'num-constants': 0, 'num-simplified': 0 });
  });

  test.each(RANGE_RULES.map((rule) => [rule.name, rule] as const))('%s holds on all ranges of i3', (_, rule) => {
    const type = kernelContext().integer(3);
    const ranges: IntegerRange[] = [];
    for (let low = 0n; low < 8n; low++)
      for (let high = low; high < 8n; high++)
        ranges.push(IntegerRange.unsigned(3, low, high), IntegerRange.signed(3, low - 4n, high - 4n));
    const inside = (r: IntegerRange) => [-4, -3, -2, -1, 0, 1, 2, 3].filter((v) => r.contains(v));
    let applied = 0;
    for (const name of rule.ops) {
      const f = integerBinary(name.slice(6) as IntegerOp, type) as (a: number, b: number) => number;
      const op = { name } as Operation;
      for (const a of ranges)
        for (const b of ranges) {
          const chosen = rule.replacement(op, a, b);
          if (chosen === null) continue;
          applied++;
          for (const x of inside(a)) for (const y of inside(b)) expect(f(x, y)).toBe([x, y][chosen]);
        }
    }
    expect(applied).toBeGreaterThan(0);
  });
});
