// Plain JavaScript of Fourier transforms, factors and triangular systems: good loops, as a library would have them.

import type { Plain } from './plain.js';

interface Fft {
  readonly n: number;
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  readonly planes: readonly Float32Array[];
}

let last: Fft | undefined;

/** Roots of unity and planes of a length, kept for the next call. */
function prepare(n: number): Fft {
  if (last?.n === n) return last;
  const cos = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sin = Float64Array.from({ length: n }, (_, k) => -Math.sin((2 * Math.PI * k) / n));
  last = { n, cos, sin, planes: Array.from({ length: 4 }, () => new Float32Array(n)) };
  return last;
}

type Planes = readonly [xr: Float32Array, xi: Float32Array, yr: Float32Array, yi: Float32Array];

function radix4({ cos, sin }: Fft, [xr, xi, yr, yi]: Planes, side: number, count: number): void {
  const step = side * count;
  for (let p = 0; p < count; p++) {
    const w = p * side;
    const c1 = cos[w];
    const s1 = sin[w];
    const c2 = cos[2 * w];
    const s2 = sin[2 * w];
    const c3 = cos[3 * w];
    const s3 = sin[3 * w];
    for (let q = 0; q < side; q++) {
      const i = q + side * p;
      const o = q + side * 4 * p;
      const ar = xr[i] + xr[i + 2 * step];
      const ai = xi[i] + xi[i + 2 * step];
      const br = xr[i] - xr[i + 2 * step];
      const bi = xi[i] - xi[i + 2 * step];
      const cr = xr[i + step] + xr[i + 3 * step];
      const ci = xi[i + step] + xi[i + 3 * step];
      const dr = xr[i + step] - xr[i + 3 * step];
      const di = xi[i + step] - xi[i + 3 * step];
      yr[o] = ar + cr;
      yi[o] = ai + ci;
      yr[o + side] = (br + di) * c1 - (bi - dr) * s1;
      yi[o + side] = (br + di) * s1 + (bi - dr) * c1;
      yr[o + 2 * side] = (ar - cr) * c2 - (ai - ci) * s2;
      yi[o + 2 * side] = (ar - cr) * s2 + (ai - ci) * c2;
      yr[o + 3 * side] = (br - di) * c3 - (bi + dr) * s3;
      yi[o + 3 * side] = (br - di) * s3 + (bi + dr) * c3;
    }
  }
}

function radix2({ cos, sin }: Fft, [xr, xi, yr, yi]: Planes, side: number, count: number): void {
  const step = side * count;
  for (let p = 0; p < count; p++) {
    const c = cos[p * side];
    const s = sin[p * side];
    for (let q = 0; q < side; q++) {
      const i = q + side * p;
      const o = q + side * 2 * p;
      const re = xr[i] - xr[i + step];
      const im = xi[i] - xi[i + step];
      yr[o] = xr[i] + xr[i + step];
      yi[o] = xi[i] + xi[i + step];
      yr[o + side] = re * c - im * s;
      yi[o + side] = re * s + im * c;
    }
  }
}

const C1 = Math.cos((2 * Math.PI) / 5);
const C2 = Math.cos((4 * Math.PI) / 5);
const S1 = Math.sin((2 * Math.PI) / 5);
const S2 = Math.sin((4 * Math.PI) / 5);

function radix5({ cos, sin }: Fft, [xr, xi, yr, yi]: Planes, side: number, count: number): void {
  const step = side * count;
  for (let p = 0; p < count; p++) {
    const w = p * side;
    const c1 = cos[w];
    const s1 = sin[w];
    const c2 = cos[2 * w];
    const s2 = sin[2 * w];
    const c3 = cos[3 * w];
    const s3 = sin[3 * w];
    const c4 = cos[4 * w];
    const s4 = sin[4 * w];
    for (let q = 0; q < side; q++) {
      const i = q + side * p;
      const o = q + side * 5 * p;
      const r = xr[i];
      const m = xi[i];
      const ar = xr[i + step] + xr[i + 4 * step];
      const ai = xi[i + step] + xi[i + 4 * step];
      const br = xr[i + step] - xr[i + 4 * step];
      const bi = xi[i + step] - xi[i + 4 * step];
      const cr = xr[i + 2 * step] + xr[i + 3 * step];
      const ci = xi[i + 2 * step] + xi[i + 3 * step];
      const dr = xr[i + 2 * step] - xr[i + 3 * step];
      const di = xi[i + 2 * step] - xi[i + 3 * step];
      const er = r + C1 * ar + C2 * cr;
      const ei = m + C1 * ai + C2 * ci;
      const fr = S1 * br + S2 * dr;
      const fi = S1 * bi + S2 * di;
      const gr = r + C2 * ar + C1 * cr;
      const gi = m + C2 * ai + C1 * ci;
      const hr = S2 * br - S1 * dr;
      const hi = S2 * bi - S1 * di;
      yr[o] = r + ar + cr;
      yi[o] = m + ai + ci;
      yr[o + side] = (er + fi) * c1 - (ei - fr) * s1;
      yi[o + side] = (er + fi) * s1 + (ei - fr) * c1;
      yr[o + 2 * side] = (gr + hi) * c2 - (gi - hr) * s2;
      yi[o + 2 * side] = (gr + hi) * s2 + (gi - hr) * c2;
      yr[o + 3 * side] = (gr - hi) * c3 - (gi + hr) * s3;
      yi[o + 3 * side] = (gr - hi) * s3 + (gi + hr) * c3;
      yr[o + 4 * side] = (er - fi) * c4 - (ei + fr) * s4;
      yi[o + 4 * side] = (er - fi) * s4 + (ei + fr) * c4;
    }
  }
}

/** Stages of radix 4, 2 and 5 in Stockham's order. */
export const fft: Plain = ([x], [y], { B, N }) => {
  const plan = prepare(N);
  for (let b = 0; b < B; b++) {
    let [xr, xi, yr, yi] = plan.planes;
    for (let i = 0; i < N; i++) {
      xr[i] = x[2 * (b * N + i)];
      xi[i] = x[2 * (b * N + i) + 1];
    }
    for (let side = 1; side < N; ) {
      const rest = N / side;
      const radix = rest % 4 === 0 ? 4 : rest % 2 === 0 ? 2 : 5;
      const stage = radix === 4 ? radix4 : radix === 2 ? radix2 : radix5;
      stage(plan, [xr, xi, yr, yi], side, rest / radix);
      [xr, xi, yr, yi] = [yr, yi, xr, xi];
      side *= radix;
    }
    for (let i = 0; i < N; i++) {
      y[2 * (b * N + i)] = xr[i];
      y[2 * (b * N + i) + 1] = xi[i];
    }
  }
};

/** Rows of the transposed factor, updated from all rows above: inner loops run along rows. */
export const cholesky: Plain = ([a], [l], { N }) => {
  const u = new Float32Array(N * N);
  for (let j = 0; j < N; j++) {
    for (let i = j; i < N; i++) u[j * N + i] = a[i * N + j];
    for (let k = 0; k < j; k++) {
      const factor = u[k * N + j];
      for (let i = j; i < N; i++) u[j * N + i] -= factor * u[k * N + i];
    }
    const pivot = Math.sqrt(u[j * N + j]);
    for (let i = j; i < N; i++) u[j * N + i] /= pivot;
    u[j * N + j] = pivot;
  }
  for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) l[i * N + j] = j <= i ? u[j * N + i] : 0;
};

/** Forward substitution along rows of the right-hand sides. */
export const triangularSolve: Plain = ([a, b], [x], { N, M }) => {
  x.set(b);
  for (let i = 0; i < N; i++) {
    for (let k = 0; k < i; k++) {
      const factor = a[i * N + k];
      for (let j = 0; j < M; j++) x[i * M + j] -= factor * x[k * M + j];
    }
    const pivot = a[i * N + i];
    for (let j = 0; j < M; j++) x[i * M + j] /= pivot;
  }
};
