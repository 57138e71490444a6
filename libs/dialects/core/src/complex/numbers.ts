// Complex arithmetic on numbers of an element type: every real operation is rounded to it.
import { ComplexValue, type Evaluator1, floatBinary, floatUnaryKernel } from '@budflow/interpreter';
import {
  ArrayAttr,
  type Attribute,
  ComplexType,
  type Context,
  FloatAttr,
  FloatType,
  InternalError,
  type Type,
} from '@budflow/ir';
import type { RealArithmetic } from './formulas.js';

export type NumberArithmetic = RealArithmetic<number, boolean>;

const known = new WeakMap<FloatType, NumberArithmetic>();

/** The arithmetic of the parts of a complex type. */
export function partArithmetic(type: Type): NumberArithmetic {
  const part = partType(type);
  let found = known.get(part);
  if (found === undefined) {
    found = make(part);
    known.set(part, found);
  }
  return found;
}

function make(type: FloatType): NumberArithmetic {
  const sqrt = floatUnaryKernel('sqrt', type).scalar as Evaluator1;
  return {
    add: floatBinary('addf', type),
    sub: floatBinary('subf', type),
    mul: floatBinary('mulf', type),
    div: floatBinary('divf', type),
    max: floatBinary('maximumf', type),
    min: floatBinary('minimumf', type),
    neg: (a) => -a,
    abs: Math.abs,
    sqrt: (a) => sqrt(a) as number,
    constant: (value) => value,
    less: (a, b) => a < b,
    equal: (a, b) => a === b,
    different: (a, b) => a !== b,
    and: (a, b) => a && b,
    or: (a, b) => a || b,
    select: (condition, a, b) => (condition ? a : b),
  };
}

/** The float type of the parts. */
export function partType(type: Type): FloatType {
  if (type instanceof ComplexType && type.element instanceof FloatType) return type.element;
  throw new InternalError(`${type} is not a complex type of floats`);
}

/** The number that `[re, im]` stands for; null for other attributes. */
export function complexOf(attr: Attribute | null | undefined): ComplexValue | null {
  if (!(attr instanceof ArrayAttr) || attr.elements.length !== 2) return null;
  const [re, im] = attr.elements;
  return re instanceof FloatAttr && im instanceof FloatAttr ? new ComplexValue(re.value, im.value) : null;
}

/** `[re, im]` with parts of the complex type. */
export function complexAttr(context: Context, type: Type, re: number, im: number): Attribute {
  const part = partType(type);
  return context.arrayAttr([context.floatAttr(part, re), context.floatAttr(part, im)]);
}
