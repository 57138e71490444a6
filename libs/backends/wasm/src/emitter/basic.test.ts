import { describe, expect, test } from 'vitest';
import { array, expectSame, floats } from './testing/run.js';

const ELEMENTWISE = `
func.func @k(%a: memref<?xf32>, %b: memref<?xf32>, %out: memref<?xf32>, %begin: index, %end: index) -> index {
  %c0 = arith.constant 0 : index
  %n = memory.dim %a, 0 : memref<?xf32>
  %two = arith.constant dense<2.0> : vector<4xf32>
  %s = arith.constant 2.0 : f32
  loop.for %c = %begin to %end {
    loop.for %i = affine_map<(d0) -> (d0 * 64)>(%c) to min affine_map<(d0)[s0] -> (d0 * 64 + 64, (s0 floordiv 4) * 4)>(%c)[%n] step 4 {
      %x = simd.load %a[%i] : memref<?xf32>, vector<4xf32>
      %y = simd.load %b[%i] : memref<?xf32>, vector<4xf32>
      %m = arith.mulf %x, %y : vector<4xf32>
      %t = arith.addf %m, %two : vector<4xf32>
      %r = math.sqrt %t : vector<4xf32>
      simd.store %r, %out[%i] : memref<?xf32>, vector<4xf32>
    }
    loop.for %i = max affine_map<(d0)[s0] -> (d0 * 64, (s0 floordiv 4) * 4)>(%c)[%n] to min affine_map<(d0)[s0] -> (d0 * 64 + 64, s0)>(%c)[%n] {
      %x = memory.load %a[%i] : memref<?xf32>
      %y = memory.load %b[%i] : memref<?xf32>
      %m = arith.mulf %x, %y : f32
      %t = arith.addf %m, %s : f32
      %r = math.sqrt %t : f32
      memory.store %r, %out[%i] : memref<?xf32>
    }
  }
  return %end : index
}`;

describe('elementwise kernels', () => {
  test.each([0, 1, 3, 4, 5, 63, 64, 65, 127, 128, 200])('vector main loop and scalar tail of %i elements', (n) => {
    const chunks = Math.ceil(n / 64);
    const result = expectSame(ELEMENTWISE, [array(floats(n, 1)), array(floats(n, 2)), array(new Float32Array(n))], {
      end: chunks,
      atEnd: 0,
    });
    expect(result.next).toBe(chunks);
  });
});
