// General passes.
export * from './canonicalize.js';
export * from './cse.js';
export * from './dce.js';
export * from './op-equality.js';
