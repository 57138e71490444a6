import { affineExprOf, ForOp } from '@budflow/dialect-loop';
import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { IndexSpace, maximalTripCount } from './index-space.js';
import { parseKernel } from './testing/kernel.js';

describe('ranges of index values', () => {
  const space = (body: string): { space: IndexSpace; loops: Operation[]; func: Operation } => {
    const func = parseKernel(
      `func.func @f(%a: memref<?xf32>, %m: index) {\n%n = memory.dim %a, 0 : memref<?xf32>\n${body}\nreturn\n}`,
    );
    const loops: Operation[] = [];
    func.walk((op) => {
      if (ForOp.is(op)) loops.push(op);
    });
    return { space: new IndexSpace(), loops, func };
  };

  test('n - 64 o is positive for o below n ceildiv 64, which plain ranges cannot tell', () => {
    const { space: s, loops } = space(`loop.for %o = 0 to affine_map<()[s0] -> (s0 ceildiv 64)>()[%n] name "o" {
      loop.for %i = 0 to min affine_map<(d0)[s0] -> (64, s0 - d0 * 64)>(%o)[%n] name "i" {}
    }`);
    const [, inner] = loops;
    const upper = (inner!.attr('upperBound') as unknown as { map: { results: { length: number } } }).map;
    expect(upper.results.length).toBe(2);
    expect(maximalTripCount(s, inner!)).toBe(64);
    const [o, n] = [loops[0]!.region(0).entry.arguments[0]!, loops[0]!.operand(0)];
    const left = s.of(n).sub(s.of(o).mul(64));
    expect(s.range(left).min).toBe(-Infinity);
    expect(s.isNotNegative(left)).toBe(true);
    expect(s.isNotNegative(left.sub(1))).toBe(true);
    expect(s.isNotNegative(left.sub(2))).toBe(false);
  });
  test('sizes asked for twice are one value, and are not negative', () => {
    const { space: s, func } = space('%n2 = memory.dim %a, 0 : memref<?xf32>');
    const [a, b] = func.region(0).entry.ops.map((op) => (op.resultCount ? op.result(0) : null));
    expect(s.of(a!)).toBe(s.of(b!));
    expect(s.range(s.of(a!))).toEqual({ min: 0, max: Infinity });
    expect(affineExprOf(a!, [])).not.toBeNull();
  });
  test('quotients and remainders of known ranges go', () => {
    const { space: s, loops } = space(`loop.for %i = 0 to 8 name "i" {
      %q = loop.apply affine_map<(d0, d1) -> ((d1 * 8 + d0) floordiv 8)>(%i, %m)
      %r = loop.apply affine_map<(d0, d1) -> ((d1 * 8 + d0) mod 8)>(%i, %m)
    }`);
    const [q, r] = loops[0]!.region(0).entry.ops;
    const i = s.of(loops[0]!.region(0).entry.arguments[0]!);
    expect(s.of(r!.result(0))).toBe(i);
    expect(s.of(q!.result(0)).kind).toBe('dim');
  });
});
