// How a format finds the types it does not write: for each operand and result group the source of its type, worked out
// once when the format is compiled.
import type { TypeConstraint, ValueConstraint } from '../constraints.js';
import type { Context } from '../context.js';
import type { OpSpec } from '../define-op.js';
import { InternalError } from '../errors.js';
import { SameOperandsAndResultType, SameTypeOperands } from '../traits.js';
import type { Type } from '../type.js';
import type { Side } from './format.js';

export interface GroupRef {
  readonly side: Side;
  readonly index: number;
}

export type TypeSource =
  /** Written in the text. */
  | { readonly kind: 'written' }
  /** The constraint admits one type. */
  | { readonly kind: 'built'; readonly build: (context: Context) => Type }
  /** That of another group, or a function of it; the first of `from` that is not empty. */
  | {
      readonly kind: 'related';
      readonly from: readonly (GroupRef & { readonly type: (from: Type, context: Context) => Type })[];
    }
  /** `inferTypes` of the definition; results only. */
  | { readonly kind: 'inferred' };

/** Sources in the order of resolution, for operands and for results. */
export interface TypePlan {
  readonly operands: readonly TypeSource[];
  readonly results: readonly TypeSource[];
  /** Groups whose source is 'related', in an order in which each finds its sources resolved. */
  readonly related: readonly GroupRef[];
}

export function baseConstraint(constraint: ValueConstraint): TypeConstraint {
  return constraint.kind === 'one' ? constraint : constraint.of;
}

/** `written` holds `operand 0`, `result 1`, ... for the groups whose type the format spells out. */
export function planTypes(spec: OpSpec, written: ReadonlySet<string>): TypePlan {
  const names = { operand: Object.keys(spec.operands ?? {}), result: Object.keys(spec.results ?? {}) };
  const constraints = { operand: Object.values(spec.operands ?? {}), result: Object.values(spec.results ?? {}) };
  const sources: Record<Side, (TypeSource | undefined)[]> = { operand: [], result: [] };
  const groups: GroupRef[] = [];
  for (const side of ['operand', 'result'] as const) {
    constraints[side].forEach((constraint, index) => {
      const { build } = baseConstraint(constraint);
      sources[side][index] = written.has(`${side} ${index}`)
        ? { kind: 'written' }
        : build
          ? { kind: 'built', build }
          : undefined;
      groups.push({ side, index });
    });
  }

  const traits = spec.traits ?? [];
  const related: GroupRef[] = [];
  for (let changed = true; changed; ) {
    changed = false;
    for (const group of groups) {
      if (sources[group.side][group.index]) continue;
      const known = groups.filter((g) => sources[g.side][g.index]);
      const from: (GroupRef & { type: (t: Type, c: Context) => Type })[] = [];
      for (const trait of traits) {
        const same =
          trait === SameOperandsAndResultType || (trait === SameTypeOperands && group.side === 'operand')
            ? known.filter((g) => trait === SameOperandsAndResultType || g.side === 'operand')
            : [];
        for (const g of same) from.push({ ...g, type: (t) => t });
        for (const relation of trait.typeRelations ?? []) {
          if (relation.to !== names[group.side][group.index]) continue;
          for (const g of known) if (names[g.side][g.index] === relation.from) from.push({ ...g, type: relation.type });
        }
      }
      if (from.length === 0) continue;
      // A group of exactly one value is the safest source.
      from.sort((a, b) => rank(constraints[a.side][a.index]!) - rank(constraints[b.side][b.index]!));
      sources[group.side][group.index] = { kind: 'related', from };
      related.push(group);
      changed = true;
    }
  }
  if (spec.inferTypes)
    constraints.result.forEach((_, i) => {
      sources.result[i] ??= { kind: 'inferred' };
    });
  for (const { side, index } of groups) {
    if (!sources[side][index])
      throw new InternalError(
        `assembly format of '${spec.name}': the type of ${side} '${names[side][index]}' is neither written nor inferable; add type($${names[side][index]})`,
      );
  }
  return { operands: sources.operand as TypeSource[], results: sources.result as TypeSource[], related };
}

function rank(constraint: ValueConstraint): number {
  return constraint.kind === 'one' ? 0 : 1;
}
