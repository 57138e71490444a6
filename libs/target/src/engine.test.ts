// What is selected when the engine lacks something: the engine is replaced, as no Node without SIMD is supported.
import { afterEach, expect, it, vi } from 'vitest';
import { hasSimd, selectWasmTarget, TargetError } from './index.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Validates with the real engine only modules shorter than `limit`: the relaxed one is the longer. */
function engineThatRefuses(limit: number): void {
  const real = WebAssembly;
  vi.stubGlobal('WebAssembly', {
    validate: (bytes: Uint8Array<ArrayBuffer>) => bytes.length < limit && real.validate(bytes),
  });
}

it('selects plain SIMD where relaxed SIMD is refused', () => {
  engineThatRefuses(35);
  expect(hasSimd()).toBe(true);
  expect(selectWasmTarget().name).toBe('wasm32-simd128');
});

it('says that SIMD is needed where it is missing', () => {
  engineThatRefuses(0);
  expect(() => selectWasmTarget()).toThrow(TargetError);
  vi.stubGlobal('WebAssembly', undefined);
  expect(() => selectWasmTarget()).toThrow(/no WebAssembly SIMD/);
});
