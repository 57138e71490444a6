// A slice of the random programs; `npm run fuzz` runs as many as there is time for.
import { expect, test } from 'vitest';
import { checkProgram, materialise, minimise } from './random/check.js';
import { describeFailure, fuzz } from './random/fuzz.js';
import { generateProgram } from './random/generate.js';
import { printProgram, reachable } from './random/program.js';

test("random programs give the interpreter's bits", () => {
  const failures = fuzz({ programs: 150, seed: 1, perProgram: 3, maxFailures: 1 });
  expect(failures.map(describeFailure)).toEqual([]);
});

test("small random programs give the interpreter's bits in every configuration", () => {
  const failures = fuzz({ programs: 12, seed: 500_000, perProgram: 16, maxOps: 5, maxFailures: 1 });
  expect(failures.map(describeFailure)).toEqual([]);
});

test('a seed stands for one program, and programs use what they define', () => {
  expect(printProgram(generateProgram(7)).text).toBe(printProgram(generateProgram(7)).text);
  const texts = Array.from({ length: 400 }, (_, i) => printProgram(generateProgram(i)).text).join('\n');
  for (const op of [
    'add',
    'exp',
    'cmp',
    'select',
    'clamp',
    'cast',
    'broadcast',
    'transpose',
    'slice',
    'pad',
    'reshape',
    'reduce',
    'dot_general',
    'iota',
    'full',
    'constant',
    'dim',
    'reverse',
    'concat',
    'bitcast',
    'map',
    'dynamic_slice',
    'dynamic_update_slice',
    'gather',
    'scatter',
    'reduce_window',
    'scan',
    'argmin',
    'argmax',
  ])
    expect(texts).toContain(`array.${op} `);
  for (const type of ['f32', 'f64', 'i32', 'i64', 'i1', 'ui8', 'i8', 'i16']) expect(texts).toContain(`x${type}>`);
  expect(texts).toContain('tensor<?x');
  expect(texts).toContain('tensor<0x');
});

test('minimising keeps a program that does not fail, and drops what does not matter from one that does', () => {
  const configuration = { numerics: 'strict', level: 0, target: 'no such target' } as const;
  const program = generateProgram(3);
  expect(minimise(program, { ...configuration, target: 'wasm32-simd128' })).toBe(program);
  // Every program fails on a target that does not exist.
  expect(checkProgram(program, configuration)?.kind).toBeDefined();
  const small = minimise(program, configuration);
  expect(reachable(small).filter((n) => n.print)).toHaveLength(1);
  expect(materialise(small).text.split('\n').length).toBeLessThanOrEqual(5);
});
