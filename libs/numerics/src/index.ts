export * from './algebra.js';
export * from './evaluate.js';
export * from './functions/exp.js';
export * from './functions/log.js';
export * from './functions/registry.js';
export * from './functions/sigmoid.js';
export * from './functions/sqrt.js';
