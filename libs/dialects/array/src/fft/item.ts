// The whole transform of one batch item, over any machine: lines along the last dimension, then blocks of columns along the
// others (for irfft the other way round).
import { multiply } from './butterfly.js';
import type { Complex, LineMachine, Planes } from './machine.js';
import { FftTables, type LinePlan, lineFlops } from './plan.js';
import { scratchPlanes, swapped, transformLine } from './transform.js';

export const FFT_KINDS = ['fft', 'ifft', 'rfft', 'irfft'] as const;
export type FftKind = (typeof FFT_KINDS)[number];

/** Columns that are transformed together. */
const COLUMNS = 16;

export interface FftPlan {
  readonly kind: FftKind;
  /** The length in each transformed dimension. */
  readonly lengths: readonly number[];
  /** Sizes of the complex side: `lengths`, for real transforms with the last one n / 2 + 1. */
  readonly complexShape: readonly number[];
  readonly tables: readonly number[];
  /** Transforms of complex numbers along each dimension; along the last one of half the length when real numbers come in pairs. */
  readonly lines: readonly LinePlan[];
  /** Offset of the roots that put the halves of a real transform together. */
  readonly roots: number;
  /** Real operations of one item. */
  readonly flops: number;
}

export function isRealFft(kind: FftKind): boolean {
  return kind === 'rfft' || kind === 'irfft';
}

/** Size of the last dimension of complex numbers that stand for n real ones. */
export function halfLength(n: number): number {
  return n === 0 ? 0 : Math.floor(n / 2) + 1;
}

function planFft(kind: FftKind, lengths: readonly number[]): FftPlan {
  const tables = new FftTables();
  const last = lengths.length - 1;
  const paired = isRealFft(kind) && lengths[last]! % 2 === 0;
  const lines = lengths.map((n, d) => tables.line(d === last && paired ? n / 2 : n));
  const roots = paired && lengths[last]! > 0 ? tables.halfCircle(lengths[last]!) : 0;
  const complexShape = lengths.map((n, d) => (d === last && isRealFft(kind) ? halfLength(n) : n));
  const count = complexShape.reduce((a, b) => a * b, 1);
  const flops = lines.reduce((sum, line, d) => sum + lineFlops(line) * (count / Math.max(1, complexShape[d]!)), 0);
  return { kind, lengths, complexShape, tables: tables.values, lines, roots, flops };
}

/** Operand and result of one batch item; the imaginary part of a real number is undefined, or not looked at. */
export interface FftItem<V, I> {
  input(at: readonly I[]): { readonly re: V; readonly im?: V };
  output(value: Complex<V>, at: readonly I[]): void;
}

type Source<V, I> = (k: I) => { readonly re: V; readonly im?: V };
type Sink<V, I> = (value: Complex<V>, k: I) => void;

export function transformItem<V, I, B>(m: LineMachine<V, I, B>, plan: FftPlan, item: FftItem<V, I>): void {
  new ItemTransform(m, plan, item).run();
}

class ItemTransform<V, I, B> {
  private readonly m: LineMachine<V, I, B>;
  private readonly plan: FftPlan;
  private readonly item: FftItem<V, I>;
  private readonly inverse: boolean;

  constructor(m: LineMachine<V, I, B>, plan: FftPlan, item: FftItem<V, I>) {
    this.m = m;
    this.plan = plan;
    this.item = item;
    this.inverse = plan.kind === 'ifft' || plan.kind === 'irfft';
  }

  run(): void {
    const { lengths, complexShape, kind } = this.plan;
    if (lengths.includes(0)) return;
    const { m } = this;
    const rank = lengths.length;
    const rows = complexShape.slice(0, -1);
    const width = complexShape[rank - 1]!;
    const input = (row: readonly I[]) => (k: I) => this.item.input([...row, k]);
    const output = (row: readonly I[]) => (value: Complex<V>, k: I) =>
      this.item.output(this.scaled(value), [...row, k]);
    if (rank === 1) {
      this.line(input([]), output([]));
      return;
    }
    // Lines along the last dimension, and all others in planes that hold the item.
    const whole = scratchPlanes(
      m,
      complexShape.reduce((a, b) => a * b, 1),
      'item',
    );
    const place = (row: readonly I[], k: I) =>
      m.at(0, ...row.map((i, d) => [i, stride(complexShape, d)] as const), [k, 1]);
    const source =
      (row: readonly I[]) =>
      (k: I): Complex<V> => ({
        re: m.load(whole.re, place(row, k)),
        im: m.load(whole.im, place(row, k)),
      });
    const sink = (row: readonly I[]) => (value: Complex<V>, k: I) => {
      m.store(value.re, whole.re, place(row, k));
      m.store(value.im, whole.im, place(row, k));
    };
    const copy = (from: (row: readonly I[]) => Source<V, I>, to: (row: readonly I[]) => Sink<V, I>) =>
      this.rows(rows, (row) => m.points(width, (k) => to(row)(complex(m, from(row)(k)), k)));
    if (kind === 'irfft') {
      copy(input, sink);
      for (let d = rank - 2; d >= 0; d--) this.columns(whole, d);
      this.rows(rows, (row) => this.line(source(row), output(row)));
      return;
    }
    this.rows(rows, (row) => this.line(input(row), sink(row)));
    for (let d = rank - 2; d >= 0; d--) this.columns(whole, d);
    copy(source, output);
  }

  /** Inverse transforms are divided by the number of elements, once, as a product with the rounded reciprocal. */
  private scaled(value: Complex<V>): Complex<V> {
    if (!this.inverse) return value;
    const factor = this.m.constant(1 / this.plan.lengths.reduce((a, b) => a * b, 1));
    return { re: this.m.mul(value.re, factor), im: this.m.mul(value.im, factor) };
  }

  private rows(shape: readonly number[], body: (row: readonly I[]) => void): void {
    const nest = (depth: number, row: readonly I[]): void => {
      if (depth === shape.length) body(row);
      else this.m.loop(shape[depth]!, (i) => nest(depth + 1, [...row, i]));
    };
    nest(0, []);
  }

  /** Transforms along dimension `d` of the planes, some columns at a time. */
  private columns(whole: Planes<B>, d: number): void {
    const { m } = this;
    const { complexShape, lines } = this.plan;
    const n = complexShape[d]!;
    const inner = stride(complexShape, d);
    const outer = complexShape.slice(0, d).reduce((a, b) => a * b, 1);
    const block = (o: I, begin: number, blocks: readonly (readonly [I, number])[], width: number): void => {
      // Dimensions of other lengths have buffers of their own.
      const x = scratchPlanes(m, n * width, `columns${n * width}`);
      const at = (k: I, q: I) => m.at(begin, [o, n * inner], ...blocks, [k, inner], [q, 1]);
      const move = (from: Planes<B>, to: Planes<B>, read: (k: I, q: I) => I, write: (k: I, q: I) => I) =>
        m.loop(n, (k) =>
          m.lanes(width, (q) => {
            m.store(m.load(from.re, read(k, q)), to.re, write(k, q));
            m.store(m.load(from.im, read(k, q)), to.im, write(k, q));
          }),
        );
      const within = (k: I, q: I) => m.at(0, [k, width], [q, 1]);
      const planes = this.inverse ? swapped(whole) : whole;
      move(planes, x, at, within);
      move(transformLine(m, lines[d]!, x, width), planes, within, at);
    };
    const full = Math.floor(inner / COLUMNS);
    m.loop(outer, (o) => {
      if (full > 0) m.loop(full, (b) => block(o, 0, [[b, COLUMNS]], COLUMNS));
      if (inner % COLUMNS) block(o, full * COLUMNS, [], inner % COLUMNS);
    });
  }

  /** One line along the last dimension. */
  private line(source: Source<V, I>, sink: Sink<V, I>): void {
    const { kind, lengths, lines } = this.plan;
    const n = lengths[lengths.length - 1]!;
    const line = lines[lines.length - 1]!;
    const x = scratchPlanes(this.m, line.n, 'line');
    if (kind === 'rfft') {
      if (n % 2) this.realOdd(n, line, x, source, sink);
      else this.realPairs(n / 2, line, x, source, sink);
    } else if (kind === 'irfft') {
      if (n % 2) this.hermitianOdd(n, line, x, source, sink);
      else this.hermitianPairs(n / 2, line, x, source, sink);
    } else {
      const { m } = this;
      const planes = this.inverse ? swapped(x) : x;
      m.points(n, (k) => this.put(complex(m, source(k)), planes, k));
      const done = transformLine(m, line, x, 1);
      const result = this.inverse ? swapped(done) : done;
      m.points(n, (k) => sink(this.get(result, k), k));
    }
  }

  private get(planes: Planes<B>, at: I): Complex<V> {
    return { re: this.m.load(planes.re, at), im: this.m.load(planes.im, at) };
  }
  private put(value: Complex<V>, planes: Planes<B>, at: I): void {
    this.m.store(value.re, planes.re, at);
    this.m.store(value.im, planes.im, at);
  }
  private root(k: I, half: number): Complex<V> {
    const { m, plan } = this;
    return {
      re: m.load(m.tables, m.at(plan.roots, [k, 1])),
      im: m.load(m.tables, m.at(plan.roots + half + 1, [k, 1])),
    };
  }

  private realOdd(n: number, line: LinePlan, x: Planes<B>, source: Source<V, I>, sink: Sink<V, I>): void {
    const { m } = this;
    m.points(n, (k) => this.put({ re: source(k).re, im: m.constant(0) }, x, k));
    const done = transformLine(m, line, x, 1);
    m.points(halfLength(n), (k) => sink(this.get(done, k), k));
  }

  /**
   * z[k] = x[2k] + i x[2k + 1] has the transform Z; X[k] = E[k] + w^k O[k] with E[k] = (Z[k] + conj Z[h - k]) / 2 and
   * O[k] = (Z[k] - conj Z[h - k]) / (2 i), w = exp(-2 pi i / n), h = n / 2. X[0] and X[h] are real.
   */
  private realPairs(h: number, line: LinePlan, x: Planes<B>, source: Source<V, I>, sink: Sink<V, I>): void {
    const { m } = this;
    m.points(h, (k) => this.put({ re: source(m.at(0, [k, 2])).re, im: source(m.at(1, [k, 2])).re }, x, k));
    const z = transformLine(m, line, x, 1);
    const first = this.get(z, m.at(0));
    const zero = m.constant(0);
    sink({ re: m.add(first.re, first.im), im: zero }, m.at(0));
    sink({ re: m.sub(first.re, first.im), im: zero }, m.at(h));
    m.points(h - 1, (i) => {
      const k = m.at(1, [i, 1]);
      const [a, b] = [this.get(z, k), this.get(z, m.at(h - 1, [i, -1]))];
      const half = m.constant(0.5);
      const even = { re: m.mul(half, m.add(a.re, b.re)), im: m.mul(half, m.sub(a.im, b.im)) };
      const odd = { re: m.mul(half, m.add(a.im, b.im)), im: m.mul(half, m.sub(b.re, a.re)) };
      const turned = multiply(m, odd, this.root(k, h));
      sink({ re: m.add(even.re, turned.re), im: m.add(even.im, turned.im) }, k);
    });
  }

  private hermitianOdd(n: number, line: LinePlan, x: Planes<B>, source: Source<V, I>, sink: Sink<V, I>): void {
    const { m } = this;
    const planes = swapped(x);
    this.put({ re: source(m.at(0)).re, im: m.constant(0) }, planes, m.at(0));
    m.points((n - 1) / 2, (i) => {
      const k = m.at(1, [i, 1]);
      const value = complex(m, source(k));
      this.put(value, planes, k);
      this.put({ re: value.re, im: m.neg(value.im) }, planes, m.at(n - 1, [i, -1]));
    });
    const done = swapped(transformLine(m, line, x, 1));
    m.points(n, (k) => sink(this.get(done, k), k));
  }

  /** The way of `realPairs` back, twice as large: Z[k] = X[k] + conj X[h - k] + i w^-k (X[k] - conj X[h - k]). */
  private hermitianPairs(h: number, line: LinePlan, x: Planes<B>, source: Source<V, I>, sink: Sink<V, I>): void {
    const { m } = this;
    const planes = swapped(x);
    const [first, last] = [source(m.at(0)).re, source(m.at(h)).re];
    this.put({ re: m.add(first, last), im: m.sub(first, last) }, planes, m.at(0));
    m.points(h - 1, (i) => {
      const k = m.at(1, [i, 1]);
      const [a, b] = [complex(m, source(k)), complex(m, source(m.at(h - 1, [i, -1])))];
      const even = { re: m.add(a.re, b.re), im: m.sub(a.im, b.im) };
      const odd = { re: m.sub(a.re, b.re), im: m.add(a.im, b.im) };
      // i conj(w^k) odd
      const w = this.root(k, h);
      const turned = {
        re: m.sub(m.mul(odd.re, w.im), m.mul(odd.im, w.re)),
        im: m.add(m.mul(odd.re, w.re), m.mul(odd.im, w.im)),
      };
      this.put({ re: m.add(even.re, turned.re), im: m.add(even.im, turned.im) }, planes, k);
    });
    const done = swapped(transformLine(m, line, x, 1));
    m.points(h, (k) => {
      const value = this.get(done, k);
      sink({ re: value.re, im: value.re }, m.at(0, [k, 2]));
      sink({ re: value.im, im: value.im }, m.at(1, [k, 2]));
    });
  }
}

/** Elements from one of dimension `d` to the next. */
function stride(shape: readonly number[], d: number): number {
  return shape.slice(d + 1).reduce((a, b) => a * b, 1);
}

function complex<V, I, B>(m: LineMachine<V, I, B>, value: { readonly re: V; readonly im?: V }): Complex<V> {
  return { re: value.re, im: value.im ?? m.constant(0) };
}

const RECENT = 8;
const recent = new Map<string, FftPlan>();

/** `planFft`, remembering the latest plans: interpretation, tables and loops of an op ask for one each. */
export function fftPlan(kind: FftKind, lengths: readonly number[]): FftPlan {
  const key = `${kind} ${lengths.join()}`;
  const known = recent.get(key);
  if (known) return known;
  const plan = planFft(kind, lengths);
  const [oldest] = recent.keys();
  if (recent.size >= RECENT && oldest !== undefined) recent.delete(oldest);
  recent.set(key, plan);
  return plan;
}
