import { CompileError, Context, defineDialect } from '@budflow/ir';
import { getTarget } from '@budflow/target';
import { describe, expect, test } from 'vitest';
import { parsePipeline } from './parse-pipeline.js';
import { printPipeline } from './pipeline.js';
import { readPipelineConfig } from './pipeline-config.js';
import { checkPlugin, combinePlugins, definePlugin, pluginOfModule, registerPlugins } from './plugin.js';
import { PassRegistry } from './registry.js';
import { composePipelineSchema } from './schema.js';
import { mark, markFunction, newContext } from './testing/fixtures.js';

const lab = defineDialect({ name: 'lab', summary: 'ops of a user', ops: [] });
const error = (body: () => unknown): [string, string] => {
  try {
    body();
  } catch (thrown) {
    if (thrown instanceof CompileError) return [thrown.diagnostics[0]!.id, thrown.message];
    throw thrown;
  }
  throw new Error('it is fine');
};
const checkError = (value: unknown) => error(() => checkPlugin(value, 'p.js'));
/** A plug-in with one thing wrong. */
const broken = (key: string, value: unknown) => ({ ...definePlugin({ name: 'lab' }), [key]: value });

describe('a plug-in module', () => {
  test('brings functions for custom calls, which two plug-ins must not both bring', () => {
    const call = () => [];
    const [a, b] = [
      definePlugin({ name: 'a', customCalls: { f: call } }),
      definePlugin({ name: 'b', customCalls: { f: call } }),
    ];
    expect(combinePlugins([a]).customCalls).toEqual({ f: call });
    expect(error(() => combinePlugins([a, b]))[1]).toContain("a custom call 'f', and so does plug-in 'a'");
    expect(checkError(broken('customCalls', { f: 1 }))[1]).toContain(
      "custom call 'f' of plug-in 'lab' is not a function",
    );
  });

  test("exports it as 'plugin' or as its default", () => {
    const plugin = definePlugin({ name: 'lab' });
    expect(pluginOfModule({ plugin })).toBe(plugin);
    expect(pluginOfModule({ default: plugin })).toBe(plugin);
    expect(checkPlugin(plugin, 'p.js')).toBe(plugin);
  });

  test('without a plug-in is refused', () => {
    expect(checkError(pluginOfModule({ other: 1 }))).toEqual([
      'plugin.not-a-plugin',
      "p.js: has neither a default export nor an export 'plugin'",
    ]);
    for (const wrong of [null, 1, {}, { name: 'lab', passes: [] }, () => definePlugin({ name: 'lab' })])
      expect(checkError(wrong)).toEqual([
        'plugin.not-a-plugin',
        'p.js: is not what definePlugin({ name, ... }) returns',
      ]);
  });

  test('of another version, or of another copy of the libraries, is refused', () => {
    expect(checkError(broken('apiVersion', 2))).toEqual([
      'plugin.version',
      "p.js: plug-in 'lab' is made for version 2 of the plug-in interface, and this is version 1; install a version of it that goes with this Budflow",
    ]);
    expect(checkError(JSON.parse(JSON.stringify({ ...definePlugin({ name: 'lab' }) })))).toEqual([
      'plugin.foreign-copy',
      expect.stringContaining("plug-in 'lab' was made with another copy of Budflow's libraries"),
    ]);
  });

  test.each([
    ['name', '', "a plug-in needs a 'name'"],
    ['dialcts', [], "plug-in 'lab' has an unknown key 'dialcts', did you mean 'dialects'?"],
    ['passes', mark, "'passes' of plug-in 'lab' is not a list"],
    ['passes', [mark, {}], "'passes[1]' of plug-in 'lab' has no name"],
    ['passes', [{ name: 'x' }], "'x' of plug-in 'lab' is not what definePass({ ... }) returns"],
    ['dialects', [{ name: 'x' }], "'x' of plug-in 'lab' is not what defineDialect({ ... }) returns"],
    ['interfaces', {}, "'interfaces' of plug-in 'lab' is not a function of a context"],
    ['pipelines', { tidy: ['cse'] }, "pipeline 'tidy' of plug-in 'lab' has no list 'pipeline'"],
  ])('that is wrong about %s is refused (%#)', (key, value, message) => {
    expect(checkError(broken(key, value))).toEqual(['plugin.invalid', `p.js: ${message}`]);
  });
});

describe('several plug-ins', () => {
  const one = definePlugin({ name: 'one', dialects: [lab], passes: [mark] });

  test('add up, each once', () => {
    const two = definePlugin({ name: 'two', passes: [markFunction], pipelines: { both: { pipeline: ['mark'] } } });
    const set = combinePlugins([one, two, one]);
    expect(set).toMatchObject({ plugins: [one, two], dialects: [lab], passes: [mark, markFunction] });
    const context = new Context();
    set.extend(context);
    expect(context.dialect('lab')).toBe(lab);
  });

  test.each([
    ['dialect', 'lab', { dialects: [lab] }],
    ['pass', 'mark', { passes: [{ ...mark }] }],
    ['pass', 'mark', { pipelines: { mark: { pipeline: [] } } }],
  ])('cannot bring the same %s', (kind, name, more) => {
    expect(error(() => combinePlugins([one, definePlugin({ name: 'two', ...more })]))).toEqual([
      'plugin.name-collision',
      `plug-in 'two' brings a ${kind} '${name}', and so does plug-in 'one'; one of them has to be called something else`,
    ]);
  });

  test('cannot bring what is there already, nor share a name', () => {
    const taken = { dialects: ['lab'], passes: ['mark'], backends: ['wasm'], targets: ['wasm32-simd128'] };
    const wasm = getTarget('wasm32-simd128');
    for (const more of [
      { dialects: [lab] },
      { passes: [mark] },
      { backends: [{ name: 'wasm', targets: [] }] },
      { targets: [wasm] },
    ])
      expect(error(() => combinePlugins([definePlugin({ name: 'two', ...more })], taken))[1]).toContain(
        'and so does Budflow',
      );
    expect(error(() => combinePlugins([one, definePlugin({ name: 'one' })]))[1]).toBe("two plug-ins are called 'one'");
  });

  test('that throw while they attach interfaces are named, and the cause is kept', () => {
    const cause = new TypeError('x is not a function');
    const bad = definePlugin({
      name: 'bad',
      interfaces: () => {
        throw cause;
      },
    });
    const extend = () => combinePlugins([bad]).extend(new Context());
    expect(error(extend)).toEqual([
      'plugin.throws',
      "plug-in 'bad' failed while it attached its interfaces: x is not a function",
    ]);
    try {
      extend();
    } catch (thrown) {
      expect((thrown as CompileError).diagnostics[0]?.cause).toBe(cause);
    }
  });
});

describe('pipelines of plug-ins', () => {
  test.each([
    [['mark', 'marc'], "unknown pass 'marc', did you mean 'mark'?"],
    [[{ pass: 'mark', options: { tims: 1 } }], "pass 'mark': unknown option 'tims', did you mean 'times'?"],
    [[{ pass: 'mark', options: { times: 99 } }], "pass 'mark': option 'times': expected integer >= 1 and <= 8, got 99"],
  ])('are checked when they are registered: %j', (pipeline, message) => {
    const set = combinePlugins([definePlugin({ name: 'lab', passes: [mark], pipelines: { mine: { pipeline } } })]);
    expect(error(() => registerPlugins(new PassRegistry(), set))).toEqual([
      'plugin.invalid-pipeline',
      `pipeline 'mine' of plug-in 'lab': ${message}`,
    ]);
  });
});

describe('named pipelines', () => {
  const { diagnostics } = newContext();
  const registry = new PassRegistry([mark, markFunction])
    .registerPipeline('twice', { pipeline: ['mark', { pass: 'mark', options: { times: 2 } }] })
    .registerPipeline('all', { pipeline: ['twice', { anchor: 'func.func', pipeline: ['mark-function'] }] })
    .registerPipeline('endless', { pipeline: ['endless'] })
    .registerPipeline('broken', { pipeline: ['marc'] });

  test('stand for their items in text and in JSON', async () => {
    const expanded = 'builtin.module(mark,mark{times=2},func.func(mark-function),mark)';
    const text = parsePipeline('builtin.module(all,mark)', { registry, diagnostics });
    expect(printPipeline(text!)).toBe(expanded);
    const config = await readPipelineConfig('{"pipeline":["all",{"pass":"mark"}]}', { registry, diagnostics });
    expect(printPipeline(config!.pipeline)).toBe(expanded);
  });

  test('are part of the schema and of suggestions', () => {
    expect(JSON.stringify(composePipelineSchema(registry))).toContain('"twice"');
    expect(registry.unknown('twize')).toBe("unknown pass 'twize', did you mean 'twice'?");
  });

  test.each([
    ['endless', "pipeline: /pipeline/0: pipeline 'endless' contains itself"],
    ['broken', "pipeline: /pipeline/0: unknown pass 'marc', did you mean 'mark'?"],
    ['twice{times=1}', "pipeline:1:6: pipeline 'twice' has no options"],
  ])('that are wrong, or used wrongly, are explained: %s', (text, message) => {
    const { result, diagnostics: problems } = diagnostics.collect(() => parsePipeline(text, { registry, diagnostics }));
    expect([result, problems.map((d) => d.message)]).toEqual([undefined, [message]]);
  });
});
