// Public face of the array dialect.

export { buildCombined, combinerKind } from './combine.js';
export {
  type ConvLabels,
  type ConvSide,
  type ConvWindow,
  convLabels,
  convWindow,
  isPlainConv,
  readConvLabels,
} from './conv-dims.js';
export { arrayDialect } from './dialect.js';
export { isBoolean, isExactConversion, isRounded, isUnsigned } from './element-types.js';
export { type FftItem, type FftKind, type FftPlan, isRealFft, transformItem } from './fft/item.js';
export type { Complex, LineMachine } from './fft/machine.js';
export { type GatherDims, outerDims, walkedIndexDims, windowOperandDims } from './gather-dims.js';
export { type SolveOptions, solvesForward } from './interpret/linear-algebra.js';
export { interpretStructured, structuredInterpretation } from './interpret/structured.js';
export * from './kinds.js';
export * from './ops/binary.js';
export * from './ops/bitcast.js';
export { BroadcastOp, broadcastSize, dimsThatNeedSizes } from './ops/broadcast.js';
export * from './ops/cast.js';
export { ClampOp, CmpOp, FmaOp, SelectOp } from './ops/compare.js';
export { AbsOp, ComplexOp, ConjOp, ImagOp, RealOp } from './ops/complex.js';
export { ConcatOp } from './ops/concat.js';
export { ConvOp } from './ops/conv.js';
export * from './ops/creation.js';
export { CUSTOM_CALL_ATTRS, CustomCallOp } from './ops/custom-call.js';
export { DimOp, sizeOperand, sizeSource } from './ops/dim.js';
export { type DotDimensions, DotGeneralOp, dotDimensions } from './ops/dot-general.js';
export { DynamicSliceOp, DynamicUpdateSliceOp } from './ops/dynamic-slice.js';
export { EmptyOp } from './ops/empty.js';
export { ExpectOp } from './ops/expect.js';
export { ExtractOp, FromScalarOp } from './ops/extract.js';
export { FftOp, partOf, planOfFft } from './ops/fft.js';
export * from './ops/functions.js';
export { bodyOps, FusionOp, YieldOp } from './ops/fusion.js';
export { GatherOp, gatherDims } from './ops/gather.js';
export { IsFiniteOp } from './ops/is-finite.js';
export { CholeskyOp, solveOptions, TriangularSolveOp } from './ops/linear-algebra.js';
export { MapOp } from './ops/map.js';
export * from './ops/not.js';
export { PackOp, type Tiling, tileOf, tilingOf, UnpackOp } from './ops/pack.js';
export * from './ops/pad.js';
export { namedReduction, ReduceOp, reductionOrder } from './ops/reduce.js';
export { ReduceWindowOp, SelectAndScatterOp } from './ops/reduce-window.js';
export { ReshapeOp, reshapeIndices } from './ops/reshape.js';
export { buildResultSizes, buildSizeRule } from './ops/result-sizes.js';
export { ReverseOp } from './ops/reverse.js';
export { ArgMaxOp, ArgMinOp, ScanOp } from './ops/scan.js';
export { ScatterOp, scatterDims } from './ops/scatter.js';
export { SliceOp } from './ops/slice.js';
export { buildSort, SortOp } from './ops/sort.js';
export * from './ops/transpose.js';
export { GetTupleElementOp, TupleOp } from './ops/tuple.js';
export * from './ops/unary.js';
export { effectiveKind, identityAttribute } from './reduce-body.js';
export {
  CANONICAL_BLOCK,
  CANONICAL_LANES,
  CANONICAL_LANES_ORDER,
  CANONICAL_OUTER_ORDER,
  OrderAttr,
} from './reduction-order.js';
export { inlineScalarRegion } from './region.js';
export { type OperandDim, ShapeRules, type SizeConstraint, type SizeRule, sizeRule } from './shape-rules.js';
export { buildTotalOrderKey, matchTotalOrderKey, type SortOrder, sortOrderOf } from './sort-order.js';
export { type WindowDims, windowDims } from './window-dims.js';
