import { InternalError, type Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { definePass } from './define-pass.js';
import { parsePipeline } from './parse-pipeline.js';
import { nested, type Pipeline, passItem, pipeline } from './pipeline.js';
import { PassRegistry } from './registry.js';
import { readReproducer } from './reproducer.js';
import { addMark, makeModule, mark, markFunction, marks, newContext, run } from './testing/fixtures.js';

const context = newContext();
/** Throws on the function named g. */
const crash = definePass({
  name: 'crash',
  summary: 'crash',
  anchor: 'func.func',
  run(op) {
    if (String(op.attr('sym_name')) === '"g"') throw new InternalError('index out of range', op);
    addMark(op, 'c');
  },
});
const registry = new PassRegistry([mark, markFunction, crash]);

function reproduced(passes: Pipeline, module: Operation, options: { local?: boolean; ablate?: string[] } = {}) {
  let text = '';
  const write = (t: string) => {
    text = t;
  };
  const { result, diagnostics } = run(passes, module, {
    reproducer: { print: marks, write, local: options.local === true },
    ablate: options.ablate ?? [],
  });
  return { result, diagnostics, text, found: readReproducer(text) };
}
const passes = pipeline(
  'builtin.module',
  passItem(mark),
  nested('func.func', passItem(markFunction), passItem(crash), passItem(markFunction)),
  passItem(mark, { text: 'last' }),
);

describe('reproducers', () => {
  test('are written when a pass throws, and replay to the same failure', () => {
    const { result, diagnostics, text, found } = reproduced(passes, makeModule(context, ['f', 'g']));
    expect(result.cause).toBeInstanceOf(InternalError);
    expect(found?.pipeline).toBe('builtin.module(mark,func.func(mark-function,crash,mark-function),mark{text=last})');
    // Before any pass ran there were no marks.
    expect(text.startsWith('\n')).toBe(true);
    const again = parsePipeline(found!.pipeline, { registry, diagnostics: context.diagnostics })!;
    const replay = run(again, makeModule(context, ['f', 'g']));
    expect(replay.diagnostics.map((d) => [d.id, d.message])).toEqual(diagnostics.map((d) => [d.id, d.message]));
    expect(diagnostics[0]?.cause).toBe(result.cause);
  });

  test('that are local hold the module before the failing pass, and the pipeline from there on', () => {
    const { text, found } = reproduced(passes, makeModule(context, ['f', 'g']), { local: true });
    expect(found?.pipeline).toBe('builtin.module(func.func(crash,mark-function),mark{text=last})');
    // The module's mark, all marks of f and the first of g.
    expect(text.split('\n')[0]).toBe('f c f f x');
  });

  test('that are local name functions alone when the pipeline runs on functions', () => {
    const onFunctions = pipeline('func.func', passItem(mark), passItem(crash));
    const { found } = reproduced(onFunctions, makeModule(context, ['g']), { local: true });
    expect(found?.pipeline).toBe('func.func(crash)');
    expect(reproduced(onFunctions, makeModule(context, ['g'])).found?.pipeline).toBe(
      'builtin.module(func.func(mark,crash))',
    );
  });

  test('leave out the passes that were left out', () => {
    const { found } = reproduced(passes, makeModule(context, ['g']), { ablate: ['mark', 'mark-function'] });
    expect(found?.pipeline).toBe('builtin.module(func.func(crash))');
  });

  test('are not written when all is well', () => {
    for (const local of [true, false])
      expect(reproduced(pipeline('builtin.module', passItem(mark)), makeModule(context, []), { local }).text).toBe('');
  });
});
