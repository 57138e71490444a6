// Rules: what a StableHLO op is in array ops, or why it is nothing.
import type { OpDefinitionBase, Operation, Value } from '@budflow/ir';
import type { HloSite } from './site.js';

export interface HloRule {
  /** The rule as an equation. */
  readonly equation: string;
  /** Why this op, whose types have counterparts, has none; undefined when it has one. */
  readonly refuses?: (op: Operation) => string | undefined;
  /** Builds what replaces the op: for each result a value, or the elements of a tuple. */
  convert(site: HloSite): readonly (Value | readonly Value[])[];
}

/** Rules by the name of their op. */
export type HloRules = Readonly<Record<string, HloRule>>;

export function ruleFor(op: OpDefinitionBase, rule: HloRule): HloRules {
  return { [op.opName]: rule };
}

/** Ops that are read and verified, and have no counterpart for one reason. */
export function refused(ops: readonly OpDefinitionBase[], reason: string): HloRules {
  const rule: HloRule = { equation: '', refuses: () => reason, convert: () => [] };
  return Object.fromEntries(ops.map((op) => [op.opName, rule]));
}
