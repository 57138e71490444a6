// Specifications of attributes that several ops share, with their friendly values.
import {
  type Attribute,
  type AttrSpec,
  attr,
  type Context,
  DenseArrayAttr,
  DenseElementsAttr,
  denseElement,
  IndexType,
  IntegerAttr,
  IntegerType,
  TensorType,
} from '@budflow/ir';
import { CUSTOM_CALL_API_VERSIONS, type CustomCallApiVersion, Precision } from '../enums.js';

/** The most numbers that a list of the form `dense<..> : tensor<2xi64>` is read with: dimensions are far fewer. */
const MOST = 1024;

/** The numbers of `dense<[1, 2]> : tensor<2xi64>`, as older versions wrote lists; null for what is none. */
function numbersOfList(a: Attribute, width: number): number[] | null {
  if (!(a instanceof DenseElementsAttr && a.type instanceof TensorType && a.type.rank <= 1)) return null;
  const { shape, element } = a.type;
  // The oldest ones wrote one number as an array of rank 0.
  const count = shape[0] ?? 1;
  const isList = element instanceof IntegerType && element.width === width && count <= MOST;
  return isList ? Array.from({ length: count }, (_, i) => Number(denseElement(a, i))) : null;
}

/** `array<i64: 1, 2>` as numbers. */
export const i64List: AttrSpec<readonly number[]> = {
  ...attr.i64Array,
  upgrade(a, context) {
    const numbers = numbersOfList(a, 64);
    return numbers ? context.denseArray(context.i64, numbers) : a;
  },
};

/** `array<i1: false, true>` as booleans. */
export const boolArray: AttrSpec<readonly boolean[]> = {
  upgrade(a, context) {
    const numbers = numbersOfList(a, 1);
    return numbers ? context.denseArray(context.i1, numbers.map(Math.abs)) : a;
  },
  description: 'i1 dense array attribute',
  optional: false,
  check: (a) => a instanceof DenseArrayAttr && a.elementType instanceof IntegerType && a.elementType.width === 1,
  read: (a) => (a as DenseArrayAttr).values.map((v) => Number(v) !== 0),
  make: (c, v) =>
    c.denseArray(
      c.i1,
      v.map((b) => (b ? 1 : 0)),
    ),
};

function isI64Matrix(a: Attribute): a is DenseElementsAttr {
  return (
    a instanceof DenseElementsAttr &&
    a.type instanceof TensorType &&
    a.type.element instanceof IntegerType &&
    a.type.element.width === 64 &&
    a.type.rank === 2
  );
}
function rows(a: DenseElementsAttr): number[][] {
  const [n, m] = a.type.shape as [number, number];
  return Array.from({ length: n }, (_, i) => Array.from({ length: m }, (_, k) => Number(denseElement(a, i * m + k))));
}
function matrix(context: Context, list: readonly (readonly number[])[], columns: number): DenseElementsAttr {
  const bytes = new Uint8Array(8 * list.length * columns);
  const view = new DataView(bytes.buffer);
  list.forEach((row, i) => {
    row.forEach((v, k) => {
      view.setBigInt64(8 * (i * columns + k), BigInt(v), true);
    });
  });
  return context.denseElements(context.tensor([list.length, columns], context.i64), bytes, { splat: false });
}

/** `dense<[[1, 1], [0, 0]]> : tensor<2x2xi64>`: [low, high] for each dimension. */
export const paddingPairs: AttrSpec<readonly (readonly [number, number])[]> = {
  description: '64-bit integer elements of shape Nx2',
  optional: false,
  check: (a) => isI64Matrix(a) && a.type.shape[1] === 2,
  read: (a) => rows(a as DenseElementsAttr) as [number, number][],
  make: (c, v) => matrix(c, v, 2),
};

/** `dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>`: the numbers of each row; -1 fills rows that are shorter. */
export const integerRows: AttrSpec<readonly (readonly number[])[]> = {
  description: '64-bit integer elements of two dimensions',
  optional: false,
  check: isI64Matrix,
  read: (a) => rows(a as DenseElementsAttr),
  make: (c, v) => matrix(c, v, v[0]?.length ?? 0),
};

/** `[#stablehlo<precision DEFAULT>, ...]`: a precision for each operand. */
export const precisionConfig: AttrSpec<readonly ('DEFAULT' | 'HIGH' | 'HIGHEST')[]> = {
  ...attr.array(attr.dialect(Precision)),
  description: 'precision for each operand',
};

/** A layout: the dimensions from minor to major, as a 1D tensor of index. */
const layout: AttrSpec<readonly number[]> = {
  description: '1D tensor of index (layout)',
  optional: false,
  check: (a) =>
    a instanceof DenseElementsAttr &&
    a.type instanceof TensorType &&
    a.type.rank === 1 &&
    a.type.element instanceof IndexType,
  read: (a) => {
    const elements = a as DenseElementsAttr;
    return Array.from({ length: elements.type.shape[0]! }, (_, i) => Number(denseElement(elements, i)));
  },
  make(c, v) {
    const bytes = new Uint8Array(8 * v.length);
    const view = new DataView(bytes.buffer);
    v.forEach((d, i) => {
      view.setBigInt64(8 * i, BigInt(d), true);
    });
    return c.denseElements(c.tensor([v.length], c.index), bytes, { splat: false });
  },
};
export const layouts: AttrSpec<readonly (readonly number[])[]> = {
  ...attr.array(layout),
  description: 'array of layouts (1D tensors of index)',
};

/** `api_version = 4 : i32`, read as its name. */
export const apiVersion: AttrSpec<CustomCallApiVersion> = {
  description: `32-bit signless integer attribute from 0 to ${CUSTOM_CALL_API_VERSIONS.length - 1}`,
  optional: false,
  check: (a) =>
    a instanceof IntegerAttr &&
    a.type instanceof IntegerType &&
    a.type.width === 32 &&
    a.number >= 0 &&
    a.number < CUSTOM_CALL_API_VERSIONS.length,
  read: (a) => CUSTOM_CALL_API_VERSIONS[(a as IntegerAttr).number]!,
  make: (c, v) => c.integerAttr(c.i32, CUSTOM_CALL_API_VERSIONS.indexOf(v)),
};
