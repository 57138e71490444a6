// A seeded slice of `npm run fuzz:schedules`: what the brute-force oracle calls illegal is refused, most of what it calls
// legal is applied, and nothing that is applied changes a bit.
import { expect, test } from 'vitest';
import { describeCounts, fuzzSchedules } from './schedules/fuzz.js';

const PROGRAMS = Number(process.env.PROGRAMS ?? 25);

test('random schedules of random kernels: legality against brute force, results against the interpreter', () => {
  const { counts, failures, schedules } = fuzzSchedules({ programs: PROGRAMS, seed: 7, perProgram: 6 });
  expect(failures).toEqual([]);
  expect(schedules).toBe(PROGRAMS * 6);
  const all = [...counts.values()];
  const sum = (key: 'illegal' | 'illegalApplied' | 'legal' | 'legalRefused'): number =>
    all.reduce((total, count) => total + count[key], 0);
  expect(sum('illegal'), 'the oracle finds illegal steps').toBeGreaterThan(5);
  expect(sum('illegalApplied')).toBe(0);
  expect(sum('legalRefused') / sum('legal'), describeCounts(counts, { reasons: true })).toBeLessThan(0.2);
  for (const name of ['split', 'tile', 'reorder', 'fuse', 'unroll', 'parallel', 'peel', 'cache_read'] as const)
    expect(counts.get(name)!.applied, name).toBeGreaterThan(0);
}, 120_000);
