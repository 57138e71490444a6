// Arrays as bud-run holds them: what .npy files, the interpreter and the runtime have in common.
import {
  type ElementStorage,
  elementAccess,
  MemRefValue,
  makeTensor,
  memrefOver,
  type RuntimeValue,
  TensorValue,
  tensorFromMemRef,
} from '@budflow/interpreter';
import { type Context, MemRefType, TensorType, type Type } from '@budflow/ir';

/** Storage as the interpreter has it: what the runtime's arrays of the same type hold. */
export type TypedArray = ElementStorage;

/** `data` is row-major; f16 and bf16 as bits, complex numbers as pairs. */
export interface HostArray {
  /** Element type by its MLIR name. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/** A result that is no array: a number of type `index`, `f32`, ... */
export interface HostScalar {
  readonly dtype: string;
  readonly scalar: number | bigint;
}

export type HostValue = HostArray | HostScalar;

export function isScalar(value: HostValue): value is HostScalar {
  return 'scalar' in value;
}

/** Product of sizes. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** `f32 [4, 5]` */
export function describeArray({
  dtype,
  shape,
}: {
  readonly dtype: string;
  readonly shape: readonly (number | null)[];
}): string {
  return `${dtype} [${shape.map((d) => d ?? '?').join(', ')}]`;
}

/** The value a function of the interpreter takes for `value` as a `type`; a copy, since programs may write to buffers. */
export function toRuntimeValue(type: Type, value: HostValue): RuntimeValue {
  if (isScalar(value)) return value.scalar;
  const data = value.data.slice();
  if (type instanceof MemRefType) return memrefOver(type, data, value.shape);
  if (type instanceof TensorType) return new TensorValue(type, value.shape, data);
  return elementAccess(type).load(data, 0) as number | bigint;
}

/** A value of the interpreter as an array or a number; undefined for values of other kinds. */
export function fromRuntimeValue(context: Context, type: Type, value: RuntimeValue): HostValue | undefined {
  if (value instanceof TensorValue)
    return { dtype: value.type.element.toString(), shape: value.shape, data: value.data };
  if (value instanceof MemRefValue) {
    const tensor = tensorFromMemRef(value, context.tensor(value.type.shape, value.type.element));
    return { dtype: value.type.element.toString(), shape: value.sizes, data: tensor.data };
  }
  if (typeof value === 'number' || typeof value === 'bigint') return { dtype: type.toString(), scalar: value };
  return undefined;
}

/** A zeroed array. */
export function zeroArray(context: Context, element: Type, shape: readonly number[]): HostArray {
  const type = context.tensor(shape, element);
  return { dtype: element.toString(), shape, data: makeTensor(type).data };
}
