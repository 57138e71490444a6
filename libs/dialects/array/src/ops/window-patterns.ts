// Canonicalizations of array.reduce_window.
import { definePattern, FloatType, type Value } from '@budflow/ir';
import { combinerKind } from '../combine.js';
import type { ReduceKind } from '../kinds.js';
import { isSplat } from '../splat.js';
import { tensorType } from '../structure.js';
import { windowDims } from '../window-dims.js';
import { ConstantOp } from './creation.js';
import { ScanOp } from './scan.js';

/** Whether combining the init with itself gives the init, so that a window that reaches out of the operand starts alike. */
function isIdempotent(kind: ReduceKind, init: Value): boolean {
  if (kind !== 'add' && kind !== 'mul' && kind !== 'xor') return true;
  const op = init.definingOp;
  if (!op || !ConstantOp.is(op)) return false;
  const value = ConstantOp.value(op);
  return kind === 'mul' ? isSplat(value, 1) : isSplat(value, 0) || isSplat(value, -0);
}

export const windowPatterns = [
  definePattern({
    name: 'window-of-all-before-is-scan',
    equation:
      'reduce_window<window n, low n - 1>(x, z) == scan(x, z)  where x has n elements there and z combined with z is z',
    root: 'array.reduce_window',
    generates: ['array.scan'],
    rewrite(op, rewriter) {
      const kind = combinerKind(op);
      if (kind === undefined) return false;
      const { window, strides, baseDilation, windowDilation, low, high } = windowDims(op);
      const wide = window.flatMap((n, d) => (n > 1 ? [d] : []));
      const [dim] = wide;
      const { shape, element } = tensorType(op.operand(0));
      if (wide.length !== 1 || dim === undefined || shape[dim] !== window[dim]) return false;
      if ([...strides, ...baseDilation, ...windowDilation].some((n) => n !== 1)) return false;
      if ([...low, ...high].some((n, d) => n !== 0 && d % low.length !== dim)) return false;
      const forward = low[dim] === window[dim]! - 1 && high[dim] === 0;
      const backward = low[dim] === 0 && high[dim] === window[dim]! - 1;
      // From the other end floats are added in another order.
      const exact = !(element instanceof FloatType) || kind === 'min' || kind === 'max';
      if (!(forward || (backward && exact)) || !isIdempotent(kind, op.operand(1))) return false;
      rewriter.setInsertionPoint(op);
      const scan = ScanOp.create(rewriter, op.loc, {
        inputs: [op.operand(0)],
        inits: [op.operand(1)],
        kind,
        dim,
        reverse: backward,
        resultTypes: op.resultTypes,
        regions: [],
      });
      rewriter.replaceOp(op, scan.results);
      return true;
    },
  }),
];
