// Schedules as data: a list of steps, each naming a primitive and the loops it transforms. The JSON list is the truth;
// what the steps do to the loops can always be made again from it.
import { checkOption, type JsonSchema, nearestName } from '@budflow/pass';
import { type PrimitiveName, STEP_SCHEMAS, type Step } from './steps.js';

export * from './steps.js';

export interface Schedule {
  readonly steps: readonly Step[];
}

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

/** In a set of schedules: the one for the first kernel of the program. */
export const FIRST_KERNEL = '';

export type ParsedSchedules =
  | { readonly schedules: ReadonlyMap<string, Schedule>; readonly problems?: undefined }
  | { readonly schedules?: undefined; readonly problems: readonly ScheduleProblem[] };

/** Parses schedules of a program: `{"main_k0": [steps], ..}`, or a list of steps alone, for its first kernel. */
export function parseSchedules(text: string): ParsedSchedules {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return { problems: [{ path: '', message: `not JSON: ${error instanceof Error ? error.message : String(error)}` }] };
  }
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
  const entries: [string, unknown][] = isObject ? Object.entries(data as object) : [[FIRST_KERNEL, data]];
  const schedules = new Map<string, Schedule>();
  const problems: ScheduleProblem[] = [];
  for (const [name, steps] of entries) {
    const checked = checkSchedule(steps);
    if (checked.schedule) schedules.set(name, checked.schedule);
    else {
      const front = isObject ? `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` : '';
      problems.push(...checked.problems.map(({ path, message }) => ({ path: `${front}${path}`, message })));
    }
  }
  return problems.length > 0 ? { problems } : { schedules };
}

/** The JSON text of schedules by kernel, which parseSchedules reads. */
export function serializeSchedules(schedules: ReadonlyMap<string, Schedule>): string {
  const only = schedules.size === 1 ? schedules.get(FIRST_KERNEL) : undefined;
  if (only) return serializeSchedule(only, { lines: true });
  const parts = [...schedules].map(([name, one]) => {
    const steps = serializeSchedule(one, { lines: true }).replaceAll('\n', '\n  ');
    return `  ${JSON.stringify(name)}: ${steps}`;
  });
  return `{\n${parts.join(',\n')}\n}`;
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
