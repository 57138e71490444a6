import { Interpreter } from '@budflow/interpreter';
import { type Operation, printModule, verify } from '@budflow/ir';
import { Random } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { functionNamed, kernelContext, parse, runFunction } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { randomBlocks, useAcrossBlocks } from '../testing/random-blocks.js';
import { randomStructured } from '../testing/random-control-flow.js';
import { convertLoopToCf } from './convert-loop-to-cf.js';
import { liftCfToLoop } from './lift-cf-to-loop.js';

const lift = (module: Operation) => runPasses(module, 'builtin.module(lift-cf-to-loop)', [liftCfToLoop]);
const linesOf = (module: Operation) =>
  module
    .toString()
    .split('\n')
    .map((l) => l.trim());
const blocksOf = (module: Operation, name: string) => functionNamed(module, name).region(0).blocks.length;

describe('lift-cf-to-loop', () => {
  test('a counting loop becomes loop.for', () => {
    const module = parse(`func.func @f(%n: index, %x: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  cf.br ^head(%c0, %x : index, f32)
^head(%i: index, %a: f32):
  %c = arith.cmpi slt, %i, %n : index
  cf.cond_br %c, ^body, ^end
^body:
  %b = arith.addf %a, %x : f32
  %j = arith.addi %i, %c2 : index
  cf.br ^head(%j, %b : index, f32)
^end:
  return %a : f32
}`);
    const { statistics } = lift(module);
    expect(statistics).toEqual({ functions: 1, ifs: 0, whiles: 0, fors: 1 });
    expect(linesOf(module).slice(1, -1)).toEqual([
      'func.func @f(%arg0: index, %arg1: f32) -> f32 {',
      '%c0 = arith.constant 0 : index',
      '%c2 = arith.constant 2 : index',
      '%0 = loop.for %i = %c0 to %arg0 step 2 iter_args(%arg2 = %arg1) -> (f32) {',
      '%1 = arith.addf %arg2, %arg1 : f32',
      'loop.yield %1 : f32',
      '}',
      'return %0 : f32',
      '}',
    ]);
  });

  test('a diamond becomes an if, and a loop that tests first a while with the test first', () => {
    const module = parse(`func.func @f(%n: i64, %c: i1) -> i64 {
  %one = arith.constant 1 : i64
  cf.cond_br %c, ^left, ^right
^left:
  %l = arith.addi %n, %one : i64
  cf.br ^join(%l : i64)
^right:
  %r = arith.subi %n, %one : i64
  cf.br ^join(%r : i64)
^join(%v: i64):
  cf.br ^head(%v : i64)
^head(%w: i64):
  %go = arith.cmpi sgt, %w, %one : i64
  cf.cond_br %go, ^body, ^end
^body:
  %h = arith.shrui %w, %one : i64
  cf.br ^head(%h : i64)
^end:
  return %w : i64
}`);
    lift(module);
    expect(linesOf(module).slice(2, -1)).toEqual([
      '%c1_i64 = arith.constant 1 : i64',
      '%0 = loop.if %arg1 -> (i64) {',
      '%2 = arith.addi %arg0, %c1_i64 : i64',
      'loop.yield %2 : i64',
      '} else {',
      '%2 = arith.subi %arg0, %c1_i64 : i64',
      'loop.yield %2 : i64',
      '}',
      '%1 = loop.while (%arg2 = %0) : (i64) -> i64 {',
      '%2 = arith.cmpi sgt, %arg2, %c1_i64 : i64',
      'loop.condition(%2) %arg2 : i64',
      '} do {',
      '^bb0(%arg2: i64):',
      '%2 = arith.shrui %arg2, %c1_i64 : i64',
      'loop.yield %2 : i64',
      '}',
      'return %1 : i64',
      '}',
    ]);
  });

  test('a loop that tests last, with a single block', () => {
    const module = parse(`func.func @f(%n: i64) -> (i64, i64) {
  %one = arith.constant 1 : i64
  cf.br ^loop(%n : i64)
^loop(%w: i64):
  %h = arith.shrui %w, %one : i64
  %go = arith.cmpi sgt, %h, %one : i64
  cf.cond_br %go, ^loop(%h : i64), ^end(%w : i64)
^end(%e: i64):
  return %e, %h : i64, i64
}`);
    const results = (n: bigint) => new Interpreter(module).call('f', [n]);
    const before = [1n, 5n, 100n].map(results);
    expect(lift(module).statistics).toMatchObject({ ifs: 0, whiles: 1 });
    expect([1n, 5n, 100n].map(results)).toEqual(before);
  });

  test('irreducible control flow and loops without an exit are refused, the functions stay', () => {
    const text = `func.func @irreducible(%c: i1) {
  cf.cond_br %c, ^a, ^b
^a:
  cf.cond_br %c, ^b, ^end
^b:
  cf.cond_br %c, ^a, ^end
^end:
  return
}
func.func @endless(%c: i1) {
  cf.cond_br %c, ^a, ^end
^a:
  cf.br ^a
^end:
  return
}
func.func @fine(%c: i1) {
  cf.cond_br %c, ^a, ^end
^a:
  cf.br ^end
^end:
  return
}`;
    const module = parse(text);
    const { remarks, statistics } = lift(module);
    expect(remarks.map((r) => [r.kind, r.name, r.args.function])).toEqual([
      ['missed', 'irreducible', 'irreducible'],
      ['missed', 'endless-loop', 'endless'],
    ]);
    expect(statistics).toMatchObject({ functions: 1, refused: 2 });
    const original = parse(text);
    for (const name of ['irreducible', 'endless'])
      expect(functionNamed(module, name).toString()).toBe(functionNamed(original, name).toString());
    expect(blocksOf(module, 'fine')).toBe(1);
    expect(() => runPasses(parse(text), 'builtin.module(lift-cf-to-loop{strict=true})', [liftCfToLoop])).toThrow(
      '@irreducible cannot be lifted: this branch enters a cycle past its first block',
    );
  });

  test('what can only be passed on some ways, and has no placeholder, is refused', () => {
    const module = parse(`func.func @f(%c: i1, %d: i1, %n: index) -> index {
  %z = arith.constant 0 : index
  cf.cond_br %c, ^a, ^b
^a:
  %m = memory.alloc(%n) : memref<?xf32>
  cf.cond_br %d, ^use(%m : memref<?xf32>), ^end(%n : index)
^b:
  cf.cond_br %d, ^end(%z : index), ^end(%n : index)
^use(%u: memref<?xf32>):
  %s = memory.dim %u, 0 : memref<?xf32>
  cf.br ^end(%s : index)
^end(%r: index):
  return %r : index
}`);
    const { statistics, remarks } = lift(module);
    // Block ^use belongs to ^a alone: nothing has to be passed past ^b.
    expect([statistics.functions, remarks]).toEqual([1, []]);
    const other = parse(`func.func @f(%c: i1, %d: i1, %n: index) -> index {
  %z = arith.constant 0 : index
  cf.cond_br %c, ^a, ^b
^a:
  %m = memory.alloc(%n) : memref<?xf32>
  cf.cond_br %d, ^use(%m : memref<?xf32>), ^end(%n : index)
^b:
  %k = memory.alloc(%n) : memref<?xf32>
  cf.cond_br %d, ^end(%z : index), ^use(%k : memref<?xf32>)
^use(%u: memref<?xf32>):
  %s = memory.dim %u, 0 : memref<?xf32>
  cf.br ^end(%s : index)
^end(%r: index):
  return %r : index
}`);
    const before = printModule(other);
    const refused = lift(other);
    expect(refused.statistics.refused ?? 0).toBe(0);
    expect(printModule(other)).not.toBe(before);
    const third = parse(`func.func @f(%c: i1, %d: i1, %n: index) -> index {
  %z = arith.constant 0 : index
  cf.cond_br %c, ^a, ^b
^a:
  %m = memory.alloc(%n) : memref<?xf32>
  cf.br ^use(%m : memref<?xf32>)
^b:
  cf.cond_br %d, ^end(%z : index), ^c
^c:
  %k = memory.alloc(%n) : memref<?xf32>
  cf.br ^use(%k : memref<?xf32>)
^use(%u: memref<?xf32>):
  %s = memory.dim %u, 0 : memref<?xf32>
  cf.br ^end(%s : index)
^end(%r: index):
  return %r : index
}`);
    expect(lift(third).remarks.map((r) => r.name)).toEqual(['no-placeholder']);
    expect(blocksOf(third, 'f')).toBeGreaterThan(1);
  });

  test('lowering and lifting random nests gives the same results, and counted loops come back', () => {
    const random = new Random(11);
    let fors = 0;
    for (let i = 0; i < 40; i++) {
      const text = randomStructured(random);
      const module = parse(text);
      const outcome = runPasses(module, 'builtin.module(convert-loop-to-cf,lift-cf-to-loop)', [
        convertLoopToCf,
        liftCfToLoop,
      ]);
      expect(outcome.statistics.refused ?? 0).toBe(0);
      expect(blocksOf(module, 'k')).toBe(1);
      fors += outcome.statistics.fors ?? 0;
      for (const seed of [1, 2])
        expect(runFunction(module, 'k', { seed })).toEqual(runFunction(parse(text), 'k', { seed }));
    }
    expect(fors).toBeGreaterThan(10);
  });

  test('random blocks with loops of several exits and values that leave them compute the same, or are refused', () => {
    const random = new Random(5);
    let lifted = 0;
    let whiles = 0;
    for (let i = 0; i < 150; i++) {
      const module = parse(randomBlocks(random, 2 + (i % 7)));
      useAcrossBlocks(functionNamed(module, 'k'), random);
      expect(verify(module)).toBe(true);
      const text = printModule(module);
      const before = [1, 2, 3].map((seed) => runFunction(module, 'k', { seed }));
      const { statistics, remarks } = lift(module);
      if (statistics.functions) {
        lifted++;
        whiles += statistics.whiles ?? 0;
        expect(blocksOf(module, 'k')).toBe(1);
      } else {
        expect(printModule(module)).toBe(text);
        expect(remarks.length).toBe(1);
      }
      expect([1, 2, 3].map((seed) => runFunction(module, 'k', { seed }))).toEqual(before);
    }
    expect(lifted).toBeGreaterThan(60);
    expect(whiles).toBeGreaterThan(40);
  });

  test('terminators that are no branches are refused', () => {
    const context = kernelContext();
    context.allowUnregistered = true;
    const module = parse(
      `func.func @f(%c: i1) {
  "other.jump"(%c) [^a, ^b] : (i1) -> ()
^a:
  return
^b:
  return
}`,
      context,
    );
    expect(lift(module).remarks.map((r) => r.name)).toEqual(['unsupported-terminator']);
  });
});
