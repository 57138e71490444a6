// Public face of the memory dialect.
export { CopyOp, FillOp, LoadOp, StoreOp } from './access-ops.js';
export { AllocaOp, AllocOp, ArenaOp, DeallocOp } from './buffer-ops.js';
export { type AccessOptions, buildAlloc, buildDim, buildDynamicSizes, buildLoad, buildStore } from './build.js';
export { GlobalConstantOp } from './constant-op.js';
export { memoryDialect, registerMemoryDialect } from './dialect.js';
export {
  castProblem,
  dynamicDimCount,
  dynamicDimPosition,
  isAtLeastAsStatic,
  isContiguous,
  isLastDimContiguous,
  type StridedForm,
  stridesAndOffset,
} from './layout.js';
export { knownSize, subviewType } from './sizes.js';
export { SubviewOp } from './subview-op.js';
export { FromTensorOp, MaterializeOp, ToTensorOp } from './tensor-ops.js';
export { CastOp, DimOp, ReshapeOp, ViewOp } from './view-ops.js';
