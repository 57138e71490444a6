// Plug-ins given to `compile`: their passes, pipelines, targets and backends take part; what is wrong is a CompileError.
import { wasmBackend } from '@budflow/backend-wasm';
import { definePass } from '@budflow/pass';
import { getTarget } from '@budflow/target';
import { describe, expect, test } from 'vitest';
import { CompileError, compile, definePlugin, pipelineFor } from './index.js';

const TEXT = `func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = array.mul %x, %x : tensor<8xf32>
  %1 = array.mul %0, %0 : tensor<8xf32>
  return %1 : tensor<8xf32>
}`;
let runs: string[] = [];
const note = definePass({
  name: 'lab-note',
  summary: 'note that it ran',
  options: { text: { type: 'string', default: 'plain', description: 'What is noted.' } },
  run(_, { options, unchanged }) {
    runs.push(options.text);
    unchanged();
  },
});
let compiledFor: string[] = [];
const backend = {
  ...wasmBackend,
  name: 'lab',
  compile: (...args: Parameters<typeof wasmBackend.compile>) => {
    compiledFor.push(args[1].target);
    return { ...wasmBackend.compile(...args), backend: 'lab' };
  },
  load: (...[artefact, heap]: Parameters<typeof wasmBackend.load>) =>
    wasmBackend.load({ ...artefact, backend: wasmBackend.name }, heap),
};
const small = { ...getTarget('wasm32-simd128'), name: 'lab-small-wasm' };
const plugin = definePlugin({
  name: 'lab',
  passes: [note],
  backends: [backend],
  targets: [small],
  pipelines: { 'lab-notes': { pipeline: ['lab-note', { pass: 'lab-note', options: { text: 'second' } }] } },
});
const call = (module: ReturnType<typeof compile>) => {
  const x = Float32Array.from({ length: 8 }, (_, i) => i / 2);
  const [y] = module.functions.main!.compiled.call([module.array(x, [8], 'f32')]);
  return [...(y!.data as Float32Array)];
};
const EXPECTED = Array.from({ length: 8 }, (_, i) => (i / 2) ** 4);

describe('a plug-in given to compile', () => {
  test('has its passes and pipelines run where the pipeline names them', () => {
    runs = [];
    const pipeline = pipelineFor({}, 'wasm32-simd128');
    const module = compile(TEXT, {
      plugins: [plugin],
      pipeline: { ...pipeline, pipeline: ['lab-notes', ...pipeline.pipeline] },
    });
    expect(runs).toEqual(['plain', 'second']);
    expect(call(module)).toEqual(EXPECTED);
  });

  test('has its backend compile when it is named', () => {
    compiledFor = [];
    expect(call(compile(TEXT, { plugins: [plugin], backend: 'lab' }))).toEqual(EXPECTED);
    expect(compiledFor).toEqual([wasmBackend.targets[0]]);
    expect(() => compile(TEXT, { plugins: [plugin], backend: 'lap' })).toThrow(
      "no backend is called 'lap'; there are wasm, lab; did you mean 'lab'?",
    );
  });

  test('has its targets compiled for as the target of the backend that they extend', () => {
    compiledFor = [];
    const module = compile(TEXT, { plugins: [plugin], backend: 'lab', target: 'lab-small-wasm' });
    expect(call(module)).toEqual(EXPECTED);
    expect(module.report.target).toBe('lab-small-wasm');
    expect(compiledFor).toEqual(['wasm32-simd128']);
    expect(() => compile(TEXT, { target: 'x86-64-v3' })).toThrow("target 'x86-64-v3' is not one of the wasm backend's");
  });

  test('that is none, or collides with what there is, is a CompileError', () => {
    const wrong = [
      [{ name: 'x' } as never, 'plugin.not-a-plugin'],
      [definePlugin({ name: 'x', passes: [{ ...note, name: 'cse' }] }), 'plugin.name-collision'],
      [definePlugin({ name: 'x', backends: [{ ...backend, name: 'wasm' }] }), 'plugin.name-collision'],
      [definePlugin({ name: 'x', pipelines: { y: { pipeline: ['z'] } } }), 'plugin.invalid-pipeline'],
    ] as const;
    for (const [one, id] of wrong) {
      try {
        compile(TEXT, { plugins: [one] });
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(CompileError);
        expect((error as CompileError).diagnostics[0]?.id).toBe(id);
      }
    }
  });
});
