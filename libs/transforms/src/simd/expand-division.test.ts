import { Interpreter, type MemRefValue, memrefOver } from '@budflow/interpreter';
import { PassManager, passItem, pipeline } from '@budflow/pass';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { unsignedMultiplier } from './expand-division.js';
import { expandMath } from './expand-math.js';

const OPS = ['divsi', 'remsi', 'divui', 'remui'] as const;
type Numbers = Int8Array | Int16Array | Int32Array | BigInt64Array;
const ARRAYS = { i8: Int8Array, i16: Int16Array, i32: Int32Array, i64: BigInt64Array } as const;
type Type = keyof typeof ARRAYS;
const WIDTH = { i8: 8, i16: 16, i32: 32, i64: 64 } as const;

/** Every divisor as one op on `numbers`, one function for all of them. */
function program(op: string, type: Type, divisors: readonly bigint[], n: number): string {
  const vector = `vector<${n}x${type}>`;
  const lines = divisors.map(
    (d, i) => `  %z${i} = arith.constant ${i} : index
  %y${i} = arith.constant dense<${BigInt.asIntN(WIDTH[type], d)}> : ${vector}
  %r${i} = arith.${op} %x, %y${i} : ${vector}
  simd.store %r${i}, %o[%z${i}, %z] : memref<${divisors.length}x${n}x${type}>, ${vector}`,
  );
  return `func.func @k(%m: memref<${n}x${type}>, %o: memref<${divisors.length}x${n}x${type}>) {
  %z = arith.constant 0 : index
  %x = simd.load %m[%z] : memref<${n}x${type}>, ${vector}
${lines.join('\n')}
  return
}`;
}

/** The text after the pass, which gave what the ops give. */
function divided(op: (typeof OPS)[number], type: Type, divisors: readonly bigint[], numbers: Numbers): string {
  const text = program(op, type, divisors, numbers.length);
  const run = (module: ReturnType<typeof parse>): Numbers => {
    const { context } = module;
    const element = context.integer(WIDTH[type]);
    const out = new ARRAYS[type](divisors.length * numbers.length);
    const arg = (data: Numbers, shape: number[]): MemRefValue =>
      memrefOver(context.memref(shape, element), data, shape);
    new Interpreter(module).call('k', [arg(numbers, [numbers.length]), arg(out, [divisors.length, numbers.length])]);
    return out;
  };
  const module = parse(text);
  const manager = new PassManager(pipeline('builtin.module', passItem(expandMath, {})));
  expect(manager.run(module).succeeded).toBe(true);
  expect(run(module)).toEqual(run(parse(text)));
  return module.toString();
}

const all8 = Int8Array.from({ length: 256 }, (_, i) => i - 128);

describe('quotients and remainders of vectors by constants', () => {
  test.each(OPS)('arith.%s by bytes, of every byte', (op) => {
    const isSmall = (d: bigint): boolean => d > -14n && d < 32n;
    const divisors = Array.from(all8, BigInt)
      .filter((d) => d !== 0n && d !== -1n && d !== -128n)
      .filter((d) => isSmall(d) || d % 7n === 2n || d > 120n);
    expect(divided(op, 'i8', divisors, all8)).not.toContain(`arith.${op}`);
  });

  test.each(OPS)('arith.%s by numbers of 16 and 32 bits', (op) => {
    const cases = [
      [16, 'i16', Int16Array],
      [32, 'i32', Int32Array],
    ] as const;
    for (const [width, type, array] of cases) {
      const number = fc.bigInt({ min: -(1n << BigInt(width - 1)), max: (1n << BigInt(width - 1)) - 1n });
      const edges = [3n, 7n, 10n, 255n, 641n, -3n, -7n, -10n, 25n, 100n, 146097n, 1n << BigInt(width - 2)];
      fc.assert(
        fc.property(fc.array(number, { minLength: 8, maxLength: 8 }), fc.array(number, { maxLength: 6 }), (xs, ds) => {
          const wrapped = [...ds, ...edges].map((d) => BigInt.asIntN(width, d));
          const divisors = wrapped.filter((d) => d !== 0n && d !== -1n && d !== -(1n << BigInt(width - 1)));
          // Neighbours of multiples are where a multiplier that is off by one shows.
          const near = divisors.flatMap((d) => [xs[0]! - (xs[0]! % d), xs[0]! - (xs[0]! % d) - 1n]);
          const limits = [0n, -1n, 1n, -(1n << BigInt(width - 1)), (1n << BigInt(width - 1)) - 1n];
          const numbers = [...xs, ...near, ...limits].map((x) => Number(BigInt.asIntN(width, x)));
          while (numbers.length % 8 > 0) numbers.push(0);
          expect(divided(op, type, divisors, array.from(numbers))).not.toContain(`arith.${op}`);
        }),
        { numRuns: 6 },
      );
    }
  });

  test('multipliers are exact for every number of 10 bits', () => {
    for (let d = 3n; d < 1n << 10n; d++) {
      if ((d & (d - 1n)) === 0n) continue;
      const { multiplier, shift } = unsignedMultiplier(d, 10n, 10n);
      for (let x = 0n; x < 1n << 10n; x++) if (x / d !== (x * multiplier) >> (10n + shift)) expect([d, x]).toEqual([]);
    }
  });

  test('powers of two are shifts and masks, in 64 bits too', () => {
    const numbers = BigInt64Array.from([0n, 1n, -1n, 63n, -64n, 65n, -(1n << 63n), (1n << 63n) - 1n]);
    for (const op of OPS) {
      const text = divided(op, 'i64', [1n, 2n, 8n, 1n << 40n], numbers);
      expect(text).not.toContain(`arith.${op}`);
      expect(text).not.toContain('simd.mul_high');
    }
  });

  test('what no multiplier exists for stays', () => {
    expect(divided('divsi', 'i64', [3n, -3n], BigInt64Array.of(7n, -7n))).toContain('arith.divsi');
    // The lowest number by -1 is nobody's quotient; and there is no number that -128 is the negative of.
    expect(divided('divsi', 'i8', [-1n, -128n], Int8Array.of(5, -5, 127, -127))).toContain('arith.divsi');
  });
});
