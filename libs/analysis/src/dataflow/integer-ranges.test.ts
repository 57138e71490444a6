import { decideComparison, rangeOfBinary, rangeOfCast } from '@budflow/dialect-core';
import {
  INTEGER_PREDICATES,
  type IntegerOp,
  integerBinary,
  RuntimeTrap,
  type RuntimeValue,
} from '@budflow/interpreter';
import { IntegerRange, type Operation } from '@budflow/ir';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { functionContext, parseProgram, programText, randomPrograms, runProgram } from '../testing/random-functions.js';
import { ConstantPropagation } from './constants.js';
import { DeadCodeAnalysis, isExecutable } from './dead-code.js';
import { IntegerRangeAnalysis } from './integer-ranges.js';
import { DataFlowSolver } from './solver.js';

function solve(module: Operation) {
  const solver = new DataFlowSolver();
  solver.load((s) => new DeadCodeAnalysis(s));
  const constants = solver.load((s) => new ConstantPropagation(s));
  const ranges = solver.load((s) => new IntegerRangeAnalysis(s));
  solver.run(module);
  return { solver, constants, ranges };
}

/** All ranges of a width that are intervals in one view or in both. */
function allRanges(width: number): IntegerRange[] {
  const n = 1 << width;
  const list = new Map<string, IntegerRange>();
  const add = (r: IntegerRange) => list.set(String(r), r);
  for (let low = 0; low < n; low++) {
    for (let high = low; high < n; high++) {
      add(IntegerRange.unsigned(width, BigInt(low), BigInt(high)));
      add(IntegerRange.signed(width, BigInt(low - n / 2), BigInt(high - n / 2)));
    }
  }
  if (width < 3) for (const a of [...list.values()]) for (const b of [...list.values()]) add(a.intersection(b));
  return [...list.values()];
}
const valuesOf = (r: IntegerRange) =>
  Array.from({ length: 1 << r.width }, (_, i) => BigInt.asIntN(r.width, BigInt(i))).filter((v) => r.contains(v));

describe('ranges of single ops hold every result', () => {
  const OPS: IntegerOp[] = [
    'addi',
    'subi',
    'muli',
    'divsi',
    'divui',
    'ceildivsi',
    'ceildivui',
    'floordivsi',
    'remsi',
    'remui',
    'andi',
    'ori',
    'xori',
    'shli',
    'shrsi',
    'shrui',
    'maxsi',
    'maxui',
    'minsi',
    'minui',
  ];
  const context = functionContext();

  for (const width of [1, 2, 3]) {
    const ranges = allRanges(width);
    const type = context.integer(width);
    test.each(OPS)(`arith.%s on i${width}`, (op) => {
      const f = integerBinary(op, type) as (a: number, b: number) => number;
      const form = (v: bigint) => (width === 1 ? Number(v & 1n) : Number(v));
      const table = new Map<string, bigint | null>();
      const apply = (a: bigint, b: bigint) => {
        const key = `${a} ${b}`;
        let value = table.get(key);
        if (value === undefined) {
          try {
            value = BigInt(f(form(a), form(b)));
          } catch (error) {
            if (!(error instanceof RuntimeTrap)) throw error;
            value = null;
          }
          table.set(key, value);
        }
        return value;
      };
      let precise = 0;
      for (const a of ranges) {
        for (const b of ranges) {
          const range = rangeOfBinary(op, a, b);
          if (!range.isFull) precise++;
          for (const x of valuesOf(a)) {
            for (const y of valuesOf(b)) {
              const value = apply(x, y);
              if (value !== null && !range.contains(value))
                expect.fail(`${op} ${a} ${b}: ${x}, ${y} -> ${value} not in ${range}`);
            }
          }
        }
      }
      expect(precise).toBeGreaterThan(0);
    });

    test.each(INTEGER_PREDICATES)(`arith.cmpi %s on i${width}`, (predicate) => {
      const holds = (x: bigint, y: bigint) => {
        const [a, b] = predicate.startsWith('u') ? [BigInt.asUintN(width, x), BigInt.asUintN(width, y)] : [x, y];
        return { eq: a === b, ne: a !== b, lt: a < b, le: a <= b, gt: a > b, ge: a >= b }[
          predicate.replace(/^[su]/, '')
        ];
      };
      let decided = 0;
      for (const a of ranges) {
        for (const b of ranges) {
          const answer = decideComparison(predicate, a, b);
          if (answer === null) continue;
          decided++;
          for (const x of valuesOf(a))
            for (const y of valuesOf(b)) if (holds(x, y) !== answer) expect.fail(`${a} ${b} ${x} ${y}`);
        }
      }
      expect(decided).toBeGreaterThan(0);
    });
  }

  test('conversions', () => {
    for (const kind of ['extsi', 'extui', 'trunci'] as const) {
      for (const a of allRanges(3)) {
        const width = kind === 'trunci' ? 2 : 5;
        const range = rangeOfCast(kind, a, width);
        for (const v of valuesOf(a)) expect(range.contains(kind === 'extui' ? BigInt.asUintN(3, v) : v)).toBe(true);
      }
    }
  });

  test('constants and unions are exact; an empty intersection changes nothing', () => {
    const three = IntegerRange.constant(4, 3n);
    expect(three.single).toBe(3n);
    expect(three.union(IntegerRange.constant(4, -1n)).toString()).toBe('unsigned [3, 15] signed [-1, 3]');
    expect(three.intersection(IntegerRange.constant(4, 5n))).toBe(three);
  });
});

describe('range analysis', () => {
  const rangesOf = (text: string) => {
    const module = parseProgram(text);
    const { ranges } = solve(module);
    const found = new Map<string, string>();
    module.walk((op) => {
      const mark = op.attr('mark');
      if (mark) found.set(String(mark), String(ranges.rangeOf(op.result(0))));
    });
    return found;
  };

  test('knows induction variables, affine maps and sizes', () => {
    const found = rangesOf(`func.func @main(%a: memref<?xf32>, %x: index) {
      %c0 = arith.constant 0 : index
      %d = memory.dim %a, 0 {mark = "size"} : memref<?xf32>
      loop.for %i = 3 to 20 step 4 {
        %j = loop.apply affine_map<(d0) -> (d0 * 2 + 1)>(%i) {mark = "apply"}
        %k = arith.addi %i, %c0 {mark = "iv"} : index
        %m = loop.min affine_map<(d0)[s0] -> (d0, s0)>(%i)[%x] {mark = "min"}
        %o = loop.apply affine_map<(d0) -> (d0 mod 8)>(%x) {mark = "mod"}
      }
      return
    }`);
    expect(found.get('"iv"')).toBe('unsigned [3, 19] signed [3, 19]');
    expect(found.get('"apply"')).toBe('unsigned [7, 39] signed [7, 39]');
    expect(found.get('"mod"')).toBe('unsigned [0, 7] signed [0, 7]');
    expect(found.get('"size"')).toContain('unsigned [0, 9007199254740991]');
    expect(found.get('"min"')).toContain(', 19]');
  });

  test('ends on a value that grows around a loop, and keeps the bound that stays', () => {
    const found = rangesOf(`func.func @main(%n: index) -> i32 {
      %c0 = arith.constant 0 : i32
      %c1 = arith.constant 1 : i32
      %c7 = arith.constant 7 : i32
      %r = loop.for %i = 0 to %n iter_args(%acc = %c0) -> (i32) {
        %low = arith.andi %acc, %c7 : i32
        %next = arith.addi %low, %c1 {mark = "next"} : i32
        loop.yield %next : i32
      }
      %s = arith.addi %r, %c0 {mark = "result"} : i32
      return %s : i32
    }`);
    expect(found.get('"next"')).toBe('unsigned [1, 8] signed [1, 8]');
    expect(found.get('"result"')).toBe('unsigned [0, 8] signed [0, 8]');
  });

  test('follows calls of private functions, arguments and results', () => {
    const found = rangesOf(`func.func @main() -> i32 {
      %a = arith.constant 3 : i32
      %b = arith.constant 9 : i32
      %r = call @f(%a) : (i32) -> i32
      %s = call @f(%b) : (i32) -> i32
      %t = arith.addi %r, %s {mark = "sum"} : i32
      return %t : i32
    }
    func.func private @f(%x: i32) -> i32 {
      %y = arith.addi %x, %x {mark = "twice"} : i32
      return %y : i32
    }`);
    expect(found.get('"twice"')).toBe('unsigned [6, 18] signed [6, 18]');
    expect(found.get('"sum"')).toBe('unsigned [12, 36] signed [12, 36]');
  });

  test('is sound: every value of every run of a random program lies in its range, constants and live blocks included', () => {
    let checked = 0;
    fc.assert(
      fc.property(randomPrograms, (program) => {
        const module = parseProgram(programText(program));
        const { solver, constants, ranges } = solve(module);
        const trace = (op: Operation, results: readonly RuntimeValue[]) => {
          if (op.parent && !isExecutable(solver, op.parent)) throw new Error(`${op.toString()} runs in a dead block`);
          results.forEach((value, i) => {
            if (typeof value !== 'number' && typeof value !== 'bigint') return;
            const range = ranges.rangeOf(op.result(i));
            if (!range?.contains(value)) throw new Error(`${op.toString()} gave ${value}, which is not in ${range}`);
            const constant = constants.constantOf(op.result(i));
            if (constant && BigInt((constant as unknown as { value: number }).value) !== BigInt(value))
              throw new Error(`${op.toString()} gave ${value}, which is not ${constant}`);
            checked++;
          });
        };
        runProgram(module, program.inputs, { trace });
      }),
      { numRuns: 300 },
    );
    expect(checked).toBeGreaterThan(1000);
  });
});
