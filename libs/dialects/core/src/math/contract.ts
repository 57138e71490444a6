// The attribute `contract` of math functions.
import { type AttrSpec, attr, type Operation, optionalAttr, StringAttr } from '@budflow/ir';

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
