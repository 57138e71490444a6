// Constants: scalars are written at each use; vectors that take more than one instruction of the machine are kept in a
// local when they are used in loops.
import {
  type Attribute,
  DenseElementsAttr,
  elementBytes,
  FloatAttr,
  IntegerAttr,
  IntegerType,
  type Operation,
} from '@budflow/ir';
import type { FunctionBuilder } from '../encoder/index.js';
import { isHalf, type Representation, representationOf } from './representation.js';

/** The value of an arith.constant. */
export function constantAttribute(op: Operation): Attribute | undefined {
  return op.attr('value');
}

/** Whether a constant is written at each use: scalars, and vectors of zeros or ones in all bits. */
export function isCheapConstant(op: Operation): boolean {
  const attr = constantAttribute(op);
  if (!(attr instanceof DenseElementsAttr)) return true;
  const first = attr.bytes[0] ?? 0;
  const isMask = attr.type.element instanceof IntegerType && attr.type.element.width === 1;
  if (isMask) return attr.bytes.every((b) => b === first);
  return (first === 0 || first === 255) && attr.bytes.every((b) => b === first);
}

/** Whether an arith.constant can be written. */
export function checkConstant(op: Operation): string | null {
  const r = representationOf(op.result(0).type);
  if (r === null) return `a constant of type ${op.result(0).type} is not supported`;
  const attr = constantAttribute(op);
  if (r.lanes > 0) return attr instanceof DenseElementsAttr ? null : `the constant ${attr} is not supported`;
  return attr instanceof IntegerAttr || attr instanceof FloatAttr ? null : `the constant ${attr} is not supported`;
}

/** Writes a scalar constant. An index is written as i64 when `wide`. */
export function emitScalarConstant(
  f: FunctionBuilder,
  attr: Attribute,
  r: Representation,
  width: 'narrow' | 'wide',
): void {
  if (attr instanceof FloatAttr) {
    if (isHalf(attr.type)) {
      const [low, high] = elementBytes(attr.type, attr.value);
      f.i32Const(low! | (high! << 8));
    } else if (attr.nanBits === null) {
      if (r.kind === 'f32') f.f32Const(attr.value);
      else f.f64Const(attr.value);
    } else if (r.kind === 'f32') f.f32ConstBits(Number(BigInt.asIntN(32, attr.nanBits)));
    else f.f64ConstBits(attr.nanBits);
    return;
  }
  const { value } = attr as IntegerAttr;
  switch (r.kind) {
    case 'i64':
      f.i64Const(value);
      return;
    case 'index':
      if (width === 'wide') f.i64Const(value);
      else f.i32Const(Number(value));
      return;
    case 'i32':
      f.i32Const(Number(value) | 0);
      return;
    default:
      f.i32Const(Number(value) & (2 ** r.bits - 1));
  }
}

const zeros = new Uint8Array(16);

/** The 16 bytes of a vector constant. */
export function vectorBytes(attr: DenseElementsAttr, r: Representation): Uint8Array {
  const { bytes, splat } = attr;
  if (r.kind === 'i1') return maskBytes(attr, r);
  if (bytes.length === 16) return bytes;
  const out = new Uint8Array(16);
  if (!splat) {
    out.set(bytes);
    return out;
  }
  // The lanes past the vector's own are filled too: shorter code in the engine than zeros there.
  for (let i = 0; i < 16; i++) out[i] = bytes[i % bytes.length]!;
  return out;
}

function maskBytes({ bytes, splat }: DenseElementsAttr, r: Representation): Uint8Array {
  if (splat && bytes[0] === 0) return zeros;
  const out = new Uint8Array(16);
  const width = r.bits / 8;
  for (let lane = 0; lane < r.lanes; lane++)
    if (bytes[splat ? 0 : lane] !== 0) out.fill(255, lane * width, (lane + 1) * width);
  return out;
}
