// What a machine description says. Cost models, blocking and vectorization read it; backends read features and
// registers. Descriptions are plain JSON: built in, written by users, or detected.

/** Operations with a latency and a throughput: each on one vector of f32 of `vectorBits`. */
export const TIMED_OPERATIONS = ['fma', 'add', 'mul', 'div', 'sqrt', 'load', 'store'] as const;
export type TimedOperation = (typeof TIMED_OPERATIONS)[number];

/** One level of data cache. */
export interface CacheLevel {
  /** 1 is the nearest. */
  readonly level: number;
  readonly bytes: number;
  readonly lineBytes: number;
  readonly associativity: number;
  /** Number of logical processors that share it (1 if absent). */
  readonly sharedBy?: number;
}

/** A register tile of a matrix product: `mr` rows by `nr` f32 columns. */
export interface MicroKernelShape {
  readonly mr: number;
  readonly nr: number;
}

/** What is known of the compiler that turns our code into the machine's: V8 for Wasm, LLVM for native code. */
export interface EngineFacts {
  readonly name: 'v8' | 'llvm';
  /** Vector values that may be live at once before it spills (in old V8: before speed falls off a cliff). */
  readonly maxLiveVectors: number;
  /** Best first. */
  readonly microKernels: readonly MicroKernelShape[];
  /** Vector accumulators of a sum. Part of the order of reductions, so of the results in `default` numerics. */
  readonly sumAccumulators: number;
  /** Vectors per round of an elementwise loop. */
  readonly elementwiseUnroll: number;
}

/**
 * How the machine multiplies and adds: `exact` rounds once; `relaxed` rounds once or twice as the engine likes, always
 * alike; `none` has only separate instructions.
 */
export type FmaKind = 'none' | 'relaxed' | 'exact';

/** Nanoseconds that a kernel must take on one thread for several to be worth it. */
export interface ParallelFacts {
  /** While worker threads are awake, waiting for work. */
  readonly awakeNs: number;
  /** While they are parked, and must be woken up. */
  readonly parkedNs: number;
}

/** For descriptions that do not say: what threads of JavaScript cost on the reference machine. */
export const DEFAULT_PARALLEL: ParallelFacts = { awakeNs: 5_000, parkedNs: 100_000 };

/** A machine description. */
export interface Target {
  /** For editors. */
  readonly $schema?: string;
  readonly name: string;
  /** LLVM's target triple, of native targets. */
  readonly triple?: string;
  /** LLVM's processor name, of native targets. */
  readonly cpu?: string;
  /** Features by LLVM's names, without `+`. */
  readonly features: readonly string[];
  /** Widest vector in bits. */
  readonly vectorBits: number;
  /** Architectural vector registers (of the machine below the engine, for Wasm). */
  readonly vectorRegisters: number;
  /** Data caches, nearest first. */
  readonly caches: readonly CacheLevel[];
  /** Cycles until the result can be used. Without an fma, `fma` is a multiplication and an addition. */
  readonly latency: Readonly<Record<TimedOperation, number>>;
  /** Vector instructions per cycle. */
  readonly throughput: Readonly<Record<TimedOperation, number>>;
  /** GHz, to turn cycles into time. */
  readonly frequencyHint?: number;
  /** Logical processors. */
  readonly cores?: number;
  /** Bytes per cycle that one core streams (reads plus writes): from each of `caches` in turn, and from memory. */
  readonly bandwidth: { readonly caches: readonly number[]; readonly dram: number };
  readonly fma: FmaKind;
  /** Sequential streams the hardware prefetcher follows at once. */
  readonly maxPrefetchStreams: number;
  readonly engine?: EngineFacts;
  /** Nanoseconds to call a compiled kernel from JavaScript. */
  readonly dispatchCostNs: number;
  /** Work from which a kernel is divided among threads; without it as `DEFAULT_PARALLEL` says. */
  readonly parallel?: ParallelFacts;
  /** Where the numbers come from, by JSON pointer; a pointer covers everything below it. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Lanes of one vector for elements of `bits` bits. */
export function lanes(target: Target, bits: number): number {
  return Math.max(1, Math.floor(target.vectorBits / bits));
}

/** The data cache of a level, or undefined if the machine has none. */
export function cacheLevel(target: Target, level: number): CacheLevel | undefined {
  return target.caches.find((cache) => cache.level === level);
}

/** Where the value at a JSON pointer comes from: the longest pointer in `sources` that covers it. */
export function sourceOf(target: Target, pointer: string): string | undefined {
  for (let p = pointer; ; p = p.slice(0, p.lastIndexOf('/'))) {
    const source = target.sources[p];
    if (source !== undefined || p === '') return source;
  }
}
