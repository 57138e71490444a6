// The passes that every pipeline runs between others, apart from the rest: they need no analyses, and load quickly.
export * from './canonicalize.js';
export * from './cse.js';
export * from './dce.js';
