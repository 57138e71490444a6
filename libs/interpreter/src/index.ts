// Public face of the interpreter.

export { customCallOf } from './builtin-calls.js';
export * from './custom-calls.js';
export * from './element.js';
export * from './elementwise.js';
export * from './expectation.js';
export * from './fold.js';
export * from './interpretable.js';
export * from './interpreter.js';
export * from './kernels.js';
export * from './scalar/casts.js';
export * from './scalar/floats.js';
export * from './scalar/integers.js';
export * from './trap.js';
export * from './value-model.js';
