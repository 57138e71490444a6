import { CompileError, Diagnostic, InternalError, type Operation } from '@budflow/ir';
import { getTarget } from '@budflow/target';
import { describe, expect, test } from 'vitest';
import { defineAnalysis } from './analysis.js';
import { definePass } from './define-pass.js';
import { nested, passItem, pipeline } from './pipeline.js';
import { remarksToJson } from './remark.js';
import { readReproducer } from './reproducer.js';
import { addMark, makeModule, mark, markFunction, markModule, marks, newContext, run } from './testing/fixtures.js';

const context = newContext();
const onFunctions = (...items: Parameters<typeof nested>[1][]) =>
  pipeline('builtin.module', nested('func.func', ...items));
const failing = definePass({
  name: 'failing',
  summary: 'fail',
  run: (op, { signalFailure }) => {
    op.emitError('test.broken', 'is broken');
    signalFailure();
  },
});

describe('nesting', () => {
  test('runs nested passes on each op that the anchor names, all passes on one op before the next', () => {
    const order: string[] = [];
    const log = (name: string) =>
      definePass({ name, summary: 'log', run: (op) => void order.push(`${name}:${op.attr('sym_name') ?? op.name}`) });
    const { result } = run(
      pipeline(
        'builtin.module',
        passItem(log('one')),
        nested('func.func', passItem(log('two')), passItem(log('three'))),
      ),
      makeModule(context, ['f', 'g']),
    );
    expect(result.succeeded).toBe(true);
    expect(order).toEqual(['one:builtin.module', 'two:"f"', 'three:"f"', 'two:"g"', 'three:"g"']);
  });

  test('runs a pass that wants functions on every function of a module', () => {
    const module = makeModule(context, ['f', 'g']);
    run(pipeline('builtin.module', passItem(markFunction), passItem(markModule)), module);
    expect(marks(module)).toBe('f f m');
  });

  test('runs a pipeline on functions when it is given their module', () => {
    const module = makeModule(context, ['f', 'g']);
    run(pipeline('func.func', passItem(mark)), module);
    expect(marks(module)).toBe('x x');
  });

  test("takes every isolated op for the anchor 'any'", () => {
    const module = makeModule(context, ['f', 'g']);
    run(pipeline('any', nested('any', passItem(mark))), module);
    expect(marks(module)).toBe('x x');
  });

  test('refuses an anchor that matches nothing, naming the anchors that exist', () => {
    const { result, diagnostics } = run(
      pipeline('builtin.module', nested('func.fun', passItem(mark))),
      makeModule(context, ['f', 'g']),
    );
    expect(result.succeeded).toBe(false);
    expect(diagnostics.map((d) => [d.id, d.message])).toEqual([
      [
        'pass.anchor-matches-nothing',
        "'builtin.module' op has no 'func.fun' directly inside for the pipeline builtin.module(func.fun); anchors that exist: func.func (2)",
      ],
    ]);
  });

  test('says so when the op of the anchor is deeper', () => {
    const { diagnostics } = run(
      pipeline('builtin.module', nested('func.loop', passItem(mark))),
      makeModule(context, ['f']),
    );
    expect(diagnostics[0]!.notes.map((n) => n.message)).toEqual([
      'there is one deeper: builtin.module(func.func(func.loop(...)))',
    ]);
  });

  test('finds nothing wrong with an anchor in an empty module', () => {
    expect(run(onFunctions(passItem(mark)), makeModule(context, [])).result.succeeded).toBe(true);
  });

  test('does not run on a function that an earlier one erased', () => {
    const module = makeModule(context, ['f', 'g']);
    const eraseNext = definePass({
      name: 'erase-next',
      summary: 'erase the next function',
      run: (op) => op.next?.erase(),
    });
    const { result } = run(onFunctions(passItem(eraseNext), passItem(mark)), module);
    expect(result.succeeded).toBe(true);
    expect(marks(module)).toBe('x');
  });
});

describe('failures', () => {
  test('stop the pipeline and keep the diagnostics of the pass', () => {
    const module = makeModule(context, ['f', 'g']);
    const { result, diagnostics } = run(onFunctions(passItem(failing), passItem(mark)), module);
    expect(result).toMatchObject({ succeeded: false, failed: { pass: { name: 'failing' } } });
    expect(diagnostics.map((d) => d.message)).toEqual(["'func.func' op is broken"]);
    expect(marks(module)).toBe('');
  });

  test('need no signalFailure when an error was emitted', () => {
    const silent = definePass({
      name: 'silent',
      summary: 'emit',
      run: (op) => void op.emitError('test.broken', 'is broken'),
    });
    expect(run(pipeline('builtin.module', passItem(silent)), makeModule(context, [])).result.succeeded).toBe(false);
  });

  test('of a pass that gives no reason are reported by name', () => {
    const mute = definePass({ name: 'mute', summary: 'fail', run: (_, { signalFailure }) => signalFailure() });
    const { diagnostics } = run(pipeline('builtin.module', passItem(mute)), makeModule(context, []));
    expect(diagnostics.map((d) => [d.id, d.message])).toEqual([
      ['pass.failed', "'builtin.module' op pass 'mute' failed without saying why"],
    ]);
  });

  test('of a pass that crashes become a diagnostic that names it, with the cause kept', () => {
    const error = new InternalError('no such luck', makeModule(context, []));
    const crashing = definePass({
      name: 'crashing',
      summary: 'crash',
      run: (op) => {
        op.emitWarning('test.warning', 'came first');
        throw error;
      },
    });
    const { result, diagnostics } = run(
      pipeline('builtin.module', passItem(crashing), passItem(mark)),
      makeModule(context, []),
    );
    expect(result.cause).toBe(error);
    expect(result.failed?.pass.name).toBe('crashing');
    expect(diagnostics.map((d) => [d.id, d.message])).toEqual([
      ['test.warning', "'builtin.module' op came first"],
      ['pass.crashed', "'builtin.module' op pass 'crashing' crashed: no such luck"],
    ]);
    expect(diagnostics[1]!.notes.map((n) => n.message)).toEqual(["while it worked on 'builtin.module'"]);
  });

  test('thrown as CompileError are reported as what they hold', () => {
    const throwing = definePass({
      name: 'throwing',
      summary: 'throw',
      run: (op) => {
        throw new CompileError([new Diagnostic('error', 'test.inner', 'inner trouble', op.loc)]);
      },
    });
    const { result, diagnostics } = run(pipeline('builtin.module', passItem(throwing)), makeModule(context, []));
    expect(diagnostics.map((d) => d.id)).toEqual(['test.inner']);
    expect(result.cause).toBeUndefined();
  });

  test('write a reproducer with the module as it was before the pipeline', () => {
    const written: string[] = [];
    const reproducer = {
      print: (op: Operation) => `marks: ${marks(op)}\n`,
      write: (text: string) => void written.push(text),
    };
    const items = [passItem(mark, { text: 'a "b"', times: 2 }), passItem(failing)];
    run(pipeline('builtin.module', ...items), makeModule(context, []), { reproducer });
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^marks:\n\n\{-#/);
    expect(readReproducer(written[0]!)).toEqual({
      pipeline: 'builtin.module(mark{text="a \\"b\\"" times=2},failing)',
      verifyEach: true,
    });
    expect(readReproducer('module {}')).toBeUndefined();
    run(pipeline('builtin.module', passItem(mark)), makeModule(context, []), { reproducer });
    expect(written).toHaveLength(1);
  });
});

describe('verification', () => {
  // A function is invalid when it holds a mark that says so.
  const verify = (op: Operation) => {
    if (!marks(op).includes('bad')) return true;
    op.emitError('verify.bad-mark', 'holds a bad mark');
    return false;
  };

  test('after each pass names the pass that broke the IR', () => {
    const { result, diagnostics } = run(
      onFunctions(passItem(mark), passItem(mark, { text: 'bad' }), passItem(mark)),
      makeModule(context, ['f']),
      { verify },
    );
    expect(diagnostics.map((d) => [d.id, d.message])).toEqual([
      ['verify.bad-mark', "'func.func' op holds a bad mark"],
      ['pass.invalid-ir', "'func.func' op is invalid after pass 'mark' in builtin.module(func.func)"],
    ]);
    expect(result.failed?.options).toEqual({ text: 'bad' });
  });

  test('uses the verifier of the IR by default', () => {
    const spoil = definePass({
      name: 'spoil',
      summary: 'remove a symbol name',
      anchor: 'func.func',
      run: (op) => op.setAttr('sym_name', null),
    });
    const { result, diagnostics } = run(
      pipeline('builtin.module', passItem(mark), passItem(spoil)),
      makeModule(context, ['f']),
      { verify: undefined },
    );
    expect(result.failed?.pass.name).toBe('spoil');
    expect(diagnostics.at(-1)!.message).toBe(
      "'func.func' op is invalid after pass 'spoil' in builtin.module(func.func)",
    );
  });

  test('can be turned off', () => {
    expect(
      run(pipeline('builtin.module', passItem(mark, { text: 'bad' })), makeModule(context, []), {
        verify,
        verifyEach: false,
      }).result.succeeded,
    ).toBe(true);
  });

  test('is left out after a pass that changed nothing', () => {
    let verified = 0;
    const count = () => ++verified > 0;
    run(pipeline('builtin.module', passItem(mark, { quiet: true }), passItem(mark)), makeModule(context, []), {
      verify: count,
    });
    expect(verified).toBe(1);
  });
});

describe('ablation', () => {
  test('skips a pass wherever it occurs and says how often', () => {
    const module = makeModule(context, ['f', 'g']);
    const { result } = run(
      pipeline('builtin.module', passItem(mark), nested('func.func', passItem(mark), passItem(markFunction))),
      module,
      { ablate: ['mark'] },
    );
    expect(marks(module)).toBe('f f');
    expect(result.skipped.map(({ item, ops }) => [item.pass.name, ops])).toEqual([
      ['mark', 1],
      ['mark', 2],
    ]);
  });
});

describe('analyses', () => {
  let computed: string[] = [];
  const countMarks = defineAnalysis({
    name: 'count-marks',
    compute: (op) => {
      computed.push(op.name);
      return marks(op).length;
    },
  });
  const ask = (name: string, extra: { preserves?: 'all' | [typeof countMarks] } = {}) =>
    definePass({ name, summary: 'ask', ...extra, run: (_, { analysis }) => void analysis(countMarks) });

  test('are computed once while passes preserve them', () => {
    computed = [];
    run(
      pipeline(
        'builtin.module',
        passItem(ask('a', { preserves: 'all' })),
        passItem(ask('b', { preserves: [countMarks] })),
        passItem(ask('c')),
        passItem(ask('d')),
      ),
      makeModule(context, []),
    );
    expect(computed).toHaveLength(2);
  });

  test('stay when a pass says that it changed nothing', () => {
    computed = [];
    run(
      pipeline(
        'builtin.module',
        passItem(ask('a', { preserves: 'all' })),
        passItem(mark, { quiet: true }),
        passItem(ask('b', { preserves: 'all' })),
        passItem(mark),
        passItem(ask('c')),
      ),
      makeModule(context, []),
    );
    expect(computed).toHaveLength(2);
  });

  test('of an enclosing op go when a nested pass changes something, those of a sibling stay', () => {
    computed = [];
    const module = makeModule(context, ['f', 'g']);
    const inner = definePass({
      name: 'inner',
      summary: 'ask about every function',
      preserves: 'all',
      run: (op, { analysis }) => {
        analysis(countMarks);
        for (const func of op.region(0).entry.ops) analysis(countMarks, func);
      },
    });
    const markF = definePass({
      name: 'mark-f',
      summary: 'mark f',
      anchor: 'func.func',
      run: (op, { unchanged }) => (`${op.attr('sym_name')}` === '"f"' ? addMark(op, 'y') : unchanged()),
    });
    run(pipeline('builtin.module', passItem(inner), passItem(markF), passItem(inner)), module);
    expect(computed).toEqual(['builtin.module', 'func.func', 'func.func', 'builtin.module', 'func.func']);
  });

  test('that a pass requires are there before it runs', () => {
    computed = [];
    const needy = definePass({
      name: 'needy',
      summary: 'need',
      requires: [countMarks],
      run: () => expect(computed).toEqual(['builtin.module']),
    });
    expect(run(pipeline('builtin.module', passItem(needy)), makeModule(context, [])).result.succeeded).toBe(true);
  });
});

describe('remarks and statistics', () => {
  test('are collected with the pass that made them', () => {
    const remarking = definePass({
      name: 'remarking',
      summary: 'remark',
      statistics: { 'num-seen': 'Ops seen' },
      run: (op, { remark, statistic }) => {
        remark({ kind: 'missed', name: 'operand-limit', message: 'too many operands', at: op, args: { operands: 12 } });
        statistic('num-seen');
        statistic('num-seen', 2);
      },
    });
    const item = passItem(remarking);
    const module = makeModule(context, ['f', 'g']);
    module.region(0).entry.firstOp!.loc = context.fileLineCol('a.mlir', 3, 7);
    const { result } = run(pipeline('builtin.module', nested('func.func', item)), module);
    expect(remarksToJson(context, result.remarks)).toEqual([
      {
        kind: 'missed',
        pass: 'remarking',
        name: 'operand-limit',
        message: 'too many operands',
        location: { file: 'a.mlir', line: 3, column: 7 },
        args: { operands: 12 },
      },
      {
        kind: 'missed',
        pass: 'remarking',
        name: 'operand-limit',
        message: 'too many operands',
        args: { operands: 12 },
      },
    ]);
    expect(result.statistics.get(item)).toEqual(new Map([['num-seen', 6]]));
  });

  test('of undeclared names are a bug of the pass', () => {
    const wrong = definePass({
      name: 'wrong',
      summary: 'wrong',
      statistics: { a: 'A' },
      run: (_, { statistic }) => statistic('b' as 'a'),
    });
    const { diagnostics } = run(pipeline('builtin.module', passItem(wrong)), makeModule(context, []));
    expect(diagnostics[0]!.message).toContain("pass 'wrong' declares no statistic 'b'");
  });
});

test('a pass whose dialect is missing is reported as crashed', () => {
  const needs = definePass({ name: 'needs', summary: 'needs', dependentDialects: ['absent'], run: () => {} });
  const { diagnostics } = run(pipeline('builtin.module', passItem(needs)), makeModule(context, []));
  expect(diagnostics.map((d) => d.message)).toEqual([
    "'builtin.module' op pass 'needs' crashed: it needs dialect 'absent', which is not registered",
  ]);
});

test('a pass that is told an unknown target fails with what the target lookup says, and has not crashed', () => {
  const wants = definePass({ name: 'wants', summary: 'look a target up', run: () => void getTarget('wasm32-simd182') });
  const { result, diagnostics } = run(pipeline('builtin.module', passItem(wants)), makeModule(context, []));
  expect([result.succeeded, result.cause]).toEqual([false, undefined]);
  expect(diagnostics.map((d) => [d.id, d.message])).toEqual([
    [
      'pass.target',
      `'builtin.module' op cannot be given to pass 'wants': unknown target "wasm32-simd182"; did you mean "wasm32-simd128"?`,
    ],
  ]);
});
