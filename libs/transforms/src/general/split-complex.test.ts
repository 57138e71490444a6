import { ComplexValue, Interpreter, type RuntimeValue } from '@budflow/interpreter';
import { ComplexType, type FunctionType, type Operation, printModule, type TypeAttr } from '@budflow/ir';
import { Random } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { functionNamed, parse } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { splitComplex } from './split-complex.js';

function split(text: string) {
  const module = parse(text);
  const outcome = runPasses(module, 'builtin.module(split-complex)', [splitComplex]);
  return { module, ...outcome };
}
const linesOf = (text: string) =>
  split(text)
    .module.toString()
    .split('\n')
    .map((l) => l.replace(/ {2}\/\/ .*/, '').trim());

const flat = (values: readonly RuntimeValue[]) =>
  values
    .flatMap((v) => (v instanceof ComplexValue ? [v.re, v.im] : [v]))
    .map((v) => (Object.is(v, -0) ? '-0' : String(v)));

/** Results before and after on the same numbers. */
function both(text: string, name: string, random: Random): [string[], string[]] {
  const module = parse(text);
  const type = (functionNamed(module, name).attr('function_type') as TypeAttr).type as FunctionType;
  const special = [0, -0, Number.POSITIVE_INFINITY, Number.NaN, 1e30, 1e-30];
  const number = () =>
    Math.fround(random.uint32() % 8 === 0 ? special[random.uint32() % special.length]! : random.uniform() * 8 - 4);
  const args: RuntimeValue[] = type.inputs.map((t) =>
    t instanceof ComplexType
      ? new ComplexValue(number(), number())
      : `${t}` === 'i1'
        ? random.uint32() & 1
        : random.uint32() % 5,
  );
  const before = flat(new Interpreter(module).call(name, args));
  const after = new Interpreter(split(text).module).call(
    name,
    args.flatMap((a) => (a instanceof ComplexValue ? [a.re, a.im] : [a])),
  );
  return [before, flat(after)];
}

function complexLeft(module: Operation): string[] {
  const names: string[] = [];
  module.walk((op) => {
    if (op.name.startsWith('complex.')) names.push(op.name);
  });
  return names;
}

const C = 'complex<f32>';
/** Every op, a call, blocks, and loops that carry complex values. */
const EVERYTHING = `func.func @g(%a: ${C} {x.y = 1 : i64}, %k: i32, %b: ${C}) -> (${C}, i1) {
  %0 = complex.mul %a, %b : ${C}
  %1 = complex.eq %0, %b : ${C}
  return %0, %1 : ${C}, i1
}
func.func @f(%a: ${C}, %b: ${C}, %c: i1, %n: index, %k: i32) -> (${C}, f32, i1, ${C}) {
  %0 = complex.add %a, %b : ${C}
  %1 = complex.sub %a, %b : ${C}
  %2 = complex.div %0, %1 : ${C}
  %3 = complex.neg %2 : ${C}
  %4 = complex.conj %3 : ${C}
  %5 = complex.abs %4 : ${C}
  %6 = complex.constant [1.5 : f32, -2.0 : f32] : ${C}
  %7 = arith.select %c, %4, %6 : ${C}
  %8:2 = call @g(%7, %k, %a) : (${C}, i32, ${C}) -> (${C}, i1)
  %9 = complex.neq %8#0, %a : ${C}
  %10:2 = loop.for %i = 0 to %n iter_args(%x = %8#0, %s = %5) -> (${C}, f32) {
    %re = complex.re %x : ${C}
    %im = complex.im %x : ${C}
    %t = arith.addf %s, %re : f32
    %y = complex.create %im, %t : ${C}
    %z = loop.if %c -> (${C}) {
      loop.yield %y : ${C}
    } else {
      %w = complex.mul %y, %6 : ${C}
      loop.yield %w : ${C}
    }
    loop.yield %z, %t : ${C}, f32
  }
  cf.switch %k : i32, [
    default: ^bb1(%10#0, %10#1 : ${C}, f32),
    1: ^bb2(%10#0 : ${C}),
    2: ^bb1(%7, %10#1 : ${C}, f32)
  ]
^bb1(%p: ${C}, %q: f32):
  cf.cond_br %c, ^bb2(%p : ${C}), ^bb3(%p, %9, %q : ${C}, i1, f32)
^bb2(%u: ${C}):
  cf.br ^bb3(%u, %8#1, %5 : ${C}, i1, f32)
^bb3(%r: ${C}, %d: i1, %e: f32):
  return %r, %e, %d, %4 : ${C}, f32, i1, ${C}
}`;

describe('split-complex', () => {
  test('values become pairs in signatures and arithmetic', () => {
    expect(
      linesOf(`func.func @f(%z: ${C}, %k: i32) -> ${C} {
  %0 = complex.mul %z, %z : ${C}
  return %0 : ${C}
}`),
    ).toEqual([
      'module {',
      'func.func @f(%arg0: f32, %arg1: f32, %arg2: i32) -> (f32, f32) {',
      '%0 = arith.mulf %arg0, %arg0 : f32',
      '%1 = arith.mulf %arg1, %arg1 : f32',
      '%2 = arith.subf %0, %1 : f32',
      '%3 = arith.mulf %arg1, %arg0 : f32',
      '%4 = arith.mulf %arg0, %arg1 : f32',
      '%5 = arith.addf %3, %4 : f32',
      'return %2, %5 : f32, f32',
      '}',
      '}',
    ]);
  });

  test('calls, blocks, switches, loops and ifs pass pairs; nothing complex remains', () => {
    const { module, statistics } = split(EVERYTHING);
    expect(complexLeft(module)).toEqual([]);
    expect(printModule(module)).not.toContain('complex');
    expect(printModule(module)).toContain(
      'func.func @g(%arg0: f32 {x.y = 1 : i64}, %arg1: f32 {x.y = 1 : i64}, %arg2: i32',
    );
    expect(statistics.signatures).toBe(2);
    expect(statistics.structural).toBeGreaterThan(6);
  });

  test('the results are the same bits, infinities and NaN included', () => {
    const random = new Random(3);
    for (let i = 0; i < 150; i++) {
      const [before, after] = both(EVERYTHING, 'f', random);
      expect(after).toEqual(before);
    }
  });

  test('declared functions and unknown users keep complex values, with create, re and im in between', () => {
    const { module } = split(`func.func private @outside(${C}) -> ${C}
func.func @f(%m: memref<4x${C}>, %i: index, %z: ${C}) -> ${C} {
  %0 = memory.load %m[%i] : memref<4x${C}>
  %1 = complex.add %0, %z : ${C}
  memory.store %1, %m[%i] : memref<4x${C}>
  %2 = call @outside(%1) : (${C}) -> ${C}
  return %2 : ${C}
}`);
    const text = module.toString();
    expect(complexLeft(module)).toEqual(['complex.re', 'complex.im', 'complex.create', 'complex.re', 'complex.im']);
    expect(text).toContain(`func.func private @outside(${C}) -> ${C}`);
    expect(text).toContain('-> (f32, f32) {');
    // What stays between does not change when the pass runs again.
    const again = runPasses(module, 'builtin.module(split-complex)', [splitComplex]);
    expect(module.toString()).toBe(text);
    expect(again.statistics.signatures).toBe(0);
  });

  test('function values change with the functions they name', () => {
    const lines = linesOf(`func.func @g(%a: ${C}) -> ${C} {
  return %a : ${C}
}
func.func @f(%a: ${C}) -> ${C} {
  %g = constant @g : (${C}) -> ${C}
  %r = call_indirect %g(%a) : (${C}) -> ${C}
  return %r : ${C}
}`);
    expect(lines).toContain('%f = constant @g : (f32, f32) -> (f32, f32)');
    expect(lines).toContain('%0:2 = call_indirect %f(%arg0, %arg1) : (f32, f32) -> (f32, f32)');
  });

  test('a declared function as a value cannot be bridged, which is an error that leaves everything as it was', () => {
    const module = parse(`func.func private @outside(${C}) -> ${C}
func.func @f(%a: ${C}) -> ${C} {
  %g = constant @outside : (${C}) -> ${C}
  %r = call_indirect %g(%a) : (${C}) -> ${C}
  return %r : ${C}
}`);
    const before = printModule(module, { generic: true, locations: true });
    expect(() => runPasses(module, 'builtin.module(split-complex)', [splitComplex])).toThrow(
      /result 0 of 'func.constant' is .* where .* is needed/,
    );
    expect(printModule(module, { generic: true, locations: true })).toBe(before);
  });

  test('programs without complex values stay as they are', () => {
    const module = parse('func.func @f(%a: f32) -> f32 {\n  return %a : f32\n}');
    const before = printModule(module);
    expect(runPasses(module, 'builtin.module(split-complex)', [splitComplex]).statistics).toEqual({
      ops: 0,
      signatures: 0,
      structural: 0,
    });
    expect(printModule(module)).toBe(before);
  });
});
