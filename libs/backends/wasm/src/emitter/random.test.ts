import { describe, test } from 'vitest';
import { RandomKernel, SIZE } from './testing/random-kernel.js';
import { array, expectSame, floats, integers } from './testing/run.js';

const COUNT = Number(process.env.BUDFLOW_FUZZ ?? 300);

describe('random kernels', () => {
  for (let group = 0; group < 10; group++) {
    test(`compiled and interpreted agree, seeds ${group} mod 10`, () => {
      for (let seed = group + 1; seed <= COUNT; seed += 10) {
        const text = new RandomKernel(seed, 30 + (seed % 90)).text();
        const inputs = [
          array(floats(SIZE, seed)),
          array(integers((n) => new Int32Array(n), SIZE, seed)),
          array(floats(SIZE, seed + 1)),
        ];
        try {
          expectSame(text, inputs, { atEnd: seed % 3 });
        } catch (error) {
          throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}\n${text}`);
        }
      }
    });
  }
});
