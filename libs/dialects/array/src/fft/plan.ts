// How a Fourier transform of one length is computed, and the tables that this needs.
//
// A length of small prime factors is a sequence of stages of radix 4, 2 and odd primes in Stockham's order: each stage reads
// one pair of planes (real and imaginary parts) and writes another, results end up in their natural order. A length with a
// large prime factor is a convolution by Bluestein's chirp z-transform, on a power of two.
// (Van Loan, Computational Frameworks for the Fast Fourier Transform, 1992; Bluestein, 1970.)
import type { Planes } from './machine.js';
import { unitRoot } from './roots.js';

/** Prime factors up to this one are stages; the work of a stage grows with the square of an odd radix. */
const GREATEST_RADIX = 13;

export interface Stage {
  readonly radix: number;
  /** Transforms that are done already and lie side by side: the product of the radices before. */
  readonly done: number;
  /** Butterflies of one such transform: n / (done * radix). */
  readonly count: number;
  /** Offset in the tables of the twiddles: for each k = 1 .. radix - 1 `count` real parts, then `count` imaginary ones. None with one butterfly. */
  readonly twiddles: number;
}

export interface Chirp {
  /** The power of two on which the convolution is done. */
  readonly line: LinePlan;
  /** Offset of exp(-pi i k^2 / n): n real parts, then n imaginary ones. */
  readonly chirp: number;
  /** Offset of the transformed conjugate chirp over its length: real parts, then imaginary ones. */
  readonly spectrum: number;
}

/** One transform of length `n`. */
export interface LinePlan {
  readonly n: number;
  readonly stages: readonly Stage[];
  readonly chirp?: Chirp;
}

/** Radices of a length, fours first; undefined when a prime factor is too large. */
function radicesOf(n: number): number[] | undefined {
  const radices: number[] = [];
  let rest = n;
  for (const radix of [4, 2, 3, 5, 7, 11, GREATEST_RADIX])
    while (rest % radix === 0) {
      radices.push(radix);
      rest /= radix;
    }
  return rest === 1 ? radices : undefined;
}

/** Plans lengths and collects their tables in one list; equal lengths share. */
export class FftTables {
  readonly values: number[] = [];
  private readonly lines = new Map<number, LinePlan>();
  private readonly roots = new Map<number, number>();

  line(n: number): LinePlan {
    const known = this.lines.get(n);
    if (known) return known;
    const radices = n > 0 ? radicesOf(n) : [];
    const line: LinePlan = radices ? { n, stages: this.stages(n, radices) } : this.bluestein(n);
    this.lines.set(n, line);
    return line;
  }

  /** Offset of exp(-2 pi i k / n) for k = 0 .. floor(n / 2): real parts, then imaginary ones. */
  halfCircle(n: number): number {
    const known = this.roots.get(n);
    if (known !== undefined) return known;
    const offset = this.planes(Math.floor(n / 2) + 1, (k) => unitRoot(k, n));
    this.roots.set(n, offset);
    return offset;
  }

  private planes(count: number, element: (k: number) => readonly [number, number]): number {
    const offset = this.values.length;
    const pairs = Array.from({ length: count }, (_, k) => element(k));
    for (const part of [0, 1] as const) for (const pair of pairs) this.values.push(pair[part]);
    return offset;
  }

  private stages(n: number, radices: readonly number[]): Stage[] {
    let done = 1;
    return radices.map((radix): Stage => {
      const count = n / (done * radix);
      const twiddles = this.values.length;
      const step = done;
      if (count > 1) for (let k = 1; k < radix; k++) this.planes(count, (p) => unitRoot(p * k * step, n));
      done *= radix;
      return { radix, done: step, count, twiddles };
    });
  }

  private bluestein(n: number): LinePlan {
    let size = 1;
    while (size < 2 * n - 1) size *= 2;
    const line = this.line(size);
    // exp(-pi i k^2 / n); k^2 modulo 2 n grows by 2 k + 1 from one to the next.
    const re = new Float64Array(size);
    const im = new Float64Array(size);
    const chirp = this.values.length;
    let square = 0;
    for (let k = 0; k < n; k++) {
      const [c, s] = unitRoot(square, 2 * n);
      square = (square + 2 * k + 1) % (2 * n);
      this.values[chirp + k] = c;
      im[k] = -s;
    }
    for (let k = 0; k < n; k++) {
      const [c, s] = [this.values[chirp + k]!, im[k]!];
      this.values.push(-s);
      const mirrored = (size - k) % size;
      re[k] = c;
      re[mirrored] = c;
      im[mirrored] = s;
    }
    const done = transformPowerOfTwo(re, im);
    const spectrum = this.planes(size, (k) => [done.re[k]! / size, done.im[k]! / size]);
    return { n, stages: [], chirp: { line, chirp, spectrum } };
  }
}

/** Stockham's transform of radix 2 in f64, for the tables: arrays of a power of two, which are written. */
function transformPowerOfTwo(re: Float64Array, im: Float64Array): Planes<Float64Array> {
  const size = re.length;
  const roots = Array.from({ length: size / 2 }, (_, k) => unitRoot(k, size));
  let x: Planes<Float64Array> = { re, im };
  let y: Planes<Float64Array> = { re: new Float64Array(size), im: new Float64Array(size) };
  for (let side = 1; side < size; side *= 2) {
    const count = size / (2 * side);
    for (let p = 0; p < count; p++) {
      const [c, s] = roots[p * side]!;
      for (let q = 0; q < side; q++) {
        const [i, j, o] = [q + side * p, q + side * (p + count), q + side * 2 * p];
        const a = x.re[i]! - x.re[j]!;
        const b = x.im[i]! - x.im[j]!;
        y.re[o] = x.re[i]! + x.re[j]!;
        y.im[o] = x.im[i]! + x.im[j]!;
        y.re[o + side] = a * c - b * s;
        y.im[o + side] = a * s + b * c;
      }
    }
    [x, y] = [y, x];
  }
  return x;
}

/** Real additions and multiplications of a stage's butterfly, for estimates. */
export function lineFlops(line: LinePlan): number {
  if (line.chirp) return 2 * lineFlops(line.chirp.line) + 6 * line.chirp.line.n + 12 * line.n;
  return line.stages.reduce(
    (sum, { radix }) => sum + (line.n / radix) * (radix % 2 ? 4 * radix * radix : 8 * radix) + 6 * line.n,
    0,
  );
}
