// A loop of small kernels runs inside of WebAssembly: much faster than calls from the host, with the same bits.
import { ArrayMemory } from '@budflow/runtime';
import { type CompileOptions, compile } from 'budflow';
import { expect, test } from 'vitest';
import { callCompiled, compareProgram, difference, RELAXED, type TestArgument } from './differential.js';

const STATE = (n: number, type: string) => `func.func @main(%x: ${type}) -> (${type}, tensor<i32>) {
  %zero = array.constant dense<0> : tensor<i32>
  %one = array.constant dense<1> : tensor<i32>
  %n = array.constant dense<${n}> : tensor<i32>
  %half = array.constant dense<0.5> : ${type}
  %r:2 = loop.while (%i = %zero, %s = %x) : (tensor<i32>, ${type}) -> (tensor<i32>, ${type}) {
    %c = array.cmp lt, %i, %n : tensor<i32>
    %go = array.extract %c : tensor<i1> -> i1
    loop.condition(%go) %i, %s : tensor<i32>, ${type}
  } do {
  ^bb0(%i: tensor<i32>, %s: ${type}):
    %i1 = array.add %i, %one : tensor<i32>
    %u = array.mul %s, %half : ${type}
    %v = array.add %u, %x : ${type}
    loop.yield %i1, %v : tensor<i32>, ${type}
  }
  return %r#1, %r#0 : ${type}, tensor<i32>
}`;

/** A gated recurrence over a sequence: reads a row, writes a row. */
const SCAN = `func.func @main(%xs: tensor<500x16xf32>, %ys0: tensor<500x16xf32>, %h0: tensor<16xf32>) -> (tensor<16xf32>, tensor<500x16xf32>) {
  %z = array.constant dense<0> : tensor<i32>
  %one = array.constant dense<1> : tensor<i32>
  %r:3 = loop.for %t = 0 to 500 iter_args(%h = %h0, %i = %z, %ys = %ys0) -> (tensor<16xf32>, tensor<i32>, tensor<500x16xf32>) {
    %row = array.dynamic_slice %xs [%i, %z] sizes = [1, 16] : tensor<500x16xf32>, tensor<i32> to tensor<1x16xf32>
    %x = array.reshape %row : tensor<1x16xf32> to tensor<16xf32>
    %p = array.mul %x, %h : tensor<16xf32>
    %n = array.sub %p, %x : tensor<16xf32>
    %j = array.add %i, %one : tensor<i32>
    %nr = array.reshape %n : tensor<16xf32> to tensor<1x16xf32>
    %yn = array.dynamic_update_slice %ys, %nr [%i, %z] : tensor<500x16xf32>, tensor<1x16xf32>, tensor<i32>
    loop.yield %n, %j, %yn : tensor<16xf32>, tensor<i32>, tensor<500x16xf32>
  }
  return %r#0, %r#2 : tensor<16xf32>, tensor<500x16xf32>
}`;

const data = (...shape: number[]): TestArgument => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => Math.fround(Math.sin(i * 1.3))),
});

const PROGRAMS: readonly (readonly [name: string, text: string, args: readonly TestArgument[]])[] = [
  ['a number of which the next follows', STATE(20_000, 'tensor<f32>'), [data()]],
  ['a state of 16 elements', STATE(20_000, 'tensor<16xf32>'), [data(16)]],
];

test.each(PROGRAMS)('%s: calls from the host take several times as long', (_, text, args) => {
  const make = (options: CompileOptions) => {
    const memory = ArrayMemory.create();
    return compile(text, { heap: memory.heap, numerics: 'strict', level: 3, target: RELAXED, ...options });
  };
  // Loops that elements run by themselves are no loops of small kernels any more.
  const inside = make({ ablate: ['interchange-while-map'] });
  const host = make({ ablate: ['interchange-while-map', 'outline-small-loops'] });
  expect(difference(callCompiled(host, args), callCompiled(inside, args))).toBeUndefined();
  // The fastest of interleaved runs.
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < 7; round++) {
    for (const [i, module] of [inside, host].entries()) {
      const begin = performance.now();
      callCompiled(module, args);
      best[i] = Math.min(best[i]!, performance.now() - begin);
    }
  }
  expect(best[1]! / best[0]!).toBeGreaterThan(8);
  inside.dispose();
  host.dispose();
});

test.each([
  ['a number', STATE(50, 'tensor<f32>'), [data()]],
  ['a state', STATE(50, 'tensor<16xf32>'), [data(16)]],
  ['a recurrence over rows', SCAN, [data(500, 16), data(500, 16), data(16)]],
] as const)('%s: the bits of the interpreter', (_, text, args) => {
  for (const level of [1, 2, 3] as const)
    expect(compareProgram(text, args, { numerics: 'strict', level, target: RELAXED })).toBeUndefined();
});
