// Schedules as data: a list of steps, each naming a primitive and the loops it transforms. The JSON list is the truth;
// what the steps do to the loops can always be made again from it.
import { checkOption, type JsonSchema, nearestName, type OptionSchemas } from '@budflow/pass';

export const TAIL_STRATEGIES = ['peel', 'guard'] as const;
/** How the iterations left over by a split are run: in a loop of their own, or by a shorter last inner loop. */
export type TailStrategy = (typeof TAIL_STRATEGIES)[number];

export interface SplitStep {
  readonly primitive: 'split';
  readonly loop: string;
  readonly factor: number;
  /** Default 'peel'. */
  readonly tail?: TailStrategy;
}
export interface ReorderStep {
  readonly primitive: 'reorder';
  /** The new order, outermost first. */
  readonly loops: readonly string[];
}
export interface UnrollAndJamStep {
  readonly primitive: 'unroll_and_jam';
  readonly loop: string;
}
export interface VectorizeStep {
  readonly primitive: 'vectorize';
  readonly loop: string;
}
export interface DistributeStep {
  readonly primitive: 'distribute';
  readonly loop: string;
  /** The loop directly inside that gets the loop for itself. */
  readonly at: string;
}
export interface ComputeAtStep {
  readonly primitive: 'compute_at';
  readonly stage: string;
  readonly loop: string;
}
export interface PackStep {
  readonly primitive: 'pack';
  /** `arg1` for an argument of the kernel (from 0), otherwise the name of the stage that writes the buffer. */
  readonly buffer: string;
  /** The dimensions of the packed copy, outermost first; lanes and unrolled copies come behind them. */
  readonly loops: readonly string[];
}

export type Step =
  | SplitStep
  | ReorderStep
  | UnrollAndJamStep
  | VectorizeStep
  | DistributeStep
  | ComputeAtStep
  | PackStep;
export type PrimitiveName = Step['primitive'];

export interface Schedule {
  readonly steps: readonly Step[];
}

/** The fields of a step besides `primitive`: their schemas, and which must be given. */
export interface StepSchema {
  readonly summary: string;
  readonly properties: OptionSchemas;
  readonly required: readonly string[];
}

const loop = { type: 'string', description: 'Name of the loop.' } as const;

export const STEP_SCHEMAS: Readonly<Record<PrimitiveName, StepSchema>> = {
  split: {
    summary: 'cuts a loop into an outer and an inner one of `factor` iterations: x becomes x.o and x.i',
    properties: {
      loop,
      factor: { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1, description: 'Iterations of the inner loop.' },
      tail: {
        type: 'string',
        enum: TAIL_STRATEGIES,
        default: 'peel',
        description: 'How left-over iterations are run.',
      },
    },
    required: ['loop', 'factor'],
  },
  reorder: {
    summary: 'brings perfectly nested loops into another order',
    properties: {
      loops: { type: 'array', items: { type: 'string' }, minItems: 2, description: 'The new order, outermost first.' },
    },
    required: ['loops'],
  },
  unroll_and_jam: {
    summary: 'unrolls a loop and puts the copies of each statement and of each inner loop together',
    properties: { loop },
    required: ['loop'],
  },
  vectorize: {
    summary: 'runs all iterations of a loop at once, one in each lane',
    properties: { loop },
    required: ['loop'],
  },
  distribute: {
    summary: 'cuts a loop in front of and behind a loop inside it',
    properties: { loop, at: { type: 'string', description: 'Name of the loop inside.' } },
    required: ['loop', 'at'],
  },
  compute_at: {
    summary: 'moves the nest of a stage into a loop of its consumer',
    properties: { stage: { type: 'string', description: 'Name of the stage to move.' }, loop },
    required: ['stage', 'loop'],
  },
  pack: {
    summary: 'copies what a nest reads of a buffer into the order in which it reads it',
    properties: {
      buffer: {
        type: 'string',
        description: '`arg1` for an argument of the kernel (from 0), or the stage that writes the buffer.',
      },
      loops: {
        type: 'array',
        items: { type: 'string' },
        minItems: 1,
        description: 'Dimensions of the copy, outermost first.',
      },
    },
    required: ['buffer', 'loops'],
  },
};

const PRIMITIVE_NAMES = Object.keys(STEP_SCHEMAS) as PrimitiveName[];

/** JSON schema (draft 07) of a schedule. */
export const SCHEDULE_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Budflow schedule',
  type: 'array',
  items: {
    oneOf: PRIMITIVE_NAMES.map((name) => ({
      type: 'object',
      description: STEP_SCHEMAS[name].summary,
      properties: { primitive: { const: name }, ...STEP_SCHEMAS[name].properties },
      required: ['primitive', ...STEP_SCHEMAS[name].required],
      additionalProperties: false,
    })),
  },
};

export interface ScheduleProblem {
  /** JSON pointer into the schedule, e.g. `/2/factor`. */
  readonly path: string;
  readonly message: string;
}

export type ParsedSchedule =
  | { readonly schedule: Schedule; readonly problems?: undefined }
  | { readonly schedule?: undefined; readonly problems: readonly ScheduleProblem[] };

/** Parses JSON text and checks it: every problem, each with its path. */
export function parseSchedule(text: string): ParsedSchedule {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return { problems: [{ path: '', message: `not JSON: ${error instanceof Error ? error.message : String(error)}` }] };
  }
  return checkSchedule(data);
}

/** Checks plain data: an array of steps. */
export function checkSchedule(data: unknown): ParsedSchedule {
  if (!Array.isArray(data))
    return { problems: [{ path: '', message: `expected an array of steps, got ${kindOf(data)}` }] };
  const problems: ScheduleProblem[] = [];
  data.forEach((step, i) => {
    checkStep(step, `/${i}`, problems);
  });
  return problems.length > 0 ? { problems } : { schedule: { steps: data as Step[] } };
}

function checkStep(step: unknown, path: string, problems: ScheduleProblem[]): void {
  if (typeof step !== 'object' || step === null || Array.isArray(step)) {
    problems.push({ path, message: `expected a step such as {"primitive": "split", ...}, got ${kindOf(step)}` });
    return;
  }
  const fields = step as Readonly<Record<string, unknown>>;
  const name = fields.primitive;
  if (typeof name !== 'string' || !Object.hasOwn(STEP_SCHEMAS, name)) {
    const near = typeof name === 'string' ? nearestName(name, PRIMITIVE_NAMES) : undefined;
    const hint = near ? `did you mean "${near}"?` : `there is ${PRIMITIVE_NAMES.join(', ')}`;
    const what = name === undefined ? "a step needs the key 'primitive'" : `unknown primitive ${JSON.stringify(name)}`;
    problems.push({ path: name === undefined ? path : `${path}/primitive`, message: `${what}: ${hint}` });
    return;
  }
  const schema = STEP_SCHEMAS[name as PrimitiveName];
  for (const key of schema.required) {
    if (!Object.hasOwn(fields, key)) problems.push({ path, message: `${name} needs the key '${key}'` });
  }
  for (const [key, value] of Object.entries(fields)) {
    if (key === 'primitive') continue;
    const property = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (!property) {
      const near = nearestName(key, Object.keys(schema.properties));
      const hint = near ? `did you mean '${near}'?` : `it takes ${Object.keys(schema.properties).join(', ')}`;
      problems.push({ path: `${path}/${key}`, message: `unknown key of ${name}: ${hint}` });
      continue;
    }
    const problem = checkOption(property, value);
    if (problem) problems.push({ path: `${path}/${key}${problem.pointer}`, message: problem.message });
  }
}

function kindOf(data: unknown): string {
  return data === null
    ? 'null'
    : Array.isArray(data)
      ? 'an array'
      : typeof data === 'object'
        ? 'an object'
        : JSON.stringify(data);
}

/** The JSON text of a schedule: one line for each step, keys in the order of the schema. */
export function serializeSchedule(schedule: Schedule, options: { readonly lines?: boolean } = {}): string {
  const steps = schedule.steps.map(stepToJson);
  if (steps.length === 0) return '[]';
  return options.lines ? `[\n  ${steps.join(',\n  ')}\n]` : `[${steps.join(',')}]`;
}

function stepToJson(step: Step): string {
  const fields = step as unknown as Readonly<Record<string, unknown>>;
  const ordered: Record<string, unknown> = { primitive: step.primitive };
  for (const key of Object.keys(STEP_SCHEMAS[step.primitive].properties))
    if (fields[key] !== undefined) ordered[key] = fields[key];
  return JSON.stringify(ordered);
}
