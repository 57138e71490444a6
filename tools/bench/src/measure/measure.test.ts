import { describe, expect, test } from 'vitest';
import { measure } from './interleave.js';
import { boundOf, type Roofs } from './roofs.js';
import { geometricMean, median, summarize } from './statistics.js';

describe('statistics', () => {
  test('the median of an odd and of an even number of values, in any order', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([10, 1, 2, 3])).toBe(2.5);
    expect(() => median([])).toThrow('no values');
  });
  test('sorts as numbers, not as text', () => {
    expect(median([10, 9, 100])).toBe(10);
  });
  test('the geometric mean of a ratio and its inverse is 1', () => {
    expect(geometricMean([4, 0.25])).toBeCloseTo(1, 12);
    expect(geometricMean([2, 8])).toBeCloseTo(4, 12);
  });
  test('a summary keeps the minimum and counts', () => {
    expect(summarize([3, 1, 2], 30)).toEqual({ medianMs: 2, minMs: 1, samples: 3, calls: 30 });
  });
});

/** Work that takes made-up time. */
function machine() {
  let now = 0;
  const order: string[] = [];
  return {
    order,
    clock: () => now,
    work: (name: string, ms: number) => ({
      name,
      call: () => {
        order.push(name);
        now += ms;
      },
    }),
  };
}

describe('interleaved measurement', () => {
  test('finds the time per call of fast and slow variants', async () => {
    const { clock, work } = machine();
    const [fast, slow] = await measure([work('fast', 0.01), work('slow', 7)], { seconds: 0.05, clock });
    expect(fast!.medianMs).toBeCloseTo(0.01, 9);
    expect(slow!.medianMs).toBeCloseTo(7, 9);
    expect(fast!.samples).toBeGreaterThanOrEqual(5);
  });

  test('a batch lasts at least a millisecond', async () => {
    const { clock, work } = machine();
    const [timing] = await measure([work('fast', 0.001)], { seconds: 0.02, clock });
    expect(timing!.calls / timing!.samples).toBeGreaterThanOrEqual(999);
  });

  test('variants take turns', async () => {
    const { clock, work, order } = machine();
    await measure([work('a', 10), work('b', 10)], { seconds: 0.1, clock });
    const tail = order.slice(-20).join('');
    expect(tail).toContain('ababababab');
  });

  test('each variant gets its time, and a very slow one does not hold up the rest', async () => {
    const { clock, work } = machine();
    const [quick, endless] = await measure([work('quick', 1), work('endless', 1000)], { seconds: 0.1, clock });
    expect(quick!.medianMs * quick!.calls).toBeGreaterThanOrEqual(100);
    expect(endless!.samples).toBe(1);
  });

  test('promises are awaited', async () => {
    let running = 0;
    let most = 0;
    const call = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
    };
    await measure([{ name: 'async', call, async: true }], { seconds: 0.005 });
    expect(most).toBe(1);
  });
});

test('the roofline picks the level the data fits in, and the larger of moving and computing', () => {
  const roofs: Roofs = {
    memory: [
      { name: 'L1', capacity: 100, bytesPerSecond: 100 },
      { name: 'DRAM', capacity: Number.POSITIVE_INFINITY, bytesPerSecond: 10 },
    ],
    flopsPerSecond: 50,
  };
  expect(boundOf(roofs, 100, 10)).toEqual({ roof: 'L1', seconds: 1, memoryBound: true });
  expect(boundOf(roofs, 200, 10)).toEqual({ roof: 'DRAM', seconds: 20, memoryBound: true });
  expect(boundOf(roofs, 100, 500)).toEqual({ roof: 'peak', seconds: 10, memoryBound: false });
});
