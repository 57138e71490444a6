// Passes on array programs.
export { accumulateInF32 } from './accumulate-in-f32.js';
export { annotateOpPattern, OP_PATTERN_ATTR, opPatternName } from './annotate-op-pattern.js';
export { collapseDims } from './collapse-dims.js';
export { convertArithToArray } from './convert-arith-to-array.js';
export { derivePattern } from './derive-pattern.js';
export { expandPacks } from './expand-packs.js';
export { expandWindows } from './expand-windows.js';
export { fftTables } from './fft-tables.js';
export { fixNumerics, NUMERICS_ATTR } from './fix-numerics.js';
export { flattenTuples, flattenTuplesIn } from './flatten-tuples.js';
export { type BodyAccesses, bodyAccesses } from './fusion/body-accesses.js';
export type { FusionKind } from './fusion/emit.js';
export type { FusionOptions } from './fusion/plan.js';
export {
  FUSION_REFUSALS,
  type FusionDecision,
  type FusionRefusal,
  type FusionReport,
  type FusionVerdict,
  fusionReport,
  fusionReportToJson,
} from './fusion/report.js';
export type { FusionLimits } from './fusion/rules.js';
export { fuseBlock, fuseFunction, instructionFusion } from './instruction-fusion.js';
export { interchangeWhileMap } from './interchange-while-map.js';
export { LoopLowering, type LoopLoweringMethods } from './lowering/interface.js';
export { hasLoopLowering, loopLowering } from './lowering/registry.js';
export type { LoweringSite } from './lowering/site.js';
export { siblingFusion } from './sibling-fusion.js';
export { sinkBroadcasts } from './sink-broadcasts.js';
export { tabulateBytes } from './tabulate-bytes.js';
