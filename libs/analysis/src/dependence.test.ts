import { describe, expect, test } from 'vitest';
import { collectAccesses } from './accesses.js';
import { carriedDependence, DependenceAnalysis } from './dependence.js';
import { loopNamed, parseKernel } from './testing/kernel.js';

/** Distances of the read and the write of %a in loops "x.d0" (0 to 10) and "x.d1" (0 to `inner`). */
function distances(read: string, write: string, inner = '0 to 6', dims = 2): string {
  const maps = (text: string, name: string) =>
    text
      .split(';')
      .map((e, k) => `%${name}${k} = loop.apply affine_map<(d0, d1)[s0] -> (${e})>(%i, %j)[%n]`)
      .join('\n');
  const indices = (name: string) => Array.from({ length: dims }, (_, k) => `%${name}${k}`).join(', ');
  const type = `memref<${'?x'.repeat(dims)}f32>`;
  const func = parseKernel(`func.func @f(%a: ${type}, %n: index) {
      loop.for %i = 0 to 10 name "x.d0" { loop.for %j = ${inner} name "x.d1" {
        ${maps(read, 'r')}
        ${maps(write, 'w')}
        %x = memory.load %a[${indices('r')}] : ${type}
        memory.store %x, %a[${indices('w')}] : ${type}
      } }
      return
    }`);
  const loops = ['x.d0', 'x.d1'].map((n) => loopNamed(func, n));
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
    const func = parseKernel(`func.func @f(${args}) {
        %one = arith.constant 1.0 : f32
        %c0 = arith.constant 0 : index
        loop.for %i = 0 to 8 name "x.d0" { ${body} }
        return
      }`);
    const found = carriedDependence(func, loopNamed(func, 'x.d0'));
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

describe('direction vectors', () => {
  /** Of the read and the write of %a in loops "x.d0" (0 to 6) and "x.d1" with bounds `inner`. */
  const directions = (read: string, write: string, inner: string): string[] => {
    const func = parseKernel(`func.func @f(%a: memref<64x64xf32>) {
      loop.for %i = 0 to 6 name "x.d0" { loop.for %j = ${inner} name "x.d1" {
        ${['r', 'w'].flatMap((n) => (n === 'r' ? read : write).split(';').map((e, k) => `%${n}${k} = loop.apply affine_map<(d0, d1) -> (${e})>(%i, %j)`)).join('\n')}
        %x = memory.load %a[%r0, %r1] : memref<64x64xf32>
        memory.store %x, %a[%w0, %w1] : memref<64x64xf32>
      } }
      return
    }`);
    const loops = ['x.d0', 'x.d1'].map((n) => loopNamed(func, n));
    const { accesses } = collectAccesses(loops[0]!);
    const analysis = new DependenceAnalysis(func, loops);
    const [first, second] = accesses;
    const distances = analysis.between(first!, second!);
    if (!distances) return [];
    const sign = (s: number): string => (s < 0 ? '>' : s > 0 ? '<' : '=');
    return analysis.directions({ first: first!, second: second!, distances }).map((v) => v.map(sign).join(''));
  };
  test('of coupled subscripts, which intervals do not tell apart', () => {
    expect(directions('d0 + d1; 0', 'd0 + d1; 0', '0 to 6').sort()).toEqual(['<>', '==', '><']);
    expect(directions('d0 + d1; d0 - d1', 'd0 + d1; d0 - d1', '0 to 6')).toEqual(['==']);
  });
  test('of triangles: the lower half never meets the upper one', () => {
    const lower = '0 to affine_map<(d0) -> (d0)>(%i)';
    expect(directions('d1; d0', 'd0; d1', lower)).toEqual([]);
    expect(directions('d1; d0', 'd0; d1', '0 to 6').sort()).toEqual(['<>', '==', '><']);
  });
  test('of inner loops whose start moves with the outer one', () => {
    expect(
      directions('d1; 0', 'd1; 0', 'affine_map<(d0) -> (d0)>(%i) to affine_map<(d0) -> (d0 + 2)>(%i)').sort(),
    ).toEqual(['<=', '==', '>=']);
    expect(directions('0; 0', '0; 0', 'affine_map<(d0) -> (d0)>(%i) to affine_map<(d0) -> (d0 + 2)>(%i)')).toContain(
      '<<',
    );
  });
});
