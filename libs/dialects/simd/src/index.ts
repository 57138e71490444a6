// Public face of the simd dialect.
export { MulHighOp, NarrowOp, WidenHighOp, WidenLowOp, widerElement } from './convert-ops.js';
export { registerSimdDialect, simdDialect } from './dialect.js';
export { ExtractOp, InsertOp, MaskFirstNOp, SplatOp } from './lane-ops.js';
export { GatherOp, LoadOp, MaskedLoadOp, MaskedStoreOp, ScatterOp, StoreOp, StridedLoadOp } from './memory-ops.js';
export {
  REDUCE_OPS,
  ReduceAddOp,
  ReduceAndOp,
  ReduceMaxOp,
  ReduceMinOp,
  ReduceMulOp,
  ReduceOrOp,
  ReduceXorOp,
} from './reduce-ops.js';
export { maskKind, maskTypeOf } from './support.js';
export { ConcatOp, ShuffleOp, SliceOp } from './vector-ops.js';
