// The dialect object.
import { type Context, defineDialect } from '@budflow/ir';
import { CopyOp, FillOp, LoadOp, StoreOp } from './access-ops.js';
import { AllocaOp, AllocOp, ArenaOp, DeallocOp } from './buffer-ops.js';
import { GlobalConstantOp } from './constant-op.js';
import { SubviewOp } from './subview-op.js';
import { FromTensorOp, MaterializeOp, ToTensorOp } from './tensor-ops.js';
import { CastOp, DimOp, ReshapeOp, ViewOp } from './view-ops.js';

export const memoryDialect = defineDialect({
  name: 'memory',
  summary: 'buffers: allocation, views, element access, and the border to tensors',
  description:
    'Buffers are values of type memref. Index operands are plain index values; affine ones are made by loop.apply or arith.',
  ops: [
    AllocOp,
    AllocaOp,
    DeallocOp,
    ArenaOp,
    GlobalConstantOp,
    ViewOp,
    SubviewOp,
    CastOp,
    ReshapeOp,
    DimOp,
    LoadOp,
    StoreOp,
    CopyOp,
    FillOp,
    ToTensorOp,
    FromTensorOp,
    MaterializeOp,
  ],
  materializeConstant: (builder, loc, value, type) =>
    builder.context.dialect('arith')?.materializeConstant?.(builder, loc, value, type) ?? null,
});

/** Registers the dialect; does nothing when it is there. */
export function registerMemoryDialect(context: Context): void {
  context.registerDialect(memoryDialect);
}
