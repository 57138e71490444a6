import { DiagnosticEngine } from '@budflow/ir';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePipeline } from './parse-pipeline.js';
import { nested, type Pipeline, type PipelineItem, passesOf, passItem, pipeline, printPipeline } from './pipeline.js';
import { buildPipelineConfig, checkPipelineConfig, pipelineToJson, readPipelineConfig } from './pipeline-config.js';
import { composePipelineSchema } from './schema.js';
import { mark, markFunction, nothing, registry } from './testing/fixtures.js';

function parse(text: string) {
  const diagnostics = new DiagnosticEngine();
  const result = parsePipeline(text, { registry, diagnostics });
  return { result, errors: diagnostics.unhandled.map((d) => d.message), ids: diagnostics.unhandled.map((d) => d.id) };
}
async function read(json: unknown) {
  const diagnostics = new DiagnosticEngine();
  const options = { registry, diagnostics };
  const result = await (typeof json === 'string'
    ? readPipelineConfig(json, options)
    : checkPipelineConfig(json, options));
  return { result, errors: diagnostics.unhandled.map((d) => d.message), ids: diagnostics.unhandled.map((d) => d.id) };
}

describe('pipeline text', () => {
  test('nests by anchor and takes options of every type', () => {
    const { result, errors } = parse(
      `builtin.module( mark{text="a b" times=3 mode=loud sizes=1,2 names={x,"y,z"} scale=-1.5e2 quiet}, func.func(nothing, mark{names={}}) )`,
    );
    expect(errors).toEqual([]);
    expect(result).toEqual(
      pipeline(
        'builtin.module',
        passItem(mark, {
          text: 'a b',
          times: 3,
          mode: 'loud',
          sizes: [1, 2],
          names: ['x', 'y,z'],
          scale: -150,
          quiet: true,
        }),
        nested('func.func', passItem(nothing), passItem(mark, { names: [] })),
      ),
    );
    expect(passesOf(result!.items).map((item) => item.pass.name)).toEqual(['mark', 'nothing', 'mark']);
  });

  test('may leave out the module', () => {
    expect(parse('nothing,func.func(nothing)').result).toEqual(
      pipeline('builtin.module', passItem(nothing), nested('func.func', passItem(nothing))),
    );
    expect(parse('').result).toEqual(pipeline('builtin.module'));
    expect(parse('func.func()').result).toEqual(pipeline('func.func'));
  });

  test.each([
    ['builtin.module(nothing', 'pipeline.syntax', "pipeline:1:23: expected ',' or ')', got the end"],
    ['nothing,,nothing', 'pipeline.syntax', "pipeline:1:9: expected the name of a pass or of an op, got ','"],
    ['nothing)', 'pipeline.syntax', "pipeline:1:8: expected ',' or the end, got ')'"],
    ['nothing,\n mark{text="a}', 'pipeline.syntax', 'pipeline:2:12: this string does not end'],
    ['mark{text="\\q"}', 'pipeline.syntax', 'pipeline:1:11: invalid escape in this string'],
    ['mark{text=}', 'pipeline.syntax', "pipeline:1:11: expected a value, got '}'"],
    ['mark{=3}', 'pipeline.syntax', "pipeline:1:6: expected the name of an option or '}', got '='"],
    ['mark{names={a', 'pipeline.syntax', "pipeline:1:14: expected ',' or '}', got the end"],
    [
      'nothing,func.func(marc)',
      'pipeline.unknown-pass',
      "pipeline: /pipeline/1/pipeline/0: unknown pass 'marc', did you mean 'mark'?",
    ],
    [
      'func.loop(mark-function)',
      'pipeline.wrong-anchor',
      "pipeline: /pipeline/0: pass 'mark-function' runs on 'func.func', it cannot run on 'func.loop'",
    ],
    [
      'nothing,mark{Times=2}',
      'pipeline.unknown-option',
      "pipeline: /pipeline/1/options/Times: unknown option 'Times', did you mean 'times'?",
    ],
    [
      'nothing{n=2}',
      'pipeline.unknown-option',
      "pipeline: /pipeline/0/options/n: unknown option 'n': pass 'nothing' has no options",
    ],
    [
      'mark{zzzzzz=2}',
      'pipeline.unknown-option',
      "pipeline: /pipeline/0/options/zzzzzz: unknown option 'zzzzzz': pass 'mark' has the options text, times, mode, sizes, names, scale, quiet",
    ],
    [
      'mark{times=64x}',
      'pipeline.invalid-option',
      'pipeline: /pipeline/0/options/times: expected integer >= 1 and <= 8, got "64x"',
    ],
    [
      'mark{times=0}',
      'pipeline.invalid-option',
      'pipeline: /pipeline/0/options/times: expected integer >= 1 and <= 8, got 0',
    ],
    [
      'mark{mode=soft}',
      'pipeline.invalid-option',
      'pipeline: /pipeline/0/options/mode: expected one of "plain", "loud", got "soft"',
    ],
    [
      'mark{quiet=maybe}',
      'pipeline.invalid-option',
      'pipeline: /pipeline/0/options/quiet: expected boolean, got "maybe"',
    ],
    [
      'mark{sizes=4,0}',
      'pipeline.invalid-option',
      'pipeline: /pipeline/0/options/sizes/1: expected integer >= 1, got 0',
    ],
    [
      'mark{times=1 times=2}',
      'pipeline.duplicate-option',
      "pipeline: /pipeline/0/options/times: option 'times' is given twice",
    ],
  ])('%j is refused as %s', (text, id, message) => {
    expect(parse(text)).toEqual({ result: undefined, errors: [message], ids: [id] });
  });

  test('reports every wrong option, not only the first', () => {
    expect(parse('mark{times=0 mode=soft},marc').errors).toHaveLength(3);
  });
});

describe('pipeline configs', () => {
  test('hold passes, options, nesting, target and numerics', async () => {
    const { result, errors } = await read(
      JSON.stringify({
        $schema: './pipeline.schema.json',
        pipeline: [
          'nothing',
          { pass: 'mark', options: { times: 2, sizes: [8] } },
          { anchor: 'func.func', pipeline: ['mark-function'] },
        ],
        target: 'wasm32-simd128',
        numerics: 'strict',
      }),
    );
    expect(errors).toEqual([]);
    expect(result).toEqual({
      pipeline: pipeline(
        'builtin.module',
        passItem(nothing),
        passItem(mark, { times: 2, sizes: [8] }),
        nested('func.func', passItem(markFunction)),
      ),
      target: 'wasm32-simd128',
      numerics: 'strict',
    });
  });

  const at3 = (item: unknown) => ({ pipeline: ['nothing', 'nothing', 'nothing', item] });
  test.each([
    [
      at3({ pass: 'mark', options: { times: '64' } }),
      'pipeline.invalid-option',
      'pipeline.json: /pipeline/3/options/times: expected integer >= 1 and <= 8, got "64"',
    ],
    [
      at3({ pass: 'mark', options: { times: 9 } }),
      'pipeline.invalid-option',
      'pipeline.json: /pipeline/3/options/times: expected integer >= 1 and <= 8, got 9',
    ],
    [
      at3({ pass: 'mark', options: { Times: 2 } }),
      'pipeline.unknown-option',
      "pipeline.json: /pipeline/3/options/Times: unknown option 'Times', did you mean 'times'?",
    ],
    [
      at3({ pass: 'mark', options: { mode: 'soft' } }),
      'pipeline.invalid-option',
      'pipeline.json: /pipeline/3/options/mode: expected one of "plain", "loud", got "soft"',
    ],
    [
      at3({ pass: 'mark', options: { sizes: 4 } }),
      'pipeline.invalid-option',
      'pipeline.json: /pipeline/3/options/sizes: expected array of integer >= 1, got 4',
    ],
    [
      at3({ pass: 'mark', options: { sizes: [4, 0] } }),
      'pipeline.invalid-option',
      'pipeline.json: /pipeline/3/options/sizes/1: expected integer >= 1, got 0',
    ],
    [
      at3({ pass: 'mark', options: [] }),
      'pipeline.invalid-value',
      'pipeline.json: /pipeline/3/options: expected an object, got []',
    ],
    [
      at3({ pass: 'marc' }),
      'pipeline.unknown-pass',
      "pipeline.json: /pipeline/3/pass: unknown pass 'marc', did you mean 'mark'?",
    ],
    [at3('marc'), 'pipeline.unknown-pass', "pipeline.json: /pipeline/3: unknown pass 'marc', did you mean 'mark'?"],
    [at3(7), 'pipeline.invalid-value', 'pipeline.json: /pipeline/3: expected the name of a pass or an object, got 7'],
    [at3({}), 'pipeline.missing-key', "pipeline.json: /pipeline/3: key 'pass' is missing"],
    [at3({ anchor: 'func.func' }), 'pipeline.missing-key', "pipeline.json: /pipeline/3: key 'pipeline' is missing"],
    [
      at3({ anchor: 'func.func', pipeline: ['marc'] }),
      'pipeline.unknown-pass',
      "pipeline.json: /pipeline/3/pipeline/0: unknown pass 'marc', did you mean 'mark'?",
    ],
    [
      at3({ pass: 'mark', option: {} }),
      'pipeline.unknown-key',
      "pipeline.json: /pipeline/3/option: unknown key 'option', did you mean 'options'?",
    ],
    [
      at3({ anchor: 'func.loop', pipeline: ['mark-function'] }),
      'pipeline.wrong-anchor',
      "pipeline.json: /pipeline/3/pipeline/0: pass 'mark-function' runs on 'func.func', it cannot run on 'func.loop'",
    ],
    [{ pipeline: {} }, 'pipeline.invalid-value', 'pipeline.json: /pipeline: expected an array, got {}'],
    [
      { pipeline: [], zzz: 1 },
      'pipeline.unknown-key',
      "pipeline.json: /zzz: unknown key 'zzz'; known are $schema, anchor, pipeline, target, numerics",
    ],
    [
      { pipeline: [], numerics: 'exact' },
      'pipeline.invalid-value',
      'pipeline.json: /numerics: expected one of "strict", "default", "fast", got "exact"',
    ],
    [{ pipeline: [], target: 5 }, 'pipeline.invalid-value', 'pipeline.json: /target: expected string, got 5'],
    [[], 'pipeline.invalid-value', 'pipeline.json: expected an object, got []'],
  ])('%j is refused as %s', async (json, id, message) => {
    expect(await read(json)).toEqual({ result: undefined, errors: [message], ids: [id] });
  });

  test('that are not JSON are refused with line and column', async () => {
    const { errors, ids } = await read('{\n  "pipeline": [,]\n}');
    expect(ids).toEqual(['pipeline.invalid-json']);
    expect(errors[0]).toMatch(/^pipeline\.json(:2:16)?: not JSON: /);
  });

  test('report every mistake once', async () => {
    const { errors } = await read({ pipeline: [{ pass: 'mark', options: { times: 'a', tmes: 1 } }, 'marc'] });
    expect(errors).toHaveLength(3);
  });

  test('built into the compiler need no schema, but must be right', () => {
    expect(() => buildPipelineConfig({ pipeline: ['marc'] }, registry)).toThrow(
      "unknown pass 'marc', did you mean 'mark'?",
    );
  });
});

describe('the schema', () => {
  test('holds the option literals of every pass as they are', () => {
    const schema = composePipelineSchema(registry) as unknown as {
      definitions: Record<string, { properties: object }>;
    };
    for (const pass of registry.all) expect(schema.definitions[`options-${pass.name}`]!.properties).toBe(pass.options);
  });
});

// Any pipeline of the test passes.
const optionsArbitrary = fc.record(
  {
    text: fc.string(),
    times: fc.integer({ min: 1, max: 8 }),
    mode: fc.constantFrom('plain' as const, 'loud' as const),
    sizes: fc.array(fc.integer({ min: 1, max: 1e6 })),
    names: fc.array(fc.string()),
    scale: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0), // JSON has no -0
    quiet: fc.boolean(),
  },
  { requiredKeys: [] },
);
const { list } = fc.letrec<{ item: PipelineItem; list: PipelineItem[] }>((tie) => ({
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(passItem(nothing)),
    optionsArbitrary.map((options) => passItem(mark, options)),
    fc
      .tuple(fc.constantFrom('func.func', 'any', 'gpu.module'), tie('list'))
      .map(([anchor, items]) => nested(anchor, ...(items as PipelineItem[]))),
  ),
  list: fc.array(tie('item'), { maxLength: 4 }) as fc.Arbitrary<PipelineItem[]>,
}));
const pipelines: fc.Arbitrary<Pipeline> = fc
  .tuple(fc.constantFrom('builtin.module', 'func.func', 'any'), list)
  .map(([anchor, items]) => ({ anchor, items }));

describe('round trips', () => {
  test('text to pipeline and back loses nothing', () => {
    fc.assert(
      fc.property(pipelines, (p) => {
        expect(parse(printPipeline(p))).toEqual({ result: p, errors: [], ids: [] });
      }),
      { numRuns: 300 },
    );
  });

  test('JSON to pipeline and back loses nothing, and agrees with the text', async () => {
    await fc.assert(
      fc.asyncProperty(pipelines, async (p) => {
        const json = JSON.stringify(pipelineToJson(p, { numerics: 'fast' }));
        const { result, errors } = await read(json);
        expect(errors).toEqual([]);
        expect(printPipeline(result!.pipeline)).toBe(printPipeline(parse(printPipeline(p)).result!));
        expect(JSON.stringify(pipelineToJson(result!.pipeline, result!))).toBe(json);
      }),
      { numRuns: 50 },
    );
  });
});
