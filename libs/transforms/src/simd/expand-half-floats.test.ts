import { Interpreter, type RuntimeValue } from '@budflow/interpreter';
import type { Operation } from '@budflow/ir';
import { bf16Bits, bf16FromBits, f16Bits, f16FromBits } from '@budflow/numerics';
import { PassManager, passItem, pipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../testing/kernels.js';
import { expandHalfFloats } from './expand-half-floats.js';

function expand(module: Operation): Operation {
  const manager = new PassManager(pipeline('builtin.module', passItem(expandHalfFloats, {})));
  expect(manager.run(module).succeeded).toBe(true);
  return module;
}

/** A function of scalars before and after the pass. */
function both(text: string) {
  const call = (module: Operation) => {
    const interpreter = new Interpreter(module);
    return (...args: RuntimeValue[]) => interpreter.call('f', args)[0]!;
  };
  const before = call(parse(text));
  const module = expand(parse(text));
  return { before, after: call(module), text: module.toString() };
}

const FORMATS = [
  ['f16', f16Bits, f16FromBits],
  ['bf16', bf16Bits, bf16FromBits],
] as const;

describe('expand-half-floats', () => {
  for (const [type, bitsOf, fromBits] of FORMATS) {
    test(`widens and narrows every ${type}`, () => {
      const { after, text } = both(`func.func @f(%x: ${type}) -> ${type} {
  %0 = arith.extf %x : ${type} to f32
  %1 = arith.truncf %0 : f32 to ${type}
  return %1 : ${type}
}`);
      expect(text).not.toMatch(/extf|truncf/);
      const wide = both(
        `func.func @f(%x: ${type}) -> f32 {\n  %0 = arith.extf %x : ${type} to f32\n  return %0 : f32\n}`,
      );
      for (let bits = 0; bits < 65536; bits++) {
        const x = fromBits(bits);
        if (!Object.is(wide.after(x), x)) expect(wide.after(x), `bits ${bits}`).toBe(x);
        if (!Object.is(after(x), x)) expect(after(x), `bits ${bits}`).toBe(x);
      }
    });

    test(`rounds to ${type} at and beside the middle of every two neighbours, from f32 and from f64`, () => {
      const from = (source: string) =>
        both(
          `func.func @f(%x: ${source}) -> ${type} {\n  %0 = arith.truncf %x : ${source} to ${type}\n  return %0 : ${type}\n}`,
        ).after;
      // Rounded in f32, for an op that follows.
      const inPlace = both(`func.func @f(%x: f32) -> f32 {
  %0 = arith.truncf %x : f32 to ${type}
  %1 = arith.extf %0 : ${type} to f32
  return %1 : f32
}`).after;
      const [single, double] = [from('f32'), from('f64')];
      for (let bits = 0; bits < 0x7f80; bits += 3) {
        const middle = (fromBits(bits) + fromBits(bits + 1)) / 2;
        for (const sign of [1, -1]) {
          for (const x of [middle, middle * (1 + 2 ** -23), middle * (1 - 2 ** -23)].map((v) =>
            Math.fround(sign * v),
          )) {
            const expected = fromBits(bitsOf(x));
            if (!Object.is(single(x), expected)) expect(single(x), `${x}`).toBe(expected);
            if (!Object.is(inPlace(x), expected)) expect(inPlace(x), `${x} in f32`).toBe(expected);
          }
          // Nearer to the middle than f32 can tell: rounding twice would go wrong.
          for (const x of [middle, middle * (1 + 2 ** -50), middle * (1 - 2 ** -50)].map((v) => sign * v)) {
            const expected = fromBits(bitsOf(x));
            if (!Object.is(double(x), expected)) expect(double(x), `${x} from f64`).toBe(expected);
          }
        }
      }
    });

    for (const [source, signed] of [
      ['i8', true],
      ['i32', true],
      ['i32', false],
      ['i64', true],
      ['i64', false],
    ] as const)
      test(`rounds ${signed ? 'signed' : 'unsigned'} ${source} to ${type} once`, () => {
        const { before, after } = both(
          `func.func @f(%x: ${source}) -> ${type} {\n  %0 = arith.${signed ? 'si' : 'ui'}tofp %x : ${source} to ${type}\n  return %0 : ${type}\n}`,
        );
        const width = Number(source.slice(1));
        for (let shift = 0; shift < width; shift++)
          for (const low of [0n, 1n, -1n, 1n << 8n, (1n << 8n) + 1n, 255n << 3n]) {
            for (const head of [0b100000001n, 0b11n, 0b100000000001n]) {
              const value = BigInt.asIntN(width, (head << BigInt(shift)) + low);
              const x = width > 32 ? value : Number(value);
              if (!Object.is(after(x), before(x))) expect(after(x), `${x}`).toBe(before(x));
            }
          }
      });
  }

  test('every op gives the bits it gave before, on scalars', () => {
    const ops = [
      'arith.addf',
      'arith.subf',
      'arith.mulf',
      'arith.divf',
      'arith.remf',
      'arith.minimumf',
      'arith.maximumf',
      'math.copysign',
      'math.powf',
      'math.atan2',
    ];
    const functions = ['arith.negf', 'math.absf', 'math.sqrt', 'math.exp', 'math.floor', 'math.tanh'];
    const values = [
      0,
      -0,
      1,
      -1.5,
      65504,
      -6e-8,
      5.96e-8,
      6.1e-5,
      3.14,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e-3,
      257,
    ];
    for (const [type, bitsOf, fromBits] of FORMATS) {
      const list = values.map((v) => fromBits(bitsOf(v)));
      for (const op of [...ops, ...functions]) {
        const unary = functions.includes(op);
        const f = both(`func.func @f(%x: ${type}, %y: ${type}) -> ${type} {
  %0 = ${op} %x${unary ? '' : ', %y'} : ${type}
  return %0 : ${type}
}`);
        for (const x of list) for (const y of list) expect(f.after(x, y), `${op} ${x} ${y}`).toBe(f.before(x, y));
      }
      for (const predicate of ['olt', 'une', 'ueq']) {
        const f = both(`func.func @f(%x: ${type}, %y: ${type}) -> i1 {
  %0 = arith.cmpf ${predicate}, %x, %y : ${type}
  return %0 : i1
}`);
        for (const x of list) for (const y of list) expect(f.after(x, y)).toBe(f.before(x, y));
      }
      const fma = both(`func.func @f(%x: ${type}, %y: ${type}) -> ${type} {
  %0 = math.fma %x, %y, %x : ${type}
  return %0 : ${type}
}`);
      for (const x of list) for (const y of list) expect(fma.after(x, y), `${x} ${y}`).toBe(fma.before(x, y));
    }
  });

  test('a chain of vectors is rounded in f32 between its ops, and not brought to 16 bits', () => {
    const text = `func.func @k(%m: memref<8xf16>, %o: memref<8xf16>) {
  %z = arith.constant 0 : index
  %c = arith.constant dense<1.5> : vector<8xf16>
  %x = simd.load %m[%z] : memref<8xf16>, vector<8xf16>
  %0 = arith.mulf %x, %c : vector<8xf16>
  %1 = arith.addf %0, %x : vector<8xf16>
  %2 = math.exp %1 : vector<8xf16>
  simd.store %2, %o[%z] : memref<8xf16>, vector<8xf16>
  return
}`;
    const before = runFunction(parse(text), 'k');
    const module = expand(parse(text));
    expect(runFunction(module, 'k')).toEqual(before);
    const after = module.toString();
    expect(after).toContain('math.exp %');
    expect(after).toMatch(/math\.exp .* : vector<8xf32>/);
    expect(after).toContain('dense<1.500000e+00> : vector<8xf32>');
    // One widening, of what was loaded.
    expect(after.match(/arith\.extsi/g)).toHaveLength(1);
  });
});
