// What the functions of complex numbers compute, over the same real arithmetic as the formulas: written once for folds, the
// interpreter and compiled code. Branch cuts, signed zeros and infinities are those of C99's Annex G, where nothing else is
// said; intermediate results neither overflow nor lose what the result needs. Straight line: special cases are selected.
//
// Sources: W. Kahan, "Branch Cuts for Complex Elementary Functions", 1987 (sqrt, tanh, asin, acos); T. J. Dekker, "A
// floating-point technique for extending the available precision", 1971 (squares in log near the unit circle).
import { type ComplexParts, complexAbs, complexBinary, type RealArithmetic } from './formulas.js';

export const COMPLEX_FUNCTIONS = [
  'exp',
  'expm1',
  'log',
  'log1p',
  'sqrt',
  'rsqrt',
  'cbrt',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'sigmoid',
  'sign',
] as const;
export type ComplexFunction = (typeof COMPLEX_FUNCTIONS)[number];

type Parts<R> = ComplexParts<R>;

interface Format {
  /** Beyond this the exponential is computed of a smaller number and scaled: cosines times it may still be finite. */
  readonly limit: number;
  /** How much smaller. */
  readonly shift: number;
  /** Veltkamp's constant: 2^ceil(p/2) + 1. */
  readonly splitter: number;
  /** Squares of larger numbers need no 1 added. */
  readonly large: number;
  /** Sums of two larger numbers overflow; squares of smaller ones are lost. */
  readonly huge: number;
  readonly tiny: number;
  /** A power of 4 that brings tiny numbers into the middle. */
  readonly lift: number;
  /** Squares of smaller distances from a pole are lost, but their reciprocals are large. */
  readonly pole: number;
}

const F32: Format = {
  limit: 80,
  shift: 32,
  splitter: 4097,
  large: 2 ** 20,
  huge: 2 ** 124,
  tiny: 2 ** -100,
  lift: 2 ** 64,
  pole: 2 ** -50,
};
const FORMATS: Readonly<Record<string, Format>> = {
  f32: F32,
  f64: {
    limit: 700,
    shift: 64,
    splitter: 2 ** 27 + 1,
    large: 2 ** 40,
    huge: 2 ** 1020,
    tiny: 2 ** -900,
    lift: 2 ** 600,
    pole: 2 ** -450,
  },
  f16: { limit: 9, shift: 4, splitter: 65, large: 2 ** 7, huge: 2 ** 12, tiny: 2 ** -10, lift: 2 ** 10, pole: 0 },
  bf16: { ...F32, splitter: 17, large: 2 ** 10 },
};

const INF = Number.POSITIVE_INFINITY;

/** Real arithmetic with what the functions use over and over. */
class Functions<R, B> {
  readonly r: RealArithmetic<R, B>;
  readonly format: Format;

  constructor(r: RealArithmetic<R, B>) {
    this.r = r;
    this.format = FORMATS[r.format]!;
  }

  isFinite(x: R): B {
    return this.r.less(this.r.abs(x), this.r.constant(INF));
  }
  isInfinite(x: R): B {
    return this.r.equal(this.r.abs(x), this.r.constant(INF));
  }
  isZero(x: R): B {
    return this.r.equal(x, this.r.constant(0));
  }
  square(x: R): R {
    return this.r.mul(x, x);
  }
  negated({ re, im }: Parts<R>): Parts<R> {
    return { re: this.r.neg(re), im: this.r.neg(im) };
  }
  /** i z */
  timesI({ re, im }: Parts<R>): Parts<R> {
    return { re: this.r.neg(im), im: re };
  }
  /** -i z */
  overI({ re, im }: Parts<R>): Parts<R> {
    return { re: im, im: this.r.neg(re) };
  }
  choose(condition: B, a: Parts<R>, b: Parts<R>): Parts<R> {
    return { re: this.r.select(condition, a.re, b.re), im: this.r.select(condition, a.im, b.im) };
  }

  /** `{ x, factor }` with exp(x) * factor == exp(a), where exp(x) is finite well beyond the overflow of exp(a). */
  private reduced(a: R): { x: R; factor: R } {
    const { r, format } = this;
    const beyond = r.less(r.constant(format.limit), a);
    return {
      x: r.select(beyond, r.sub(a, r.constant(format.shift)), a),
      factor: r.select(beyond, r.constant(Math.exp(format.shift)), r.constant(1)),
    };
  }

  exp({ re: a, im: b }: Parts<R>): Parts<R> {
    const { r } = this;
    const { x, factor } = this.reduced(a);
    const e = r.call('exp', x);
    const finite = this.isFinite(b);
    const low = r.equal(a, r.constant(-INF));
    const zero = r.constant(0);
    const re = r.mul(r.mul(e, r.call('cos', b)), factor);
    const im = r.select(this.isZero(b), b, r.mul(r.mul(e, r.call('sin', b)), factor));
    const high = r.select(r.equal(a, r.constant(INF)), a, re);
    return {
      re: r.select(finite, re, r.select(low, zero, high)),
      im: r.select(finite, im, r.select(low, zero, im)),
    };
  }

  /** expm1(a) cos b - 2 sin(b/2)^2 + i exp(a) sin b */
  expm1(z: Parts<R>): Parts<R> {
    const { r } = this;
    const { re: a, im: b } = z;
    const e = this.exp(z);
    const half = r.call('sin', r.mul(r.constant(0.5), b));
    const re = r.sub(r.mul(r.call('expm1', a), r.call('cos', b)), r.mul(r.constant(2), this.square(half)));
    const beyond = r.less(r.constant(this.format.limit), a);
    const low = r.equal(a, r.constant(-INF));
    return { re: r.select(low, r.constant(-1), r.select(beyond, e.re, re)), im: e.im };
  }

  /** x * x as high + low, exactly. */
  private exactSquare(x: R): { high: R; low: R } {
    const { r } = this;
    const high = this.square(x);
    const c = r.mul(r.constant(this.format.splitter), x);
    const h = r.sub(c, r.sub(c, x));
    const l = r.sub(x, h);
    const hl = r.mul(h, l);
    const low = r.add(r.add(r.sub(this.square(h), high), r.add(hl, hl)), this.square(l));
    return { high, low };
  }
  /** a + b as high + low, exactly. */
  private exactSum(a: R, b: R): { high: R; low: R } {
    const { r } = this;
    const high = r.add(a, b);
    const v = r.sub(high, a);
    return { high, low: r.add(r.sub(a, r.sub(high, v)), r.sub(b, v)) };
  }

  /**
   * log |z| == base + log1p(rest) / 2. Near the unit circle base is 0 and rest |z|^2 - 1, from exact squares; elsewhere
   * base is the logarithm of the larger part.
   */
  private logAbsParts({ re, im }: Parts<R>): { base: R; rest: R } {
    const { r } = this;
    const [u, v] = [r.abs(re), r.abs(im)];
    const [x, y] = [r.max(u, v), r.min(u, v)];
    const [xx, yy] = [this.exactSquare(x), this.exactSquare(y)];
    const sum = this.exactSum(r.sub(xx.high, r.constant(1)), yy.high);
    const unit = r.add(sum.high, r.add(sum.low, r.add(xx.low, yy.low)));
    const near = r.and(r.less(r.constant(0.5), x), r.less(x, r.constant(2)));
    return {
      base: r.select(near, r.constant(0), r.call('log', x)),
      rest: r.select(near, unit, this.square(r.div(y, x))),
    };
  }
  private logAbsOf({ base, rest }: { base: R; rest: R }): R {
    const { r } = this;
    return r.add(base, r.mul(r.constant(0.5), r.call('log1p', rest)));
  }
  private logSpecial({ re, im }: Parts<R>, value: R): R {
    const { r } = this;
    const infinite = r.or(this.isInfinite(re), this.isInfinite(im));
    const zero = r.and(this.isZero(re), this.isZero(im));
    return r.select(infinite, r.constant(INF), r.select(zero, r.constant(-INF), value));
  }
  logAbs(z: Parts<R>): R {
    return this.logSpecial(z, this.logAbsOf(this.logAbsParts(z)));
  }
  log(z: Parts<R>): Parts<R> {
    return { re: this.logAbs(z), im: this.r.atan2(z.im, z.re) };
  }

  /** As log of 1 + z; where neither is large and 1 + z not near 0 the real part is log1p(2a + a^2 + b^2) / 2. */
  log1p({ re: a, im: b }: Parts<R>): Parts<R> {
    const { r } = this;
    const moved = { re: r.add(r.constant(1), a), im: b };
    const parts = this.logAbsParts(moved);
    const [aa, bb] = [this.exactSquare(a), this.exactSquare(b)];
    const first = this.exactSum(r.add(a, a), aa.high);
    const second = this.exactSum(first.high, bb.high);
    const rest = r.add(second.high, r.add(r.add(first.low, second.low), r.add(aa.low, bb.low)));
    // Next to -1 the sum has lost what 1 + a has.
    const isExact = r.and(r.less(r.max(r.abs(a), r.abs(b)), r.constant(2)), r.less(r.constant(-0.5), rest));
    const value = this.logAbsOf({
      base: r.select(isExact, r.constant(0), parts.base),
      rest: r.select(isExact, rest, parts.rest),
    });
    return { re: this.logSpecial(moved, value), im: r.atan2(b, moved.re) };
  }

  /** |z| and the root of z scaled: sqrt(z) == back * (p + i q), |p + i q|^2 == h. */
  private scaledRoot({ re: a, im: b }: Parts<R>) {
    const { r, format } = this;
    const [x, y] = [r.abs(a), r.abs(b)];
    const m = r.max(x, y);
    const huge = r.less(r.constant(format.huge), m);
    const tiny = r.less(m, r.constant(format.tiny));
    const pick = (h: number, t: number): R =>
      r.select(huge, r.constant(h), r.select(tiny, r.constant(t), r.constant(1)));
    const scale = pick(1 / 16, format.lift);
    const [u, v] = [r.mul(x, scale), r.mul(y, scale)];
    const h = complexAbs(r, { re: u, im: v });
    // The larger part of the root; the other one follows from the product of both, b / 2.
    const t = r.sqrt(r.mul(r.constant(0.5), r.add(u, h)));
    const s = r.select(this.isZero(t), v, r.div(v, r.add(t, t)));
    const left = r.less(a, r.constant(0));
    const root = Math.sqrt(format.lift);
    return { p: r.select(left, s, t), q: r.select(left, t, s), h, back: pick(4, 1 / root), forth: pick(1 / 4, root) };
  }
  /** `magnitude` with the sign of `x`; of NaN as it is, because signs of NaNs are not told apart. */
  private signed(magnitude: R, x: R): R {
    return this.r.select(this.r.different(x, x), magnitude, this.r.copySign(magnitude, x));
  }

  sqrt(z: Parts<R>): Parts<R> {
    const { r } = this;
    const { p, q, back } = this.scaledRoot(z);
    const up = this.isInfinite(z.im);
    return {
      re: r.select(up, r.constant(INF), r.mul(p, back)),
      im: r.select(up, z.im, this.signed(r.mul(q, back), z.im)),
    };
  }
  /** The conjugate of the root over |z|. Of 0 it is infinite, of infinities 0. */
  rsqrt(z: Parts<R>): Parts<R> {
    const { r } = this;
    const { p, q, h, forth } = this.scaledRoot(z);
    const zero = r.and(this.isZero(z.re), this.isZero(z.im));
    const infinite = r.or(this.isInfinite(z.re), this.isInfinite(z.im));
    const none = r.constant(0);
    const re = r.select(zero, r.constant(INF), r.select(infinite, none, r.mul(r.div(p, h), forth)));
    const im = r.select(r.or(zero, infinite), none, r.mul(r.div(q, h), forth));
    return { re, im: this.signed(im, r.neg(z.im)) };
  }
  /** The principal root: that of the cube root of |z| with a third of the angle. */
  cbrt(z: Parts<R>): Parts<R> {
    const { r } = this;
    const m = r.max(r.abs(z.re), r.abs(z.im));
    const huge = r.less(r.constant(this.format.huge), m);
    const scale = r.select(huge, r.constant(1 / 8), r.constant(1));
    const length = r.call('cbrt', complexAbs(r, { re: r.mul(z.re, scale), im: r.mul(z.im, scale) }));
    const radius = r.mul(length, r.select(huge, r.constant(2), r.constant(1)));
    const angle = r.div(r.atan2(z.im, z.re), r.constant(3));
    const sine = r.call('sin', angle);
    const im = r.select(this.isZero(sine), sine, r.mul(radius, sine));
    return { re: r.mul(radius, r.call('cos', angle)), im };
  }

  /** sinh and cosh of a real number, over `factor`, from one expm1. */
  private hyperbolic(a: R) {
    const { r } = this;
    const { x, factor } = this.reduced(r.abs(a));
    const t = r.call('expm1', x);
    const exp = r.add(t, r.constant(1));
    const q = r.select(this.isInfinite(t), r.constant(1), r.div(t, exp));
    const half = r.constant(0.5);
    return {
      sinh: r.copySign(r.mul(half, r.add(t, q)), a),
      cosh: r.add(r.constant(1), r.mul(half, r.mul(t, q))),
      exp,
      factor,
    };
  }

  sinh({ re: a, im: b }: Parts<R>): Parts<R> {
    const { r } = this;
    const { sinh, cosh, factor } = this.hyperbolic(a);
    const re = r.mul(r.mul(sinh, r.call('cos', b)), factor);
    const im = r.mul(r.mul(cosh, r.call('sin', b)), factor);
    const kept = r.or(this.isZero(a), this.isInfinite(a));
    return {
      re: r.select(this.isFinite(b), re, r.select(kept, a, re)),
      im: r.select(this.isZero(b), b, im),
    };
  }
  cosh({ re: a, im: b }: Parts<R>): Parts<R> {
    const { r } = this;
    const { sinh, cosh, factor } = this.hyperbolic(a);
    const re = r.mul(r.mul(cosh, r.call('cos', b)), factor);
    const im = r.mul(r.mul(sinh, r.call('sin', b)), factor);
    const finite = this.isFinite(b);
    const along = r.select(r.less(a, r.constant(0)), r.neg(b), b);
    const real = r.and(this.isZero(b), r.different(im, im));
    const still = r.select(this.isZero(a), r.constant(0), im);
    return {
      re: r.select(finite, re, r.select(this.isInfinite(a), r.abs(a), re)),
      im: r.select(finite, r.select(real, along, im), still),
    };
  }
  /** Kahan: from tan b and sinh a; for large |a| the real part is +-1 and the imaginary one 4 sin b cos b exp(-2|a|). */
  tanh({ re: a, im: b }: Parts<R>): Parts<R> {
    const { r } = this;
    const { sinh, cosh, exp, factor } = this.hyperbolic(a);
    const tangent = r.call('tan', b);
    const beta = r.add(r.constant(1), this.square(tangent));
    const d = r.add(r.constant(1), r.mul(beta, this.square(sinh)));
    const far = r.less(r.constant(this.format.limit / 4), r.abs(a));
    const decay = r.div(r.constant(1), r.mul(exp, factor));
    const farIm = r.mul(r.mul(r.constant(4), r.div(tangent, beta)), this.square(decay));
    const finite = this.isFinite(b);
    const infinite = this.isInfinite(a);
    const one = this.signed(r.constant(1), a);
    const re = r.select(far, one, r.div(r.mul(r.mul(beta, cosh), sinh), d));
    const im = r.select(far, farIm, r.div(tangent, d));
    const lost = r.add(b, r.mul(b, r.constant(0)));
    return {
      re: r.select(finite, re, r.select(infinite, one, r.select(this.isZero(a), a, lost))),
      im: r.select(this.isZero(b), b, r.select(finite, im, r.select(infinite, r.constant(0), lost))),
    };
  }
  sin(z: Parts<R>): Parts<R> {
    return this.overI(this.sinh(this.timesI(z)));
  }
  cos(z: Parts<R>): Parts<R> {
    return this.cosh(this.timesI(z));
  }
  tan(z: Parts<R>): Parts<R> {
    return this.overI(this.tanh(this.timesI(z)));
  }

  private asinhReal(x: R): R {
    const { r } = this;
    const m = r.abs(x);
    const mm = this.square(m);
    const big = r.less(r.constant(this.format.large), m);
    const root = r.sqrt(r.add(r.constant(1), mm));
    const rest = r.select(big, m, r.add(m, r.div(mm, r.add(r.constant(1), root))));
    const value = r.call('log1p', rest);
    return r.copySign(r.select(big, r.add(value, r.constant(Math.LN2)), value), x);
  }
  /** The roots of 1 - z and 1 + z, and whether |z| is so large that 1 is lost beside it. */
  private roots({ re, im }: Parts<R>) {
    const { r } = this;
    const one = r.constant(1);
    const far = r.less(r.constant(this.format.large), r.max(r.abs(re), r.abs(im)));
    const infinite = r.or(this.isInfinite(re), this.isInfinite(im));
    return {
      minus: this.sqrt({ re: r.sub(one, re), im: r.neg(im) }),
      plus: this.sqrt({ re: r.add(one, re), im }),
      far: r.or(far, infinite),
    };
  }
  /** log(2|z|) */
  private logTwice(z: Parts<R>): R {
    return this.r.add(this.logAbs(z), this.r.constant(Math.LN2));
  }
  asin(z: Parts<R>): Parts<R> {
    const { r } = this;
    const { minus, plus, far } = this.roots(z);
    const product = r.sub(r.mul(minus.re, plus.re), r.mul(minus.im, plus.im));
    const im = this.asinhReal(r.sub(r.mul(minus.re, plus.im), r.mul(minus.im, plus.re)));
    return {
      re: r.atan2(z.re, r.select(far, r.abs(z.im), product)),
      im: r.select(far, this.signed(this.logTwice(z), z.im), im),
    };
  }
  acos(z: Parts<R>): Parts<R> {
    const { r } = this;
    const { minus, plus, far } = this.roots(z);
    const near = r.mul(r.constant(2), r.atan2(minus.re, plus.re));
    const im = this.asinhReal(r.sub(r.mul(plus.re, minus.im), r.mul(plus.im, minus.re)));
    return {
      re: r.select(far, r.atan2(r.abs(z.im), z.re), near),
      im: r.select(far, this.signed(this.logTwice(z), r.neg(z.im)), im),
    };
  }
  /** atan2(2x, (1 - y)(1 + y) - x^2) / 2 and log1p(4|y| / (x^2 + (1 - |y|)^2)) / 4; far out +-pi/2 and the part of 1/z. */
  atan({ re: x, im: y }: Parts<R>): Parts<R> {
    const { r } = this;
    const one = r.constant(1);
    const [u, v] = [r.abs(x), r.abs(y)];
    const m = r.max(u, v);
    const infinite = r.or(this.isInfinite(x), this.isInfinite(y));
    // The distance to pi/2 is lost from 1 / epsilon on.
    const far = r.or(r.less(r.constant(this.format.large ** 2), m), infinite);
    const circle = r.sub(r.mul(r.sub(one, v), r.add(one, v)), this.square(x));
    const near = r.mul(r.constant(0.5), r.atan2(r.add(x, x), circle));
    const gap = r.add(this.square(x), this.square(r.sub(one, v)));
    // Next to i and -i the square is lost: log1p(4 / x^2) / 4 == (log(2 / (lift x)) + log(lift)) / 2.
    const { pole, tiny, lift } = this.format;
    const lost = r.and(r.equal(v, one), r.less(u, r.constant(pole)));
    const least = r.and(lost, r.less(u, r.constant(tiny)));
    const distance = r.mul(u, r.select(least, r.constant(lift), one));
    const rest = r.div(r.select(lost, r.constant(2), r.mul(r.constant(4), v)), r.select(lost, distance, gap));
    const scaled = r.mul(r.select(lost, r.constant(0.5), r.constant(0.25)), r.call('log1p', rest));
    const tall = r.add(scaled, r.select(least, r.constant(Math.log(lift) / 2), r.constant(0)));
    const [p, q] = [r.div(u, m), r.div(v, m)];
    const away = r.div(r.div(q, r.add(this.square(p), this.square(q))), m);
    const beyond = r.select(infinite, r.constant(0), away);
    const quarter = this.signed(r.constant(Math.PI / 2), x);
    return {
      re: r.select(r.and(far, r.equal(x, x)), quarter, near),
      im: r.select(this.isZero(y), y, this.signed(r.select(far, beyond, tall), y)),
    };
  }

  /** 1 / (1 + exp(-z)), or exp(z) / (1 + exp(z)): of the two the one whose exponential is at most 1. */
  sigmoid(z: Parts<R>): Parts<R> {
    const { r } = this;
    const left = r.less(z.re, r.constant(0));
    const e = this.exp(this.choose(left, z, this.negated(z)));
    const one = { re: r.constant(1), im: r.constant(0) };
    return complexBinary('div', r, this.choose(left, e, one), { re: r.add(one.re, e.re), im: e.im });
  }
  /** z / |z| */
  sign(z: Parts<R>): Parts<R> {
    const { r } = this;
    const m = r.max(r.abs(z.re), r.abs(z.im));
    const u = { re: r.div(z.re, m), im: r.div(z.im, m) };
    const length = r.sqrt(r.add(this.square(u.re), this.square(u.im)));
    const zero = this.isZero(m);
    return this.choose(zero, z, { re: r.div(u.re, length), im: r.div(u.im, length) });
  }

  /** exp(w log z); the power 0 is 1, powers of 0 are 0 where the real part of the exponent is positive. */
  pow(z: Parts<R>, w: Parts<R>): Parts<R> {
    const { r } = this;
    const zero = r.constant(0);
    const power = this.exp(complexBinary('mul', r, w, this.log(z)));
    const baseIsZero = r.and(this.isZero(z.re), this.isZero(z.im));
    const lost = r.constant(Number.NaN);
    const ofZero = r.select(r.less(zero, w.re), zero, lost);
    const noPower = r.and(this.isZero(w.re), this.isZero(w.im));
    const value = this.choose(baseIsZero, { re: ofZero, im: ofZero }, power);
    return this.choose(noPower, { re: r.constant(1), im: zero }, value);
  }
}

/** A function of one complex number. */
export function complexFunction<R, B>(kind: ComplexFunction, r: RealArithmetic<R, B>, z: Parts<R>): Parts<R> {
  return new Functions(r)[kind](z);
}

/** z to the power w. */
export function complexPower<R, B>(r: RealArithmetic<R, B>, z: Parts<R>, w: Parts<R>): Parts<R> {
  return new Functions(r).pow(z, w);
}
