// Text of numbers, strings and element lists as MLIR writes them.

import type { DenseElementsAttr } from './attribute.js';
import { bfloatToNumber, halfToNumber, numberToBfloat, numberToHalf } from './half-bits.js';
import { otherFloatBits, otherFloatFromBits } from './minifloat.js';
import {
  blobWidth,
  ComplexType,
  elementCount,
  type FloatType,
  IndexType,
  IntegerType,
  storageWidth,
  type Type,
} from './type.js';

const HEX = '0123456789ABCDEF';

const LONE_BYTE = /(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]/;

/** UTF-8, where the lone surrogate U+DC00 + byte stands for a byte that is not UTF-8 (the parser makes these). */
function stringBytes(value: string): Uint8Array {
  const encoder = new TextEncoder();
  if (!LONE_BYTE.test(value)) return encoder.encode(value);
  const bytes: number[] = [];
  for (const character of value) {
    const code = character.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}

/** A quoted MLIR string: printable ASCII as is, `\"`, `\\`, everything else as `\XX` of its UTF-8 bytes. */
export function printString(value: string): string {
  let text = '"';
  for (const byte of stringBytes(value)) {
    if (byte === 0x22) text += '\\22';
    else if (byte === 0x5c) text += '\\\\';
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\${HEX[byte >> 4]}${HEX[byte & 15]}`;
  }
  return `${text}"`;
}

/** `@name`, quoted when it is not a bare identifier. */
export function printSymbolName(name: string): string {
  return /^[A-Za-z_][\w$.]*$/.test(name) ? `@${name}` : `@${printString(name)}`;
}

const scratch = new DataView(new ArrayBuffer(8));

/** Bit pattern of `value` rounded to a float type. */
export function floatBits(value: number, type: FloatType): bigint {
  switch (type.name) {
    case 'f64':
      scratch.setFloat64(0, value);
      return scratch.getBigUint64(0);
    case 'f16':
      return BigInt(numberToHalf(value));
    case 'bf16':
      return BigInt(numberToBfloat(value));
    case 'f32':
      scratch.setFloat32(0, value);
      return BigInt(scratch.getUint32(0));
    default:
      return otherFloatBits(type.name, value);
  }
}

/** The number with a bit pattern of a float type; f80 and f128 are rounded to double. */
export function floatFromBits(bits: bigint, type: FloatType): number {
  switch (type.name) {
    case 'f64':
      scratch.setBigUint64(0, bits);
      return scratch.getFloat64(0);
    case 'f16':
      return halfToNumber(Number(bits));
    case 'bf16':
      return bfloatToNumber(Number(bits));
    case 'f32':
      scratch.setUint32(0, Number(bits));
      return scratch.getFloat32(0);
    default:
      return otherFloatFromBits(type.name, bits);
  }
}

/** Shortest decimal that reads back to the same value of the type; hex bits for what has no decimal form. */
export function printFloat(value: number, type: FloatType, nanBits: bigint | null): string {
  if (Number.isNaN(value) || !Number.isFinite(value)) {
    const bits = nanBits ?? floatBits(value, type);
    return `0x${bits
      .toString(16)
      .toUpperCase()
      .padStart(type.width / 4, '0')}`;
  }
  if (value === 0) return Object.is(value, -0) ? '-0.000000e+00' : '0.000000e+00';
  const six = value.toExponential(6);
  let text = roundTrips(six, value, type) ? six : '';
  for (let digits = 7; !text && digits <= 16; digits++) {
    const candidate = value.toExponential(digits);
    if (roundTrips(candidate, value, type)) text = candidate;
  }
  if (!text) text = value.toExponential(16);
  // MLIR writes at least two exponent digits.
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function roundTrips(text: string, value: number, type: FloatType): boolean {
  const parsed = Number(text);
  if (type.name === 'f64') return parsed === value;
  return floatBits(parsed, type) === floatBits(value, type);
}

/** A little-endian number of `width` bytes. */
export function readBits(bytes: Uint8Array, at: number, width: number): bigint {
  let text = '0x';
  for (let i = at + width - 1; i >= at; i--) text += BYTE_HEX[bytes[i]!];
  return BigInt(text);
}

/** Stores the low `width` bytes of a number, least significant first. */
export function writeBits(bytes: Uint8Array, at: number, width: number, value: bigint): void {
  let rest = BigInt.asUintN(8 * width, value);
  for (let i = at; i < at + width; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function printElement(view: DataView, at: number, type: Type): string {
  if (type instanceof ComplexType) {
    const part = storageWidth(type.element)!;
    return `(${printElement(view, at, type.element)}, ${printElement(view, at + part, type.element)})`;
  }
  if (type instanceof IndexType) return view.getBigInt64(at, true).toString();
  if (type instanceof IntegerType) {
    const unsigned = type.signedness === 'unsigned';
    if (type.width === 1) return view.getUint8(at) ? 'true' : 'false';
    const stored = storageWidth(type)!;
    if (stored > 8) {
      const bits = readBits(bytesOf(view), at, stored);
      return String(unsigned ? bits : BigInt.asIntN(type.width, bits));
    }
    switch (stored) {
      case 1:
        return String(unsigned ? view.getUint8(at) : view.getInt8(at));
      case 2:
        return String(unsigned ? view.getUint16(at, true) : view.getInt16(at, true));
      case 4:
        return String(unsigned ? view.getUint32(at, true) : view.getInt32(at, true));
      default:
        return String(unsigned ? view.getBigUint64(at, true) : view.getBigInt64(at, true));
    }
  }
  const float = type as FloatType;
  const width = storageWidth(float)!;
  if (width > 8) {
    const wide = readBits(bytesOf(view), at, width);
    const rounded = floatFromBits(wide, float);
    // What a double cannot hold is written in bits.
    return Number.isFinite(rounded) && floatBits(rounded, float) === wide
      ? printFloat(rounded, float, null)
      : `0x${wide
          .toString(16)
          .toUpperCase()
          .padStart(float.width / 4, '0')}`;
  }
  const bits =
    width === 8
      ? view.getBigUint64(at, true)
      : BigInt(width === 4 ? view.getUint32(at, true) : width === 2 ? view.getUint16(at, true) : view.getUint8(at));
  if (float.name !== 'f64' && float.name !== 'f32' && float.name !== 'f16' && float.name !== 'bf16')
    return `0x${bits
      .toString(16)
      .toUpperCase()
      .padStart(width * 2, '0')}`;
  const value = floatFromBits(bits, float);
  return printFloat(value, float, Number.isNaN(value) ? bits : null);
}

/** More elements than this print as a hex blob, as MLIR does. */
export const HEX_THRESHOLD = 100;

/** `dense<...>` without the type. */
export function printDense(attr: DenseElementsAttr): string {
  const { type, bytes } = attr;
  const width = storageWidth(type.element)!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = elementCount(type.shape) ?? 0;
  if (count === 0) return 'dense<>';
  if (attr.splat) return `dense<${printElement(view, 0, type.element)}>`;
  const packed = type.element instanceof IntegerType && type.element.width === 1;
  if (count > HEX_THRESHOLD) return `dense<"0x${packed ? packedHex(bytes) : hex(blobBytes(type.element, bytes))}">`;
  const nest = (level: number, at: number, span: number): string => {
    if (level === type.shape.length) return printElement(view, at * width, type.element);
    const n = type.shape[level]!;
    const parts: string[] = [];
    for (let i = 0; i < n; i++) parts.push(nest(level + 1, at + (i * span) / n, span / n));
    return `[${parts.join(', ')}]`;
  };
  return `dense<${nest(0, 0, count)}>`;
}

/** Stored elements as the bytes of a blob, which has whole bytes for each where memory has 2, 4 or 8. */
export function blobBytes(element: Type, bytes: Uint8Array): Uint8Array {
  const part = element instanceof ComplexType ? element.element : element;
  const from = storageWidth(part)!;
  const to = blobWidth(part)!;
  if (from === to) return bytes;
  const n = bytes.length / from;
  const out = new Uint8Array(n * to);
  for (let i = 0; i < n; i++) out.set(bytes.subarray(i * from, i * from + to), i * to);
  return out;
}

const BYTE_HEX: string[] = Array.from({ length: 256 }, (_, b) => HEX[b >> 4]! + HEX[b & 15]!);

function hex(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; start += 8192) {
    let text = '';
    const end = Math.min(bytes.length, start + 8192);
    for (let i = start; i < end; i++) text += BYTE_HEX[bytes[i]!];
    parts.push(text);
  }
  return parts.join('');
}

/** i1 blobs are bit-packed in text, least significant bit first. */
function packedHex(bytes: Uint8Array): string {
  const packed = new Uint8Array(Math.ceil(bytes.length / 8));
  bytes.forEach((b, i) => {
    if (b) packed[i >> 3]! |= 1 << (i & 7);
  });
  return hex(packed);
}
