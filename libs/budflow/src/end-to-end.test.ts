// Compiled programs against the interpreter, bit for bit: every optimisation level, target and mode of numerics.
import { enableRelaxedSimd } from '@budflow/target/node';
import { describe, expect, it } from 'vitest';
import { compile, Heap, NdArray } from './index.js';
import { bits, interpret, randomArguments } from './testing/oracle.js';
import { CASES } from './testing/programs.js';

enableRelaxedSimd();
const TARGETS = ['wasm32-relaxed-simd', 'wasm32-simd128'];

describe.each(Object.entries(CASES))('%s', (_, { text, sizes }) => {
  const variants = TARGETS.flatMap((target) =>
    [0, 1, 3].map((level) => ({ target, level: level as 0 | 1 | 3, numerics: 'default' as const })),
  );
  it.each([...variants, { target: 'wasm32-relaxed-simd', level: 3 as const, numerics: 'strict' as const }])(
    'gives the bits of the interpreter: -O$level on $target, $numerics',
    (options) => {
      const heap = Heap.create({ maximumBytes: 1 << 28 });
      const module = compile(text, { ...options, heap, verifyEach: true });
      const { blocks } = heap.statistics();
      for (const list of sizes) {
        const args = randomArguments(text, { ...options, sizes: list });
        const want = interpret(text, args, options);
        const got = module.call(
          'main',
          args.map((a) => NdArray.from(a.data, a.shape, a.dtype)),
        );
        expect(got.map((r) => r.shape)).toEqual(want.map((r) => r.shape));
        for (const [i, r] of got.entries())
          expect(bits(r.data), `result ${i} for sizes [${list.join(', ')}]`).toEqual(bits(want[i]!.data));
      }
      expect(heap.statistics().blocks).toBe(blocks);
    },
  );
});
