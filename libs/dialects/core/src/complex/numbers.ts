// Complex arithmetic on numbers of an element type: every real operation is rounded to it.
import {
  ComplexValue,
  type Evaluator1,
  floatBinary,
  floatBinaryFunction,
  floatUnary,
  floatUnaryKernel,
  rounding,
} from '@budflow/interpreter';
import {
  ArrayAttr,
  type Attribute,
  ComplexType,
  type Context,
  type DenseElementsAttr,
  denseElement,
  elementArray,
  FloatAttr,
  FloatType,
  InternalError,
  type Type,
  typeOfAttribute,
} from '@budflow/ir';
import type { RealArithmetic } from './formulas.js';

export type NumberArithmetic = RealArithmetic<number, boolean>;

/** Arithmetic by the type of the parts. */
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
  const functions = new Map<string, (a: number) => number>();
  const round = rounding(type);
  const atan2 = floatBinaryFunction('atan2', type);
  return {
    format: type.name,
    call(name, a) {
      let f = functions.get(name);
      if (f === undefined) {
        f = floatUnary(name, type);
        functions.set(name, f);
      }
      return f(a);
    },
    atan2,
    copySign: (a, sign) => (sign < 0 || Object.is(sign, -0) ? -Math.abs(a) : Math.abs(a)),
    add: floatBinary('addf', type),
    sub: floatBinary('subf', type),
    mul: floatBinary('mulf', type),
    div: floatBinary('divf', type),
    max: floatBinary('maximumf', type),
    min: floatBinary('minimumf', type),
    neg: (a) => -a,
    abs: Math.abs,
    sqrt: (a) => sqrt(a) as number,
    constant: round,
    less: (a, b) => a < b,
    equal: (a, b) => a === b,
    different: (a, b) => a !== b,
    and: (a, b) => a && b,
    or: (a, b) => a || b,
    select: (condition, a, b) => (condition ? a : b),
  };
}

/** The type of a scalar attribute: its own, or that of the complex number `[re, im]`; null for others. */
export function scalarType(context: Context, attr: Attribute): Type | null {
  if (complexOf(attr) === null) return typeOfAttribute(attr);
  const [re, im] = (attr as ArrayAttr).elements as [FloatAttr, FloatAttr];
  return re.type === im.type ? context.complex(re.type) : null;
}

/** Element `index` of a dense constant as an attribute; integers keep the type of the elements. */
export function elementAttr(context: Context, constant: DenseElementsAttr, index: number): Attribute {
  const { element } = constant.type;
  if (!(element instanceof ComplexType)) return context.constantAttr(element, denseElement(constant, index));
  const parts = elementArray(element, constant.bytes);
  const at = constant.splat ? 0 : 2 * index;
  return complexAttr(context, element, Number(parts[at]), Number(parts[at + 1]));
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
