import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { parseProgram } from '../testing/random-functions.js';
import { ConstantPropagation } from './constants.js';
import { DeadCodeAnalysis, isExecutable, Predecessors } from './dead-code.js';
import { DataFlowSolver } from './solver.js';

/** Marks of ops that can run. */
function running(text: string, options: { constants: boolean } = { constants: true }): string[] {
  const module = parseProgram(text);
  const solver = new DataFlowSolver();
  solver.load((s) => new DeadCodeAnalysis(s));
  if (options.constants) solver.load((s) => new ConstantPropagation(s));
  solver.run(module);
  const marks: string[] = [];
  module.walk((op: Operation) => {
    const mark = op.attr('mark');
    if (mark && isExecutable(solver, op.parent!)) marks.push(String(mark).replaceAll('"', ''));
  });
  return marks.sort();
}
const mark = (name: string) => `%${name} = arith.constant {mark = "${name}"} 1 : i32`;

describe('dead code', () => {
  const BRANCHES = `func.func @main(%x: i32) {
      %c1 = arith.constant 1 : i32
      %c2 = arith.constant 2 : i32
      %sum = arith.addi %c1, %c2 : i32
      %c3 = arith.constant 3 : i32
      %is = arith.cmpi eq, %sum, %c3 : i32
      cf.cond_br %is, ^a, ^b
    ^a:
      ${mark('a')}
      cf.switch %sum : i32, [
        default: ^b,
        3: ^c
      ]
    ^b:
      ${mark('b')}
      return
    ^c:
      ${mark('c')}
      return
    }`;

  test('branches on what is constant go one way', () => {
    expect(running(BRANCHES)).toEqual(['a', 'c']);
  });

  test('without constant propagation only constant ops decide', () => {
    expect(running(BRANCHES, { constants: false })).toEqual(['a', 'b', 'c']);
  });

  test('conditionals and loops whose way is known', () => {
    expect(
      running(`func.func @main(%n: index, %b: i1) {
        %f = arith.constant false
        %c4 = arith.constant 4 : index
        loop.if %f {
          ${mark('never')}
        } else {
          ${mark('always')}
        }
        loop.if %b {
          ${mark('maybe')}
        }
        loop.for %i = 0 to 0 {
          ${mark('empty')}
        }
        loop.for %i = %c4 to %c4 {
          ${mark('empty2')}
        }
        loop.for %i = 0 to %n {
          ${mark('some')}
        }
        loop.while : () -> () {
          ${mark('before')}
          loop.condition(%f)
        } do {
          ${mark('after')}
          loop.yield
        }
        return
      }`),
    ).toEqual(['always', 'before', 'maybe', 'some']);
  });

  test('what follows a loop without end, or a call that never returns, is not reached', () => {
    expect(
      running(`func.func @main() {
        %t = arith.constant true
        cf.br ^loop
      ^loop:
        cf.cond_br %t, ^loop, ^end
      ^end:
        ${mark('end')}
        return
      }
      func.func private @unused() {
        ${mark('unused')}
        return
      }`),
    ).toEqual([]);
  });

  test('callers of private functions are known, of others not', () => {
    const module = parseProgram(`func.func @main(%x: i32) {
        %r = call @f(%x) : (i32) -> i32
        %s = call @f(%r) : (i32) -> i32
        %t = call @main2(%s) : (i32) -> i32
        return
      }
      func.func private @f(%x: i32) -> i32 { return %x : i32 }
      func.func @main2(%x: i32) -> i32 { return %x : i32 }`);
    const solver = new DataFlowSolver();
    solver.load((s) => new DeadCodeAnalysis(s));
    solver.run(module);
    const [, f, main2] = module.region(0).entry.ops;
    const of = (func: Operation) => solver.lookup(Predecessors.kind, func.region(0).entry)!;
    expect([of(f!).allKnown, of(f!).known.size]).toEqual([true, 2]);
    expect([of(main2!).allKnown, of(main2!).known.size]).toEqual([false, 1]);
  });
});
