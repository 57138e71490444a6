// Comparisons, choices, conversions, and the parts of complex numbers.
import { AbsOp, BitcastOp, ComplexOp, ImagOp, IsFiniteOp, RealOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { ComplexType, FloatType, type IntegerType, type TensorType, type Type, type Value } from '@budflow/ir';
import { clamped, compared } from '../complex-order.js';
import { narrowElement } from '../narrow.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
import { bitcastConvert, bitcastRefusal } from './bitcast.js';

export const CONVERSIONS: HloRules = {
  ...ruleFor(hlo.CompareOp, {
    equation:
      'compare p x, y == cmp p x, y;  in total or weak order cmp p key(x), key(y); of complex numbers in lexicographic order',
    convert(site) {
      const kind = hlo.CompareOp.compare_type(site.op);
      const [lhs, rhs] = site.all().map((v) => ordered(site, kind, v)) as [Value, Value];
      const direction = hlo.CompareOp.comparison_direction(site.op);
      return [compared(site, direction.toLowerCase() as Lowercase<typeof direction>, lhs, rhs)];
    },
  }),
  ...ruleFor(hlo.SelectOp, {
    equation: 'select p, x, y == array.select p, x, y;  with p of rank 0 in the shape of x',
    convert(site) {
      const [condition, onTrue, onFalse] = site.all() as [Value, Value, Value];
      return [site.select(site.spread(condition, onTrue), onTrue, onFalse)];
    },
  }),
  ...ruleFor(hlo.ClampOp, {
    equation: 'clamp l, x, h == array.clamp l, x, h;  with bounds of rank 0 in the shape of x',
    convert(site) {
      const [low, x, high] = site.all() as [Value, Value, Value];
      const bounds = [low, high].map((bound) => (bound.type === x.type ? bound : site.spread(bound, x)));
      return [clamped(site, bounds[0]!, x, bounds[1]!)];
    },
  }),
  ...ruleFor(hlo.ConvertOp, {
    equation: 'convert x == cast x;  from complex to real cast (real x)',
    convert(site) {
      const x = site.operand(0);
      const to = site.type().element;
      const isComplex = site.elementOf(x) instanceof ComplexType;
      const from = isComplex && !(to instanceof ComplexType) ? realPart(site, x) : x;
      return [saturated(site, from, site.cast(from, to))];
    },
  }),
  ...ruleFor(hlo.BitcastConvertOp, {
    equation: 'bitcast_convert x == bitcast x;  with another width by shifts, the lowest bits first',
    refuses: bitcastRefusal,
    convert: (site) => [bitcastConvert(site)],
  }),
  ...ruleFor(hlo.AbsOp, {
    equation: 'abs x == array.abs x',
    convert: (site) => [AbsOp.build(site.rewriter, site.loc, { operand: site.operand(0), resultTypes: [site.type()] })],
  }),
  ...ruleFor(hlo.ComplexOp, {
    equation: 'complex x, y == array.complex x, y',
    convert: (site) => [
      ComplexOp.build(site.rewriter, site.loc, {
        real: site.operand(0),
        imaginary: site.operand(1),
        resultTypes: [site.type()],
      }),
    ],
  }),
  ...ruleFor(hlo.RealOp, {
    equation: 'real x == array.real x;  of a real number itself',
    convert: (site) => [realPart(site, site.operand(0))],
  }),
  ...ruleFor(hlo.ImagOp, {
    equation: 'imag x == array.imag x;  of a real number 0',
    convert(site) {
      const x = site.operand(0);
      if (!(site.elementOf(x) instanceof ComplexType)) return [site.splat(0, x)];
      return [ImagOp.build(site.rewriter, site.loc, { operand: x, resultTypes: [site.type()] })];
    },
  }),
  ...ruleFor(hlo.IsFiniteOp, {
    equation: 'is_finite x == array.is_finite x',
    convert: (site) => [
      IsFiniteOp.build(site.rewriter, site.loc, { operand: site.operand(0), resultTypes: [site.type()] }),
    ],
  }),
};

/** Floats that an integer of 2 or 4 bits cannot hold are its nearest one, as with wider integers. */
function saturated(site: HloSite, from: Value, carried: Value): Value {
  const narrow = narrowElement(site.op.result(0).type);
  if (narrow === undefined || !(site.elementOf(from) instanceof FloatType)) return carried;
  const [low, high] =
    narrow.signedness === 'unsigned'
      ? [0, 2 ** narrow.width - 1]
      : [-(2 ** (narrow.width - 1)), 2 ** (narrow.width - 1) - 1];
  return site.named('clamp', site.splat(low, carried), carried, site.splat(high, carried));
}

function realPart(site: HloSite, value: Value): Value {
  const { element } = value.type as TensorType;
  if (!(element instanceof ComplexType)) return value;
  const type = site.context.withElement(value.type, element.element);
  return RealOp.build(site.rewriter, site.loc, { operand: value, resultTypes: [type] });
}

/** What stands for a value in a comparison of a kind. */
export function ordered(site: HloSite, kind: string | undefined, value: Value): Value {
  if (kind === 'TOTALORDER') return totalOrderKey(site, value);
  return kind === 'WEAKORDER' ? totalOrderKey(site, withOneZeroAndNan(site, value)) : value;
}

/** x with +0 for both zeros and one NaN, without sign, for all. */
function withOneZeroAndNan(site: HloSite, x: Value): Value {
  const zero = site.splat(0, x);
  const number = site.select(site.compare('eq', x, zero), zero, x);
  return site.select(site.compare('ne', x, x), site.splat(Number.NaN, x), number);
}

/** Integers in the order -NaN < -inf < .. < -0 < 0 < .. < inf < NaN of floats: negative ones with their other bits inverted. */
export function totalOrderKey(site: HloSite, value: Value): Value {
  const element = site.elementOf(value);
  if (!(element instanceof FloatType)) return value;
  const { context } = site;
  const bits = BitcastOp.build(site.rewriter, site.loc, {
    operand: value,
    resultTypes: [context.withElement(value.type, context.integer(element.width))],
  });
  const sign = site.named('shr_s', bits, site.splat(element.width - 1, bits));
  const rest = site.named('and', sign, site.splat(largestOf(bits.type), bits));
  return site.named('xor', bits, rest);
}
function largestOf(type: Type): bigint {
  const { width } = (type as TensorType).element as IntegerType;
  return 2n ** BigInt(width - 1) - 1n;
}
