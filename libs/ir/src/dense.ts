// Reading and making the element data of dense constants.
import type { DenseElementsAttr } from './attribute.js';
import { floatBits, floatFromBits, readBits, writeBits } from './attribute-text.js';
import { InternalError } from './errors.js';
import {
  byteWidth,
  ComplexType,
  elementCount,
  FloatType,
  IntegerType,
  type ShapedType,
  storageWidth,
  type Type,
} from './type.js';

export type ElementArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/**
 * A typed array over the stored elements of `bytes` (copied when misaligned). f16 and bf16 show their bit patterns in
 * Uint16Array; i1 is Uint8Array of 0 and 1; complex shows its parts in turn.
 */
export function elementArray(element: Type, bytes: Uint8Array): ElementArray {
  const part = element instanceof ComplexType ? element.element : element;
  const width = byteWidth(part);
  if (width === undefined) throw new InternalError(`no dense storage for ${element}`);
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  const n = aligned.byteLength / width;
  const { buffer, byteOffset: at } = aligned;
  if (part instanceof FloatType) {
    if (width === 8) return new Float64Array(buffer, at, n);
    if (width === 4) return new Float32Array(buffer, at, n);
    return width === 2 ? new Uint16Array(buffer, at, n) : new Uint8Array(buffer, at, n);
  }
  const unsigned = part instanceof IntegerType && (part.signedness === 'unsigned' || part.width === 1);
  switch (width) {
    case 1:
      return unsigned ? new Uint8Array(buffer, at, n) : new Int8Array(buffer, at, n);
    case 2:
      return unsigned ? new Uint16Array(buffer, at, n) : new Int16Array(buffer, at, n);
    case 4:
      return unsigned ? new Uint32Array(buffer, at, n) : new Int32Array(buffer, at, n);
    default:
      return unsigned ? new BigUint64Array(buffer, at, n) : new BigInt64Array(buffer, at, n);
  }
}

/**
 * Element `index` as number (floats, integers to 32 bits, i1) or bigint (i64, index, wider integers); real types only.
 * f80 and f128 are rounded to double.
 */
export function denseElement(attr: DenseElementsAttr, index: number): number | bigint {
  const element = attr.type.element;
  if (byteWidth(element) === undefined && !(element instanceof ComplexType)) {
    const bits = readBits(attr.bytes, (attr.splat ? 0 : index) * storageWidth(element)!, storageWidth(element)!);
    if (element instanceof FloatType) return floatFromBits(bits, element);
    const { width, signedness } = element as IntegerType;
    return signedness === 'unsigned' ? bits : BigInt.asIntN(width, bits);
  }
  const stored = elementArray(element, attr.bytes)[attr.splat ? 0 : index]!;
  if (element instanceof FloatType && element.width === 16) return floatFromBits(BigInt(stored), element);
  return stored;
}

/** The bytes of one element, a real number; of a complex type with the imaginary part 0. */
export function elementBytes(element: Type, value: number | bigint): Uint8Array<ArrayBuffer> {
  const width = storageWidth(element);
  if (width === undefined) throw new InternalError(`no dense storage for ${element}`);
  const bytes = new Uint8Array(width);
  if (element instanceof ComplexType) {
    bytes.set(elementBytes(element.element, value));
    return bytes;
  }
  if (width > 8) {
    writeBits(bytes, 0, width, element instanceof FloatType ? floatBits(Number(value), element) : BigInt(value));
    return bytes;
  }
  const view = new DataView(bytes.buffer);
  const bits = element instanceof FloatType ? floatBits(Number(value), element) : BigInt.asUintN(64, BigInt(value));
  if (width === 8) view.setBigUint64(0, bits, true);
  else if (width === 4) view.setUint32(0, Number(BigInt.asUintN(32, bits)), true);
  else if (width === 2) view.setUint16(0, Number(BigInt.asUintN(16, bits)), true);
  else
    view.setUint8(
      0,
      element instanceof IntegerType && element.width === 1 ? Number(bits & 1n) : Number(BigInt.asUintN(8, bits)),
    );
  return bytes;
}

/** Number of stored elements: 1 for a splat. */
export function storedCount(type: ShapedType, splat: boolean): number {
  const n = elementCount(type.shape);
  if (n === undefined) throw new InternalError(`dense constant of dynamic type ${type}`);
  return splat ? 1 : n;
}
