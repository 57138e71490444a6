// The format of traces, as types and as a JSON schema. docs/trace-format.md says the same in words.
import type { OptionValues } from './options.js';
import type { JsonSchema } from './schema.js';

export const TRACE_KIND = 'budflow.trace';
/** Grows when a reader has to change; keys may be added without. */
export const TRACE_VERSION = 1;

export interface TraceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** An op, by its index in `operations`: the same index in every snapshot. */
export interface TraceOperation {
  readonly name: string;
  readonly location?: TraceLocation;
}

/** Op, parent op (-1: none), and where it stands in the text (from, to; -1: it is not printed, a bare terminator). */
export type TraceOpRecord = readonly [op: number, parent: number, start: number, end: number];

/** The IR at one moment. */
export interface TraceSnapshot {
  readonly text: string;
  /** In program order, an op before those inside it. */
  readonly ops: readonly TraceOpRecord[];
}

export interface TraceDiagnostic {
  readonly severity: 'error' | 'warning' | 'remark' | 'note';
  readonly id: string;
  readonly message: string;
  readonly location?: TraceLocation;
  readonly notes: readonly TraceDiagnostic[];
}

export interface TraceRemark {
  readonly kind: 'applied' | 'missed' | 'analysis';
  readonly pass: string;
  readonly name: string;
  readonly message: string;
  readonly location?: TraceLocation;
  readonly args: Readonly<Record<string, string | number | boolean>>;
}

export interface TraceAnalysis {
  readonly name: string;
  readonly op: number;
  readonly milliseconds: number;
}

/** A pass that ran on an op, or was left out. */
export interface TracePass {
  readonly kind: 'pass';
  readonly pass: string;
  /** Those that were given. */
  readonly options: OptionValues;
  readonly op: number;
  /** Name of the op, if it defines a symbol. */
  readonly symbol?: string;
  readonly skipped?: 'ablated' | 'debug-counter';
  /** Wall time, analyses included. */
  readonly milliseconds: number;
  /** Indices of snapshots. */
  readonly before: number;
  readonly after: number;
  readonly changed: boolean;
  readonly failed: boolean;
  readonly remarks: readonly TraceRemark[];
  readonly diagnostics: readonly TraceDiagnostic[];
  readonly statistics: Readonly<Record<string, number>>;
  /** Analyses computed for it. */
  readonly analyses: readonly TraceAnalysis[];
}

/** A pipeline that ran on an op. */
export interface TracePipeline {
  readonly kind: 'pipeline';
  readonly anchor: string;
  readonly op: number;
  readonly symbol?: string;
  readonly milliseconds: number;
  readonly failed: boolean;
  readonly steps: readonly (TracePass | TracePipeline)[];
}

export interface Trace {
  readonly kind: typeof TRACE_KIND;
  readonly version: typeof TRACE_VERSION;
  readonly producer: { readonly name: string; readonly version: string };
  readonly file?: string;
  readonly target?: string;
  readonly numerics?: string;
  /** As text. */
  readonly pipeline?: string;
  readonly operations: readonly TraceOperation[];
  readonly snapshots: readonly TraceSnapshot[];
  readonly steps: readonly (TracePass | TracePipeline)[];
}

const text = { type: 'string' };
const index = { type: 'integer', minimum: 0 };
const milliseconds = { type: 'number', minimum: 0 };
const listOf = (name: string) => ({ type: 'array', items: { $ref: `#/definitions/${name}` } });
/** An object of these keys and no others; names that end in `?` may be missing. */
function objectOf(properties: Record<string, unknown>, description: string): JsonSchema {
  const entries = Object.entries(properties);
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(entries.map(([key, schema]) => [key.replace('?', ''), schema])),
    required: entries.flatMap(([key]) => (key.endsWith('?') ? [] : [key])),
    additionalProperties: false,
  };
}

/** JSON schema (draft-07) of a trace. */
export const TRACE_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Budflow trace',
  ...objectOf(
    {
      kind: { const: TRACE_KIND },
      version: { const: TRACE_VERSION },
      producer: objectOf({ name: text, version: text }, 'The command that wrote the trace.'),
      'file?': text,
      'target?': text,
      'numerics?': text,
      'pipeline?': text,
      operations: listOf('operation'),
      snapshots: listOf('snapshot'),
      steps: listOf('step'),
    },
    'The passes of one run, with the IR before and after each.',
  ),
  definitions: {
    location: objectOf({ file: text, line: index, column: index }, 'A place in a source, from 1.'),
    operation: objectOf({ name: text, 'location?': { $ref: '#/definitions/location' } }, 'An op, by its index.'),
    snapshot: objectOf(
      {
        text,
        ops: {
          type: 'array',
          items: {
            type: 'array',
            items: [
              index,
              { type: 'integer', minimum: -1 },
              { type: 'integer', minimum: -1 },
              { type: 'integer', minimum: -1 },
            ],
            minItems: 4,
            maxItems: 4,
          },
          description: '[op, parent, start, end] in program order; offsets in UTF-16 units, -1 for what is not there.',
        },
      },
      'The IR at one moment.',
    ),
    diagnostic: objectOf(
      {
        severity: { enum: ['error', 'warning', 'remark', 'note'] },
        id: text,
        message: text,
        'location?': { $ref: '#/definitions/location' },
        notes: listOf('diagnostic'),
      },
      'What a pass, or the verifier after it, reported.',
    ),
    remark: objectOf(
      {
        kind: { enum: ['applied', 'missed', 'analysis'] },
        pass: text,
        name: text,
        message: text,
        'location?': { $ref: '#/definitions/location' },
        args: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
      },
      'What a pass did, could not do, or found out.',
    ),
    analysis: objectOf({ name: text, op: index, milliseconds }, 'An analysis that was computed.'),
    step: {
      type: 'object',
      required: ['kind'],
      if: { properties: { kind: { const: 'pass' } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema
      then: { $ref: '#/definitions/pass' },
      else: { $ref: '#/definitions/pipeline' },
    },
    pass: objectOf(
      {
        kind: { const: 'pass' },
        pass: text,
        options: { type: 'object' },
        op: index,
        'symbol?': text,
        'skipped?': { enum: ['ablated', 'debug-counter'] },
        milliseconds,
        before: index,
        after: index,
        changed: { type: 'boolean' },
        failed: { type: 'boolean' },
        remarks: listOf('remark'),
        diagnostics: listOf('diagnostic'),
        statistics: { type: 'object', additionalProperties: { type: 'number' } },
        analyses: listOf('analysis'),
      },
      'A pass that ran on an op, or was left out; before and after are indices of snapshots.',
    ),
    pipeline: objectOf(
      {
        kind: { const: 'pipeline' },
        anchor: text,
        op: index,
        'symbol?': text,
        milliseconds,
        failed: { type: 'boolean' },
        steps: listOf('step'),
      },
      'Passes that ran on an op, in order.',
    ),
  },
};
