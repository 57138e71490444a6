import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { defineAnalysis } from './analysis.js';
import { DebugCounters } from './debug-counter.js';
import { definePass } from './define-pass.js';
import { nested, type Pipeline, passItem, pipeline } from './pipeline.js';
import { addMark, makeModule, mark, markFunction, marks, newContext, nothing, run } from './testing/fixtures.js';
import { TraceRecorder } from './trace.js';
import { TRACE_SCHEMA, type Trace, type TracePass, type TracePipeline } from './trace-format.js';

const context = newContext();
const producer = { name: 'test', version: '1' };
const isValid = new Ajv({ strict: false }).compile(TRACE_SCHEMA);

function traced(passes: Pipeline, names: readonly string[] = ['f'], options: Parameters<typeof run>[2] = {}): Trace {
  let now = 0;
  const recorder = new TraceRecorder({ producer, file: 'f.mlir', clock: () => now++ });
  run(passes, makeModule(context, names), { instrumentations: [recorder], ...options });
  // What is written is JSON.
  const trace = JSON.parse(JSON.stringify(recorder.trace())) as Trace;
  if (!isValid(trace)) throw new Error(JSON.stringify(isValid.errors));
  return trace;
}
const passesOf = (steps: Trace['steps']): TracePass[] =>
  steps.flatMap((step) => (step.kind === 'pass' ? [step] : passesOf(step.steps)));

describe('a trace', () => {
  test('has the passes in order, nested as they ran', () => {
    const trace = traced(
      pipeline('builtin.module', passItem(mark), nested('func.func', passItem(markFunction), passItem(nothing))),
      ['f', 'g'],
    );
    expect(trace).toMatchObject({
      kind: 'budflow.trace',
      version: 1,
      file: 'f.mlir',
      pipeline: 'builtin.module(mark,func.func(mark-function,nothing))',
    });
    const shape = (steps: Trace['steps']): unknown[] =>
      steps.map((step) => (step.kind === 'pass' ? step.pass : [step.anchor, step.symbol, ...shape(step.steps)]));
    expect(shape(trace.steps)).toEqual([
      [
        'builtin.module',
        undefined,
        'mark',
        ['func.func', 'f', 'mark-function', 'nothing'],
        ['func.func', 'g', 'mark-function', 'nothing'],
      ],
    ]);
  });

  test('repeats no snapshot, and says which passes changed something', () => {
    const trace = traced(pipeline('builtin.module', passItem(nothing), passItem(mark), passItem(nothing)));
    expect(trace.snapshots).toHaveLength(2);
    expect(passesOf(trace.steps).map(({ before, after, changed }) => [before, after, changed])).toEqual([
      [0, 0, false],
      [0, 1, true],
      [1, 1, false],
    ]);
    expect(trace.snapshots[1]!.text).toContain('"x"');
  });

  test('keeps the number of an op as long as it lives, and gives a new one to one that replaces it', () => {
    const replace = definePass({
      name: 'replace',
      summary: 'replace all marks by equal ones',
      run(op) {
        const texts = marks(op);
        op.walk((inner) => {
          if (inner.name === 'func.mark') inner.erase();
        });
        addMark(op, texts);
      },
    });
    const trace = traced(pipeline('builtin.module', passItem(mark), passItem(replace)));
    const [, second, third] = trace.snapshots;
    // The same text, and another op.
    expect(third!.text).toBe(second!.text);
    const ids = (i: number) => trace.snapshots[i]!.ops.map(([id]) => id);
    const gone = ids(1).filter((id) => !ids(2).includes(id));
    const added = ids(2).filter((id) => !ids(1).includes(id));
    expect([gone, added].map((list) => list.map((id) => trace.operations[id]!.name))).toEqual([
      ['func.mark'],
      ['func.mark'],
    ]);
    expect(passesOf(trace.steps)[1]!.changed).toBe(true);
    expect(ids(0)).toEqual(ids(1).filter((id) => !gone.includes(id)));
  });

  test('says where each op stands in the text, and in what op', () => {
    const text = 'käse 🧀';
    const trace = traced(pipeline('builtin.module', passItem(mark, { text }), passItem(mark)), ['f', 'g']);
    const { ops, text: printed } = trace.snapshots[2]!;
    const lines = ops.map(([id, parent, start, end]) => [
      trace.operations[id]!.name,
      parent < 0 ? '' : trace.operations[parent]!.name,
      printed.slice(start, end).split('\n')[0],
      printed.slice(end - 1, end),
    ]);
    expect(lines.map(([name, parent]) => `${parent} > ${name}`)).toEqual([
      ' > builtin.module',
      'builtin.module > func.func',
      'func.func > func.loop',
      'builtin.module > func.func',
      'func.func > func.loop',
      'builtin.module > func.mark',
      'builtin.module > func.mark',
    ]);
    // Offsets are of the string, not of its bytes.
    expect(lines[5]![2]).toContain(`"func.mark"() {text = "k`);
    expect(lines[6]![2]).toBe('"func.mark"() {text = "x"} : () -> ()');
  });

  test('has times without those of the recorder itself, remarks, diagnostics, statistics and analyses', () => {
    const count = defineAnalysis<number>({ name: 'count', compute: (op) => marks(op).length });
    const busy = definePass({
      name: 'busy',
      summary: 'do all there is to record',
      options: { n: { type: 'integer', default: 1, description: 'n' } },
      statistics: { seen: 'seen' },
      run(op, { remark, statistic, analysis }) {
        analysis(count);
        statistic('seen', 3);
        remark({ kind: 'missed', name: 'too-large', message: 'is too large', at: op, args: { size: 9 } });
        op.emitError('test.broken', 'is broken').note('see here');
      },
    });
    const [step] = passesOf(traced(pipeline('builtin.module', passItem(busy, { n: 2 }))).steps);
    expect(step).toMatchObject({
      options: { n: 2 },
      failed: true,
      changed: false,
      milliseconds: 3,
      statistics: { seen: 3 },
      remarks: [{ kind: 'missed', pass: 'busy', name: 'too-large', message: 'is too large', args: { size: 9 } }],
      diagnostics: [
        { severity: 'error', id: 'test.broken', notes: [{ severity: 'note', message: 'see here', notes: [] }] },
      ],
      analyses: [{ name: 'count', op: 0, milliseconds: 1 }],
    });
  });

  test('adds the times of passes up for their pipelines', () => {
    const [root] = traced(pipeline('builtin.module', nested('func.func', passItem(mark), passItem(mark)))).steps;
    expect(root).toMatchObject({ milliseconds: 2 });
    expect((root as TracePipeline).steps[0]).toMatchObject({ milliseconds: 2 });
  });

  test('shows passes that were left out', () => {
    const trace = traced(pipeline('builtin.module', passItem(mark), passItem(nothing)), ['f'], {
      ablate: ['mark'],
      debugCounters: new DebugCounters([{ name: 'nothing', skip: 1 }]),
    });
    expect(passesOf(trace.steps).map(({ pass, skipped }) => [pass, skipped])).toEqual([
      ['mark', 'ablated'],
      ['nothing', 'debug-counter'],
    ]);
  });

  test('goes on when a pass erases the op it runs on', () => {
    const erase = definePass({ name: 'erase', summary: 'erase', anchor: 'func.func', run: (op) => op.erase() });
    const trace = traced(pipeline('builtin.module', passItem(erase)), ['f'], { verifyEach: false });
    expect(trace.snapshots.map(({ ops }) => ops.length)).toEqual([3, 1]);
  });

  test('that says something else is not one by the schema', () => {
    const trace = traced(pipeline('builtin.module', passItem(mark)));
    for (const wrong of [
      { ...trace, version: 2 },
      { ...trace, extra: 1 },
      { ...trace, steps: [{ kind: 'pass' }] },
      { ...trace, snapshots: [{ text: '', ops: [[0, -1, 0]] }] },
    ])
      expect(isValid(wrong)).toBe(false);
  });
});

test('the schema in the documentation is the schema', async () => {
  const { readFileSync } = await import('node:fs');
  const file = new URL('../../../docs/trace.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(TRACE_SCHEMA)));
});
