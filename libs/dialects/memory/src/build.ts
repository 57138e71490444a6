// Building memory ops.
import {
  type Builder,
  DYNAMIC,
  InternalError,
  type LocationRef,
  type MemRefType,
  type Operation,
  type Value,
} from '@budflow/ir';
import { LoadOp, StoreOp } from './access-ops.js';
import { AllocaOp, AllocOp } from './buffer-ops.js';

import { knownSize } from './sizes.js';
import { DimOp } from './view-ops.js';

export interface AccessOptions {
  /** Bytes the address is known to be a multiple of. */
  readonly alignment?: number | undefined;
  readonly nontemporal?: boolean;
}

/** `memory.load` of the element at `indices`. */
export function buildLoad(
  builder: Builder,
  loc: LocationRef,
  memref: Value,
  indices: readonly Value[],
  options: AccessOptions = {},
): Value {
  return LoadOp.build(builder, loc, { memref, indices, ...options });
}

/** `memory.store` of `value` to the element at `indices`. */
export function buildStore(
  builder: Builder,
  loc: LocationRef,
  value: Value,
  memref: Value,
  indices: readonly Value[],
  options: AccessOptions = {},
): Operation {
  return StoreOp.create(builder, loc, { value, memref, indices, ...options });
}

/** `memory.alloc`, or `memory.alloca` for kernel scratch, of a type; `sizes` for its dynamic dimensions in order. */
export function buildAlloc(
  builder: Builder,
  loc: LocationRef,
  type: MemRefType,
  sizes: readonly Value[] = [],
  options: { readonly scratch?: boolean; readonly alignment?: number | undefined } = {},
): Value {
  const args = { dynamicSizes: sizes, alignment: options.alignment, resultTypes: [type] };
  return options.scratch ? AllocaOp.build(builder, loc, args) : AllocOp.build(builder, loc, args);
}

/** Size `dim` of a buffer as an index value: the operand that gave it, a constant, or memory.dim. */
export function buildDim(builder: Builder, loc: LocationRef, memref: Value, dim: number): Value {
  const { context } = builder;
  const known = knownSize(memref, dim);
  if (known === undefined) return DimOp.build(builder, loc, { memref, dimension: dim });
  if (typeof known !== 'number') return known;
  const made = context.dialect('arith')?.materializeConstant?.(builder, loc, context.indexAttr(known), context.index);
  if (!made) throw new InternalError("index constants need the dialect 'arith': register it in the context");
  return made.result(0);
}

/** The values of the dynamic sizes of a buffer, in order: what memory.alloc of the same type takes. */
export function buildDynamicSizes(builder: Builder, loc: LocationRef, memref: Value): Value[] {
  const { shape } = memref.type as MemRefType;
  const sizes: Value[] = [];
  shape.forEach((d, i) => {
    if (d === DYNAMIC) sizes.push(buildDim(builder, loc, memref, i));
  });
  return sizes;
}
