// Random programs with loops and branches; `npm run fuzz` runs as many as there is time for.
import { expect, test } from 'vitest';
import { describeFailure, fuzz } from './random/fuzz.js';
import { generateProgram } from './random/generate.js';
import { printProgram } from './random/program.js';

test("random programs with loops and branches give the interpreter's bits", () => {
  const failures = fuzz({
    programs: 64,
    seed: 900_000,
    perProgram: 1,
    maxOps: 6,
    maxFailures: 1,
    controlFlow: 'often',
  });
  expect(failures.map(describeFailure)).toEqual([]);
});

test('they have every kind of control flow, and loops in loops', () => {
  const texts = Array.from({ length: 60 }, (_, i) => printProgram(generateProgram(i, { controlFlow: 'often' })).text);
  for (const op of ['loop.for', 'loop.while', 'loop.if', 'array.extract', 'func.call'])
    expect(texts.some((text) => text.includes(`${op} `))).toBe(true);
  expect(texts.some((text) => /loop\.for[^}]*loop\.(for|while)/.test(text))).toBe(true);
});
