// Constraints of one IRDL definition, and matching attributes against them. Each SSA value of the definition is a
// variable: the first attribute it accepts binds it, and it accepts no other afterwards (`operands(%0, %0)` wants two
// equal types). What a failed alternative bound is unbound again.
import { type Attribute, DialectAttr, DialectType, TypeAttr } from '@budflow/ir';
import { attributeBaseName, typeBaseName } from './base-names.js';

/** Which kind of type or attribute: `!cmath.complex`, `#builtin.integer`. */
export interface Base {
  readonly kind: 'type' | 'attribute';
  readonly name: string;
}
export type Predicate = (attr: Attribute) => boolean;

/** `args` are variables. */
export type Constraint =
  | { readonly kind: 'any' }
  | { readonly kind: 'is'; readonly expected: Attribute }
  | { readonly kind: 'base'; readonly base: Base }
  | { readonly kind: 'parametric'; readonly base: Base; readonly args: readonly number[] }
  | { readonly kind: 'any-of'; readonly args: readonly number[] }
  | { readonly kind: 'all-of'; readonly args: readonly number[] }
  | { readonly kind: 'predicate'; readonly text: string; readonly holds: Predicate };

/** Alternatives within alternatives take steps exponential in their depth; more than any real definition needs. */
const MAX_STEPS = 100_000;

export function describe(attr: Attribute): string {
  return String(attr);
}

export class Matcher {
  private readonly constraints: readonly Constraint[];
  private readonly bound: (Attribute | null)[];
  private steps = 0;

  constructor(constraints: readonly Constraint[]) {
    this.constraints = constraints;
    this.bound = constraints.map(() => null);
  }

  /** Null when the attribute satisfies the constraint of a variable, and why not otherwise. Types come as TypeAttr. */
  match(variable: number, attr: Attribute): string | null {
    if (++this.steps > MAX_STEPS) return 'the constraint has too many alternatives to be decided';
    const known = this.bound[variable];
    if (known) return known === attr ? null : `expected '${describe(known)}' but got '${describe(attr)}'`;
    const problem = this.check(this.constraints[variable]!, attr);
    if (problem === null) this.bound[variable] = attr;
    return problem;
  }

  private check(constraint: Constraint, attr: Attribute): string | null {
    switch (constraint.kind) {
      case 'any':
        return null;
      case 'is':
        return attr === constraint.expected
          ? null
          : `expected '${describe(constraint.expected)}' but got '${describe(attr)}'`;
      case 'base': {
        const got = constraint.base.kind === 'type' ? typeBase(attr) : attributeBaseName(attr);
        return got === constraint.base.name ? null : `${expectedBase(constraint.base)} but got '${got}'`;
      }
      case 'parametric': {
        const parameters = parametersOf(attr, constraint.base);
        if (!parameters) return `${expectedBase(constraint.base)} but got '${describe(attr)}'`;
        const { args } = constraint;
        if (parameters.length !== args.length)
          return `expected ${args.length} parameter${args.length === 1 ? '' : 's'} of '${constraint.base.name}' but got ${parameters.length}`;
        return this.all(args, (i) => parameters[i]!);
      }
      case 'any-of': {
        for (const arg of constraint.args) {
          const before = this.bound.slice();
          if (this.match(arg, attr) === null) return null;
          before.forEach((value, i) => {
            this.bound[i] = value;
          });
        }
        return `'${describe(attr)}' does not satisfy the constraint`;
      }
      case 'all-of':
        return this.all(constraint.args, () => attr);
      case 'predicate':
        return constraint.holds(attr) ? null : `'${describe(attr)}' does not satisfy '${constraint.text}'`;
    }
  }
  private all(variables: readonly number[], attr: (index: number) => Attribute): string | null {
    for (let i = 0; i < variables.length; i++) {
      const problem = this.match(variables[i]!, attr(i));
      if (problem !== null) return problem;
    }
    return null;
  }
}

function expectedBase(base: Base): string {
  return `expected base ${base.kind} '${base.name}'`;
}
function typeBase(attr: Attribute): string {
  return attr instanceof TypeAttr ? typeBaseName(attr.type) : attributeBaseName(attr);
}
/** The parameters of a type or attribute defined in IRDL; undefined for one of another base. */
function parametersOf(attr: Attribute, base: Base): readonly Attribute[] | undefined {
  const item = base.kind === 'attribute' ? attr : attr instanceof TypeAttr ? attr.type : null;
  if (!(item instanceof DialectType) && !(item instanceof DialectAttr)) return undefined;
  if (item.definition.name !== base.name) return undefined;
  return Array.isArray(item.parameters) ? (item.parameters as readonly Attribute[]) : undefined;
}
