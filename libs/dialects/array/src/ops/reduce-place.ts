// Reductions of values together with their places, as JAX writes argmin and argmax: array.argmin and array.argmax.
import { CmpFOp, CmpIOp } from '@budflow/dialect-core';
import {
  attr,
  definePattern,
  FloatType,
  type Operation,
  type RewritePattern,
  type Type,
  type Value,
} from '@budflow/ir';
import { isUnsigned } from '../element-types.js';
import { isExtreme, isSplat } from '../splat.js';
import { tensorType } from '../structure.js';
import { ConstantOp, IotaOp } from './creation.js';
import { ArgMaxOp, ArgMinOp } from './scan.js';

const isOr = (value: Value): readonly Value[] | null =>
  value.definingOp?.name === 'arith.ori' ? value.definingOp.operands : null;

/** Whether the value is `a predicate b`, floats or integers. */
function isCompare(value: Value, [a, b]: readonly [Value, Value], float: string, integer: string): boolean {
  const op = value.definingOp;
  if (!op || op.operandCount !== 2 || op.operand(0) !== a || op.operand(1) !== b) return false;
  if (CmpFOp.is(op)) return CmpFOp.predicate(op) === float;
  return CmpIOp.is(op) && CmpIOp.predicate(op) === integer;
}

interface Extreme {
  readonly which: 'min' | 'max';
  /** Elements of values and of places. */
  readonly value: Type;
}

/**
 * Which extreme a region keeps, of (value, place) so far and (value, place) of the element: the value so far when it is less,
 * or NaN; the place so far then, too, or when the values are equal and it is the lower one.
 */
function extremeOf(op: Operation): Extreme | null {
  const region = op.regions[0];
  if (!region || region.isEmpty || op.resultCount !== 2) return null;
  const { lastOp, arguments: args } = region.entry;
  if (lastOp?.name !== 'array.yield' || lastOp.operandCount !== 2) return null;
  const [a, i, b, j] = args as [Value, Value, Value, Value];
  const [value, place] = lastOp.operands.map((v) => (v.definingOp?.name === 'arith.select' ? v.definingOp : null));
  if (!value || !place || value.operand(1) !== a || value.operand(2) !== b) return null;
  if (place.operand(1) !== i || place.operand(2) !== j) return null;
  const keeps = value.operand(0);
  const { element } = tensorType(op.operand(0));
  const parts = isOr(keeps) ?? [keeps];
  const float = element instanceof FloatType;
  const sign = isUnsigned(element) ? 'u' : 's';
  const ordered = (v: Value, way: 'lt' | 'gt') => isCompare(v, [a, b], `o${way}`, `${sign}${way}`);
  const which = parts.some((v) => ordered(v, 'lt')) ? 'min' : parts.some((v) => ordered(v, 'gt')) ? 'max' : null;
  const isNan = (v: Value) => isCompare(v, [a, a], 'une', '') || isCompare(v, [a, a], 'uno', '');
  if (which === null || parts.length !== (float ? 2 : 1) || (float && !parts.some(isNan))) return null;
  const ways = isOr(place.operand(0));
  const tie = ways?.find((v) => v !== keeps)?.definingOp;
  if (!ways?.includes(keeps) || tie?.name !== 'arith.andi') return null;
  const equal = tie.operands.some((v) => isCompare(v, [a, b], 'oeq', 'eq'));
  const lower = tie.operands.some((v) => isCompare(v, [i, j], '', 'slt'));
  return equal && lower ? { which, value: element } : null;
}

export const placePatterns: readonly RewritePattern[] = [
  definePattern({
    name: 'reduce-with-places-is-arg-extreme',
    equation: 'reduce<least, lowest place>(x, iota<d>, +inf, 0, dims = [d])#1 == argmin(x, d);  likewise argmax',
    root: 'array.reduce',
    generates: ['array.argmin', 'array.argmax'],
    rewrite(op, rewriter) {
      const extreme = extremeOf(op);
      if (!extreme || op.result(0).hasUses) return false;
      const [x, places, least, first] = op.operands;
      const dims = attr.i64Array.read(op.attr('dims')!);
      const [dim] = dims;
      if (dims.length !== 1 || dim === undefined) return false;
      const iota = places!.definingOp;
      if (!iota || !IotaOp.is(iota) || IotaOp.dim(iota) !== dim) return false;
      const { element } = tensorType(places!);
      if (element !== op.context.i32 && element !== op.context.i64) return false;
      const constant = (value: Value) =>
        value.definingOp && ConstantOp.is(value.definingOp) ? ConstantOp.value(value.definingOp) : undefined;
      if (!isSplat(constant(first!), 0) || !isExtreme(constant(least!), extreme.which === 'min' ? 'greatest' : 'least'))
        return false;
      // Of nothing there is no place: argmin wants elements.
      if (!(tensorType(x!).shape[dim]! > 0)) return false;
      rewriter.setInsertionPoint(op);
      const make = extreme.which === 'min' ? ArgMinOp : ArgMaxOp;
      const place = make.build(rewriter, op.loc, { operand: x!, dim, resultTypes: [op.result(1).type] });
      rewriter.replaceAllUses(op.result(1), place);
      rewriter.eraseOp(op);
      return true;
    },
  }),
];
