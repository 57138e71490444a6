// Conversion patterns: rewrites that see their operands in converted types.
import { InternalError, type Operation, type RewritePattern, type Value } from '@budflow/ir';
import type { ConversionRewriter } from './rewriter.js';
import type { TypeConverter } from './type-converter.js';

export interface ConversionPattern {
  /** kebab-case, unique within its conversion. */
  readonly name: string;
  /** The rule as an equation. */
  readonly equation?: string;
  /** Name of the op it converts; null for any op. */
  readonly root: string | null;
  /** Of patterns that lead to legal ops in equally many steps the one with the highest is tried first; default 1. */
  readonly benefit?: number;
  /** Names of ops it may create. Patterns that cannot end in legal ops are left out, longer ways are tried later. */
  readonly generates?: readonly string[];
  /** It may apply to ops that it made itself, because it stops by itself. */
  readonly boundedRecursion?: boolean;
  /** Converts the operands it sees; without one they have the types they have. */
  readonly converter?: TypeConverter;
  /** Rewrites and returns true, or returns what `rewriter.notifyMatchFailure` returns: what it changed is undone. */
  rewrite(op: Operation, operands: ConvertedOperands, rewriter: ConversionRewriter): boolean;
}

export function defineConversionPattern(pattern: ConversionPattern): ConversionPattern {
  return pattern;
}

/** A pattern of the greedy driver, for use in conversions. */
export function asConversionPattern(pattern: RewritePattern): ConversionPattern {
  const { name, equation, root, benefit, generates } = pattern;
  return {
    name,
    root,
    ...(equation === undefined ? {} : { equation }),
    ...(benefit === undefined ? {} : { benefit }),
    ...(generates === undefined ? {} : { generates }),
    rewrite: (op, _, rewriter) => pattern.rewrite(op, rewriter),
  };
}

/** The operands of an op in converted types; made when they are first asked for. */
export class ConvertedOperands {
  private readonly op: Operation;
  private readonly rewriter: ConversionRewriter;
  private readonly converter: TypeConverter | null;
  private known: (readonly Value[] | undefined)[] | null = null;

  constructor(op: Operation, rewriter: ConversionRewriter, converter: TypeConverter | null) {
    this.op = op;
    this.rewriter = rewriter;
    this.converter = converter;
  }
  /** Number of operands of the op. */
  get length(): number {
    return this.op.operandCount;
  }
  /** What operand `index` became. */
  values(index: number): readonly Value[] {
    this.known ??= [];
    let found = this.known[index];
    if (found === undefined) {
      const value = this.op.operand(index);
      found = this.converter === null ? [value] : this.rewriter.converted(value, this.converter)!;
      this.known[index] = found;
    }
    return found;
  }
  /** What operand `index` became, for conversions that make one value of it. */
  one(index: number): Value {
    const values = this.values(index);
    if (values.length !== 1)
      throw new InternalError(
        `operand ${index} of ${this.op.name} became ${values.length} values: use values()`,
        this.op,
      );
    return values[0]!;
  }
  /** What the operands from `start` to `end` became, one list for each. */
  groups(start = 0, end: number = this.length): (readonly Value[])[] {
    const list: (readonly Value[])[] = [];
    for (let i = start; i < end; i++) list.push(this.values(i));
    return list;
  }
  /** The same in one list. */
  flat(start = 0, end: number = this.length): Value[] {
    const list: Value[] = [];
    for (let i = start; i < end; i++) list.push(...this.values(i));
    return list;
  }
}
