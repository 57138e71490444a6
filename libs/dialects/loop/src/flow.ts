// How control flows through loops and conditionals (RegionBranch), and the ranges of index arithmetic (InferIntRange).
import {
  type AffineExpr,
  type AffineMap,
  AffineMapAttr,
  type Attribute,
  greatestOf,
  INDEX_WIDTH,
  InferIntRange,
  IntegerAttr,
  IntegerRange,
  leastOf,
  type Operation,
  RegionBranch,
  type RegionEdge,
} from '@budflow/ir';
import { constantTripCount, forBounds, forSegments } from './for-bounds.js';

/** The number of iterations when the bounds' operands are these constants; undefined when it is not known. */
function tripCount(op: Operation, operands: readonly (Attribute | null)[]): number | undefined {
  const known = constantTripCount(op);
  if (known !== undefined) return known;
  const [lowerCount, upperCount] = forSegments(op);
  const values: number[] = [];
  for (let i = 0; i < lowerCount + upperCount; i++) {
    const value = operands[i];
    if (!(value instanceof IntegerAttr) || typeof value.value !== 'number') return undefined;
    values.push(value.value);
  }
  const { lower, upper, step } = forBounds(op);
  const from = Math.max(...evaluate(lower.map, values.slice(0, lowerCount)));
  const to = Math.min(...evaluate(upper.map, values.slice(lowerCount)));
  return to <= from ? 0 : Math.ceil((to - from) / step);
}

function evaluate(map: AffineMap, operands: readonly number[]): number[] {
  return map.evaluate(operands.slice(0, map.numDims), operands.slice(map.numDims));
}

/** loop.for: the body as long as there are iterations, then the results. */
export const forFlow = RegionBranch.implement({
  edges(op, from, operands) {
    const [lower, upper, inits] = forSegments(op);
    const isEntry = from === op;
    // The bounds are operands of the loop; what a yield knows says nothing about them.
    const trips = isEntry ? tripCount(op, operands) : constantTripCount(op);
    const start = isEntry ? lower + upper : 0;
    const again: RegionEdge = { to: op.region(0), start, end: start + inits, first: 1 };
    const done: RegionEdge = { to: null, start, end: start + inits, first: 0 };
    if (trips === undefined) return [again, done];
    if (isEntry) return trips === 0 ? [done] : [again];
    return trips === 1 ? [done] : [again, done];
  },
});

/** loop.if: one region, or none without an else, then the results. */
export const ifFlow = RegionBranch.implement({
  edges(op, from, operands) {
    const done: RegionEdge = { to: null, start: 0, end: from === op ? 0 : from.operandCount, first: 0 };
    if (from !== op) return [done];
    const enter = (index: number): RegionEdge =>
      op.region(index).isEmpty ? done : { to: op.region(index), start: 0, end: 0, first: 0 };
    const condition = operands[0];
    if (condition instanceof IntegerAttr) return [enter(condition.value ? 0 : 1)];
    return [enter(0), enter(1)];
  },
});

/** loop.while: before, then after and before again, or the results. */
export const whileFlow = RegionBranch.implement({
  edges(op, from, operands) {
    if (from === op) return [{ to: op.region(0), start: 0, end: op.operandCount, first: 0 }];
    if (from.parentRegion === op.region(1)) return [{ to: op.region(0), start: 0, end: from.operandCount, first: 0 }];
    const go: RegionEdge = { to: op.region(1), start: 1, end: from.operandCount, first: 0 };
    const stop: RegionEdge = { to: null, start: 1, end: from.operandCount, first: 0 };
    const condition = operands[0];
    if (condition instanceof IntegerAttr) return [condition.value ? go : stop];
    return [go, stop];
  },
});

type Bounds = readonly [bigint, bigint];
/** Affine maps are evaluated in doubles: exact up to here. */
const EXACT = 1n << 53n;

/** Bounds of an affine expression over intervals; null where nothing is known. */
function boundsOf(e: AffineExpr, dims: readonly (Bounds | null)[], symbols: readonly (Bounds | null)[]): Bounds | null {
  switch (e.kind) {
    case 'constant':
      return [BigInt(e.value), BigInt(e.value)];
    case 'dim':
      return dims[e.value] ?? null;
    case 'symbol':
      return symbols[e.value] ?? null;
    default: {
      const a = boundsOf(e.lhs!, dims, symbols);
      const b = boundsOf(e.rhs!, dims, symbols);
      const result = combine(e.kind, a, b);
      return result !== null && (result[0] < -EXACT || result[1] > EXACT) ? null : result;
    }
  }
}

function combine(
  kind: 'add' | 'mul' | 'mod' | 'floordiv' | 'ceildiv',
  a: Bounds | null,
  b: Bounds | null,
): Bounds | null {
  // A remainder is bounded by its divisor whatever is divided.
  if (kind === 'mod') {
    if (b === null || b[0] <= 0n) return null;
    if (a !== null && a[0] >= 0n && a[1] < b[0]) return a;
    return [0n, b[1] - 1n];
  }
  if (a === null || b === null) return null;
  const over = (f: (x: bigint, y: bigint) => bigint): Bounds => {
    const all = [f(a[0], b[0]), f(a[0], b[1]), f(a[1], b[0]), f(a[1], b[1])] as const;
    return [leastOf(...all), greatestOf(...all)];
  };
  switch (kind) {
    case 'add':
      return [a[0] + b[0], a[1] + b[1]];
    case 'mul':
      return over((x, y) => x * y);
    case 'floordiv':
      return b[0] <= 0n ? null : over(floorDivide);
    case 'ceildiv':
      return b[0] <= 0n ? null : over((x, y) => -floorDivide(-x, y));
    default:
      return kind satisfies never;
  }
}

/** For positive divisors. */
function floorDivide(a: bigint, b: bigint): bigint {
  return a >= 0n ? a / b : -((-a + b - 1n) / b);
}

function inputBounds(operands: readonly (IntegerRange | null)[]): (Bounds | null)[] {
  return operands.map((r) => (r === null ? null : r.smin < -EXACT || r.smax > EXACT ? null : [r.smin, r.smax]));
}

/** The least or greatest of the results of a map; null in place of a bound that is not known. */
function combinedBounds(
  map: AffineMap,
  operands: readonly (IntegerRange | null)[],
  combiner: 'min' | 'max',
): [bigint | null, bigint | null] {
  const inputs = inputBounds(operands);
  const results = map.results.map((e) => boundsOf(e, inputs.slice(0, map.numDims), inputs.slice(map.numDims)));
  const lows = results.map((r) => (r === null ? null : r[0]));
  const highs = results.map((r) => (r === null ? null : r[1]));
  // A maximum is at least every result that is known, and at most the largest when all are.
  return combiner === 'max' ? [someGreatest(lows), allGreatest(highs)] : [allLeast(lows), someLeast(highs)];
}
type Bound = bigint | null;
const pick = (list: readonly Bound[], better: (a: bigint, b: bigint) => boolean): Bound =>
  list.reduce((a, b) => (a === null ? b : b === null ? a : better(a, b) ? a : b), null);
const someGreatest = (list: readonly Bound[]) => pick(list, (a, b) => a > b);
const someLeast = (list: readonly Bound[]) => pick(list, (a, b) => a < b);
const allGreatest = (list: readonly Bound[]) => (list.includes(null) ? null : someGreatest(list));
const allLeast = (list: readonly Bound[]) => (list.includes(null) ? null : someLeast(list));

function indexRange(low: Bound, high: Bound): IntegerRange {
  const all = IntegerRange.full(INDEX_WIDTH);
  return IntegerRange.signed(INDEX_WIDTH, low ?? all.smin, high ?? all.smax);
}

/** loop.apply, loop.min, loop.max. */
export function infersMap(combiner: 'min' | 'max') {
  return InferIntRange.implement({
    resultRanges(op, operands) {
      const attr = op.attr('map');
      return [attr instanceof AffineMapAttr ? indexRange(...combinedBounds(attr.map, operands, combiner)) : null];
    },
  });
}

/** The induction variable: from the least lower bound to below the greatest upper bound, in steps. */
export const infersInductionVariable = InferIntRange.implement({
  resultRanges: (op) => op.results.map(() => null),
  argumentRange(op, _region, index, operands) {
    if (index !== 0) return null;
    const { lower, upper, step } = forBounds(op);
    const [lowerCount, upperCount] = forSegments(op);
    const [low, latest] = combinedBounds(lower.map, operands.slice(0, lowerCount), 'max');
    const [, end] = combinedBounds(upper.map, operands.slice(lowerCount, lowerCount + upperCount), 'min');
    if (end === null) return indexRange(low, null);
    let last = end - 1n;
    // With one first value the last one is known to the step.
    if (low !== null && low === latest && last >= low) last = low + ((last - low) / BigInt(step)) * BigInt(step);
    // Never entered: any answer is right.
    return low !== null && last < low ? indexRange(low, low) : indexRange(low, last);
  },
});
