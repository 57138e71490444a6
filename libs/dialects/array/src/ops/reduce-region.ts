// Which named kind the region of a reduction is: one arith op on accumulator and element. What else stands in the region is
// dead, and does not count: the order of a sum must not depend on whether it was removed. A region in sequential order has no
// name: it is the left fold from the init that every other region is.
import { fastmathOf } from '@budflow/dialect-core';
import { type Operation, TensorType } from '@budflow/ir';
import { isUnsigned } from '../element-types.js';
import type { ReduceKind } from '../kinds.js';
import { orderAttribute } from '../reduction-order.js';

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
  const order = op.attr('order');
  if (order && orderAttribute.read(order)?.kind === 'sequential') return undefined;
  const region = op.regions[0];
  if (!region || region.isEmpty || op.resultCount !== 1) return undefined;
  const { lastOp, arguments: args } = region.entry;
  if (lastOp?.name !== 'array.yield' || lastOp.operandCount !== 1) return undefined;
  const combiner = lastOp.operand(0).definingOp;
  if (!combiner || combiner.operandCount !== 2 || combiner.resultCount !== 1) return undefined;
  const [a, b] = [combiner.operand(0), combiner.operand(1)];
  if (!((a === args[0] && b === args[1]) || (a === args[1] && b === args[0]))) return undefined;
  const { type } = op.operand(0);
  if (!(type instanceof TensorType)) return undefined;
  const unsigned = isUnsigned(type.element);
  const kind = (unsigned ? UNSIGNED : SIGNED)[combiner.name];
  if (kind === undefined) return undefined;
  // Signed minimum of unsigned elements is another function; so are sums of i1, which have no name here.
  if (unsigned && (combiner.name === 'arith.minsi' || combiner.name === 'arith.maxsi')) return undefined;
  if (String(type.element) === 'i1' && !(kind === 'and' || kind === 'or' || kind === 'xor')) return undefined;
  return { kind, fastmath: fastmathOf(combiner) };
}
