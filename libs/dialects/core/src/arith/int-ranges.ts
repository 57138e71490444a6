// Ranges of integer arithmetic: how the bounds of a result follow from those of the operands. Overflow wraps, as in the
// interpreter; a result that may wrap is unknown in that view. Follows MLIR's InferIntRangeCommon; the tests check every
// rule on all ranges of small widths.
import type { IntegerOp, IntegerPredicate } from '@budflow/interpreter';
import {
  type Attribute,
  DenseElementsAttr,
  denseElement,
  elementCount,
  greatestOf,
  InferIntRange,
  IntegerAttr,
  IntegerRange,
  type InterfaceImplementation,
  integerWidth,
  leastOf,
  type Operation,
} from '@budflow/ir';

type Range = IntegerRange;
type Bounds = readonly [bigint, bigint];

const signedOf = (r: Range): Bounds => [r.smin, r.smax];
const unsignedOf = (r: Range): Bounds => [r.umin, r.umax];

/** The bounds if they fit, else everything. */
function fitUnsigned(width: number, [low, high]: Bounds): Bounds {
  const { umin, umax } = IntegerRange.full(width);
  return low < umin || high > umax ? [umin, umax] : [low, high];
}
function fitSigned(width: number, [low, high]: Bounds): Bounds {
  const { smin, smax } = IntegerRange.full(width);
  return low < smin || high > smax ? [smin, smax] : [low, high];
}

function fitted(width: number, unsigned: Bounds, signed: Bounds): Range {
  return IntegerRange.both(width, fitUnsigned(width, unsigned), fitSigned(width, signed));
}

/** Least and greatest of `f` over the corners of two intervals: exact for functions monotone in each operand. */
function corners(a: Bounds, b: Bounds, f: (x: bigint, y: bigint) => bigint): Bounds {
  const values = [f(a[0], b[0]), f(a[0], b[1]), f(a[1], b[0]), f(a[1], b[1])] as const;
  return [leastOf(...values), greatestOf(...values)];
}

function floorDivide(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? q - 1n : q;
}
const ceilDivide = (a: bigint, b: bigint): bigint => -floorDivide(-a, b);

/** A signed quotient: the divisors are those in the range that are not zero, negative and positive ones apart. */
function signedQuotient(a: Range, b: Range, divide: (x: bigint, y: bigint) => bigint): Range {
  const parts: Bounds[] = [];
  if (b.smin < 0n) parts.push([b.smin, b.smax < -1n ? b.smax : -1n]);
  if (b.smax > 0n) parts.push([b.smin > 1n ? b.smin : 1n, b.smax]);
  if (parts.length === 0) return IntegerRange.full(a.width);
  const bounds = parts.map((part) => corners(signedOf(a), part, divide));
  const low = leastOf(bounds[0]![0], ...bounds.map((x) => x[0]));
  const high = greatestOf(bounds[0]![1], ...bounds.map((x) => x[1]));
  // The most negative value divided by -1 traps.
  const { smax } = IntegerRange.full(a.width);
  return IntegerRange.signed(a.width, low, leastOf(high, smax));
}

function unsignedQuotient(a: Range, b: Range, divide: (x: bigint, y: bigint) => bigint): Range {
  if (b.umax === 0n) return IntegerRange.full(a.width);
  return IntegerRange.unsigned(a.width, ...corners(unsignedOf(a), [b.umin > 1n ? b.umin : 1n, b.umax], divide));
}

function signedRemainder(a: Range, b: Range): Range {
  const magnitude = (x: bigint) => (x < 0n ? -x : x);
  const divisor = greatestOf(magnitude(b.smin), magnitude(b.smax));
  if (divisor === 0n) return IntegerRange.full(a.width);
  // A dividend nearer to zero than every divisor is the remainder.
  const least = b.smin > 0n ? b.smin : b.smax < 0n ? -b.smax : 1n;
  if (-least < a.smin && a.smax < least) return a;
  const low = a.smin >= 0n ? 0n : a.smin > -divisor ? a.smin : -(divisor - 1n);
  const high = a.smax <= 0n ? 0n : a.smax < divisor ? a.smax : divisor - 1n;
  return IntegerRange.signed(a.width, low, high);
}

function unsignedRemainder(a: Range, b: Range): Range {
  if (b.umax === 0n) return IntegerRange.full(a.width);
  if (a.umax < b.umin) return a;
  return IntegerRange.unsigned(a.width, 0n, a.umax < b.umax ? a.umax : b.umax - 1n);
}

/** The number of low bits in which the values of an unsigned range may differ. */
function varyingBits(r: Range): bigint {
  return BigInt((r.umin ^ r.umax).toString(2).length) * (r.umin === r.umax ? 0n : 1n);
}
/** The bits that may be set, and those that are set in every value. */
function knownBits(r: Range): { maybe: bigint; always: bigint } {
  const mask = (1n << varyingBits(r)) - 1n;
  return { maybe: r.umax | mask, always: r.umin & ~mask };
}

function bitwise(kind: 'andi' | 'ori' | 'xori', a: Range, b: Range): Range {
  const [x, y] = [knownBits(a), knownBits(b)];
  const all = IntegerRange.full(a.width).umax;
  let [low, high]: Bounds = [0n, 0n];
  if (kind === 'andi') {
    [low, high] = [x.always & y.always, x.maybe & y.maybe];
    if (high > a.umax) high = a.umax;
    if (high > b.umax) high = b.umax;
  } else if (kind === 'ori') {
    [low, high] = [x.always | y.always, x.maybe | y.maybe];
    if (low < a.umin) low = a.umin;
    if (low < b.umin) low = b.umin;
  } else {
    // A bit is set when exactly one is; known where both are known.
    const known = ~(x.maybe & ~x.always) & ~(y.maybe & ~y.always) & all;
    low = (x.always ^ y.always) & known;
    high = low | (all & ~known & (x.maybe | y.maybe));
  }
  return IntegerRange.unsigned(a.width, low & all, high & all);
}

/** Shift amounts that do not trap: [0, width). */
function amounts(b: Range): Bounds | null {
  const limit = BigInt(b.width) - 1n;
  return b.umin > limit ? null : [b.umin, b.umax > limit ? limit : b.umax];
}

function shift(kind: 'shli' | 'shrsi' | 'shrui', a: Range, b: Range): Range {
  const by = amounts(b);
  if (by === null) return IntegerRange.full(a.width);
  switch (kind) {
    case 'shli': {
      const shifted = (x: bigint, n: bigint) => x << n;
      return fitted(a.width, corners(unsignedOf(a), by, shifted), corners(signedOf(a), by, shifted));
    }
    case 'shrsi':
      return IntegerRange.signed(a.width, ...corners(signedOf(a), by, (x, n) => x >> n));
    case 'shrui':
      return IntegerRange.unsigned(a.width, ...corners(unsignedOf(a), by, (x, n) => x >> n));
    default:
      return kind satisfies never;
  }
}

/** The larger or smaller one, in one view. */
function extreme(kind: 'maxsi' | 'maxui' | 'minsi' | 'minui', a: Range, b: Range): Range {
  const pick = kind.startsWith('max') ? greatestOf : leastOf;
  const [x, y] = kind.endsWith('ui') ? [unsignedOf(a), unsignedOf(b)] : [signedOf(a), signedOf(b)];
  const bounds = [pick(x[0], y[0]), pick(x[1], y[1])] as const;
  const view = kind.endsWith('ui')
    ? IntegerRange.unsigned(a.width, ...bounds)
    : IntegerRange.signed(a.width, ...bounds);
  // It is one of the two.
  return view.intersection(a.union(b));
}

/** The range of `a op b`; operands and result have one width. */
export function rangeOfBinary(op: IntegerOp, a: Range, b: Range): Range {
  const { width } = a;
  switch (op) {
    case 'addi':
      return fitted(width, [a.umin + b.umin, a.umax + b.umax], [a.smin + b.smin, a.smax + b.smax]);
    case 'subi':
      return fitted(width, [a.umin - b.umax, a.umax - b.umin], [a.smin - b.smax, a.smax - b.smin]);
    case 'muli': {
      const product = (x: bigint, y: bigint) => x * y;
      return fitted(width, corners(unsignedOf(a), unsignedOf(b), product), corners(signedOf(a), signedOf(b), product));
    }
    case 'divsi':
      return signedQuotient(a, b, (x, y) => x / y);
    case 'ceildivsi':
      return signedQuotient(a, b, ceilDivide);
    case 'floordivsi':
      return signedQuotient(a, b, floorDivide);
    case 'divui':
      return unsignedQuotient(a, b, (x, y) => x / y);
    case 'ceildivui':
      return unsignedQuotient(a, b, ceilDivide);
    case 'remsi':
      return signedRemainder(a, b);
    case 'remui':
      return unsignedRemainder(a, b);
    case 'andi':
    case 'ori':
    case 'xori':
      return bitwise(op, a, b);
    case 'shli':
    case 'shrsi':
    case 'shrui':
      return shift(op, a, b);
    case 'maxsi':
    case 'maxui':
    case 'minsi':
    case 'minui':
      return extreme(op, a, b);
    default:
      return op satisfies never;
  }
}

/** Whether `a < b` and so on hold for all values of the ranges (true), for none (false), or for some (null). */
export function decideComparison(predicate: IntegerPredicate, a: Range, b: Range): boolean | null {
  const less = (x: Bounds, y: Bounds): boolean | null => (x[1] < y[0] ? true : x[0] >= y[1] ? false : null);
  const negate = (answer: boolean | null) => (answer === null ? null : !answer);
  switch (predicate) {
    case 'slt':
      return less(signedOf(a), signedOf(b));
    case 'sge':
      return negate(less(signedOf(a), signedOf(b)));
    case 'sgt':
      return less(signedOf(b), signedOf(a));
    case 'sle':
      return negate(less(signedOf(b), signedOf(a)));
    case 'ult':
      return less(unsignedOf(a), unsignedOf(b));
    case 'uge':
      return negate(less(unsignedOf(a), unsignedOf(b)));
    case 'ugt':
      return less(unsignedOf(b), unsignedOf(a));
    case 'ule':
      return negate(less(unsignedOf(b), unsignedOf(a)));
    case 'eq':
    case 'ne': {
      const apart = a.umax < b.umin || b.umax < a.umin || a.smax < b.smin || b.smax < a.smin;
      const same = a.single !== null && a.single === b.single;
      return apart ? predicate === 'ne' : same ? predicate === 'eq' : null;
    }
    default:
      return predicate satisfies never;
  }
}

/** The range after a conversion to `width` bits: by sign, by zeros, or (narrower) the low bits. */
export function rangeOfCast(kind: 'extsi' | 'extui' | 'trunci', a: Range, width: number): Range {
  if (width >= a.width && kind === 'extui') return IntegerRange.unsigned(width, a.umin, a.umax);
  if (width >= a.width) return IntegerRange.signed(width, a.smin, a.smax);
  // Keeping low bits is the identity on what fits.
  const all = IntegerRange.full(width);
  const fitsUnsigned = a.umax <= all.umax;
  const fitsSigned = a.smin >= all.smin && a.smax <= all.smax;
  const u: Bounds = fitsUnsigned ? [a.umin, a.umax] : [all.umin, all.umax];
  const s: Bounds = fitsSigned ? [a.smin, a.smax] : [all.smin, all.smax];
  return IntegerRange.both(width, u, s);
}

/** Constants of more elements are not looked through. */
const MAX_ELEMENTS = 4096;

/** The range of an integer constant or of the elements of one. */
export function rangeOfConstant(value: Attribute | null | undefined): Range | null {
  if (value instanceof IntegerAttr) return IntegerRange.constant(integerWidth(value.type)!, value.bigint);
  if (!(value instanceof DenseElementsAttr)) return null;
  const width = integerWidth(value.type);
  const count = elementCount(value.type.shape);
  if (width === null || count === undefined || count === 0 || (!value.splat && count > MAX_ELEMENTS)) return null;
  let range = IntegerRange.constant(width, BigInt(denseElement(value, 0)));
  if (value.splat) return range;
  for (let i = 1; i < count; i++) range = range.union(IntegerRange.constant(width, BigInt(denseElement(value, i))));
  return range;
}

/** InferIntRange of a binary op. */
export function infersBinary(name: IntegerOp): InterfaceImplementation {
  return InferIntRange.implement({
    resultRanges: (_op, [a, b]) => [a && b ? rangeOfBinary(name, a, b) : null],
  });
}

/** InferIntRange of a cast between integers and index. */
export function infersCast(kind: 'extsi' | 'extui' | 'trunci'): InterfaceImplementation {
  return InferIntRange.implement({
    resultRanges(op: Operation, [a]) {
      const width = integerWidth(op.result(0).type);
      return [a && width !== null ? rangeOfCast(kind, a, width) : null];
    },
  });
}
