// Arguments for programs written by hand.
import { Random } from '@budflow/numerics';
import type { TestTensor } from './differential.js';
import { randomElements } from './random/data.js';
import type { Element } from './random/program.js';

/** A tensor of random elements; special values among them when the seed says so. */
export function tensor(element: Element, shape: readonly number[], seed = 1): TestTensor {
  const count = shape.reduce((n, d) => n * d, 1);
  return { shape, data: randomElements(element, count, new Random(seed)) };
}

/** f32 elements in [-1, 1): quick to make in millions. */
export function plainFloats(shape: readonly number[], seed = 1): TestTensor {
  const data = new Float32Array(shape.reduce((n, d) => n * d, 1));
  let state = seed | 1;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    data[i] = state / 2 ** 31;
  }
  return { shape, data };
}
