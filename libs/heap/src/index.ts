export type { Block } from './block.js';
export type { ConstantPool } from './constants.js';
export { HeapExhausted, HeapMisuse } from './errors.js';
export type { HeapOptions, HeapStatistics } from './heap.js';
export { GUARD_BYTES, Heap, MAXIMUM_BYTES } from './heap.js';
export type { DType, TypedArrays } from './views.js';
export { bytesPerElement, viewOf } from './views.js';
export type { WasmMemory } from './webassembly.js';
