export { BUILT_IN_TARGETS } from './builtin.js';
export type { Issue } from './check.js';
export { hasRelaxedSimd, hasSimd, selectWasmTarget } from './engine.js';
export { compatibleTarget, getTarget, parseTarget, registerTarget, TargetError, targetNames } from './lookup.js';
export type { Schema } from './schema.js';
export { TARGET_SCHEMA } from './schema.js';
export type {
  CacheLevel,
  EngineFacts,
  FmaKind,
  MicroKernelShape,
  ParallelFacts,
  Target,
  TimedOperation,
} from './target.js';
export { cacheLevel, DEFAULT_PARALLEL, lanes, sourceOf, TIMED_OPERATIONS } from './target.js';
