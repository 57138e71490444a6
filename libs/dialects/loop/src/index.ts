// Public face of the loop dialect.

export { affineExprOf, type LinearIndex, linearIndexOf } from './affine-expr-of.js';
export { constantDifference, type LinearForm, linearForm, normalizeExpr } from './affine-linear.js';
export {
  type AppliedMap,
  appliedValue,
  composeAppliedMap,
  constantIndex,
  dropDominatedResults,
  overCommonInputs,
  singleValue,
} from './affine-operands.js';
export { applyAffine, buildIndexConstant, combineAffine } from './apply-affine.js';
export { ApplyOp, MaxOp, MinOp } from './apply-ops.js';
export { LoopAttrs, type LoopPipeline, PipelineAttr, TAIL_KINDS, type TailKind } from './attributes.js';
export { ConditionOp, IfOp, WhileOp } from './branch-ops.js';
export { type BoundLike, buildFor, carriedArguments, type ForOptions, inductionVariable } from './build.js';
export { loopDialect, registerLoopDialect } from './dialect.js';
export { constantTripCount, type ForBounds, forBounds, forInits, setForBounds } from './for-bounds.js';
export { ForOp, YieldOp } from './for-op.js';
export { checkLoopNames, loopsByName, nameLoops, walkLoops } from './names.js';
