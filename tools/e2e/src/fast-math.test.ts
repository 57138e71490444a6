// The numerics mode `fast`: math functions become expansions of fewer instructions, the same in the interpreter and in
// WebAssembly. (That constants fold so is tested beside the ops; what folds before the mode is written into the IR has the
// accurate value.)
import { mathEvaluator, mathFunctions, Random } from '@budflow/numerics';
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';
import { type Configuration, compareProgram, PLAIN, RELAXED, runCompiled } from './differential.js';

const NAMES = [...Object.keys(mathFunctions).filter((name) => mathFunctions[name]!.fast), 'pow'];
const CONFIGURATIONS: readonly Configuration[] = [
  { numerics: 'fast', level: 0, target: PLAIN },
  { numerics: 'fast', level: 3, target: PLAIN },
  { numerics: 'fast', level: 3, target: RELAXED },
];

/** Numbers of all sizes, zeros, infinities and subnormal numbers among them. */
function numbers(element: 'f32' | 'f64'): Float32Array | Float64Array {
  const random = new Random(21);
  const edges = [0, -0, Infinity, -Infinity, 2 ** -130, 2 ** -1030, -1e9, 1e9, 88.7228, -87.4, 127.9, 38999, 39001];
  const list = Array.from({ length: 1203 }, (_, i) =>
    i < edges.length ? edges[i]! : (random.uniform() * 2 - 1) * 2 ** random.integer(-20, 12),
  );
  return element === 'f32' ? Float32Array.from(list) : Float64Array.from(list);
}

function program(name: string, type: string): string {
  const second = name === 'pow' ? ', %x' : '';
  return `func.func @main(%x: ${type}) -> ${type} {\n  %r = array.${name} %x${second} : ${type}\n  return %r : ${type}\n}`;
}

describe.each(['f32', 'f64'] as const)('%s', (element) => {
  test.each(NAMES)('array.%s compiled is what the interpreter computes', (name) => {
    const data = numbers(element);
    for (const configuration of CONFIGURATIONS)
      expect(
        compareProgram(program(name, `tensor<?x${element}>`), [{ shape: [data.length], data }], configuration),
        JSON.stringify(configuration),
      ).toBeUndefined();
  });

  test.each(NAMES.filter((name) => name !== 'pow'))('array.%s is the fast expansion', (name) => {
    const data = numbers(element);
    const [run] = runCompiled(
      program(name, `tensor<?x${element}>`),
      [{ shape: [data.length], data }],
      CONFIGURATIONS[1]!,
    );
    const f = mathEvaluator(name, element, { fast: true });
    for (let i = 0; i < data.length; i += 7) if (!Number.isNaN(f(data[i]!))) expect(run!.data[i]).toBe(f(data[i]!));
  });
});

test('16-bit floats are computed by the fast expansion of f32', () => {
  const data = Uint16Array.from({ length: 500 }, (_, i) => 0x2e00 + i * 13);
  for (const name of ['exp', 'tanh', 'log'])
    for (const configuration of CONFIGURATIONS)
      expect(
        compareProgram(program(name, 'tensor<500xf16>'), [{ shape: [500], data }], configuration),
        name,
      ).toBeUndefined();
});

test('complex functions keep the accurate parts', () => {
  const data = Float32Array.from({ length: 80 }, (_, i) => Math.fround(Math.sin(i) * 3));
  for (const name of ['exp', 'log', 'tanh'])
    for (const configuration of CONFIGURATIONS)
      expect(
        compareProgram(program(name, 'tensor<40xcomplex<f32>>'), [{ shape: [40], data }], configuration),
        name,
      ).toBeUndefined();
});

test('the mode makes the code shorter', () => {
  const size = (numerics: 'default' | 'fast'): number => {
    let ir = '';
    compile(program('exp', 'tensor<4096xf32>'), {
      numerics,
      target: PLAIN,
      level: 3,
      dump: (_, text) => {
        ir = text;
      },
    }).dispose();
    return ir.match(/arith\.\w+/g)!.length;
  };
  expect(size('fast')).toBeLessThan(size('default'));
});
