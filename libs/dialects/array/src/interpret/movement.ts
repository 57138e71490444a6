// Interpretation of the ops that move elements: broadcast, reshape, transpose, reverse, slice, pad, bitcast. All but reshape walk the
// source with strides; a complex element is two neighbours, so its copies move pairs.

import {
  type BigStorage,
  type ElementStorage,
  elementAccess,
  Interpretable,
  isBigType,
  makeTensor,
  type NumberStorage,
  RuntimeTrap,
  type Scalar,
  stridesOf,
  TensorValue,
  valueFromAttribute,
} from '@budflow/interpreter';
import {
  type Attribute,
  ComplexType,
  DYNAMIC,
  FloatType,
  type InterfaceImplementation,
  type Operation,
  type TensorType,
  type Type,
} from '@budflow/ir';
import { checkedSize, filledTensor } from './creation.js';

/** A regular walk: element (i, j, ..) of `shape` lies at `offset + i * strides[0] + j * strides[1] ..`. */
interface Walk {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** One row of `n` elements; separate texts so that the host sees one kind of array in the most common. */
function copyRowF32(
  to: Float32Array,
  t: number,
  ts: number,
  from: Float32Array,
  f: number,
  fs: number,
  n: number,
): void {
  for (let i = 0; i < n; i++, t += ts, f += fs) to[t] = from[f]!;
}
function copyRowNumbers(
  to: NumberStorage,
  t: number,
  ts: number,
  from: NumberStorage,
  f: number,
  fs: number,
  n: number,
): void {
  for (let i = 0; i < n; i++, t += ts, f += fs) to[t] = from[f]!;
}
function copyRowBig(to: BigStorage, t: number, ts: number, from: BigStorage, f: number, fs: number, n: number): void {
  for (let i = 0; i < n; i++, t += ts, f += fs) to[t] = from[f]!;
}
function copyRowComplex(
  to: NumberStorage,
  t: number,
  ts: number,
  from: NumberStorage,
  f: number,
  fs: number,
  n: number,
): void {
  for (let i = 0; i < n; i++, t += ts, f += fs) {
    to[2 * t] = from[2 * f]!;
    to[2 * t + 1] = from[2 * f + 1]!;
  }
}
type CopyRow = (
  to: ElementStorage,
  t: number,
  ts: number,
  from: ElementStorage,
  f: number,
  fs: number,
  n: number,
) => void;

function rowCopier(element: Type): CopyRow {
  if (element instanceof ComplexType) return copyRowComplex as CopyRow;
  if (element instanceof FloatType && element.name === 'f32') return copyRowF32 as CopyRow;
  return (isBigType(element) || elementAccess(element).kind === 'index' ? copyRowBig : copyRowNumbers) as CopyRow;
}

/** Copies every element of `shape` between two walks. */
export function copyWalk(
  element: Type,
  shape: readonly number[],
  to: ElementStorage,
  target: Walk,
  from: ElementStorage,
  source: Walk,
): void {
  const rank = shape.length;
  const copyRow = rowCopier(element);
  const row = rank ? shape[rank - 1]! : 1;
  const [ts, fs] = rank ? [target.strides[rank - 1]!, source.strides[rank - 1]!] : [0, 0];
  let rows = 1;
  for (let d = 0; d < rank - 1; d++) rows *= shape[d]!;
  if (row === 0 || rows === 0) return;
  const index = new Array<number>(rank).fill(0);
  let t = target.offset;
  let f = source.offset;
  for (let r = 0; r < rows; r++) {
    copyRow(to, t, ts, from, f, fs, row);
    for (let d = rank - 2; d >= 0; d--) {
      t += target.strides[d]!;
      f += source.strides[d]!;
      if (++index[d]! < shape[d]!) break;
      t -= shape[d]! * target.strides[d]!;
      f -= shape[d]! * source.strides[d]!;
      index[d] = 0;
    }
  }
}

/** An op whose result elements are read from operand 0 by a walk over the result. */
function gathers(
  plan: (op: Operation) => (input: TensorValue, sizes: readonly number[]) => { shape: number[]; source: Walk },
): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const type = op.result(0).type as TensorType;
      const [a, ...sizes] = c.operandSlots(op) as [number, ...number[]];
      const r = c.slot(op.result(0));
      const walk = plan(op);
      return (frame) => {
        const v = frame.values;
        const input = v[a] as TensorValue;
        const { shape, source } = walk(
          input,
          sizes.map((s) => v[s] as number),
        );
        const out = makeTensor(type, shape);
        copyWalk(type.element, shape, out.data, { offset: 0, strides: stridesOf(shape) }, input.data, source);
        v[r] = out;
      };
    },
  });
}

/** `needsSize(op)` lists the result dimensions that have size operands, in order. */
export function interpretBroadcast(
  dimsOf: (op: Operation) => readonly number[],
  needsSize: (op: Operation) => readonly number[],
): InterfaceImplementation {
  return gathers((op) => {
    const from = op.operand(0).type as TensorType;
    const to = op.result(0).type as TensorType;
    const dims = dimsOf(op);
    const sized = needsSize(op);
    return (input, sizes) => {
      const strides = stridesOf(input.shape);
      const shape = to.shape.slice();
      const walk = new Array<number>(shape.length).fill(0);
      sized.forEach((r, i) => {
        shape[r] = checkedSize(sizes[i]!);
      });
      dims.forEach((r, i) => {
        if (from.shape[i] === 1 && to.shape[r] !== 1) return;
        shape[r] = input.shape[i]!;
        walk[r] = strides[i]!;
      });
      return { shape, source: { offset: 0, strides: walk } };
    };
  });
}

export function interpretTranspose(permOf: (op: Operation) => readonly number[]): InterfaceImplementation {
  return gathers((op) => {
    const perm = permOf(op);
    return (input) => {
      const strides = stridesOf(input.shape);
      return { shape: perm.map((d) => input.shape[d]!), source: { offset: 0, strides: perm.map((d) => strides[d]!) } };
    };
  });
}

/** The reversed dimensions are walked backwards from their last element. */
export function interpretReverse(dimsOf: (op: Operation) => readonly number[]): InterfaceImplementation {
  return gathers((op) => {
    const dims = dimsOf(op);
    return (input) => {
      const strides = stridesOf(input.shape);
      let offset = 0;
      for (const d of dims) {
        offset += (input.shape[d]! - 1) * strides[d]!;
        strides[d] = -strides[d]!;
      }
      return { shape: input.shape.slice(), source: { offset, strides } };
    };
  });
}

/** Each operand is copied to where it begins. */
export function interpretConcat(dimOf: (op: Operation) => number): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const type = op.result(0).type as TensorType;
      const dim = dimOf(op);
      const slots = c.operandSlots(op);
      const r = c.slot(op.result(0));
      return (frame) => {
        const parts = slots.map((s) => frame.values[s] as TensorValue);
        const shape = parts[0]!.shape.slice();
        for (const part of parts.slice(1)) {
          if (part.shape.some((size, d) => d !== dim && size !== shape[d]))
            throw new RuntimeTrap(
              'ShapeMismatch',
              `operands of shapes [${parts[0]!.shape.join(', ')}] and [${part.shape.join(', ')}] differ beside dimension ${dim}`,
            );
          shape[dim]! += part.shape[dim]!;
        }
        const out = makeTensor(type, shape);
        const strides = stridesOf(shape);
        let offset = 0;
        for (const part of parts) {
          copyWalk(type.element, part.shape, out.data, { offset, strides }, part.data, {
            offset: 0,
            strides: stridesOf(part.shape),
          });
          offset += part.shape[dim]! * strides[dim]!;
        }
        frame.values[r] = out;
      };
    },
  });
}

/** The bytes of the elements, read as the other type. */
export const interpretBitcast: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const type = op.result(0).type as TensorType;
    const a = c.slot(op.operand(0));
    const r = c.slot(op.result(0));
    return (frame) => {
      const { shape, data } = frame.values[a] as TensorValue;
      const bytes = new Uint8Array(data.byteLength);
      bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      frame.values[r] = new TensorValue(type, shape, elementAccess(type.element).view(bytes.buffer, 0, data.length));
    };
  },
});

export interface SliceRanges {
  readonly starts: readonly number[];
  readonly limits: readonly number[];
  readonly strides: readonly number[];
}

export function interpretSlice(rangesOf: (op: Operation) => SliceRanges): InterfaceImplementation {
  return gathers((op) => {
    const ranges = rangesOf(op);
    return (input) => {
      const strides = stridesOf(input.shape);
      let offset = 0;
      const shape = input.shape.map((size, d) => {
        const start = ranges.starts[d]!;
        const limit = ranges.limits[d] === DYNAMIC ? size : ranges.limits[d]!;
        if (start > size || limit > size)
          throw new RuntimeTrap('OutOfBounds', `the slice ${start}:${limit} leaves dimension ${d} of size ${size}`);
        offset += start * strides[d]!;
        return Math.ceil((limit - start) / ranges.strides[d]!);
      });
      return { shape, source: { offset, strides: strides.map((s, d) => s * ranges.strides[d]!) } };
    };
  });
}

export interface Padding {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly value: Attribute;
}

export function interpretPad(paddingOf: (op: Operation) => Padding): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const type = op.result(0).type as TensorType;
      const { low, high, value } = paddingOf(op);
      const fill = valueFromAttribute(value) as Scalar;
      const a = c.slot(op.operand(0));
      const r = c.slot(op.result(0));
      return (frame) => {
        const input = frame.values[a] as TensorValue;
        const shape = input.shape.map((d, i) => d + low[i]! + high[i]!);
        const out = filledTensor(type, shape, fill);
        const strides = stridesOf(shape);
        const offset = low.reduce((sum, l, d) => sum + l * strides[d]!, 0);
        copyWalk(type.element, input.shape, out.data, { offset, strides }, input.data, {
          offset: 0,
          strides: stridesOf(input.shape),
        });
        frame.values[r] = out;
      };
    },
  });
}

/** Tensors do not change: a reshape shares the elements. */
export const interpretReshape: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const type = op.result(0).type as TensorType;
    const [a, ...sizes] = c.operandSlots(op) as [number, ...number[]];
    const r = c.slot(op.result(0));
    return (frame) => {
      const v = frame.values;
      const input = v[a] as TensorValue;
      const count = input.shape.reduce((n, d) => n * d, 1);
      v[r] = new TensorValue(
        type,
        reshapedSizes(
          type,
          count,
          sizes.map((s) => v[s] as number),
        ),
        input.data,
      );
    };
  },
});

function reshapedSizes(type: TensorType, count: number, sizes: readonly number[]): number[] {
  let next = 0;
  const known = type.shape.reduce((n, d) => (d === DYNAMIC ? n : n * d), 1);
  const shape = type.shape.map((d) => (d !== DYNAMIC ? d : sizes.length ? checkedSize(sizes[next++]!) : count / known));
  const product = shape.reduce((n, d) => n * d, 1);
  if (product !== count || !shape.every(Number.isInteger))
    throw new RuntimeTrap(
      'ShapeMismatch',
      `${count} elements do not fill ${type}${sizes.length ? ` with sizes ${sizes.join(', ')}` : ''}`,
    );
  return shape;
}
