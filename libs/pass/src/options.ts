// Options of passes. A pass declares them as JSON-schema literals, one for each option; the type of the values, the
// checks, the messages, the schema of configs and the documentation all come from the literal.

export interface NumberOption {
  readonly type: 'integer' | 'number';
  readonly description: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly number[];
  readonly default?: number;
}
export interface BooleanOption {
  readonly type: 'boolean';
  readonly description: string;
  readonly default?: boolean;
}
export interface StringOption {
  readonly type: 'string';
  readonly description: string;
  readonly enum?: readonly string[];
  readonly default?: string;
}
type Item<T> = Omit<T, 'description' | 'default'>;
export type ItemOption = Item<NumberOption> | Item<BooleanOption> | Item<StringOption>;
export interface ArrayOption {
  readonly type: 'array';
  readonly description: string;
  readonly items: ItemOption;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: readonly (number | boolean | string)[];
}
export type OptionSchema = NumberOption | BooleanOption | StringOption | ArrayOption;
/** Option schemas by option name: the `properties` of a JSON schema. */
export type OptionSchemas = Readonly<Record<string, OptionSchema>>;

export type OptionValue = number | boolean | string | readonly (number | boolean | string)[];
export type OptionValues = Readonly<Record<string, OptionValue>>;

type ValueOf<S> = S extends { readonly enum: readonly (infer E)[] }
  ? E
  : S extends { readonly type: 'integer' | 'number' }
    ? number
    : S extends { readonly type: 'boolean' }
      ? boolean
      : S extends { readonly type: 'string' }
        ? string
        : S extends { readonly type: 'array'; readonly items: infer I }
          ? readonly ValueOf<I>[]
          : never;

/** The values `run` sees: an option without a default may be undefined. */
export type OptionsOf<O extends OptionSchemas> = {
  readonly [K in keyof O]: O[K] extends { readonly default: unknown } ? ValueOf<O[K]> : ValueOf<O[K]> | undefined;
};
/** The values a pipeline may give. */
export type GivenOptions<O extends OptionSchemas> = { readonly [K in keyof O]?: ValueOf<O[K]> };

/** What a value must be: `integer >= 1`, `one of "a", "b"`, `array of number`. */
export function expectation(schema: OptionSchema | ItemOption): string {
  if ('enum' in schema && schema.enum) return `one of ${schema.enum.map((v) => JSON.stringify(v)).join(', ')}`;
  switch (schema.type) {
    case 'integer':
    case 'number': {
      const low = schema.minimum === undefined ? '' : ` >= ${schema.minimum}`;
      const high = schema.maximum === undefined ? '' : ` <= ${schema.maximum}`;
      return `${schema.type}${low}${low && high ? ' and' : ''}${high}`;
    }
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'string';
    case 'array': {
      const low = schema.minItems === undefined ? '' : ` of at least ${schema.minItems}`;
      const high = schema.maxItems === undefined ? '' : ` of at most ${schema.maxItems}`;
      return `array of ${expectation(schema.items)}${low || high ? `, with a length${low}${low && high ? ' and' : ''}${high}` : ''}`;
    }
    default:
      return schema satisfies never;
  }
}

/** A value as the messages quote it. */
export function quoteValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export interface OptionProblem {
  /** JSON pointer below the option: empty, or `/2` for an element. */
  readonly pointer: string;
  /** `expected ..., got ...` */
  readonly message: string;
}

/** What is wrong with a value; null when nothing is. */
export function checkOption(schema: OptionSchema | ItemOption, value: unknown): OptionProblem | null {
  if (schema.type === 'array' && Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const problem = checkOption(schema.items, value[i]);
      if (problem) return { pointer: `/${i}${problem.pointer}`, message: problem.message };
    }
  }
  return accepts(schema, value)
    ? null
    : { pointer: '', message: `expected ${expectation(schema)}, got ${quoteValue(value)}` };
}

function accepts(schema: OptionSchema | ItemOption, value: unknown): boolean {
  switch (schema.type) {
    case 'integer':
    case 'number':
      return (
        typeof value === 'number' &&
        (schema.type === 'number' ? Number.isFinite(value) : Number.isSafeInteger(value)) &&
        value >= (schema.minimum ?? -Infinity) &&
        value <= (schema.maximum ?? Infinity) &&
        (schema.enum === undefined || schema.enum.includes(value))
      );
    case 'boolean':
      return typeof value === 'boolean';
    case 'string':
      return typeof value === 'string' && (schema.enum === undefined || schema.enum.includes(value));
    case 'array':
      return (
        Array.isArray(value) && value.length >= (schema.minItems ?? 0) && value.length <= (schema.maxItems ?? Infinity)
      );
    default:
      return schema satisfies never;
  }
}

/** A value written as text, converted to the type of the option; text that does not convert stays a string. */
export function convertText(schema: OptionSchema | ItemOption, text: string): number | boolean | string {
  switch (schema.type) {
    case 'integer':
      return /^[-+]?\d+$/.test(text) ? Number(text) : text;
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
    case 'string':
    case 'array':
      return text;
    default:
      return schema satisfies never;
  }
}

/** The given values with defaults for the rest. */
export function withDefaults(schemas: OptionSchemas, given: OptionValues): Record<string, OptionValue | undefined> {
  const values: Record<string, OptionValue | undefined> = {};
  for (const [name, schema] of Object.entries(schemas))
    values[name] = Object.hasOwn(given, name) ? given[name] : schema.default;
  return values;
}
