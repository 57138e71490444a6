// The dialect object.
import { type Context, defineDialect } from '@budflow/ir';
import { CallHostOp } from './call-host.js';
import { CallKernelOp } from './call-kernel.js';
import { ExpectOp } from './expect.js';
import { KernelAttr } from './kernel.js';

export const rtDialect = defineDialect({
  name: 'rt',
  summary: 'kernels and their calls from host programs',
  description: `A kernel is a func.func with the attribute rt.kernel: memref (and scalar) inputs, then memref outputs, then, once it is cut into
chunks, the range of chunks to run.`,
  ops: [CallKernelOp, CallHostOp, ExpectOp],
  attributes: [KernelAttr],
});

/** Registers the dialect; does nothing when it is there. */
export function registerRtDialect(context: Context): void {
  context.registerDialect(rtDialect);
}
