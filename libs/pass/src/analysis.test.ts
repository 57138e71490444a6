import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { AnalysisCache, defineAnalysis } from './analysis.js';
import { definePass, type PassRun } from './define-pass.js';
import { nested, passItem, pipeline } from './pipeline.js';
import { addMark, makeModule, marks, newContext, run } from './testing/fixtures.js';

const context = newContext();
let computed: string[] = [];
const count = defineAnalysis<number>({
  name: 'count-marks',
  compute(op) {
    computed.push(`count ${op.attr('sym_name') ?? op.name}`);
    return marks(op).split(' ').filter(Boolean).length;
  },
  equal: (a, b) => a === b,
});
const double = defineAnalysis<number>({
  name: 'double-marks',
  compute: (op, { analysis }) => 2 * analysis(count, op),
  equal: (a, b) => a === b,
});
const total = defineAnalysis<number>({
  name: 'total',
  compute: (op, { analysis }) => op.region(0).entry.ops.reduce((n, f) => n + analysis(count, f), 0),
});
const first = (module: Operation) => module.region(0).entry.firstOp as Operation;
const pass = (name: string, body: (op: Operation, run: PassRun) => void, more: object = {}) =>
  passItem(definePass({ name, summary: name, run: body, ...more }));

describe('the analysis cache', () => {
  test('computes an analysis once for each op, and what it is computed from with it', () => {
    computed = [];
    const module = makeModule(context, ['f', 'g']);
    const cache = new AnalysisCache();
    expect([cache.get(total, module), cache.get(total, module), cache.get(count, first(module))]).toEqual([0, 0, 0]);
    expect(computed).toEqual(['count "f"', 'count "g"']);
  });

  test('drops what was computed from a dropped analysis, even when a pass preserves it', () => {
    const module = makeModule(context, ['f']);
    const cache = new AnalysisCache();
    cache.get(double, module);
    cache.invalidate(module, [double]);
    expect(cache.cached(double, module)).toBeUndefined();
    cache.get(double, module);
    cache.invalidate(module, [count, double]);
    expect(cache.cached(double, module)).toBe(0);
  });

  test('drops what was computed about ops beside the one a pass ran on only through the ops around both', () => {
    const module = makeModule(context, ['f', 'g']);
    const [f, g] = module.region(0).entry.ops as [Operation, Operation];
    const cache = new AnalysisCache();
    cache.get(count, f);
    cache.get(count, g);
    cache.get(total, module);
    cache.invalidate(f, []);
    expect([f, g, module].map((op) => [cache.cached(count, op), cache.cached(total, op)])).toEqual([
      [undefined, undefined],
      [0, undefined],
      [undefined, undefined],
    ]);
  });

  test('forgets erased and removed ops, those inside erased ones too', () => {
    const module = makeModule(context, ['f', 'g']);
    const [f, g] = module.region(0).entry.ops as [Operation, Operation];
    const loop = f.region(0).entry.firstOp as Operation;
    const cache = new AnalysisCache();
    for (const op of [f, g, loop, module]) cache.get(count, op);
    f.erase();
    g.remove();
    cache.invalidate(module, 'all');
    expect([f, g, loop, module].map((op) => cache.cached(count, op))).toEqual([undefined, undefined, undefined, 0]);
  });

  test('names the circle when an analysis needs its own result', () => {
    const a = defineAnalysis<number>({ name: 'a', compute: (_, { analysis }): number => analysis(b) });
    const b = defineAnalysis<number>({ name: 'b', compute: (_, { analysis }): number => analysis(a) });
    expect(() => new AnalysisCache().get(a, makeModule(context, []))).toThrow(
      "analysis 'a' needs its own result: a -> b -> a",
    );
  });
});

describe('passes and analyses', () => {
  test('what a pass requires is there before it runs', () => {
    computed = [];
    let before = -1;
    run(
      pipeline(
        'builtin.module',
        pass('look', () => (before = computed.length), { requires: [count] }),
      ),
      makeModule(context, []),
    );
    expect(before).toBe(1);
  });

  test('a pass may keep an analysis valid in one run and not in another', () => {
    const values: number[] = [];
    const look = pass('look', (op, { analysis, unchanged }) => {
      values.push(analysis(count, op));
      unchanged();
    });
    const keeps = pass('keeps', (op, { preserve }) => {
      addMark(op, 'x');
      preserve(count);
    });
    const drops = pass('drops', (op) => addMark(op, 'x'));
    run(pipeline('builtin.module', look, keeps, look, drops, look), makeModule(context, []));
    // The second answer is wrong: `keeps` lied.
    expect(values).toEqual([0, 0, 2]);
  });

  for (const [what, liar, message] of [
    [
      'preserves an analysis it changes',
      pass('liar', (op) => addMark(op, 'x'), { preserves: [count] }),
      "'func.func' op pass 'liar' preserves analysis 'count-marks' in its own opinion, and analysis 'count-marks' of 'func.func' is different after it",
    ],
    [
      'says that it changed nothing',
      pass('liar', (op, { unchanged }) => {
        addMark(op, 'x');
        unchanged();
      }),
      "'func.func' op pass 'liar' said that it changed nothing, and analysis 'count-marks' of 'func.func' is different after it",
    ],
  ] as const)
    test(`a pass that ${what} is caught when analyses are verified`, () => {
      const look = pass('look', (op, { analysis }) => void analysis(count, op), { preserves: 'all' });
      const passes = pipeline('builtin.module', nested('func.func', look, liar));
      expect(run(passes, makeModule(context, ['f'])).result.succeeded).toBe(true);
      const { result, diagnostics } = run(passes, makeModule(context, ['f']), { verifyAnalyses: true });
      expect(result.failed?.pass.name).toBe('liar');
      expect(diagnostics.map((d) => [d.id, d.message])).toEqual([['pass.false-preserves', message]]);
    });

  test('verifying analyses finds nothing wrong with honest passes', () => {
    const look = pass('look', (op, { analysis }) => void analysis(double, op), { preserves: 'all' });
    const honest = pass('honest', (op) => addMark(op, 'x'));
    const passes = pipeline('builtin.module', look, honest, look);
    expect(run(passes, makeModule(context, ['f']), { verifyAnalyses: true }).result.succeeded).toBe(true);
  });

  test('a pass that erases its own op leaves nothing behind', () => {
    const module = makeModule(context, ['f', 'g']);
    const erase = pass('erase', (op, { analysis }) => {
      analysis(count, op);
      op.erase();
    });
    const { result } = run(pipeline('builtin.module', nested('func.func', erase)), module, {
      verifyAnalyses: true,
      verifyEach: false,
    });
    expect(result.succeeded).toBe(true);
    expect(module.region(0).entry.ops).toEqual([]);
  });
});
