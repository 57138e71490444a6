// Which WebAssembly target this engine can run, found by letting it validate tiny modules. Works everywhere; on Node,
// `wasmTargetForThisEngine` of `@budflow/target/node` also switches relaxed SIMD on and looks at the machine.

import { getTarget, TargetError } from './lookup.js';
import type { Target } from './target.js';

// A function () -> v128 whose body is one `i32.const 0; i8x16.splat`.
const SIMD_MODULE = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 8, 1, 6, 0, 0x41, 0, 0xfd, 0x0f, 0x0b,
];
// The same with three vectors and `f32x4.relaxed_madd`.
const RELAXED_SIMD_MODULE = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 19, 1, 17, 0, 0x41, 0, 0xfd, 0x0f, 0x41,
  0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 0x02, 0x0b,
];

/** Whether the engine has WebAssembly with 128-bit SIMD. */
export function hasSimd(): boolean {
  return validates(SIMD_MODULE);
}

/** Whether the engine has relaxed SIMD, switched on. */
export function hasRelaxedSimd(): boolean {
  return validates(RELAXED_SIMD_MODULE);
}

/** Generations of V8 by their major versions, of which the facts of registers were measured. */
export type EngineGeneration = 11 | 12 | 13;

// A type section with one empty structure.
const GC_MODULE = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 3, 1, 0x5f, 0];

/**
 * The newest generation of V8 whose features this engine has: structures in WebAssembly came with 12 (Node 22),
 * Float16Array with 13 (Node 24). Other engines are taken for the generation they came out with.
 */
export function engineGeneration(): EngineGeneration {
  if (!validates(GC_MODULE)) return 11;
  return 'Float16Array' in globalThis ? 13 : 12;
}

/** The best built-in WebAssembly target this engine can run. @throws TargetError if it has no SIMD */
export function selectWasmTarget(): Target {
  if (hasRelaxedSimd()) return getTarget('wasm32-relaxed-simd');
  if (hasSimd()) return getTarget('wasm32-simd128');
  throw new TargetError('this JavaScript engine has no WebAssembly SIMD, which every WebAssembly target needs');
}

function validates(bytes: readonly number[]): boolean {
  const api = (globalThis as { WebAssembly?: { validate(bytes: Uint8Array): boolean } }).WebAssembly;
  return api?.validate(new Uint8Array(bytes)) ?? false;
}
