import { describe, expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { negateMaxima } from './negate-maxima.js';

/** Vectors of %x at 0, 4, .., and code of them that stores to %out. */
function kernel(loads: number, body: string, element: 'f32' | 'f64' = 'f32'): string {
  const [m, o, v] = [`memref<64x${element}>`, `memref<16x${element}>`, `vector<4x${element}>`];
  const at = (k: number) => `%i${4 * k}`;
  return `func.func @main(%x: ${m}) -> ${o} attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
${Array.from({ length: 16 }, (_, k) => `  ${at(k)} = arith.constant ${4 * k} : index`).join('\n')}
  %out = memory.alloc() : ${o}
${Array.from({ length: loads }, (_, k) => `  %v${k} = simd.load %x[${at(k)}] : ${m}, ${v}`).join('\n')}
${body
  .replaceAll('STORE', 'simd.store')
  .replaceAll(/INTO (\d+)/g, (_, k) => `%out[%i${k}] : ${o}, ${v}`)
  .replaceAll('V', v)}
  return %out : ${o}
}`;
}

const max = (to: string, a: string, b: string) => `  ${to} = arith.maximumf ${a}, ${b} : V`;

/** Counts of maxima, minima and negations, and whether the results stayed. */
function rewritten(text: string) {
  const module = parse(text);
  const { statistics } = runPasses(module, 'builtin.module(func.func(negate-maxima))', [negateMaxima]);
  expect(runMain(module)).toEqual(runMain(parse(text)));
  const counts: Record<string, number> = {};
  module.walk((op) => {
    counts[op.name] = (counts[op.name] ?? 0) + 1;
  });
  return {
    maxima: counts['arith.maximumf'] ?? 0,
    minima: counts['arith.minimumf'] ?? 0,
    negations: counts['arith.xori'] ?? 0,
    count: statistics.maxima ?? 0,
  };
}

describe('negate-maxima', () => {
  const four = [max('%a', '%v0', '%v1'), max('%b', '%a', '%v2'), max('%c', '%b', '%v3')];

  test('negates the leaves of a tree and its result', () => {
    for (const element of ['f32', 'f64'] as const) {
      const text = kernel(4, [...four, '  STORE %c, INTO 0'].join('\n'), element);
      expect(rewritten(text)).toEqual({ maxima: 0, minima: 3, negations: 5, count: 3 });
    }
  });

  test('negates a value once that several maxima take, and each result that leaves the tree', () => {
    const shared = [
      ...four,
      max('%d', '%b', '%v4'),
      max('%e', '%d', '%v0'),
      '  STORE %c, INTO 0',
      '  STORE %e, INTO 4',
      '  STORE %b, INTO 8',
    ];
    expect(rewritten(kernel(5, shared.join('\n')))).toEqual({ maxima: 0, minima: 5, negations: 8, count: 5 });
  });

  test('leaves a few maxima, and those with constants, alone', () => {
    const two = [...four.slice(0, 2), '  STORE %b, INTO 0'];
    expect(rewritten(kernel(3, two.join('\n'))).count).toBe(0);
    const clamps = [
      '  %k = arith.constant dense<0.5> : V',
      ...['%v0', '%v1', '%v2'].map((v, i) => max(`%m${i}`, v, '%k')),
    ];
    const sum = ['  %s = arith.addf %m0, %m1 : V', '  %t = arith.addf %s, %m2 : V', '  STORE %t, INTO 0'];
    expect(rewritten(kernel(3, [...clamps, ...sum].join('\n'))).count).toBe(0);
  });

  test('orders zeros, and propagates NaN', () => {
    const specials = [0, -0, Number.NaN, 1];
    const of = (values: readonly number[]) =>
      `  %v = arith.constant dense<[${values.map((x) => (Number.isNaN(x) ? '0x7FC00000' : Object.is(x, -0) ? '-0.0' : x.toFixed(1))).join(', ')}]> : V`;
    const rotated = (k: number) => specials.map((_, i) => specials[(i + k) % 4]!);
    // Constants that the pass cannot see: sums with elements times zero would hide them, so they pass through memory.
    const lines = [0, 1, 2].flatMap((k) => [
      of(rotated(k)).replace('%v', `%k${k}`),
      `  STORE %k${k}, INTO ${4 * k}`,
      `  %w${k} = simd.load %out[%i${4 * k}] : memref<16xf32>, V`,
    ]);
    const tree = [max('%a', '%w0', '%w1'), max('%b', '%a', '%w2'), max('%c', '%b', '%w0'), '  STORE %c, INTO 0'];
    expect(rewritten(kernel(0, [...lines, ...tree].join('\n'))).count).toBe(3);
  });
});
