// A slice of the random programs; `npm run fuzz` runs as many as there is time for.
import { arrayDialect } from '@budflow/dialect-array';
import { expect, test } from 'vitest';
import type { TestTensor } from './differential.js';
import { checkProgram, checkTogether, materialise, minimise } from './random/check.js';
import { configurationsFor, describeFailure, fuzz } from './random/fuzz.js';
import { generateProgram } from './random/generate.js';
import { ALL_ELEMENTS, printProgram, reachable } from './random/program.js';

/** Seeds of the slice, in parts that each take some seconds. */
const SLICE = 256;
const PARTS = 4;

for (let part = 0; part < PARTS; part++)
  test(`random programs give the interpreter's bits, part ${part + 1} of ${PARTS}`, { timeout: 180_000 }, () => {
    const programs = SLICE / PARTS;
    const failures = fuzz({ programs, seed: part * programs, perProgram: 1, maxFailures: 1 });
    expect(failures.map(describeFailure)).toEqual([]);
  });

test("small random programs give the interpreter's bits in every configuration", () => {
  const failures = fuzz({ programs: 8, seed: 500_000, perProgram: 16, maxOps: 5, maxFailures: 1 });
  expect(failures.map(describeFailure)).toEqual([]);
});

/** Ops of the array dialect that no program has, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  'array.fusion': 'made by the compiler around ops of these programs',
  'array.tuple': 'no op of these programs takes tuples; array-tuples.test.ts',
  'array.get_tuple_element': 'no op of these programs gives tuples; array-tuples.test.ts',
  'array.custom_call': 'calls what a user registers; custom-calls.test.ts',
  'array.expect': 'checks what a program says it expects; expectations.test.ts',
};

test('a seed stands for one program, and programs have every op of the dialect, every type and every form', () => {
  expect(printProgram(generateProgram(7)).text).toBe(printProgram(generateProgram(7)).text);
  const texts = Array.from({ length: 3000 }, (_, i) => printProgram(generateProgram(i)).text).join('\n');
  const found = new Set(texts.match(/array\.\w+/g));
  const ops = arrayDialect.ops.map((op) => op.opName);
  const missing = ops.filter((name) => !found.has(name) && !(name in WITHOUT));
  expect(missing.map((name) => `${name}: add it to a table in tools/e2e/src/random, or a reason here`)).toEqual([]);
  expect(Object.keys(WITHOUT).filter((name) => found.has(name))).toEqual([]);
  for (const type of ALL_ELEMENTS) expect(texts).toContain(`x${type}>`);
  for (const op of ['reduce', 'scan', 'reduce_window', 'scatter', 'map'])
    expect(texts).toMatch(new RegExp(`array.${op} .*body\\(`));
  expect(texts).toMatch(/array.sort .* comparator\(/);
  for (const kind of ['fft', 'ifft', 'rfft', 'irfft']) expect(texts).toContain(`array.fft ${kind} `);
  for (const part of ['func.call ', 'func.func private ', 'tensor<?x', 'tensor<0x', ' batching = ['])
    expect(texts).toContain(part);
});

test('configurations of seeds: those of one module agree, and all levels come up', () => {
  expect(configurationsFor(8 * 5, 1)).toEqual(configurationsFor(8 * 5 + 7, 1));
  const levels = new Set(Array.from({ length: 40 }, (_, i) => configurationsFor(8 * i, 1)[0]?.level));
  expect([...levels].sort()).toEqual([0, 1, 2, 3]);
  expect(configurationsFor(1, 16)).toHaveLength(16);
});

test('programs of one module fail alone where they fail', () => {
  const programs = [generateProgram(1), generateProgram(2)];
  const configuration = { numerics: 'strict', level: 1, target: 'wasm32-simd128' } as const;
  const oracles = new Map<string, TestTensor[][]>();
  expect(checkTogether(programs, configuration, oracles)).toBeUndefined();
  // Another result than the expected one is found.
  const [first] = oracles.get('strict')?.[1] ?? [];
  if (!first) throw new Error('no results kept');
  oracles.get('strict')![1] = [{ ...first, shape: [...first.shape, 1] }];
  expect(checkTogether(programs, configuration, oracles)).toMatchObject({
    kind: 'mismatch',
    message: expect.stringMatching(/^main1: /),
  });
  expect(checkTogether(programs, { ...configuration, target: 'no such target' })?.kind).toBe('compile-error');
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
