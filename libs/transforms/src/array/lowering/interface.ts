// How an op without a structured form becomes loops: it builds them itself, over buffers.
//
// An op that implements LoopLowering is a kernel of its own (`array.fusion .. kind = "opaque"`): its operands lie in
// memory, bufferization provides buffers for its results. Loops named `stage.d0, stage.d1, ..` at the root of the kernel
// say that their iterations touch different elements: they are scheduled, vectorised and cut into chunks like those of any
// other op. Loops of any other name run in their order.
import { defineInterface, type Operation } from '@budflow/ir';
import type { LoweringSite } from './site.js';

export interface LoopLoweringMethods {
  /** Builds the loops that store all elements of the results, at the insertion point of the site's builder. */
  build(op: Operation, site: LoweringSite): void;
  /**
   * Destination style: the operand over whose memory result `result` may be written when it dies here and no other operand is that
   * tensor. `build` starts with `site.provideDestination`, or reads every element before it writes to its place.
   */
  destination?(op: Operation, result: number): number | undefined;
  /** Whether this op of that name needs the lowering; default: always. Others take part in fusion by their structured form. */
  applies?(op: Operation): boolean;
}

export const LoopLowering = defineInterface<LoopLoweringMethods>('LoopLowering');
