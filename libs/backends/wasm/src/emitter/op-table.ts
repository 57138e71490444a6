// What the emitter knows of an op: how it may be moved, which buffers it touches, and how it is written.
import type { Operation, Type } from '@budflow/ir';
import type { FunctionEmitter } from './function-emitter.js';
import type { Representation } from './representation.js';

/** What the target's engine has beyond 128-bit SIMD. */
export interface Features {
  readonly relaxedSimd: boolean;
}

/**
 * `pure`: pushes its result, may be moved. `load`: the same, not past a write. `store`: writes memory. `buffer`: makes a
 * memref, has no code. `control`: has regions. `terminator`: written by the op around it.
 */
export type OpKind = 'pure' | 'load' | 'store' | 'buffer' | 'control' | 'terminator';

export interface OpEntry {
  readonly kind: OpKind;
  /** Operands that are buffers, and where their indices begin (none: the whole buffer). */
  readonly memrefs?: readonly { readonly memref: number; readonly indices?: number }[];
  /** Position of the memref that is written. */
  readonly writes?: number;
  /** Why this op cannot be compiled; null when it can. */
  readonly check?: (op: Operation, features: Features) => string | null;
  readonly emit: (e: FunctionEmitter, op: Operation) => void;
}

export interface OpTable {
  readonly features: Features;
  find(op: Operation): OpEntry | undefined;
  representation(type: Type): Representation | null;
}
