// Complex numbers in order: by their real parts, those of one real part by their imaginary ones.
import type { ComparePredicate } from '@budflow/dialect-array';
import { ComplexType, type Value } from '@budflow/ir';
import { complexOf, partsOf } from './complex-parts.js';
import type { HloSite } from './site.js';

/** A comparison of numbers of any type. */
export function compared(site: HloSite, predicate: ComparePredicate, x: Value, y: Value): Value {
  if (!(site.elementOf(x) instanceof ComplexType) || predicate === 'eq' || predicate === 'ne')
    return site.compare(predicate, x, y);
  const [a, b] = partsOf(site, x);
  const [c, d] = partsOf(site, y);
  const first = site.compare(predicate === 'lt' || predicate === 'le' ? 'lt' : 'gt', a, c);
  const second = site.named('and', site.compare('eq', a, c), site.compare(predicate, b, d));
  return site.named('or', first, second);
}

/** The larger one of two numbers, or the smaller one. */
export function extreme(site: HloSite, kind: 'max' | 'min', x: Value, y: Value): Value {
  if (!(site.elementOf(x) instanceof ComplexType)) return site.named(kind, x, y);
  return site.select(kind === 'max' ? compared(site, 'lt', x, y) : compared(site, 'lt', y, x), y, x);
}

export function clamped(site: HloSite, low: Value, x: Value, high: Value): Value {
  if (!(site.elementOf(x) instanceof ComplexType)) return site.named('clamp', low, x, high);
  return extreme(site, 'min', extreme(site, 'max', x, low), high);
}

/** atan2 y, x == -i log((x + iy) / sqrt(x^2 + y^2)) */
export function arcTangent(site: HloSite, y: Value, x: Value): Value {
  if (!(site.elementOf(y) instanceof ComplexType)) return site.named('atan2', y, x);
  const [a, b] = partsOf(site, y);
  const iy = complexOf(site, site.named('neg', b), a);
  const square = site.named('add', site.named('mul', x, x), site.named('mul', y, y));
  const direction = site.named('div', site.named('add', x, iy), site.named('sqrt', square));
  const [real, imaginary] = partsOf(site, site.named('log', direction));
  return complexOf(site, imaginary, site.named('neg', real));
}
