import { affineExprOf, ForOp } from '@budflow/dialect-loop';
import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { collectAccesses, overlapOf } from './accesses.js';
import { carriedDependence, DependenceAnalysis } from './dependence.js';
import { IndexSpace, maximalTripCount } from './index-space.js';
import { findLoop } from './loop-tree.js';
import { functionOf, parseKernel } from './testing/kernel.js';

/** Distances of the read and the write of %a in loops "x.d0" (0 to 10) and "x.d1" (0 to `inner`). */
function distances(read: string, write: string, inner = '0 to 6', dims = 2): string {
  const maps = (text: string, name: string) =>
    text
      .split(';')
      .map((e, k) => `%${name}${k} = loop.apply affine_map<(d0, d1)[s0] -> (${e})>(%i, %j)[%n]`)
      .join('\n');
  const indices = (name: string) => Array.from({ length: dims }, (_, k) => `%${name}${k}`).join(', ');
  const type = `memref<${'?x'.repeat(dims)}f32>`;
  const func = functionOf(
    parseKernel(`func.func @f(%a: ${type}, %n: index) {
      loop.for %i = 0 to 10 name "x.d0" { loop.for %j = ${inner} name "x.d1" {
        ${maps(read, 'r')}
        ${maps(write, 'w')}
        %x = memory.load %a[${indices('r')}] : ${type}
        memory.store %x, %a[${indices('w')}] : ${type}
      } }
      return
    }`),
  );
  const loops = ['x.d0', 'x.d1'].map((n) => findLoop(func, n));
  const { accesses } = collectAccesses(loops[0]!);
  const found = new DependenceAnalysis(func, loops).between(accesses[0]!, accesses[1]!);
  return found === null ? 'none' : found.map((d) => (d.min === d.max ? `${d.min}` : `${d.min}..${d.max}`)).join(', ');
}

describe('distances of dependences', () => {
  test('equal subscripts meet in one iteration only', () => {
    expect(distances('d0; d1', 'd0; d1')).toBe('0, 0');
    expect(distances('d0 + s0; d1 - s0', 'd0 + s0; d1 - s0')).toBe('0, 0');
  });
  test('constant distances, in either direction', () => {
    expect(distances('d0; d1 + 1', 'd0 + 1; d1')).toBe('-1, 1');
    expect(distances('d0 * 2; d1', 'd0 * 2 - 6; d1')).toBe('3, 0');
  });
  test('a loop that is not in the subscripts is free', () => {
    expect(distances('d0; 0', 'd0; 0')).toBe('0, -5..5');
  });
  test('none where subscripts never meet: other parity, beyond the trip count, other constants', () => {
    expect(distances('d0 * 2; d1', 'd0 * 2 + 1; d1')).toBe('none');
    expect(distances('d0; d1', 'd0; d1 + 6')).toBe('none');
    expect(distances('0; d1', '1; d1')).toBe('none');
    expect(distances('d0 * 4 + d1 * 2; d1', 'd0 * 4 + d1 * 2 + 1; d1')).toBe('none');
  });
  test('a row-major index is told apart by the range of the inner loop', () => {
    expect(distances('d0 * 6 + d1', 'd0 * 6 + d1', '0 to 6', 1)).toBe('0, 0');
    expect(distances('d0 * 5 + d1', 'd0 * 5 + d1', '0 to 6', 1)).toBe('-1..1, -5..5');
    expect(distances('d0 * 6 + d1', 'd0 * 6 + d1 + 6', '0 to 6', 1)).toBe('-1, 0');
  });
  test('quotient and remainder together are the whole index', () => {
    const e = 'd0 * 6 + d1';
    expect(distances(`(${e}) floordiv 4; (${e}) mod 4`, `(${e}) floordiv 4; (${e}) mod 4`)).toBe('0, 0');
    expect(distances(`(${e}) floordiv 4; 0`, `(${e}) floordiv 4; 0`)).not.toBe('0, 0');
  });
  test('symbols that differ tell nothing', () => {
    expect(distances('d0 + s0; d1', 'd0; d1')).toBe('-9..9, 0');
  });
  test('guarded inner loops have a known longest trip', () => {
    expect(distances('d0 * 8 + d1', 'd0 * 8 + d1', '0 to min affine_map<(d0) -> (8, d0)>(%n)', 1)).toBe('0, 0');
  });
  test('loops without iterations have none', () => {
    expect(distances('d0; 0', 'd0; 0', '3 to 3')).toBe('none');
  });
});

describe('dependences carried by a loop', () => {
  const carried = (body: string, args: string): string => {
    const func = functionOf(
      parseKernel(`func.func @f(${args}) {
        %one = arith.constant 1.0 : f32
        %c0 = arith.constant 0 : index
        loop.for %i = 0 to 8 name "x.d0" { ${body} }
        return
      }`),
    );
    const found = carriedDependence(func, findLoop(func, 'x.d0'));
    return found === null ? 'none' : 'unknown' in found ? `unknown ${found.unknown.name}` : found.report.message;
  };

  test('buffers allocated inside are fresh in each iteration; those outside are not', () => {
    const use =
      'memory.store %one, %t[] : memref<f32>\n%x = memory.load %t[] : memref<f32>\nmemory.store %x, %a[%i] : memref<8xf32>';
    expect(carried(`%t = memory.alloca() : memref<f32>\n${use}`, '%a: memref<8xf32>')).toBe('none');
    expect(carried(use, '%a: memref<8xf32>, %t: memref<f32>')).toBe(
      'write of arg1[] and write of arg1[] at any distance of loop "x.d0"',
    );
  });
  test('vectors cover neighbours', () => {
    const store = (to: string) => `%v = simd.splat %one : vector<4xf32>
      %p = loop.apply affine_map<(d0) -> (${to})>(%i)
      simd.store %v, %a[%p] : memref<64xf32>, vector<4xf32>`;
    expect(carried(store('d0 * 4'), '%a: memref<64xf32>')).toBe('none');
    expect(carried(store('d0 * 3'), '%a: memref<64xf32>')).toMatch(/^write of arg0/);
  });
  test('gathers and whole-buffer ops may touch every element', () => {
    expect(carried('memory.fill %a, %one : memref<8xf32>', '%a: memref<8xf32>')).toMatch(
      /^write of arg0 and write of arg0/,
    );
    expect(carried('func.call @f(%a) : (memref<8xf32>) -> ()', '%a: memref<8xf32>')).toBe('unknown func.call');
  });
  test('views of one buffer are compared as a whole', () => {
    expect(
      carried(
        `%r = memory.reshape %a : memref<8xf32> to memref<2x4xf32>
         %x = memory.load %a[%i] : memref<8xf32>
         memory.store %x, %r[%c0, %c0] : memref<2x4xf32>`,
        '%a: memref<8xf32>',
      ),
    ).toMatch(/^read of arg0\[x\.d0\] and write of arg0 /);
  });
});

describe('buffers', () => {
  test('arguments and allocations are apart, unless marked in place', () => {
    const text = (attrs: string) => `func.func @f(%a: memref<8xf32>, %b: memref<8xf32>${attrs}, %c: memref<4xf32>) {
      %t = memory.alloca() : memref<8xf32>
      return
    }`;
    const overlaps = (attrs: string) => {
      const func = functionOf(parseKernel(text(attrs)));
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

describe('ranges of index values', () => {
  const space = (body: string): { space: IndexSpace; loops: Operation[]; func: Operation } => {
    const func = functionOf(
      parseKernel(
        `func.func @f(%a: memref<?xf32>, %m: index) {\n%n = memory.dim %a, 0 : memref<?xf32>\n${body}\nreturn\n}`,
      ),
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
