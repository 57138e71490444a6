// Checks shared by the ops with regions.
import type { Operation, Region, Type } from '@budflow/ir';

/** Checks that the region's block ends in a loop.yield of the given types; returns whether it does. */
export function verifyYield(op: Operation, region: Region, types: readonly Type[], id: string): boolean {
  const last = region.blocks[0]?.lastOp ?? null;
  if (last === null || last.name !== 'loop.yield') {
    op.emitError(
      id,
      `expects its body to end in loop.yield, got ${last === null ? 'an empty block' : `'${last.name}'`}`,
    );
    return false;
  }
  if (last.operandCount !== types.length) {
    op.emitError(id, `expects loop.yield to pass ${types.length} values, got ${last.operandCount}`).note(
      'yielded here',
      last.loc,
    );
    return false;
  }
  for (let i = 0; i < types.length; i++) {
    if (last.operand(i).type !== types[i]) {
      op.emitError(id, `expects loop.yield to pass ${types[i]} as value ${i}, got ${last.operand(i).type}`).note(
        'yielded here',
        last.loc,
      );
      return false;
    }
  }
  return true;
}
