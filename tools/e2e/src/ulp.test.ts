// check:ulp on slices: what it measures is within the bounds, what it writes it can read, wrong flags are refused.
import { describe, expect, test } from 'vitest';
import { readCommandLine } from './command-line.js';
import { FLAGS, flagsOf } from './ulp/flags.js';
import { boundOf, FUNCTIONS, isBinary, measureRange, measureSamples, type Task } from './ulp/measure.js';
import { forget, readTable, rowOf, update, writeTable } from './ulp/table.js';

const UNARY = FUNCTIONS.filter((name) => !isBinary(name));

test.each(UNARY)('compiled %s is within its bound on a slice of all floats', (name) => {
  for (const rounding of ['strict', 'contract'] as const) {
    const task: Task = { name, format: 'f32', rounding };
    const count = 2 ** 16;
    const { error, at } = measureRange(task, name.length * 977, 65521, count);
    expect(error, `at ${at}`).toBeLessThanOrEqual(boundOf(task));
    if (name !== 'round') expect(error).toBeGreaterThan(0.2);
  }
});

test('samples of f64 and of pairs are within their bounds', () => {
  for (const name of ['sin', 'atan2', 'powf']) {
    const task: Task = { name, format: 'f64', rounding: 'strict' };
    const { error, count } = measureSamples(task, 5, 500);
    expect(error).toBeLessThanOrEqual(boundOf(task));
    expect(error).toBeGreaterThan(0.4);
    expect(count).toBe(500);
  }
});

describe('the table', () => {
  const task: Task = { name: 'sin', format: 'f32', rounding: 'strict' };

  test('is read as it was written', () => {
    const rows = new Map();
    update(rows, rowOf(task, { error: 1.25, at: [-1e38], count: 2 ** 32 }));
    update(rows, rowOf({ ...task, name: 'powf', format: 'f64' }, { error: 0.9, at: [1.5, -2], count: 100 }));
    const text = writeTable(rows, FUNCTIONS);
    expect(text).toContain('| `sin` | f32 | strict | 2 | 1.2500 | `-1e+38` | 4,294,967,296 |');
    expect([...readTable(text).values()]).toEqual([...rows.values()]);
  });

  test('keeps the row of more inputs, unless fewer find a larger error', () => {
    const rows = new Map();
    update(rows, rowOf(task, { error: 1.25, at: [2], count: 1000 }));
    update(rows, rowOf(task, { error: 1.1, at: [3], count: 10 }));
    expect([...rows.values()][0]).toMatchObject({ error: '1.2500', at: '2' });
    update(rows, rowOf(task, { error: 1.5, at: [4], count: 10 }));
    expect([...rows.values()][0]).toMatchObject({ error: '1.5000', at: '4' });
    update(rows, rowOf(task, { error: 1.2, at: [5], count: 2000 }));
    expect([...rows.values()][0]).toMatchObject({ error: '1.2000', at: '5' });
    // A function that was changed begins anew.
    forget(rows, task);
    update(rows, rowOf(task, { error: 0.5, at: [6], count: 10 }));
    expect([...rows.values()][0]).toMatchObject({ error: '0.5000', at: '6' });
  });
});

describe('the flags', () => {
  const parse = (args: readonly string[]) => flagsOf(readCommandLine(args, FLAGS));

  test('have defaults', () => {
    expect(parse([])).toMatchObject({ functions: FUNCTIONS, stride: 63, samples: 131072, write: true });
    expect(parse(['--function=sin,cos', '--stride=1', '--no-write'])).toMatchObject({
      functions: ['sin', 'cos'],
      stride: 1,
      write: false,
    });
  });

  test('say what is wrong', () => {
    expect(() => parse(['--function=sine'])).toThrow("--function: unknown 'sine', expected some of exp, ");
    expect(() => parse(['--stride=0'])).toThrow("--stride: expected a whole number of at least 1, got '0'");
    expect(() => parse(['--fast'])).toThrow("Unknown option '--fast'");
  });
});
