// Public face of the analyses.
export * from './accesses.js';
export { Alignments, BUFFER_ALIGNMENT } from './alignment.js';
export * from './dataflow/index.js';
export {
  carriedDependence,
  type Dependence,
  DependenceAnalysis,
  type DependenceReport,
  reversedDependence,
} from './dependence.js';
export type { Sign } from './dependence-system.js';
export { gcd } from './gcd.js';
export { IndexSpace, type Interval, loopOfVariable, maximalTripCount } from './index-space.js';
export { IntegerSystem, type LinearRow } from './integer-system.js';
export { isDefinedInside, loopName } from './loops.js';
export { type Accumulation, accumulationOf } from './reductions.js';
export { type CommonBlock, commonBlock, StoreReach } from './store-reach.js';
