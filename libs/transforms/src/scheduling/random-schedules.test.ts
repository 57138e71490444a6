import { ForOp } from '@budflow/dialect-loop';
import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { applyStep } from './engine.js';
import { parseSchedule, type Step, serializeSchedule } from './schedule.js';
import { checkVerified, functionOf, generator, parseKernel, run, schedule } from './testing/kernel.js';
import {
  ADD,
  LANES_SUM,
  MATMUL,
  MIXED,
  matmulSizes,
  mixedSizes,
  RESHAPE,
  SHIFT,
  SOFTMAX,
  softmaxSizes,
  sumSizes,
  WAVEFRONT,
} from './testing/kernels.js';

/** Step lists tried for each program; the long run of the requirements is 1,000. */
const SCHEDULES = Number(process.env.SCHEDULES ?? 30);
const STEPS = 9;

function loopNames(func: Operation): string[] {
  const names: string[] = [];
  func.walk((op) => {
    const name = ForOp.is(op) ? ForOp.name(op) : undefined;
    if (name !== undefined) names.push(name);
  });
  return names;
}

function chainOf(func: Operation, name: string): string[] {
  const chain: string[] = [];
  func.walk((op) => {
    if (!ForOp.is(op) || ForOp.name(op) !== name) return;
    for (let at: Operation | null = op; at && at !== func; at = at.parentOp)
      if (ForOp.is(at)) chain.unshift(ForOp.name(at) ?? '');
  });
  return chain;
}

const KINDS = ['split', 'reorder', 'vectorize', 'unroll_and_jam', 'distribute', 'compute_at', 'pack'] as const;

/** A step on loops that are there, legal or not. */
function randomStep(func: Operation, kind: (typeof KINDS)[number], next: () => number): Step {
  const names = loopNames(func);
  const pick = <T>(list: readonly T[]): T => list[next() % list.length]!;
  const loop = pick(names);
  switch (kind) {
    case 'split':
      return { primitive: 'split', loop, factor: pick([1, 2, 3, 4, 8, 16]), tail: pick(['peel', 'guard']) };
    case 'reorder': {
      const chain = chainOf(func, loop).slice(-2 - (next() % 2));
      if (chain.length < 2) return { primitive: 'reorder', loops: [loop, pick(names)] };
      const first = pick(chain);
      return { primitive: 'reorder', loops: [first, ...chain.filter((n) => n !== first)] };
    }
    case 'vectorize':
    case 'unroll_and_jam': {
      const inner = names.filter((n) => /\.[il](~\d+)?$/.test(n));
      return { primitive: kind, loop: inner.length && next() % 4 ? pick(inner) : loop };
    }
    case 'distribute': {
      const around = chainOf(func, loop).at(-2);
      return { primitive: 'distribute', loop: around ?? loop, at: loop };
    }
    case 'compute_at': {
      const stages = [...new Set(names.filter((n) => n.endsWith('.d0')).map((n) => n.slice(0, -3)))];
      return { primitive: 'compute_at', stage: stages.length ? pick(stages) : 'none', loop };
    }
    case 'pack': {
      const chain = chainOf(func, loop);
      const loops = chain.filter(() => next() % 3 > 0);
      return { primitive: 'pack', buffer: `arg${next() % 3}`, loops: loops.length ? loops : [loop] };
    }
    default:
      return kind satisfies never;
  }
}

interface Program {
  readonly text: string;
  readonly sizes: readonly (readonly number[])[];
  /** Primitives of which some step must have been legal. */
  readonly uses: readonly (typeof KINDS)[number][];
}

const ALL = ['split', 'reorder', 'vectorize', 'unroll_and_jam', 'pack'] as const;

const PROGRAMS: Readonly<Record<string, Program>> = {
  add: { text: ADD, sizes: [0, 1, 7, 8, 33].map((n) => [n, n, n]), uses: ['split', 'vectorize', 'pack'] },
  mixed: { text: MIXED, sizes: [mixedSizes(0, 3), mixedSizes(5, 1), mixedSizes(9, 17), mixedSizes(16, 8)], uses: ALL },
  matmul: {
    text: MATMUL,
    sizes: [matmulSizes(1, 1, 1), matmulSizes(9, 10, 3), matmulSizes(16, 8, 0), matmulSizes(5, 19, 4)],
    uses: [...ALL, 'distribute'],
  },
  softmax: {
    text: SOFTMAX,
    sizes: [softmaxSizes(1, 1), softmaxSizes(9, 5), softmaxSizes(4, 18), softmaxSizes(0, 4)],
    uses: [...ALL, 'compute_at'],
  },
  'sum in lanes': {
    text: LANES_SUM,
    sizes: [sumSizes(1, 0), sumSizes(9, 11), sumSizes(4, 16), sumSizes(3, 3)],
    uses: ALL,
  },
  reshape: { text: RESHAPE, sizes: [0, 1, 5, 16].map((m) => [2 * m, m]), uses: ALL },
  'shift in place': { text: SHIFT, sizes: [0, 1, 9, 32].map((n) => [n + 1, n]), uses: ['split', 'vectorize'] },
  wavefront: {
    text: WAVEFRONT,
    sizes: [
      [1, 1],
      [2, 5],
      [9, 9],
      [6, 17],
    ],
    uses: ['split', 'unroll_and_jam', 'vectorize'],
  },
};

describe('random schedules', () => {
  for (const [name, { text, sizes, uses }] of Object.entries(PROGRAMS)) {
    test(`every legal schedule of ${name} computes the same, and replays to the same loops`, () => {
      const original = parseKernel(text);
      const expected = sizes.map((size) => run(original, size));
      const applied = new Map<string, number>();
      for (let seed = 1; seed <= SCHEDULES; seed++) {
        const next = generator(seed * 104729);
        for (let i = 0; i < 5; i++) next();
        const module = parseKernel(text);
        const steps: Step[] = [];
        for (let i = 0; i < STEPS; i++) {
          const func = functionOf(module);
          if (loopNames(func).length === 0) break;
          const kind = KINDS[next() % KINDS.length]!;
          for (let tries = kind === 'split' ? 1 : 6; tries > 0; tries--) {
            const step = randomStep(func, kind, next);
            const before = module.toString();
            if (applyStep(func, step).ok) {
              steps.push(step);
              applied.set(kind, (applied.get(kind) ?? 0) + 1);
              break;
            }
            if (module.toString() !== before) throw new Error(`refused ${JSON.stringify(step)} changed the kernel`);
          }
        }
        const json = serializeSchedule({ steps });
        checkVerified(module);
        sizes.forEach((size, k) => {
          const got = run(module, size);
          got.forEach((bytes, b) => {
            const same = bytes.every((x, at) => x === expected[k]![b]![at]);
            if (!same) throw new Error(`seed ${seed}, sizes ${size.join()}: ${json}\n${module.toString()}`);
          });
        });
        const replayed = parseKernel(text);
        schedule(replayed, parseSchedule(json).schedule!.steps);
        if (replayed.toString() !== module.toString()) throw new Error(`does not replay: ${json}`);
      }
      for (const kind of uses) expect(applied.get(kind), kind).toBeGreaterThan(0);
    });
  }
});
