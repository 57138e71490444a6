import { describe, expect, test } from 'vitest';
import { Random } from '../random.js';
import { hermitianEigen } from './eigh.js';
import { adjoint, type Matrix, zeroMatrix } from './matrix.js';
import { singularValues } from './svd.js';

function product(a: Matrix, b: Matrix): Matrix {
  const made = zeroMatrix(a.rows, b.columns);
  for (let j = 0; j < b.columns; j++)
    for (let k = 0; k < a.columns; k++) {
      const [yr, yi] = [b.re[j * b.rows + k]!, b.im[j * b.rows + k]!];
      for (let i = 0; i < a.rows; i++) {
        const [xr, xi] = [a.re[k * a.rows + i]!, a.im[k * a.rows + i]!];
        made.re[j * a.rows + i]! += xr * yr - xi * yi;
        made.im[j * a.rows + i]! += xr * yi + xi * yr;
      }
    }
  return made;
}
/** The largest difference of two parts. */
function distance(a: Matrix, b: Matrix): number {
  let most = 0;
  for (const parts of ['re', 'im'] as const)
    a[parts].forEach((value, i) => {
      most = Math.max(most, Math.abs(value - b[parts][i]!));
    });
  return most;
}
function diagonal(rows: number, columns: number, values: Float64Array): Matrix {
  const made = zeroMatrix(rows, columns);
  values.forEach((value, i) => {
    made.re[i * rows + i] = value;
  });
  return made;
}
function random(rows: number, columns: number, seed: number, { complex }: { readonly complex: boolean }): Matrix {
  const numbers = new Random(seed);
  const made = zeroMatrix(rows, columns);
  for (let i = 0; i < made.re.length; i++) {
    made.re[i] = numbers.uniform() * 2 - 1;
    if (complex) made.im[i] = numbers.uniform() * 2 - 1;
  }
  return made;
}
const one = (n: number) => diagonal(n, n, new Float64Array(n).fill(1));
const expectOrthonormal = (q: Matrix) =>
  expect(distance(product(adjoint(q), q), one(q.columns))).toBeLessThan(1e-14 * (q.rows + 1));

const KINDS = [{ complex: false }, { complex: true }];

describe('eigenvalues of a Hermitian matrix', () => {
  test('are those of a matrix worked out by hand', () => {
    const a = zeroMatrix(2, 2);
    a.re.set([2, 0, 0, 2]);
    a.im.set([0, 1, 0, 0]); // [[2, -i], [i, 2]], of which the lower triangle is read
    expect([...hermitianEigen(a)!.values].map((v) => Math.round(v * 1e14) / 1e14)).toEqual([1, 3]);
  });

  test.each(KINDS)('make up the matrix with their orthonormal vectors, in ascending order, $complex', (kind) => {
    for (const n of [0, 1, 2, 3, 8, 25]) {
      const half = random(n, n, n + 1, kind);
      const a = product(half, adjoint(half));
      const { values, vectors } = hermitianEigen(a)!;
      expect([...values]).toEqual([...values].sort((x, y) => x - y));
      expectOrthonormal(vectors);
      const again = product(product(vectors, diagonal(n, n, values)), adjoint(vectors));
      expect(distance(again, a)).toBeLessThan(1e-13 * (n + 1));
      if (!kind.complex) expect(vectors.im.every((v) => v === 0)).toBe(true);
    }
  });

  test('read the lower triangle only, and real parts of the diagonal', () => {
    const a = random(6, 6, 5, { complex: true });
    const b: Matrix = { ...a, re: a.re.slice(), im: a.im.slice() };
    for (let j = 0; j < 6; j++) {
      b.im[j * 6 + j] = 7;
      for (let i = 0; i < j; i++) b.re[j * 6 + i] = b.im[j * 6 + i] = 99;
    }
    expect(hermitianEigen(b)).toEqual(hermitianEigen(a));
  });

  test('have a scale of their own, and are none where a part is not finite', () => {
    for (const scale of [2 ** -1000, 2 ** 900, 0]) {
      const a = random(5, 5, 3, { complex: false });
      const scaled: Matrix = { ...a, re: a.re.map((v) => v * scale) };
      const expected = hermitianEigen(a)!.values.map((v) => v * scale);
      hermitianEigen(scaled)!.values.forEach((v, i) => {
        expect(Math.abs(v - expected[i]!)).toBeLessThanOrEqual(1e-14 * scale * 5);
      });
    }
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const a = one(3);
      a.re[1] = bad;
      expect(hermitianEigen(a)).toBeUndefined();
    }
  });
});

describe('singular values', () => {
  test.each(KINDS)('make up the matrix with orthonormal vectors, in descending order, $complex', (kind) => {
    for (const [m, n] of [
      [0, 0],
      [1, 1],
      [5, 5],
      [12, 4],
      [4, 12],
      [3, 0],
    ] as const) {
      const a = random(m, n, 10 * m + n, kind);
      const k = Math.min(m, n);
      for (const vectors of ['full', 'thin'] as const) {
        const { values, left, right } = singularValues(a, vectors)!;
        expect([left.columns, right.columns]).toEqual(vectors === 'full' ? [m, n] : [k, k]);
        expect([...values]).toEqual([...values].sort((x, y) => y - x));
        expectOrthonormal(left);
        expectOrthonormal(right);
        const middle = diagonal(left.columns, right.columns, values);
        expect(distance(product(product(left, middle), adjoint(right)), a)).toBeLessThan(1e-13);
      }
      expect(singularValues(a, 'none')!.values).toEqual(singularValues(a, 'thin')!.values);
    }
  });

  test('of a matrix of less rank are 0, and its vectors orthonormal all the same', () => {
    const a = product(random(7, 2, 1, { complex: true }), random(2, 4, 2, { complex: true }));
    a.re.fill(0, 0, 7);
    a.im.fill(0, 0, 7);
    const { values, left, right } = singularValues(a, 'full')!;
    expect(values.filter((v) => v > 1e-14)).toHaveLength(2);
    expectOrthonormal(left);
    expectOrthonormal(right);
    const { left: none } = singularValues(zeroMatrix(3, 2), 'full')!;
    expectOrthonormal(none);
  });

  test('that are small are as accurate as large ones', () => {
    const a = zeroMatrix(3, 3);
    a.re.set([1e100, 0, 0, 1, 1, 0, 0, 0, 1e-40]);
    const { values } = singularValues(a, 'none')!;
    expect(values[0]! / 1e100).toBeCloseTo(1, 14);
    expect(values[1]).toBeCloseTo(1, 14);
    expect(values[2]! / 1e-40).toBeCloseTo(1, 14);
    a.re[4] = Number.NaN;
    expect(singularValues(a, 'none')).toBeUndefined();
  });
});
