// Programs of several results, of integer quotients, and of bytes.
import type { Plain } from './plain.js';

export const gamma: Plain = ([x], [o]) => {
  for (let i = 0; i < x.length; i++) o[i] = Math.floor(255 * (x[i] / 255) ** (1 / 2.2) + 0.5);
};
export const civilDate: Plain = ([x], [year, month, day]) => {
  for (let i = 0; i < x.length; i++) {
    const z = Math.floor(x[i] / 86400) + 719468;
    const era = Math.floor(z / 146097);
    const d = z - era * 146097;
    const y = ((d - ((d / 1460) | 0) + ((d / 36524) | 0) - ((d / 146096) | 0)) / 365) | 0;
    const doy = d - (365 * y + ((y / 4) | 0) - ((y / 100) | 0));
    const m = ((5 * doy + 2) / 153) | 0;
    year[i] = y + era * 400;
    month[i] = m < 10 ? m + 3 : m - 9;
    day[i] = doy - (((153 * m + 2) / 5) | 0) + 1;
  }
};
export const torusCells: Plain = ([x, y], [o]) => {
  const mod = (a: number, n: number): number => {
    const r = a % n;
    return r < 0 ? r + n : r;
  };
  for (let i = 0; i < x.length; i++) {
    const c = mod(y[i], 480) * 640 + mod(x[i], 640);
    o[i] = c ^ mod((c - y[i]) | 0, 64);
  }
};
export const polar: Plain = ([x, y], [r, a, c, d]) => {
  for (let i = 0; i < x.length; i++) {
    const length = Math.sqrt(x[i] * x[i] + y[i] * y[i]);
    r[i] = length;
    a[i] = Math.log(length);
    c[i] = x[i] / length;
    d[i] = y[i] / length;
  }
};
export const hsvPlanes: Plain = ([red, green, blue], [hue, saturation, value]) => {
  for (let i = 0; i < red.length; i++) {
    const [r, g, b] = [red[i], green[i], blue[i]];
    const v = Math.max(r, g, b);
    const d = v - Math.min(r, g, b);
    const e = Math.max(d, 1e-6);
    let h: number;
    if (v === r) {
      h = (g - b) / e;
      if (h < 0) h += 6;
    } else h = v === g ? (b - r) / e + 2 : (r - g) / e + 4;
    hue[i] = h / 6;
    saturation[i] = d / Math.max(v, 1e-6);
    value[i] = v;
  }
};
export const softmaxCausal: Plain = ([x], [o], { B, N }) => {
  for (let row = 0; row < B * N; row++) {
    const at = row * N;
    const places = (row % N) + 1;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < places; j++) greatest = Math.max(greatest, x[at + j] * 0.125);
    let sum = 0;
    for (let j = 0; j < places; j++) {
      const e = Math.exp(x[at + j] * 0.125 - greatest);
      o[at + j] = e;
      sum += e;
    }
    for (let j = 0; j < N; j++) o[at + j] = j < places ? o[at + j] / sum : 0;
  }
};
