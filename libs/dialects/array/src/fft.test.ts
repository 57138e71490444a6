// array.fft: the algorithm against the sum that defines it, and what the verifier refuses.
import { ComplexValue } from '@budflow/interpreter';
import { Random } from '@budflow/numerics';
import { applyPatternsGreedily } from '@budflow/rewrite';
import { describe, expect, test } from 'vitest';
import { unitRoot } from './fft/roots.js';
import { call, messagesOf, moduleFrom, newContext, opsNamed, run, tensor } from './testing/harness.js';

type Pair = readonly [number, number];

/** exp(-2 pi i k / n), from sines and cosines of the engine. */
function root(k: number, n: number): Pair {
  const angle = (-2 * Math.PI * (k % n)) / n;
  return [Math.cos(angle), Math.sin(angle)];
}

/** The sum that defines the transform, along the last `lengths.length` dimensions of one item. */
function definition(x: readonly Pair[], lengths: readonly number[], sign: 1 | -1): Pair[] {
  let current = x.slice();
  lengths.forEach((n, d) => {
    const inner = lengths.slice(d + 1).reduce((a, b) => a * b, 1);
    const next: Pair[] = new Array(current.length);
    for (let o = 0; o < current.length / (n * inner); o++)
      for (let q = 0; q < inner; q++)
        for (let k = 0; k < n; k++) {
          let [re, im] = [0, 0];
          for (let j = 0; j < n; j++) {
            const [c, s] = root(j * k, n);
            const [a, b] = current[(o * n + j) * inner + q]!;
            re += a * c - b * s * sign;
            im += b * c + a * s * sign;
          }
          next[(o * n + k) * inner + q] = [re, im];
        }
    current = next;
  });
  return current;
}

function noise(count: number, seed: number, single: boolean): number[] {
  const random = new Random(seed);
  const round = single ? Math.fround : (v: number) => v;
  return Array.from({ length: count }, () => round(random.uniform() * 2 - 1));
}
function pairs(values: readonly number[]): Pair[] {
  return Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i]!, values[2 * i + 1]!]);
}
function relativeError(got: readonly Pair[], wanted: readonly Pair[]): number {
  let [difference, size] = [0, 0];
  wanted.forEach(([re, im], i) => {
    difference += (got[i]![0] - re) ** 2 + (got[i]![1] - im) ** 2;
    size += re ** 2 + im ** 2;
  });
  return Math.sqrt(difference / Math.max(size, 1e-300));
}

/** Runs one transform of a batch of one in the interpreter. */
function transform(kind: string, lengths: readonly number[], values: readonly number[], part: string): number[] {
  const n = lengths.at(-1)!;
  const shape = (last: number) => [...lengths.slice(0, -1), last].join('x');
  const half = n === 0 ? 0 : Math.floor(n / 2) + 1;
  const from =
    kind === 'rfft' ? `tensor<${shape(n)}x${part}>` : `tensor<${shape(kind === 'irfft' ? half : n)}xcomplex<${part}>>`;
  const to =
    kind === 'irfft' ? `tensor<${shape(n)}x${part}>` : `tensor<${shape(kind === 'rfft' ? half : n)}xcomplex<${part}>>`;
  const scalars = kind === 'rfft' ? values : pairs(values).map(([re, im]) => new ComplexValue(re, im));
  const text = `func.func @f(%x: ${from}) -> ${to} {
  %r = array.fft ${kind} %x length = [${lengths.join(', ')}] : ${from} to ${to}
  return %r : ${to}
}`;
  return run(text, (c) => [tensor(c, from, scalars)]).flatMap((v) =>
    v instanceof ComplexValue ? [v.re, v.im] : [v as number],
  );
}

const LENGTHS = [...Array.from({ length: 64 }, (_, i) => i + 1), 97, 100, 121, 128, 169, 243, 256, 338, 360, 509];
const TOLERANCE = { f32: 1.5e-7, f64: 3e-16 } as const;

describe('the transforms are the sums that define them', () => {
  for (const part of ['f32', 'f64'] as const) {
    const limit = (n: number) => TOLERANCE[part] * (1 + Math.log2(n + 1)) * (n > 16 && largestPrime(n) > 13 ? 3 : 1);
    test(`fft and ifft of ${part}`, () => {
      for (const n of LENGTHS) {
        const x = noise(2 * n, n, part === 'f32');
        expect(relativeError(pairs(transform('fft', [n], x, part)), definition(pairs(x), [n], 1)), `${n}`).toBeLessThan(
          limit(n),
        );
        const wanted = definition(pairs(x), [n], -1).map(([a, b]): Pair => [a / n, b / n]);
        expect(relativeError(pairs(transform('ifft', [n], x, part)), wanted), `inverse ${n}`).toBeLessThan(limit(n));
      }
    });
    test(`rfft and irfft of ${part}`, () => {
      for (const n of LENGTHS) {
        const x = noise(n, n, part === 'f32');
        const wanted = definition(
          x.map((v): Pair => [v, 0]),
          [n],
          1,
        ).slice(0, Math.floor(n / 2) + 1);
        const got = transform('rfft', [n], x, part);
        expect(relativeError(pairs(got), wanted), `${n}`).toBeLessThan(limit(n));
        const back = transform('irfft', [n], got, part);
        expect(
          relativeError(
            back.map((v) => [v, 0]),
            x.map((v) => [v, 0]),
          ),
          `inverse ${n}`,
        ).toBeLessThan(2 * limit(n));
      }
    });
  }

  test('several dimensions', () => {
    for (const lengths of [
      [3, 4],
      [8, 20],
      [2, 3, 5],
      [17, 34],
      [4, 1, 6],
      [1, 5],
    ]) {
      const count = lengths.reduce((a, b) => a * b, 1);
      const x = noise(2 * count, count, false);
      const wanted = definition(pairs(x), lengths, 1);
      expect(relativeError(pairs(transform('fft', lengths, x, 'f64')), wanted)).toBeLessThan(4e-15);
      const back = transform('ifft', lengths, wanted.flat(), 'f64');
      expect(relativeError(pairs(back), pairs(x))).toBeLessThan(4e-15);
      const real = noise(count, count + 1, false);
      const n = lengths.at(-1)!;
      const all = definition(
        real.map((v): Pair => [v, 0]),
        lengths,
        1,
      ).filter((_, i) => i % n <= n / 2);
      const got = transform('rfft', lengths, real, 'f64');
      expect(relativeError(pairs(got), all)).toBeLessThan(4e-15);
      expect(
        relativeError(
          transform('irfft', lengths, got, 'f64').map((v) => [v, 0]),
          real.map((v) => [v, 0]),
        ),
      ).toBeLessThan(4e-15);
    }
  });

  test('irfft does not look at imaginary parts that real numbers do not have', () => {
    for (const n of [6, 7]) {
      const x = noise(2 * (Math.floor(n / 2) + 1), n, false);
      const plain = x.slice();
      x[1] = 100;
      plain[1] = 0;
      if (n % 2 === 0) {
        x[x.length - 1] = -50;
        plain[x.length - 1] = 0;
      }
      expect(transform('irfft', [n], x, 'f64')).toEqual(transform('irfft', [n], plain, 'f64'));
    }
  });

  test('nothing to transform', () => {
    expect(transform('fft', [0], [], 'f32')).toEqual([]);
    expect(transform('rfft', [3, 0], [], 'f32')).toEqual([]);
    const context = newContext();
    const module = moduleFrom(
      `func.func @f(%x: tensor<?x4xcomplex<f32>>) -> tensor<?x4xcomplex<f32>> {
  %r = array.fft fft %x length = [4] : tensor<?x4xcomplex<f32>> to tensor<?x4xcomplex<f32>>
  return %r : tensor<?x4xcomplex<f32>>
}`,
      context,
    );
    const [result] = call(module, [tensor(context, 'tensor<?x4xcomplex<f32>>', [], [0, 4])]);
    expect(result).toMatchObject({ shape: [0, 4] });
  });
});

function largestPrime(n: number): number {
  let [rest, prime] = [n, 1];
  for (let p = 2; rest > 1; p++)
    while (rest % p === 0) {
      rest /= p;
      prime = p;
    }
  return prime;
}

test('roots of unity are symmetric and exact on the axes', () => {
  expect([0, 1, 2, 3].map((k) => unitRoot(k, 4))).toEqual([
    [1, 0],
    [0, -1],
    [-1, 0],
    [0, 1],
  ]);
  for (const n of [8, 24, 1000]) {
    for (let k = 0; k < n; k++) {
      const [c, s] = unitRoot(k, n);
      expect(Math.abs(c - root(k, n)[0]) + Math.abs(s - root(k, n)[1])).toBeLessThan(1e-15 * (1 + k));
      expect(unitRoot(n - k, n)).toEqual([c, s === 0 ? 0 : -s]);
    }
  }
});

test('the transform of one element is the element', () => {
  const type = 'tensor<3x1x1xcomplex<f32>>';
  const folded = (text: string) => {
    const module = moduleFrom(
      `func.func @f(%x: ${type}) -> ${type} {\n  %r = ${text} : ${type} to ${type}\n  return %r : ${type}\n}`,
    );
    applyPatternsGreedily(module, [], { canonicalize: true });
    return opsNamed(module, 'array.fft').length === 0;
  };
  expect(folded('array.fft ifft %x length = [1, 1]')).toBe(true);
});

test('wrong ffts are refused', () => {
  const fft = (text: string, from: string, to: string) =>
    messagesOf(
      `func.func @f(%x: ${from}) -> ${to} {\n  %r = array.fft ${text} : ${from} to ${to}\n  return %r : ${to}\n}`,
    );
  const c8 = 'tensor<2x8xcomplex<f32>>';
  expect(fft('fft %x length = [8]', c8, c8)).toEqual([]);
  expect(fft('fft %x length = [4]', c8, c8)[0]).toContain(
    'requires 4 elements in dimension 1 of the operand for length 4, got 8',
  );
  expect(fft('fft %x length = []', c8, c8)[0]).toContain("requires 'length' with 1 to 2 sizes");
  expect(fft('fft %x length = [1, 2, 8]', c8, c8)[0]).toContain("requires 'length' with 1 to 2 sizes");
  expect(fft('fft %x length = [-1]', c8, c8)[0]).toContain('requires lengths of at least 0, got -1');
  expect(fft('rfft %x length = [8]', c8, c8)[0]).toContain("requires an operand of real numbers for 'rfft'");
  expect(fft('fft %x length = [8]', 'tensor<8xf32>', 'tensor<8xf32>')[0]).toContain(
    "requires an operand of complex numbers for 'fft'",
  );
  expect(fft('rfft %x length = [8]', 'tensor<8xf32>', 'tensor<8xcomplex<f32>>')[0]).toContain(
    'requires result of type tensor<5xcomplex<f32>>',
  );
  expect(fft('irfft %x length = [9]', 'tensor<5xcomplex<f64>>', 'tensor<9xf64>')).toEqual([]);
  expect(fft('irfft %x length = [10]', 'tensor<5xcomplex<f64>>', 'tensor<10xf64>')[0]).toContain(
    'requires 6 elements in dimension 0',
  );
  expect(fft('fft %x length = [8]', 'tensor<?xcomplex<f32>>', 'tensor<?xcomplex<f32>>')[0]).toContain(
    'got a size known only at run time',
  );
  expect(fft('dft %x length = [8]', c8, c8)[0]).toContain('expected one of fft, ifft, rfft, irfft');
  const tables = messagesOf(`func.func @f(%x: ${c8}, %t: tensor<4xf64>) -> ${c8} {
  %r = array.fft fft %x length = [8] tables(%t) : ${c8}, tensor<4xf64> to ${c8}
  return %r : ${c8}
}`);
  expect(tables[0]).toContain('requires tables of f32, got tensor<4xf64>');
});
