// Elements that run loops of their own, in vectors of every kind of element and length: compiled code against the
// interpreter on the program as written, bit by bit.
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';
import { tensor } from './arguments.js';
import { callCompiled, difference, interpretProgram, PLAIN, RELAXED, type TestTensor } from './differential.js';

const FLOATS = ['f32', 'f64', 'f16', 'bf16'] as const;
const INTEGERS = ['i8', 'i16', 'i32', 'i64', 'ui8', 'ui16', 'ui32', 'ui64'] as const;

/** Steps until x * x + c leaves a disk, or 24; and where it was then. */
const steps = (
  e: string,
  n: number,
) => `func.func @main(%c: tensor<${n}x${e}>) -> (tensor<${n}xi32>, tensor<${n}x${e}>, i32) {
  %false = array.constant dense<false> : tensor<i1>
  %all = array.constant dense<true> : tensor<${n}xi1>
  %zero = array.full 0.0 : ${e}, tensor<${n}x${e}>
  %four = array.full 4.0 : ${e}, tensor<${n}x${e}>
  %none = array.full 0 : i32, tensor<${n}xi32>
  %most = arith.constant 24 : i32
  %first = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %r:4 = loop.while (%z = %zero, %count = %none, %on = %all, %k = %first)
      : (tensor<${n}x${e}>, tensor<${n}xi32>, tensor<${n}xi1>, i32) -> (tensor<${n}x${e}>, tensor<${n}xi32>, tensor<${n}xi1>, i32) {
    %some = array.reduce or %on init %false dims = [0] : tensor<${n}xi1>, tensor<i1> to tensor<i1>
    %moving = array.extract %some : tensor<i1> -> i1
    %more = arith.cmpi slt, %k, %most : i32
    %go = arith.andi %moving, %more : i1
    loop.condition(%go) %z, %count, %on, %k : tensor<${n}x${e}>, tensor<${n}xi32>, tensor<${n}xi1>, i32
  } do {
  ^bb0(%z: tensor<${n}x${e}>, %count: tensor<${n}xi32>, %on: tensor<${n}xi1>, %k: i32):
    %zz = array.mul %z, %z : tensor<${n}x${e}>
    %n = array.add %zz, %c : tensor<${n}x${e}>
    %z2 = array.select %on, %n, %z : tensor<${n}x${e}>
    %size = array.mul %z2, %z2 : tensor<${n}x${e}>
    %near = array.cmp le, %size, %four : tensor<${n}x${e}>
    %on2 = array.and %on, %near : tensor<${n}xi1>
    %step = array.cast %on2 : tensor<${n}xi1> to tensor<${n}xi32>
    %count2 = array.add %count, %step : tensor<${n}xi32>
    %k2 = arith.addi %k, %one : i32
    loop.yield %z2, %count2, %on2, %k2 : tensor<${n}x${e}>, tensor<${n}xi32>, tensor<${n}xi1>, i32
  }
  return %r#1, %r#0, %r#3 : tensor<${n}xi32>, tensor<${n}x${e}>, i32
}`;

/** Greatest common divisors: the condition is a comparison, the body divides. */
const divisor = (
  e: string,
  n: number,
) => `func.func @main(%x: tensor<${n}x${e}>, %y: tensor<${n}x${e}>) -> tensor<${n}x${e}> {
  %false = array.constant dense<false> : tensor<i1>
  %zero = array.full 0 : ${e}, tensor<${n}x${e}>
  %r:2 = loop.while (%a = %x, %b = %y) : (tensor<${n}x${e}>, tensor<${n}x${e}>) -> (tensor<${n}x${e}>, tensor<${n}x${e}>) {
    %on = array.cmp ne, %b, %zero : tensor<${n}x${e}>
    %some = array.reduce or %on init %false dims = [0] : tensor<${n}xi1>, tensor<i1> to tensor<i1>
    %go = array.extract %some : tensor<i1> -> i1
    loop.condition(%go) %a, %b : tensor<${n}x${e}>, tensor<${n}x${e}>
  } do {
  ^bb0(%a: tensor<${n}x${e}>, %b: tensor<${n}x${e}>):
    %on = array.cmp ne, %b, %zero : tensor<${n}x${e}>
    %m = array.rem %a, %b : tensor<${n}x${e}>
    %a2 = array.select %on, %b, %a : tensor<${n}x${e}>
    %b2 = array.select %on, %m, %b : tensor<${n}x${e}>
    loop.yield %a2, %b2 : tensor<${n}x${e}>, tensor<${n}x${e}>
  }
  return %r#0 : tensor<${n}x${e}>
}`;

function check(text: string, args: readonly TestTensor[], target: string): void {
  const configuration = { numerics: 'strict', level: 3, target } as const;
  let maps = 0;
  const module = compile(text, {
    ...configuration,
    dump: (_, ir) => {
      if (/array\.map.*body/.test(ir) && !/loop\.while.*tensor</.test(ir)) maps++;
    },
  });
  try {
    expect(maps).toBeGreaterThan(0);
    expect(difference(callCompiled(module, args), interpretProgram(text, args, configuration))).toBeUndefined();
  } finally {
    module.dispose();
  }
}

/** Random elements; the bits of 16-bit floats below 2. */
function elements(e: string, n: number): TestTensor {
  if (e === 'f32' || e === 'f64') return tensor(e, [n], n);
  return { shape: [n], data: Uint16Array.from({ length: n }, (_, i) => Math.imul(i + n, 0x9e3779b1) & 0xbfff) };
}

// Below, at and above each number of lanes, with every remainder of a vector.
const SIZES = [...Array.from({ length: 20 }, (_, n) => n), 31, 32, 33, 63, 64, 67];

describe('a loop over whole tensors runs for each element', () => {
  for (const e of FLOATS)
    test(`${e}: leaving a disk`, () => {
      for (const n of SIZES) check(steps(e, n), [elements(e, n)], n % 2 ? PLAIN : RELAXED);
    });
  for (const e of INTEGERS)
    test(`${e}: greatest common divisors`, () => {
      for (const n of SIZES)
        check(divisor(e, n), [tensor(e, [n], n), tensor(e, [n], n + 100)], n % 2 ? PLAIN : RELAXED);
    });
});

/** Seven steps of two numbers that make each other, and of the step's own. */
const counted = (e: string, n: number) => {
  const t = `tensor<${n}x${e}>`;
  return `func.func @main(%a: ${t}, %b: ${t}, %n: index) -> (${t}, ${t}) {
  %r:2 = loop.for %i = 0 to %n iter_args(%x = %a, %y = %b) -> (${t}, ${t}) {
    %k = arith.index_cast %i : index to i32
    %s = array.from_scalar %k : i32 -> tensor<i32>
    %w = array.broadcast %s dims = [] : tensor<i32> to tensor<${n}xi32>
    %c = array.cast %w : tensor<${n}xi32> to ${t}
    %p = array.mul %x, %y : ${t}
    %u = array.sub %p, %c : ${t}
    %q = array.max %u, %y : ${t}
    loop.yield %u, %q : ${t}, ${t}
  }
  return %r#0, %r#1 : ${t}, ${t}
}`;
};

test.each(['f32', 'f64', 'f16', 'i8', 'i32', 'i64'] as const)('loops of as many steps for all, on %s', (e) => {
  for (const [n, target] of [
    [37, RELAXED],
    [3, PLAIN],
  ] as const) {
    const configuration = { target, numerics: 'strict', level: 3 } as const;
    const stages = new Map<string, string>();
    const text = counted(e, n);
    const module = compile(text, { ...configuration, dump: (stage, ir) => void stages.set(stage, ir) });
    expect(stages.get('interchange-while-map')).toContain('array.map');
    for (const steps of [0, 1, 7]) {
      const args = [tensor(e, [n], 1), tensor(e, [n], 2), steps];
      expect(difference(interpretProgram(text, args, configuration), callCompiled(module, args))).toBeUndefined();
    }
    module.dispose();
  }
});
