// Comparisons, choices, conversions, and the parts of complex numbers.
import { AbsOp, BitcastOp, ComplexOp, ImagOp, IsFiniteOp, RealOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { ComplexType, FloatType, type IntegerType, type TensorType, type Type, type Value } from '@budflow/ir';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
import { bitcastConvert, bitcastRefusal } from './bitcast.js';

export const CONVERSIONS: HloRules = {
  ...ruleFor(hlo.CompareOp, {
    equation: 'compare p x, y == cmp p x, y;  in total order cmp p key(x), key(y)',
    convert(site) {
      const isTotal = hlo.CompareOp.compare_type(site.op) === 'TOTALORDER';
      const [lhs, rhs] = site.all().map((v) => (isTotal ? totalOrderKey(site, v) : v)) as [Value, Value];
      const direction = hlo.CompareOp.comparison_direction(site.op);
      return [site.compare(direction.toLowerCase() as Lowercase<typeof direction>, lhs, rhs)];
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
      return [site.named('clamp', bounds[0]!, x, bounds[1]!)];
    },
  }),
  ...ruleFor(hlo.ConvertOp, {
    equation: 'convert x == cast x;  from complex to real cast (real x)',
    convert(site) {
      const x = site.operand(0);
      const to = site.type().element;
      const isComplex = site.elementOf(x) instanceof ComplexType;
      return [site.cast(isComplex && !(to instanceof ComplexType) ? realPart(site, x) : x, to)];
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

function realPart(site: HloSite, value: Value): Value {
  const { element } = value.type as TensorType;
  if (!(element instanceof ComplexType)) return value;
  const type = site.context.withElement(value.type, element.element);
  return RealOp.build(site.rewriter, site.loc, { operand: value, resultTypes: [type] });
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
