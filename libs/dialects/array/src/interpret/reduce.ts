// Interpretation of array.reduce. Named kinds run in the order the op carries, canonical without one; regions without
// a name fold left to right from the init.

import {
  type CompileContext,
  commonShape,
  type ElementStorage,
  elementAccess,
  type Frame,
  Interpretable,
  type Scalar,
  type Step,
  stridesOf,
  TensorValue,
} from '@budflow/interpreter';
import {
  ComplexType,
  FloatType,
  type InterfaceImplementation,
  type Operation,
  type ReductionOrder,
  type TensorType,
  type Type,
} from '@budflow/ir';
import type { ReduceKind } from '../kinds.js';
import {
  type AccumulateRow,
  accumulateProducts,
  type Combiner,
  combinerOf,
  fromWork,
  orderOfGroup,
  reduceMiddle,
  toWork,
  type Work,
} from './accumulate.js';
import { copyWalk } from './movement.js';
import { productsOf } from './products.js';
import { structuredInterpretation } from './structured.js';

export interface ReduceAccess {
  /** The named kind, or that of a region of one op with a name; undefined otherwise. */
  kind(op: Operation): ReduceKind | undefined;
  dims(op: Operation): readonly number[];
  /** Canonical where the op has none. */
  order(op: Operation): ReductionOrder;
  contract(op: Operation): 'none' | 'relaxed' | 'exact';
}

/** Whether results do not depend on the order of combination. */
function isOrderFree(kind: ReduceKind, type: Type): boolean {
  return !(type instanceof FloatType) || kind === 'min' || kind === 'max';
}

/** Maximal runs of adjacent reduced dimensions, first to last. */
export function groupsOf(dims: readonly number[]): { first: number; last: number }[] {
  const groups: { first: number; last: number }[] = [];
  for (const d of [...dims].sort((a, b) => a - b)) {
    const group = groups[groups.length - 1];
    if (group && group.last === d - 1) group.last = d;
    else groups.push({ first: d, last: d });
  }
  return groups;
}

function product(list: readonly number[]): number {
  return list.reduce((a, b) => a * b, 1);
}

/** The elements with the reduced dimensions moved behind the others. */
function reducedLast(
  type: Type,
  data: ElementStorage,
  shape: readonly number[],
  dims: readonly number[],
): ElementStorage {
  const order = [...shape.keys()].filter((d) => !dims.includes(d)).concat([...dims].sort((a, b) => a - b));
  if (order.every((d, i) => d === i)) return data;
  const out = elementAccess(type).make(product(shape));
  const strides = stridesOf(shape);
  const moved = order.map((d) => shape[d]!);
  copyWalk(type, moved, out, { offset: 0, strides: stridesOf(moved) }, data, {
    offset: 0,
    strides: order.map((d) => strides[d]!),
  });
  return out;
}

/** How the elements reach the accumulators: as they are, or as products rounded once with the sum. */
type Source = (layout: (data: ElementStorage) => ElementStorage, count: number) => AccumulateRow;

/** All groups of reduced dimensions, the last one first. Returns the totals without init. */
function reduceNamed(
  combiner: Combiner,
  type: Type,
  source: Source,
  shape: readonly number[],
  dims: readonly number[],
  order: ReductionOrder,
  orderFree: boolean,
): Work {
  const groups = groupsOf(dims);
  const sequential = order.kind === 'sequential' || order.kind === 'free';
  const all = product(shape);
  if (groups.length === 0)
    return reduceMiddle(
      combiner,
      source((d) => d, all),
      [all, 1, 1],
      { lanes: 1, block: 1 },
    );
  if (groups.length > 1 && sequential && !orderFree) {
    // One accumulator runs through all reduced indices.
    const count = product(dims.map((d) => shape[d]!));
    const kept = product(shape.filter((_, d) => !dims.includes(d)));
    return reduceMiddle(
      combiner,
      source((data) => reducedLast(type, data, shape, dims), all),
      [kept, count, 1],
      orderOfGroup(order, 'trailing', count),
    );
  }
  let accumulate = source((d) => d, all);
  let left = shape.slice();
  let total: Work | undefined;
  for (const { first, last } of groups.reverse()) {
    const count = product(left.slice(first, last + 1));
    const inner = product(left.slice(last + 1));
    const position = last === shape.length - 1 ? 'trailing' : 'outer';
    total = reduceMiddle(
      combiner,
      accumulate,
      [product(left.slice(0, first)), count, inner],
      orderOfGroup(order, position, count),
    );
    left = [...left.slice(0, first), ...left.slice(last + 1)];
    accumulate = rowsOf(combiner, total);
  }
  return total!;
}

function rowsOf(combiner: Combiner, work: Work): AccumulateRow {
  return (acc, start, n) => combiner.row(acc, 0, work, start, n);
}

function compileNamed(op: Operation, c: CompileContext, kind: ReduceKind, access: ReduceAccess): Step {
  const type = op.result(0).type as TensorType;
  const { element } = type;
  const dims = access.dims(op);
  const order = access.order(op);
  const combiner = combinerOf(kind, element);
  const [a, init] = c.operandSlots(op) as [number, number];
  const r = c.slot(op.result(0));
  const fused =
    access.contract(op) === 'exact' ||
    (access.contract(op) === 'relaxed' && (c.options.relaxedMadd ?? 'once') === 'once');
  return (frame) => {
    const input = frame.values[a] as TensorValue;
    const shape = input.shape.filter((_, d) => !dims.includes(d));
    const count = product(shape);
    const factors = fused ? productsOf(op, input) : undefined;
    const source: Source = factors
      ? (layout, n) =>
          accumulateProducts(
            element,
            toWork(element, layout(factors.lhs.data), n),
            toWork(element, layout(factors.rhs.data), n),
          )
      : (layout, n) => rowsOf(combiner, toWork(element, layout(input.data), n));
    const total = reduceNamed(combiner, element, source, input.shape, dims, order, isOrderFree(kind, element));
    // combine(init, total): the accumulators start as the init.
    const out = combiner.make(count);
    const start = toWork(element, (frame.values[init] as TensorValue).data, 1);
    (out as Float64Array).fill(start[0] as number);
    combiner.row(out, 0, total, 0, count);
    frame.values[r] = new TensorValue(type, shape, fromWork(element, out, count));
  };
}

/** Left fold from the inits, in ascending order of the reduced indices. */
function compileRegion(op: Operation, c: CompileContext, access: ReduceAccess): Step {
  const dims = [...access.dims(op)].sort((a, b) => a - b);
  const body = c.region(op.region(0));
  const n = op.resultCount;
  const slots = c.operandSlots(op);
  const results = c.resultSlots(op);
  const types = op.resultTypes as TensorType[];
  const elements = types.map((t) => elementAccess(t.element));
  return (frame: Frame) => {
    const v = frame.values;
    const inputs = slots.slice(0, n).map((s) => v[s] as TensorValue);
    const inits = slots.slice(n).map((s, i) => elements[i]!.load((v[s] as TensorValue).data, 0));
    const shape = commonShape(inputs);
    const kept = [...shape.keys()].filter((d) => !dims.includes(d));
    const outShape = kept.map((d) => shape[d]!);
    const strides = stridesOf(shape);
    const starts = offsets(
      outShape,
      kept.map((d) => strides[d]!),
    );
    const steps = offsets(
      dims.map((d) => shape[d]!),
      dims.map((d) => strides[d]!),
    );
    const out = elements.map((e) => e.make(starts.length));
    for (let o = 0; o < starts.length; o++) {
      let acc: Scalar[] = inits;
      for (const step of steps) {
        const at = starts[o]! + step;
        for (let i = 0; i < n; i++) {
          v[body.arguments[i]!] = signless(types[i]!.element, acc[i]!);
          v[body.arguments[n + i]!] = signless(types[i]!.element, elements[i]!.load(inputs[i]!.data, at));
        }
        acc = body.run(frame).values(frame) as Scalar[];
      }
      // Unsigned storage takes signless values modulo its width.
      acc.forEach((value, i) => {
        elements[i]!.store(out[i]!, o, value);
      });
    }
    types.forEach((type, i) => {
      v[results[i]!] = new TensorValue(type, outShape, out[i]!);
    });
  };
}

/** Scalars of unsigned elements as their region sees them: signless, so in signed form. */
export function signless(type: Type, value: Scalar): Scalar {
  if (!('signedness' in type) || type.signedness !== 'unsigned') return value;
  const { width } = type as unknown as { width: number };
  return typeof value === 'bigint'
    ? BigInt.asIntN(width, value)
    : Number(BigInt.asIntN(width, BigInt(value as number)));
}

/** Offsets of all indices of a shape, in row-major order. */
export function offsets(shape: readonly number[], strides: readonly number[]): number[] {
  let list = [0];
  shape.forEach((size, d) => {
    const next: number[] = [];
    for (const base of list) for (let i = 0; i < size; i++) next.push(base + i * strides[d]!);
    list = next;
  });
  return list;
}

export function interpretReduce(access: ReduceAccess): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const kind = access.kind(op);
      // The combiners below are of real numbers.
      if ((op.operand(0).type as TensorType).element instanceof ComplexType && kind !== undefined)
        return structuredInterpretation.compile(op, c);
      return kind === undefined ? compileRegion(op, c, access) : compileNamed(op, c, kind, access);
    },
  });
}
