// Programs that are mostly control flow over numbers and small tensors: every level gives what the interpreter gives.
import { describe, expect, test } from 'vitest';
import { compareProgram, PLAIN, RELAXED, type TestArgument } from './differential.js';

const f32 = (...values: number[]): TestArgument => ({ shape: [], data: Float32Array.from(values) });
const i32 = (...values: number[]): TestArgument => ({ shape: [], data: Int32Array.from(values) });
const i1 = (value: number): TestArgument => ({ shape: [], data: Uint8Array.of(value) });

interface Case {
  readonly name: string;
  readonly text: string;
  readonly args: readonly (readonly TestArgument[])[];
}

const CASES: readonly Case[] = [
  {
    name: 'Collatz: a while loop of branches, on tensors of no dimension',
    text: `func.func @main(%x: tensor<i32>) -> (tensor<i32>, tensor<i32>) {
  %zero = array.constant dense<0> : tensor<i32>
  %one = array.constant dense<1> : tensor<i32>
  %two = array.constant dense<2> : tensor<i32>
  %three = array.constant dense<3> : tensor<i32>
  %r:2 = loop.while (%n = %x, %k = %zero) : (tensor<i32>, tensor<i32>) -> (tensor<i32>, tensor<i32>) {
    %c = array.cmp gt, %n, %one : tensor<i32>
    %go = array.extract %c : tensor<i1> -> i1
    loop.condition(%go) %n, %k : tensor<i32>, tensor<i32>
  } do {
  ^bb0(%n: tensor<i32>, %k: tensor<i32>):
    %m = array.rem %n, %two : tensor<i32>
    %o = array.cmp eq, %m, %one : tensor<i32>
    %odd = array.extract %o : tensor<i1> -> i1
    %next = loop.if %odd -> (tensor<i32>) {
      %t = array.mul %n, %three : tensor<i32>
      %u = array.add %t, %one : tensor<i32>
      loop.yield %u : tensor<i32>
    } else {
      %h = array.div %n, %two : tensor<i32>
      loop.yield %h : tensor<i32>
    }
    %j = array.add %k, %one : tensor<i32>
    loop.yield %next, %j : tensor<i32>, tensor<i32>
  }
  return %r#0, %r#1 : tensor<i32>, tensor<i32>
}`,
    args: [[i32(1)], [i32(0)], [i32(27)], [i32(-5)]],
  },
  {
    name: 'loops in loops of which some have no trip, carrying values of four types and shapes',
    text: `func.func @main(%a: tensor<f32>, %b: tensor<3x2xi8>, %c: tensor<5xf64>, %p: tensor<i1>, %n: index, %m: index)
    -> (tensor<f32>, tensor<3x2xi8>, tensor<5xf64>, tensor<i1>) {
  %half = array.constant dense<0.5> : tensor<f32>
  %r:4 = loop.for %i = 0 to %n iter_args(%x = %a, %y = %b, %z = %c, %q = %p) -> (tensor<f32>, tensor<3x2xi8>, tensor<5xf64>, tensor<i1>) {
    %s:2 = loop.for %j = %i to %m iter_args(%u = %y, %v = %z) -> (tensor<3x2xi8>, tensor<5xf64>) {
      %w = array.add %u, %b : tensor<3x2xi8>
      %rev = array.reverse %v dims = [0] : tensor<5xf64>
      %t = array.add %rev, %c : tensor<5xf64>
      loop.yield %w, %t : tensor<3x2xi8>, tensor<5xf64>
    }
    %d = array.mul %x, %half : tensor<f32>
    %l = array.cmp lt, %d, %half : tensor<f32>
    %e = array.xor %q, %l : tensor<i1>
    loop.yield %d, %s#0, %s#1, %e : tensor<f32>, tensor<3x2xi8>, tensor<5xf64>, tensor<i1>
  }
  return %r#0, %r#1, %r#2, %r#3 : tensor<f32>, tensor<3x2xi8>, tensor<5xf64>, tensor<i1>
}`,
    args: [
      [0, 0],
      [0, 3],
      [3, 0],
      [3, 2],
      [4, 6],
    ].map(([n, m]) => [
      f32(3),
      { shape: [3, 2], data: Int8Array.of(1, -2, 3, 50, -60, 7) },
      { shape: [5], data: Float64Array.of(1, 2, 3, 4, 0.1) },
      i1(1),
      n!,
      m!,
    ]),
  },
  {
    name: 'branches that return what they were given, a constant, and something new',
    text: `func.func @main(%p: tensor<i1>, %q: tensor<i1>, %x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %k = array.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %a = array.extract %p : tensor<i1> -> i1
  %b = array.extract %q : tensor<i1> -> i1
  %r:2 = loop.if %a -> (tensor<4xf32>, tensor<4xf32>) {
    %s = loop.if %b -> (tensor<4xf32>) {
      loop.yield %k : tensor<4xf32>
    } else {
      %n = array.neg %x : tensor<4xf32>
      loop.yield %n : tensor<4xf32>
    }
    loop.yield %s, %x : tensor<4xf32>, tensor<4xf32>
  } else {
    loop.yield %x, %x : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1 : tensor<4xf32>, tensor<4xf32>
}`,
    args: [0, 1, 2, 3].map((n) => [i1(n & 1), i1(n >> 1), { shape: [4], data: Float32Array.of(5, -6, 7, -0) }]),
  },
  {
    name: 'functions called from loops, with early constants and several results',
    text: `func.func private @step(%x: tensor<f32>, %k: tensor<i32>) -> (tensor<f32>, tensor<i32>) attributes {no_inline} {
  %one = array.constant dense<1> : tensor<i32>
  %c = array.constant dense<0.75> : tensor<f32>
  %y = array.mul %x, %c : tensor<f32>
  %j = array.add %k, %one : tensor<i32>
  return %y, %j : tensor<f32>, tensor<i32>
}
func.func private @twice(%x: tensor<f32>, %k: tensor<i32>) -> (tensor<f32>, tensor<i32>) {
  %a:2 = func.call @step(%x, %k) : (tensor<f32>, tensor<i32>) -> (tensor<f32>, tensor<i32>)
  %b:2 = func.call @step(%a#0, %a#1) : (tensor<f32>, tensor<i32>) -> (tensor<f32>, tensor<i32>)
  return %b#0, %b#1 : tensor<f32>, tensor<i32>
}
func.func @main(%x: tensor<f32>, %limit: tensor<f32>) -> (tensor<f32>, tensor<i32>) {
  %zero = array.constant dense<0> : tensor<i32>
  %r:2 = loop.while (%y = %x, %k = %zero) : (tensor<f32>, tensor<i32>) -> (tensor<f32>, tensor<i32>) {
    %c = array.cmp gt, %y, %limit : tensor<f32>
    %go = array.extract %c : tensor<i1> -> i1
    loop.condition(%go) %y, %k : tensor<f32>, tensor<i32>
  } do {
  ^bb0(%y: tensor<f32>, %k: tensor<i32>):
    %s:2 = func.call @twice(%y, %k) : (tensor<f32>, tensor<i32>) -> (tensor<f32>, tensor<i32>)
    loop.yield %s#0, %s#1 : tensor<f32>, tensor<i32>
  }
  return %r#0, %r#1 : tensor<f32>, tensor<i32>
}`,
    args: [
      [f32(100), f32(1)],
      [f32(0), f32(1)],
      [f32(NaN), f32(1)],
    ],
  },
  {
    name: 'a loop that carries nothing but numbers, of every type',
    text: `func.func @main(%x: tensor<f32>, %n: index) -> (i8, i16, i64, f64, i1, i64) {
  %a = arith.constant 100 : i8
  %b = arith.constant -3 : i16
  %c = arith.constant 3 : i64
  %d = arith.constant 0.1 : f64
  %e = arith.constant true
  %f = arith.constant 5 : index
  %r:6 = loop.for %i = 0 to %n iter_args(%p = %a, %q = %b, %s = %c, %t = %d, %u = %e, %v = %f) -> (i8, i16, i64, f64, i1, index) {
    %p1 = arith.muli %p, %a : i8
    %q1 = arith.subi %q, %b : i16
    %s1 = arith.muli %s, %s : i64
    %t1 = arith.divf %t, %d : f64
    %u1 = arith.cmpi slt, %p, %p1 : i8
    %v1 = arith.addi %v, %i : index
    loop.yield %p1, %q1, %s1, %t1, %u1, %v1 : i8, i16, i64, f64, i1, index
  }
  %w = arith.index_cast %r#5 : index to i64
  return %r#0, %r#1, %r#2, %r#3, %r#4, %w : i8, i16, i64, f64, i1, i64
}`,
    args: [0, 1, 2, 9].map((n) => [f32(1), n]),
  },
];

describe.each(CASES)('$name', ({ text, args }) => {
  test.each([0, 1, 2, 3] as const)('-O%i', (level) => {
    for (const [i, given] of args.entries())
      for (const target of level === 3 ? [PLAIN, RELAXED] : [PLAIN])
        expect([i, compareProgram(text, given, { numerics: 'strict', level, target })]).toEqual([i, undefined]);
  });
});
