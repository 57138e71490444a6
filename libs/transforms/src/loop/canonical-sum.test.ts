// What the canonical order of sums is for: its error hardly grows with the number of elements.
import { Random } from '@budflow/numerics';
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';

const N = 2 ** 24;

/** Sum of `Float64Array` precision and better: Neumaier's compensated sum. */
function exactSum(data: Float32Array): number {
  let sum = 0;
  let compensation = 0;
  for (const x of data) {
    const next = sum + x;
    compensation += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
    sum = next;
  }
  return sum + compensation;
}

function naiveSum(data: Float32Array): number {
  let sum = Math.fround(0);
  for (const x of data) sum = Math.fround(sum + x);
  return sum;
}

describe('the sum of 2^24 uniform f32', () => {
  const random = new Random(11);
  const data = Float32Array.from({ length: N }, () => random.uniform());
  const exact = exactSum(data);
  const error = (sum: number) => Math.abs(sum - exact) / exact;

  test('in a naive order has lost three digits', () => {
    expect(error(naiveSum(data))).toBeGreaterThan(2e-6);
  });

  for (const [numerics, size] of [
    ['strict', N],
    ['strict', '?'],
    ['default', N],
  ] as const) {
    test(`compiled with ${numerics} numerics for ${size} elements has a relative error of at most 1e-7`, () => {
      const module = compile(
        `func.func @main(%x: tensor<${size}xf32>) -> tensor<f32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %r = array.reduce add %x init %zero dims = [0] : tensor<${size}xf32>, tensor<f32> to tensor<f32>
  return %r : tensor<f32>
}`,
        { numerics },
      );
      const x = module.array(data);
      const [result] = module.call('main', [x]);
      expect(error(Number(result!.data[0]))).toBeLessThanOrEqual(1e-7);
      x.dispose();
      result!.dispose();
    });
  }
});
