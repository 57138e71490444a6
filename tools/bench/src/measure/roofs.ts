// The machine's roofs, measured in the run that uses them: bandwidth from each level of memory, and peak multiply-adds.

import type { Target } from '@budflow/target';
import type { Features } from '../../limits/index.js';
import { PEAK_FLOPS_PER_ROUND, peakModule, streamModule } from '../../limits/support/roofs.js';
import { instantiateKernel, limitHeap } from '../variants/limits.js';

/** Bandwidth of one level. */
export interface MemoryRoof {
  readonly name: string;
  /** Bytes that fit; infinite for main memory. */
  readonly capacity: number;
  /** The better of copy and triad, in bytes per second: reads plus writes, without write-allocation. */
  readonly bytesPerSecond: number;
}

export interface Roofs {
  readonly memory: readonly MemoryRoof[];
  readonly flopsPerSecond: number;
}

/** Share of a level that the streams take, so that nothing else pushes them out. */
const FILL = 0.6;
/** Main memory is measured at this many times the largest cache, at least. */
const BEYOND_CACHE = 4;
const DRAM_BYTES = 192 << 20;

function bestRate(run: (rounds: number) => void, workPerRound: number, seconds: number): number {
  let rounds = 1;
  let best = 0;
  const end = performance.now() + 1000 * seconds;
  for (let samples = 0; samples < 5 || performance.now() < end; ) {
    const start = performance.now();
    run(rounds);
    const time = performance.now() - start;
    if (time < 1) {
      rounds = Math.ceil(rounds * Math.min(16, 1.5 / Math.max(time, 0.01)));
      continue;
    }
    samples++;
    best = Math.max(best, (workPerRound * rounds) / (time / 1000));
  }
  return best;
}

function bandwidth(totalBytes: number, features: Features, seconds: number): number {
  const heap = limitHeap();
  const rate = (kind: 'copy' | 'triad'): number => {
    const streams = kind === 'copy' ? 2 : 3;
    const elements = Math.max(16, Math.floor(totalBytes / streams / 4 / 16) * 16);
    // Streams at equal distances modulo a page would alias; a real program's are not so placed either.
    const blocks = [0, 1, 2].map((i) => heap.allocate(elements * 4 + 1344 * (i + 1)));
    const [a, b, c] = blocks.map((block, i) => block.address + 64 * 7 * i);
    for (const block of blocks) heap.typedArray(block, 'ui8', block.byteLength).fill(0);
    const run = instantiateKernel(streamModule(kind, elements, features).build(), heap);
    const best = bestRate((rounds) => run(a, b, c, rounds), streams * 4 * elements, seconds);
    for (const block of blocks) heap.free(block);
    return best;
  };
  return Math.max(rate('copy'), rate('triad'));
}

/** Measures all roofs; `seconds` for each kernel. */
export function measureRoofs(target: Target, features: Features, seconds: number): Roofs {
  const heap = limitHeap();
  const memory: MemoryRoof[] = target.caches.map((cache) => ({
    name: `L${cache.level}`,
    capacity: cache.bytes,
    bytesPerSecond: bandwidth(FILL * cache.bytes, features, seconds),
  }));
  const largest = Math.max(0, ...target.caches.map((cache) => cache.bytes));
  memory.push({
    name: 'DRAM',
    capacity: Number.POSITIVE_INFINITY,
    bytesPerSecond: bandwidth(Math.min(Math.max(DRAM_BYTES, BEYOND_CACHE * largest), 1 << 30), features, seconds),
  });
  const out = heap.allocate(16);
  const run = instantiateKernel(peakModule(features).build(), heap);
  const flopsPerSecond = bestRate((rounds) => run(out.address, rounds), PEAK_FLOPS_PER_ROUND, seconds);
  heap.free(out);
  return { memory, flopsPerSecond };
}

/** What bounds a program from below by the roofline model, and the time it cannot beat (seconds). */
export interface Bound {
  readonly roof: string;
  readonly seconds: number;
  /** Whether moving the data takes longer than computing. */
  readonly memoryBound: boolean;
}

/** The bound of a program that touches `bytes` once and computes `flops`. Its data is in the nearest level it fits in. */
export function boundOf(roofs: Roofs, bytes: number, flops: number): Bound {
  const level = roofs.memory.find((roof) => bytes <= roof.capacity) ?? roofs.memory[roofs.memory.length - 1];
  const moving = bytes / level.bytesPerSecond;
  const computing = flops / roofs.flopsPerSecond;
  return moving >= computing
    ? { roof: level.name, seconds: moving, memoryBound: true }
    : { roof: 'peak', seconds: computing, memoryBound: false };
}
