export { wasmBackend } from './emitter/index.js';
export * from './encoder/index.js';
