import { getTarget, type Target } from '@budflow/target';
import { describe, expect, test } from 'vitest';
import { kernelsOf } from '../support/kernel-function.js';
import { parse } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { blockSizes, registerTile } from './blocking/model.js';
import type { Step } from './schedule.js';
import { LOWER, passes, scheduled } from './testing/scheduled.js';

const matmul = (
  m: number | '?',
  k: number | '?',
  n: number | '?',
) => `func.func @main(%a: tensor<${m}x${k}xf32>, %b: tensor<${k}x${n}xf32>) -> tensor<${m}x${n}xf32> {
  %r = array.dot_general %a, %b contract = [1] x [0] : tensor<${m}x${k}xf32>, tensor<${k}x${n}xf32> -> tensor<${m}x${n}xf32>
  return %r : tensor<${m}x${n}xf32>
}`;

/** The same product as broadcasts, a multiplication and a reduction. */
const matmulByHand = (m: number, k: number, n: number) => {
  const cube = `tensor<${m}x${n}x${k}xf32>`;
  return `func.func @main(%a: tensor<${m}x${k}xf32>, %b: tensor<${k}x${n}xf32>) -> tensor<${m}x${n}xf32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %u = array.broadcast %a dims = [0, 2] : tensor<${m}x${k}xf32> to ${cube}
  %v = array.broadcast %b dims = [2, 1] : tensor<${k}x${n}xf32> to ${cube}
  %p = array.mul %u, %v : ${cube}
  %r = array.reduce add %p init %zero dims = [2] {order = #array.order<sequential>} : ${cube}, tensor<f32> to tensor<${m}x${n}xf32>
  return %r : tensor<${m}x${n}xf32>
}`;
};

describe('contractions', () => {
  test('are blocked, packed, vectorised and unrolled', () => {
    const { primitives, text } = scheduled(matmul(70, 20, 40));
    expect(primitives).toEqual(['pack', 'reorder', 'split', 'unroll_and_jam', 'vectorize']);
    expect(text).toContain('name "pack.');
    expect(text).toMatch(/loop\.for .* name "[\w.]+\.r0"/);
  });

  test('whatever they were written as', () => {
    const named = scheduled(matmul(70, 20, 40));
    const byHand = scheduled(matmulByHand(70, 20, 40));
    expect(byHand.primitives).toEqual(named.primitives);
    const normal = (steps: readonly Step[]) => steps.map((s) => JSON.stringify(s).replaceAll(/dot_general|sum/g, 'mm'));
    expect(normal(byHand.steps)).toEqual(normal(named.steps));
  });

  test('read the copy of the right operand in rows that fill no tile, too', () => {
    const { text } = scheduled(matmul(70, 20, 40));
    const product = text.indexOf('name "dot_general');
    expect(text.slice(product)).toContain('"dot_general.r0~1"');
    expect(text.slice(0, product)).toMatch(/load %arg1/);
    expect(text.slice(product)).not.toMatch(/load %arg1/);
  });

  test('take rows from a loop that has enough of them', () => {
    const { steps } = scheduled(`func.func @main(%x: tensor<16x24x3xf32>, %w: tensor<24x8xf32>) -> tensor<16x3x8xf32> {
  %0 = array.dot_general %x, %w contract = [1] x [0] : tensor<16x24x3xf32>, tensor<24x8xf32> -> tensor<16x3x8xf32>
  return %0 : tensor<16x3x8xf32>
}`);
    expect(steps).toContainEqual({ primitive: 'unroll_and_jam', loop: 'dot_general.d0.i.i' });
  });

  test('whose long sums run over several loops take all tiles for one step of the outermost', () => {
    const [x, w, r] = ['tensor<6x17x4x64xf32>', 'tensor<5x16x4x8xf32>', 'tensor<2x2x64x8xf32>'];
    const program = `func.func @main(%x: ${x}, %w: ${w}) -> ${r} {
  %0 = array.conv %x, %w dims = "01fb_01io->01bf" : ${x}, ${w} -> ${r}
  return %0 : ${r}
}`;
    const small = 'builtin.module(func.func(cache-blocking{l1=1024 l2=8192},default-schedule))';
    const { primitives, text } = scheduled(program, [[]], LOWER, small);
    expect(primitives).toContain('distribute');
    expect(text.indexOf('name "conv.r0"')).toBeLessThan(text.indexOf('name "conv.d3.o"', text.indexOf('conv.r0')));
  });

  test('of dynamic sizes compute the same at every size', () => {
    scheduled(matmul('?', '?', '?'), [
      [1, 1, 1, 1],
      [5, 3, 3, 9],
      [0, 3, 3, 4],
      [66, 2, 2, 17],
      [8, 0, 0, 8],
    ]);
  });

  test('of sizes that blocks divide have no remainders', () => {
    expect(scheduled(matmul(8, 20, 40)).text).not.toContain('~1');
    expect(scheduled(matmul(9, 20, 40)).text).toContain('~1');
  });

  test('rows that fill no tile run together', () => {
    const { steps } = scheduled(matmul(7, 20, 16));
    expect(steps).toContainEqual({ primitive: 'unroll_and_jam', loop: 'dot_general.d0.i~1' });
    expect(scheduled(matmul(9, 20, 16)).steps).not.toContainEqual({
      primitive: 'unroll_and_jam',
      loop: 'dot_general.d0.i~1',
    });
  });

  test('panels of weights that no near cache holds stay while all rows of an image pass', () => {
    const conv = (features: number) => {
      const [x, w] = [`tensor<1x5x6x${features}xf32>`, `tensor<3x3x${features}x${features}xf32>`];
      const r = `tensor<1x3x4x${features}xf32>`;
      const module = parse(`func.func @main(%x: ${x}, %w: ${w}) -> ${r} {
  %0 = array.conv %x, %w dims = "b01f_01io->b01f" : ${x}, ${w} -> ${r}
  return %0 : ${r}
}`);
      runPasses(module, `${LOWER.slice(0, -1)},func.func(cache-blocking))`, passes);
      const text = kernelsOf(module).map(String).join('\n');
      return [...text.matchAll(/^ {2}loop\.for .* name "(conv\.[^"]+)"/gm)].map((m) => m[1]);
    };
    expect(conv(128)).toEqual(['conv.d3.o']);
    expect(conv(64)).toEqual(['conv.d1']);
  });

  test('of fewer columns than lanes run along the rows when the left operand lies so', () => {
    const product = (
      m: number,
      n: number,
    ) => `func.func @main(%a: tensor<20x${m}xf32>, %b: tensor<20x${n}xf32>) -> tensor<${m}x${n}xf32> {
  %r = array.dot_general %a, %b contract = [0] x [0] : tensor<20x${m}xf32>, tensor<20x${n}xf32> -> tensor<${m}x${n}xf32>
  return %r : tensor<${m}x${n}xf32>
}`;
    for (const [m, n] of [
      [16, 3],
      [37, 2],
    ] as const) {
      const { text, steps } = scheduled(product(m, n));
      expect(steps.some((s) => s.primitive === 'vectorize' && /\.d0\.i$/.test(s.loop))).toBe(true);
      expect(text).toMatch(/fma .* : vector<16xf32>/);
    }
    // All columns in one pass.
    expect(scheduled(product(16, 3)).primitives).toContain('unroll_and_jam');
  });

  test('of few rows or columns are not blocked beyond them', () => {
    const few = scheduled(matmul(2, 16, 32));
    expect(few.primitives).not.toContain('pack');
    expect(few.primitives).not.toContain('unroll_and_jam');
    scheduled(matmul(32, 16, 2));
  });

  test('a product packs what its micro-kernel would read across rows, of either operand', () => {
    const product = (
      a: string,
      b: string,
      dims: string,
      out: string,
    ) => `func.func @main(%a: tensor<${a}xf32>, %b: tensor<${b}xf32>) -> tensor<${out}xf32> {
  %r = array.dot_general %a, %b ${dims} : tensor<${a}xf32>, tensor<${b}xf32> -> tensor<${out}xf32>
  return %r : tensor<${out}xf32>
}`;
    const packed = (text: string) => scheduled(text).steps.flatMap((s) => (s.primitive === 'pack' ? [s.buffer] : []));
    expect(packed(product('20x16', '20x80', 'contract = [0] x [0]', '16x80'))).toEqual(['arg1', 'arg0']);
    expect(packed(product('2x16x20', '2x24x20', 'batch = [0] x [0] contract = [2] x [2]', '2x16x24'))).toEqual([
      'arg1',
    ]);
    expect(packed(product('2x16x20', '2x20x24', 'batch = [0] x [0] contract = [2] x [1]', '2x16x24'))).toEqual([]);
  });

  test('of zero elements compute nothing', () => {
    scheduled(matmul(0, 4, 8));
    scheduled(matmul(8, 0, 8));
  });
});

describe('cache-blocking', () => {
  const withOptions = (options: string, m: number | '?' = 70, k: number | '?' = 40, n: number | '?' = 48) =>
    scheduled(matmul(m, k, n), [[]], LOWER, `builtin.module(func.func(cache-blocking${options},default-schedule))`);
  const factors = (steps: readonly Step[], loop: string) =>
    steps.flatMap((s) => (s.primitive === 'split' && s.loop === loop ? [s.factor] : []));

  test('takes sizes from its options', () => {
    const { steps } = withOptions('{mr=2 nr=12 mc=24}');
    expect(factors(steps, 'dot_general.d0')).toEqual([24]);
    expect(factors(steps, 'dot_general.d0.i')).toEqual([2]);
    expect(factors(steps, 'dot_general.d1')).toEqual([12]);
  });

  test('packs operands when told to, or never', () => {
    const packed = (options: string) =>
      withOptions(options).steps.flatMap((s) => (s.primitive === 'pack' ? [s.buffer] : []));
    expect(packed('')).toEqual(['arg1']);
    expect(packed('{pack-left=always}')).toEqual(['arg1', 'arg0']);
    expect(packed('{pack-right=never}')).toEqual([]);
  });

  test('cuts sums into blocks, ascending, with accumulators in memory', () => {
    for (const [m, k, n] of [
      [70, 40, 48],
      [9, 37, 21],
      [64, 33, 19],
    ] as const) {
      const { steps, text } = withOptions('{kc=16 mc=32 nc=16}', m, k, n);
      expect(factors(steps, 'dot_general.r0')).toEqual([16]);
      expect(text).toMatch(/alloca\(\) : memref<\d+x\d+x8xf32>/);
      expect(text.indexOf('name "dot_general.r0.o"')).toBeLessThan(text.indexOf('name "dot_general.d1.o.i" {\n'));
    }
  });

  test('packs a block where it is used when few blocks of rows use it', () => {
    const at = (options: string, m: number) =>
      withOptions(options, m).steps.flatMap((s) => (s.primitive === 'compute_at' ? [s.loop] : []));
    expect(at('{kc=16 mc=8}', 16)).toEqual(['dot_general.r0.o']);
    expect(at('{kc=16 mc=8}', 32)).toEqual([]);
    expect(at('{nc=16}', 16)).toEqual(['dot_general.d1.o.o']);
  });

  test('copies few rows of the right operand at a time', () => {
    expect(withOptions('').text).toMatch(
      /name "pack.d1.o" \{\s+loop.for .* name "pack.d0" \{\s+loop.for .* name "pack.d1.i"/,
    );
    expect(withOptions('', 70, 16, 48).text).not.toContain('pack.d1.o');
  });

  test('says which sizes it chose and why', () => {
    const { remarks } = withOptions('');
    const [remark] = remarks.filter((r) => r.name === 'cache-blocking');
    expect(remark?.kind).toBe('applied');
    expect(remark?.message).toMatch(/^70x48x40: register tile 4x8: 8 accumulators .*; sums of 40 terms.*; mc \d+: /);
  });
});

describe('the model of blocks', () => {
  const given = { mr: 0, nr: 0, kc: 0, mc: 0, nc: 0, workers: 1, l1: 0, l2: 0, l3: 0 };
  const shape = (rows: number, columns: number, depth: number, bytes = 4) => ({
    rows,
    columns,
    depth,
    bytes,
    sumBytes: bytes,
    isFused: true,
    isPacked: true,
    isPlain: true,
    innerDepth: undefined as number | undefined,
  });
  const wasm = getTarget('wasm32-relaxed-simd');
  const unmeasured = (name: string): Target => {
    const target = getTarget(name);
    return { ...target, engine: { ...target.engine!, microKernels: [] } };
  };

  test('the register tile hides latencies and fits the registers, as the measured ones do', () => {
    const tile = (target: Target, bytes: number, isFused = true, rows = 1024) =>
      registerTile(target, { ...shape(rows, 1024, 256, bytes), isFused });
    expect(tile(unmeasured('wasm32-relaxed-simd'), 4)).toEqual({ mr: 6, nr: 8 });
    expect(tile(unmeasured('wasm32-relaxed-simd'), 4, false)).toEqual({ mr: 3, nr: 12 });
    expect(tile(unmeasured('x86-64-v3'), 4)).toEqual({ mr: 6, nr: 16 });
    expect(tile(unmeasured('wasm32-relaxed-simd'), 8)).toEqual({ mr: 6, nr: 4 });
    expect(tile(wasm, 8)).toEqual({ mr: 6, nr: 4 });
    expect(tile(wasm, 4, false)).toEqual({ mr: 4, nr: 8 });
    expect(tile(getTarget('wasm32-simd128'), 4, false)).toEqual({ mr: 4, nr: 8 });
  });

  test('of the measured tiles, that which leaves the fewest rows to wait is taken', () => {
    const mr = (rows: number, depth: number, isPacked = true) =>
      registerTile(wasm, { ...shape(rows, 1024, depth), isPacked }).mr;
    expect([4, 5, 6, 7, 8, 9, 12, 16].map((rows) => mr(rows, 64))).toEqual([4, 4, 6, 4, 4, 6, 6, 6]);
    // With panels that the first cache does not hold, only for many rows.
    expect([16, 32, 256].map((rows) => mr(rows, 1024))).toEqual([4, 4, 6]);
    expect(mr(18, 1024, false)).toBe(6);
    // Not for short sums, nor for those that are cut.
    expect([16, 32, 64, 2048, 4096].map((depth) => mr(1024, depth))).toEqual([4, 4, 6, 6, 4]);
  });

  test('sums are cut when their panels no longer stream from the second cache, and then fill the first', () => {
    expect(blockSizes(wasm, shape(1024, 1024, 1024), given).kc).toBeUndefined();
    // 8 ways of 4 KiB, one for the accumulators, four of the others for 32 bytes of each term.
    expect(blockSizes(wasm, shape(128, 256, 8192), given).kc).toBe(512);
    expect(blockSizes(wasm, shape(128, 256, 8192), { ...given, l1: 16 * 1024 }).kc).toBe(256);
    expect(blockSizes(wasm, { ...shape(128, 256, 8192), isPlain: false }, given).kc).toBeUndefined();
    // Over several loops, at the outermost one.
    const nested = { ...shape(128, 256, 8192), isPlain: false, innerDepth: 256 };
    expect(blockSizes(wasm, nested, given).kc).toBe(256);
    expect(blockSizes(wasm, { ...nested, depth: 512 }, given).kc).toBeUndefined();
    const narrow: Target = { ...wasm, bandwidth: { ...wasm.bandwidth, caches: [28, 10, 7] } };
    expect(blockSizes(narrow, shape(1024, 1024, 1024), given).kc).toBe(512);
  });

  test('rows of a block are enough for what a panel costs, in equal blocks of whole tiles', () => {
    const mc = (rows: number, columns: number, depth: number) =>
      blockSizes(wasm, shape(rows, columns, depth), given).mc;
    expect(mc(64, 64, 64)).toBe(64);
    expect(mc(1024, 1024, 1024) % 6).toBe(0);
    // From memory more than from the second cache.
    expect(mc(4096, 4096, 1024)).toBeGreaterThan(mc(4096, 128, 256));
    // Panels that are not packed leave the first cache to the left block.
    expect(blockSizes(wasm, { ...shape(128, 128, 128), isPacked: false }, given).mc).toBe(66);
  });

  test('several threads get four blocks of rows each, while a block has eight tiles', () => {
    const blocks = (rows: number, workers: number) =>
      Math.ceil(rows / blockSizes(wasm, shape(rows, 512, 512), { ...given, workers }).mc);
    expect([1, 2, 4].map((workers) => blocks(512, workers))).toEqual([2, 8, 10]);
    expect([1, 4].map((workers) => blocks(64, workers))).toEqual([1, 1]);
  });

  test('few rows get blocks of columns that the second cache holds', () => {
    const { nc } = blockSizes(wasm, shape(16, 1024, 1024), given);
    expect(nc! * 1024 * 4).toBeLessThanOrEqual(512 * 1024);
    expect(nc! % 8).toBe(0);
    expect(blockSizes(wasm, shape(16, 1024, 1024), { ...given, l2: 16 * 1024 * 1024 }).nc).toBeUndefined();
  });
});
