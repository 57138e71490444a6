// A pipeline: passes in order, nested by the op they run on; and its textual form
//   builtin.module(canonicalize,func.func(cse,tile{sizes=8,8}))
import { InternalError } from '@budflow/ir';
import type { PassDefinition } from './define-pass.js';
import { checkOption, type GivenOptions, type OptionSchemas, type OptionValue, type OptionValues } from './options.js';

export interface PassItem {
  readonly kind: 'pass';
  readonly pass: PassDefinition;
  /** Only the options that were given. */
  readonly options: OptionValues;
}
export interface NestedItem {
  readonly kind: 'nested';
  /** Name of the ops, directly inside the enclosing anchor, that the items run on; 'any' for all isolated ones. */
  readonly anchor: string;
  readonly items: readonly PipelineItem[];
}
export type PipelineItem = PassItem | NestedItem;

export interface Pipeline {
  /** Name of the op the pipeline runs on; 'any' takes every op. */
  readonly anchor: string;
  readonly items: readonly PipelineItem[];
}

export const MODULE_ANCHOR = 'builtin.module';
export const ANY_ANCHOR = 'any';

/** A pipeline in code: `pipeline('builtin.module', passItem(cse), nested('func.func', passItem(dce)))`. */
export function pipeline(anchor: string, ...items: readonly PipelineItem[]): Pipeline {
  return { anchor, items };
}
/** Throws InternalError when the options are not what the pass declares. */
export function passItem<O extends OptionSchemas>(pass: PassDefinition<O>, options: GivenOptions<O> = {}): PassItem {
  const given: Record<string, OptionValue> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const schema = pass.options[name];
    if (schema === undefined) throw new InternalError(`pass '${pass.name}' has no option '${name}'`);
    const problem = checkOption(schema, value);
    if (problem) throw new InternalError(`option '${name}' of pass '${pass.name}': ${problem.message}`);
    given[name] = value as OptionValue;
  }
  return { kind: 'pass', pass: pass as unknown as PassDefinition, options: given };
}
export function nested(anchor: string, ...items: readonly PipelineItem[]): NestedItem {
  return { kind: 'nested', anchor, items };
}

/** All pass items, in order of execution. */
export function passesOf(items: readonly PipelineItem[]): PassItem[] {
  return items.flatMap((item) => (item.kind === 'pass' ? [item] : passesOf(item.items)));
}

/** The text that parses to this pipeline. */
export function printPipeline(pipeline: Pipeline): string {
  return `${pipeline.anchor}(${pipeline.items.map(printItem).join(',')})`;
}

function printItem(item: PipelineItem): string {
  if (item.kind === 'nested') return `${item.anchor}(${item.items.map(printItem).join(',')})`;
  const options = Object.entries(item.options);
  if (options.length === 0) return item.pass.name;
  return `${item.pass.name}{${options.map(([name, value]) => `${name}=${printOption(value)}`).join(' ')}}`;
}

function printOption(value: OptionValue): string {
  if (typeof value !== 'object') return printScalar(value);
  return value.length === 0 ? '{}' : value.map(printScalar).join(',');
}

function printScalar(value: number | boolean | string): string {
  if (typeof value !== 'string') return Object.is(value, -0) ? '-0' : String(value);
  return /^[^\s,{}()"'\\]+$/.test(value) ? value : JSON.stringify(value);
}

/** Where a pass may stand: on its own anchor, and anywhere inside a module (it then runs on the ops it wants). */
export function anchorProblem(pass: PassDefinition, enclosing: string): string | null {
  if (pass.anchor === ANY_ANCHOR || pass.anchor === enclosing || enclosing === MODULE_ANCHOR) return null;
  return `pass '${pass.name}' runs on '${pass.anchor}', it cannot run on '${enclosing}'`;
}
