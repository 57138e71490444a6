import { describe, expect, test } from 'vitest';
import {
  checkSchedule,
  parseSchedule,
  SCHEDULE_SCHEMA,
  type Schedule,
  STEP_SCHEMAS,
  serializeSchedule,
} from './schedule.js';

const ALL: Schedule = {
  steps: [
    { primitive: 'compute_at', stage: 'max', loop: 'div.d0' },
    { primitive: 'split', loop: 'mm.d1', factor: 8, tail: 'peel' },
    { primitive: 'split', loop: 'mm.d0', factor: 4 },
    { primitive: 'reorder', loops: ['mm.d0.o', 'mm.d1.o'] },
    { primitive: 'unroll_and_jam', loop: 'mm.d0.i' },
    { primitive: 'vectorize', loop: 'mm.d1.i' },
    { primitive: 'pack', buffer: 'arg1', loops: ['mm.d1.o', 'mm.r0'] },
  ],
};

const problems = (data: unknown): string[] =>
  (checkSchedule(data).problems ?? []).map((p) => `${p.path}: ${p.message}`);

describe('schedules as JSON', () => {
  test('come back as they were written, on one line or several', () => {
    for (const lines of [true, false]) expect(parseSchedule(serializeSchedule(ALL, { lines })).schedule).toEqual(ALL);
    expect(serializeSchedule({ steps: [] })).toBe('[]');
  });
  test('have their keys in one order, whatever order they were given in', () => {
    const given = parseSchedule('[{"tail":"guard","factor":4,"loop":"x","primitive":"split"}]').schedule!;
    expect(serializeSchedule(given)).toBe('[{"primitive":"split","loop":"x","factor":4,"tail":"guard"}]');
  });
  test('have a JSON schema with an alternative for each primitive', () => {
    const items = SCHEDULE_SCHEMA.items as { oneOf: readonly { required: readonly string[] }[] };
    expect(items.oneOf.length).toBe(Object.keys(STEP_SCHEMAS).length);
    expect(items.oneOf[0]!.required).toEqual(['primitive', 'loop', 'factor']);
  });
});

describe('errors in schedules name the path, the reason and the nearest name', () => {
  test('text that is not JSON', () => {
    expect(parseSchedule('[{').problems?.map((p) => p.message)).toEqual([expect.stringMatching(/^not JSON: /)]);
  });
  test('something else than a list of steps', () => {
    expect(problems({ steps: [] })).toEqual([': expected an array of steps, got an object']);
    expect(problems([7, null])).toEqual([
      '/0: expected a step such as {"primitive": "split", ...}, got 7',
      '/1: expected a step such as {"primitive": "split", ...}, got null',
    ]);
  });
  test('primitives that are missing or unknown', () => {
    expect(problems([{ loop: 'x' }])[0]).toMatch(
      /^\/0: a step needs the key 'primitive': there is split, tile, reorder/,
    );
    expect(problems([{ primitive: 'vectorise', loop: 'x' }])).toEqual([
      '/0/primitive: unknown primitive "vectorise": did you mean "vectorize"?',
    ]);
    expect(problems([{ primitive: 'toString' }])[0]).toMatch(/unknown primitive "toString"/);
  });
  test('keys that are missing, unknown or of the wrong type', () => {
    expect(problems([{ primitive: 'split', loop: 'x', Factor: 4 }])).toEqual([
      "/0: split needs the key 'factor'",
      "/0/Factor: unknown key of split: did you mean 'factor'?",
    ]);
    expect(problems([{ primitive: 'split', loop: 'x', factor: 0 }])[0]).toMatch(
      /^\/0\/factor: expected integer >= 1.*got 0$/,
    );
    expect(problems([{ primitive: 'split', loop: 'x', factor: 4, tail: 'wrap' }])).toEqual([
      '/0/tail: expected one of "peel", "guard", "shift", "mask", got "wrap"',
    ]);
    expect(problems([{ primitive: 'reorder', loops: ['a', 5] }])).toEqual(['/0/loops/1: expected string, got 5']);
    expect(problems([{ primitive: 'reorder', loops: ['a'] }])[0]).toMatch(
      /^\/0\/loops: expected array of string, with a length of at least 2/,
    );
  });
});
