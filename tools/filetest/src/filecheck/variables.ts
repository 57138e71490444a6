// Variables of a check file: string variables, and numeric ones with their formats.
import type { NumberFormat } from './numeric.js';
import { sameFormat } from './numeric.js';

/** A check file that cannot be used; `offset` is 0-based in its text. */
export class CheckFileError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'CheckFileError';
    this.offset = offset;
  }
}

/** A piece of a check file. */
export interface TextAt {
  readonly text: string;
  readonly offset: number;
}

/** The name a text begins with, with its `$` (global) or `@` (pseudo). @throws CheckFileError */
export function parseVariableName({ text, offset }: TextAt): string {
  if (text === '') throw new CheckFileError('empty variable name', offset);
  if (text === '@' || text === '$')
    throw new CheckFileError(`empty ${text === '@' ? 'pseudo' : 'global'} variable name`, offset);
  const found = /^[@$]?[A-Za-z_]\w*/.exec(text)?.[0];
  if (found === undefined) throw new CheckFileError('invalid variable name', offset);
  return found;
}

interface NumericVariable {
  readonly format: NumberFormat;
  /** Line of the directive that defines it first; 0 when a use comes before. */
  readonly line: number;
  value: bigint | undefined;
}

/** Numeric variables: what the check file says about them, and their values while checking. */
export class NumericVariables {
  private readonly table = new Map<string, NumericVariable>();
  private readonly strings: ReadonlySet<string>;

  /** `strings`: names of string variables, for collisions. */
  constructor(strings: ReadonlySet<string>) {
    this.strings = strings;
  }
  has(name: string): boolean {
    return this.table.has(name);
  }
  format(name: string): NumberFormat | undefined {
    return this.table.get(name)?.format;
  }
  definedOn(name: string): number | undefined {
    return this.table.get(name)?.line;
  }
  value(name: string): bigint | undefined {
    return this.table.get(name)?.value;
  }
  /** A use before any definition: the variable is a plain number from then on. */
  mention(name: string, format: NumberFormat): void {
    if (!this.table.has(name)) this.table.set(name, { format, line: 0, value: undefined });
  }
  /** @throws CheckFileError */
  define(name: string, format: NumberFormat, line: number, offset: number): void {
    if (this.strings.has(name)) throw new CheckFileError(`string variable with name '${name}' already exists`, offset);
    const known = this.table.get(name);
    if (!known) {
      this.table.set(name, { format, line, value: undefined });
      return;
    }
    if (!sameFormat(known.format, format))
      throw new CheckFileError('format different from previous variable definition', offset);
  }
  set(name: string, value: bigint): void {
    const variable = this.table.get(name);
    if (variable) variable.value = value;
  }
  /** Forgets the values of all but the global ones. */
  clearLocal(): void {
    for (const [name, variable] of this.table) if (!name.startsWith('$')) variable.value = undefined;
  }
}
