// One transform of a line that lies in a pair of planes, over any machine.
import { butterfly, multiply } from './butterfly.js';
import type { Complex, LineMachine, Planes } from './machine.js';
import type { Chirp, LinePlan, Stage } from './plan.js';

/** The planes with their parts swapped: a forward transform between swaps is n times the inverse one. */
export function swapped<B>(planes: Planes<B>): Planes<B> {
  return { re: planes.im, im: planes.re };
}

export function scratchPlanes<V, I, B>(m: LineMachine<V, I, B>, count: number, key: string): Planes<B> {
  return { re: m.scratch(count, `${key}.re`), im: m.scratch(count, `${key}.im`) };
}

function load<V, I, B>(m: LineMachine<V, I, B>, planes: Planes<B>, at: I): Complex<V> {
  return { re: m.load(planes.re, at), im: m.load(planes.im, at) };
}
function store<V, I, B>(m: LineMachine<V, I, B>, value: Complex<V>, planes: Planes<B>, at: I): void {
  m.store(value.re, planes.re, at);
  m.store(value.im, planes.im, at);
}

/**
 * Transforms `inner` lines at once: element j of line q lies at j * inner + q. Returns the planes of the result, which are
 * those of `x` or of `spare`; both are written.
 */
export function transformLine<V, I, B>(
  m: LineMachine<V, I, B>,
  line: LinePlan,
  x: Planes<B>,
  inner: number,
  spare: () => Planes<B> = () => scratchPlanes(m, line.n * inner, `stage${line.n * inner}`),
): Planes<B> {
  if (line.chirp) return convolve(m, line.n, line.chirp, x, inner);
  if (line.stages.length === 0) return x;
  let [from, to] = [x, spare()];
  for (const stage of line.stages) {
    if (stage.done * inner === 1) firstStage(m, stage, from, to);
    else laterStage(m, stage, from, to, stage.done * inner);
    [from, to] = [to, from];
  }
  return from;
}

/** y[r p + k] = w^(p k) sum of x[p + count j] exp(-2 pi i j k / r), butterflies side by side. */
function firstStage<V, I, B>(m: LineMachine<V, I, B>, stage: Stage, from: Planes<B>, to: Planes<B>): void {
  const { radix, count, twiddles } = stage;
  m.lanes(count, (p) => {
    const x = Array.from({ length: radix }, (_, j) => load(m, from, m.at(count * j, [p, 1])));
    const y = butterfly(m, x).map((value, k) => {
      if (k === 0 || count === 1) return value;
      const offset = twiddles + (k - 1) * 2 * count;
      const w = { re: m.load(m.tables, m.at(offset, [p, 1])), im: m.load(m.tables, m.at(offset + count, [p, 1])) };
      return multiply(m, value, w);
    });
    for (const part of ['re', 'im'] as const)
      m.storeInterleaved(
        y.map((value) => value[part]),
        to[part],
        m.at(0, [p, radix]),
      );
  });
}

/** y[q + side (r p + k)] = w^(p k) sum of x[q + side (p + count j)] exp(-2 pi i j k / r), `side` of them side by side. */
function laterStage<V, I, B>(
  m: LineMachine<V, I, B>,
  stage: Stage,
  from: Planes<B>,
  to: Planes<B>,
  side: number,
): void {
  const { radix, count, twiddles } = stage;
  m.loop(count, (p) => {
    const factors = Array.from({ length: count === 1 ? 0 : radix - 1 }, (_, k) => {
      const offset = twiddles + k * 2 * count;
      return { re: m.scalar(m.tables, m.at(offset, [p, 1])), im: m.scalar(m.tables, m.at(offset + count, [p, 1])) };
    });
    m.lanes(side, (q) => {
      const x = Array.from({ length: radix }, (_, j) => load(m, from, m.at(side * count * j, [p, side], [q, 1])));
      butterfly(m, x).forEach((value, k) => {
        const w = factors[k - 1];
        const y = w ? multiply(m, value, { re: m.spread(w.re), im: m.spread(w.im) }) : value;
        store(m, y, to, m.at(side * k, [p, side * radix], [q, 1]));
      });
    });
  });
}

/** Bluestein: jk = (j^2 + k^2 - (k - j)^2) / 2 makes the transform a convolution between two multiplications by a chirp. */
function convolve<V, I, B>(m: LineMachine<V, I, B>, n: number, plan: Chirp, x: Planes<B>, inner: number): Planes<B> {
  const size = plan.line.n;
  const padded = scratchPlanes(m, size * inner, `padded${size * inner}`);
  // 1. Times the chirp, and zeros up to the length of the convolution.
  timesTable(m, plan.chirp, n, inner, x, padded);
  m.lanes((size - n) * inner, (i) => {
    const zero = m.constant(0);
    store(m, { re: zero, im: zero }, padded, m.at(n * inner, [i, 1]));
  });
  // 2. The convolution; the swap makes the second transform an inverse one, its factor is in the table.
  const spare = scratchPlanes(m, size * inner, `convolved${size * inner}`);
  const forward = transformLine(m, plan.line, padded, inner, () => spare);
  timesTable(m, plan.spectrum, size, inner, forward, forward);
  const other = forward === padded ? spare : padded;
  const back = swapped(transformLine(m, plan.line, swapped(forward), inner, () => other));
  // 3. Times the chirp.
  timesTable(m, plan.chirp, n, inner, back, x);
  return x;
}

/** to[k] = from[k] * table[k] for `count` rows of `inner` elements. */
function timesTable<V, I, B>(
  m: LineMachine<V, I, B>,
  table: number,
  count: number,
  inner: number,
  from: Planes<B>,
  to: Planes<B>,
): void {
  if (inner === 1) {
    m.lanes(count, (k) => {
      const w = { re: m.load(m.tables, m.at(table, [k, 1])), im: m.load(m.tables, m.at(table + count, [k, 1])) };
      store(m, multiply(m, load(m, from, k), w), to, k);
    });
    return;
  }
  m.loop(count, (k) => {
    const w = { re: m.scalar(m.tables, m.at(table, [k, 1])), im: m.scalar(m.tables, m.at(table + count, [k, 1])) };
    m.lanes(inner, (q) => {
      const at = m.at(0, [k, inner], [q, 1]);
      store(m, multiply(m, load(m, from, at), { re: m.spread(w.re), im: m.spread(w.im) }), to, at);
    });
  });
}
