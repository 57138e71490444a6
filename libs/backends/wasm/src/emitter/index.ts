export { wasmBackend } from './backend.js';
