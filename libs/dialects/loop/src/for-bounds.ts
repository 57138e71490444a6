// Bounds and trip counts of loop.for. Reads the op without its definition, which patterns of that definition need.
import {
  AffineMapAttr,
  AttrNames,
  DenseArrayAttr,
  IndexType,
  IntegerAttr,
  InternalError,
  type Operation,
  type Value,
} from '@budflow/ir';
import { constantDifference } from './affine-linear.js';
import { type AppliedMap, overCommonInputs } from './affine-operands.js';

export interface ForBounds {
  /** First value of the induction variable: the maximum of the results. */
  readonly lower: AppliedMap;
  /** Exclusive end: the minimum of the results. */
  readonly upper: AppliedMap;
  /** At least 1. */
  readonly step: number;
}

/** Sizes of the operand groups lbOperands, ubOperands, inits. */
export function forSegments(op: Operation): [number, number, number] {
  const sizes = op.attr(AttrNames.operandSegmentSizes);
  if (!(sizes instanceof DenseArrayAttr) || sizes.values.length !== 3)
    throw new InternalError(`${op.name} lacks ${AttrNames.operandSegmentSizes}`, op);
  return [Number(sizes.values[0]), Number(sizes.values[1]), Number(sizes.values[2])];
}

/** The bounds of a loop.for as maps applied to their operands. */
export function forBounds(op: Operation): ForBounds {
  const [lower, upper] = forSegments(op);
  const { operands } = op;
  const step = op.attr('step');
  return {
    lower: { map: boundMap(op, 'lowerBound'), operands: operands.slice(0, lower) },
    upper: { map: boundMap(op, 'upperBound'), operands: operands.slice(lower, lower + upper) },
    step: step instanceof IntegerAttr ? step.number : 1,
  };
}

function boundMap(op: Operation, name: string) {
  const attr = op.attr(name);
  if (!(attr instanceof AffineMapAttr)) throw new InternalError(`${op.name} lacks ${name}`, op);
  return attr.map;
}

/** Initial values of the carried values of a loop.for. */
export function forInits(op: Operation): Value[] {
  const [lower, upper] = forSegments(op);
  return op.operands.slice(lower + upper);
}

/** Sets both bounds in place; the carried values stay. */
export function setForBounds(op: Operation, lower: AppliedMap, upper: AppliedMap): void {
  const { context } = op;
  const inits = forInits(op);
  op.setAttr('lowerBound', context.affineMapAttr(lower.map));
  op.setAttr('upperBound', context.affineMapAttr(upper.map));
  op.setAttr(
    AttrNames.operandSegmentSizes,
    context.denseArray(context.i32, [lower.operands.length, upper.operands.length, inits.length]),
  );
  op.setOperands([...lower.operands, ...upper.operands, ...inits]);
}

/**
 * Number of iterations when it is known: the difference of the bounds is constant (as of %i and %i + 8), or some pair of
 * results of a maximum and a minimum shows that there is none.
 */
export function constantTripCount(op: Operation): number | undefined {
  const { lower, upper, step } = forBounds(op);
  const isKnown = lower.operands.length === 0 && upper.operands.length === 0;
  const { a, b } = isKnown
    ? { a: lower.map.results, b: upper.map.results }
    : overCommonInputs(op.context, lower, upper);
  for (const from of a) {
    for (const to of b) {
      const length = constantDifference(to, from);
      if (length === undefined) continue;
      // The loop is never longer than any one pair says.
      if (length <= 0) return 0;
      if (a.length === 1 && b.length === 1) return Math.ceil(length / step);
    }
  }
  if (a.every((e) => e.kind === 'constant') && b.every((e) => e.kind === 'constant')) {
    const length = Math.min(...b.map((e) => e.value)) - Math.max(...a.map((e) => e.value));
    return Math.max(0, Math.ceil(length / step));
  }
  return undefined;
}

/** Whether the custom assembly can express the op: bounds, carried values and body fit together. */
export function canPrintFor(op: Operation): boolean {
  const sizes = op.attr(AttrNames.operandSegmentSizes);
  if (!(sizes instanceof DenseArrayAttr) || sizes.values.length !== 3) return false;
  const [lower, upper, inits] = forSegments(op);
  if (lower + upper + inits !== op.operandCount || op.resultCount !== inits || op.regions.length !== 1) return false;
  for (const [name, count] of [
    ['lowerBound', lower],
    ['upperBound', upper],
  ] as const) {
    const attr = op.attr(name);
    if (
      !(attr instanceof AffineMapAttr) ||
      attr.map.numDims + attr.map.numSymbols !== count ||
      attr.map.results.length === 0
    )
      return false;
  }
  const step = op.attr('step');
  if (step !== undefined && !(step instanceof IntegerAttr && step.number >= 1)) return false;
  const [body, ...others] = op.region(0).blocks;
  if (body === undefined || others.length > 0 || body.arguments.length !== inits + 1) return false;
  if (!(body.arguments[0]!.type instanceof IndexType)) return false;
  return op.results.every(
    (r, i) => r.type === body.arguments[i + 1]!.type && r.type === op.operand(lower + upper + i).type,
  );
}
