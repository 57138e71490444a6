// What the heap throws.

/**
 * A request does not fit below the heap's limit. Thrown before anything runs; the heap is as it was.
 * `kind` is the kind of the runtime trap that reports it.
 */
export class HeapExhausted extends Error {
  override readonly name = 'HeapExhausted';
  readonly kind = 'HeapExhausted';
  /** Bytes asked for. */
  readonly requested: number;
  /** Bytes free below the limit, in all pieces together. */
  readonly free: number;
  /** Bytes of the largest single piece. */
  readonly largestFree: number;

  constructor(requested: number, free: number, largestFree: number, limit: number) {
    super(
      `heap exhausted: ${requested} bytes requested, ${free} bytes free (largest piece ${largestFree}) ` +
        `of at most ${limit}; dispose of arrays, or create the heap with larger maximumBytes`,
    );
    this.requested = requested;
    this.free = free;
    this.largestFree = largestFree;
  }
}

/** The heap was used wrongly: a block freed twice, of another heap, or too small for a view. Our bug, not the user's. */
export class HeapMisuse extends Error {
  override readonly name = 'HeapMisuse';
  readonly kind = 'InternalError';
}
