// Loops, branches and calls: compiled programs against the interpreter, in every configuration.
import { ArrayMemory, RuntimeTrap } from '@budflow/runtime';
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';
import { CONTROL_FLOW } from './control-flow.programs.js';
import {
  CONFIGURATIONS,
  callCompiled,
  compareProgram,
  describeConfiguration,
  difference,
  interpretProgram,
  RELAXED,
} from './differential.js';

describe('programs with control flow give what the interpreter gives', () => {
  for (const { name, text, args } of CONTROL_FLOW) {
    test(name, () => {
      for (const configuration of CONFIGURATIONS)
        for (const [i, given] of args.entries())
          expect([describeConfiguration(configuration), i, compareProgram(text, given, configuration)]).toEqual([
            describeConfiguration(configuration),
            i,
            undefined,
          ]);
    });
  }
});

test.each(CONTROL_FLOW)('where code from strings is forbidden, too: $name', ({ text, args }) => {
  const configuration = { numerics: 'strict', level: 3, target: RELAXED } as const;
  const module = compile(text, { ...configuration, host: 'interpreted' });
  for (const given of args)
    expect(difference(interpretProgram(text, given, configuration), callCompiled(module, given))).toBeUndefined();
  module.dispose();
});

const STENCIL = (type: string) => `func.func @main(%x: ${type}, %n: index) -> ${type} {
  %r = loop.for %i = 0 to %n iter_args(%a = %x) -> (${type}) {
    %b = array.reverse %a dims = [0] : ${type}
    %c = array.add %b, %x : ${type}
    %d = array.reverse %c dims = [0] : ${type}
    loop.yield %d : ${type}
  }
  return %r : ${type}
}`;

test.each(['tensor<4096xf32>', 'tensor<?xf32>'])('memory does not grow with the number of iterations: %s', (type) => {
  const memory = ArrayMemory.create();
  const module = compile(STENCIL(type), { heap: memory.heap, numerics: 'strict' });
  const data = Float32Array.from({ length: 4096 }, (_, i) => i % 7);
  const used = (n: number) => {
    module.call('main', [data, n]);
    return memory.heap.memory.buffer.byteLength;
  };
  const few = used(1);
  expect(used(2000)).toBe(few);
  module.dispose();
});

test('an assertion that fails names its line, and what was allocated is given back', () => {
  const text = `func.func @main(%x: tensor<8xf32>, %n: index) -> tensor<8xf32> {
  %limit = arith.constant 3 : index
  %r = loop.for %i = 0 to %n iter_args(%a = %x) -> (tensor<8xf32>) {
    %ok = arith.cmpi slt, %i, %limit : index
    cf.assert %ok, "at most three rounds"
    %b = array.neg %a : tensor<8xf32>
    loop.yield %b : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}`;
  for (const host of ['generated', 'interpreted'] as const) {
    const module = compile(text, { file: 'rounds.mlir', host });
    module.call('main', [new Float32Array(8), 3]);
    let trap: unknown;
    try {
      module.call('main', [new Float32Array(8), 4]);
    } catch (error) {
      trap = error;
    }
    expect(trap).toBeInstanceOf(RuntimeTrap);
    const { kind, message, location } = trap as RuntimeTrap;
    expect(kind).toBe('CheckFailed');
    expect(message).toMatch(/^rounds\.mlir:5:5: main: at most three rounds$/);
    expect(String(location)).toContain('rounds.mlir');
    module.dispose();
  }
});

test('a division of numbers that traps names its line', () => {
  const text = `func.func @main(%x: tensor<i32>) -> i32 {
  %a = array.extract %x : tensor<i32> -> i32
  %c = arith.constant 7 : i32
  %d = arith.divsi %c, %a : i32
  return %d : i32
}`;
  const module = compile(text, { file: 'divide.mlir' });
  expect(module.call('main', [Int32Array.of(2)])[0]!.data[0]).toBe(3);
  expect(() => module.call('main', [Int32Array.of(0)])).toThrow(/^divide\.mlir:4:\d+: 'arith\.divsi': /);
  module.dispose();
});

test('a carried value must keep its size', () => {
  const grows = `func.func @main(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %r = loop.for %i = 0 to %n iter_args(%a = %x) -> (tensor<?xf32>) {
    %b = array.pad %a low = [0] high = [1] value 0.0 : f32 : tensor<?xf32> to tensor<?xf32>
    loop.yield %b : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}`;
  const module = compile(grows);
  expect(() => module.call('main', [new Float32Array(3), 1])).toThrow(/dimension 0 of carried value 0 .*loop\.for/);
  module.dispose();
  const byData = `func.func @main(%x: tensor<?xf32>, %s: tensor<index>) -> tensor<?xf32> {
  %r = loop.for %i = 0 to 3 iter_args(%a = %x) -> (tensor<?xf32>) {
    %n = array.extract %s : tensor<index> -> index
    %b = array.full 1.0 : f32, tensor<?xf32> (%n)
    loop.yield %b : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}`;
  expect(() => compile(byData)).toThrow(/passes carried value 0 of a size that depends on data/);
});

test('sizes in loops, branches and callees are checked before anything runs', () => {
  const text = `func.func private @sum(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> attributes {no_inline} {
  %0 = array.add %a, %b : tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @main(%x: tensor<?xf32>, %y: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %r = loop.for %i = 0 to %n iter_args(%a = %x) -> (tensor<?xf32>) {
    %b = func.call @sum(%a, %y) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    loop.yield %b : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}`;
  const module = compile(text);
  const [result] = module.call('main', [Float32Array.of(1, 2), Float32Array.of(3, 4), 2]);
  expect([...(result!.data as Float32Array)]).toEqual([7, 10]);
  expect(() => module.call('main', [new Float32Array(2), new Float32Array(3), 1])).toThrow(
    /dimension 0 of argument 1 is 3/,
  );
  module.dispose();
});

test('a size that depends on data: checked where it is used, and compared with no other', () => {
  const text = `func.func @main(%s: tensor<index>) -> tensor<f32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %n = array.extract %s : tensor<index> -> index
  %a = array.full 1.0 : f32, tensor<?xf32> (%n)
  %b = array.full 2.0 : f32, tensor<?xf32> (%n)
  %c = array.reverse %a dims = [0] : tensor<?xf32>
  %e = array.reverse %b dims = [0] : tensor<?xf32>
  %d = array.add %c, %e : tensor<?xf32>
  %r = array.reduce add %d init %zero dims = [0] : tensor<?xf32>, tensor<f32> to tensor<f32>
  return %r : tensor<f32>
}`;
  const module = compile(text, { file: 'size.mlir', level: 0 });
  expect(module.call('main', [BigInt64Array.of(5n)])[0]!.data[0]).toBe(15);
  let trap: unknown;
  try {
    module.call('main', [BigInt64Array.of(-1n)]);
  } catch (error) {
    trap = error;
  }
  expect(trap).toMatchObject({ kind: 'ShapeMismatch' });
  expect(String((trap as RuntimeTrap).message)).toMatch(/^size\.mlir:\d+:\d+: main: a size must not be negative/);
  module.dispose();
  const mixed = `func.func @main(%x: tensor<?xf32>, %s: tensor<index>) -> tensor<?xf32> {
  %n = array.extract %s : tensor<index> -> index
  %a = array.full 1.0 : f32, tensor<?xf32> (%n)
  %d = array.add %x, %a : tensor<?xf32>
  return %d : tensor<?xf32>
}`;
  expect(() => compile(mixed)).toThrow(/'array\.add' op needs .* depends on data/);
});
