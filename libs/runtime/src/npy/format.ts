// Element types of NumPy's .npy files (its `descr`), and ours.
import type { DType, TypedArray } from '../arrays/dtype.js';

/** An array as a file holds it: elements in row-major order. f16 shows its bits, complex types pairs. */
export interface NpyArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

export const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;
/** Data begin at a multiple of this many bytes. */
export const ALIGNMENT = 64;

const KINDS: Readonly<Record<string, DType>> = {
  b1: 'i1',
  i1: 'i8',
  i2: 'i16',
  i4: 'i32',
  i8: 'i64',
  u1: 'ui8',
  u2: 'ui16',
  u4: 'ui32',
  u8: 'ui64',
  f2: 'f16',
  f4: 'f32',
  f8: 'f64',
  c8: 'complex<f32>',
  c16: 'complex<f64>',
};

/** What other element types are, to name them in messages. */
const OTHERS: Readonly<Record<string, string>> = {
  O: 'Python objects',
  S: 'byte strings',
  a: 'byte strings',
  U: 'strings',
  V: 'raw bytes or records',
  M: 'dates',
  m: 'time differences',
  g: 'extended precision floats',
  f16: 'extended precision floats',
  f12: 'extended precision floats',
  c32: 'extended precision complex numbers',
};

/** The element type and byte order that a descr such as `<f4` names; a string says why there is none. */
export function parseDescr(descr: string): { readonly dtype: DType; readonly bigEndian: boolean } | string {
  const match = /^([<>=|]?)(\w+)/.exec(descr);
  const kind = match?.[2] ?? '';
  const dtype = Object.hasOwn(KINDS, kind) && match![0] === descr ? KINDS[kind]! : undefined;
  if (dtype) return { dtype, bigEndian: match![1] === '>' };
  const other = OTHERS[kind] ?? OTHERS[kind[0] ?? ''];
  return other ? `its elements are ${other} (${descr})` : `its element type '${descr}' is not known`;
}

/** The descr of an element type, or undefined where NumPy has none. */
export function descrOf(dtype: DType): string | undefined {
  if (dtype === 'index') return '<i8';
  const kind = Object.keys(KINDS).find((k) => KINDS[k] === dtype);
  if (kind === undefined) return undefined;
  return `${/^[biu]1$/.test(kind) ? '|' : '<'}${kind}`;
}
