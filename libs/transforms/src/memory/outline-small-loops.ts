// outline-small-loops: a loop of the host whose body is only small kernels becomes one kernel.
//
//   %r:2 = loop.while (%c = %c0, %s = %0) {..} do {     func.func private @main_l0(%c0, %x, %s0, ..) { // rt.kernel
//     rt.call_kernel @main_k0 ins(%s, %x) outs(%s)        loop.while .. { rt.call_kernel @main_k0 .. } return }
//     ..                                          ->    ..
//     loop.yield %d, %s }                               rt.call_kernel @main_l0 ins(%c0, %x) outs(%0, ..)
//
// A call of a kernel from JavaScript costs more than a kernel of some hundred elements. The loop runs inside of WebAssembly
// with its numbers in registers: buffers that the body makes are scratch memory of the kernel, those that are passed from
// one iteration to the next by pointer are offsets into one block of it (carried-buffers.ts), and conditions are read from
// memory. Inner kernels are still called until inline-kernel-calls, behind scheduling, puts them in place, so each is
// scheduled as it would be alone, and results are the same bits.
//
// Requires bufferize; runs before buffer-assignment, which then sees one call. All sizes in the loop are static, and each
// kernel does at most `max-work` operations and bytes: a loop over large arrays gains nothing and would lose its threads.
import { FuncOp } from '@budflow/dialect-core';
import { IfOp } from '@budflow/dialect-loop';
import { isKernel } from '@budflow/dialect-rt';
import { type Block, type Operation, SymbolTable } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { isLoop } from './bufferization/shape-of-control-flow.js';
import { LoopOutliner } from './outlining/outline-loop.js';
import { refusalOf } from './outlining/refusal.js';

export const outlineSmallLoops = definePass({
  name: 'outline-small-loops',
  summary: 'turn loops of the host whose bodies are only small kernels into one kernel each',
  anchor: 'builtin.module',
  dependentDialects: ['memory', 'rt', 'func', 'arith'],
  options: {
    'max-work': {
      type: 'integer',
      minimum: 0,
      maximum: 1e12,
      default: 65_536,
      description: 'Operations and bytes of each kernel in the loop, at most.',
    },
  },
  statistics: { outlined: 'loops outlined', kept: 'loops that stay in the host' },
  run(module, pass) {
    const symbols = new SymbolTable(module);
    const visit = (host: Operation, block: Block): void => {
      for (const op of block.ops) {
        if (isLoop(op)) {
          const outliner = new LoopOutliner(op, host, symbols);
          const reason = refusalOf(op, pass.options['max-work']) ?? outliner.refusal();
          if (reason === undefined) {
            const name = outliner.run();
            pass.statistic('outlined');
            pass.remark({
              kind: 'applied',
              name: 'outline',
              message: `the loop runs as one kernel, @${name}`,
              at: host,
            });
            continue;
          }
          pass.statistic('kept');
          pass.remark({ kind: 'missed', name: 'loop-stays', message: `the loop stays in the host: ${reason}`, at: op });
        }
        if (isLoop(op) || IfOp.is(op))
          for (const region of op.regions) for (const inner of region.blocks) visit(host, inner);
      }
    };
    for (const func of module.region(0).entry.ops) {
      if (!FuncOp.is(func) || isKernel(func) || func.region(0).blocks.length !== 1) continue;
      visit(func, func.region(0).entry);
    }
  },
});
