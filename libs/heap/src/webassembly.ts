// The one part of the WebAssembly JavaScript interface the heap uses, typed here: the language's own library types do
// not contain it, and the DOM's would let `document` compile in a library.

/** A WebAssembly memory; `buffer` is a new object after each growth. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

interface MemoryDescriptor {
  readonly initial: number;
  readonly maximum: number;
  readonly shared?: boolean;
}

/** Bytes of a WebAssembly page. */
export const PAGE = 65536;

/** Creates a memory. @throws RangeError if the engine cannot reserve it */
export function createMemory(descriptor: MemoryDescriptor): WasmMemory {
  const api = (globalThis as { WebAssembly?: { Memory: new (d: MemoryDescriptor) => WasmMemory } }).WebAssembly;
  if (!api) throw new Error('this JavaScript engine has no WebAssembly');
  return new api.Memory(descriptor);
}
