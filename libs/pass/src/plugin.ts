// Plug-ins: what somebody adds to a compiler from outside of it, as one value. A plug-in module exports it as `plugin`
// or as its default export; --load, `budflow.plugins` of a package.json and `compile(.., { plugins })` take it.
import { CompileError, type Context, Diagnostic, type Dialect, InternalError } from '@budflow/ir';
import type { Target } from '@budflow/target';
import type { PassDefinition } from './define-pass.js';
import { nearestName } from './nearest.js';
import { checkOption } from './options.js';
import { unknownOption } from './parse-pipeline.js';
import { type PipelineItem, passesOf } from './pipeline.js';
import { expandPipeline, type PipelineJson } from './pipeline-json.js';
import type { PassRegistry } from './registry.js';

/** Changes when plug-ins have to be written differently. */
export const PLUGIN_API_VERSION = 1;

/** A function that custom calls of programs run: it reads inputs and writes outputs, or returns them. */
export type PluginCall = (...args: never[]) => unknown;

/** The part of a backend that is known here; `definePlugin` of the package `budflow` asks for whole ones. */
export interface PluginBackend {
  readonly name: string;
  readonly targets: readonly string[];
}

export interface PluginSpec<B extends PluginBackend = PluginBackend, C extends PluginCall = PluginCall> {
  /** kebab-case; for messages. */
  readonly name: string;
  readonly dialects?: readonly Dialect[];
  /** Their option schemas become part of the schema of pipelines. */
  readonly passes?: readonly PassDefinition[];
  /** Attaches interfaces to ops of any dialect: `context.attach('foo.bar', Interpretable, {...})`. */
  readonly interfaces?: (context: Context) => void;
  readonly backends?: readonly B[];
  /** Machine descriptions, for `--target` and the `target` option of passes. */
  readonly targets?: readonly Target[];
  /** Pipelines that stand in other pipelines by their name, as if they were passes. */
  readonly pipelines?: Readonly<Record<string, PipelineJson>>;
  /** What custom calls run, by the name of their target. */
  readonly customCalls?: Readonly<Record<string, C>>;
}

export interface Plugin<B extends PluginBackend = PluginBackend, C extends PluginCall = PluginCall>
  extends Required<PluginSpec<B, C>> {
  readonly apiVersion: number;
}

/** This copy of the library: ops and interfaces of another copy would not be those of this one. */
const COPY = Symbol('budflow.plugin');
const KIND = 'budflow.plugin';

export function definePlugin<B extends PluginBackend = PluginBackend, C extends PluginCall = PluginCall>(
  spec: PluginSpec<B, C>,
): Plugin<B, C> {
  const plugin = {
    kind: KIND,
    [COPY]: true,
    apiVersion: PLUGIN_API_VERSION,
    dialects: [],
    passes: [],
    interfaces: () => {},
    backends: [],
    targets: [],
    pipelines: {},
    customCalls: {},
    ...spec,
  };
  return plugin;
}

/** The part of a module that is a plug-in. */
export function pluginOfModule(module: object): unknown {
  const { plugin, default: standard } = module as { readonly plugin?: unknown; readonly default?: unknown };
  return plugin ?? standard;
}

/**
 * A value that may be a plug-in, checked. `origin` stands in front of messages: a file, or where it was given.
 * @throws CompileError `plugin.not-a-plugin`, `plugin.version`, `plugin.foreign-copy`, `plugin.invalid`
 */
export function checkPlugin(value: unknown, origin: string): Plugin {
  if (value === undefined)
    throw problem('plugin.not-a-plugin', `${origin}: has neither a default export nor an export 'plugin'`);
  const plugin = value as Partial<Plugin> & { readonly kind?: unknown; readonly [COPY]?: unknown };
  if (typeof value !== 'object' || value === null || plugin.kind !== KIND)
    throw problem('plugin.not-a-plugin', `${origin}: is not what definePlugin({ name, ... }) returns`);
  if (plugin.apiVersion !== PLUGIN_API_VERSION)
    throw problem(
      'plugin.version',
      `${origin}: plug-in '${plugin.name}' is made for version ${plugin.apiVersion} of the plug-in interface, and this is version ${PLUGIN_API_VERSION}; install a version of it that goes with this Budflow`,
    );
  if (plugin[COPY] !== true)
    throw problem(
      'plugin.foreign-copy',
      `${origin}: plug-in '${plugin.name}' was made with another copy of Budflow's libraries; install it where this Budflow is installed`,
    );
  const wrong = shapeProblem(plugin as Plugin);
  if (wrong !== undefined) throw problem('plugin.invalid', `${origin}: ${wrong}`);
  return plugin as Plugin;
}

function shapeProblem(plugin: Plugin): string | undefined {
  if (typeof plugin.name !== 'string' || plugin.name === '') return "a plug-in needs a 'name'";
  const known = 'kind apiVersion name dialects passes interfaces backends targets pipelines customCalls'.split(' ');
  for (const key of Object.keys(plugin)) {
    if (known.includes(key)) continue;
    const near = nearestName(key, known.slice(2));
    return `plug-in '${plugin.name}' has an unknown key '${key}'${near === undefined ? '' : `, did you mean '${near}'?`}`;
  }
  for (const key of ['dialects', 'passes', 'backends', 'targets'] as const) {
    const list: unknown = plugin[key];
    if (!Array.isArray(list)) return `'${key}' of plug-in '${plugin.name}' is not a list`;
    const at = list.findIndex((one: { readonly name?: unknown } | null) => typeof one?.name !== 'string');
    if (at >= 0) return `'${key}[${at}]' of plug-in '${plugin.name}' has no name`;
  }
  const notPass = plugin.passes.find((pass) => typeof pass.run !== 'function' || typeof pass.options !== 'object');
  if (notPass) return `'${notPass.name}' of plug-in '${plugin.name}' is not what definePass({ ... }) returns`;
  const notDialect = plugin.dialects.find((dialect) => !Array.isArray(dialect.ops));
  if (notDialect) return `'${notDialect.name}' of plug-in '${plugin.name}' is not what defineDialect({ ... }) returns`;
  if (typeof plugin.interfaces !== 'function')
    return `'interfaces' of plug-in '${plugin.name}' is not a function of a context`;
  const notPipeline = Object.entries(plugin.pipelines).find(([, json]) => !Array.isArray(json?.pipeline));
  if (notPipeline) return `pipeline '${notPipeline[0]}' of plug-in '${plugin.name}' has no list 'pipeline'`;
  const notCall = Object.entries(plugin.customCalls).find(([, call]) => typeof call !== 'function');
  if (notCall) return `custom call '${notCall[0]}' of plug-in '${plugin.name}' is not a function of inputs and outputs`;
  return undefined;
}

/** Names that are taken, by kind. */
export interface TakenNames {
  readonly dialects?: Iterable<string>;
  readonly passes?: Iterable<string>;
  readonly backends?: Iterable<string>;
  readonly targets?: Iterable<string>;
}

/** What several plug-ins add together. */
export interface PluginSet<B extends PluginBackend = PluginBackend, C extends PluginCall = PluginCall> {
  readonly plugins: readonly Plugin<B, C>[];
  readonly dialects: readonly Dialect[];
  readonly passes: readonly PassDefinition[];
  readonly backends: readonly B[];
  readonly targets: readonly Target[];
  readonly pipelines: Readonly<Record<string, PipelineJson>>;
  readonly customCalls: Readonly<Record<string, C>>;
  /** Registers dialects and attaches interfaces. @throws CompileError `plugin.throws` */
  extend(context: Context): void;
}

/**
 * Plug-ins together; one that is given twice counts once.
 * @throws CompileError `plugin.name-collision` for a name that is taken, by the compiler or by an earlier plug-in
 */
export function combinePlugins<B extends PluginBackend, C extends PluginCall = PluginCall>(
  plugins: readonly Plugin<B, C>[],
  taken: TakenNames = {},
): PluginSet<B, C> {
  const distinct = [...new Set(plugins)];
  const owners = {
    plugin: new Map<string, string>(),
    dialect: ownersOf(taken.dialects),
    pass: ownersOf(taken.passes),
    backend: ownersOf(taken.backends),
    target: ownersOf(taken.targets),
    'custom call': ownersOf(),
  };
  const claim = (kind: keyof typeof owners, name: string, plugin: string) => {
    const owner = owners[kind].get(name);
    if (owner !== undefined)
      throw problem(
        'plugin.name-collision',
        kind === 'plugin'
          ? `two plug-ins are called '${name}'`
          : `plug-in '${plugin}' brings a ${kind} '${name}', and so does ${owner}; one of them has to be called something else`,
      );
    owners[kind].set(name, `plug-in '${plugin}'`);
  };
  for (const plugin of distinct) {
    claim('plugin', plugin.name, plugin.name);
    for (const { name } of plugin.dialects) claim('dialect', name, plugin.name);
    // Pipelines are named where passes are.
    for (const { name } of plugin.passes) claim('pass', name, plugin.name);
    for (const name of Object.keys(plugin.pipelines)) claim('pass', name, plugin.name);
    for (const { name } of plugin.backends) claim('backend', name, plugin.name);
    for (const { name } of plugin.targets) claim('target', name, plugin.name);
    for (const name of Object.keys(plugin.customCalls)) claim('custom call', name, plugin.name);
  }
  const dialects = distinct.flatMap((plugin) => plugin.dialects);
  return {
    plugins: distinct,
    dialects,
    passes: distinct.flatMap((plugin) => plugin.passes),
    backends: distinct.flatMap((plugin) => plugin.backends),
    targets: distinct.flatMap((plugin) => plugin.targets),
    pipelines: Object.assign({}, ...distinct.map((plugin) => plugin.pipelines)) as Record<string, PipelineJson>,
    customCalls: Object.assign({}, ...distinct.map((plugin) => plugin.customCalls)) as Record<string, C>,
    extend(context) {
      for (const dialect of dialects) context.registerDialect(dialect);
      for (const plugin of distinct) {
        try {
          plugin.interfaces(context);
        } catch (error) {
          throw problem(
            'plugin.throws',
            `plug-in '${plugin.name}' failed while it attached its interfaces: ${error instanceof Error ? error.message : String(error)}`,
            error,
          );
        }
      }
    },
  };
}

/**
 * Makes passes and pipelines of plug-ins known by name. The pipelines are checked as a whole.
 * @throws CompileError `plugin.invalid-pipeline`
 */
export function registerPlugins(registry: PassRegistry, set: PluginSet): void {
  registry.register(...set.passes);
  for (const [name, pipeline] of Object.entries(set.pipelines)) registry.registerPipeline(name, pipeline);
  for (const plugin of set.plugins) {
    for (const [name, pipeline] of Object.entries(plugin.pipelines)) {
      const wrong = pipelineProblem(pipeline, registry);
      if (wrong !== undefined)
        throw problem('plugin.invalid-pipeline', `pipeline '${name}' of plug-in '${plugin.name}': ${wrong}`);
    }
  }
}

function pipelineProblem(json: PipelineJson, registry: PassRegistry): string | undefined {
  let items: PipelineItem[];
  try {
    items = expandPipeline(json, registry);
  } catch (error) {
    if (error instanceof InternalError) return error.message;
    throw error;
  }
  for (const { pass, options } of passesOf(items)) {
    for (const [name, value] of Object.entries(options)) {
      const schema = Object.hasOwn(pass.options, name) ? pass.options[name] : undefined;
      if (!schema) return `pass '${pass.name}': ${unknownOption(pass, name)}`;
      const wrong = checkOption(schema, value);
      if (wrong) return `pass '${pass.name}': option '${name}': ${wrong.message}`;
    }
  }
  return undefined;
}

function ownersOf(names: Iterable<string> = []): Map<string, string> {
  return new Map([...names].map((name) => [name, 'Budflow']));
}

function problem(id: string, message: string, cause?: unknown): CompileError {
  const diagnostic = new Diagnostic('error', id, message, 0);
  diagnostic.cause = cause;
  return new CompileError([diagnostic]);
}
