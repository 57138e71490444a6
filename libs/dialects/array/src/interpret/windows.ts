// Interpretation of reduce_window, scan, argmin, argmax and select_and_scatter.
import {
  type CompileContext,
  type Evaluator2,
  elementAccess,
  type Frame,
  Interpretable,
  makeTensor,
  RuntimeTrap,
  type RuntimeValue,
  type Scalar,
  stridesOf,
  TensorValue,
} from '@budflow/interpreter';
import type { InterfaceImplementation, Operation, TensorType, Type } from '@budflow/ir';
import { combinerKind } from '../combine.js';
import { elementUnder, windowCount, windowDims } from '../window-dims.js';
import { isHalf } from './accumulate.js';
import { binaryKernel } from './elementwise.js';
import { forEachIndex, offsetOf, scalarReader } from './indexing.js';
import { signless } from './reduce.js';

type Combine = (frame: Frame, accumulators: readonly Scalar[], elements: readonly Scalar[]) => Scalar[];

/** Combines scalars in their signless form. */
function compileCombine(op: Operation, c: CompileContext, types: readonly Type[]): Combine {
  const kind = combinerKind(op);
  if (kind !== undefined) {
    // 16-bit floats accumulate in f32; storing rounds.
    const accumulated = isHalf(types[0]!) ? op.context.f32 : types[0]!;
    const scalar = binaryKernel(kind, accumulated).scalar as Evaluator2;
    const signed = (value: Scalar) => signless(types[0]!, value);
    const plain = (value: Scalar) => unsignless(types[0]!, value);
    return (_, [a], [b]) => [signed(scalar(plain(a!), plain(b!)) as Scalar)];
  }
  const body = c.region(op.region(0));
  return (frame, accumulators, elements) => {
    const v: RuntimeValue[] = frame.values;
    [...accumulators, ...elements].forEach((value, i) => {
      v[body.arguments[i]!] = value;
    });
    return body.run(frame).values(frame) as Scalar[];
  };
}

/** The inverse of `signless`: unsigned elements as their storage has them. */
function unsignless(type: Type, value: Scalar): Scalar {
  if (!('signedness' in type) || type.signedness !== 'unsigned') return value;
  const { width } = type as unknown as { width: number };
  return typeof value === 'bigint'
    ? BigInt.asUintN(width, value)
    : Number(BigInt.asUintN(width, BigInt(value as number)));
}

function tensors(frame: Frame, slots: readonly number[]): TensorValue[] {
  return slots.map((s) => frame.values[s] as TensorValue);
}
function checkOneShape(inputs: readonly TensorValue[]): void {
  for (const other of inputs)
    if (other.shape.some((d, i) => d !== inputs[0]!.shape[i]))
      throw new RuntimeTrap(
        'ShapeMismatch',
        `operands have shapes [${inputs[0]!.shape.join(', ')}] and [${other.shape.join(', ')}]`,
      );
}

export const interpretReduceWindow: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const n = op.resultCount;
    const types = op.resultTypes as TensorType[];
    const slots = c.operandSlots(op);
    const results = c.resultSlots(op);
    const combine = compileCombine(
      op,
      c,
      types.map((t) => t.element),
    );
    const dims = windowDims(op);
    const accesses = types.map((t) => elementAccess(t.element));
    return (frame) => {
      const inputs = tensors(frame, slots.slice(0, n));
      checkOneShape(inputs);
      const inits = tensors(frame, slots.slice(n)).map((t) => scalarReader(t)(0));
      const read = inputs.map(scalarReader);
      const { shape } = inputs[0]!;
      const strides = stridesOf(shape);
      const outShape = shape.map((size, d) => windowCount(dims, d, size));
      const outputs = types.map((t) => makeTensor(t, outShape));
      let at = 0;
      forEachIndex(outShape, (o) => {
        let acc: Scalar[] = inits;
        forEachIndex(dims.window, (w) => {
          const index = shape.map((size, d) =>
            elementUnder(dims, d, o[d]! * dims.strides[d]! + w[d]! * dims.windowDilation[d]! - dims.low[d]!, size),
          );
          const inside = !index.includes(undefined);
          const offset = inside ? offsetOf(index as number[], strides) : 0;
          acc = combine(frame, acc, inside ? read.map((r) => r(offset)) : inits);
        });
        acc.forEach((value, i) => {
          accesses[i]!.store(outputs[i]!.data, at, value);
        });
        at++;
      });
      outputs.forEach((out, i) => {
        frame.values[results[i]!] = out;
      });
    };
  },
});

/** Outer and inner extents around one dimension. */
export function around(shape: readonly number[], dim: number): { outer: number; size: number; inner: number } {
  const product = (list: readonly number[]) => list.reduce((a, b) => a * b, 1);
  return { outer: product(shape.slice(0, dim)), size: shape[dim]!, inner: product(shape.slice(dim + 1)) };
}

export interface ScanAccess {
  readonly dim: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
  /** Elements of a block; 1 takes elements one by one. */
  readonly lanes: number;
}

export function interpretScan(how: (op: Operation) => ScanAccess): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const n = op.resultCount;
      const types = op.resultTypes as TensorType[];
      const slots = c.operandSlots(op);
      const results = c.resultSlots(op);
      const combine = compileCombine(
        op,
        c,
        types.map((t) => t.element),
      );
      const { dim, exclusive, reverse, lanes } = how(op);
      const accesses = types.map((t) => elementAccess(t.element));
      return (frame) => {
        const inputs = tensors(frame, slots.slice(0, n));
        checkOneShape(inputs);
        const inits = tensors(frame, slots.slice(n)).map((t) => scalarReader(t)(0));
        const read = inputs.map(scalarReader);
        const outputs = types.map((t) => makeTensor(t, inputs[0]!.shape));
        const { outer, size, inner } = around(inputs[0]!.shape, dim);
        for (let o = 0; o < outer; o++) {
          for (let k = 0; k < inner; k++) {
            let acc: Scalar[] = inits;
            for (let block = 0; block < size; block += lanes) {
              const place = (l: number) => (o * size + (reverse ? size - 1 - block - l : block + l)) * inner + k;
              const count = Math.min(lanes, size - block);
              const sums = Array.from({ length: count }, (_, l) => read.map((r) => r(place(l))));
              for (let s = 1; s < lanes; s *= 2)
                for (let l = count - 1; l >= s; l--) sums[l] = combine(frame, sums[l - s]!, sums[l]!);
              const before = acc;
              for (let l = 0; l < count; l++) {
                const next = combine(frame, before, sums[l]!);
                (exclusive ? acc : next).forEach((value, i) => {
                  accesses[i]!.store(outputs[i]!.data, place(l), value);
                });
                acc = next;
              }
            }
          }
        }
        outputs.forEach((out, i) => {
          frame.values[results[i]!] = out;
        });
      };
    },
  });
}

/** The first element that no other is beyond; a NaN is beyond everything. */
export function interpretArgExtreme(which: 'min' | 'max', dimOf: (op: Operation) => number): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const type = op.result(0).type as TensorType;
      const from = elementAccess((op.operand(0).type as TensorType).element);
      const to = elementAccess(type.element);
      const dim = dimOf(op);
      const a = c.slot(op.operand(0));
      const r = c.slot(op.result(0));
      const make = to.kind === 'bigint' ? BigInt : Number;
      const isNan = (x: Scalar) => typeof x === 'number' && Number.isNaN(x);
      const beyond = (x: Scalar, best: Scalar) => (which === 'max' ? x > best : x < best) || (isNan(x) && !isNan(best));
      return (frame) => {
        const x = frame.values[a] as TensorValue;
        const { outer, size, inner } = around(x.shape, dim);
        if (size === 0) throw new RuntimeTrap('OutOfBounds', `dimension ${dim} has no elements to choose from`);
        const out = makeTensor(
          type,
          x.shape.filter((_, d) => d !== dim),
        );
        for (let o = 0; o < outer; o++) {
          for (let k = 0; k < inner; k++) {
            let best = 0;
            const at = (i: number) => from.load(x.data, (o * size + i) * inner + k);
            for (let i = 1; i < size; i++) if (beyond(at(i), at(best))) best = i;
            to.store(out.data, o * inner + k, make(best) as Scalar);
          }
        }
        frame.values[r] = out;
      };
    },
  });
}

export const interpretSelectAndScatter: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const type = op.result(0).type as TensorType;
    const [a, s, z] = c.operandSlots(op) as [number, number, number];
    const r = c.slot(op.result(0));
    const select = c.region(op.region(0));
    const scatter = c.region(op.region(1));
    const dims = windowDims(op);
    const access = elementAccess(type.element);
    return (frame) => {
      const v = frame.values;
      const [x, source, init] = tensors(frame, [a, s, z]) as [TensorValue, TensorValue, TensorValue];
      const expected = x.shape.map((size, d) => windowCount(dims, d, size));
      if (expected.some((size, d) => size !== source.shape[d]))
        throw new RuntimeTrap(
          'ShapeMismatch',
          `windows of shape [${expected.join(', ')}] need a source of that shape, got [${source.shape.join(', ')}]`,
        );
      const strides = stridesOf(x.shape);
      const out = makeTensor(type, x.shape);
      const start = scalarReader(init)(0);
      const count = x.shape.reduce((p, d) => p * d, 1);
      for (let i = 0; i < count; i++) access.store(out.data, i, start);
      const [read, update, old] = [scalarReader(x), scalarReader(source), scalarReader(out)];
      let at = -1;
      forEachIndex(source.shape, (o) => {
        at++;
        let chosen = -1;
        forEachIndex(dims.window, (w) => {
          const index = x.shape.map((size, d) =>
            elementUnder(dims, d, o[d]! * dims.strides[d]! + w[d]! * dims.windowDilation[d]! - dims.low[d]!, size),
          );
          if (index.includes(undefined)) return;
          const offset = offsetOf(index as number[], strides);
          if (chosen >= 0) {
            v[select.arguments[0]!] = read(chosen);
            v[select.arguments[1]!] = read(offset);
            if (select.run(frame).values(frame)[0] !== 0) return;
          }
          chosen = offset;
        });
        if (chosen < 0) return;
        v[scatter.arguments[0]!] = old(chosen);
        v[scatter.arguments[1]!] = update(at);
        access.store(out.data, chosen, scatter.run(frame).values(frame)[0] as Scalar);
      });
      v[r] = new TensorValue(type, x.shape, out.data);
    };
  },
});
