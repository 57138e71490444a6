import { Interpreter } from '@budflow/interpreter';
import { printModule, verify } from '@budflow/ir';
import { Random } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { randomStructured } from '../testing/random-control-flow.js';
import { convertLoopToCf } from './convert-loop-to-cf.js';

function lowered(text: string) {
  const module = parse(text);
  const outcome = runPasses(module, 'builtin.module(convert-loop-to-cf)', [convertLoopToCf]);
  module.walk((op) => {
    expect(['loop.for', 'loop.if', 'loop.while', 'loop.yield', 'loop.condition']).not.toContain(op.name);
  });
  return { module, ...outcome };
}
const linesOf = (text: string) =>
  lowered(text)
    .module.toString()
    .split('\n')
    .map((l) => l.replace(/ {2}\/\/ .*/, '').trim());

describe('convert-loop-to-cf', () => {
  test('a counted loop with a carried value', () => {
    expect(
      linesOf(`func.func @f(%n: index, %x: f32) -> f32 {
  %r = loop.for %i = 2 to %n step 3 iter_args(%a = %x) -> (f32) {
    %b = arith.addf %a, %x : f32
    loop.yield %b : f32
  }
  return %r : f32
}`).slice(1, -1),
    ).toEqual([
      'func.func @f(%arg0: index, %arg1: f32) -> f32 {',
      '%c2 = arith.constant 2 : index',
      '%c3 = arith.constant 3 : index',
      'cf.br ^bb1(%c2, %arg1 : index, f32)',
      '^bb1(%0: index, %1: f32):',
      '%2 = arith.cmpi slt, %0, %arg0 : index',
      'cf.cond_br %2, ^bb2, ^bb3',
      '^bb2:',
      '%3 = arith.addf %1, %arg1 : f32',
      '%4 = arith.addi %0, %c3 : index',
      'cf.br ^bb1(%4, %3 : index, f32)',
      '^bb3:',
      'return %1 : f32',
      '}',
    ]);
  });

  test('an if with results, one without else, and a while', () => {
    const text = `func.func @f(%c: i1, %n: i64, %m: memref<1xi64>) -> i64 {
  %one = arith.constant 1 : i64
  %z = arith.constant 0 : index
  loop.if %c {
    memory.store %n, %m[%z] : memref<1xi64>
  }
  %r = loop.if %c -> (i64) {
    %w = loop.while (%v = %n) : (i64) -> (i64) {
      %go = arith.cmpi sgt, %v, %one : i64
      loop.condition(%go) %v : i64
    } do {
    ^bb0(%v: i64):
      %h = arith.shrui %v, %one : i64
      loop.yield %h : i64
    }
    loop.yield %w : i64
  } else {
    loop.yield %one : i64
  }
  return %r : i64
}`;
    const { statistics } = lowered(text);
    expect(statistics).toEqual({ loops: 1, ifs: 2 });
    expect(linesOf(text).filter((l) => l.startsWith('cf.cond_br')).length).toBe(3);
  });

  test('maps stay maps: the bounds are evaluated once, in front of the loop', () => {
    const lines = linesOf(`func.func @f(%n: index, %m: memref<64xf32>, %x: f32) {
  loop.for %i = max affine_map<(d0) -> (d0, 4)>(%n) to min affine_map<()[s0] -> (s0 * 2, 64)>()[%n] {
    memory.store %x, %m[%i] : memref<64xf32>
  }
  return
}`);
    expect(lines.filter((l) => l.includes('loop.max') || l.includes('loop.min')).length).toBe(2);
    expect(lines.findIndex((l) => l.includes('loop.min'))).toBeLessThan(lines.findIndex((l) => l.startsWith('cf.br')));
  });

  test('schedules are lost, which a remark says', () => {
    const { remarks } = lowered(`func.func @f(%m: memref<8xf32>, %x: f32) {
  loop.for %i = 0 to 8 {
    memory.store %x, %m[%i] : memref<8xf32>
  } {unroll = 4 : i64}
  return
}`);
    expect(remarks.map((r) => [r.kind, r.name])).toEqual([['missed', 'annotations-lost']]);
  });

  test('a loop in an op that allows one block is an error, and nothing changes', () => {
    const module = parse('loop.for %i = 0 to 4 {\n  loop.yield\n}');
    const before = printModule(module, { generic: true, locations: true });
    expect(() => runPasses(module, 'builtin.module(convert-loop-to-cf)', [convertLoopToCf])).toThrow(
      "'builtin.module' around it allows only one block in its regions",
    );
    expect(printModule(module, { generic: true, locations: true })).toBe(before);
  });

  test('nothing to do is said to be nothing', () => {
    const module = parse('func.func @f() {\n  return\n}');
    const before = printModule(module);
    runPasses(module, 'builtin.module(convert-loop-to-cf)', [convertLoopToCf]);
    expect(printModule(module)).toBe(before);
  });

  test('random nests compute the same, memory included', () => {
    const random = new Random(7);
    for (let i = 0; i < 30; i++) {
      const text = randomStructured(random);
      const { module } = lowered(text);
      expect(verify(module)).toBe(true);
      for (const seed of [1, 2])
        expect(runFunction(module, 'k', { seed })).toEqual(runFunction(parse(text), 'k', { seed }));
    }
  });

  test('scalars and loops without iterations', () => {
    const text = `func.func @f(%n: index) -> (index, index) {
  %z = arith.constant 0 : index
  %r:2 = loop.for %i = 1 to %n step 2 iter_args(%a = %z, %b = %n) -> (index, index) {
    %s = arith.addi %a, %i : index
    loop.yield %b, %s : index, index
  }
  return %r#0, %r#1 : index, index
}`;
    const { module } = lowered(text);
    for (const n of [0, 1, 2, 5, 8])
      expect(new Interpreter(module).call('f', [n])).toEqual(new Interpreter(parse(text)).call('f', [n]));
  });
});
