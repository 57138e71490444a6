import { describe, expect, test } from 'vitest';
import { overlapOf } from './accesses.js';
import { parseKernel } from './testing/kernel.js';

describe('buffers', () => {
  test('arguments and allocations are apart, unless marked in place', () => {
    const text = (attrs: string) => `func.func @f(%a: memref<8xf32>, %b: memref<8xf32>${attrs}, %c: memref<4xf32>) {
      %t = memory.alloca() : memref<8xf32>
      return
    }`;
    const overlaps = (attrs: string) => {
      const func = parseKernel(text(attrs));
      const [a, b, c] = func.region(0).entry.arguments;
      const t = func.region(0).entry.firstOp!.result(0);
      return [overlapOf(func, a!, b!), overlapOf(func, b!, c!), overlapOf(func, a!, t), overlapOf(func, a!, a!)].join(
        ' ',
      );
    };
    expect(overlaps('')).toBe('none none none same');
    expect(overlaps(' {rt.in_place = 0 : i64}')).toBe('same none none same');
    expect(overlaps(' {rt.in_place = 2 : i64}')).toBe('none unknown none same');
    expect(overlaps(' {rt.in_place}')).toBe('unknown unknown none same');
  });
});
