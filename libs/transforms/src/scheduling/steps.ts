// The steps of schedules: their fields, and the schemas by which they are checked and documented.
import type { OptionSchemas } from '@budflow/pass';

export const TAIL_STRATEGIES = ['peel', 'guard', 'shift', 'mask'] as const;
/**
 * How the iterations left over by a split are run: in a loop of their own (`peel`), by a shorter last inner loop
 * (`guard`), by a last inner loop that starts earlier and repeats iterations (`shift`), or under a condition (`mask`).
 */
export type TailStrategy = (typeof TAIL_STRATEGIES)[number];

export interface SplitStep {
  readonly primitive: 'split';
  readonly loop: string;
  readonly factor: number;
  /** Default 'peel'. */
  readonly tail?: TailStrategy;
}
export const TILE_TAILS = ['guard', 'shift'] as const;
export interface TileStep {
  readonly primitive: 'tile';
  /** Perfectly nested loops, outermost first. */
  readonly loops: readonly string[];
  /** Iterations of a tile, one number for each loop. */
  readonly factors: readonly number[];
  /** Default 'guard'. */
  readonly tail?: (typeof TILE_TAILS)[number];
}
export interface ReorderStep {
  readonly primitive: 'reorder';
  /** The new order, outermost first. */
  readonly loops: readonly string[];
}
export interface FuseStep {
  readonly primitive: 'fuse';
  /** A loop and the loop directly inside. */
  readonly loops: readonly string[];
}
export interface MergeStep {
  readonly primitive: 'merge';
  /** Two loops of one block with the same bounds, in program order. */
  readonly loops: readonly string[];
}
export interface UnrollStep {
  readonly primitive: 'unroll';
  readonly loop: string;
  /** Copies; all iterations when it is not given. */
  readonly factor?: number;
}
export interface UnrollAndJamStep {
  readonly primitive: 'unroll_and_jam';
  readonly loop: string;
}
export interface VectorizeStep {
  readonly primitive: 'vectorize';
  readonly loop: string;
}
export interface ParallelStep {
  readonly primitive: 'parallel';
  readonly loop: string;
  /** Iterations that one worker takes at a time. */
  readonly grain?: number;
}
export const PEEL_ENDS = ['front', 'back'] as const;
export interface PeelStep {
  readonly primitive: 'peel';
  readonly loop: string;
  /** Default 1. */
  readonly iterations?: number;
  /** Default 'front'. */
  readonly end?: (typeof PEEL_ENDS)[number];
}
export interface UnswitchStep {
  readonly primitive: 'unswitch';
  readonly loop: string;
}
export interface DistributeStep {
  readonly primitive: 'distribute';
  readonly loop: string;
  /** The loop directly inside that gets the loop for itself. */
  readonly at: string;
}
export interface ComputeAtStep {
  readonly primitive: 'compute_at';
  readonly stage: string;
  readonly loop: string;
}
export interface ComputeRootStep {
  readonly primitive: 'compute_root';
  readonly stage: string;
}
export interface StoreAtStep {
  readonly primitive: 'store_at';
  readonly stage: string;
  /** The loop in whose body the buffer lives; the kernel's body when it is not given. */
  readonly loop?: string;
}
export interface CacheReadStep {
  readonly primitive: 'cache_read';
  /** `arg1` for an argument of the kernel (from 0), otherwise the name of the stage that writes the buffer. */
  readonly buffer: string;
  readonly loop: string;
}
export interface CacheWriteStep {
  readonly primitive: 'cache_write';
  readonly buffer: string;
  readonly loop: string;
}
export interface PackStep {
  readonly primitive: 'pack';
  /** `arg1` for an argument of the kernel (from 0), otherwise the name of the stage that writes the buffer. */
  readonly buffer: string;
  /** The dimensions of the packed copy, outermost first; lanes and unrolled copies come behind them. */
  readonly loops: readonly string[];
}
export interface RFactorStep {
  readonly primitive: 'rfactor';
  /** The loop of a reduction. */
  readonly loop: string;
  /** Partial results. */
  readonly factor: number;
}
export interface PrefetchStep {
  readonly primitive: 'prefetch';
  readonly buffer: string;
  readonly loop: string;
  /** Iterations of the loop ahead. */
  readonly distance: number;
}
export interface StoreNontemporalStep {
  readonly primitive: 'store_nontemporal';
  readonly buffer: string;
  /** The nest whose stores are meant; all of the kernel when it is not given. */
  readonly loop?: string;
}

export type Step =
  | SplitStep
  | TileStep
  | ReorderStep
  | FuseStep
  | MergeStep
  | UnrollStep
  | UnrollAndJamStep
  | VectorizeStep
  | ParallelStep
  | PeelStep
  | UnswitchStep
  | DistributeStep
  | ComputeAtStep
  | ComputeRootStep
  | StoreAtStep
  | CacheReadStep
  | CacheWriteStep
  | PackStep
  | RFactorStep
  | PrefetchStep
  | StoreNontemporalStep;
export type PrimitiveName = Step['primitive'];

/** The fields of a step besides `primitive`: their schemas, and which must be given. */
export interface StepSchema {
  readonly summary: string;
  readonly properties: OptionSchemas;
  readonly required: readonly string[];
}

const loop = { type: 'string', description: 'Name of the loop.' } as const;
const stage = { type: 'string', description: 'Name of the stage.' } as const;
const buffer = {
  type: 'string',
  description: '`arg1` for an argument of the kernel (from 0), or the stage that writes the buffer.',
} as const;
const count = (description: string, minimum = 1) =>
  ({ type: 'integer', minimum, maximum: 2 ** 31 - 1, description }) as const;
const names = (description: string, minItems: number) =>
  ({ type: 'array', items: { type: 'string' }, minItems, description }) as const;

export const STEP_SCHEMAS: Readonly<Record<PrimitiveName, StepSchema>> = {
  split: {
    summary: 'cuts a loop into an outer and an inner one of `factor` iterations: x becomes x.o and x.i',
    properties: {
      loop,
      factor: count('Iterations of the inner loop.'),
      tail: {
        type: 'string',
        enum: TAIL_STRATEGIES,
        default: 'peel',
        description: 'How left-over iterations are run.',
      },
    },
    required: ['loop', 'factor'],
  },
  tile: {
    summary: 'cuts nested loops into tiles: x, y become x.o, y.o, x.i, y.i',
    properties: {
      loops: names('Perfectly nested loops, outermost first.', 1),
      factors: {
        type: 'array',
        items: { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 },
        minItems: 1,
        description: 'Iterations of a tile, one number for each loop.',
      },
      tail: { type: 'string', enum: TILE_TAILS, default: 'guard', description: 'How left-over iterations are run.' },
    },
    required: ['loops', 'factors'],
  },
  reorder: {
    summary: 'brings perfectly nested loops into another order',
    properties: { loops: names('The new order, outermost first.', 2) },
    required: ['loops'],
  },
  fuse: {
    summary: 'makes one loop of two nested ones: x, y become x.y',
    properties: { loops: names('A loop and the loop directly inside.', 2) },
    required: ['loops'],
  },
  merge: {
    summary: 'makes one loop of two that follow one another with the same bounds',
    properties: { loops: names('The two loops, in program order.', 2) },
    required: ['loops'],
  },
  unroll: {
    summary: 'writes iterations of a loop one after the other',
    properties: { loop, factor: count('Copies; all iterations when it is not given.') },
    required: ['loop'],
  },
  unroll_and_jam: {
    summary: 'unrolls a loop and puts the copies of each statement and of each inner loop together',
    properties: { loop },
    required: ['loop'],
  },
  vectorize: {
    summary: 'runs all iterations of a loop at once, one in each lane',
    properties: { loop },
    required: ['loop'],
  },
  parallel: {
    summary: 'lets the iterations of a loop run at the same time: on several threads where no loop is around it',
    properties: { loop, grain: count('Iterations that one worker takes at a time.') },
    required: ['loop'],
  },
  peel: {
    summary: 'gives the first or last iterations a loop of their own',
    properties: {
      loop,
      iterations: { ...count('How many.'), default: 1 },
      end: { type: 'string', enum: PEEL_ENDS, default: 'front', description: 'Which end.' },
    },
    required: ['loop'],
  },
  unswitch: {
    summary: 'decides a condition that a loop does not change in front of it: one loop for each answer',
    properties: { loop },
    required: ['loop'],
  },
  distribute: {
    summary: 'cuts a loop in front of and behind a loop inside it',
    properties: { loop, at: { type: 'string', description: 'Name of the loop inside.' } },
    required: ['loop', 'at'],
  },
  compute_at: {
    summary: 'moves the nest of a stage into a loop of its consumer',
    properties: { stage: { type: 'string', description: 'Name of the stage to move.' }, loop },
    required: ['stage', 'loop'],
  },
  compute_root: {
    summary: 'moves a stage out of the loops of its consumer, into a nest of its own in front of it',
    properties: { stage },
    required: ['stage'],
  },
  store_at: {
    summary: 'lets the buffer of a stage live in the body of a loop',
    properties: { stage, loop: { ...loop, description: 'Name of the loop; the body of the kernel without it.' } },
    required: ['stage'],
  },
  cache_read: {
    summary: 'copies what a loop reads of a buffer into a small one in front of it',
    properties: { buffer, loop },
    required: ['buffer', 'loop'],
  },
  cache_write: {
    summary: 'collects what a loop writes to a buffer in a small one, which is copied back behind it',
    properties: { buffer, loop },
    required: ['buffer', 'loop'],
  },
  pack: {
    summary: 'copies what a nest reads of a buffer into the order in which it reads it',
    properties: { buffer, loops: names('Dimensions of the copy, outermost first.', 1) },
    required: ['buffer', 'loops'],
  },
  rfactor: {
    summary: 'makes one reduction a number of interleaved ones, whose results are combined',
    properties: { loop, factor: count('Partial results.', 2) },
    required: ['loop', 'factor'],
  },
  prefetch: {
    summary: 'asks for the elements a loop will read some iterations later',
    properties: { buffer, loop, distance: count('Iterations of the loop ahead.') },
    required: ['buffer', 'loop', 'distance'],
  },
  store_nontemporal: {
    summary: 'marks stores whose data need not stay in caches',
    properties: { buffer, loop: { ...loop, description: 'The nest whose stores are meant; all without it.' } },
    required: ['buffer'],
  },
};
