// Flags of a command, declared once: Node's parseArgs reads the command line by them, the help text is printed from them,
// and suggestions for misspelt ones come from them.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './errors.js';

export interface Flag {
  /** Long name, without dashes. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** What stands for the value in the help, for a flag that takes one; a flag without is on or off. */
  readonly value?: string;
  /** The only values it takes. */
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly repeat?: true;
  readonly help: string;
}

export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly Flag[];
}

/** A `--name[=value]` that is no declared flag: the name of a pass, or a mistake. */
export interface UnknownFlag {
  readonly name: string;
  readonly value: string | undefined;
  /** As the user wrote it. */
  readonly raw: string;
}

export class Arguments {
  readonly positionals: readonly string[];
  /** In the order of the command line. */
  readonly unknown: readonly UnknownFlag[];
  private readonly given: ReadonlyMap<string, readonly (string | undefined)[]>;

  constructor(
    given: ReadonlyMap<string, readonly (string | undefined)[]>,
    positionals: readonly string[],
    unknown: readonly UnknownFlag[],
  ) {
    this.given = given;
    this.positionals = positionals;
    this.unknown = unknown;
  }
  has(name: string): boolean {
    return this.given.has(name);
  }
  value(name: string): string | undefined {
    return this.given.get(name)?.[0];
  }
  /** All values of a flag that may be repeated. */
  values(name: string): readonly string[] {
    return (this.given.get(name) ?? []).map((value) => value ?? '');
  }
  /** The same for names, which commas separate too. */
  names(name: string): readonly string[] {
    return this.values(name)
      .flatMap((value) => value.split(','))
      .filter((value) => value !== '');
  }
  /** On or off: `--name`, `--name=1`, `--name=false`. */
  isOn(name: string, otherwise: 'on' | 'off' = 'off'): boolean {
    const values = this.given.get(name);
    if (!values) return otherwise === 'on';
    const value = values[0];
    return value === undefined || value === '1' || value === 'true';
  }
}

const ON_OFF = ['0', '1', 'true', 'false'];

/** Reads a command line. @throws UsageError */
export function readArguments(argv: readonly string[], groups: readonly FlagGroup[]): Arguments {
  const flags = new Map(groups.flatMap((group) => group.flags).map((flag) => [flag.name, flag]));
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const flag of flags.values())
    options[flag.name] = {
      type: flag.value === undefined ? 'boolean' : 'string',
      ...(flag.short === undefined ? {} : { short: flag.short }),
    };
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, (string | undefined)[]>();
  const positionals: string[] = [];
  const unknown: UnknownFlag[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = flags.get(token.name);
    if (!flag) {
      unknown.push(unknownFlag(token, argv[token.index]!));
      continue;
    }
    checkValue(flag, token.value, { inline: token.inlineValue === true, raw: token.rawName });
    const values = given.get(flag.name);
    if (!values) given.set(flag.name, [token.value]);
    else if (flag.repeat) values.push(token.value);
    else throw new UsageError(`'${token.rawName}' is given twice`);
  }
  return new Arguments(given, positionals, unknown);
}

function unknownFlag(token: { readonly name: string; readonly value?: string; readonly rawName: string }, raw: string) {
  if (!raw.startsWith('--')) {
    // parseArgs took `-cse` apart into letters.
    const whole = raw.slice(1).split('=')[0]!;
    const hint = whole.length > 1 ? `; long names take two dashes: '--${whole}'` : '';
    throw new UsageError(`unknown flag '${raw}'${hint}`);
  }
  return { name: token.name, value: token.value, raw: token.rawName };
}

function checkValue(
  flag: Flag,
  value: string | undefined,
  how: { readonly inline: boolean; readonly raw: string },
): void {
  const { raw } = how;
  if (flag.value === undefined) {
    if (value !== undefined && !ON_OFF.includes(value))
      throw new UsageError(`'${raw}' is on or off: expected 1 or 0, got '${value}'`);
    return;
  }
  const wanted = flag.choices ? `one of ${flag.choices.join(', ')}` : flag.value;
  const example = raw.startsWith('--') ? `${raw}=${flag.value}` : `${raw} ${flag.value}`;
  if (value === undefined || value === '') throw new UsageError(`'${raw}' needs a value: ${example}`);
  if (!how.inline && value.startsWith('-') && value.length > 1)
    throw new UsageError(
      `'${raw}' needs a value, and '${value}' looks like the next flag; if it is the value, write ${raw}=${value}`,
    );
  if (flag.choices && !flag.choices.includes(value)) throw new UsageError(`'${raw}' is ${wanted}; got '${value}'`);
}

/** A whole number. @throws UsageError */
export function integerValue(args: Arguments, name: string, minimum: number): number | undefined {
  const text = args.value(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value) || value < minimum)
    throw new UsageError(`'--${name}' is a whole number >= ${minimum}, got '${text}'`);
  return value;
}

/** A number above zero. @throws UsageError */
export function positiveValue(args: Arguments, name: string): number | undefined {
  const text = args.value(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new UsageError(`'--${name}' is a number above 0, got '${text}'`);
  return value;
}

const INDENT = 2;
const COLUMN = 34;
const WIDTH = 110;

/** The flags as the help shows them. */
export function printFlags(groups: readonly FlagGroup[]): string {
  return groups.map(({ title, flags }) => `${title}:\n${flags.map(printFlag).join('')}`).join('\n');
}

function printFlag(flag: Flag): string {
  const value = flag.value ?? '';
  const names: string[] = [];
  if (flag.short !== undefined)
    names.push(`-${flag.short}${value === '' || flag.name === flag.short ? value : ` ${value}`}`);
  if (flag.name !== flag.short) names.push(`--${flag.name}${value === '' ? '' : `=${value}`}`);
  const lines = wrap(flag.help, WIDTH - COLUMN);
  const head = `${' '.repeat(INDENT)}${names.join(', ')}`;
  const first = head.length < COLUMN - 1 ? [head.padEnd(COLUMN) + lines[0]] : [head, ' '.repeat(COLUMN) + lines[0]];
  return [...first, ...lines.slice(1).map((line) => ' '.repeat(COLUMN) + line)].map((line) => `${line}\n`).join('');
}

/** Words in lines of at most `width` characters. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
