// Interpretation of array.dot_general: both operands laid out as matrices, then the textbook triple loop. Each output
// element adds its products in ascending order of the contracted index, starting from the identity of the sum.

import {
  type BigStorage,
  type ElementStorage,
  elementAccess,
  Interpretable,
  isBigType,
  type NumberStorage,
  RuntimeTrap,
  stridesOf,
  TensorValue,
} from '@budflow/interpreter';
import {
  ComplexType,
  FloatType,
  IndexType,
  type IntegerType,
  type InterfaceImplementation,
  type Operation,
  type TensorType,
  type Type,
} from '@budflow/ir';
import { fmaF32, fmaF64, narrowInteger } from '@budflow/numerics';
import { isUnsigned } from '../element-types.js';
import type { DotDimensions } from '../ops/dot-general.js';
import { combinerOf, fromWork, toWork, type Work } from './accumulate.js';
import { copyWalk } from './movement.js';
import { convertScalar } from './scalars.js';
import { structuredInterpretation } from './structured.js';

/** c[m, n] += a[m, k] * b[k, n] for one batch; matrices at the given offsets, row-major. */
export type MatrixProduct = (
  c: Work,
  cAt: number,
  a: Work,
  aAt: number,
  b: Work,
  bAt: number,
  m: number,
  n: number,
  k: number,
) => void;

function productF32(
  cw: Work,
  cAt: number,
  aw: Work,
  aAt: number,
  bw: Work,
  bAt: number,
  m: number,
  n: number,
  k: number,
): void {
  const [c, a, b] = [cw as Float32Array, aw as Float32Array, bw as Float32Array];
  for (let i = 0; i < m; i++) {
    const row = cAt + i * n;
    for (let p = 0; p < k; p++) {
      const x = a[aAt + i * k + p]!;
      const from = bAt + p * n;
      for (let j = 0; j < n; j++) c[row + j] = c[row + j]! + Math.fround(x * b[from + j]!);
    }
  }
}
function productF64(
  cw: Work,
  cAt: number,
  aw: Work,
  aAt: number,
  bw: Work,
  bAt: number,
  m: number,
  n: number,
  k: number,
): void {
  const [c, a, b] = [cw as Float64Array, aw as Float64Array, bw as Float64Array];
  for (let i = 0; i < m; i++) {
    const row = cAt + i * n;
    for (let p = 0; p < k; p++) {
      const x = a[aAt + i * k + p]!;
      const from = bAt + p * n;
      for (let j = 0; j < n; j++) c[row + j] = c[row + j]! + x * b[from + j]!;
    }
  }
}
/** Integers as wide as their storage: storing wraps. */
function productNarrow(
  cw: Work,
  cAt: number,
  aw: Work,
  aAt: number,
  bw: Work,
  bAt: number,
  m: number,
  n: number,
  k: number,
): void {
  const [c, a, b] = [cw as NumberStorage, aw as NumberStorage, bw as NumberStorage];
  for (let i = 0; i < m; i++) {
    const row = cAt + i * n;
    for (let p = 0; p < k; p++) {
      const x = a[aAt + i * k + p]!;
      const from = bAt + p * n;
      for (let j = 0; j < n; j++) c[row + j] = c[row + j]! + Math.imul(x, b[from + j]!);
    }
  }
}
function productBig(
  cw: Work,
  cAt: number,
  aw: Work,
  aAt: number,
  bw: Work,
  bAt: number,
  m: number,
  n: number,
  k: number,
): void {
  const [c, a, b] = [cw as BigStorage, aw as BigStorage, bw as BigStorage];
  for (let i = 0; i < m; i++) {
    const row = cAt + i * n;
    for (let p = 0; p < k; p++) {
      const x = a[aAt + i * k + p]!;
      const from = bAt + p * n;
      for (let j = 0; j < n; j++) c[row + j] = c[row + j]! + x * b[from + j]!;
    }
  }
}
/** Any multiply-add on numbers. */
function productOf(multiplyAdd: (a: number, b: number, c: number) => number): MatrixProduct {
  return (cw, cAt, aw, aAt, bw, bAt, m, n, k) => {
    const [c, a, b] = [cw as NumberStorage, aw as NumberStorage, bw as NumberStorage];
    for (let i = 0; i < m; i++) {
      const row = cAt + i * n;
      for (let p = 0; p < k; p++) {
        const x = a[aAt + i * k + p]!;
        const from = bAt + p * n;
        for (let j = 0; j < n; j++) c[row + j] = multiplyAdd(x, b[from + j]!, c[row + j]!);
      }
    }
  };
}

export function matrixProduct(type: Type, fused: boolean): MatrixProduct {
  if (type instanceof FloatType) {
    if (type.name === 'f64') return fused ? productOf(fmaF64) : productF64;
    return fused ? productOf(fmaF32) : productF32;
  }
  if (type instanceof IndexType) return productBig;
  const integer = type as IntegerType;
  if (isBigType(integer) && integer.width === 64) return productBig;
  if ([8, 16, 32].includes(integer.width)) return productNarrow;
  if (isBigType(integer)) throw new RuntimeTrap('NotInterpretable', `products of ${type} cannot be executed`);
  const arithmetic = narrowInteger(integer.width, { signed: !isUnsigned(integer) });
  return productOf((a, b, c) => arithmetic.add(c, arithmetic.mul(a, b)));
}

/** The dimensions of a tensor in the given order, its elements converted to `to`, ready to be multiplied. */
export function matrix(tensor: TensorValue, order: readonly number[], to: Type): Work {
  const from = tensor.type.element;
  const shape = order.map((d) => tensor.shape[d]!);
  const count = shape.reduce((n, d) => n * d, 1);
  let data: ElementStorage = tensor.data;
  if (!order.every((d, i) => d === i)) {
    const strides = stridesOf(tensor.shape);
    data = elementAccess(from).make(count);
    copyWalk(from, shape, data, { offset: 0, strides: stridesOf(shape) }, tensor.data, {
      offset: 0,
      strides: order.map((d) => strides[d]!),
    });
  }
  if (from === to) return toWork(from, data, count);
  const [read, write, convert] = [elementAccess(from), elementAccess(to), convertScalar(from, to)];
  const converted = write.make(count);
  for (let i = 0; i < count; i++) write.store(converted, i, convert(read.load(data, i) as number));
  return toWork(to, converted, count);
}

function sizes(shape: readonly number[], dims: readonly number[]): number[] {
  return dims.map((d) => shape[d]!);
}
function product(list: readonly number[]): number {
  return list.reduce((a, b) => a * b, 1);
}

function checkSizes(what: string, lhs: readonly number[], rhs: readonly number[]): void {
  if (lhs.some((d, i) => d !== rhs[i]))
    throw new RuntimeTrap('ShapeMismatch', `${what} dimensions have sizes [${lhs.join(', ')}] and [${rhs.join(', ')}]`);
}

export function interpretDotGeneral(access: {
  dimensions(op: Operation): DotDimensions;
  contract(op: Operation): 'none' | 'relaxed' | 'exact';
}): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const type = op.result(0).type as TensorType;
      const { element } = type;
      if (element instanceof ComplexType) return structuredInterpretation.compile(op, c);
      const d = access.dimensions(op);
      const contract = access.contract(op);
      const multiply = matrixProduct(
        element,
        contract === 'exact' || (contract === 'relaxed' && (c.options.relaxedMadd ?? 'once') === 'once'),
      );
      const combiner = combinerOf('add', element);
      const [l, r] = c.operandSlots(op) as [number, number];
      const out = c.slot(op.result(0));
      return (frame) => {
        const [lhs, rhs] = [frame.values[l] as TensorValue, frame.values[r] as TensorValue];
        const batch = sizes(lhs.shape, d.lhsBatch);
        checkSizes('batch', batch, sizes(rhs.shape, d.rhsBatch));
        checkSizes('contracted', sizes(lhs.shape, d.lhsContract), sizes(rhs.shape, d.rhsContract));
        const [rows, columns] = [sizes(lhs.shape, d.lhsFree), sizes(rhs.shape, d.rhsFree)];
        const [b, m, n, k] = [
          product(batch),
          product(rows),
          product(columns),
          product(sizes(lhs.shape, d.lhsContract)),
        ];
        const x = matrix(lhs, [...d.lhsBatch, ...d.lhsFree, ...d.lhsContract], element);
        const y = matrix(rhs, [...d.rhsBatch, ...d.rhsContract, ...d.rhsFree], element);
        const sums = combiner.make(b * m * n);
        (sums as NumberStorage).fill(combiner.identity as number);
        for (let i = 0; i < b; i++) multiply(sums, i * m * n, x, i * m * k, y, i * k * n, m, n, k);
        frame.values[out] = new TensorValue(type, [...batch, ...rows, ...columns], fromWork(element, sums, b * m * n));
      };
    },
  });
}
