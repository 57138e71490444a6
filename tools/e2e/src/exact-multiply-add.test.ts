// array.fma of kind exact rounds once on targets that have no such instruction: against the fma of plain numbers and
// integers.

import { fmaF32, fmaF64, Random } from '@budflow/numerics';
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';
import { PLAIN, RELAXED } from './differential.js';

const COUNT = 20_003;

/** Random bits in a third of the places, near cancellation in another, magnitudes near 1 in the last. */
function inputs(bytes: 4 | 8): (Float32Array | Float64Array)[] {
  const random = new Random(11);
  const [a, b, c] = [0, 1, 2].map(() => {
    const words = Uint32Array.from({ length: (COUNT * bytes) / 4 }, () => random.uint32());
    return bytes === 4 ? new Float32Array(words.buffer) : new Float64Array(words.buffer);
  });
  for (let i = 0; i < COUNT; i++) {
    if (i % 3 === 0) continue;
    a![i] = random.uniform() * 4;
    b![i] = random.uniform() * 4;
    c![i] = i % 3 === 1 ? -a![i]! * b![i]! : random.uniform() - 0.5;
  }
  return [a!, b!, c!];
}

describe.each([
  ['f32', 4, fmaF32],
  ['f64', 8, fmaF64],
] as const)('array.fma on %s', (element, bytes, fma) => {
  test.each([RELAXED, PLAIN])('rounds once on %s', (target) => {
    const t = `tensor<?x${element}>`;
    const text = `func.func @main(%a: ${t}, %b: ${t}, %c: ${t}) -> ${t} {
  %r = array.fma %a, %b, %c : ${t}
  return %r : ${t}
}`;
    const module = compile(text, { target, numerics: 'default' });
    const [a, b, c] = inputs(bytes);
    const { data } = module.functions.main!(a!, b!, c!);
    for (let i = 0; i < COUNT; i++) {
      const expected = fma(a![i]!, b![i]!, c![i]!);
      if (!Object.is(expected, data[i]))
        expect.fail(`fma(${a![i]}, ${b![i]}, ${c![i]}) = ${data[i]}, expected ${expected}`);
    }
    module.dispose();
  });
});
