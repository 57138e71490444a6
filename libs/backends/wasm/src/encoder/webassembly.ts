// The part of the WebAssembly JavaScript interface this package uses, typed here: the language's own library types do
// not contain it, and the DOM's would let `document` compile in a library.

/** A compiled module. */
export type WasmModule = object;

/** A WebAssembly memory; the buffer is a new object after each growth. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

/** Exports of an instance: callers know the signatures of what they compiled. */
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

/** The global `WebAssembly` object. */
export interface WasmApi {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  readonly Instance: new (module: WasmModule, imports?: Record<string, Record<string, unknown>>) => WasmInstance;
}

/** The engine's WebAssembly. */
export function webAssembly(): WasmApi {
  const api = (globalThis as { WebAssembly?: WasmApi }).WebAssembly;
  if (!api) throw new Error('this JavaScript engine has no WebAssembly');
  return api;
}
