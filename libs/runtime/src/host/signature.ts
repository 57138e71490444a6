// Types of entry functions as callers see them.
import {
  byteWidth,
  DYNAMIC,
  FunctionType,
  InternalError,
  MemRefType,
  type Operation,
  TensorType,
  type Type,
  TypeAttr,
} from '@budflow/ir';
import type { ArgumentSpec } from './program.js';

/** Types of a function as its callers see them: those from before bufferization, where they are known. */
export function signatureOf(func: Operation): FunctionType {
  for (const name of ['rt.signature', 'function_type']) {
    const attr = func.attr(name);
    if (attr instanceof TypeAttr && attr.type instanceof FunctionType) return attr.type;
  }
  throw new InternalError('a function without a type', func);
}

/** A type as the specification of an argument or a result; undefined for types that calls cannot pass. */
export function specOf(type: Type): ArgumentSpec | undefined {
  if (type instanceof TensorType || type instanceof MemRefType) {
    const shape = type.shape.map((d) => (d === DYNAMIC ? null : d));
    return { kind: 'array', dtype: type.element.toString(), shape };
  }
  return byteWidth(type) === undefined ? undefined : { kind: 'scalar', dtype: type.toString() };
}
