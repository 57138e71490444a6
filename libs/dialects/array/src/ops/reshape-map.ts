// The affine map of a reshape: which operand element a result element is, where sizes let an affine map say it.
import { AffineExpr, DYNAMIC } from '@budflow/ir';

export interface ReshapeExpressions {
  /** Operand index of each operand dimension, over the result dimensions. */
  readonly operand: readonly AffineExpr[];
  /** Result dimension -> the operand dimension that has its (dynamic) size; undefined where none has it. */
  readonly sizeSources: ReadonlyMap<number, number>;
}

interface Cursor {
  i: number;
  j: number;
}

/**
 * Dimensions are matched from left to right in groups of equal product, so that collapses, expansions and unit
 * dimensions get simple expressions. `sameSize(i, j)` says that dynamic operand dimension i and dynamic result
 * dimension j are known to be equal. Undefined when the index is not affine (a dynamic size would be a factor).
 */
export function reshapeExpressions(
  from: readonly number[],
  to: readonly number[],
  sameSize: (operandDim: number, resultDim: number) => boolean,
): ReshapeExpressions | undefined {
  if (from.includes(0) || to.includes(0))
    return { operand: from.map(() => AffineExpr.constant(0)), sizeSources: new Map() };
  const operand: AffineExpr[] = [];
  const sizeSources = new Map<number, number>();
  const at: Cursor = { i: 0, j: 0 };
  while (at.i < from.length || at.j < to.length) {
    const a = from[at.i];
    const b = to[at.j];
    if (a === 1) {
      operand.push(b === 1 ? AffineExpr.dim(at.j++) : AffineExpr.constant(0));
      at.i++;
    } else if (b === 1) {
      at.j++;
    } else if (a === DYNAMIC && b === DYNAMIC && sameSize(at.i, at.j)) {
      sizeSources.set(at.j, at.i);
      operand.push(AffineExpr.dim(at.j++));
      at.i++;
    } else {
      const end = staticGroup(from, to, at) ?? { i: from.length, j: to.length };
      const group = groupExpressions(from, to, at, end);
      if (!group) return undefined;
      operand.push(...group);
      Object.assign(at, end);
    }
  }
  return { operand, sizeSources };
}

/** The end of the shortest group of static dimensions of equal product that starts here. */
function staticGroup(from: readonly number[], to: readonly number[], start: Cursor): Cursor | undefined {
  let { i, j } = start;
  let left = from[i++] ?? DYNAMIC;
  let right = to[j++] ?? DYNAMIC;
  while (left !== right) {
    if (left === DYNAMIC || right === DYNAMIC) return undefined;
    const next = left < right ? from[i++] : to[j++];
    if (next === undefined || next === DYNAMIC) return undefined;
    if (left < right) left *= next;
    else right *= next;
  }
  return left === DYNAMIC ? undefined : { i, j };
}

/** Through the row-major position within the group; only its first dimensions may be dynamic. */
function groupExpressions(
  from: readonly number[],
  to: readonly number[],
  start: Cursor,
  end: Cursor,
): AffineExpr[] | undefined {
  if (from.slice(start.i + 1, end.i).includes(DYNAMIC) || to.slice(start.j + 1, end.j).includes(DYNAMIC))
    return undefined;
  let position = AffineExpr.constant(0);
  let stride = 1;
  for (let j = end.j - 1; j >= start.j; j--) {
    position = AffineExpr.dim(j).mul(stride).add(position);
    stride *= to[j]!;
  }
  const list: AffineExpr[] = [];
  stride = 1;
  for (let i = end.i - 1; i >= start.i; i--) {
    const quotient = position.floorDiv(stride);
    // The first dimension needs no mod: the position is in range.
    list.unshift(from[i] === 1 ? AffineExpr.constant(0) : i === start.i ? quotient : quotient.mod(from[i]!));
    stride *= from[i]!;
  }
  return list;
}
