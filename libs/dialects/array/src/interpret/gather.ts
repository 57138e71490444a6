// Interpretation of gather and scatter, after the definitions of StableHLO.
import {
  elementAccess,
  Interpretable,
  makeTensor,
  RuntimeTrap,
  type Scalar,
  stridesOf,
  TensorValue,
} from '@budflow/interpreter';
import type { InterfaceImplementation, Operation, TensorType } from '@budflow/ir';
import { type GatherDims, outerDims, walkedIndexDims, windowOperandDims } from '../gather-dims.js';
import { clampIndex, copyOf, forEachIndex, integerAt, offsetOf, scalarReader } from './indexing.js';

/** Where the window of an outer index begins: components of its index vector, and the batch it is in. */
function windowOrigin(
  dims: GatherDims,
  operandRank: number,
  indices: TensorValue,
): (outer: readonly number[]) => { start: number[]; batch: number[] } {
  const strides = stridesOf(indices.shape);
  const walked = walkedIndexDims(dims, indices.shape.length);
  return (outer) => {
    let base = 0;
    walked.forEach((d, i) => {
      base += outer[i]! * strides[d]!;
    });
    const start = new Array<number>(operandRank).fill(0);
    dims.indexMap.forEach((d, k) => {
      start[d] = integerAt(indices, base + (dims.vectorDim < indices.shape.length ? k * strides[dims.vectorDim]! : 0));
    });
    const batch = new Array<number>(operandRank).fill(0);
    dims.operandBatchDims.forEach((d, k) => {
      batch[d] = outer[walked.indexOf(dims.indexBatchDims[k]!)]!;
    });
    return { start, batch };
  };
}

export function interpretGather(
  dimsOf: (op: Operation) => GatherDims,
  sizesOf: (op: Operation) => readonly number[],
): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const type = op.result(0).type as TensorType;
      const dims = dimsOf(op);
      const sizes = sizesOf(op);
      const [a, i] = c.operandSlots(op) as [number, number];
      const r = c.slot(op.result(0));
      const access = elementAccess(type.element);
      return (frame) => {
        const x = frame.values[a] as TensorValue;
        const indices = frame.values[i] as TensorValue;
        const rank = x.shape.length;
        const walked = walkedIndexDims(dims, indices.shape.length).map((d) => indices.shape[d]!);
        const window = windowOperandDims(dims, rank);
        const outer = outerDims(dims, type.rank);
        const shape = new Array<number>(type.rank);
        outer.forEach((d, k) => {
          shape[d] = walked[k]!;
        });
        dims.windowDims.forEach((d, k) => {
          shape[d] = sizes[window[k]!]!;
        });
        x.shape.forEach((size, d) => {
          if (sizes[d]! > size)
            throw new RuntimeTrap(
              'OutOfBounds',
              `a window of size ${sizes[d]} does not fit in dimension ${d} of size ${size}`,
            );
        });
        checkBatches(dims, x.shape, indices.shape);
        const out = makeTensor(type, shape);
        const origin = windowOrigin(dims, rank, indices);
        const strides = stridesOf(x.shape);
        let at = 0;
        forEachIndex(shape, (index) => {
          const { start, batch } = origin(outer.map((d) => index[d]!));
          const from = start.map((s, d) => clampIndex(s, 0, x.shape[d]! - sizes[d]!) + batch[d]!);
          // Nothing is clamped along batches: windows are one element there.
          for (const d of dims.operandBatchDims) from[d] = batch[d]!;
          dims.windowDims.forEach((d, k) => {
            from[window[k]!]! += index[d]!;
          });
          access.store(out.data, at++, access.load(x.data, offsetOf(from, strides)));
        });
        frame.values[r] = out;
      };
    },
  });
}

function checkBatches(dims: GatherDims, shape: readonly number[], indices: readonly number[]): void {
  dims.operandBatchDims.forEach((d, k) => {
    const other = indices[dims.indexBatchDims[k]!]!;
    if (shape[d] !== other)
      throw new RuntimeTrap('ShapeMismatch', `batching dimensions have sizes ${shape[d]} and ${other}`);
  });
}

export function interpretScatter(dimsOf: (op: Operation) => GatherDims): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const dims = dimsOf(op);
      const n = op.resultCount;
      const slots = c.operandSlots(op);
      const results = c.resultSlots(op);
      const types = op.resultTypes as TensorType[];
      const body = c.region(op.region(0));
      return (frame) => {
        const v = frame.values;
        const inputs = slots.slice(0, n).map((s) => v[s] as TensorValue);
        const indices = v[slots[n]!] as TensorValue;
        const updates = slots.slice(n + 1).map((s) => v[s] as TensorValue);
        const outputs = inputs.map((t, i) => new TensorValue(types[i]!, t.shape, copyOf(t)));
        const { shape } = inputs[0]!;
        const strides = stridesOf(shape);
        const updateShape = updates[0]!.shape;
        checkBatches(dims, shape, indices.shape);
        const walked = walkedIndexDims(dims, indices.shape.length);
        const outer = outerDims(dims, updateShape.length);
        walked.forEach((d, k) => {
          if (indices.shape[d] !== updateShape[outer[k]!])
            throw new RuntimeTrap(
              'ShapeMismatch',
              `updates of shape [${updateShape.join(', ')}] do not go with indices of shape [${indices.shape.join(', ')}]`,
            );
        });
        const window = windowOperandDims(dims, shape.length);
        const origin = windowOrigin(dims, shape.length, indices);
        const [old, fresh] = [outputs.map(scalarReader), updates.map(scalarReader)];
        const accesses = types.map((t) => elementAccess(t.element));
        let at = -1;
        forEachIndex(updateShape, (index) => {
          at++;
          const { start, batch } = origin(outer.map((d) => index[d]!));
          const to = start.map((s, d) => s + batch[d]!);
          dims.windowDims.forEach((d, k) => {
            to[window[k]!]! += index[d]!;
          });
          if (to.some((i, d) => i < 0 || i >= shape[d]!)) return;
          const offset = offsetOf(to, strides);
          for (let i = 0; i < n; i++) {
            v[body.arguments[i]!] = old[i]!(offset);
            v[body.arguments[n + i]!] = fresh[i]!(at);
          }
          const values = body.run(frame).values(frame) as Scalar[];
          values.forEach((value, i) => {
            accesses[i]!.store(outputs[i]!.data, offset, value);
          });
        });
        outputs.forEach((out, i) => {
          v[results[i]!] = out;
        });
      };
    },
  });
}
