// docs/examples/heat: the example runs, step by step in the interpreter and compiled.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CONFIGURATIONS, compareProgram, describeConfiguration, PLAIN, runCompiled } from './differential.js';

const text = readFileSync(new URL('../../../docs/examples/heat/heat.mlir', import.meta.url), 'utf8');

function plate(): Float32Array {
  return Float32Array.from({ length: 64 * 96 }, (_, i) => {
    const [y, x] = [Math.floor(i / 96), i % 96];
    return y > 20 && y < 40 && x > 30 && x < 60 ? 1 : 0;
  });
}
const args = (steps: number, tolerance = 0) => [
  { shape: [64, 96], data: plate() },
  { shape: [], data: Float32Array.of(tolerance) },
  steps,
];

test('the heat example gives the bits of the interpreter, for no step and for some', () => {
  for (const configuration of CONFIGURATIONS)
    for (const steps of [0, 1, 4])
      expect([describeConfiguration(configuration), compareProgram(text, args(steps), configuration)]).toEqual([
        describeConfiguration(configuration),
        undefined,
      ]);
});

test('it stops at the tolerance, as the same steps in JavaScript do', () => {
  const [u, steps, last] = runCompiled(text, args(5000, 1e-3), { target: PLAIN, numerics: 'strict' });
  let now = plate();
  let done = 0;
  let change = Number.POSITIVE_INFINITY;
  const f = Math.fround;
  while (change > f(1e-3)) {
    const next = new Float32Array(now.length);
    change = 0;
    for (let y = 1; y < 63; y++)
      for (let x = 1; x < 95; x++) {
        const at = y * 96 + x;
        const ns = f(now[at - 96]! + now[at + 96]!);
        const we = f(now[at - 1]! + now[at + 1]!);
        const step = f(f(f(ns + we) - f(now[at]! * 4)) * f(0.2));
        next[at] = f(now[at]! + step);
        change = Math.max(change, Math.abs(step));
      }
    now = next;
    done++;
  }
  expect(steps!.data[0]).toBe(done);
  expect(last!.data[0]).toBe(change);
  expect([...(u!.data as Float32Array)]).toEqual([...now]);
});
