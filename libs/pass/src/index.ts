// Public face of the pass lib.
export * from './analysis.js';
export * from './debug-counter.js';
export * from './define-pass.js';
export * from './instrumentation.js';
export * from './ir-printing.js';
export * from './nearest.js';
export * from './options.js';
export * from './parse-pipeline.js';
export * from './pass-manager.js';
export * from './pipeline.js';
export * from './pipeline-config.js';
export * from './registry.js';
export * from './remark.js';
export * from './reproducer.js';
export * from './schema.js';
export * from './statistics.js';
export * from './timing.js';
