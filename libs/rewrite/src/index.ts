// Public face of the rewrite lib.
export * from './constants.js';
export * from './conversion/index.js';
export * from './fingerprint.js';
export * from './fold.js';
export * from './greedy.js';
export * from './region-simplify/index.js';
export * from './regions.js';
