// The argument block of a kernel, the same on every backend: 64-bit words at the address a kernel is called with.
// Words of the runtime come first, then those of the kernel's arguments in order (see argument-layout.ts).

/** Word that holds the address of the state: partial results of chunks. */
export const WORD_STATE = 0;
/** Word that holds the address of the scratch memory of the calling thread. */
export const WORD_SCRATCH = 1;
/** Word that holds the prefetch distance in bytes; 0 is none. */
export const WORD_PREFETCH_DISTANCE = 2;
/** Tunables not in use yet; zero. */
export const WORDS_RESERVED = [3, 4, 5, 6, 7] as const;
/** First word of the kernel's arguments. */
export const FIRST_ARGUMENT_WORD = 8;
/** Bytes of one word. */
export const WORD_BYTES = 8;
/** Alignment in bytes of the argument block, the state and the scratch memory. */
export const BLOCK_ALIGNMENT = 64;
/** No array of a kernel begins below this address: addresses up to so many bytes before one do not wrap. */
export const LOWEST_ADDRESS = 1024;

/** What a kernel returns instead of the next chunk when it cannot go on. */
export const TrapCode = {
  /** A size or an index does not fit the 32 bits the kernel computes with. */
  indexRange: -1,
} as const;
export type TrapCode = (typeof TrapCode)[keyof typeof TrapCode];

/** The name of a trap code: `kind` of the RuntimeTrap it becomes. */
export function trapKind(code: number): string {
  return code === TrapCode.indexRange ? 'IndexRange' : 'KernelTrap';
}
