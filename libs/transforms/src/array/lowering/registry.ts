// The lowerings that come with the compiler, one file for each op. They are attached to a context when it is first asked
// for one, because the array dialect lies below the dialects they build.
import type { Context, Operation } from '@budflow/ir';
import { lowerCholesky } from './cholesky.js';
import { lowerDynamicSlice, lowerDynamicUpdateSlice } from './dynamic-slice.js';
import { lowerFft } from './fft.js';
import { LoopLowering, type LoopLoweringMethods } from './interface.js';
import { lowerPack, lowerUnpack } from './pack.js';
import { lowerReduceWindow, lowerSelectAndScatter } from './reduce-window.js';
import { lowerReverse } from './reverse.js';
import { lowerArgExtreme, lowerScan } from './scan.js';
import { lowerScatter } from './scatter.js';
import { lowerSort } from './sort.js';
import { lowerTriangularSolve } from './triangular-solve.js';

const LOWERINGS: readonly (readonly [string, LoopLoweringMethods])[] = [
  ['array.reverse', lowerReverse],
  ['array.dynamic_slice', lowerDynamicSlice],
  ['array.dynamic_update_slice', lowerDynamicUpdateSlice],
  ['array.scatter', lowerScatter],
  ['array.pack', lowerPack],
  ['array.unpack', lowerUnpack],
  ['array.reduce_window', lowerReduceWindow],
  ['array.select_and_scatter', lowerSelectAndScatter],
  ['array.fft', lowerFft],
  ['array.cholesky', lowerCholesky],
  ['array.triangular_solve', lowerTriangularSolve],
  ['array.scan', lowerScan],
  ['array.sort', lowerSort],
  ['array.argmin', lowerArgExtreme('min')],
  ['array.argmax', lowerArgExtreme('max')],
];

const prepared = new WeakSet<Context>();

/** The lowering of an op; undefined for ops that fusion works on by their structured form, and for all others. */
export function loopLowering(op: Operation): LoopLoweringMethods | undefined {
  const { context } = op;
  if (!prepared.has(context)) {
    prepared.add(context);
    for (const [name, lowering] of LOWERINGS) context.attach(name, LoopLowering, lowering);
  }
  const lowering = LoopLowering.of(op);
  return lowering && lowering.applies?.(op) !== false ? lowering : undefined;
}

export function hasLoopLowering(op: Operation): boolean {
  return loopLowering(op) !== undefined;
}
