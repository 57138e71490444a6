// General passes.
export * from './canonicalize.js';
export * from './control-flow-sink.js';
export * from './cse.js';
export * from './dce.js';
export * from './inline.js';
export * from './inlining/call-graph.js';
export { inlineCall, NO_INLINE } from './inlining/inline-call.js';
export * from './int-range-optimizations.js';
export * from './op-equality.js';
export * from './print-op-stats.js';
export * from './remove-dead-values.js';
export * from './sccp.js';
export * from './strip-debuginfo.js';
export * from './symbol-dce.js';
export * from './symbol-privatize.js';
export * from './topological-sort.js';
export * from './view-op-graph.js';
