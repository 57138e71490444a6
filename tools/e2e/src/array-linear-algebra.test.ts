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

/** Positive definite matrices: products of random ones with their conjugate transposes, and more in the diagonal. */
function definite(part: Part, batch: readonly number[], n: number, complex: boolean): TestArgument {
  const items = product(batch);
  const g = noise(part, items * n * n * 2);
  const out = noise(part, items * n * n * (complex ? 2 : 1));
  for (let b = 0; b < items; b++)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let [re, im] = [i === j ? 1 : 0, 0];
        for (let k = 0; k < n; k++) {
          const [p, q] = [2 * ((b * n + i) * n + k), 2 * ((b * n + j) * n + k)];
          const y = complex ? 1 : 0;
          re += g[p]! * g[q]! + y * g[p + 1]! * g[q + 1]!;
          im += y * (g[p + 1]! * g[q]! - g[p]! * g[q + 1]!);
        }
        const at = (b * n + i) * n + j;
        if (complex) [out[2 * at], out[2 * at + 1]] = [re, im];
        else out[at] = re;
      }
  return { shape: [...batch, n, n], data: out };
}

function cholesky(
  part: Part,
  batch: readonly number[],
  n: number,
  lower: boolean,
  complex: boolean,
  dynamic: boolean,
): Case {
  const shape = [...batch, n, n];
  const x = type(complex ? `complex<${part}>` : part, shape, dynamic ? shape.map((_, d) => d) : []);
  return {
    text: `func.func @main(%x: ${x}) -> ${x} {
  %0 = array.cholesky %x${lower ? ' {lower}' : ''} : ${x}
  return %0 : ${x}
}`,
    args: [definite(part, batch, n, complex)],
  };
}

describe('array.cholesky', () => {
  for (const part of PARTS)
    for (const complex of [false, true])
      check(`of ${complex ? `complex<${part}>` : part}`, () =>
        [0, 1, 2, 4, 7, 21, 30].flatMap((n, i) =>
          [true, false].map((lower) =>
            cholesky(part, [[], [2], [3, 1]][i % 3]!, n, lower, complex, (i + (lower ? 1 : 0)) % 2 === 0),
          ),
        ),
      );
  check('of what is not positive definite', () =>
    [true, false].map((lower): Case => {
      const { text } = cholesky('f32', [], 9, lower, false, false);
      return { text, args: [{ shape: [9, 9], data: noise('f32', 81) }] };
    }),
  );
});

interface System {
  readonly left: boolean;
  readonly op: string;
  readonly lower: boolean;
  readonly unit: boolean;
}

function solve(
  element: string,
  part: Part,
  batch: readonly number[],
  [n, m]: readonly [number, number],
  { left, op, lower, unit }: System,
  dynamic: boolean,
): Case {
  const [a, b] = [
    [...batch, n, n],
    [...batch, ...(left ? [n, m] : [m, n])],
  ];
  const unknown = dynamic ? a.map((_, d) => d) : [];
  const [at, bt] = [type(element, a, unknown), type(element, b, unknown)];
  const flags = [...(lower ? ['lower'] : []), ...(unit ? ['unit_diagonal'] : [])].join(', ');
  const complex = element !== part;
  const matrix = noise(part, product(a) * (complex ? 2 : 1), 7);
  for (let i = 0; i < product(a); i++) if (n > 0 && (i % (n * n)) % (n + 1) === 0) matrix[complex ? 2 * i : i]! += 2;
  return {
    text: `func.func @main(%a: ${at}, %b: ${bt}) -> ${bt} {
  %0 = array.triangular_solve %a, %b side = ${left ? 'left' : 'right'} op = ${op}${flags ? ` {${flags}}` : ''} : ${at}, ${bt}
  return %0 : ${bt}
}`,
    args: [{ shape: a, data: matrix }, numbers(part, b, complex)],
  };
}

describe('array.triangular_solve', () => {
  const sizes = [
    [5, 21],
    [9, 3],
    [4, 8],
    [1, 12],
    [6, 0],
    [0, 3],
    [13, 14],
  ] as const;
  const systems = [true, false].flatMap((left) =>
    ['none', 'transpose', 'adjoint'].flatMap((op) =>
      [true, false].flatMap((lower) => [false, true].map((unit): System => ({ left, op, lower, unit }))),
    ),
  );
  for (const part of PARTS)
    for (const element of [part, `complex<${part}>`])
      check(`of ${element}`, () =>
        systems.map((system, i) =>
          solve(element, part, [[], [2]][(i >> 1) % 2]!, sizes[i % sizes.length]!, system, i % 5 === 0),
        ),
      );
});

describe('together and with other ops', () => {
  const square = 'tensor<6x6xf32>';
  check('right-hand sides that die are written over, constants have no buffer, sizes may be dynamic', () => [
    {
      text: `func.func @main(%a: ${square}, %b: ${square}) -> ${square} {
  %0 = array.exp %b : ${square}
  %1 = array.triangular_solve %a, %0 side = right op = transpose {lower} : ${square}, ${square}
  return %1 : ${square}
}`,
      args: [definite('f32', [], 6, false), numbers('f32', [6, 6], false)],
    },
    {
      text: `func.func @main(%b: ${square}) -> ${square} {
  %0 = array.exp %b : ${square}
  %1 = array.triangular_solve %0, %0 side = left op = none {lower} : ${square}, ${square}
  return %1 : ${square}
}`,
      args: [definite('f32', [], 6, false)],
    },
    {
      text: `func.func @main(%a: ${square}) -> (${square}, tensor<6xcomplex<f32>>) {
  %0 = array.constant dense<2.0> : ${square}
  %1 = array.triangular_solve %a, %0 side = left op = none {lower} : ${square}, ${square}
  %2 = array.constant dense<(2.0, 1.0)> : tensor<6xcomplex<f32>>
  %3 = array.fft ifft %2 length = [6] : tensor<6xcomplex<f32>> to tensor<6xcomplex<f32>>
  return %1, %3 : ${square}, tensor<6xcomplex<f32>>
}`,
      args: [definite('f32', [], 6, false)],
    },
    {
      text: `func.func @main(%a: tensor<?x?xf64>, %b: tensor<?x3xf64>) -> tensor<?x3xf64> {
  %l = array.cholesky %a {lower} : tensor<?x?xf64>
  %y = array.triangular_solve %l, %b side = left op = none {lower} : tensor<?x?xf64>, tensor<?x3xf64>
  %x = array.triangular_solve %l, %y side = left op = adjoint {lower} : tensor<?x?xf64>, tensor<?x3xf64>
  return %x : tensor<?x3xf64>
}`,
      args: [definite('f64', [], 11, false), numbers('f64', [11, 3], false)],
    },
    {
      text: `func.func @main(%x: tensor<4x16xf32>, %h: tensor<16xf32>) -> tensor<4x16xf32> {
  %0 = array.fft rfft %x length = [16] : tensor<4x16xf32> to tensor<4x9xcomplex<f32>>
  %1 = array.fft rfft %h length = [16] : tensor<16xf32> to tensor<9xcomplex<f32>>
  %2 = array.broadcast %1 dims = [1] : tensor<9xcomplex<f32>> to tensor<4x9xcomplex<f32>>
  %3 = array.mul %0, %2 : tensor<4x9xcomplex<f32>>
  %4 = array.fft irfft %3 length = [16] : tensor<4x9xcomplex<f32>> to tensor<4x16xf32>
  return %4 : tensor<4x16xf32>
}`,
      args: [numbers('f32', [4, 16], false), numbers('f32', [16], false)],
    },
  ]);
});
