// Numeric substitution blocks: `[[#N:]]`, `[[#N+1]]`, `[[#%.8X,ADDR:]]`, `[[#@LINE-2]]`, `[[#max(A,B)]]`.
import { CheckFileError, type NumericVariables, parseVariableName, type TextAt } from './variables.js';

export type FormatKind = 'u' | 'd' | 'x' | 'X';

export interface NumberFormat {
  readonly kind: FormatKind;
  /** Least number of digits; 0 for any. */
  readonly precision: number;
  /** `0x` in front. */
  readonly alternate: boolean;
}

const UNSIGNED: NumberFormat = { kind: 'u', precision: 0, alternate: false };

export function sameFormat(a: NumberFormat, b: NumberFormat): boolean {
  return a.kind === b.kind && a.precision === b.precision && a.alternate === b.alternate;
}

function describeFormat({ kind, precision, alternate }: NumberFormat): string {
  return `%${alternate ? '#' : ''}${precision > 0 ? `.${precision}` : ''}${kind}`;
}

/** POSIX text that matches any number of the format. */
export function wildcard({ kind, precision, alternate }: NumberFormat): string {
  const prefix = alternate ? '0x' : '';
  const [sign, digits, nonzero] = {
    u: ['', '[0-9]', '[1-9]'],
    d: ['-?', '[0-9]', '[1-9]'],
    x: ['', '[0-9a-f]', '[1-9a-f]'],
    X: ['', '[0-9A-F]', '[1-9A-F]'],
  }[kind] as [string, string, string];
  if (precision > 0) return `${prefix}${sign}(${nonzero}${digits}*)?${digits}{${precision}}`;
  return `${sign}${prefix}${digits}+`;
}

/** A value as text; undefined when the format cannot show it. */
export function formatNumber(value: bigint, { kind, precision, alternate }: NumberFormat): string | undefined {
  if (value < 0n && kind !== 'd') return undefined;
  if (kind === 'd' ? value < MIN_SIGNED || value > MAX_SIGNED : value > MAX_UNSIGNED) return undefined;
  const magnitude = value < 0n ? -value : value;
  const digits = magnitude.toString(kind === 'x' || kind === 'X' ? 16 : 10);
  const cased = kind === 'X' ? digits.toUpperCase() : digits;
  return `${value < 0n ? '-' : ''}${alternate ? '0x' : ''}${cased.padStart(precision, '0')}`;
}

/** The value of matched text; undefined when it is out of range. */
export function parseNumber(text: string, { kind, alternate }: NumberFormat): bigint | undefined {
  const isHex = kind === 'x' || kind === 'X';
  const negative = text.startsWith('-');
  const digits = alternate ? text.slice(2) : negative ? text.slice(1) : text;
  const magnitude = BigInt(isHex ? `0x${digits}` : digits);
  const value = negative ? -magnitude : magnitude;
  return kind === 'd' ? inRange(value, MIN_SIGNED, MAX_SIGNED) : inRange(value, 0n, MAX_UNSIGNED);
}

const MIN_SIGNED = -(2n ** 63n);
const MAX_SIGNED = 2n ** 63n - 1n;
const MAX_UNSIGNED = 2n ** 64n - 1n;

function inRange(value: bigint, least: bigint, most: bigint): bigint | undefined {
  return value < least || value > most ? undefined : value;
}

/** Why an expression has no value. */
export class EvaluationError extends Error {}

export type NumericExpression =
  | { readonly kind: 'literal'; readonly value: bigint; readonly text: string }
  | { readonly kind: 'line'; readonly line: number; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly text: string }
  | {
      readonly kind: 'call';
      readonly name: OperatorName;
      readonly left: NumericExpression;
      readonly right: NumericExpression;
      readonly text: string;
    };

const OPERATORS = {
  add: (a: bigint, b: bigint) => a + b,
  sub: (a: bigint, b: bigint) => a - b,
  mul: (a: bigint, b: bigint) => a * b,
  div: (a: bigint, b: bigint) => {
    if (b === 0n) throw new EvaluationError('unable to substitute variable or numeric expression: overflow error');
    return a / b;
  },
  max: (a: bigint, b: bigint) => (a > b ? a : b),
  min: (a: bigint, b: bigint) => (a < b ? a : b),
};
type OperatorName = keyof typeof OPERATORS;

/** @throws EvaluationError */
export function evaluate(expression: NumericExpression, variables: NumericVariables): bigint {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'line':
      return BigInt(expression.line);
    case 'variable': {
      const value = variables.value(expression.name);
      if (value === undefined) throw new EvaluationError(`undefined variable: ${expression.name}`);
      return value;
    }
    case 'call': {
      const left = evaluate(expression.left, variables);
      const value = OPERATORS[expression.name](left, evaluate(expression.right, variables));
      if (value < MIN_SIGNED || value > MAX_UNSIGNED)
        throw new EvaluationError('unable to substitute variable or numeric expression: overflow error');
      return value;
    }
  }
}

export interface NumericBlock {
  /** Variable that gets the matched value. */
  readonly defines: string | undefined;
  /** What the text must be; undefined for any number. */
  readonly expression: NumericExpression | undefined;
  readonly format: NumberFormat;
}

const BLANKS = /^[ \t]+/;

/** Parses what is between `[[#` and `]]`. `legacyLine`: `[[@LINE+1]]`. @throws CheckFileError */
export function parseNumericBlock(
  block: TextAt,
  line: number,
  variables: NumericVariables,
  { legacyLine }: { readonly legacyLine: boolean },
): NumericBlock {
  return new BlockParser(block, line, variables, legacyLine).parse();
}

class BlockParser {
  private text: string;
  private readonly end: number;
  private readonly line: number;
  private readonly variables: NumericVariables;
  private readonly legacyLine: boolean;

  constructor(block: TextAt, line: number, variables: NumericVariables, legacyLine: boolean) {
    this.text = block.text;
    this.end = block.offset + block.text.length;
    this.line = line;
    this.variables = variables;
    this.legacyLine = legacyLine;
  }

  private fail(message: string): never {
    throw new CheckFileError(message, this.end - this.text.length);
  }
  private blanks(): void {
    this.text = this.text.replace(BLANKS, '');
  }
  private take(token: string): boolean {
    if (!this.text.startsWith(token)) return false;
    this.text = this.text.slice(token.length);
    return true;
  }

  parse(): NumericBlock {
    const explicit = this.format();
    const colon = this.text.indexOf(':');
    const definition = colon < 0 ? undefined : { text: this.text.slice(0, colon), offset: this.end - this.text.length };
    if (colon >= 0) this.text = this.text.slice(colon + 1);
    this.blanks();
    const constrained = this.take('==');
    this.blanks();
    const rest = this.text.trimEnd();
    let expression: NumericExpression | undefined;
    if (rest === '') {
      if (constrained) this.fail('empty numeric expression should not have a constraint');
    } else expression = this.whole(constrained);
    const format = explicit?.format ??
      (expression && this.implicitFormat(expression)) ?? {
        ...UNSIGNED,
        precision: explicit?.precision ?? 0,
      };
    return {
      defines: definition && this.definition(definition, format),
      expression,
      format,
    };
  }

  private format(): { readonly format: NumberFormat | undefined; readonly precision: number } | undefined {
    const comma = this.text.indexOf(',');
    const call = this.text.indexOf('(');
    if (comma < 0 || (call >= 0 && call < comma)) return undefined;
    const spec = this.text.slice(0, comma).trim();
    const match = /^%(#?)(?:\.(\d+))?(.?)(.*)$/.exec(spec);
    if (!match || /^%#?\.(?!\d)/.test(spec)) {
      if (spec.startsWith('%')) this.fail('invalid precision in format specifier');
      this.fail('invalid matching format specification in expression');
    }
    const [, alternate, precision, kind, more] = match as unknown as [string, string, string?, string?, string?];
    if (kind && !/[udxX]/.test(kind)) this.fail('invalid format specifier in expression');
    if (alternate && kind !== 'x' && kind !== 'X') this.fail('alternate form only supported for hex values');
    if (more?.trim()) this.fail('invalid matching format specification in expression');
    this.text = this.text.slice(comma + 1);
    const digits = Number(precision ?? 0);
    return {
      precision: digits,
      format: kind ? { kind: kind as FormatKind, precision: digits, alternate: alternate !== '' } : undefined,
    };
  }

  private whole(constrained: boolean): NumericExpression {
    this.text = this.text.trimEnd();
    let left = this.operand(this.legacyLine ? 'line' : 'any', { constraint: !constrained });
    while (this.text !== '') {
      left = this.binary(left);
      if (this.legacyLine && this.text !== '') this.fail(`unexpected characters at end of expression '${this.text}'`);
    }
    return left;
  }

  private binary(left: NumericExpression): NumericExpression {
    this.blanks();
    if (this.text === '') return left;
    const name = this.take('+') ? 'add' : this.take('-') ? 'sub' : undefined;
    if (!name) this.fail(`unsupported operation '${this.text[0]}'`);
    this.blanks();
    if (this.text === '') this.fail('missing operand in expression');
    const right = this.operand(this.legacyLine ? 'literal' : 'any', { constraint: false });
    return { kind: 'call', name, left, right, text: `${left.text} ${name === 'add' ? '+' : '-'} ${right.text}` };
  }

  private operand(
    allowed: 'any' | 'line' | 'literal',
    { constraint }: { readonly constraint: boolean },
  ): NumericExpression {
    if (this.text.startsWith('(')) {
      if (allowed !== 'any') this.fail('parenthesized expression not permitted here');
      return this.parenthesized();
    }
    if (allowed !== 'literal' && /^[@$]?[A-Za-z_]/.test(this.text)) {
      const name = parseVariableName({ text: this.text, offset: this.end - this.text.length });
      this.text = this.text.slice(name.length);
      if (/^[ \t]*\(/.test(this.text)) {
        if (allowed !== 'any') this.fail('unexpected function call');
        return this.call(name);
      }
      return this.use(name);
    }
    const literal = (allowed === 'literal' ? /^\d+/ : /^-?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0o?[0-7]+|\d+)/).exec(
      this.text,
    );
    if (!literal) this.fail(`invalid ${constraint ? 'matching constraint or ' : ''}operand format`);
    const text = literal[0];
    this.text = this.text.slice(text.length);
    const negative = text.startsWith('-');
    const digits = negative ? text.slice(1) : text;
    const magnitude = BigInt(allowed !== 'literal' && /^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
    return { kind: 'literal', value: negative ? -magnitude : magnitude, text };
  }

  private use(name: string): NumericExpression {
    if (name.startsWith('@')) {
      if (name !== '@LINE') this.fail(`invalid pseudo numeric variable '${name}'`);
      return { kind: 'line', line: this.line, text: name };
    }
    if (this.variables.definedOn(name) === this.line)
      this.fail(`numeric variable '${name}' defined earlier in the same CHECK directive`);
    this.variables.mention(name, UNSIGNED);
    return { kind: 'variable', name, text: name };
  }

  private parenthesized(): NumericExpression {
    this.take('(');
    this.blanks();
    if (this.text === '') this.fail('missing operand in expression');
    let inner = this.operand('any', { constraint: false });
    this.blanks();
    while (this.text !== '' && !this.text.startsWith(')')) {
      inner = this.binary(inner);
      this.blanks();
    }
    if (!this.take(')')) this.fail("missing ')' at end of nested expression");
    return inner;
  }

  private call(name: string): NumericExpression {
    this.blanks();
    this.take('(');
    if (!Object.hasOwn(OPERATORS, name)) this.fail(`call to undefined function '${name}'`);
    const given: NumericExpression[] = [];
    this.blanks();
    while (this.text !== '' && !this.text.startsWith(')')) {
      if (this.text.startsWith(',')) this.fail('missing argument');
      let argument = this.operand('any', { constraint: false });
      for (this.blanks(); this.text !== '' && !/^[,)]/.test(this.text); this.blanks()) argument = this.binary(argument);
      given.push(argument);
      if (!this.take(',')) break;
      this.blanks();
      if (this.text.startsWith(')')) this.fail('missing argument');
    }
    if (!this.take(')')) this.fail("missing ')' at end of call expression");
    const [left, right] = given;
    if (given.length !== 2 || !left || !right)
      this.fail(`function '${name}' takes 2 arguments but ${given.length} given`);
    return { kind: 'call', name: name as OperatorName, left, right, text: `${name}(${left.text}, ${right.text})` };
  }

  /** The format an expression has from its variables. */
  private implicitFormat(expression: NumericExpression): NumberFormat | undefined {
    switch (expression.kind) {
      case 'literal':
        return undefined;
      case 'line':
        return UNSIGNED;
      case 'variable':
        return this.variables.format(expression.name) ?? UNSIGNED;
      case 'call': {
        const [left, right] = [this.implicitFormat(expression.left), this.implicitFormat(expression.right)];
        if (left && right && !sameFormat(left, right))
          this.fail(
            `implicit format conflict between '${expression.left.text}' (${describeFormat(left)}) and '${expression.right.text}' (${describeFormat(right)}), need an explicit format specifier`,
          );
        return left ?? right;
      }
    }
  }

  private definition(at: TextAt, format: NumberFormat): string {
    const trimmed = at.text.replace(BLANKS, '');
    const where = { text: trimmed, offset: at.offset + at.text.length - trimmed.length };
    const name = parseVariableName(where);
    if (name.startsWith('@'))
      throw new CheckFileError('definition of pseudo numeric variable unsupported', where.offset);
    if (trimmed.slice(name.length).trim() !== '')
      throw new CheckFileError('unexpected characters after numeric variable name', where.offset + name.length);
    this.variables.define(name, format, this.line, where.offset);
    return name;
  }
}
