// How values of the IR's types are held on the WebAssembly stack and in locals.
//
// i1..i32 are i32, zero-extended from their width (i1 is 0 or 1). index is i32 where it is proven to fit, i64
// elsewhere (index-facts.ts). f16 and bf16 are their bits, as i16: code only moves them (expand-half-floats). Vectors are v128 with the elements in the low lanes; vectors of 32 or 64 bits leave the
// rest of the register unspecified. A vector<Nxi1> has lanes of 128/N bits, all ones or all zeros.
import { FloatType, IndexType, IntegerType, type Type, VectorType } from '@budflow/ir';
import { ValueType } from '../encoder/index.js';

export type ElementKind = 'i1' | 'i8' | 'i16' | 'i32' | 'i64' | 'f32' | 'f64' | 'index';

export interface Representation {
  readonly kind: ElementKind;
  /** Number of lanes; 0 for a scalar. */
  readonly lanes: number;
  /** Bits of a scalar, or of a lane in the register. */
  readonly bits: number;
  /** Bytes of an element in memory. */
  readonly bytes: number;
  /** An index says i32 here; see IndexFacts.isWide. */
  readonly valueType: ValueType;
}

const ELEMENTS: Record<ElementKind, { bits: number; bytes: number; valueType: ValueType }> = {
  i1: { bits: 1, bytes: 1, valueType: ValueType.i32 },
  i8: { bits: 8, bytes: 1, valueType: ValueType.i32 },
  i16: { bits: 16, bytes: 2, valueType: ValueType.i32 },
  i32: { bits: 32, bytes: 4, valueType: ValueType.i32 },
  i64: { bits: 64, bytes: 8, valueType: ValueType.i64 },
  f32: { bits: 32, bytes: 4, valueType: ValueType.f32 },
  f64: { bits: 64, bytes: 8, valueType: ValueType.f64 },
  index: { bits: 64, bytes: 8, valueType: ValueType.i32 },
};

// Types are uniqued in their context and die with it.
const known = new WeakMap<Type, Representation>();
const unknown = new WeakSet<Type>();

/** The representation of a type; null when values of it cannot be held (f8, memrefs, vectors that fit no register). */
export function representationOf(type: Type): Representation | null {
  const found = known.get(type);
  if (found) return found;
  if (unknown.has(type)) return null;
  const made = type instanceof VectorType ? vectorRepresentation(type) : scalarRepresentation(type);
  if (made) known.set(type, made);
  else unknown.add(type);
  return made;
}

function elementKind(type: Type): ElementKind | null {
  if (type instanceof IndexType) return 'index';
  if (type instanceof IntegerType) {
    const name = `i${type.width}`;
    return name === 'i1' || name === 'i8' || name === 'i16' || name === 'i32' || name === 'i64' ? name : null;
  }
  if (type instanceof FloatType) {
    if (type.name === 'f32' || type.name === 'f64') return type.name;
    return isHalf(type) ? 'i16' : null;
  }
  return null;
}

/** Whether values of an element type are the bits of 16-bit floats. */
export function isHalf(type: Type): boolean {
  return type instanceof FloatType && (type.name === 'f16' || type.name === 'bf16');
}

function scalarRepresentation(type: Type): Representation | null {
  const kind = elementKind(type);
  return kind === null ? null : { kind, lanes: 0, ...ELEMENTS[kind] };
}

function vectorRepresentation(type: VectorType): Representation | null {
  const kind = elementKind(type.element);
  const lanes = type.shape[0];
  if (kind === null || lanes === undefined || type.rank !== 1 || type.scalable.some(Boolean)) return null;
  if (lanes !== 2 && lanes !== 4 && lanes !== 8 && lanes !== 16) return null;
  const bits = kind === 'i1' ? 128 / lanes : ELEMENTS[kind].bits;
  if (bits * lanes > 128 || bits * lanes < 16) return null;
  return { kind, lanes, bits, bytes: ELEMENTS[kind].bytes, valueType: ValueType.v128 };
}

/** Bytes of one element of a memref in memory; undefined when the element type has no representation. */
export function elementBytesOf(type: Type): number | undefined {
  const kind = elementKind(type);
  return kind === null ? undefined : ELEMENTS[kind].bytes;
}

/** Position of a lane width among i8x16, i16x8, i32x4, i64x2 (and f32x4, f64x2). */
export function shapeOf(bits: number): 0 | 1 | 2 | 3 {
  return bits === 8 ? 0 : bits === 16 ? 1 : bits === 32 ? 2 : 3;
}
