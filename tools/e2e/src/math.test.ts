// Every math function and bit op of the array dialect, special values included: folds, the interpreter and WebAssembly
// give the same bits, in strict and in contract mode, on both targets.

import { binaryMathEvaluator, mathEvaluator, Random } from '@budflow/numerics';
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';
import { type Configuration, compareProgram, PLAIN, RELAXED, runCompiled } from './differential.js';

const CONFIGURATIONS: readonly Configuration[] = [
  { numerics: 'strict', level: 0, target: PLAIN },
  { numerics: 'strict', level: 3, target: PLAIN },
  { numerics: 'default', level: 1, target: RELAXED },
  { numerics: 'default', level: 3, target: RELAXED },
];

const SPECIAL = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3,
  -3,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  Math.PI / 2,
  -Math.PI,
  38999.5,
  39001,
  1e6,
  2e6,
  -1e9,
  1e22,
  3e38,
  -3e38,
  0.41421354,
  0.4142136,
  2.4142137,
  88.8,
  -89.5,
  8388609,
];

type Floats = Float32Array | Float64Array;

/** Special values in every pairing for two operands, then random bits and ordinary numbers. */
function floats(element: 'f32' | 'f64', seed: number, repeat: number): Floats {
  const random = new Random(seed);
  const list: number[] = [];
  for (const a of SPECIAL) {
    for (let i = 0; i < repeat; i++) list.push(a);
  }
  if (element === 'f64') list.push(5e-324, -1e308, 1.7e308, 1e300, -1e200);
  const words = Uint32Array.from({ length: 512 }, () => random.uint32());
  list.push(...(element === 'f32' ? new Float32Array(words.buffer) : new Float64Array(words.buffer)));
  while (list.length < 2501) list.push((random.uniform() * 2 - 1) * 2 ** random.integer(-4, 8));
  const data = element === 'f32' ? new Float32Array(list.length) : new Float64Array(list.length);
  data.set(list);
  return data;
}

const FUNCTIONS = ['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'asinh', 'acosh', 'atanh', 'sinh', 'cosh', 'cbrt'];
const EXACT = ['sign', 'round', 'trunc', 'ceil', 'floor', 'round_even'];
const BINARY = ['pow', 'atan2'];

function check(text: string, args: { shape: number[]; data: Floats }[]): void {
  for (const configuration of CONFIGURATIONS) {
    const failure = compareProgram(text, args, configuration);
    expect(failure, `${text}\n${JSON.stringify(configuration)}`).toBeUndefined();
  }
}

describe.each(['f32', 'f64'] as const)('%s', (element) => {
  test.each([...FUNCTIONS, ...EXACT])('array.%s', (kind) => {
    const data = floats(element, 3, 1);
    const t = `tensor<?x${element}>`;
    check(`func.func @main(%x: ${t}) -> ${t} {\n  %r = array.${kind} %x : ${t}\n  return %r : ${t}\n}`, [
      { shape: [data.length], data },
    ]);
  });

  test.each(BINARY)('array.%s', (kind) => {
    const x = floats(element, 3, SPECIAL.length);
    const y = floats(element, 5, 1);
    const paired = x.map((_, i) => (i < SPECIAL.length ** 2 ? SPECIAL[i % SPECIAL.length]! : y[i % y.length]!));
    const t = `tensor<?x${element}>`;
    check(`func.func @main(%x: ${t}, %y: ${t}) -> ${t} {\n  %r = array.${kind} %x, %y : ${t}\n  return %r : ${t}\n}`, [
      { shape: [x.length], data: x },
      { shape: [x.length], data: paired },
    ]);
  });

  test('array.is_finite', () => {
    const data = floats(element, 3, 1);
    const [t, m] = [`tensor<?x${element}>`, 'tensor<?xi1>'];
    check(`func.func @main(%x: ${t}) -> ${m} {\n  %r = array.is_finite %x : ${t}\n  return %r : ${m}\n}`, [
      { shape: [data.length], data },
    ]);
  });

  test('several functions in one kernel, with large angles in some vectors only', () => {
    const data = floats(element, 9, 1);
    const t = `tensor<?x${element}>`;
    check(
      `func.func @main(%x: ${t}) -> ${t} {
  %s = array.sin %x : ${t}
  %c = array.cos %x : ${t}
  %a = array.atan2 %s, %c : ${t}
  %p = array.pow %a, %c : ${t}
  %t = array.tan %p : ${t}
  %r = array.sinh %t : ${t}
  return %r : ${t}
}`,
      [{ shape: [data.length], data }],
    );
  });

  test.each([...FUNCTIONS, 'round', 'trunc', ...BINARY])('array.%s of constants folds to what runs', (kind) => {
    const isBinary = BINARY.includes(kind);
    const name = kind === 'pow' ? 'powf' : kind;
    const round = element === 'f32' ? Math.fround : (v: number): number => v;
    for (const numerics of ['strict', 'default'] as const) {
      for (const value of [0.7, -0.7, 3.5, 50000.5]) {
        const t = `tensor<8x${element}>`;
        const constant = `array.constant dense<${value}> : ${t}`;
        const text = `func.func @main(%y: ${t}) -> (${t}, ${t}) {
  %c = ${constant}
  %r = array.${kind} %c${isBinary ? ', %c' : ''} : ${t}
  %s = array.${kind} %y${isBinary ? ', %y' : ''} : ${t}
  return %r, %s : ${t}, ${t}
}`;
        const x = round(value);
        const data = (element === 'f32' ? new Float32Array(8) : new Float64Array(8)).fill(x);
        const [folded, run] = runCompiled(text, [{ shape: [8], data }], { numerics, level: 3, target: RELAXED });
        expect(folded!.data, `${kind}(${value})`).toEqual(run!.data);
        if (numerics !== 'strict' || kind === 'trunc') continue;
        const expected = isBinary ? binaryMathEvaluator(name, element)(x, x) : mathEvaluator(name, element)(x);
        expect(run!.data[3]).toBe(expected);
      }
    }
  });
});

const INTEGERS = {
  i8: Int8Array,
  i16: Int16Array,
  i32: Int32Array,
  i64: BigInt64Array,
  ui8: Uint8Array,
  ui32: Uint32Array,
} as const;

function integers(element: keyof typeof INTEGERS, seed: number): InstanceType<(typeof INTEGERS)[typeof element]> {
  const random = new Random(seed);
  const words = Uint32Array.from({ length: 1024 }, () => random.uint32());
  const data = new INTEGERS[element](words.buffer);
  const edges = [0, 1, -1, 2, 5, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 127, -128];
  edges.forEach((e, i) => {
    // Amounts at the widths of all types, against random numbers.
    if (data instanceof BigInt64Array) data[i] = BigInt(e);
    else data[i] = e;
  });
  return data;
}

describe.each(Object.keys(INTEGERS) as (keyof typeof INTEGERS)[])('%s', (element) => {
  test.each(['popcount', 'clz', 'sign'])('array.%s', (kind) => {
    const data = integers(element, 7);
    const t = `tensor<?x${element}>`;
    const text = `func.func @main(%x: ${t}) -> ${t} {\n  %r = array.${kind} %x : ${t}\n  return %r : ${t}\n}`;
    for (const configuration of CONFIGURATIONS)
      expect(compareProgram(text, [{ shape: [data.length], data }], configuration), text).toBeUndefined();
  });

  test.skipIf(element.startsWith('ui'))('array.pow wraps, and negative powers are 0, 1 or -1', () => {
    const x = integers(element, 7);
    const y = integers(element, 8);
    for (let i = 0; i < x.length; i++) {
      const [base, power] = [(i % 7) - 3, (i % 45) - 4];
      if (i < 315 && x instanceof BigInt64Array) x[i] = BigInt(base);
      else if (i < 315) x[i] = base;
      if (i % 2 === 1 && y instanceof BigInt64Array) y[i] = BigInt(power);
      else if (i % 2 === 1) y[i] = power;
    }
    const t = `tensor<?x${element}>`;
    const text = `func.func @main(%x: ${t}, %y: ${t}) -> ${t} {\n  %r = array.pow %x, %y : ${t}\n  return %r : ${t}\n}`;
    const args = [
      { shape: [x.length], data: x },
      { shape: [y.length], data: y },
    ];
    for (const configuration of CONFIGURATIONS) expect(compareProgram(text, args, configuration), text).toBeUndefined();
  });

  test.each(['shl', 'shr_s', 'shr_u'])('array.%s, past the width too', (kind) => {
    const x = integers(element, 7).slice().reverse();
    const y = integers(element, 8);
    const bits = { i8: 8, i16: 16, i32: 32, i64: 64, ui8: 8, ui32: 32 }[element];
    for (let i = 20; i < y.length; i++) {
      if (i % 3 === 0) continue;
      const amount = i % (bits + 4);
      if (y instanceof BigInt64Array) y[i] = BigInt(amount);
      else y[i] = amount;
    }
    const t = `tensor<?x${element}>`;
    const text = `func.func @main(%x: ${t}, %y: ${t}) -> ${t} {\n  %r = array.${kind} %x, %y : ${t}\n  return %r : ${t}\n}`;
    const args = [
      { shape: [x.length], data: x },
      { shape: [y.length], data: y },
    ];
    for (const configuration of CONFIGURATIONS) expect(compareProgram(text, args, configuration), text).toBeUndefined();
  });
});

test('a shift by the width or more gives what StableHLO says', () => {
  const t = 'tensor<4xi32>';
  const text = `func.func @main(%x: ${t}, %y: ${t}) -> (${t}, ${t}, ${t}) {
  %l = array.shl %x, %y : ${t}
  %s = array.shr_s %x, %y : ${t}
  %u = array.shr_u %x, %y : ${t}
  return %l, %s, %u : ${t}, ${t}, ${t}
}`;
  const module = compile(text, { target: PLAIN });
  const results = module.call('main', [Int32Array.of(-5, -5, 5, -5), Int32Array.of(31, 32, 100, -1)] as never);
  expect(results.map((r) => Array.from(r.data as Int32Array))).toEqual([
    [-2147483648, 0, 0, 0],
    [-1, -1, 0, -1],
    [1, 0, 0, 0],
  ]);
  module.dispose();
});
