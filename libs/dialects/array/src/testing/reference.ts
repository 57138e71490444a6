// The meaning of every array op once more, as plainly as it can be said: element by element over index tuples, integers
// as bigints. The tests hold the interpretation against it.
import type { Scalar } from '@budflow/interpreter';
import { DYNAMIC, elementTypeOf, type Operation, type ReductionOrder, type TensorType } from '@budflow/ir';
import { fmaF32, fmaF64 } from '@budflow/numerics';
import {
  BroadcastOp,
  CmpOp,
  DotGeneralOp,
  FmaOp,
  FullOp,
  IotaOp,
  PadOp,
  ReduceOp,
  SliceOp,
  TransposeOp,
} from '../index.js';

export interface Plain {
  readonly shape: readonly number[];
  readonly values: readonly Scalar[];
}

const round = (element: string, x: number): number => (element === 'f32' ? Math.fround(x) : x);
const isFloat = (element: string): boolean => element === 'f32' || element === 'f64';
const isUnsigned = (element: string): boolean => element === 'i1' || element.startsWith('ui');
const width = (element: string): number => (element === 'index' ? 64 : Number(element.replace(/\D+/, '')));

/** A bigint as a scalar of an integer type. */
function wrap(element: string, x: bigint): Scalar {
  const w = width(element);
  const value = isUnsigned(element) ? BigInt.asUintN(w, x) : BigInt.asIntN(w, x);
  return w === 64 && element !== 'index' ? value : Number(value);
}

function less(a: number, b: number): boolean {
  return a < b || (a === 0 && b === 0 && Object.is(a, -0) && !Object.is(b, -0));
}

export function plainBinary(kind: string, element: string, x: Scalar, y: Scalar): Scalar {
  if (isFloat(element)) {
    const [a, b] = [x as number, y as number];
    switch (kind) {
      case 'add':
        return round(element, a + b);
      case 'sub':
        return round(element, a - b);
      case 'mul':
        return round(element, a * b);
      case 'div':
        return round(element, a / b);
      case 'rem':
        return a % b;
      case 'atan2':
        return round(element, Math.atan2(a, b));
      case 'pow':
        // ECMAScript has NaN where C has 1.
        return a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : round(element, a ** b);
      case 'min':
        return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : less(b, a) ? b : a;
      default:
        return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : less(a, b) ? b : a;
    }
  }
  const [a, b] = [BigInt(x as number), BigInt(y as number)];
  switch (kind) {
    case 'add':
      return wrap(element, a + b);
    case 'sub':
      return wrap(element, a - b);
    case 'mul':
      return wrap(element, a * b);
    case 'div':
      return wrap(element, b === 0n ? -1n : a / b);
    case 'rem':
      return wrap(element, b === 0n ? a : a % b);
    case 'min':
      return wrap(element, a < b ? a : b);
    case 'max':
      return wrap(element, a > b ? a : b);
    case 'and':
      return wrap(element, a & b);
    case 'or':
      return wrap(element, a | b);
    case 'pow': {
      if (b < 0n) return wrap(element, a === 1n || a === -1n ? a ** (b & 1n) : 0n);
      // Modulo 2^64 at each step: the exponent may be any number.
      let [result, square] = [1n, a];
      for (let rest = b; rest > 0n; rest >>= 1n) {
        if (rest & 1n) result = BigInt.asIntN(64, result * square);
        square = BigInt.asIntN(64, square * square);
      }
      return wrap(element, result);
    }
    case 'shl':
    case 'shr_s':
    case 'shr_u': {
      const w = BigInt(width(element));
      const amount = BigInt.asUintN(Number(w), b);
      if (kind === 'shr_s') return wrap(element, BigInt.asIntN(Number(w), a) >> (amount < w ? amount : w - 1n));
      if (amount >= w) return wrap(element, 0n);
      return wrap(element, kind === 'shl' ? a << amount : BigInt.asUintN(Number(w), a) >> amount);
    }
    default:
      return wrap(element, a ^ b);
  }
}

const FLOAT_UNARY: Record<string, (x: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  sinh: Math.sinh,
  cosh: Math.cosh,
  cbrt: Math.cbrt,
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : x),
  trunc: Math.trunc,
  round: (x) => {
    const whole = Math.trunc(x);
    return Math.abs(x - whole) >= 0.5 ? whole + (x < 0 ? -1 : 1) : whole;
  },
  tanh: Math.tanh,
  sigmoid: (x) => (x < -700 ? Math.exp(x) : 1 / (1 + Math.exp(-x))),
  floor: Math.floor,
  ceil: Math.ceil,
  round_even: (x) => {
    if (!Number.isFinite(x) || Number.isInteger(x)) return x;
    const [low, high] = [Math.floor(x), Math.ceil(x)];
    const nearest = x - low < high - x ? low : x - low > high - x ? high : low % 2 === 0 ? low : high;
    return nearest === 0 ? (x < 0 ? -0 : 0) : nearest;
  },
};
/** Functions that numerics approximates: compared with a tolerance. */
export const APPROXIMATE = new Set([
  'rsqrt',
  'exp',
  'exp2',
  'expm1',
  'log',
  'log2',
  'log10',
  'log1p',
  'tanh',
  'sigmoid',
  'erf',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'asinh',
  'acosh',
  'atanh',
  'sinh',
  'cosh',
  'cbrt',
  'pow',
  'atan2',
]);

function unary(kind: string, element: string, x: Scalar): Scalar {
  if (isFloat(element)) return round(element, FLOAT_UNARY[kind]!(x as number));
  const a = BigInt(x as number);
  if (kind === 'sign') return wrap(element, a > 0n ? 1n : a < 0n ? -1n : 0n);
  if (kind === 'popcount' || kind === 'clz') {
    const bits = BigInt.asUintN(width(element), a).toString(2).padStart(width(element), '0');
    const zeros = bits.includes('1') ? bits.indexOf('1') : bits.length;
    return wrap(element, BigInt(kind === 'clz' ? zeros : bits.replaceAll('0', '').length));
  }
  return wrap(element, kind === 'neg' ? -a : kind === 'not' ? ~a : a < 0n ? -a : a);
}

function compare(predicate: string, a: Scalar, b: Scalar): Scalar {
  const results: Record<string, boolean> = { eq: a === b, ne: a !== b, lt: a < b, le: a <= b, gt: a > b, ge: a >= b };
  return results[predicate] ? 1 : 0;
}

function cast(from: string, to: string, x: Scalar): Scalar {
  if (to === 'i1')
    return isFloat(from) ? (Math.abs(x as number) > 0 || Number.isNaN(x) ? 1 : 0) : BigInt(x as number) === 0n ? 0 : 1;
  if (!isFloat(from)) {
    if (!isFloat(to)) return wrap(to, BigInt(x as number));
    return round(to, Number(x));
  }
  if (isFloat(to)) return round(to, x as number);
  const value = x as number;
  if (Number.isNaN(value)) return wrap(to, 0n);
  const w = BigInt(width(to));
  const [least, greatest] = isUnsigned(to) ? [0n, 2n ** w - 1n] : [-(2n ** (w - 1n)), 2n ** (w - 1n) - 1n];
  if (value === Number.POSITIVE_INFINITY) return wrap(to, greatest);
  if (value === Number.NEGATIVE_INFINITY) return wrap(to, least);
  const whole = BigInt(Math.trunc(value));
  return wrap(to, whole < least ? least : whole > greatest ? greatest : whole);
}

/** All index tuples of a shape in row-major order. */
export function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (list, size) => list.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  );
}
function at(tensor: Plain, index: readonly number[]): Scalar {
  return tensor.values[index.reduce((offset, i, d) => offset * tensor.shape[d]! + i, 0)]!;
}
function build(shape: readonly number[], element: (index: number[]) => Scalar): Plain {
  return { shape, values: indices(shape).map(element) };
}

type Fold = { identity: Scalar; combine(a: Scalar, b: Scalar): Scalar };

/** Pairs of neighbours as a binary counter merges them: the largest power of two first, the rest from the right. */
function mergeBlocks(blocks: readonly Scalar[], fold: Fold): Scalar {
  if (blocks.length === 0) return fold.identity;
  if (blocks.length === 1) return blocks[0]!;
  let half = 1;
  while (half * 2 < blocks.length) half *= 2;
  return fold.combine(mergeBlocks(blocks.slice(0, half), fold), mergeBlocks(blocks.slice(half), fold));
}

/** Elements in lanes within blocks. */
function inLanes(values: readonly Scalar[], lanes: number, block: number, fold: Fold): Scalar {
  const blocks: Scalar[] = [];
  for (let start = 0; start < values.length; start += block) {
    const part = values.slice(start, start + block);
    let row = Array.from({ length: lanes }, (_, l) =>
      part.filter((_, i) => i % lanes === l).reduce(fold.combine, fold.identity),
    );
    while (row.length > 1) {
      const half = row.length / 2;
      row = row.slice(0, half).map((v, l) => fold.combine(v, row[l + half]!));
    }
    blocks.push(row[0]!);
  }
  return mergeBlocks(blocks, fold);
}

function identityOf(kind: string, element: string): Scalar {
  if (isFloat(element)) return { add: -0, mul: 1, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }[kind]!;
  // What the interpreter holds of an index ends at 2^53.
  const w = element === 'index' ? 54n : BigInt(width(element));
  const least = isUnsigned(element) ? 0n : -(2n ** (w - 1n));
  const greatest = isUnsigned(element) ? 2n ** w - 1n : 2n ** (w - 1n) - 1n;
  return wrap(element, { add: 0n, or: 0n, xor: 0n, mul: 1n, and: -1n, min: greatest, max: least }[kind]!);
}

function reduce(op: Operation, element: string, x: Plain, init: Plain): Plain {
  const dims = ReduceOp.dims(op);
  const kind = ReduceOp.kind(op)!;
  const order: ReductionOrder = ReduceOp.order(op) ?? { kind: 'lanes', lanes: 16, accumulators: 1, block: 1024 };
  const fold: Fold = { identity: identityOf(kind, element), combine: (a, b) => plainBinary(kind, element, a, b) };
  const kept = [...x.shape.keys()].filter((d) => !dims.includes(d));
  const sorted = [...dims].sort((a, b) => a - b);
  return build(
    kept.map((d) => x.shape[d]!),
    (index) => {
      const fixed = new Map(kept.map((d, i) => [d, index[i]!]));
      const element = (coordinates: ReadonlyMap<number, number>) =>
        at(
          x,
          x.shape.map((_, d) => fixed.get(d) ?? coordinates.get(d)!),
        );
      return fold.combine(init.values[0]!, order.kind === 'sequential' ? sequential() : grouped(sorted, new Map()));

      function sequential(): Scalar {
        return indices(sorted.map((d) => x.shape[d]!))
          .map((t) => element(new Map(sorted.map((d, i) => [d, t[i]!]))))
          .reduce(fold.combine, fold.identity);
      }
      /** The first group of adjacent dims is combined last. */
      function grouped(rest: readonly number[], coordinates: ReadonlyMap<number, number>): Scalar {
        if (rest.length === 0) return element(coordinates);
        let n = 1;
        while (n < rest.length && rest[n] === rest[n - 1]! + 1) n++;
        const group = rest.slice(0, n);
        const trailing = group[n - 1] === x.shape.length - 1;
        const values = indices(group.map((d) => x.shape[d]!)).map((t) =>
          grouped(rest.slice(n), new Map([...coordinates, ...group.map((d, i) => [d, t[i]!] as const)])),
        );
        const lanes = order.kind === 'lanes' && trailing ? order.lanes * order.accumulators : 1;
        return inLanes(values, lanes, (order as { block: number }).block, fold);
      }
    },
  );
}

function dot(op: Operation, element: string, result: string, lhs: Plain, rhs: Plain): Plain {
  const [lb, rb, lc, rc] = [
    DotGeneralOp.lhsBatch(op),
    DotGeneralOp.rhsBatch(op),
    DotGeneralOp.lhsContract(op),
    DotGeneralOp.rhsContract(op),
  ];
  const lf = [...lhs.shape.keys()].filter((d) => !lb.includes(d) && !lc.includes(d));
  const rf = [...rhs.shape.keys()].filter((d) => !rb.includes(d) && !rc.includes(d));
  const shape = [...lb.map((d) => lhs.shape[d]!), ...lf.map((d) => lhs.shape[d]!), ...rf.map((d) => rhs.shape[d]!)];
  const fused = DotGeneralOp.contract(op) !== 'none';
  return build(shape, (index) => {
    const [b, m, n] = [
      index.slice(0, lb.length),
      index.slice(lb.length, lb.length + lf.length),
      index.slice(lb.length + lf.length),
    ];
    let sum: Scalar = identityOf('add', result);
    for (const k of indices(lc.map((d) => lhs.shape[d]!))) {
      const pick = (
        rank: number,
        batch: readonly number[],
        free: readonly number[],
        contract: readonly number[],
        f: readonly number[],
      ) =>
        Array.from({ length: rank }, (_, d) =>
          batch.includes(d) ? b[batch.indexOf(d)]! : free.includes(d) ? f[free.indexOf(d)]! : k[contract.indexOf(d)]!,
        );
      const x = cast(element, result, at(lhs, pick(lhs.shape.length, lb, lf, lc, m)));
      const y = cast(element, result, at(rhs, pick(rhs.shape.length, rb, rf, rc, n)));
      sum = fused
        ? (result === 'f32' ? fmaF32 : fmaF64)(x as number, y as number, sum as number)
        : plainBinary('add', result, sum, plainBinary('mul', result, x, y));
    }
    return sum;
  });
}

/** The result of an op; `sizes` are its index operands. */
export function reference(op: Operation, tensors: readonly Plain[], sizes: readonly number[]): Plain {
  const kind = op.name.slice('array.'.length);
  const type = op.result(0).type as TensorType;
  const to = String(type.element);
  const element = op.operandCount ? String(elementTypeOf(op.operand(0).type)) : to;
  const [x, y, z] = tensors as [Plain, Plain, Plain];
  const sized = () => {
    let next = 0;
    return type.shape.map((d) => (d === DYNAMIC ? sizes[next++]! : d));
  };
  const zip = (f: (...values: Scalar[]) => Scalar) => ({
    shape: x.shape,
    values: x.values.map((_, i) => f(...tensors.map((t) => t.values[i]!))),
  });
  switch (kind) {
    case 'select':
      return zip((c, a, b) => (c ? a! : b!));
    case 'clamp':
      return zip((low, v, high) => plainBinary('min', element, plainBinary('max', element, v!, low!), high!));
    case 'fma':
      return zip((a, b, c) =>
        (FmaOp.kind(op), element === 'f32' ? fmaF32 : fmaF64)(a as number, b as number, c as number),
      );
    case 'cmp':
      return zip((a, b) => compare(CmpOp.predicate(op), a!, b!));
    case 'cast':
      return zip((a) => cast(element, to, a!));
    case 'full': {
      const value = FullOp.value(op) as unknown as { value: Scalar };
      return build(sized(), () => (to === 'i64' ? BigInt(value.value as number) : value.value));
    }
    case 'iota':
      return build(sized(), (index) => cast('i64', to, BigInt(index[IotaOp.dim(op)]!)));
    case 'broadcast': {
      const dims = BroadcastOp.dims(op);
      let next = 0;
      const shape = type.shape.map((d, r) => {
        const source = dims.indexOf(r);
        if (d !== DYNAMIC) return d;
        return source >= 0 && (op.operand(0).type as TensorType).shape[source] !== 1
          ? x.shape[source]!
          : sizes[next++]!;
      });
      return build(shape, (index) =>
        at(
          x,
          dims.map((r, i) => (x.shape[i] === 1 ? 0 : index[r]!)),
        ),
      );
    }
    case 'reshape':
      return {
        shape: type.shape.map((d) =>
          d === DYNAMIC ? x.values.length / type.shape.filter((s) => s !== DYNAMIC).reduce((a, b) => a * b, 1) : d,
        ),
        values: x.values,
      };
    case 'transpose': {
      const perm = TransposeOp.perm(op);
      return build(
        perm.map((d) => x.shape[d]!),
        (index) =>
          at(
            x,
            x.shape.map((_, d) => index[perm.indexOf(d)]!),
          ),
      );
    }
    case 'slice': {
      const [starts, limits, strides] = [SliceOp.starts(op), SliceOp.limits(op), SliceOp.strides(op)];
      const picked = x.shape.map((size, d) => {
        const list: number[] = [];
        for (let i = starts[d]!; i < (limits[d] === DYNAMIC ? size : limits[d]!); i += strides[d]!) list.push(i);
        return list;
      });
      return build(
        picked.map((l) => l.length),
        (index) =>
          at(
            x,
            index.map((i, d) => picked[d]![i]!),
          ),
      );
    }
    case 'pad': {
      const [low, high] = [PadOp.low(op), PadOp.high(op)];
      const value = PadOp.value(op) as unknown as { value: Scalar };
      const fill = to === 'i64' ? BigInt(value.value as number) : value.value;
      return build(
        x.shape.map((d, i) => d + low[i]! + high[i]!),
        (index) => {
          const inner = index.map((i, d) => i - low[d]!);
          return inner.every((i, d) => i >= 0 && i < x.shape[d]!) ? at(x, inner) : fill;
        },
      );
    }
    case 'is_finite':
      return zip((a) => (Number.isFinite(a) ? 1 : 0));
    case 'reduce':
      return reduce(op, element, x, y);
    case 'dot_general':
      return dot(op, element, to, x, y);
    default:
      return z === undefined && y === undefined
        ? zip((a) => unary(kind, element, a!))
        : zip((a, b) => plainBinary(kind, element, a!, b!));
  }
}
