// Which named kind the region of a reduction is: one arith op on accumulator and element.
import { fastmathOf } from '@budflow/dialect-core';
import { type Operation, TensorType } from '@budflow/ir';
import { isUnsigned } from '../element-types.js';
import type { ReduceKind } from '../kinds.js';

const SIGNED: Record<string, ReduceKind> = {
  'arith.addf': 'add',
  'arith.mulf': 'mul',
  'arith.minimumf': 'min',
  'arith.maximumf': 'max',
  'arith.addi': 'add',
  'arith.muli': 'mul',
  'arith.andi': 'and',
  'arith.ori': 'or',
  'arith.xori': 'xor',
  'arith.minsi': 'min',
  'arith.maxsi': 'max',
};
const UNSIGNED: Record<string, ReduceKind> = { ...SIGNED, 'arith.minui': 'min', 'arith.maxui': 'max' };

/** The kind of a region of one op on (accumulator, element), in either order; undefined for any other. */
export function regionKind(op: Operation): { kind: ReduceKind; fastmath: number } | undefined {
  const region = op.regions[0];
  if (!region || region.isEmpty || op.resultCount !== 1) return undefined;
  const { firstOp, lastOp, arguments: args } = region.entry;
  if (!firstOp || firstOp.next !== lastOp || firstOp.operandCount !== 2 || firstOp.resultCount !== 1) return undefined;
  if (lastOp?.name !== 'array.yield' || lastOp.operandCount !== 1 || lastOp.operand(0) !== firstOp.result(0))
    return undefined;
  const [a, b] = [firstOp.operand(0), firstOp.operand(1)];
  if (!((a === args[0] && b === args[1]) || (a === args[1] && b === args[0]))) return undefined;
  const { type } = op.operand(0);
  if (!(type instanceof TensorType)) return undefined;
  const unsigned = isUnsigned(type.element);
  const kind = (unsigned ? UNSIGNED : SIGNED)[firstOp.name];
  if (kind === undefined) return undefined;
  // Signed minimum of unsigned elements is another function; so are sums of i1, which have no name here.
  if (unsigned && (firstOp.name === 'arith.minsi' || firstOp.name === 'arith.maxsi')) return undefined;
  if (String(type.element) === 'i1' && !(kind === 'and' || kind === 'or' || kind === 'xor')) return undefined;
  return { kind, fastmath: fastmathOf(firstOp) };
}
