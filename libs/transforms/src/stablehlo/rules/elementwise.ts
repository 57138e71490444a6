// Elementwise ops that have one array op each, by element type at most.
import { isBoolean } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import {
  ComplexType,
  type IntegerType,
  type OpDefinitionBase,
  type Operation,
  type TensorType,
  type Value,
} from '@budflow/ir';
import { Arithmetic } from '../arithmetic.js';
import { complexQuotient } from '../complex-division.js';
import { arcTangent, extreme } from '../complex-order.js';
import { integerQuotient, integerRemainder, isInteger } from '../integer-division.js';
import { extended, lowBits, narrowElement } from '../narrow.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';

/** The same op under the array dialect's name. */
function direct(op: OpDefinitionBase, kind: string): HloRules {
  return ruleFor(op, {
    equation: `${op.opName} x == array.${kind} x`,
    convert: (site) => [site.named(kind, ...site.all())],
  });
}
/** Arithmetic, and what it is on i1. */
function arithmetic(op: OpDefinitionBase, kind: string, onI1: string): HloRules {
  return ruleFor(op, {
    equation: `${op.opName} x, y == array.${kind} x, y;  on i1 array.${onI1}`,
    convert: (site) => [site.named(isOnI1(site) ? onI1 : kind, ...site.all())],
  });
}

/** The larger or smaller one, and what that is on i1. */
function ordering(op: OpDefinitionBase, kind: 'max' | 'min', onI1: string): HloRules {
  return ruleFor(op, {
    equation: `${op.opName} x, y == array.${kind} x, y;  on i1 array.${onI1}; of complex numbers in lexicographic order`,
    convert: (site) => {
      const [x, y] = site.all() as [Value, Value];
      return [isOnI1(site) ? site.named(onI1, x, y) : extreme(site, kind, x, y)];
    },
  });
}

/** The elements of the first operand where they have 2 or 4 bits. */
function narrowOf(site: HloSite): IntegerType | undefined {
  return narrowElement(site.op.operand(0).type);
}
/** A value of the type of the first operand with no bits but its own. */
function ownBits(site: HloSite, value: Value): Value {
  const narrow = narrowOf(site);
  return narrow?.signedness === 'signless' ? lowBits(site, value, narrow) : value;
}
/** x >> y with zeros from above. */
export function shiftedLogically(site: HloSite, x: Value, y: Value): Value {
  return site.named('shr_u', ownBits(site, x), y);
}
/** x >> y with the highest bit of x from above. */
export function shiftedArithmetically(site: HloSite, x: Value, y: Value): Value {
  const narrow = narrowOf(site);
  if (narrow?.signedness !== 'unsigned') return site.named('shr_s', x, y);
  const sign = site.context.integer(narrow.width);
  return site.named('shr_s', extended(site, x, sign), y);
}
export function divided(site: HloSite, x: Value, y: Value): Value {
  if (isInteger(site, x)) return integerQuotient(site, x, y, ownWidth(site));
  return site.elementOf(x) instanceof ComplexType ? complexQuotient(site, x, y) : site.named('div', x, y);
}
export function remainder(site: HloSite, x: Value, y: Value): Value {
  return isInteger(site, x) ? integerRemainder(site, x, y) : site.named('rem', x, y);
}
/** Why complex numbers have no remainder. */
export function complexRemainder(op: Operation): string | undefined {
  return (op.operand(0).type as TensorType).element instanceof ComplexType
    ? 'complex numbers have no remainder'
    : undefined;
}
/** Exponents of signed integers are negative from half of their range on: those of unsigned ones are halved before. */
export function power(site: HloSite, x: Value, y: Value): Value {
  const element = site.elementOf(x);
  if (!isInteger(site, x) || (element as IntegerType).signedness !== 'unsigned') return site.named('pow', x, y);
  const math = new Arithmetic(site, x);
  const signed = site.context.integer((element as IntegerType).width);
  const [base, exponent] = [math.mul(x, x), math.shr(y, 1)].map((v) => math.bits(v, signed)) as [Value, Value];
  const squares = math.bits(site.named('pow', base, exponent), element);
  return math.mul(squares, math.select(math.compare('eq', math.and(y, 1), 0), 1, x));
}
function ownWidth(site: HloSite): number {
  return ((site.op.operand(0).type as TensorType).element as IntegerType).width;
}
function isOnI1(site: HloSite): boolean {
  return isBoolean(site.elementOf(site.operand(0)));
}

export const ELEMENTWISE: HloRules = {
  ...arithmetic(hlo.AddOp, 'add', 'or'),
  ...arithmetic(hlo.MultiplyOp, 'mul', 'and'),
  ...ordering(hlo.MaximumOp, 'max', 'or'),
  ...ordering(hlo.MinimumOp, 'min', 'and'),
  ...direct(hlo.SubtractOp, 'sub'),
  ...ruleFor(hlo.DivideOp, {
    equation:
      'stablehlo.divide x, y == array.div x, y;  of integers 0 where it is not defined; of complex numbers infinite or zero where C says so',
    convert: (site) => [divided(site, ...(site.all() as [Value, Value]))],
  }),
  ...ruleFor(hlo.RemainderOp, {
    equation: 'stablehlo.remainder x, y == array.rem x, y;  of integers 0 where y is 0',
    refuses: complexRemainder,
    convert: (site) => [remainder(site, ...(site.all() as [Value, Value]))],
  }),
  ...ruleFor(hlo.PowerOp, {
    equation: 'power x, y == array.pow x, y;  of unsigned integers (x * x) ^ (y >> 1) * (x or 1)',
    convert: (site) => [power(site, ...(site.all() as [Value, Value]))],
  }),
  ...ruleFor(hlo.Atan2Op, {
    equation: 'atan2 y, x == array.atan2 y, x;  of complex numbers -i log((x + iy) / sqrt(x^2 + y^2))',
    convert: (site) => [arcTangent(site, ...(site.all() as [Value, Value]))],
  }),
  ...direct(hlo.AndOp, 'and'),
  ...direct(hlo.OrOp, 'or'),
  ...direct(hlo.XorOp, 'xor'),
  ...direct(hlo.NotOp, 'not'),
  ...direct(hlo.ShiftLeftOp, 'shl'),
  ...ruleFor(hlo.ShiftRightArithmeticOp, {
    equation: 'shift_right_arithmetic x, y == array.shr_s x, y;  in 8 bits of x with the sign of its own',
    convert: (site) => [shiftedArithmetically(site, ...(site.all() as [Value, Value]))],
  }),
  ...ruleFor(hlo.ShiftRightLogicalOp, {
    equation: 'shift_right_logical x, y == array.shr_u x, y;  in 8 bits of the low bits of x',
    convert: (site) => [shiftedLogically(site, ...(site.all() as [Value, Value]))],
  }),
  ...direct(hlo.NegateOp, 'neg'),
  ...direct(hlo.SignOp, 'sign'),
  ...direct(hlo.SqrtOp, 'sqrt'),
  ...direct(hlo.RsqrtOp, 'rsqrt'),
  ...direct(hlo.CbrtOp, 'cbrt'),
  ...direct(hlo.ExponentialOp, 'exp'),
  ...direct(hlo.ExponentialMinusOneOp, 'expm1'),
  ...direct(hlo.LogOp, 'log'),
  ...direct(hlo.LogPlusOneOp, 'log1p'),
  ...direct(hlo.LogisticOp, 'sigmoid'),
  ...direct(hlo.SineOp, 'sin'),
  ...direct(hlo.CosineOp, 'cos'),
  ...direct(hlo.TanOp, 'tan'),
  ...direct(hlo.TanhOp, 'tanh'),
  ...direct(hlo.FloorOp, 'floor'),
  ...direct(hlo.CeilOp, 'ceil'),
  ...direct(hlo.RoundNearestAfzOp, 'round'),
  ...direct(hlo.RoundNearestEvenOp, 'round_even'),
  ...ruleFor(hlo.PopcntOp, {
    equation: 'popcnt x == array.popcount x;  in 8 bits of the low bits of x',
    convert: (site) => [site.named('popcount', ownBits(site, site.operand(0)))],
  }),
  ...ruleFor(hlo.CountLeadingZerosOp, {
    equation: 'count_leading_zeros x == array.clz x;  in 8 bits of the low bits of x, without those above',
    convert(site) {
      const count = site.named('clz', ownBits(site, site.operand(0)));
      const narrow = narrowOf(site);
      return [narrow ? site.named('sub', count, site.splat(8 - narrow.width, count)) : count];
    },
  }),
};
