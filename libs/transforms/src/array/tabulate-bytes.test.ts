import { describe, expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { tabulateBytes } from './tabulate-bytes.js';

/** Tables made for a function of `%x`; what it computes is the same. */
function tables(type: string, body: string, { n = 3000, result = 'f32' } = {}): { count: number; text: string } {
  const text = `func.func @main(%x: tensor<${n}x${type}>) -> tensor<${n}x${result}> {
${body.replaceAll('T<', `tensor<${n}x`)}
  return %r : tensor<${n}x${result}>
}`;
  const module = parse(text);
  const before = runMain(module);
  const { statistics } = runPasses(module, 'builtin.module(func.func(tabulate-bytes))', [tabulateBytes]);
  expect(runMain(module)).toEqual(before);
  return { count: statistics.tables ?? 0, text: module.toString() };
}

const power = (type: string): string => `  %g = array.constant dense<0.4545> : T<f32>
  %s = array.constant dense<255.0> : T<f32>
  %f = array.cast %x : T<${type}> to T<f32>
  %d = array.div %f, %s : T<f32>
  %p = array.pow %d, %g : T<f32>
`;

describe('tabulate-bytes', () => {
  test('a power of each byte is looked up, with what is made from it', () => {
    const { count, text } = tables(
      'ui8',
      `${power('ui8')}  %m = array.mul %p, %s : T<f32>\n  %r = array.cast %m : T<f32> to T<ui8>`,
      {
        result: 'ui8',
      },
    );
    expect(count).toBe(1);
    expect(text).toMatch(/array\.pow .* : tensor<256xf32>/);
    expect(text).toMatch(/array\.gather .* tensor<256xui8>, tensor<3000xui8> to tensor<3000xui8>/);
  });

  test('signed bytes are looked up by their bits', () => {
    for (const type of ['i8', 'si8']) expect(tables(type, `${power(type)}  %r = array.abs %p : T<f32>`).count).toBe(1);
  });

  test('of two bytes, where the table ends, the rest is computed', () => {
    const { count, text } = tables(
      'ui8',
      `${power('ui8')}  %v = array.reverse %p dims = [0] : T<f32>\n  %r = array.add %p, %v : T<f32>`,
    );
    expect(count).toBe(1);
    expect(text).toMatch(/array\.add .* : tensor<3000xf32>/);
  });

  test('not what is little work, wider than bytes, or for few of them', () => {
    expect(tables('ui8', '  %f = array.cast %x : T<ui8> to T<f32>\n  %r = array.exp %f : T<f32>').count).toBe(0);
    expect(tables('ui16', `${power('ui16')}  %r = array.abs %p : T<f32>`).count).toBe(0);
    expect(tables('ui8', `${power('ui8')}  %r = array.abs %p : T<f32>`, { n: 1000 }).count).toBe(0);
  });
});
