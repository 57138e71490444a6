// Numbers of every element type for the coverage test, written apart from the compiler's own: values are numbers for
// floats, bigints for integers and pairs for complex numbers, rounded and wrapped here, and put into typed arrays and read back.

/** Element types of the table, as MLIR names them. */
export const ELEMENT_TYPES = [
  'i1',
  'i8',
  'i16',
  'i32',
  'i64',
  'ui8',
  'ui16',
  'ui32',
  'ui64',
  'f16',
  'bf16',
  'f32',
  'f64',
  'complex<f32>',
  'complex<f64>',
] as const;
export type ElementType = (typeof ELEMENT_TYPES)[number];

export const FLOATS: readonly ElementType[] = ['f16', 'bf16', 'f32', 'f64'];
export const INTEGERS: readonly ElementType[] = ['i8', 'i16', 'i32', 'i64', 'ui8', 'ui16', 'ui32', 'ui64'];
export const SIGNED: readonly ElementType[] = ['i8', 'i16', 'i32', 'i64'];
export const COMPLEXES: readonly ElementType[] = ['complex<f32>', 'complex<f64>'];

export interface Complex {
  readonly re: number;
  readonly im: number;
}
export type Real = number | bigint;
export type Scalar = Real | Complex;

export function complex(re: number, im: number): Complex {
  return { re, im };
}
/** The type of the parts of complex numbers; of another type itself. */
export function partOf(type: ElementType): ElementType {
  return type === 'complex<f32>' ? 'f32' : type === 'complex<f64>' ? 'f64' : type;
}
export function isComplex(type: ElementType): boolean {
  return partOf(type) !== type;
}

/** The arrays that elements lie in. */
export type Data =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

export function isFloat(type: ElementType): boolean {
  return FLOATS.includes(type);
}
export function widthOf(type: ElementType): number {
  return Number(/\d+$/.exec(partOf(type))![0]) * (isComplex(type) ? 2 : 1);
}
export function isUnsigned(type: ElementType): boolean {
  return type === 'i1' || type.startsWith('ui');
}
export function lowest(type: ElementType): bigint {
  return isUnsigned(type) ? 0n : -(1n << BigInt(widthOf(type) - 1));
}
export function highest(type: ElementType): bigint {
  return (1n << BigInt(isUnsigned(type) ? widthOf(type) : widthOf(type) - 1)) - 1n;
}

/** Significand bits (with the implicit one) and exponents of the least and the largest normal value. */
const FORMATS: Readonly<Record<string, readonly [number, number, number]>> = {
  f16: [11, -14, 15],
  bf16: [8, -126, 127],
  f32: [24, -126, 127],
};

/** The float of the type nearest to an exact value, ties to even. A bigint is rounded once, too. */
export function roundTo(type: ElementType, value: Real): number {
  if (typeof value === 'bigint') return type === 'f64' ? Number(value) : roundTo(type, sticky(value));
  const format = FORMATS[type];
  if (!format || !Number.isFinite(value) || value === 0) return value;
  const [precision, least, most] = format;
  const magnitude = Math.abs(value);
  let exponent = Math.max(least, Math.floor(Math.log2(magnitude)));
  // log2 may be off by one next to powers of two.
  if (exponent > least && 2 ** exponent > magnitude) exponent--;
  if (2 ** (exponent + 1) <= magnitude) exponent++;
  const unit = 2 ** (exponent - precision + 1);
  const steps = magnitude / unit;
  const whole = Math.floor(steps);
  const rest = steps - whole;
  const rounded = (rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole) * unit;
  return Math.sign(value) * (rounded >= 2 ** (most + 1) ? Number.POSITIVE_INFINITY : rounded || 0);
}

/** An integer as a double that rounds to every narrower format as the integer does: the last bit says whether more follow. */
function sticky(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const drop = BigInt(Math.max(0, magnitude.toString(2).length - 40));
  const kept = (magnitude >> drop) | (magnitude % (1n << drop) === 0n ? 0n : 1n);
  return Number(value < 0n ? -kept : kept) * 2 ** Number(drop);
}

/** An integer wrapped to the type. */
export function wrapTo(type: ElementType, value: bigint): bigint {
  const width = widthOf(type);
  return isUnsigned(type) ? BigInt.asUintN(width, value) : BigInt.asIntN(width, value);
}

/** The element a value of unlimited precision becomes. */
export function elementOf(type: ElementType, value: Scalar): Scalar {
  if (isComplex(type)) {
    const [part, { re, im }] = [partOf(type), value as Complex];
    return complex(roundTo(part, re), roundTo(part, im));
  }
  return isFloat(type) ? roundTo(type, value as Real) : wrapTo(type, value as bigint);
}

function decode(type: 'f16' | 'bf16', bits: number): number {
  const mantissaBits = type === 'f16' ? 10 : 7;
  const bias = type === 'f16' ? 15 : 127;
  const top = type === 'f16' ? 31 : 255;
  const mantissa = bits & (2 ** mantissaBits - 1);
  const exponent = (bits >> mantissaBits) & top;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === top) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * mantissa * 2 ** (1 - bias - mantissaBits);
  return sign * (1 + mantissa / 2 ** mantissaBits) * 2 ** (exponent - bias);
}

type Tables = Readonly<Record<'f16' | 'bf16', { readonly values: Float64Array; readonly bits: Map<number, number> }>>;
let made: Tables | undefined;
function tables(): Tables {
  const table = (type: 'f16' | 'bf16') => {
    const values = Float64Array.from({ length: 65536 }, (_, bits) => decode(type, bits));
    const bits = new Map<number, number>();
    for (let i = 65535; i >= 0; i--) bits.set(values[i]!, i);
    return { values, bits };
  };
  made ??= { f16: table('f16'), bf16: table('bf16') };
  return made;
}

export function makeData(type: ElementType, count: number): Data {
  switch (type) {
    case 'i1':
    case 'ui8':
      return new Uint8Array(count);
    case 'i8':
      return new Int8Array(count);
    case 'i16':
      return new Int16Array(count);
    case 'ui16':
    case 'f16':
    case 'bf16':
      return new Uint16Array(count);
    case 'i32':
      return new Int32Array(count);
    case 'ui32':
      return new Uint32Array(count);
    case 'i64':
      return new BigInt64Array(count);
    case 'ui64':
      return new BigUint64Array(count);
    case 'f32':
      return new Float32Array(count);
    case 'f64':
      return new Float64Array(count);
    case 'complex<f32>':
      return new Float32Array(2 * count);
    case 'complex<f64>':
      return new Float64Array(2 * count);
  }
}

/** Values of the type in the array that holds them. */
export function toData(type: ElementType, values: readonly Scalar[]): Data {
  const data = makeData(type, values.length);
  values.forEach((value, i) => {
    if (isComplex(type)) {
      data[2 * i] = (value as Complex).re;
      data[2 * i + 1] = (value as Complex).im;
    } else if (type === 'f16' || type === 'bf16') {
      const number = value as number;
      // A map does not tell -0 from 0.
      data[i] = Object.is(number, -0) ? 0x8000 : tables()[type].bits.get(number)!;
    } else if (isFloat(type) || widthOf(type) === 64) data[i] = value as never;
    else data[i] = Number(value);
  });
  return data;
}

export function fromData(type: ElementType, data: Data): Scalar[] {
  if (isComplex(type))
    return Array.from({ length: data.length / 2 }, (_, i) => complex(data[2 * i] as number, data[2 * i + 1] as number));
  return Array.from(data as Float64Array, (stored: Real): Real => {
    if (type === 'f16' || type === 'bf16') return tables()[type].values[stored as number]!;
    return isFloat(type) ? stored : BigInt(stored);
  });
}

const EDGE_FLOATS = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3,
  -7.25,
  0.1,
  100.7,
  -1e3,
  255.5,
  65504,
  65519,
  65520,
  3e38,
  -3e38,
  1e-3,
  6e-5,
  5.9e-8,
  2e-8,
  -6e-8,
  1e-39,
  -1e-40,
  2147483648,
  -2147483904,
  9.3e18,
  1e300,
  4e-320,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

/** Parts of hard complex numbers: all pairs of them. */
const EDGE_PARTS = [
  0,
  -0,
  1,
  -1.5,
  0.1,
  1e-40,
  -3e38,
  4e-320,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

/** The hard values of a type: extremes, signed zeros, subnormals, infinities, NaN. */
export function edges(type: ElementType): Scalar[] {
  if (type === 'i1') return [0n, 1n];
  if (isComplex(type)) {
    const parts = EDGE_PARTS.map((x) => roundTo(partOf(type), x));
    return parts.flatMap((re) => parts.map((im) => complex(re, im)));
  }
  if (isFloat(type)) return [...new Set(EDGE_FLOATS.map((x) => roundTo(type, x)))].concat(type === 'f64' ? [] : [-0]);
  const [low, high] = [lowest(type), highest(type)];
  return [0n, 1n, 2n, 3n, 5n, 7n, 31n, 32n, 64n, 100n, low, low + 1n, high, high - 1n, high / 2n, -1n, -2n, -13n].map(
    (v) => wrapTo(type, v),
  );
}

/** A random value of the type: small ones most of the time. */
export function randomValue(type: ElementType, next: () => number): Scalar {
  if (type === 'i1') return BigInt(next() < 0.5);
  if (isComplex(type)) {
    const part = () => randomValue(partOf(type), next) as number;
    return complex(part(), part());
  }
  if (isFloat(type)) return roundTo(type, (next() - 0.5) * (next() < 0.25 ? 200 : 6));
  const small = BigInt(Math.floor(next() * 40) - 20);
  return wrapTo(
    type,
    next() < 0.3 ? BigInt(Math.floor(next() * 2 ** 53)) * BigInt(Math.floor(next() * 2 ** 12)) : small,
  );
}

/** The elements of a type whose bits are those of the data. */
export function valuesFromBits(type: ElementType, data: Data): Scalar[] {
  const other = makeData(type, 0).constructor as new (buffer: ArrayBufferLike) => Data;
  return fromData(type, new other(data.buffer));
}
