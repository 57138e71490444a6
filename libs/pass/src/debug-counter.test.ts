import { describe, expect, test } from 'vitest';
import { DebugCounters, parseDebugCounter, printDebugCounters } from './debug-counter.js';
import { definePass } from './define-pass.js';
import { passItem, pipeline } from './pipeline.js';
import { makeModule, mark, markFunction, marks, newContext, run } from './testing/fixtures.js';

const context = newContext();

describe('debug counters', () => {
  test('let exactly the applications skip to skip + count - 1 happen', () => {
    const counters = new DebugCounters([{ name: 'fold', skip: 2, count: 3 }]);
    expect(Array.from({ length: 7 }, () => counters.shouldExecute('fold'))).toEqual([
      false,
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(counters.shouldExecute('other')).toBe(true);
    expect(counters.summary).toEqual([{ name: 'fold', seen: 7, executed: 3, skip: 2, count: 3 }]);
  });

  test('let everything happen after the skipped ones when no count is given', () => {
    const counters = new DebugCounters([{ name: 'fold', skip: 1 }]);
    expect([1, 2, 3].map(() => counters.shouldExecute('fold'))).toEqual([false, true, true]);
  });

  test('refuse an op for good and count it once', () => {
    const counters = new DebugCounters([{ name: 'fold', skip: 1 }]);
    const op = makeModule(context, []);
    expect([counters.shouldExecute('fold', op), counters.shouldExecute('fold', op)]).toEqual([false, false]);
    expect([counters.allows('fold', op), counters.allows('fold', makeModule(context, []))]).toEqual([false, true]);
    expect(counters.summary[0]).toMatchObject({ seen: 1, executed: 0 });
  });

  test('asking does not count', () => {
    const counters = new DebugCounters([{ name: 'fold', skip: 0, count: 1 }]);
    expect([counters.allows('fold'), counters.allows('fold'), counters.shouldExecute('fold')]).toEqual([
      true,
      true,
      true,
    ]);
    expect(counters.allows('fold')).toBe(false);
  });

  test('hold back passes by name', () => {
    const module = makeModule(context, ['f', 'g', 'h']);
    const debugCounters = new DebugCounters([{ name: 'mark-function', skip: 1, count: 1 }], { countAll: true });
    run(pipeline('builtin.module', passItem(markFunction), passItem(mark)), module, { debugCounters });
    expect(marks(module)).toBe('f x');
    expect(String(module.region(0).entry.ops[1])).toContain('"f"');
    expect(debugCounters.summary).toMatchObject([
      { name: 'mark', seen: 1, executed: 1 },
      { name: 'mark-function', seen: 3, executed: 1 },
    ]);
  });

  test('are what passes see as the gate of the context, and only while they run', () => {
    const seen: unknown[] = [];
    const look = definePass({ name: 'look', summary: 'look', run: (op) => void seen.push(op.context.gate) });
    const debugCounters = new DebugCounters();
    run(pipeline('builtin.module', passItem(look)), makeModule(context, []), { debugCounters });
    run(pipeline('builtin.module', passItem(look)), makeModule(context, []));
    expect(seen).toEqual([debugCounters, null]);
    expect(context.gate).toBeNull();
  });

  test('name what was never counted', () => {
    const counters = new DebugCounters([
      { name: 'fold', skip: 0 },
      { name: 'flod', skip: 0 },
    ]);
    counters.shouldExecute('fold');
    expect(counters.unseen).toEqual(['flod']);
  });

  test('are read from text', () => {
    expect(parseDebugCounter('add-zero:3:1')).toEqual({ name: 'add-zero', skip: 3, count: 1 });
    expect(parseDebugCounter('add-zero:3')).toEqual({ name: 'add-zero', skip: 3, count: undefined });
    for (const wrong of ['', 'fold', 'fold:', 'fold:x:1', ':1:2', 'fold:-1:2'])
      expect(parseDebugCounter(wrong)).toMatch(/^expected NAME:skip:count/);
  });

  test('print what they counted', () => {
    const counters = new DebugCounters([{ name: 'fold', skip: 1, count: 1 }], { countAll: true });
    for (let i = 0; i < 3; i++) counters.shouldExecute('fold');
    counters.shouldExecute('cse-hit');
    expect(printDebugCounters(counters)).toBe(
      'debug counters (applications that happened, of all):\n  cse-hit  1 of 1\n  fold     1 of 3  (skip 1, count 1)\n',
    );
    expect(printDebugCounters(new DebugCounters())).toBe('debug counters: nothing was counted\n');
  });
});
