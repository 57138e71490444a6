// StableHLO programs against XLA: the values beside this file are what XLA:CPU computed for programs of JAX and for ones in
// text (but for NaN in formats without a mantissa, which StableHLO makes infinite). Interpreter and WebAssembly come close
// to them, and in `strict` are equal to each other bit by bit.
import { readFileSync } from 'node:fs';
import { bf16Bits, bf16FromBits, f16Bits, f16FromBits } from '@budflow/numerics';
import { buildPipelineConfig, PassManager } from '@budflow/pass';
import type { TypedArray } from '@budflow/runtime';
import { createPassRegistry } from 'budflow';
import { describe, expect, test } from 'vitest';
import { difference, interpretProgram, PLAIN, runCompiled, type TestTensor } from '../differential.js';

const GROUPS = [
  'functions',
  'reductions',
  'gathers',
  'sorts',
  'convolutions',
  'linear-algebra',
  'random',
  'programs',
] as const;

interface StoredTensor {
  readonly type: keyof typeof STORAGE;
  readonly shape: readonly number[];
  /** Numbers with spaces between; complex ones as two. */
  readonly data: string;
}
interface StoredCase {
  readonly name: string;
  /** Relative; what the type allows where it is missing. */
  readonly tolerance?: number;
  readonly text: readonly string[];
  readonly arguments: readonly StoredTensor[];
  readonly results: readonly StoredTensor[];
}

const STORAGE = {
  i1: Uint8Array,
  i8: Int8Array,
  i16: Int16Array,
  i32: Int32Array,
  i64: BigInt64Array,
  ui8: Uint8Array,
  ui16: Uint16Array,
  ui32: Uint32Array,
  ui64: BigUint64Array,
  f16: Uint16Array,
  bf16: Uint16Array,
  f32: Float32Array,
  f64: Float64Array,
  c64: Float32Array,
  c128: Float64Array,
} as const;
/** Relative errors; integers have none. */
const TOLERANCES: Partial<Record<keyof typeof STORAGE, number>> = {
  f16: 4e-3,
  bf16: 3e-2,
  f32: 2e-5,
  f64: 1e-11,
  c64: 2e-5,
  c128: 1e-11,
};

function number(word: string): number {
  return word === 'inf' ? Number.POSITIVE_INFINITY : word === '-inf' ? Number.NEGATIVE_INFINITY : Number(word);
}
function read({ type, shape, data }: StoredTensor): TestTensor {
  const words = data === '' ? [] : data.split(' ');
  const Storage = STORAGE[type];
  const encode = type === 'f16' ? f16Bits : type === 'bf16' ? bf16Bits : (x: number) => x;
  const values = type === 'i64' || type === 'ui64' ? words.map(BigInt) : words.map((w) => encode(number(w)));
  return { shape, data: (Storage as unknown as { from(v: readonly unknown[]): TypedArray }).from(values) };
}
function numberIn(type: keyof typeof STORAGE, stored: number | bigint): number {
  if (type === 'f16') return f16FromBits(stored as number);
  return type === 'bf16' ? bf16FromBits(stored as number) : Number(stored);
}

/** The first element that is not as expected, in words. */
function deviation({ results, tolerance }: StoredCase, actual: readonly TestTensor[]): string | undefined {
  for (const [r, stored] of results.entries()) {
    const [expected, { shape, data }] = [read(stored), actual[r]!];
    if (String(shape) !== String(stored.shape)) return `result ${r} has shape [${shape}], expected [${stored.shape}]`;
    const limit = TOLERANCES[stored.type];
    const numbers = Array.from(expected.data as ArrayLike<number | bigint>, (x) => numberIn(stored.type, x));
    // Errors of sums are relative to what is summed up: near zero, to the largest number.
    const scale = Math.max(0, ...numbers.filter(Number.isFinite).map(Math.abs));
    for (let i = 0; i < numbers.length; i++) {
      if (limit === undefined) {
        if (data[i] !== expected.data[i]) return `result ${r}, element ${i}: ${data[i]} instead of ${expected.data[i]}`;
        continue;
      }
      const [x, y] = [numbers[i]!, numberIn(stored.type, data[i]!)];
      if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
      const floor = stored.type.startsWith('c') ? scale : 1e-3 * Math.min(scale, 1);
      if (Math.abs(x - y) <= (tolerance ?? limit) * Math.max(Math.abs(x), floor)) continue;
      return `result ${r}, element ${i}: ${y} instead of ${x}`;
    }
  }
  return undefined;
}

/** 16-bit floats as numbers: a NaN is a NaN, whatever its bits. */
function decoded({ results }: StoredCase, tensors: readonly TestTensor[]): TestTensor[] {
  return tensors.map(({ shape, data }, r) => {
    const { type } = results[r]!;
    if (type !== 'f16' && type !== 'bf16') return { shape, data };
    return { shape, data: Float64Array.from(data as Uint16Array, (bits) => numberIn(type, bits)) };
  });
}

const STRICT = { numerics: 'strict', level: 0, target: PLAIN } as const;

function interpreted(text: string, args: readonly TestTensor[]): TestTensor[] {
  return interpretProgram(text, args, STRICT, {
    prepare(module) {
      const { pipeline } = buildPipelineConfig({ pipeline: ['convert-stablehlo-to-array'] }, createPassRegistry());
      expect(new PassManager(pipeline).run(module).succeeded).toBe(true);
    },
  });
}

for (const group of GROUPS) {
  const cases = JSON.parse(readFileSync(new URL(`${group}.json`, import.meta.url), 'utf8')) as StoredCase[];
  describe(`StableHLO ${group} are what XLA computes`, () => {
    test.each(cases.map((c) => [c.name, c] as const))('%s', (_, c) => {
      const text = c.text.join('\n');
      const args = c.arguments.map(read);
      const oracle = interpreted(text, args);
      expect(deviation(c, oracle)).toBeUndefined();
      const strict = runCompiled(text, args, { ...STRICT, level: 3 });
      expect(difference(decoded(c, oracle), decoded(c, strict))).toBeUndefined();
      expect(deviation(c, runCompiled(text, args, { numerics: 'default', level: 3, target: PLAIN }))).toBeUndefined();
    });
  });
}
