// Loops and branches over buffers: who changes places, who is overwritten, who is copied.
import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { fixNumerics } from '../array/fix-numerics.js';
import { instructionFusion } from '../array/instruction-fusion.js';
import { arrayToLoop } from '../loop/array-to-loop.js';
import { rotateWhileLoops } from '../loop/rotate-while-loops.js';
import { functionNamed, parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { checkAssignment } from './assignment/check-assignment.js';
import { bufferAssignment } from './buffer-assignment.js';
import { bufferize } from './bufferize.js';

const passes = [rotateWhileLoops, fixNumerics, instructionFusion, bufferize, bufferAssignment, arrayToLoop];
const t = 'tensor<8xf32>';

/** Bufferizes and assigns, comparing results before and after each; checks the assignment. */
function lower(text: string): { readonly main: Operation; readonly statistics: Readonly<Record<string, number>> } {
  const module = parse(text);
  runPasses(module, 'builtin.module(func.func(rotate-while-loops),fix-numerics,func.func(instruction-fusion))', passes);
  const before = runMain(module);
  const { statistics } = runPasses(module, 'builtin.module(bufferize)', passes);
  expect(runMain(module)).toEqual(before);
  runPasses(module, 'builtin.module(func.func(buffer-assignment))', passes);
  expect(runMain(module)).toEqual(before);
  const main = functionNamed(module, 'main');
  expect(checkAssignment(main)).toEqual([]);
  return { main, statistics };
}

/** Names of the ops inside of loops and branches. */
function inner(main: Operation): string[] {
  const names: string[] = [];
  main.walk((op) => {
    if (op.parentOp !== main && op !== main) names.push(op.name);
  });
  return names;
}

const loop = (trips: number, body: string) => `func.func @main(%x: ${t}, %y: ${t}) -> (${t}, ${t}) {
  %r:2 = loop.for %i = 0 to ${trips} iter_args(%a = %x, %b = %y) -> (${t}, ${t}) {
${body}
  }
  return %r#0, %r#1 : ${t}, ${t}
}`;

describe('bufferize of control flow', () => {
  test('a value that needs the old one in other places changes places with it: nothing is copied or made in the loop', () => {
    for (const trips of [0, 1, 4]) {
      const { main, statistics } = lower(
        loop(
          trips,
          `    %n = array.reverse %a dims = [0] : ${t}\n    %m = array.reverse %b dims = [0] : ${t}\n    loop.yield %n, %m : ${t}, ${t}`,
        ),
      );
      expect(statistics.swapped).toBe(2);
      expect(inner(main).filter((name) => name !== 'loop.yield')).toEqual(['rt.call_kernel', 'rt.call_kernel']);
    }
  });

  test('a value computed point by point is written over the old one', () => {
    const { main, statistics } = lower(
      loop(3, `    %n = array.neg %a : ${t}\n    %m = array.abs %b : ${t}\n    loop.yield %n, %m : ${t}, ${t}`),
    );
    expect(statistics).toMatchObject({ 'in-place': 2 });
    expect(statistics.swapped ?? 0).toBe(0);
    expect(inner(main)).not.toContain('memory.copy');
  });

  test('values that trade places are passed by pointer', () => {
    for (const trips of [0, 1, 2, 5]) {
      const { main } = lower(loop(trips, `    loop.yield %b, %a : ${t}, ${t}`));
      expect(inner(main)).toEqual(['loop.yield']);
    }
  });

  test('a value that is yielded twice is copied once, one from outside too', () => {
    const { main } = lower(loop(3, `    %n = array.reverse %a dims = [0] : ${t}\n    loop.yield %n, %n : ${t}, ${t}`));
    expect(inner(main).filter((name) => name === 'memory.copy')).toHaveLength(1);
    const outside = lower(loop(3, `    %n = array.add %a, %b : ${t}\n    loop.yield %n, %x : ${t}, ${t}`));
    expect(inner(outside.main).filter((name) => name === 'memory.copy')).toHaveLength(1);
  });

  test('inner loops pass their memory through the outer one', () => {
    const nested = (trips: number) =>
      loop(
        trips,
        `    %s = loop.for %j = 0 to 3 iter_args(%c = %a) -> (${t}) {
      %d = array.reverse %c dims = [0] : ${t}
      %e = array.add %d, %x : ${t}
      %f = array.reverse %e dims = [0] : ${t}
      loop.yield %f : ${t}
    }
    %q = array.sub %b, %s : ${t}
    loop.yield %q, %s : ${t}, ${t}`,
      );
    for (const trips of [0, 1, 2, 3]) expect(inner(lower(nested(trips)).main)).not.toContain('memory.copy');
  });

  test('a branch that keeps the value or replaces it copies nothing', () => {
    const { main } = lower(`func.func @main(%x: ${t}, %n: ${t}) -> ${t} {
  %c2 = arith.constant 2 : index
  %r = loop.for %i = 0 to 5 iter_args(%a = %x) -> (${t}) {
    %c = arith.cmpi sge, %i, %c2 : index
    %b = loop.if %c -> (${t}) {
      %d = array.reverse %a dims = [0] : ${t}
      %e = array.add %d, %n : ${t}
      %f = array.reverse %e dims = [0] : ${t}
      loop.yield %f : ${t}
    } else {
      loop.yield %a : ${t}
    }
    loop.yield %b : ${t}
  }
  return %r : ${t}
}`);
    expect(inner(main)).not.toContain('memory.copy');
  });

  test('a while loop over tensors needs rotation first', () => {
    const module = parse(`func.func @main(%x: ${t}, %c: tensor<i1>) -> ${t} {
  %r = loop.while (%a = %x) : (${t}) -> (${t}) {
    %go = array.extract %c : tensor<i1> -> i1
    loop.condition(%go) %a : ${t}
  } do {
  ^bb0(%b: ${t}):
    loop.yield %b : ${t}
  }
  return %r : ${t}
}`);
    // bufferize.while-form
    expect(() => runPasses(module, 'builtin.module(bufferize)', passes)).toThrow(
      /carries tensors and computes in its first region; run rotate-while-loops/,
    );
  });

  test('memory for a branch whose size only the branch knows is refused', () => {
    const module = parse(`func.func @main(%x: tensor<index>, %c: i1) -> tensor<?xf32> {
  %r = loop.if %c -> (tensor<?xf32>) {
    %n = array.extract %x : tensor<index> -> index
    %a = array.full 1.0 : f32, tensor<?xf32> (%n)
    loop.yield %a : tensor<?xf32>
  } else {
    %n = array.extract %x : tensor<index> -> index
    %a = array.full 2.0 : f32, tensor<?xf32> (%n)
    loop.yield %a : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}`);
    // bufferize.size-inside
    expect(() => runPasses(module, 'builtin.module(func.func(instruction-fusion),bufferize)', passes)).toThrow(
      /makes a value that 'loop.if' passes on, of a size that is computed inside/,
    );
  });
});
