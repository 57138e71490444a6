// The attributes of math functions that choose an expansion and its rounding: `contract`, and `afn` among the fast-math flags.
import { type AttrSpec, attr, type Operation, optionalAttr, StringAttr } from '@budflow/ir';
import type { RoundingOptions } from '@budflow/numerics';
import { FastMath, fastmathOf } from '../arith/attributes.js';

/**
 * How multiply-adds inside a function's expansion round: `exact` once, `relaxed` as the engine does; absent: twice. Set by
 * fix-numerics where the target has them.
 */
export const contractSpec: AttrSpec<'exact' | 'relaxed' | undefined> = optionalAttr(attr.enum('exact', 'relaxed'));

/** Whether an op's attribute `contract` makes multiply-adds round once. */
export function fusesMultiplyAdds(op: Operation, relaxed: () => 'once' | 'twice' | undefined): boolean {
  const contract = op.attr('contract');
  if (!(contract instanceof StringAttr)) return false;
  return contract.value === 'exact' || (contract.value === 'relaxed' && (relaxed() ?? 'once') === 'once');
}

/** Which expansion the function of an op has, and how it rounds: what folds and the interpreter evaluate. */
export function expansionOptions(
  op: Operation,
  relaxed: () => 'once' | 'twice' | undefined,
): Required<RoundingOptions> {
  return { fused: fusesMultiplyAdds(op, relaxed), fast: allowsApproximation(op) };
}

/** Whether an op has the flag `afn`: its function may be the expansion of fewer instructions. */
export function allowsApproximation(op: Operation): boolean {
  return (fastmathOf(op) & FastMath.afn) !== 0;
}
