// Plain JavaScript of the elementwise programs.

import type { Plain } from './plain.js';

export const chain: Plain = ([a, b, c], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = Math.sqrt(a[i] * b[i] + c[i]);
};
export const chain10: Plain = ([a, b, c], [o]) => {
  for (let i = 0; i < o.length; i++) {
    const t = a[i] * b[i] + c[i];
    const u = Math.max(Math.sqrt(Math.abs(t - a[i])) * b[i], c[i]) + a[i];
    o[i] = Math.min(u * u, t);
  }
};
export const add: Plain = ([a, b], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = a[i] + b[i];
};
export const axpy: Plain = ([alpha, x, y], [o]) => {
  const k = alpha[0];
  for (let i = 0; i < o.length; i++) o[i] = k * x[i] + y[i];
};
export const exp: Plain = ([x], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = Math.exp(x[i]);
};
export const log: Plain = ([x], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = Math.log(x[i]);
};
export const log1p: Plain = ([x], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = Math.log1p(x[i]);
};
export const tanh: Plain = ([x], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = Math.tanh(x[i]);
};
export const sigmoid: Plain = ([x], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = 1 / (1 + Math.exp(-x[i]));
};
export const silu: Plain = ([x], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = x[i] / (1 + Math.exp(-x[i]));
};
export const rsqrt: Plain = ([x], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = 1 / Math.sqrt(x[i]);
};
export const leakyRelu: Plain = ([x], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = x[i] > 0 ? x[i] : x[i] * 0.1;
};
export const dequantize: Plain = ([x, scale], [o]) => {
  const s = scale[0];
  for (let i = 0; i < o.length; i++) o[i] = (x[i] - 128) * s;
};
export const quantize: Plain = ([x], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = Math.min(255, Math.max(0, Math.round(x[i] * 64 + 128)));
};
export const hash: Plain = ([x, y], [o]) => {
  for (let i = 0; i < o.length; i++) {
    const a = Math.imul(x[i], -1640531527);
    o[i] = Math.imul(((a ^ y[i]) & 65535) + x[i], -1640531527) ^ a;
  }
};
/** Half precision as bits, to a number and back (nearest even), as the language of Node 20 has no such arrays. */
const half = new Float32Array(1);
const bits = new Uint32Array(half.buffer);
function fromHalf(h: number): number {
  const magnitude = h & 0x7fff;
  bits[0] = magnitude < 0x7c00 ? magnitude << 13 : 0x7f800000 | (magnitude << 13);
  const value = magnitude < 0x7c00 ? half[0] * 2 ** 112 : half[0];
  return h & 0x8000 ? -value : value;
}
function toHalf(x: number): number {
  half[0] = x;
  const sign = (bits[0] >>> 16) & 0x8000;
  const magnitude = bits[0] & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    half[0] = Math.abs(x) + 0.5;
    return sign | (bits[0] - 0x3f000000);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}
export const residualF16: Plain = ([x, y, scale], [o]) => {
  const s = scale[0];
  for (let i = 0; i < o.length; i++) o[i] = toHalf(Math.max(fromHalf(x[i]) * s + fromHalf(y[i]), 0));
};
export const mandelbrot: Plain = ([re, im], [o], { N }) => {
  for (let j = 0; j < N; j++) {
    for (let i = 0; i < N; i++) {
      let x = re[i];
      let y = im[j];
      let n = 0;
      for (; n < 12; n++) {
        const xx = x * x;
        const yy = y * y;
        if (xx + yy >= 4) break;
        y = 2 * x * y + im[j];
        x = xx - yy + re[i];
      }
      o[j * N + i] = n;
    }
  }
};

/** erf(x), within 2e-7 (Abramowitz and Stegun 7.1.26): the language has none. */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = 1 - p * Math.exp(-x * x);
  return x < 0 ? -tail : tail;
}

export const gelu: Plain = ([x], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = 0.5 * x[i] * (1 + errorFunction(x[i] * Math.SQRT1_2));
};
export const blackScholes: Plain = ([s, k, t], [o]) => {
  for (let i = 0; i < o.length; i++) {
    const deviation = 0.3 * Math.sqrt(t[i]);
    const d1 = (Math.log(s[i] / k[i]) + 0.065 * t[i]) / deviation;
    const n1 = 0.5 * (1 + errorFunction(d1 * Math.SQRT1_2));
    const n2 = 0.5 * (1 + errorFunction((d1 - deviation) * Math.SQRT1_2));
    o[i] = s[i] * n1 - k[i] * Math.exp(-0.02 * t[i]) * n2;
  }
};
export const erf: Plain = ([x], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = errorFunction(x[i]);
};
