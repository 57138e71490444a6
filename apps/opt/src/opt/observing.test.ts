// bud-opt run in process: what looks into a run (traces, remarks, counters, reports), and what checks passes.
import { PassManager, TRACE_SCHEMA, type Trace, type TracePass, type TracePipeline } from '@budflow/pass';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { type FakeOptions, runInProcess } from '../testing/fake-io.js';
import { optMain } from './main.js';

const F = `func.func @main(%x: i32) -> i32 {
  %c0 = arith.constant 0 : i32
  %0 = arith.addi %x, %c0 : i32
  %1 = arith.muli %0, %0 : i32
  %2 = arith.muli %0, %0 : i32
  %3 = arith.addi %1, %2 : i32
  return %3 : i32
}
`;
const opt = (argv: readonly string[], options: FakeOptions = { files: { 'f.mlir': F } }) =>
  runInProcess('bud-opt', optMain, argv, options);

describe('debug counters', () => {
  it('let only some folds happen, and say how many there were', async () => {
    const folded = async (counter: string) =>
      (await opt(['f.mlir', '--canonicalize', `--debug-counter=${counter}`])).out.includes('arith.constant');
    // The program has one fold: x + 0.
    expect(await folded('fold:0:1')).toBe(false);
    expect(await folded('fold:0:0')).toBe(true);
    expect(await folded('fold:1:5')).toBe(true);
    const { err } = await opt(['f.mlir', '--canonicalize', '--cse', '--print-debug-counters']);
    expect(err).toMatch(/canonicalize +1 of 1\n/);
    expect(err).toMatch(/cse-hit +1 of 1\n/);
    expect(err).toMatch(/fold +1 of 1\n/);
  });

  it('hold back single hits of cse, and whole passes', async () => {
    const count = async (counter: string) =>
      (await opt(['f.mlir', '--cse', `--debug-counter=${counter}`])).out.split('arith.muli').length - 1;
    expect(await count('cse-hit:0:1')).toBe(1);
    expect(await count('cse-hit:0:0')).toBe(2);
    expect(await count('cse:0:0')).toBe(2);
  });

  it('are explained when they are wrong', async () => {
    expect(await opt(['f.mlir', '--cse', '--debug-counter=fold'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--debug-counter: expected NAME:skip:count'),
    });
    expect((await opt(['f.mlir', '--cse', '--debug-counter=a:0:1', '--debug-counter=a:1:1'])).err).toContain(
      "'a' is given twice",
    );
    expect((await opt(['f.mlir', '--cse', '--debug-counter=cse-hut:0:1'])).err).toContain(
      "nothing of this name was applied, did you mean 'cse-hit'?",
    );
  });
});

describe('--dump', () => {
  const traced = async (argv: readonly string[], options?: FakeOptions): Promise<Trace> => {
    const { world, err } = await opt([...argv, '--dump=t.json'], options);
    const written = world.files.get('t.json');
    if (!written) throw new Error(err);
    const trace = JSON.parse(new TextDecoder().decode(written)) as Trace;
    const isValid = new Ajv({ strict: false }).compile(TRACE_SCHEMA);
    expect([isValid(trace), isValid.errors]).toEqual([true, null]);
    return trace;
  };
  const names = (trace: Trace, ids: Iterable<number>) => [...ids].map((id) => trace.operations[id]!.name).sort();
  const idsOf = (trace: Trace, snapshot: number) => trace.snapshots[snapshot]!.ops.map(([id]) => id);

  it('aligns ops across canonicalize and cse: which are gone, which are new', async () => {
    const trace = await traced(['f.mlir', '--canonicalize', '--cse', '--canonicalize']);
    expect(trace).toMatchObject({ file: 'f.mlir', producer: { name: 'bud-opt' } });
    const [before, folded, csed] = [0, 1, 2].map((i) => idsOf(trace, i));
    const gone = (a: number[], b: number[]) =>
      names(
        trace,
        a.filter((id) => !b.includes(id)),
      );
    expect(gone(before!, folded!)).toEqual(['arith.addi', 'arith.constant']);
    expect(gone(folded!, csed!)).toEqual(['arith.muli']);
    expect([gone(folded!, before!), gone(csed!, folded!)]).toEqual([[], []]);
    const root = trace.steps[0] as TracePipeline;
    expect(
      (root.steps as TracePass[]).map(({ pass, changed, before, after }) => [pass, changed, before, after]),
    ).toEqual([
      ['canonicalize', true, 0, 1],
      ['cse', true, 1, 2],
      ['canonicalize', false, 2, 2],
    ]);
    // The location of an op is where it was written.
    const last = trace.operations[csed![csed!.length - 2]!];
    expect(last).toEqual({ name: 'arith.addi', location: { file: 'f.mlir', line: 6, column: 8 } });
  });

  it('shows ops that a pass makes, where they stand', async () => {
    const trace = await traced(['--fix-numerics=target=wasm32-relaxed-simd', '--canonicalize'], {
      stdin:
        'func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n  %0 = array.mul %x, %x : tensor<4xf32>\n  %1 = array.add %0, %x : tensor<4xf32>\n  return %1 : tensor<4xf32>\n}\n',
    });
    const added = idsOf(trace, trace.snapshots.length - 1).filter((id) => !idsOf(trace, 0).includes(id));
    expect(names(trace, added)).toEqual(['array.fma']);
    const { ops, text } = trace.snapshots[trace.snapshots.length - 1]!;
    const [, parent, start, end] = ops.find(([id]) => id === added[0])!;
    expect(text.slice(start, end)).toMatch(/^%\w+ = array\.fma .*tensor<4xf32>$/);
    expect(trace.operations[parent]!.name).toBe('func.func');
  });

  it('elides large constants', async () => {
    const values = Array.from({ length: 100 }, (_, i) => i).join(', ');
    const trace = await traced(['--cse'], {
      stdin: `func.func @f() -> tensor<100xi32> {\n  %0 = arith.constant dense<[${values}]> : tensor<100xi32>\n  return %0 : tensor<100xi32>\n}\n`,
    });
    expect(trace.snapshots[0]!.text).not.toContain('98, 99');
  });

  it('is written for a run that fails too, and is of one program', async () => {
    const trace = await traced(['f.mlir', '--canonicalize=max-rewrites=1 max-iterations=1']).catch(() => undefined);
    expect(trace).toBeDefined();
    expect((await opt(['f.mlir', '--cse', '--dump=t.json', '--split-input-file'])).err).toContain(
      '--dump: a trace is of one program',
    );
  });
});

describe('remarks', () => {
  it('are printed when their kind, pass and name match, with their places', async () => {
    const { err, code } = await opt(['f.mlir', '--canonicalize', '--remarks-filter=^applied:canon']);
    expect(code).toBe(0);
    // The program's one rewrite is a fold, not a pattern.
    expect(err).toBe('');
    const program = {
      stdin:
        'func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n  %0 = array.mul %x, %x : tensor<4xf32>\n  %1 = array.add %0, %x : tensor<4xf32>\n  return %1 : tensor<4xf32>\n}\n',
    };
    const fused = await opt(['--instruction-fusion', '--remarks-filter=instruction-fusion'], program);
    expect(fused.err).toMatch(/^<stdin>:\d+:\d+: remark: .* \[applied:instruction-fusion:[\w-]+\]\n/);
    expect((await opt(['--instruction-fusion', '--remarks-filter=:cse:'], program)).err).toBe('');
    expect((await opt(['--cse', '--remarks-filter=('], program)).err).toContain('--remarks-filter: Invalid regular');
  });
});

describe('flags of mlir-opt', () => {
  it('print times as a list', async () => {
    const { err } = await opt(['f.mlir', '--cse', '--mlir-timing', '--mlir-timing-display=list']);
    expect(err).toMatch(/ {2}cse\n/);
    expect(err).not.toMatch(/ {4}cse\n/);
    expect((await opt(['f.mlir', '--cse', '--mlir-timing'])).err).toMatch(/ {4}cse\n/);
  });

  it('print the IR into a tree of files', async () => {
    const { err, world } = await opt([
      'f.mlir',
      '--canonicalize',
      '--cse',
      '--mlir-print-ir-after-all',
      '--mlir-print-ir-tree-dir=ir',
    ]);
    expect(err).toBe('');
    expect([...world.files.keys()].filter((path) => path.startsWith('ir/'))).toEqual([
      'ir/builtin_module/0_after_canonicalize.mlir',
      'ir/builtin_module/1_after_cse.mlir',
    ]);
    expect(new TextDecoder().decode(world.files.get('ir/builtin_module/1_after_cse.mlir'))).toContain('arith.muli');
  });

  it('show the op an error is about, and where the error was made', async () => {
    const broken = { stdin: 'func.func @f() -> i32 {\n  return\n}\n' };
    expect((await opt([], broken)).err).not.toContain('see current operation');
    expect((await opt(['--mlir-print-op-on-diagnostic'], broken)).err).toContain(
      'note: see current operation: "func.return"() : () -> ()',
    );
    expect((await opt([], broken)).err).not.toMatch(/\n +at /);
    expect((await opt(['--mlir-print-stacktrace-on-diagnostic'], broken)).err).toMatch(/made here\n +at .*emitError/);
  });

  it('run on an op without a module around it', async () => {
    const { out } = await opt(['f.mlir', '--no-implicit-module', '--cse']);
    expect(out).toMatch(/^func\.func @main/);
    expect(out.split('arith.muli')).toHaveLength(2);
    const two = await opt(['--no-implicit-module'], {
      stdin: 'func.func @f() {\n  return\n}\nfunc.func @g() {\n  return\n}\n',
    });
    expect(two).toMatchObject({ code: 1, out: '' });
    expect(two.err).toContain('<stdin>:4:1: error: the program has 2 ops at its top level');
    for (const stdin of ['module {\n}\n', '\n// empty\nmodule {\n}\n', '"builtin.module"() ({\n^bb0:\n}) : () -> ()'])
      expect((await opt(['--no-implicit-module'], { stdin })).out).toBe('module {\n}\n');
  });

  it('are accepted when they change nothing here', async () => {
    const plain = await opt(['f.mlir', '--cse']);
    expect(await opt(['f.mlir', '--cse', '--mlir-disable-threading', '--mlir-print-local-scope'])).toMatchObject({
      code: 0,
      out: plain.out,
      err: '',
    });
  });

  it('print the schema of pipelines', async () => {
    const schema = JSON.parse((await opt(['--print-pipeline-schema'])).out);
    const isValid = new Ajv({ strict: false }).compile(schema);
    expect(isValid({ $schema: './schema.json', pipeline: ['cse'] })).toBe(true);
    expect(isValid({ pipeline: ['czse'] })).toBe(false);
    expect(isValid({ pipeline: [{ pass: 'canonicalize', options: { 'max-iterations': 0 } }] })).toBe(false);
  });
});

describe('checking passes', () => {
  it('says nothing about passes that are right', async () => {
    const plain = await opt(['f.mlir', '--canonicalize', '--cse']);
    expect(await opt(['f.mlir', '--canonicalize', '--cse', '--verify-analyses', '--strict'])).toMatchObject({
      code: 0,
      out: plain.out,
      err: '',
    });
  });

  it('keeps what a reproducer says about verification', async () => {
    const seen: (boolean | undefined)[] = [];
    const original = PassManager.prototype.run;
    PassManager.prototype.run = function (root) {
      seen.push((this as unknown as { options: { verifyEach?: boolean } }).options.verifyEach);
      return original.call(this, root);
    };
    try {
      const text = (verify: boolean) =>
        `${F}\n{-#\n  external_resources: {\n    mlir_reproducer: {\n      pipeline: "builtin.module(cse)",\n      verify_each: ${verify}\n    }\n  }\n#-}\n`;
      for (const verify of [true, false])
        expect((await opt(['--run-reproducer'], { stdin: text(verify) })).code).toBe(0);
      await opt(['--run-reproducer', '--verify-each=1'], { stdin: text(false) });
    } finally {
      PassManager.prototype.run = original;
    }
    expect(seen).toEqual([true, false, true]);
  });
});

describe('--json', () => {
  it('lists passes with the schemas of their options, and dialects with their ops', async () => {
    const { passes, pipelines } = JSON.parse((await opt(['--list-passes', '--json'])).out);
    const canonicalize = passes.find((pass: { name: string }) => pass.name === 'canonicalize');
    expect(canonicalize).toMatchObject({
      anchor: 'any',
      options: { 'max-iterations': { type: 'integer', minimum: 1, default: 64 } },
      statistics: { 'num-folded': 'Ops folded' },
    });
    expect(pipelines).toEqual({});
    const { dialects } = JSON.parse((await opt(['--show-dialects', '--json'])).out);
    const core = dialects.find((dialect: { name: string }) => dialect.name === 'func');
    expect(core.ops).toContain('func.return');
  });
});
