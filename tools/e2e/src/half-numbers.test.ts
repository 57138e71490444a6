// Numbers (not arrays) of f16 and bf16 in host programs: what the interpreter computes, and what doubles rounded once say.
import { compile } from 'budflow';
import { expect, test } from 'vitest';
import { type ElementType, roundTo, toData } from './coverage/numbers.js';
import { callCompiled, callInterpreter, difference, oracleModule, PLAIN, type TestTensor } from './differential.js';

const PAIRS: readonly (readonly [number, number])[] = [
  [1.5, 0.1],
  [2049, -3],
  [-0, 0],
  [65504, 65504],
  [1e-7, 3e-8],
  [Number.POSITIVE_INFINITY, -1],
  [Number.NaN, 2],
  [100.3, 100.3],
];

const OPS = ['addf', 'subf', 'mulf', 'divf', 'maximumf', 'minimumf'] as const;
const REFERENCE: Readonly<Record<string, (a: number, b: number) => number>> = {
  addf: (a, b) => a + b,
  subf: (a, b) => a - b,
  mulf: (a, b) => a * b,
  divf: (a, b) => a / b,
  maximumf: Math.max,
  minimumf: Math.min,
};

test.each(['f16', 'bf16'] as const)('%s: arithmetic, comparisons, choices, casts, functions and loops', (type) => {
  const other = type === 'f16' ? 'bf16' : 'f16';
  const [scalar, results] = [`tensor<${type}>`, OPS.map(() => `tensor<${type}>`).join(', ')];
  const text = `func.func @main(%x: ${scalar}, %y: ${scalar}) -> (${results}) {
  %a = array.extract %x : ${scalar} -> ${type}
  %b = array.extract %y : ${scalar} -> ${type}
${OPS.map((op, i) => `  %v${i} = arith.${op} %a, %b : ${type}\n  %r${i} = array.from_scalar %v${i} : ${type} -> ${scalar}`).join('\n')}
  return ${OPS.map((_, i) => `%r${i}`).join(', ')} : ${results}
}
func.func @more(%x: ${scalar}, %y: ${scalar}, %n: index, %v: tensor<5x${type}>) -> (tensor<i1>, tensor<i1>, ${scalar}, tensor<i32>, tensor<f64>, tensor<${other}>, ${scalar}, tensor<5x${type}>) {
  %a = array.extract %x : ${scalar} -> ${type}
  %b = array.extract %y : ${scalar} -> ${type}
  %c = arith.constant 1.1 : ${type}
  %p = arith.cmpf olt, %a, %b : ${type}
  %q = arith.cmpf une, %a, %b : ${type}
  %s = arith.select %p, %a, %c : ${type}
  %e = math.exp %s : ${type}
  %f = arith.extf %e : ${type} to f32
  %g = arith.truncf %f : f32 to ${type}
  %h = arith.extf %g : ${type} to f64
  %o = arith.truncf %h : f64 to ${other}
  %i = arith.fptosi %c : ${type} to i32
  %j = arith.index_cast %n : index to i64
  %k = arith.sitofp %j : i64 to ${type}
  %l:2 = loop.for %t = 0 to %n iter_args(%z = %c, %w = %v) -> (${type}, tensor<5x${type}>) {
    %m = arith.mulf %z, %c : ${type}
    %u = array.from_scalar %m : ${type} -> ${scalar}
    %ub = array.broadcast %u dims = [] : ${scalar} to tensor<5x${type}>
    %nw = array.add %w, %ub : tensor<5x${type}>
    loop.yield %m, %nw : ${type}, tensor<5x${type}>
  }
  %d = arith.addf %l#0, %k : ${type}
  %r0 = array.from_scalar %p : i1 -> tensor<i1>
  %r1 = array.from_scalar %q : i1 -> tensor<i1>
  %r2 = array.from_scalar %e : ${type} -> ${scalar}
  %r3 = array.from_scalar %i : i32 -> tensor<i32>
  %r4 = array.from_scalar %h : f64 -> tensor<f64>
  %r5 = array.from_scalar %o : ${other} -> tensor<${other}>
  %r6 = array.from_scalar %d : ${type} -> ${scalar}
  return %r0, %r1, %r2, %r3, %r4, %r5, %r6, %l#1 : tensor<i1>, tensor<i1>, ${scalar}, tensor<i32>, tensor<f64>, tensor<${other}>, ${scalar}, tensor<5x${type}>
}
func.func @direct(%a: ${type}, %b: ${type}) -> ${type} {
  %0 = arith.addf %a, %b : ${type}
  return %0 : ${type}
}`;
  const made = (t: ElementType, x: number): TestTensor => ({ shape: [], data: toData(t, [roundTo(t, x)]) });
  const strict = { numerics: 'strict', target: PLAIN, level: 3 } as const;
  const oracle = oracleModule(text, strict);
  for (const level of [0, 3] as const) {
    for (const host of ['generated', 'interpreted'] as const) {
      const module = compile(text, { ...strict, level, host });
      for (const [x, y] of PAIRS) {
        const args = [made(type, x), made(type, y)];
        const at = { level, host, x, y };
        const sums = callCompiled(module, args);
        expect({ ...at, problem: difference(callInterpreter(oracle, args), sums) }).toEqual({
          ...at,
          problem: undefined,
        });
        const [a, b] = [roundTo(type, x), roundTo(type, y)];
        OPS.forEach((op, i) => {
          const expected = roundTo(type, REFERENCE[op]!(a, b));
          if (!Number.isNaN(expected))
            expect([op, x, y, ...sums[i]!.data]).toEqual([op, x, y, ...toData(type, [expected])]);
        });
        const more = [...args, 3, { shape: [5], data: toData(type, [1, 2, 3, -0, 0.5]) }];
        const problem = difference(callInterpreter(oracle, more, 'more'), callCompiled(module, more, 'more'));
        expect({ ...at, problem }).toEqual({ ...at, problem: undefined });
      }
      // Numbers from outside are rounded first.
      const [direct] = module.call('direct', [1.1, 2.3]);
      expect([...direct!.data]).toEqual([...toData(type, [roundTo(type, roundTo(type, 1.1) + roundTo(type, 2.3))])]);
      module.dispose();
    }
  }
});
