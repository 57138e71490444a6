// The runner as its users see it: what a wrong result, a missing kernel and a failing compile look like.
import { describe, expect, test } from 'vitest';
import type { Roofs } from '../measure/roofs.js';
import { loadPrograms } from '../programs/program.js';
import { bestPeer, derive, hasFailure, printWasmReport } from '../report/wasm-report.js';
import { limitVariant } from '../variants/limits.js';
import { plainVariant } from '../variants/plain.js';
import type { Variant } from '../variants/variant.js';
import { type ProgramResult, runProgram } from './wasm-suite.js';

const roofs: Roofs = {
  memory: [{ name: 'DRAM', capacity: Number.POSITIVE_INFINITY, bytesPerSecond: 2e10 }],
  flopsPerSecond: 5e10,
};
const chain = loadPrograms().find((p) => p.name === 'chain_1e2')!;

/** A variant that returns the right result times `factor`, or always `error`. */
function imitation(
  name: string,
  role: Variant['role'],
  { factor = 1, error }: { factor?: number; error?: string },
): Variant {
  return {
    name,
    role,
    async prepare({ outputs }, [a, b, c]) {
      if (error !== undefined) throw new Error(error);
      const out = new Float32Array(outputs[0].shape[0]);
      const call = () => {
        for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(a![i] * b![i] + c![i]) * factor;
      };
      return { call, read: () => [out], dispose: () => {} };
    },
  };
}

const run = (variants: readonly Variant[]): Promise<ProgramResult> => runProgram(chain, variants, 0.005, roofs);

describe('the wasm suite', () => {
  test('right results are timed, and related to the best peer and the hand-written kernel', async () => {
    const result = await run([imitation('budflow', 'ours', {}), limitVariant, plainVariant]);
    expect(result.variants.map((v) => v.status)).toEqual(['ok', 'ok', 'ok']);
    const derived = derive(result);
    const [ours, limit, plain] = result.variants.map((v) => v.timing!.medianMs) as [number, number, number];
    expect(derived.overLimit).toBeCloseTo(limit / ours, 9);
    expect(derived.overPeer).toBeCloseTo(plain / ours, 9);
    expect(hasFailure([result])).toBe(false);
    expect(printWasmReport([result], ['budflow', 'limit', 'plain'])).toMatch(/chain_1e2 .* ok$/m);
  });

  test('a wrong result is not timed: the row says WRONG with the first element, and the run fails', async () => {
    const result = await run([imitation('budflow', 'ours', { factor: 1.001 }), plainVariant]);
    expect(result.variants[0]).toMatchObject({ status: 'wrong' });
    expect(result.variants[0].timing).toBeUndefined();
    expect(hasFailure([result])).toBe(true);
    const report = printWasmReport([result], ['budflow', 'plain']);
    expect(report).toMatch(/^chain_1e2 +WRONG .* WRONG$/m);
    expect(report).toMatch(/WRONG: chain_1e2 by budflow: result 0\[0\]: got .*, expected .* \(float64 reference\)/);
  });

  test('a result that is wrong only at the reduced size is wrong', async () => {
    const small: Variant = {
      ...imitation('budflow', 'ours', {}),
      prepare: (instance, inputs) =>
        imitation('budflow', 'ours', { factor: instance.sizes.N === chain.sizes.N ? 1 : 2 }).prepare(instance, inputs),
    };
    const result = await run([small]);
    expect(result.variants[0]).toMatchObject({ status: 'wrong' });
    expect(result.variants[0].detail).toContain('interpreter, reduced size');
  });

  test('a program that does not compile fails the run, and only that variant', async () => {
    const result = await run([
      imitation('budflow', 'ours', { error: 'no such op\nat line 3' }),
      imitation('-cse', 'ablation', {}),
      limitVariant,
    ]);
    expect(result.variants.map((v) => v.status)).toEqual(['failed', 'ok', 'ok']);
    expect(result.variants[0].detail).toBe('no such op');
    expect(hasFailure([result])).toBe(true);
  });

  test('the summary names the rows that are slower than half of plain JavaScript', () => {
    const row = (program: string, ours: number, plain: number): ProgramResult => {
      const timing = (medianMs: number) => ({ medianMs, minMs: medianMs, samples: 1, calls: 1 });
      return {
        program,
        flops: 1,
        bytes: 1,
        bound: { roof: 'L1', seconds: 1e-9, memoryBound: true },
        variants: [
          { name: 'budflow', role: 'ours', status: 'ok', timing: timing(ours) },
          { name: 'plain', role: 'peer', status: 'ok', timing: timing(plain) },
        ],
      };
    };
    const report = printWasmReport([row('quick', 1, 8), row('slow', 5, 2)], ['budflow', 'plain']);
    expect(report).toContain('below 0.5x plain JavaScript: slow 0.40x');
    expect(report).toContain('geometric mean: 1.79x over 2 of the best peer');
    expect(printWasmReport([row('quick', 1, 8)], ['budflow', 'plain'])).toContain('plain JavaScript: none');
  });

  test('a peer outside of the tolerance is timed and marked, and is not the best peer', async () => {
    const result = await run([
      imitation('budflow', 'ours', {}),
      imitation('sloppy', 'peer', { factor: 1.01 }),
      plainVariant,
    ]);
    expect(result.variants[1]).toMatchObject({ status: 'inexact' });
    expect(result.variants[1].timing).toBeDefined();
    expect(bestPeer(result)?.name).toBe('plain');
    expect(hasFailure([result])).toBe(false);
    expect(printWasmReport([result], ['budflow', 'sloppy', 'plain'])).toMatch(/\d\* /);
  });

  test('a program without a hand-written kernel says so by name', async () => {
    const some = loadPrograms().find((p) => p.family.limit === undefined)!;
    const result = await runProgram(
      { ...some, sizes: some.family.reduced },
      [limitVariant, plainVariant],
      0.005,
      roofs,
    );
    expect(printWasmReport([result], ['limit', 'plain'])).toContain('skipped: limit: no hand-written kernel');
    expect(hasFailure([result])).toBe(false);
  });
});
