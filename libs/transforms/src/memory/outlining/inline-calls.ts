// Puts the bodies of kernels in the place of calls from other kernels.
import { LoopAttrs } from '@budflow/dialect-loop';
import { CallKernelOp, calledKernel, isChunked } from '@budflow/dialect-rt';
import { Builder, type Operation, StringAttr, symbolName, type Value } from '@budflow/ir';
import { kernelsOf } from '../../support/kernel-function.js';

export interface InlinedCalls {
  readonly calls: number;
  /** Kernels that nobody calls any more, and that are gone. */
  readonly erased: number;
}

/** Kernels without chunks only: those of outline-small-loops, and what they call. */
export function inlineCalls(module: Operation): InlinedCalls {
  let calls = 0;
  const callees = new Set<Operation>();
  for (const kernel of kernelsOf(module)) {
    const found: { readonly call: Operation; readonly callee: Operation }[] = [];
    kernel.walk((op) => {
      const callee = CallKernelOp.is(op) ? calledKernel(op) : null;
      if (callee && !isChunked(callee)) found.push({ call: op, callee });
    });
    found.forEach(({ call, callee }, n) => {
      inlineCall(call, callee, n);
      callees.add(callee);
    });
    calls += found.length;
  }
  if (calls === 0) return { calls, erased: 0 };
  const used = new Set<Operation | null>();
  module.walk((op) => {
    if (CallKernelOp.is(op)) used.add(calledKernel(op));
  });
  let erased = 0;
  for (const callee of callees) {
    if (used.has(callee) || symbolName(callee) === undefined) continue;
    callee.erase();
    erased++;
  }
  return { calls, erased };
}

/** Call number `n` of the kernel it is in: loops get names of their own. */
function inlineCall(call: Operation, callee: Operation, n: number): void {
  const block = callee.region(0).entry;
  const builder = Builder.before(call);
  const mapping = new Map<Value, Value>();
  block.arguments.forEach((argument, i) => void mapping.set(argument, call.operand(i)));
  for (const op of block.ops) {
    if (op === block.terminator) continue;
    const copy = builder.insert(op.clone(mapping));
    copy.walk((inner) => {
      const name = inner.attr(LoopAttrs.name);
      if (name instanceof StringAttr) inner.setAttr(LoopAttrs.name, call.context.stringAttr(`c${n}_${name.value}`));
    });
  }
  call.erase();
}
