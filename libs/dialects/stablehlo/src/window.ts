// Windows that slide over a tensor: their sizes, strides, dilation and padding, and how many positions they have.
import { DYNAMIC, type Operation } from '@budflow/ir';
import { expectAtLeast, expectLength } from './shapes.js';

/** A window over one dimension. */
export interface WindowDim {
  readonly size: number;
  readonly stride: number;
  readonly low: number;
  readonly high: number;
  readonly baseDilation: number;
  readonly windowDilation: number;
}

/** Lists as an op has them; each may be missing. */
export interface WindowLists {
  readonly strides?: readonly number[] | undefined;
  readonly padding?: readonly (readonly [number, number])[] | undefined;
  readonly baseDilations?: readonly number[] | undefined;
  readonly windowDilations?: readonly number[] | undefined;
}

/** The windows of an op over dimensions; undefined, reported, where its lists do not fit `sizes` or are out of range. */
export function windowDims(op: Operation, sizes: readonly number[], lists: WindowLists): WindowDim[] | undefined {
  const n = sizes.length;
  if (
    !expectAtLeast(
      op,
      'window dimensions',
      sizes.filter((s) => s !== DYNAMIC),
      1,
    )
  )
    return undefined;
  for (const [what, list] of [
    ['window strides', lists.strides],
    ['base dilations', lists.baseDilations],
    ['window dilations', lists.windowDilations],
  ] as const)
    if (list !== undefined && (!expectLength(op, what, list, n) || !expectAtLeast(op, what, list, 1))) return undefined;
  if (lists.padding !== undefined && !expectLength(op, 'padding', lists.padding, n)) return undefined;
  return sizes.map((size, i) => ({
    size,
    stride: lists.strides?.[i] ?? 1,
    low: lists.padding?.[i]?.[0] ?? 0,
    high: lists.padding?.[i]?.[1] ?? 0,
    baseDilation: lists.baseDilations?.[i] ?? 1,
    windowDilation: lists.windowDilations?.[i] ?? 1,
  }));
}

/** Number of positions of a window over a dimension of a size. */
export function positions(size: number, w: WindowDim): number {
  if (size === DYNAMIC || w.size === DYNAMIC) return DYNAMIC;
  const dilated = size === 0 ? 0 : (size - 1) * w.baseDilation + 1;
  const total = w.low + dilated + w.high;
  const window = (w.size - 1) * w.windowDilation + 1;
  return total === 0 || window > total ? 0 : Math.floor((total - window) / w.stride) + 1;
}
