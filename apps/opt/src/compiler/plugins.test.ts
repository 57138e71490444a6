// Plug-ins of a project outside of the repository, by the built commands.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandPath, ensureBuilt } from '../testing/build.js';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const OPT = commandPath('bud-opt');
const RUN = commandPath('bud-run');

/** A dialect with an elementwise op, a pass, a pipeline, an interface of a foreign op, and a backend. */
const LAB = `
import { buildBinary, ConstantOp } from '@budflow/dialect-core';
import { structuredInterpretation } from '@budflow/dialect-array';
import { Interpretable } from '@budflow/interpreter';
import { AnyTensor, defineDialect, defineOp, DYNAMIC, OpCost, OpPattern, OpPatternKind, Pure, StructuredOp } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { wasmBackend } from '@budflow/backend-wasm';
import { definePlugin } from 'budflow';

const Twice = defineOp({
  name: 'lab.twice_plus_one',
  summary: '2 x + 1',
  operands: { x: AnyTensor },
  results: { result: AnyTensor },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.elementwise }),
    OpCost.implement({ pointCost: () => ({ flops: 2, expensive: false }) }),
    StructuredOp.implement({
      domain: (op) => op.operand(0).type.shape.map((size, dim) => ({
        iterator: 'parallel',
        size: size === DYNAMIC ? { kind: 'operand', operand: 0, dim } : { kind: 'static', size },
      })),
      indexingMaps: (op) => [0, 1].map(() => op.context.identityMap(op.operand(0).type.rank)),
      body(op, { builder, loc, operand }) {
        const one = ConstantOp.build(builder, loc, { value: op.context.constantAttr(op.operand(0).type.element, 1) });
        const double = buildBinary('add', builder, loc, operand(0), operand(0));
        return [buildBinary('add', builder, loc, double, one)];
      },
    }),
  ],
});
const lab = defineDialect({ name: 'lab', summary: 'Ops of a user', ops: [Twice] });

const rename = definePass({
  name: 'lab-label',
  summary: 'label functions',
  anchor: 'func.func',
  options: { label: { type: 'string', enum: ['red', 'green'], default: 'red', description: 'Which.' } },
  run: (op, { options }) => op.setAttr('lab.label', op.context.stringAttr(options.label)),
});
const crash = definePass({ name: 'lab-crash', summary: 'crash', anchor: 'func.func', run() { throw new TypeError('x.y is not a function'); } });

/** The WebAssembly backend, telling that it was asked. */
const backend = {
  ...wasmBackend,
  name: 'lab-wasm',
  compile(module, options) {
    process.stderr.write('lab-wasm compiles for ' + options.target + '\\n');
    return { ...wasmBackend.compile(module, options), backend: 'lab-wasm' };
  },
  load: (artefact, heap) => wasmBackend.load({ ...artefact, backend: 'wasm' }, heap),
};

export const plugin = definePlugin({
  name: 'lab',
  dialects: [lab],
  passes: [rename, crash],
  interfaces: (context) => context.attach('lab.twice_plus_one', Interpretable, structuredInterpretation),
  backends: [backend],
  customCalls: { double: ([x]) => [x.data.map((v) => 2 * v)] },
  pipelines: { 'lab-all': { pipeline: ['canonicalize', { pass: 'lab-label', options: { label: 'green' } }] } },
});
`;

const PROGRAM = `func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = array.mul %x, %x : tensor<4xf32>
  %1 = "lab.twice_plus_one"(%0) : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
`;

let folder: string;
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'bud-plugins-'));
  mkdirSync(join(folder, 'project'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  write('lab.js', LAB);
  write('package.json', '{"type":"module"}');
  write('f.mlir', PROGRAM);
  write('project/package.json', '{"type":"module","budflow":{"plugins":["../lab.js"]}}');
  write('project/g.mlir', PROGRAM);
  write('config.json', '{"pipeline":["lab-all",{"pass":"lab-label","options":{"label":"red"}}]}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (script: string, args: readonly string[], cwd = folder) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
};

const CALL = `func.func @main(%x: tensor<3xf32>) -> tensor<3xf32> {
  %0 = array.neg %x : tensor<3xf32>
  %1 = array.custom_call "double" (%0) : (tensor<3xf32>) -> tensor<3xf32>
  return %1 : tensor<3xf32>
}
`;

describe('a plug-in from outside', () => {
  it('brings what custom calls run, compiled and interpreted', () => {
    write('call.mlir', CALL);
    const results = (...args: string[]) => node(RUN, ['call.mlir', '--random=3', ...args]);
    expect(results()).toMatchObject({ status: 1, stderr: expect.stringContaining('with --load') });
    const compiled = results('--load=./lab.js');
    expect(compiled).toMatchObject({ status: 0, stderr: '' });
    expect(results('--load=./lab.js', '--backend=interp')).toEqual(compiled);
  });

  it('is not there unless it is loaded', () => {
    expect(node(OPT, ['f.mlir'])).toMatchObject({ status: 1, stderr: expect.stringContaining("'lab'") });
  });

  it('adds dialects and passes to what is listed', () => {
    expect(node(OPT, ['--load=./lab.js', '--show-dialects']).stdout).toMatch(/^lab +1 ops {2}Ops of a user$/m);
    const { stdout } = node(OPT, ['--load=./lab.js', '--list-passes']);
    expect(stdout).toContain('--lab-label (on func.func)');
    expect(stdout).toContain('label (one of "red", "green", default "red"): Which.');
    expect(stdout).toContain('--lab-all\n    a pipeline: ["canonicalize"');
  });

  it('adds passes to flags, textual pipelines and configs, checked by their schemas', () => {
    const label = (...args: string[]) =>
      /lab\.label = "(\w+)"/.exec(node(OPT, ['f.mlir', '--load=./lab.js', ...args]).stdout)?.[1];
    expect(label('--lab-label')).toBe('red');
    expect(label('--lab-label=label=green')).toBe('green');
    expect(label('--lab-all')).toBe('green');
    expect(label('--pass-pipeline=builtin.module(cse,func.func(lab-label{label=green}))')).toBe('green');
    expect(label('--pipeline-config=config.json')).toBe('red');
    write('wrong.json', '{"pipeline":[{"pass":"lab-label","options":{"labl":"red"}},{"pass":"lab-labl"}]}');
    const { status, stderr } = node(OPT, ['f.mlir', '--load=./lab.js', '--pipeline-config=wrong.json']);
    expect(status).toBe(1);
    expect(stderr).toContain("/pipeline/0/options/labl: unknown option 'labl', did you mean 'label'?");
    expect(stderr).toContain("/pipeline/1/pass: unknown pass 'lab-labl', did you mean 'lab-label'?");
  });

  it('takes part in fusion, and runs as WebAssembly, interpreted, and by a backend of its own', () => {
    const kernels = (level: string) =>
      node(OPT, ['f.mlir', '--load=./lab.js', level, '--emit=wat']).stdout.match(/\(export "/g)?.length;
    expect([kernels('-O0'), kernels('-O3')]).toEqual([2, 1]);
    const results = (...args: string[]) => node(RUN, ['f.mlir', '--load=./lab.js', '--random=3', ...args]);
    const wasm = results();
    expect(wasm).toMatchObject({ status: 0, stderr: '' });
    expect(results('--backend=interp').stdout).toBe(wasm.stdout);
    const own = results('--backend=lab-wasm');
    expect(own.stdout).toBe(wasm.stdout);
    expect(own.stderr).toMatch(/^lab-wasm compiles for wasm32-/);
    expect(results('--check-each').stdout).toContain('every result kept');
    expect(results('--backend=lab-wazm').stderr).toContain("did you mean 'lab-wasm'?");
  });

  it('is loaded for the programs of a project that names it, from wherever the command runs', () => {
    expect(node(OPT, ['g.mlir', '--lab-label'], join(folder, 'project')).stdout).toContain('lab.label = "red"');
    expect(node(OPT, ['project/g.mlir', '--lab-label']).stdout).toContain('lab.label = "red"');
    expect(node(RUN, ['project/g.mlir', '--random=3'])).toMatchObject({ status: 0, stderr: '' });
  });

  it('may crash: the reproducer replays it', () => {
    const args = ['f.mlir', '--load=./lab.js', '--canonicalize', '--lab-crash', '--cse'];
    const failed = node(OPT, [...args, '--mlir-pass-pipeline-crash-reproducer=r.mlir']);
    expect(failed.status).toBe(1);
    const message = "pass 'lab-crash' crashed: x.y is not a function";
    expect(failed.stderr).toContain(message);
    expect(failed.stderr).not.toContain('lab.js:');
    const replayed = node(OPT, ['r.mlir', '--load=./lab.js', '--run-reproducer']);
    expect(replayed.status).toBe(1);
    expect(replayed.stderr).toContain(message);
    const local = node(OPT, [
      ...args,
      '--mlir-pass-pipeline-crash-reproducer=l.mlir',
      '--mlir-pass-pipeline-local-reproducer',
    ]);
    expect(local.status).toBe(1);
    expect(node(OPT, ['l.mlir', '--load=./lab.js', '--run-reproducer', '--print-pipeline']).stdout).toBe(
      '{\n  "pipeline": [\n    "lab-crash",\n    "cse"\n  ]\n}\n',
    );
    expect(node(OPT, ['l.mlir', '--load=./lab.js', '--run-reproducer']).stderr).toContain(message);
    expect(node(OPT, [...args, '--debug']).stderr).toMatch(/TypeError: x\.y is not a function\n +at .*lab\.js:/);
  });
});

describe('a plug-in that does not load', () => {
  const failing = (name: string, text: string) => {
    write(name, text);
    return node(OPT, ['f.mlir', `--load=./${name}`]);
  };
  it.each([
    ['no-such.js', undefined, "--load=./no-such.js: no such file: '"],
    ['throws.js', "throw new Error('no licence');", '--load=./throws.js: the plug-in cannot be loaded: no licence'],
    ['syntax.js', 'export const = 1;', '--load=./syntax.js: the plug-in cannot be loaded: '],
    ['missing.js', "import './absent.js';", '--load=./missing.js: the plug-in cannot be loaded: Cannot find module'],
    ['empty.js', 'export const x = 1;', "--load=./empty.js: has neither a default export nor an export 'plugin'"],
    ['plain.js', 'export default { name: 1 };', '--load=./plain.js: is not what definePlugin({ name, ... }) returns'],
    [
      'taken.js',
      "import { definePass } from '@budflow/pass';\nimport { definePlugin } from 'budflow';\nexport default definePlugin({ name: 'x', passes: [definePass({ name: 'cse', summary: '', run() {} })] });",
      "plug-in 'x' brings a pass 'cse', and so does Budflow",
    ],
    [
      'pipeline.js',
      "import { definePlugin } from 'budflow';\nexport default definePlugin({ name: 'x', pipelines: { mine: { pipeline: ['czse'] } } });",
      "pipeline 'mine' of plug-in 'x': unknown pass 'czse', did you mean 'cse'?",
    ],
    [
      'future.js',
      "import { definePlugin } from 'budflow';\nexport default { ...definePlugin({ name: 'x' }), apiVersion: 9 };",
      "plug-in 'x' is made for version 9 of the plug-in interface, and this is version 1",
    ],
  ])('is explained in one line: %s', (name, text, message) => {
    const { status, stdout, stderr } =
      text === undefined ? node(OPT, ['f.mlir', `--load=./${name}`]) : failing(name, text);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`bud-opt: error: `);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('is explained with the place in package.json that names it', () => {
    write('bad/package.json', '{"budflow":{"plugins":["nothing"]}}');
    write('bad/f.mlir', PROGRAM);
    expect(node(OPT, ['bad/f.mlir']).stderr).toMatch(
      /bad\/package\.json: \/budflow\/plugins\/0: no such file or package/,
    );
    write('bad/package.json', '{"budflow":{"plugins":"x"}}');
    expect(node(OPT, ['bad/f.mlir']).stderr).toContain('/budflow/plugins: expected an array of module names, got "x"');
  });
});
