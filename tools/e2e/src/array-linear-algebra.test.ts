// Fourier transforms, factors of matrices and triangular systems: the interpreter against WebAssembly, over lengths, shapes,
// attributes and element types.
import { describe } from 'vitest';
import { type Case, check, type } from './array-cases.js';
import type { TestArgument } from './differential.js';

type Part = 'f32' | 'f64';
const PARTS: readonly Part[] = ['f32', 'f64'];

/** Numbers between -1 and 1 that are the same in every run. */
function noise(part: Part, count: number, seed = 1): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  let state = seed * 2654435761;
  const values = Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return part === 'f32' ? Float32Array.from(values) : Float64Array.from(values);
}
function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
/** A tensor argument; complex numbers are pairs. */
function numbers(part: Part, shape: readonly number[], complex: boolean): TestArgument {
  return { shape, data: noise(part, product(shape) * (complex ? 2 : 1)) };
}

function halfLength(n: number): number {
  return n === 0 ? 0 : Math.floor(n / 2) + 1;
}

function fft(kind: string, part: Part, batch: readonly number[], lengths: readonly number[], dynamic = false): Case {
  const half = [...lengths.slice(0, -1), halfLength(lengths.at(-1)!)];
  const from = [...batch, ...(kind === 'irfft' ? half : lengths)];
  const to = [...batch, ...(kind === 'rfft' ? half : lengths)];
  const unknown = dynamic ? batch.map((_, d) => d) : [];
  const [x, y] = [
    type(kind === 'rfft' ? part : `complex<${part}>`, from, unknown),
    type(kind === 'irfft' ? part : `complex<${part}>`, to, unknown),
  ];
  return {
    text: `func.func @main(%x: ${x}) -> ${y} {
  %0 = array.fft ${kind} %x length = [${lengths.join(', ')}] : ${x} to ${y}
  return %0 : ${y}
}`,
    args: [numbers(part, from, kind !== 'rfft')],
  };
}

describe('array.fft', () => {
  const lengths = [1, 2, 3, 4, 5, 6, 8, 12, 16, 17, 22, 26, 30, 32, 49, 60, 64, 74, 97];
  for (const [p, part] of PARTS.entries())
    for (const [k, kind] of ['fft', 'ifft', 'rfft', 'irfft'].entries())
      check(`${kind} of ${part}`, () => [
        ...lengths
          .filter((_, i) => (i + k) % 2 === p)
          .map((n, i) => fft(kind, part, [[], [2], [3]][i % 3]!, [n], i % 2 === 1)),
        fft(kind, part, [2], [3, 4]),
        fft(kind, part, [], [20, 6]),
        fft(kind, part, [1, 2], [2, 3, 20]),
        fft(kind, part, [], [17, 4], false),
        fft(kind, part, [0], [4], true),
        fft(kind, part, [2], [0]),
      ]);
});
