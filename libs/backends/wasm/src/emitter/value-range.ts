// Ranges of lanes that the code itself shows: what was clamped, rounded or widened. Conversions of values that surely fit
// take one instruction where those that saturate take many.
import { CmpFOp } from '@budflow/dialect-core';
import { DenseElementsAttr, denseElement, FloatType, type Operation, type Value, type VectorType } from '@budflow/ir';
import { constantAttribute } from './constants.js';

/** Both ends are possible values; never NaN. */
export interface Range {
  readonly lower: number;
  readonly upper: number;
}

/** Ops that are looked through. */
const DEPTH = 6;

export function fits(range: Range | undefined, lower: number, upper: number): boolean {
  return range !== undefined && range.lower >= lower && range.upper <= upper;
}

export function union(a: Range | undefined, b: Range | undefined): Range | undefined {
  return a && b && { lower: Math.min(a.lower, b.lower), upper: Math.max(a.upper, b.upper) };
}

/** The value of a splat constant; undefined for anything else. */
export function splatNumber(value: Value): number | undefined {
  const op = value.definingOp;
  const attr = op !== null && op.name === 'arith.constant' ? constantAttribute(op) : undefined;
  return attr instanceof DenseElementsAttr && attr.splat ? Number(denseElement(attr, 0)) : undefined;
}

function constantRange(value: Value): Range | undefined {
  const number = splatNumber(value);
  return number === undefined || Number.isNaN(number) ? undefined : { lower: number, upper: number };
}

const ROUNDINGS: Readonly<Record<string, (x: number) => number>> = {
  'math.floor': Math.floor,
  'math.ceil': Math.ceil,
  'math.trunc': Math.trunc,
  'math.roundeven': (x) => x,
};

/** Numbers that lanes of floats lie between; undefined when they may be NaN or nothing is known. */
export function floatRange(value: Value, depth = DEPTH): Range | undefined {
  const op = value.definingOp;
  if (!op || depth === 0) return undefined;
  if (op.name === 'arith.select') return selectRange(op, depth);
  if (op.name === 'arith.sitofp') return integerRange(op.operand(0), depth - 1);
  if (!Object.hasOwn(ROUNDINGS, op.name)) return constantRange(value);
  const range = floatRange(op.operand(0), depth - 1);
  // Rounding to even goes to a neighbour at most.
  if (op.name === 'math.roundeven') return range && { lower: Math.floor(range.lower), upper: Math.ceil(range.upper) };
  const round = ROUNDINGS[op.name]!;
  return range && { lower: round(range.lower), upper: round(range.upper) };
}

/** `x < c ? x : c` and `x > c ? x : c`: an x that is NaN is not chosen. */
function selectRange(op: Operation, depth: number): Range | undefined {
  const [yes, no] = [op.operand(1), op.operand(2)];
  const compare = op.operand(0).definingOp;
  const bound = splatNumber(no);
  if (compare && CmpFOp.is(compare) && bound !== undefined && !Number.isNaN(bound)) {
    const predicate = CmpFOp.predicate(compare);
    const [p, q] = [compare.operand(0), compare.operand(1)];
    const less = /^ol[te]$/.test(predicate);
    const greater = /^og[te]$/.test(predicate);
    const [isUpper, isLower] = p === yes && splatNumber(q) === bound ? [less, greater] : [false, false];
    const [isUpperToo, isLowerToo] = q === yes && splatNumber(p) === bound ? [greater, less] : [false, false];
    const inside = floatRange(yes, depth - 1) ?? { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
    if (isUpper || isUpperToo) return { lower: Math.min(inside.lower, bound), upper: bound };
    if (isLower || isLowerToo) return { lower: bound, upper: Math.max(inside.upper, bound) };
  }
  return union(floatRange(yes, depth - 1), floatRange(no, depth - 1));
}

/** Numbers that lanes of integers, read as signed, lie between; undefined when nothing better than their width is known. */
export function integerRange(value: Value, depth = DEPTH): Range | undefined {
  const op = value.definingOp;
  if (!op || depth === 0) return undefined;
  switch (op.name) {
    case 'arith.fptosi': {
      const range = floatRange(op.operand(0), depth - 1);
      return inWidth(value, range && { lower: Math.trunc(range.lower), upper: Math.trunc(range.upper) });
    }
    case 'arith.andi': {
      const mask = splatNumber(op.operand(1));
      return mask !== undefined && mask >= 0 ? { lower: 0, upper: mask } : undefined;
    }
    case 'simd.narrow':
      return inWidth(value, union(integerRange(op.operand(0), depth - 1), integerRange(op.operand(1), depth - 1)));
    case 'simd.widen_low':
    case 'simd.widen_high': {
      const bits = widthOf(op.operand(0));
      if (bits === undefined) return undefined;
      if (op.attr('unsigned') !== undefined) return { lower: 0, upper: 2 ** bits - 1 };
      return integerRange(op.operand(0), depth - 1) ?? { lower: -(2 ** (bits - 1)), upper: 2 ** (bits - 1) - 1 };
    }
    default:
      return constantRange(value);
  }
}

function widthOf(value: Value): number | undefined {
  const { element } = value.type as VectorType;
  return element instanceof FloatType || !('width' in element) ? undefined : (element.width as number);
}

/** The range when no value of it wraps or saturates in the width of `value`. */
function inWidth(value: Value, range: Range | undefined): Range | undefined {
  const bits = widthOf(value);
  return bits !== undefined && fits(range, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1) ? range : undefined;
}
