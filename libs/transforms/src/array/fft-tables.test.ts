import { describe, expect, test } from 'vitest';
import { arrayToLoop } from '../loop/array-to-loop.js';
import { bufferize } from '../memory/bufferize.js';
import { parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { fftTables } from './fft-tables.js';
import { instructionFusion } from './instruction-fusion.js';

const passes = [fftTables, instructionFusion, bufferize, arrayToLoop];

function program(n: number, part: string): string {
  const half = `tensor<3x${Math.floor(n / 2) + 1}xcomplex<${part}>>`;
  const real = `tensor<3x${n}x${part}>`;
  return `func.func @main(%x: ${real}) -> ${real} {
  %0 = array.fft rfft %x length = [${n}] : ${real} to ${half}
  %1 = array.fft irfft %0 length = [${n}] : ${half} to ${real}
  return %1 : ${real}
}`;
}

describe('fft-tables', () => {
  test('ffts get their roots of unity, and their loops read them', () => {
    for (const [n, part] of [
      [24, 'f32'],
      [34, 'f64'],
    ] as const) {
      const module = parse(program(n, part));
      const before = runMain(module);
      const { statistics } = runPasses(module, 'builtin.module(fft-tables)', passes);
      expect(statistics['tables']).toBe(2);
      expect(runMain(module)).toEqual(before);
      runPasses(module, 'builtin.module(func.func(instruction-fusion),bufferize,func.func(array-to-loop))', passes);
      expect(runMain(module)).toEqual(before);
    }
  });

  test('one butterfly needs no table', () => {
    const module = parse(program(3, 'f32'));
    expect(runPasses(module, 'builtin.module(fft-tables)', passes).statistics['tables'] ?? 0).toBe(0);
    runPasses(module, 'builtin.module(func.func(instruction-fusion),bufferize,func.func(array-to-loop))', passes);
  });

  test('a pipeline without it is told so', () => {
    expect(() =>
      runPasses(
        parse(program(24, 'f32')),
        'builtin.module(func.func(instruction-fusion),bufferize,func.func(array-to-loop))',
        passes,
      ),
    ).toThrow("has no tables to read: run 'fft-tables' before 'instruction-fusion'");
  });
});
