// Simplification of the control flow of regions with several blocks.
export * from './block-arguments.js';
export * from './merge-blocks.js';
export * from './simplify.js';
