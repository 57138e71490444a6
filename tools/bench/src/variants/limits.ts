// Hand-written kernels as a variant. Inputs, results and scratch are blocks of a heap of their own.

import { probeRelaxedSimd } from '@budflow/backend-wasm';
import { type Block, Heap, type DType as HeapDType } from '@budflow/heap';
import { LIMITS } from '../../limits/index.js';
import { type ArrayType, arrayBytes, elementCount } from '../programs/graph.js';
import type { Data } from '../programs/reference.js';
import type { Variant } from './variant.js';

let shared: Heap | null = null;

/** The heap of hand-written kernels and roofs. */
export function limitHeap(): Heap {
  shared ??= Heap.create();
  return shared;
}

/** Compiles a module that imports env.memory and returns its `run`. */
export function instantiateKernel(bytes: Uint8Array<ArrayBuffer>, heap: Heap): (...addresses: number[]) => void {
  const imports = { env: { memory: heap.memory as WebAssembly.Memory } };
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports.run as (
    ...addresses: number[]
  ) => void;
}

export const limitVariant: Variant = {
  name: 'limit',
  role: 'limit',
  async prepare({ program, sizes, outputs }, inputs) {
    const kernel = program.family.limit === undefined ? undefined : LIMITS[program.family.limit];
    if (!kernel) return { skipped: 'no hand-written kernel' };
    const unsupported = kernel.unsupported(sizes);
    if (unsupported !== null) return { skipped: `hand-written kernel: ${unsupported}` };
    const heap = limitHeap();
    const start = performance.now();
    const run = instantiateKernel(kernel.build(sizes, { relaxedSimd: probeRelaxedSimd() }).build(), heap);
    const compileMs = performance.now() - start;
    const inputBlocks = inputs.map((data) => heap.allocate(data.byteLength));
    const outputBlocks = outputs.map((type) => heap.allocate(arrayBytes(type)));
    const scratch = heap.allocate(kernel.scratchBytes(sizes));
    const bytesOf = (block: Block) => heap.typedArray(block, 'ui8', block.byteLength);
    // Views come after the last allocation, as growth makes earlier ones stale.
    inputs.forEach((data, i) => {
      bytesOf(inputBlocks[i]).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    });
    const view = (type: ArrayType, block: Block) =>
      heap.typedArray(block, type.dtype as HeapDType, elementCount(type.shape)) as Data;
    const addresses = [...inputBlocks, ...outputBlocks, scratch].map((block) => block.address);
    const [a, b, c, d, e] = addresses;
    const calls: Record<number, () => void> = {
      3: () => run(a, b, c),
      4: () => run(a, b, c, d),
      5: () => run(a, b, c, d, e),
    };
    return {
      call: calls[addresses.length] ?? (() => run(...addresses)),
      read: () => outputs.map((type, i) => view(type, outputBlocks[i])),
      dispose: () => {
        for (const block of [...inputBlocks, ...outputBlocks, scratch]) heap.free(block);
      },
      compileMs,
    };
  },
};
