// Public face of the analyses.
export * from './accesses.js';
export * from './dataflow/index.js';
export {
  carriedDependence,
  type Dependence,
  DependenceAnalysis,
  type DependenceReport,
  reversedDependence,
} from './dependence.js';
export { IndexSpace, type Interval, loopOfVariable, maximalTripCount } from './index-space.js';
export { isDefinedInside, loopName } from './loops.js';
