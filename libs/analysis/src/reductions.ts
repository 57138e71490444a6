// Accumulations: statements that combine what a cell holds with something and store it there again.
//
//   %old = memory.load %acc[..];  %new = arith.addi %old, %x;  memory.store %new, %acc[..]
import { FastMath, fastmathOf } from '@budflow/dialect-core';
import type { Operation, Value } from '@budflow/ir';

export interface Accumulation {
  readonly load: Operation;
  readonly combine: Operation;
  readonly store: Operation;
  /** What is combined with the cell. */
  readonly element: Value;
  /** Whether any order of the elements gives the same result: as such, or because the program allows all of them. */
  readonly anyOrder: boolean;
}

/** Combining ops with which any order gives the same bits (those of NaNs aside). */
const ANY_ORDER = new Set([
  'arith.addi',
  'arith.muli',
  'arith.andi',
  'arith.ori',
  'arith.xori',
  'arith.minsi',
  'arith.maxsi',
  'arith.minui',
  'arith.maxui',
  'arith.minimumf',
  'arith.maximumf',
]);
/** Those that round: any order when they are marked `reassoc`. */
const ROUNDING = new Set(['arith.addf', 'arith.mulf']);

/** The accumulation that a store ends; null when it is none. */
export function accumulationOf(store: Operation): Accumulation | null {
  if (store.name !== 'memory.store') return null;
  const combine = store.operand(0).definingOp;
  if (combine === null || combine.parent !== store.parent || combine.result(0).users().length !== 1) return null;
  const exact = ANY_ORDER.has(combine.name);
  if (!exact && !ROUNDING.has(combine.name)) return null;
  const at = combine.operands.findIndex((v) => isLoadOf(v.definingOp, store));
  const load = at < 0 ? null : combine.operand(at).definingOp;
  if (load === null || load.parent !== store.parent || load.result(0).users().length !== 1) return null;
  // Both operands are the cell: nothing is accumulated.
  if (combine.operand(0) === combine.operand(1)) return null;
  const anyOrder = exact || (fastmathOf(combine) & FastMath.reassoc) !== 0;
  return { load, combine, store, element: combine.operand(1 - at), anyOrder };
}

function isLoadOf(load: Operation | null, store: Operation): boolean {
  if (load === null || load.name !== 'memory.load' || load.operand(0) !== store.operand(1)) return false;
  const [a, b] = [load.operands.slice(1), store.operands.slice(2)];
  return a.every((v, i) => v === b[i]);
}
