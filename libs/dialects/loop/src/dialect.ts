// The dialect object.
import { type Context, defineDialect } from '@budflow/ir';
import { ApplyOp, MaxOp, MinOp } from './apply-ops.js';
import { PipelineAttr } from './attributes.js';
import { ConditionOp, IfOp, WhileOp } from './branch-ops.js';
import { ForOp, YieldOp } from './for-op.js';

export const loopDialect = defineDialect({
  name: 'loop',
  summary: 'structured loops with affine bounds, names and schedule annotations',
  description: `Control flow of kernels. Iteration order and tiling change only through schedule primitives, which find loops by their
names and leave what they decided in the annotations.`,
  ops: [ForOp, IfOp, WhileOp, ConditionOp, YieldOp, ApplyOp, MinOp, MaxOp],
  attributes: [PipelineAttr],
  materializeConstant: (builder, loc, value, type) =>
    builder.context.dialect('arith')?.materializeConstant?.(builder, loc, value, type) ?? null,
});

/** Registers the dialect; does nothing when it is there. */
export function registerLoopDialect(context: Context): void {
  context.registerDialect(loopDialect);
}
