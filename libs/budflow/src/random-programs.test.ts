// Random array programs, compiled, against the interpreter, bit for bit.
import { enableRelaxedSimd } from '@budflow/target/node';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { programChoices, programSizes, programText } from '../../transforms/src/testing/random-programs.js';
import { compile, Heap, NdArray } from './index.js';
import { bits, interpret, randomArguments } from './testing/oracle.js';

enableRelaxedSimd();

const VARIANTS = [
  { level: 0, numerics: 'strict', target: 'wasm32-simd128' },
  { level: 1, numerics: 'default', target: 'wasm32-simd128' },
  { level: 3, numerics: 'strict', target: 'wasm32-relaxed-simd' },
  { level: 3, numerics: 'default', target: 'wasm32-relaxed-simd' },
] as const;

it.each(VARIANTS)(
  'computes what the interpreter computes: -O$level, $numerics, $target',
  (options) => {
    const heap = Heap.create({ maximumBytes: 1 << 28 });
    fc.assert(
      fc.property(programChoices, fc.nat(1000), (choices, seed) => {
        const text = programText(choices);
        const args = randomArguments(text, { ...options, sizes: programSizes(choices), seed });
        const module = compile(text, { ...options, heap, verifyEach: true });
        try {
          const got = module.call(
            'main',
            args.map((a) => NdArray.from(a.data, a.shape, a.dtype)),
          );
          interpret(text, args, options).forEach((want, i) => {
            expect(got[i]!.shape, text).toEqual(want.shape);
            expect(bits(got[i]!.data), text).toEqual(bits(want.data));
          });
        } finally {
          module.dispose();
        }
        expect(heap.statistics().blocks).toBe(0);
      }),
      { numRuns: Number(process.env.BUDFLOW_FUZZ_RUNS ?? 20) },
    );
  },
  300_000,
);
