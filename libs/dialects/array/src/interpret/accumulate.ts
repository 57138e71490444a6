// Reductions on typed arrays in a given order (CONTRACTS: numerics). Everything is built from one step, "combine a row
// of elements into a row of accumulators": lanes are such a row, and so are the outputs of a reduction over outer
// dimensions. Blocks and lanes combine as in numerics' reduction module.

import {
  type BigStorage,
  type ElementStorage,
  elementAccess,
  isBigType,
  type NumberStorage,
} from '@budflow/interpreter';
import { FloatType, IndexType, type IntegerType, type ReductionOrder, type Type } from '@budflow/ir';
import {
  BinaryCounter,
  floatIdentity,
  fmaF32,
  fmaF64,
  narrowInteger,
  narrowIntegerIdentity,
  wideInteger,
  wideIntegerIdentity,
} from '@budflow/numerics';
import { isUnsigned } from '../element-types.js';
import type { ReduceKind } from '../kinds.js';

/** Accumulators: numbers in f32, f64 or integer arrays, or bigints. */
export type Work = NumberStorage | BigStorage;

/** acc[at + i] = combine(acc[at + i], from[start + i]) for i below n. */
export type CombineRow = (acc: Work, at: number, from: Work, start: number, n: number) => void;

/** How the elements of one type combine. */
export interface Combiner {
  readonly identity: number | bigint;
  readonly row: CombineRow;
  make(count: number): Work;
}

function addF32(acc: Work, at: number, from: Work, start: number, n: number): void {
  const a = acc as Float32Array;
  const b = from as Float32Array;
  for (let i = 0; i < n; i++) a[at + i] = a[at + i]! + b[start + i]!;
}
function addF64(acc: Work, at: number, from: Work, start: number, n: number): void {
  const a = acc as Float64Array;
  const b = from as Float64Array;
  for (let i = 0; i < n; i++) a[at + i] = a[at + i]! + b[start + i]!;
}
function maxF32(acc: Work, at: number, from: Work, start: number, n: number): void {
  const a = acc as Float32Array;
  const b = from as Float32Array;
  for (let i = 0; i < n; i++) a[at + i] = Math.max(a[at + i]!, b[start + i]!);
}
function minF32(acc: Work, at: number, from: Work, start: number, n: number): void {
  const a = acc as Float32Array;
  const b = from as Float32Array;
  for (let i = 0; i < n; i++) a[at + i] = Math.min(a[at + i]!, b[start + i]!);
}

function rowOf(f: (a: number, b: number) => number): CombineRow {
  return (acc, at, from, start, n) => {
    const a = acc as NumberStorage;
    const b = from as NumberStorage;
    for (let i = 0; i < n; i++) a[at + i] = f(a[at + i]!, b[start + i]!);
  };
}
function bigRowOf(f: (a: bigint, b: bigint) => bigint): CombineRow {
  return (acc, at, from, start, n) => {
    const a = acc as BigStorage;
    const b = from as BigStorage;
    for (let i = 0; i < n; i++) a[at + i] = f(a[at + i]!, b[start + i]!);
  };
}

/** Whether sums of elements are kept in f32: those of the 16-bit floats. */
export function isHalf(type: Type): boolean {
  return type instanceof FloatType && type.width === 16;
}

function floatCombiner(kind: ReduceKind, type: FloatType): Combiner {
  const f64 = type.name === 'f64';
  const rows: Partial<Record<ReduceKind, CombineRow>> = f64
    ? { add: addF64, mul: rowOf((a, b) => a * b), min: rowOf(Math.min), max: rowOf(Math.max) }
    : // Storing to a Float32Array rounds.
      { add: addF32, mul: rowOf((a, b) => a * b), min: minF32, max: maxF32 };
  return {
    identity: floatIdentity(kind),
    row: rows[kind]!,
    make: (n) => (f64 ? new Float64Array(n) : new Float32Array(n)),
  };
}

function integerCombiner(kind: ReduceKind, type: IntegerType | IndexType): Combiner {
  const signed = !isUnsigned(type);
  const make = (n: number) => elementAccess(type).make(n) as Work;
  if (type instanceof IndexType || isBigType(type)) {
    const width = type instanceof IndexType ? 64 : type.width;
    const arithmetic = wideInteger(width, { signed });
    return {
      identity: wideIntegerIdentity(kind, width, { signed }),
      row: bigRowOf((a, b) => arithmetic[kind](a, b)),
      make,
    };
  }
  const arithmetic = narrowInteger(type.width, { signed });
  return {
    identity: narrowIntegerIdentity(kind, type.width, { signed }),
    row: rowOf((a, b) => arithmetic[kind](a, b)),
    make,
  };
}

export function combinerOf(kind: ReduceKind, type: Type): Combiner {
  return type instanceof FloatType ? floatCombiner(kind, type) : integerCombiner(kind, type as IntegerType | IndexType);
}

/** Elements as they are accumulated: 16-bit floats become f32; all others are what is stored. */
export function toWork(type: Type, data: ElementStorage, count: number): Work {
  if (!isHalf(type)) return data;
  const access = elementAccess(type);
  const work = new Float32Array(count);
  for (let i = 0; i < count; i++) work[i] = access.load(data, i) as number;
  return work;
}
export function fromWork(type: Type, work: Work, count: number): ElementStorage {
  if (!isHalf(type)) return work;
  const access = elementAccess(type);
  const data = access.make(count);
  for (let i = 0; i < count; i++) access.store(data, i, work[i] as number);
  return data;
}

function fill(work: Work, value: number | bigint): Work {
  (work as NumberStorage).fill(value as number);
  return work;
}

/** Takes row `start .. start + n` of the elements into the accumulators at 0. */
export type AccumulateRow = (acc: Work, start: number, n: number) => void;

/** Accumulates products of two arrays with a fused multiply-add for each. */
export function accumulateProducts(type: Type, a: Work, b: Work): AccumulateRow {
  const fma = type instanceof FloatType && type.name === 'f64' ? fmaF64 : fmaF32;
  return (acc, start, n) => {
    const [c, x, y] = [acc as NumberStorage, a as NumberStorage, b as NumberStorage];
    for (let i = 0; i < n; i++) c[i] = fma(x[start + i]!, y[start + i]!, c[i]!);
  };
}

/**
 * Reduces the middle dimension of [outer, count, inner] elements to [outer, inner]; `accumulate` reads them. `lanes`
 * cuts a row of `inner` = 1 into lanes; otherwise each of the `inner` outputs accumulates sequentially within `block`.
 */
export function reduceMiddle(
  combiner: Combiner,
  accumulate: AccumulateRow,
  [outer, count, inner]: readonly [number, number, number],
  order: { readonly lanes: number; readonly block: number },
): Work {
  const out = combiner.make(outer * inner);
  const { identity, row } = combiner;
  const width = inner === 1 ? order.lanes : inner;
  for (let o = 0; o < outer; o++) {
    const blocks = new BinaryCounter<Work>((left, right) => {
      row(left, 0, right, 0, inner);
      return left;
    });
    for (let first = 0; first < count; first += order.block) {
      const acc = fill(combiner.make(width), identity);
      const end = Math.min(count, first + order.block);
      if (inner === 1) {
        for (let i = first; i < end; i += width) accumulate(acc, o * count + i, Math.min(width, end - i));
        for (let half = width / 2; half >= 1; half /= 2) row(acc, 0, acc, half, half);
      } else for (let i = first; i < end; i++) accumulate(acc, (o * count + i) * inner, inner);
      blocks.push(acc);
    }
    const total = blocks.finish(fill(combiner.make(width), identity));
    (out as NumberStorage).set((total as NumberStorage).subarray(0, inner), o * inner);
  }
  return out;
}

/** Lanes and block of an order for the group of the last dimensions, and for groups further out. */
export function orderOfGroup(
  order: ReductionOrder,
  group: 'trailing' | 'outer',
  count: number,
): { lanes: number; block: number } {
  switch (order.kind) {
    case 'lanes':
      return { lanes: group === 'trailing' ? order.lanes * order.accumulators : 1, block: order.block };
    case 'outer':
      return { lanes: 1, block: order.block };
    case 'sequential':
    case 'free':
      return { lanes: 1, block: Math.max(1, count) };
  }
}
