// Data that moves: results of compiled code at sizes where the default schedule blocks, against what plain loops do.
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';

/** Runs a program on one f32 array of 0, 1, 2, .. */
function run(text: string, shape: readonly number[]): Float32Array {
  const x = Float32Array.from({ length: shape.reduce((n, size) => n * size, 1) }, (_, i) => i);
  const module = compile(text, { numerics: 'strict' });
  try {
    const result = module.functions.main.compiled.call([module.array(x, shape, 'f32')]);
    return Float32Array.from(result[0]!.data as Float32Array);
  } finally {
    module.dispose();
  }
}

describe('transpositions larger than the second cache', () => {
  for (const [m, n] of [
    [512, 512],
    [530, 370],
    [129, 1100],
    [1531, 1501],
  ] as const) {
    test(`of ${m} x ${n} elements move every one of them`, () => {
      const moved = run(
        `func.func @main(%x: tensor<${m}x${n}xf32>) -> tensor<${n}x${m}xf32> {
  %r = array.transpose %x perm = [1, 0] : tensor<${m}x${n}xf32> to tensor<${n}x${m}xf32>
  return %r : tensor<${n}x${m}xf32>
}`,
        [m, n],
      );
      let wrong = 0;
      for (let j = 0; j < n; j++) for (let i = 0; i < m; i++) if (moved[j * m + i] !== i * n + j) wrong++;
      expect(wrong).toBe(0);
    });
  }

  test('of rows in a batch, added to what lies in the other direction', () => {
    const [b, m, n] = [3, 300, 290];
    const moved = run(
      `func.func @main(%x: tensor<${b}x${m}x${n}xf32>) -> tensor<${b}x${n}x${m}xf32> {
  %t = array.transpose %x perm = [0, 2, 1] : tensor<${b}x${m}x${n}xf32> to tensor<${b}x${n}x${m}xf32>
  %y = array.reshape %x : tensor<${b}x${m}x${n}xf32> to tensor<${b}x${n}x${m}xf32>
  %r = array.sub %t, %y : tensor<${b}x${n}x${m}xf32>
  return %r : tensor<${b}x${n}x${m}xf32>
}`,
      [b, m, n],
    );
    let wrong = 0;
    for (let k = 0; k < b; k++)
      for (let j = 0; j < n; j++)
        for (let i = 0; i < m; i++) {
          const at = (k * n + j) * m + i;
          if (moved[at] !== (k * m + i) * n + j - at) wrong++;
        }
    expect(wrong).toBe(0);
  });
});
