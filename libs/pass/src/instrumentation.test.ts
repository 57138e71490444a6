import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { definePass } from './define-pass.js';
import { type IrPrintingOptions, irPrinting } from './ir-printing.js';
import { nested, passItem, pipeline } from './pipeline.js';
import { printStatistics, statisticTotal } from './statistics.js';
import { addMark, makeModule, mark, marks, newContext, nothing, run } from './testing/fixtures.js';
import { Timing } from './timing.js';

const context = newContext();

test('hooks nest: after hooks come in the reverse order of before hooks', () => {
  const events: string[] = [];
  const logger = (name: string) => ({
    beforePipeline: ({ anchor }: { anchor: string }) => void events.push(`${name}+${anchor}`),
    afterPipeline: ({ anchor }: { anchor: string }) => void events.push(`${name}-${anchor}`),
    beforePass: ({ path }: { path: readonly string[] }) => void events.push(`${name}+${path.join('/')}`),
    afterPass: (_: unknown, { failed }: { failed: boolean }) => void events.push(`${name}-${failed}`),
  });
  run(pipeline('builtin.module', nested('func.func', passItem(mark))), makeModule(context, ['f']), {
    instrumentations: [logger('a'), logger('b')],
  });
  expect(events).toEqual([
    'a+builtin.module',
    'b+builtin.module',
    'a+func.func',
    'b+func.func',
    'a+builtin.module/func.func',
    'b+builtin.module/func.func',
    'b-false',
    'a-false',
    'b-func.func',
    'a-func.func',
    'b-builtin.module',
    'a-builtin.module',
  ]);
});

describe('timing', () => {
  test('prints a tree with shares of the total', () => {
    let now = 0;
    const timing = new Timing(() => now);
    const pass = (milliseconds: number) => {
      now += milliseconds;
    };
    const spend = (name: string, milliseconds: number) =>
      definePass({ name, summary: 'spend', run: () => pass(milliseconds) });
    timing.measure('Parser', () => pass(100));
    run(
      pipeline('builtin.module', passItem(spend('slow', 200)), nested('func.func', passItem(spend('fast', 25)))),
      makeModule(context, ['f', 'g']),
      {
        instrumentations: [timing],
        verifyEach: false,
      },
    );
    now += 50;
    expect(timing.toString().split('\n').slice(3)).toEqual([
      '  Total Execution Time: 0.4000 seconds',
      '',
      '  ----Wall Time----  ----Name----',
      '    0.1000 ( 25.0%)  Parser',
      "    0.2500 ( 62.5%)  'builtin.module' Pipeline",
      '    0.2000 ( 50.0%)    slow',
      "    0.0500 ( 12.5%)    'func.func' Pipeline",
      '    0.0500 ( 12.5%)      fast',
      '    0.0500 ( 12.5%)  Rest',
      '    0.4000 (100.0%)  Total',
      '',
    ]);
    expect(timing.toString()).toContain('... Execution time report ...');
  });

  test('shows analyses and verification', () => {
    const timing = new Timing(() => 0);
    const analysis = { name: 'liveness', compute: () => 1 };
    const asking = definePass({ name: 'asking', summary: 'ask', run: (_, { analysis: get }) => void get(analysis) });
    run(pipeline('builtin.module', passItem(asking)), makeModule(context, []), { instrumentations: [timing] });
    expect(timing.toString()).toMatch(/ {6}\(A\) liveness\n/);
    expect(timing.toString()).toMatch(/ {6}\(V\) verify\n/);
  });
});

test('statistics are printed in the shape of the pipeline, sums over all ops', () => {
  const p = pipeline(
    'builtin.module',
    passItem(mark, { times: 8 }),
    passItem(nothing),
    nested('func.func', passItem(mark, { times: 5 })),
  );
  const { result } = run(p, makeModule(context, ['f', 'g']));
  expect(printStatistics(p, result.statistics).split('\n').slice(3)).toEqual([
    "'builtin.module' Pipeline",
    '  mark',
    '    (S) 8 num-marks - Marks added',
    '  nothing',
    "  'func.func' Pipeline",
    '    mark',
    '      (S) 10 num-marks - Marks added',
    '',
  ]);
  expect(statisticTotal(result.statistics, 'mark', 'num-marks')).toBe(18);
});

describe('IR printing', () => {
  const fail = definePass({ name: 'fail', summary: 'fail', run: (_, { signalFailure }) => signalFailure() });
  const markF = definePass({
    name: 'mark-f',
    summary: 'mark f',
    run: (op) => (`${op.attr('sym_name')}` === '"f"' ? addMark(op, 'y') : undefined),
  });
  const dump = (options: Partial<IrPrintingOptions>, ...passes: Parameters<typeof passItem>[0][]) => {
    const dumps: string[] = [];
    const print = (op: Operation) => `${op.name} ${marks(op)}`;
    const printing = irPrinting({ print, write: (t) => void dumps.push(t), ...options });
    run(
      pipeline('builtin.module', nested('func.func', ...passes.map((p) => passItem(p)))),
      makeModule(context, ['f', 'g']),
      { instrumentations: [printing] },
    );
    return dumps
      .join('')
      .split('\n')
      .filter((line) => line !== '');
  };
  const head = (when: string, name: string) =>
    `// -----// IR Dump ${when} ('func.func' operation: @${name}) //----- //`;

  test('before and after named passes', () => {
    expect(dump({ before: ['nothing'], after: ['mark-f'] }, markF, nothing)).toEqual([
      head('After mark-f', 'f'),
      'func.func y',
      head('Before nothing', 'f'),
      'func.func y',
      head('After mark-f', 'g'),
      'func.func',
      head('Before nothing', 'g'),
      'func.func',
    ]);
  });

  test('only on change', () => {
    expect(dump({ onlyOnChange: true }, markF, nothing)).toEqual([head('After mark-f', 'f'), 'func.func y']);
  });

  test('only on change after named passes', () => {
    expect(dump({ onlyOnChange: true, after: ['nothing'] }, markF, nothing)).toEqual([]);
  });

  test('after a failure', () => {
    expect(dump({ afterFailure: true }, markF, fail)).toEqual([head('After fail Failed', 'f'), 'func.func y']);
  });

  test('of the whole module', () => {
    expect(dump({ after: 'all', moduleScope: true }, markF)).toEqual([
      head('After mark-f', 'f'),
      'builtin.module y',
      head('After mark-f', 'g'),
      'builtin.module y',
    ]);
  });
});
