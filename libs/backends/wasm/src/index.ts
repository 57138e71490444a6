export * from './encoder/index.js';
export { wasmBackend } from './emitter/index.js';
