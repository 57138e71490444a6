// Custom directives of assembly formats: `custom<Name>($x, type($y), ref($z))`, written as a pair of functions and
// registered with the op (`directives` of defineOp) or with its dialect.
import type { AsmParser, AsmPrinter, UnresolvedOperand } from '../asm.js';
import type { Attribute } from '../attribute.js';
import type { Block } from '../block.js';
import type { Context } from '../context.js';
import type { OpSpec } from '../define-op.js';
import { InternalError } from '../errors.js';
import type { Operation, Region } from '../operation.js';
import type { Type } from '../type.js';
import type { Value } from '../value.js';

export type DirectiveArgumentKind = 'operand' | 'attribute' | 'region' | 'successor' | 'type';

/** An argument while reading: the member of its kind is filled in by the directive; with `ref` it is what was read before. */
export interface DirectiveArgument {
  readonly kind: DirectiveArgumentKind;
  readonly operands: UnresolvedOperand[];
  readonly types: Type[];
  attribute: Attribute | undefined;
  readonly regions: Region[];
  readonly successors: Block[];
}
/** An argument while printing: the member of its kind is what the op has. */
export interface DirectiveValue {
  readonly kind: DirectiveArgumentKind;
  readonly values: readonly Value[];
  readonly types: readonly Type[];
  readonly attribute: Attribute | undefined;
  readonly regions: readonly Region[];
  readonly successors: readonly Block[];
}

export interface CustomDirective {
  /** Returns false, with nothing consumed, when what it reads is not there and it begins an optional group. */
  parse(parser: AsmParser, args: readonly DirectiveArgument[]): boolean | undefined;
  print(printer: AsmPrinter, args: readonly DirectiveValue[], op: Operation): void;
}

/** The directive of the op, or else of its dialect. */
export function directiveOf(spec: OpSpec, context: Context, name: string): CustomDirective {
  const own = spec.directives?.[name];
  if (own) return own;
  const found = context.dialect(spec.name.slice(0, spec.name.indexOf('.')))?.directives?.[name];
  if (!found)
    throw new InternalError(
      `assembly format of '${spec.name}': neither the op nor its dialect has a directive custom<${name}>`,
    );
  return found;
}
