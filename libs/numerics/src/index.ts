export * from './algebra.js';
export * from './evaluate.js';
