import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { sinkLoads } from './sink-loads.js';

/** Rows that are loaded, all of them before the first store: row r of the result is the sum of rows r and r + 1. */
function kernel(
  rows: number,
  {
    into = '%out',
    operations = 1,
    operation = 'addf',
    kernel = ' attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>}',
  } = {},
): string {
  const m = 'memref<20x4xf32>';
  const v = 'vector<4xf32>';
  const all = Array.from({ length: rows }, (_, r) => r);
  const sums = all.slice(1).flatMap((r) =>
    Array.from({ length: operations }, (_, k) => {
      const before = k === 0 ? `%v${r - 1}` : `%s${r}_${k - 1}`;
      return `    %s${r}_${k} = arith.${operation} ${before}, %v${r} : ${v}`;
    }),
  );
  return `func.func @k(%x: ${m}, %out: ${m})${kernel} {
  %c0 = arith.constant 0 : index
${all.map((r) => `  %r${r} = arith.constant ${r} : index`).join('\n')}
  loop.for %i = 0 to 1 {
${all.map((r) => `    %v${r} = simd.load %x[%r${r}, %c0] : ${m}, ${v}`).join('\n')}
${sums.join('\n')}
${all
  .slice(1)
  .map((r) => `    simd.store %s${r}_${operations - 1}, ${into}[%r${r}, %c0] : ${m}, ${v}`)
  .join('\n')}
  }
  return
}`;
}

function sunk(text: string, options = '') {
  const before = runFunction(parse(text), 'k');
  const module = parse(text);
  const { statistics } = runPasses(module, `builtin.module(func.func(sink-loads${options}))`, [sinkLoads]);
  expect(runFunction(module, 'k')).toEqual(before);
  const names: string[] = [];
  module.walk((op) => {
    if (op.parentOp?.name === 'loop.for' && op.name.startsWith('simd.')) names.push(op.name.slice('simd.'.length));
  });
  return { count: statistics.sunk ?? 0, order: names.join(' ') };
}

describe('sink-loads', () => {
  test('loads more than registers in front of the stores that need them', () => {
    const { count, order } = sunk(kernel(16));
    expect(count).toBe(14);
    expect(order).toBe(`load load store${' load store'.repeat(14)}`);
  });

  test('leaves what fits into registers, and what has much to compute, side by side', () => {
    expect(sunk(kernel(15)).count).toBe(0);
    expect(sunk(kernel(20), '{target=x86-64-v4}').count).toBe(0);
    expect(sunk(kernel(16, { operations: 9 })).count).toBe(0);
    expect(sunk(kernel(16, { operations: 2 })).count).toBe(14);
    expect(sunk(kernel(16, { operations: 2, operation: 'maximumf' })).count).toBe(0);
  });

  test('moves no load behind a store that may write it', () => {
    expect(sunk(kernel(16, { into: '%x' })).count).toBe(0);
    const shared = kernel(16).replace('%out: memref<20x4xf32>', '%out: memref<20x4xf32> {rt.in_place = 0}');
    expect(sunk(shared).count).toBe(0);
  });

  test('knows arrays to be apart in kernels only', () => {
    expect(sunk(kernel(16, { kernel: '' })).count).toBe(0);
  });

  test('an unknown target is an error', () => {
    expect(() => sunk(kernel(16), '{target=abacus}')).toThrow('unknown target "abacus"');
  });
});
