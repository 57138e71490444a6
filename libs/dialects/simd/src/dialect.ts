// The dialect object.
import { type Context, defineDialect } from '@budflow/ir';
import { MulHighOp, NarrowOp, WidenHighOp, WidenLowOp } from './convert-ops.js';
import { ExtractOp, InsertOp, MaskFirstNOp, SplatOp } from './lane-ops.js';
import { GatherOp, LoadOp, MaskedLoadOp, MaskedStoreOp, ScatterOp, StoreOp, StridedLoadOp } from './memory-ops.js';
import { REDUCE_OPS } from './reduce-ops.js';
import { ConcatOp, ShuffleOp, SliceOp } from './vector-ops.js';

export const simdDialect = defineDialect({
  name: 'simd',
  summary: 'vector access to buffers, movement of lanes, widths of lanes, reductions',
  description:
    'What arith and math on vectors cannot say. Vectors have one dimension; arithmetic on them is arith and math.',
  ops: [
    LoadOp,
    StoreOp,
    MaskedLoadOp,
    MaskedStoreOp,
    StridedLoadOp,
    GatherOp,
    ScatterOp,
    SplatOp,
    ExtractOp,
    InsertOp,
    ShuffleOp,
    SliceOp,
    ConcatOp,
    MaskFirstNOp,
    WidenLowOp,
    WidenHighOp,
    NarrowOp,
    MulHighOp,
    ...Object.values(REDUCE_OPS),
  ],
  materializeConstant: (builder, loc, value, type) =>
    builder.context.dialect('arith')?.materializeConstant?.(builder, loc, value, type) ?? null,
});

/** Registers the dialect; does nothing when it is there. */
export function registerSimdDialect(context: Context): void {
  context.registerDialect(simdDialect);
}
