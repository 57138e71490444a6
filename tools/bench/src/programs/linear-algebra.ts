// Reference of transforms and factors in double precision: by recursion and by the formulas, nothing clever.
import type { Data } from './reference.js';

/** Fourier transforms of rows of n complex numbers, which are pairs. */
export function transformRows(x: Data, out: Data, n: number): void {
  for (let row = 0; row < x.length; row += 2 * n) out.set(transform(x.subarray(row, row + 2 * n)), row);
}

/** X[k] from the transforms of every p-th element, for the smallest prime factor p of the length. */
function transform(x: Data): Float64Array {
  const n = x.length / 2;
  const out = new Float64Array(2 * n);
  let p = 2;
  while (n % p !== 0 && p * p <= n) p++;
  if (n % p !== 0) p = n;
  if (n === 1) return Float64Array.from(x);
  const m = n / p;
  const parts = Array.from({ length: p }, (_, j) => {
    const part = new Float64Array(2 * m);
    for (let i = 0; i < m; i++) {
      part[2 * i] = x[2 * (i * p + j)];
      part[2 * i + 1] = x[2 * (i * p + j) + 1];
    }
    return m === 1 ? part : transform(part);
  });
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < p; j++) {
      const angle = (-2 * Math.PI * ((j * k) % n)) / n;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const [re, im] = [parts[j][2 * (k % m)], parts[j][2 * (k % m) + 1]];
      out[2 * k] += re * c - im * s;
      out[2 * k + 1] += re * s + im * c;
    }
  }
  return out;
}

/** The lower factor of a positive definite matrix. */
export function factor(a: Data, l: Data, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j];
    }
  }
}

/** Solves with a lower matrix, in place: n unknowns for each of m columns. */
export function substitute(a: Data, x: Data, n: number, m: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let sum = x[i * m + j];
      for (let k = 0; k < i; k++) sum -= a[i * n + k] * x[k * m + j];
      x[i * m + j] = sum / a[i * n + i];
    }
  }
}
