// What the complex ops compute, in real arithmetic: written once, and carried out on numbers (interpreter, folds) or on
// values (split-complex), so that both give the same bits.

/** Real functions that those of complex numbers are made of, by the names of their `math` ops. */
export type RealFunction = 'exp' | 'expm1' | 'log' | 'log1p' | 'sin' | 'cos' | 'tan' | 'cbrt';

/** Real arithmetic on numbers `R` with truth values `B`. */
export interface RealArithmetic<R, B> {
  /** Name of the float type: f16, bf16, f32, f64. */
  readonly format: string;
  call(name: RealFunction, a: R): R;
  atan2(y: R, x: R): R;
  /** The sign of a NaN is not specified. */
  copySign(magnitude: R, sign: R): R;
  add(a: R, b: R): R;
  sub(a: R, b: R): R;
  mul(a: R, b: R): R;
  div(a: R, b: R): R;
  neg(a: R): R;
  abs(a: R): R;
  sqrt(a: R): R;
  /** NaN when either is. */
  max(a: R, b: R): R;
  min(a: R, b: R): R;
  constant(value: number): R;
  /** Ordered comparisons: false for NaN. */
  less(a: R, b: R): B;
  equal(a: R, b: R): B;
  /** True for NaN. */
  different(a: R, b: R): B;
  and(a: B, b: B): B;
  or(a: B, b: B): B;
  select(condition: B, a: R, b: R): R;
}

export interface ComplexParts<R> {
  readonly re: R;
  readonly im: R;
}

export type ComplexBinary = 'add' | 'sub' | 'mul' | 'div';

export function complexBinary<R, B>(
  kind: ComplexBinary,
  r: RealArithmetic<R, B>,
  a: ComplexParts<R>,
  b: ComplexParts<R>,
): ComplexParts<R> {
  switch (kind) {
    case 'add':
      return { re: r.add(a.re, b.re), im: r.add(a.im, b.im) };
    case 'sub':
      return { re: r.sub(a.re, b.re), im: r.sub(a.im, b.im) };
    case 'mul':
      return {
        re: r.sub(r.mul(a.re, b.re), r.mul(a.im, b.im)),
        im: r.add(r.mul(a.im, b.re), r.mul(a.re, b.im)),
      };
    case 'div':
      return quotient(r, a, b);
  }
}

/**
 * Smith, Algorithm 116: Complex division, CACM 1962: scaled by the larger part of the divisor. By 0 both parts are divided
 * by it, so that they are infinite or NaN.
 */
function quotient<R, B>(r: RealArithmetic<R, B>, a: ComplexParts<R>, b: ComplexParts<R>): ComplexParts<R> {
  const imLarger = r.less(r.abs(b.re), r.abs(b.im));
  // The quotient of the smaller by the larger part, and a with its parts in the order of b's.
  const large = r.select(imLarger, b.im, b.re);
  const small = r.select(imLarger, b.re, b.im);
  const ratio = r.select(r.equal(large, r.constant(0)), r.constant(0), r.div(small, large));
  const divisor = r.add(large, r.mul(ratio, small));
  const first = r.select(imLarger, a.im, a.re);
  const second = r.select(imLarger, a.re, a.im);
  const re = r.div(r.add(first, r.mul(second, ratio)), divisor);
  // (a.im - a.re * ratio) / divisor, or (a.im * ratio - a.re) / divisor
  const one = r.mul(first, ratio);
  const difference = r.select(imLarger, r.sub(one, second), r.sub(second, one));
  return { re, im: r.div(difference, divisor) };
}

/**
 * max * sqrt(1 + (min / max)^2) over the magnitudes of the parts; where that is NaN (0, infinities) infinity if one of them
 * is, as in C99 also beside NaN, else the smaller magnitude.
 */
export function complexAbs<R, B>(r: RealArithmetic<R, B>, a: ComplexParts<R>): R {
  const re = r.abs(a.re);
  const im = r.abs(a.im);
  const large = r.max(re, im);
  const small = r.min(re, im);
  const ratio = r.div(small, large);
  const result = r.mul(large, r.sqrt(r.add(r.constant(1), r.mul(ratio, ratio))));
  const infinity = r.constant(Number.POSITIVE_INFINITY);
  const infinite = r.or(r.equal(re, infinity), r.equal(im, infinity));
  return r.select(infinite, infinity, r.select(r.different(result, result), small, result));
}

export function complexEqual<R, B>(r: RealArithmetic<R, B>, a: ComplexParts<R>, b: ComplexParts<R>): B {
  return r.and(r.equal(a.re, b.re), r.equal(a.im, b.im));
}
export function complexDifferent<R, B>(r: RealArithmetic<R, B>, a: ComplexParts<R>, b: ComplexParts<R>): B {
  return r.or(r.different(a.re, b.re), r.different(a.im, b.im));
}
