// Every hand-written kernel computes its program: at sizes with and without remainders, with and without relaxed SIMD.
import { enableRelaxedSimd } from '@budflow/target/node';
import { describe, expect, test } from 'vitest';
import { firstDifference } from '../src/programs/compare.js';
import type { Sizes } from '../src/programs/expression.js';
import { arrayBytes, elementCount } from '../src/programs/graph.js';
import { makeInputs } from '../src/programs/inputs.js';
import { instance, loadPrograms } from '../src/programs/program.js';
import { evaluateReference } from '../src/programs/reference.js';
import { instantiateKernel, limitHeap } from '../src/variants/limits.js';
import { LIMITS } from './index.js';

const fused = enableRelaxedSimd();
const programs = loadPrograms();

const SIZES: Record<string, readonly Sizes[]> = {
  add: [{ N: 4 }, { N: 64 }, { N: 103 }],
  axpy: [{ N: 6 }, { N: 100 }],
  chain: [{ N: 4 }, { N: 15 }, { N: 16 }, { N: 17 }, { N: 1003 }],
  chain10: [{ N: 37 }],
  exp: [{ N: 1003 }],
  tanh: [{ N: 1003 }],
  sum: [{ N: 1 }, { N: 15 }, { N: 16 }, { N: 5003 }],
  dot: [{ N: 3 }, { N: 5003 }],
  colsum: [{ M: 7, N: 64 }],
  cumsum: [{ N: 2048 }],
  downsample: [{ N: 12 }],
  sobel: [{ N: 16 }],
  rmsnorm: [{ M: 3, N: 48 }],
  rowmax: [{ M: 3, N: 48 }],
  softmax: [{ M: 3, N: 48 }],
  layernorm: [{ M: 3, N: 48 }],
  matmul: [
    { M: 4, N: 8, K: 1 },
    { M: 68, N: 24, K: 7 },
    { M: 128, N: 16, K: 512 },
    { M: 8, N: 8, K: 1500 },
  ],
  transpose: [
    { M: 32, N: 48 },
    { M: 128, N: 256 },
  ],
  blur: [{ N: 16 }],
  argmax: [{ N: 16 }, { N: 4096 }, { N: 16 * 67 }],
  black_scholes: [{ N: 5 }, { N: 103 }],
  gelu: [{ N: 1003 }],
  grey: [{ N: 16 }, { N: 96 }],
  mandelbrot: [{ N: 12 }],
  nbody: [{ N: 24 }],
  conv3x3: [
    { H: 4, C: 3, O: 8 },
    { H: 8, C: 5, O: 16 },
  ],
  depthwise3x3: [
    { H: 3, C: 4 },
    { H: 7, C: 8 },
  ],
};

function run(name: string, sizes: Sizes, relaxedSimd: boolean): string | null {
  const program = programs.find((p) => p.family.file === name)!;
  const concrete = instance(program, sizes);
  const inputs = makeInputs(concrete.inputs, program.family.inputs);
  const kernel = LIMITS[name];
  expect(kernel.unsupported(sizes)).toBeNull();
  const heap = limitHeap();
  // Results end where the memory ends: a store past them would trap.
  const blocks = inputs.map((data) => heap.allocate(data.byteLength));
  const scratch = heap.allocate(kernel.scratchBytes(sizes));
  const outs = concrete.outputs.map((type, i) =>
    i === concrete.outputs.length - 1 ? heap.allocateAtEnd(arrayBytes(type)) : heap.allocate(arrayBytes(type)),
  );
  inputs.forEach((data, i) => {
    heap.typedArray(blocks[i], concrete.inputs[i].dtype as 'f32', data.length).set(data);
  });
  instantiateKernel(
    kernel.build(sizes, { relaxedSimd }).build(),
    heap,
  )(...[...blocks, ...outs, scratch].map((b) => b.address));
  const got = outs.map((out, i) => {
    const { dtype, shape } = concrete.outputs[i];
    return heap.typedArray(out, dtype as 'f32', elementCount(shape)).slice();
  });
  for (const block of [...blocks, scratch, ...outs]) heap.free(block);
  const expected = evaluateReference(concrete.graph, inputs);
  const differences = got.map((data, i) => firstDifference(data, expected[i], program.family.tolerance, name));
  return differences.find((d) => d !== null) ?? null;
}

describe('hand-written kernels', () => {
  test('all have sizes to be tested at', () => {
    expect(Object.keys(SIZES).sort()).toEqual(Object.keys(LIMITS).sort());
  });

  for (const [name, list] of Object.entries(SIZES)) {
    for (const sizes of list) {
      test(`${name} at ${JSON.stringify(sizes)}`, () => {
        expect(run(name, sizes, false)).toBeNull();
        if (fused) expect(run(name, sizes, true)).toBeNull();
      });
    }
  }

  test('sizes a kernel was not written for are refused', () => {
    expect(LIMITS.matmul!.unsupported({ M: 3, N: 8, K: 1 })).toContain('multiples');
    expect(LIMITS.softmax!.unsupported({ M: 3, N: 8 })).toContain('multiples');
    expect(LIMITS.chain!.unsupported({ N: 3 })).toContain('at least 4');
  });

  test('exp keeps infinities, zeros, subnormals and NaN', () => {
    const values = Float32Array.of(
      0,
      -0,
      1,
      -1,
      88.7,
      89,
      1000,
      -87.5,
      -103,
      -104,
      -1e30,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      20,
      -20,
    );
    const heap = limitHeap();
    const [x, out] = [heap.allocate(64), heap.allocate(64)];
    heap.typedArray(x, 'f32', 16).set(values);
    instantiateKernel(LIMITS.exp!.build({ N: 16 }, { relaxedSimd: fused }).build(), heap)(x.address, out.address, 0);
    const expected = Float64Array.from(values, (v) => Math.fround(Math.exp(v)));
    const got = heap.typedArray(out, 'f32', 16);
    for (let i = 0; i < 16; i++) {
      if (Number.isNaN(expected[i])) expect(got[i]).toBeNaN();
      else if (Math.abs(expected[i]) < 1e-37) expect(Math.abs(got[i] - expected[i])).toBeLessThan(1e-44);
      else expect(got[i] / expected[i]).toSatisfy((q: number) => Number.isNaN(q) || Math.abs(q - 1) < 2e-7);
    }
    heap.free(x);
    heap.free(out);
  });
});
