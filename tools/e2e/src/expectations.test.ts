// Expectations in programs: compiled and interpreted programs say the same of them.
import { RuntimeTrap } from '@budflow/runtime';
import { compile } from 'budflow';
import { expect, test } from 'vitest';
import { CONFIGURATIONS, interpretProgram } from './differential.js';

const STRICT = CONFIGURATIONS.find(({ numerics }) => numerics === 'strict')!;
const TYPES = ['f32', 'f64', 'f16', 'bf16', 'i1', 'i8', 'i32', 'i64', 'ui8', 'ui32', 'complex<f32>', 'complex<f64>'];

/** What the trap says behind the place and the function or op. */
function unmet(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    const { kind, message } = error as RuntimeTrap;
    return kind === 'CheckFailed' ? message.replace(/^.*?: .*?: /, '') : message;
  }
  return undefined;
}

function value(type: string, first: 0 | 1): string {
  if (type.startsWith('complex')) return `[(${first}.0, 0.0), (1.0, 1.0), (0.0, 0.0)]`;
  if (type === 'i1') return `[${first === 1}, true, false]`;
  return type.includes('f') ? `[${first}.0, 1.0, 0.0]` : `[${first}, 1, 0]`;
}

/** `x` moved, so that there is a kernel in front of the expectation. */
const program = (type: string, expected: string) => `func.func @main() {
  %x = array.constant dense<${value(type, 1)}> : tensor<3x${type}>
  %y = array.reverse %x dims = [0] : tensor<3x${type}>
  %z = array.reverse %y dims = [0] : tensor<3x${type}>
  %e = array.constant dense<${expected}> : tensor<3x${type}>
  array.expect equal %z, %e : tensor<3x${type}>, tensor<3x${type}>
  return
}`;

for (const type of TYPES) {
  test(`expectations of ${type} hold, or name what is not met`, () => {
    for (const host of ['generated', 'interpreted'] as const) {
      const fine = compile(program(type, value(type, 1)), { host });
      expect(unmet(() => fine.call('main', []))).toBeUndefined();
      const text = program(type, value(type, 0));
      const wrong = compile(text, { host });
      const said = unmet(() => wrong.call('main', []));
      expect(said).toMatch(/^1 of 3 elements differ: at \[0\] got .*1.*|true, expected .*0.*|false$/);
      expect(unmet(() => interpretProgram(text, [], STRICT))).toBe(said);
      for (const module of [fine, wrong]) module.dispose();
    }
  });
}

test('the traps are at the place of the expectation', () => {
  const module = compile(program('f32', value('f32', 0)), { file: 'wanted.mlir' });
  expect(() => module.call('main', [])).toThrow(/^wanted\.mlir:6:3: main: 1 of 3 elements differ/);
  expect(() => module.call('main', [])).toThrow(RuntimeTrap);
  module.dispose();
});

test('sizes that are known at run time are compared too', () => {
  const text = `func.func @main(%x: tensor<?xf32>, %y: tensor<?xf32>) {
  array.expect tolerance %x, %y {tolerance = 5.000000e-01 : f64} : tensor<?xf32>, tensor<?xf32>
  return
}`;
  for (const host of ['generated', 'interpreted'] as const) {
    const module = compile(text, { host });
    const call = (x: number[], y: number[]) =>
      unmet(() => module.call('main', [Float32Array.from(x), Float32Array.from(y)]));
    expect(call([1, 2], [1.5, 2])).toBeUndefined();
    expect(call([1, 2], [1, 2, 3])).toBe('got an array of shape [2], expected [3]');
    expect(call([1, 2], [1, 2.75])).toBe('1 of 2 elements differ by more than 0.5: at [1] got 2, expected 2.75');
    module.dispose();
  }
});

test('expectations in loops and branches are met there', () => {
  const text = `func.func @main(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %limit = array.constant dense<[0.0, 8.0, 16.0, 24.0]> : tensor<4xf32>
  %two = array.constant dense<2.0> : tensor<4xf32>
  %three = arith.constant 3 : index
  %r = loop.for %i = 0 to %n iter_args(%a = %x) -> (tensor<4xf32>) {
    %b = array.mul %a, %two : tensor<4xf32>
    %is_third = arith.cmpi eq, %i, %three : index
    loop.if %is_third {
      array.expect equal %b, %limit : tensor<4xf32>, tensor<4xf32>
    }
    loop.yield %b : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}`;
  const module = compile(text, { file: 'loop.mlir' });
  const call = (n: number) => unmet(() => module.call('main', [Float32Array.of(0, 1, 2, 3), n]));
  expect(call(3)).toBeUndefined();
  expect(call(4)).toMatch(/^3 of 4 elements differ: at \[1\] got 16, expected 8;/);
  module.dispose();
});
