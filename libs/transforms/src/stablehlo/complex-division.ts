// Division of complex numbers by zero, by infinite ones, and of infinite ones: where the quotient of finite numbers would be
// NaN in both parts, what Annex G of C says.
//
//   z / 0             infinite, with the signs of the parts of z
//   infinite / finite infinite
//   finite / infinite zero
import type { FloatType, IntegerType, Value } from '@budflow/ir';
import { Arithmetic } from './arithmetic.js';
import { complexOf, partsOf } from './complex-parts.js';
import type { HloSite } from './site.js';

export function complexQuotient(site: HloSite, z: Value, w: Value): Value {
  const quotient = site.named('div', z, w);
  const [x, y] = partsOf(site, quotient);
  const [[a, b], [c, d]] = [partsOf(site, z), partsOf(site, w)];
  const m = new Arithmetic(site, x);
  const isNotNumber = (v: Value) => m.compare('ne', v, v);
  const isInfinite = (v: Value) => m.compare('eq', m.abs(v), Number.POSITIVE_INFINITY);
  const isNumber = (v: Value) => m.compare('lt', m.abs(v), Number.POSITIVE_INFINITY);
  const integer = site.context.integer((m.element as FloatType).width) as IntegerType;
  const withSignOf = (magnitude: Value, v: Value) =>
    m.select(m.compare('lt', m.bits(v, integer), 0), m.neg(magnitude), magnitude);
  /** 1 for what is infinite and 0 for what is not, with their signs. */
  const unit = (v: Value) => withSignOf(m.select(isInfinite(v), m.number(1), 0), v);
  /** Parts of (a + bi) (c - di), all by a factor. */
  const by = (factor: Value, p: Value, q: Value, r: Value, s: Value): [Value, Value] => [
    m.mul(factor, m.add(m.mul(p, r), m.mul(q, s))),
    m.mul(factor, m.sub(m.mul(q, r), m.mul(p, s))),
  ];
  const infinity = m.number(Number.POSITIVE_INFINITY);
  const isZero = m.and(m.compare('eq', c, 0), m.compare('eq', d, 0));
  const byZero = [a, b].map((v) => m.mul(withSignOf(infinity, c), v)) as [Value, Value];
  const isLarge = m.and(m.or(isInfinite(a), isInfinite(b)), m.and(isNumber(c), isNumber(d)));
  const large = by(infinity, unit(a), unit(b), c, d);
  const isSmall = m.and(m.or(isInfinite(c), isInfinite(d)), m.and(isNumber(a), isNumber(b)));
  const small = by(m.number(0), a, b, unit(c), unit(d));
  const isUnknown = m.and(isNotNumber(x), isNotNumber(y));
  const part = (i: 0 | 1, known: Value) => {
    const special = m.select(isLarge, large[i], m.select(isSmall, small[i], known));
    return m.select(isZero, byZero[i], m.select(isUnknown, special, known));
  };
  return complexOf(site, part(0, x), part(1, y));
}
