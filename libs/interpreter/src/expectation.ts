// Expectations of a program: what a tensor is expected to hold, and what to say when it does not.
import { bf16FromBits, f16FromBits } from '@budflow/numerics';
import type { ElementStorage } from './element.js';

/** How near a number must be to the one that is expected. NaN is equal to NaN, whatever its bits. */
export interface Expectation {
  /**
   * `equal`: the same bits. `tolerance`: the difference is at most that. `ulps`: the number of values of the type from one
   * to the other lies between two bounds; infinities and NaN are 2^53 - 1 from others, and all is as near as that.
   */
  readonly relation: 'equal' | 'tolerance' | 'ulps';
  readonly tolerance: number;
  readonly minUlps: number;
  readonly maxUlps: number;
}

/** An array in memory: elements in row-major order, of a type by its MLIR name. */
export interface ExpectedArray {
  readonly shape: readonly number[];
  readonly data: ElementStorage;
}

/** How many elements are named. */
const SHOWN = 5;

/** What of `actual` is not as expected, for people; undefined when all is. */
export function unmetExpectation(
  dtype: string,
  actual: ExpectedArray,
  expected: ExpectedArray,
  expectation: Expectation,
): string | undefined {
  const { shape } = actual;
  if (shape.join() !== expected.shape.join())
    return `got an array of shape [${shape.join(', ')}], expected [${expected.shape.join(', ')}]`;
  const elements = elementsOfType(dtype);
  const count = shape.reduce((n, d) => n * d, 1);
  const wrong: number[] = [];
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (elements.parts.every((part) => isMet(elements, actual.data, expected.data, part(i), expectation))) continue;
    if (total++ < SHOWN) wrong.push(i);
  }
  if (total === 0) return undefined;
  const shown = wrong.map((i) => {
    const [got, wanted] = [elements.text(actual.data, i), elements.text(expected.data, i)];
    const distance =
      expectation.relation === 'ulps' ? ` (${distanceText(elements, actual.data, expected.data, i)})` : '';
    return `${indexText(i, shape)}got ${got}, expected ${wanted}${distance}`;
  });
  const more = total > wrong.length ? `; and ${total - wrong.length} more` : '';
  const limits = {
    equal: 'differ',
    tolerance: `differ by more than ${expectation.tolerance}`,
    ulps: `are not ${expectation.minUlps} to ${expectation.maxUlps} units in the last place apart`,
  };
  return `${total} of ${count} elements ${limits[expectation.relation]}: ${shown.join('; ')}${more}`;
}

/** `at [1, 2] `; nothing for the one element of rank 0. */
function indexText(position: number, shape: readonly number[]): string {
  if (shape.length === 0) return '';
  const index: number[] = [];
  let rest = position;
  for (let d = shape.length - 1; d >= 0; d--) {
    index.unshift(rest % shape[d]!);
    rest = Math.floor(rest / shape[d]!);
  }
  return `at [${index.join(', ')}] `;
}

interface Elements {
  /** Places of the numbers that element `i` is made of. */
  readonly parts: readonly ((i: number) => number)[];
  /** Number `k`. */
  number(data: ElementStorage, k: number): number | bigint;
  /** Of floats: the bits. */
  readonly bits: ((data: ElementStorage, k: number) => bigint) | undefined;
  /** Width of a float. */
  readonly width: number;
  text(data: ElementStorage, i: number): string;
}

function elementsOfType(dtype: string): Elements {
  const isComplex = dtype.startsWith('complex<');
  const part = isComplex ? dtype.slice('complex<'.length, -1) : dtype;
  const number = (data: ElementStorage, k: number): number | bigint => {
    const stored = data[k]!;
    if (part === 'f16') return f16FromBits(stored as number);
    return part === 'bf16' ? bf16FromBits(stored as number) : stored;
  };
  const width = { f16: 16, bf16: 16, f32: 32, f64: 64 }[part] ?? 0;
  const f64 = new Float64Array(1);
  const f64Bits = new BigUint64Array(f64.buffer);
  const f32 = new Float32Array(1);
  const f32Bits = new Uint32Array(f32.buffer);
  const bits = (data: ElementStorage, k: number): bigint => {
    const stored = data[k]!;
    if (width === 16) return BigInt(stored);
    if (width === 32) {
      f32[0] = stored as number;
      return BigInt(f32Bits[0]!);
    }
    f64[0] = stored as number;
    return f64Bits[0]!;
  };
  const show = (value: number | bigint): string => {
    if (part === 'i1') return value ? 'true' : 'false';
    if (Object.is(value, -0)) return '-0';
    if (part !== 'f32' || typeof value === 'bigint' || !Number.isFinite(value)) return String(value).toLowerCase();
    // The shortest text that reads as the same float.
    for (let digits = 1; digits < 9; digits++)
      if (Math.fround(Number(value.toPrecision(digits))) === value) return String(Number(value.toPrecision(digits)));
    return String(Number(value.toPrecision(9)));
  };
  return {
    parts: isComplex ? [(i) => 2 * i, (i) => 2 * i + 1] : [(i) => i],
    number,
    bits: width > 0 ? bits : undefined,
    width,
    text: (data, i) =>
      isComplex ? `(${show(number(data, 2 * i))}, ${show(number(data, 2 * i + 1))})` : show(number(data, i)),
  };
}

function isMet(
  elements: Elements,
  actual: ElementStorage,
  expected: ElementStorage,
  k: number,
  { relation, tolerance, minUlps, maxUlps }: Expectation,
): boolean {
  const [x, y] = [elements.number(actual, k), elements.number(expected, k)];
  if (elements.bits === undefined) return x === y;
  if (relation === 'equal') return Object.is(x, y);
  if (relation === 'tolerance')
    return x === y || (Number.isNaN(x) && Number.isNaN(y)) || Math.abs((x as number) - (y as number)) <= tolerance;
  const distance = ulpDistance(elements, actual, expected, k);
  const isUnlimited = maxUlps >= Number.MAX_SAFE_INTEGER;
  if (distance === undefined) return isUnlimited;
  return distance >= BigInt(minUlps) && (isUnlimited || distance <= BigInt(maxUlps));
}

/** Values of the type from one number to the other; undefined where one is infinite or NaN and the other is not the same. */
function ulpDistance(
  elements: Elements,
  actual: ElementStorage,
  expected: ElementStorage,
  k: number,
): bigint | undefined {
  const [x, y] = [elements.number(actual, k), elements.number(expected, k)];
  if (Object.is(x, y)) return 0n;
  if (!Number.isFinite(x) || !Number.isFinite(y)) return undefined;
  const sign = 1n << BigInt(elements.width - 1);
  const fromZero = (data: ElementStorage): bigint => {
    const bits = elements.bits!(data, k);
    return bits & sign ? -(bits - sign) : bits;
  };
  const distance = fromZero(actual) - fromZero(expected);
  return distance < 0n ? -distance : distance;
}

function distanceText(elements: Elements, actual: ElementStorage, expected: ElementStorage, i: number): string {
  const distances = elements.parts.map((part) => ulpDistance(elements, actual, expected, part(i)));
  return `${distances.map((d) => d ?? 'far').join(' and ')} apart`;
}

type StorageType = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ElementStorage;

const STORAGE: Readonly<Record<string, StorageType>> = {
  i1: Uint8Array,
  i8: Int8Array,
  ui8: Uint8Array,
  i16: Int16Array,
  ui16: Uint16Array,
  i32: Int32Array,
  ui32: Uint32Array,
  i64: BigInt64Array,
  ui64: BigUint64Array,
  index: BigInt64Array,
  f16: Uint16Array,
  bf16: Uint16Array,
  f32: Float32Array,
  f64: Float64Array,
};

/** The array of a type by its MLIR name at an address of a memory; undefined for types that no memory holds. */
export function arrayInMemory(
  memory: ArrayBufferLike,
  dtype: string,
  address: number,
  shape: readonly number[],
): ExpectedArray | undefined {
  const isComplex = dtype.startsWith('complex<');
  const storage = STORAGE[isComplex ? dtype.slice('complex<'.length, -1) : dtype];
  if (storage === undefined) return undefined;
  const count = shape.reduce((n, d) => n * d, isComplex ? 2 : 1);
  return { shape, data: new storage(memory as ArrayBuffer, address, count) };
}
