// CHLO's functions of elements: as array ops where there are such, else as arithmetic.
import * as hlo from '@budflow/dialect-stablehlo';
import { ComplexType, type IntegerType, type OpDefinitionBase, type Value } from '@budflow/ir';
import { Arithmetic, inFloats } from '../arithmetic.js';
import { complexOf, partsOf } from '../complex-parts.js';
import { narrowElement } from '../narrow.js';
import { type HloRules, refused, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
import * as special from '../special-functions.js';

type Formula = (math: Arithmetic, ...operands: Value[]) => Value;

function direct(op: OpDefinitionBase, kind: string): HloRules {
  return ruleFor(op, {
    equation: `${op.opName} x == array.${kind} x`,
    convert: (site) => [site.named(kind, ...site.all())],
  });
}
/** Floats of 16 bits are computed in f32, and with `least` 64 those of 32 bits in f64. */
function formula(op: OpDefinitionBase, least: 32 | 64, build: Formula): HloRules {
  return ruleFor(op, {
    equation: `${op.opName} x == arithmetic on x, in f${least} or wider`,
    convert: (site) => [inFloats(site, { least }, build)],
  });
}
/** On values of their own type. */
function arithmetic(op: OpDefinitionBase, equation: string, build: Formula): HloRules {
  return ruleFor(op, {
    equation,
    convert: (site) => [build(new Arithmetic(site, site.operand(0)), ...site.all())],
  });
}

function isComplex(site: HloSite): boolean {
  return site.elementOf(site.operand(0)) instanceof ComplexType;
}
/** f of y + ix, for f of x + iy. */
function swapped(site: HloSite, f: (z: Value) => Value): Value {
  const z = site.operand(0);
  const swap = (value: Value): Value => {
    const [x, y] = partsOf(site, value);
    return complexOf(site, y, x);
  };
  return swap(f(swap(z)));
}
/** An inverse hyperbolic function from its circular one: asinh(z) = -i asin(iz), atanh(z) = -i atan(iz). */
function hyperbolic(op: OpDefinitionBase, kind: string, circular: string): HloRules {
  return ruleFor(op, {
    equation: `${op.opName} x == array.${kind} x;  of complex numbers -i ${circular}(i x)`,
    convert: (site) => [
      isComplex(site) ? swapped(site, (z) => site.named(circular, z)) : site.named(kind, site.operand(0)),
    ],
  });
}
/** acosh(z) is i acos(z) or -i acos(z), the one whose real part is not negative. */
function complexAcosh(site: HloSite): Value {
  const z = site.operand(0);
  const [p, q] = partsOf(site, site.named('acos', z));
  const [, y] = partsOf(site, z);
  const math = new Arithmetic(site, y);
  const { width } = math.unsignedOf(math.element) as IntegerType;
  const isBelow = math.compare('lt', math.bits(y, site.context.integer(width)), 0);
  return complexOf(site, math.abs(q), math.select(isBelow, math.neg(p), p));
}

/** The upper half of products. */
function mulhi(site: HloSite): Value {
  const [a, b] = [site.operand(0), site.operand(1)];
  const element = site.elementOf(a) as IntegerType;
  const { context } = site;
  const isSigned = element.signedness !== 'unsigned';
  const narrow = narrowElement(site.op.operand(0).type);
  // 8 bits have room for products of 4.
  if (narrow) {
    const product = site.named('mul', a, b);
    return site.named(isSigned ? 'shr_s' : 'shr_u', product, site.splat(narrow.width, product));
  }
  if (element.width < 64) {
    const wide = context.integer(2 * element.width, element.signedness);
    const [x, y] = [a, b].map((v) => site.cast(v, wide)) as [Value, Value];
    const product = site.named('mul', x, y);
    const high = site.named(isSigned ? 'shr_s' : 'shr_u', product, site.splat(element.width, product));
    return site.cast(high, element);
  }
  // Products of halves, the carries by hand; signed factors that are negative count 2^64 too much each.
  const math = new Arithmetic(site, a);
  const unsigned = math.unsignedOf(element);
  const [x, y] = [a, b].map((v) => math.bits(v, unsigned)) as [Value, Value];
  const mask = 0xffffffffn;
  const [xl, xh, yl, yh] = [math.and(x, mask), math.shr(x, 32), math.and(y, mask), math.shr(y, 32)];
  const low = math.mul(xl, yl);
  const middle = math.add(math.mul(xh, yl), math.shr(low, 32));
  const other = math.add(math.mul(xl, yh), math.and(middle, mask));
  const high = math.add(math.add(math.mul(xh, yh), math.shr(middle, 32)), math.shr(other, 32));
  if (!isSigned) return high;
  const excess = (factor: Value, by: Value): Value =>
    math.select(math.compare('lt', factor, 0), by, math.number(0, by));
  return math.sub(math.sub(math.bits(high, element), excess(a, b)), excess(b, a));
}

export const CHLO: HloRules = {
  ...direct(hlo.AcosOp, 'acos'),
  ...direct(hlo.AsinOp, 'asin'),
  ...direct(hlo.AtanOp, 'atan'),
  ...direct(hlo.ChloCoshOp, 'cosh'),
  ...direct(hlo.ChloSinhOp, 'sinh'),
  ...direct(hlo.ChloTanOp, 'tan'),
  ...direct(hlo.ErfOp, 'erf'),
  ...hyperbolic(hlo.AsinhOp, 'asinh', 'asin'),
  ...hyperbolic(hlo.AtanhOp, 'atanh', 'atan'),
  ...ruleFor(hlo.AcoshOp, {
    equation: 'chlo.acosh x == array.acosh x;  of complex numbers i acos(x) or -i acos(x)',
    convert: (site) => [isComplex(site) ? complexAcosh(site) : site.named('acosh', site.operand(0))],
  }),
  ...ruleFor(hlo.ConjOp, {
    equation: 'conj x == array.conj x;  of a real number itself',
    convert: (site) => [isComplex(site) ? site.named('conj', site.operand(0)) : site.operand(0)],
  }),
  ...arithmetic(hlo.SquareOp, 'square x == x * x', (m, x) => m.mul(x!, x!)),
  ...arithmetic(hlo.IsInfOp, 'is_inf x == |x| = inf', (m, x) => m.compare('eq', m.abs(x!), Number.POSITIVE_INFINITY)),
  ...arithmetic(hlo.IsPosInfOp, 'is_pos_inf x == x = inf', (m, x) => m.compare('eq', x!, Number.POSITIVE_INFINITY)),
  ...arithmetic(hlo.IsNegInfOp, 'is_neg_inf x == x = -inf', (m, x) => m.compare('eq', x!, Number.NEGATIVE_INFINITY)),
  ...arithmetic(hlo.NextAfterOp, 'next_after x, y == x with its bits one up or down', (m, x, y) =>
    special.nextAfter(m, x!, y!),
  ),
  ...formula(hlo.ErfcOp, 32, (m, x) => special.erfc(m, x!)),
  ...formula(hlo.ErfInvOp, 32, (m, x) => special.erfInv(m, x!)),
  ...formula(hlo.BesselI1eOp, 32, (m, x) => special.besselI1e(m, x!)),
  ...formula(hlo.LgammaOp, 64, (m, x) => special.lgamma(m, x!)),
  ...formula(hlo.DigammaOp, 64, (m, x) => special.digamma(m, x!)),
  ...formula(hlo.PolygammaOp, 64, (m, n, x) => special.polygamma(m, n!, x!)),
  ...formula(hlo.ZetaOp, 64, (m, x, q) => special.zeta(m, x!, q!)),
  ...ruleFor(hlo.MulhiOp, {
    equation: 'mulhi x, y == (x * y) >> width  in twice the width, or by halves',
    convert: (site) => [mulhi(site)],
  }),
  ...ruleFor(hlo.ChloConstantOp, {
    equation: 'chlo.constant c == array.constant c',
    convert: (site) => [site.constant(site.op.attr('value')!)],
  }),
  ...refused(
    [hlo.AsinAcosKernelOp],
    'it is a step of a decomposition and not for programs; use chlo.asin or chlo.acos',
  ),
};
