// Loops of small kernels become kernels: what is outlined, what stays and why, and that results are the same bits.
import { KernelAttrs } from '@budflow/dialect-rt';
import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { fixNumerics } from '../array/fix-numerics.js';
import { instructionFusion } from '../array/instruction-fusion.js';
import { arrayToLoop } from '../loop/array-to-loop.js';
import { chunkKernel } from '../loop/chunk-kernel.js';
import { rotateWhileLoops } from '../loop/rotate-while-loops.js';
import { functionNamed, parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { checkAssignment } from './assignment/check-assignment.js';
import { bufferAssignment } from './buffer-assignment.js';
import { bufferize } from './bufferize.js';
import { inlineKernelCalls } from './inline-kernel-calls.js';
import { outlineSmallLoops } from './outline-small-loops.js';

const PASSES = [
  rotateWhileLoops,
  fixNumerics,
  instructionFusion,
  bufferize,
  outlineSmallLoops,
  bufferAssignment,
  arrayToLoop,
  inlineKernelCalls,
  chunkKernel,
];
const t = 'tensor<8xf32>';

interface Outlined {
  readonly module: Operation;
  readonly outlined: number;
  readonly reasons: readonly string[];
}

/** Outlines, comparing results at each step down to chunks. */
function outline(text: string, options = ''): Outlined {
  const module = parse(text);
  runPasses(module, 'builtin.module(func.func(rotate-while-loops),fix-numerics,func.func(instruction-fusion))', PASSES);
  const before = runMain(module);
  runPasses(module, 'builtin.module(bufferize)', PASSES);
  const { remarks, statistics } = runPasses(module, `builtin.module(outline-small-loops${options})`, PASSES);
  expect(runMain(module)).toEqual(before);
  for (const step of [
    'func.func(buffer-assignment)',
    'func.func(array-to-loop)',
    'inline-kernel-calls',
    'chunk-kernel',
  ]) {
    runPasses(module, `builtin.module(${step})`, PASSES);
    expect(runMain(module)).toEqual(before);
  }
  expect(checkAssignment(functionNamed(module, 'main'))).toEqual([]);
  const reasons = remarks.filter(({ kind }) => kind === 'missed').map(({ message }) => message);
  return { module, outlined: statistics.outlined ?? 0, reasons };
}

/** Names of the ops of the host, in order. */
function hostOps(module: Operation): string[] {
  const names: string[] = [];
  functionNamed(module, 'main').walk((op) => void names.push(op.name));
  return names;
}

const loop = (
  trips: number | string,
  body: string,
  args = '',
) => `func.func @main(%x: ${t}, %y: ${t}${args}) -> (${t}, ${t}) {
  %r:2 = loop.for %i = 0 to ${trips} iter_args(%a = %x, %b = %y) -> (${t}, ${t}) {
${body}
  }
  return %r#0, %r#1 : ${t}, ${t}
}`;

describe('outline-small-loops', () => {
  test('a loop whose values are computed in place becomes one call', () => {
    for (const trips of [0, 1, 5]) {
      const { module, outlined, reasons } = outline(
        loop(
          trips,
          `    %n = array.add %a, %x : ${t}\n    %m = array.mul %b, %n : ${t}\n    loop.yield %n, %m : ${t}, ${t}`,
        ),
      );
      expect(outlined).toBe(1);
      expect(reasons).toEqual([]);
      expect(hostOps(module).filter((name) => name === 'rt.call_kernel' || name.startsWith('loop.'))).toEqual([
        'rt.call_kernel',
      ]);
      const kernel = functionNamed(module, 'main_loop');
      expect(kernel.attr(KernelAttrs.chunks)).toBeDefined();
      // Nothing changes places: no pool.
      expect(kernel.toString()).not.toContain('memory.view');
    }
  });

  test('values that change places are offsets into one block of scratch memory', () => {
    for (const trips of [0, 1, 4, 5]) {
      const { module, outlined } = outline(
        loop(
          trips,
          `    %n = array.reverse %a dims = [0] : ${t}\n    %m = array.add %b, %a : ${t}\n    loop.yield %m, %n : ${t}, ${t}`,
        ),
      );
      expect(outlined).toBe(1);
      const text = functionNamed(module, 'main_loop').toString();
      if (trips > 1) expect(text).toMatch(/memory\.view .*xi8/);
    }
  });

  test('numbers go in as arguments and come out through memory', () => {
    const { outlined, module } = outline(`func.func @main(%x: ${t}) -> (${t}, f32, index, i1, i64) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c7 = arith.constant 7 : i64
  %true = arith.constant true
  %init = array.constant dense<0.0> : tensor<f32>
  %r:5 = loop.for %i = 1 to 6 step 2 iter_args(%a = %x, %s = %zero, %k = %c0, %p = %true, %l = %c7) -> (${t}, f32, index, i1, i64) {
    %n = array.exp %a : ${t}
    %h = array.neg %n : ${t}
    %t = array.reduce add %h init %init dims = [0] : ${t}, tensor<f32> to tensor<f32>
    %v = array.extract %t : tensor<f32> -> f32
    %u = arith.addf %s, %v : f32
    %e = arith.remui %i, %c2 : index
    %m = arith.addi %k, %e : index
    %q = arith.cmpf olt, %u, %zero : f32
    %w = arith.muli %l, %l : i64
    loop.yield %h, %u, %m, %q, %w : ${t}, f32, index, i1, i64
  }
  return %r#0, %r#1, %r#2, %r#3, %r#4 : ${t}, f32, index, i1, i64
}`);
    expect(outlined).toBe(1);
    expect(hostOps(module).filter((name) => name === 'memory.load')).toHaveLength(4);
  });

  test('loops and branches inside come along, and while-conditions read from memory', () => {
    const { outlined } = outline(`func.func @main(%x: ${t}, %y: ${t}) -> (${t}, ${t}, tensor<i32>) {
  %one = array.constant dense<1> : tensor<i32>
  %zero = array.constant dense<0> : tensor<i32>
  %six = array.constant dense<6> : tensor<i32>
  %three = array.constant dense<3> : tensor<i32>
  %r:3 = loop.while (%a = %x, %b = %y, %k = %zero) : (${t}, ${t}, tensor<i32>) -> (${t}, ${t}, tensor<i32>) {
    %c = array.cmp lt, %k, %six : tensor<i32>
    %go = array.extract %c : tensor<i1> -> i1
    loop.condition(%go) %a, %b, %k : ${t}, ${t}, tensor<i32>
  } do {
  ^bb0(%a: ${t}, %b: ${t}, %k: tensor<i32>):
    %l = array.cmp lt, %k, %three : tensor<i32>
    %early = array.extract %l : tensor<i1> -> i1
    %s:2 = loop.if %early -> (${t}, ${t}) {
      %u = array.sub %a, %b : ${t}
      loop.yield %u, %a : ${t}, ${t}
    } else {
      loop.yield %b, %a : ${t}, ${t}
    }
    %q = loop.for %j = 0 to 3 iter_args(%z = %s#0) -> (${t}) {
      %n = array.reverse %z dims = [0] : ${t}
      %m = array.add %n, %s#1 : ${t}
      loop.yield %m : ${t}
    }
    %k1 = array.add %k, %one : tensor<i32>
    loop.yield %q, %s#1, %k1 : ${t}, ${t}, tensor<i32>
  }
  return %r#0, %r#1, %r#2 : ${t}, ${t}, tensor<i32>
}`);
    expect(outlined).toBe(1);
  });

  test('results that are used again are buffers of the host, and each has its own', () => {
    const { outlined } = outline(`func.func @main(%x: ${t}, %y: ${t}, %n: index) -> (${t}, ${t}, ${t}) {
  %r:3 = loop.for %i = 0 to 3 iter_args(%a = %x, %b = %y, %c = %x) -> (${t}, ${t}, ${t}) {
    %e = array.sub %b, %c : ${t}
    loop.yield %b, %a, %e : ${t}, ${t}, ${t}
  }
  %s = array.add %r#0, %r#1 : ${t}
  %q:2 = loop.for %i = 0 to 2 iter_args(%a = %r#1, %b = %s) -> (${t}, ${t}) {
    %f = array.mul %b, %r#2 : ${t}
    loop.yield %b, %f : ${t}, ${t}
  }
  return %q#0, %q#1, %r#0 : ${t}, ${t}, ${t}
}`);
    expect(outlined).toBe(2);
  });

  test('a loop that stays says why, and those inside are asked', () => {
    const body = `    %n = array.add %a, %b : ${t}\n    loop.yield %b, %n : ${t}, ${t}`;
    expect(outline(loop(3, body), '{max-work=4}').reasons).toEqual([
      expect.stringMatching(/the kernel @main_k0 is not small: \d+ operations and bytes, over 4/),
    ]);
    const dynamic = outline(`func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
  %r = loop.for %i = 0 to 3 iter_args(%a = %x) -> (tensor<?xf32>) {
    %n = array.add %a, %x : tensor<?xf32>
    loop.yield %n : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}`);
    expect(dynamic.outlined).toBe(0);
    expect(dynamic.reasons).toEqual([expect.stringContaining('known at run time')]);
    const division = outline(`func.func @main(%x: ${t}) -> (${t}, i32) {
  %one = arith.constant 1 : i32
  %r:2 = loop.for %i = 0 to 3 iter_args(%a = %x, %k = %one) -> (${t}, i32) {
    %m = arith.divsi %one, %k : i32
    %n = loop.for %j = 0 to 2 iter_args(%b = %a) -> (${t}) {
      %c = array.add %b, %x : ${t}
      loop.yield %c : ${t}
    }
    loop.yield %n, %m : ${t}, i32
  }
  return %r#0, %r#1 : ${t}, i32
}`);
    expect(division.reasons).toEqual([expect.stringContaining("'arith.divsi' may have to stop the program")]);
    expect(division.outlined).toBe(1);
  });

  test('an input of which a step reads one row does not make the loop large', () => {
    const { outlined } = outline(`func.func @main(%xs: tensor<4096x8xf32>, %h0: ${t}) -> ${t} {
  %zero = array.constant dense<0> : tensor<i32>
  %one = array.constant dense<1> : tensor<i32>
  %r:2 = loop.for %i = 0 to 4 iter_args(%h = %h0, %k = %zero) -> (${t}, tensor<i32>) {
    %row = array.dynamic_slice %xs [%k, %zero] sizes = [1, 8] : tensor<4096x8xf32>, tensor<i32> to tensor<1x8xf32>
    %v = array.reshape %row : tensor<1x8xf32> to ${t}
    %n = array.add %h, %v : ${t}
    %k1 = array.add %k, %one : tensor<i32>
    loop.yield %n, %k1 : ${t}, tensor<i32>
  }
  return %r#0 : ${t}
}`);
    expect(outlined).toBe(1);
  });
});
