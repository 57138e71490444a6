// inline-kernel-calls: kernels that a kernel calls become part of it.
//
//   func.func private @main_loop(%s) {                     func.func private @main_loop(%s) {
//     loop.for .. { rt.call_kernel @main_k0 ins(%s) .. }     loop.for .. { %0 = simd.load %s[..] .. }
//
// Runs behind scheduling, so that the inner kernels have the loops and vectors they would have alone, and before
// scalar-replacement, which now sees what one stores and the next loads. Requires kernels of loops, not yet cut into chunks;
// what it leaves chunk-kernel does in the same way. Kernels that nobody calls any more go.
import { definePass } from '@budflow/pass';
import { inlineCalls } from './outlining/inline-calls.js';

export const inlineKernelCalls = definePass({
  name: 'inline-kernel-calls',
  summary: 'put kernels in the place where another kernel calls them',
  anchor: 'builtin.module',
  statistics: { inlined: 'calls inlined', erased: 'kernels that nobody calls any more' },
  run(module, pass) {
    const { calls, erased } = inlineCalls(module);
    pass.statistic('inlined', calls);
    pass.statistic('erased', erased);
    if (calls === 0) pass.unchanged();
  },
});
