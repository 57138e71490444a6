// Kernels inside of kernels: in place of their calls, with loops of their own names, and gone when nobody calls them.
import { verify } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { chunkKernel } from '../loop/chunk-kernel.js';
import { functionNamed, parse } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { inlineKernelCalls } from './inline-kernel-calls.js';

const MODULE = `func.func private @add(%a: memref<4xf32>, %b: memref<4xf32>) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
  loop.for %i = 0 to 4 name "add.d0" {
    %0 = memory.load %a[%i] : memref<4xf32>
    %1 = memory.load %b[%i] : memref<4xf32>
    %2 = arith.addf %0, %1 : f32
    memory.store %2, %b[%i] : memref<4xf32>
  }
  return
}
func.func private @outer(%x: memref<4xf32>, %y: memref<4xf32>) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
  loop.for %t = 0 to 3 {
    rt.call_kernel @add ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
    rt.call_kernel @add ins(%y : memref<4xf32>) outs(%y : memref<4xf32>)
  }
  return
}`;
const HOST = `
func.func @main(%x: memref<4xf32>, %y: memref<4xf32>) {
  rt.call_kernel @add ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
  return
}`;

describe('inline-kernel-calls', () => {
  test('bodies take the place of calls, and a kernel nobody calls any more goes', () => {
    const module = parse(MODULE);
    const { statistics } = runPasses(module, 'builtin.module(inline-kernel-calls)', [inlineKernelCalls]);
    expect(statistics).toMatchObject({ inlined: 2, erased: 1 });
    const text = functionNamed(module, 'outer').toString();
    expect(text).not.toContain('rt.call_kernel');
    expect(text).toContain('name "c0_add.d0"');
    expect(text).toContain('name "c1_add.d0"');
    expect(() => functionNamed(module, 'add')).toThrow();
  });

  test('a kernel that the host calls stays, and the host goes on calling it', () => {
    const module = parse(MODULE + HOST);
    const { statistics } = runPasses(module, 'builtin.module(inline-kernel-calls)', [inlineKernelCalls]);
    expect(statistics).toMatchObject({ inlined: 2, erased: 0 });
    expect(functionNamed(module, 'main').toString()).toContain('rt.call_kernel @add');
  });

  test('what it leaves chunk-kernel puts in place', () => {
    const module = parse(MODULE);
    runPasses(module, 'builtin.module(chunk-kernel)', [chunkKernel]);
    expect(module.toString()).not.toContain('rt.call_kernel');
    expect(verify(module)).toBe(true);
  });
});
