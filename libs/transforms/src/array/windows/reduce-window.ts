// reduce_window over padding of known values: the padding becomes an op of its own, and a window of a few places is written
// out, so that the padded tensor is read where it is: a nest for the places inside, others for those at the borders.
//
//   reduce_window max %x init %z window = [2] strides = [2] high = [1]
//     ->  %p = pad %x high = [1];  max(max(%z, %p[0 : : 2]), %p[1 : : 2])
import { combinerKind, FullOp, ReduceWindowOp, SliceOp, uniformValue, windowDims } from '@budflow/dialect-array';
import { buildNamed } from '@budflow/dialect-core';
import {
  type Attribute,
  Builder,
  byteWidth,
  DYNAMIC,
  FloatType,
  type Operation,
  type TensorType,
  type Value,
} from '@budflow/ir';
import { spreadOut } from './spread.js';

/** The one value of a constant init. */
function constantInit(value: Value): Attribute | undefined {
  return value.definingOp ? uniformValue(value.definingOp) : undefined;
}

/** Rewrites a window that meets padding, when the padding is constant; returns whether it did. */
export function expandReduceWindow(op: Operation): boolean {
  const dims = windowDims(op);
  const padded = [...dims.low, ...dims.high].some((n) => n !== 0) || dims.baseDilation.some((n) => n !== 1);
  if (!padded) return false;
  const inputs = ReduceWindowOp.inputs(op);
  const fills = ReduceWindowOp.inits(op).map(constantInit);
  // Sizes that are cut or spread at run time keep the counts that the op defines.
  const shape = (inputs[0]!.type as TensorType).shape;
  const unknown = shape.some(
    (n, d) => n === DYNAMIC && (dims.low[d]! < 0 || dims.high[d]! < 0 || dims.baseDilation[d] !== 1),
  );
  if (unknown || fills.includes(undefined)) return false;
  // Without a position there is nothing to compute: what would be cut may be more than there is.
  if ((op.result(0).type as TensorType).shape.includes(0)) return false;
  const builder = Builder.before(op);
  inputs.forEach((input, i) => {
    const spread = { low: dims.low, high: dims.high, dilation: dims.baseDilation };
    op.setOperand(i, spreadOut(builder, op.loc, input, fills[i]!, spread));
  });
  const { context } = op;
  const list = (n: number) => context.denseArray(context.i64, new Array<number>(shape.length).fill(n));
  op.setAttr('low', list(0));
  op.setAttr('high', list(0));
  op.setAttr('base_dilation', list(1));
  writeOut(op, fills[0]!);
  return true;
}

/** Places of a window up to which it is written out. */
const PLACES = 9;

/**
 * The dimension along which rows of the result run together, if any: neighbours there meet the same rows of the window, of
 * which the greatest and the least are computed once.
 */
function slidingDim(window: readonly number[]): number | undefined {
  const wide = window.flatMap((size, d) => (size > 1 ? [d] : []));
  return wide.length < 2 ? undefined : wide.filter((d) => d < window.length - 1).pop();
}

/**
 * Replaces a window without padding by ops on whole tensors, one for each place, in the order in which the window is walked:
 * no bit changes. Least and greatest elements, for which no order matters, are first those of each row across the one dimension
 * (`slidingDim`). Sums of short floats stay, as they may be taken in longer ones.
 */
function writeOut(op: Operation, init: Attribute): void {
  const kind = combinerKind(op);
  const { window, strides, windowDilation } = windowDims(op);
  const type = op.result(0).type as TensorType;
  const { shape } = op.operand(0).type as TensorType;
  const places = window.reduce((n, size) => n * size, 1);
  if (kind === undefined || places > PLACES || places < 2 || [...shape, ...type.shape].includes(DYNAMIC)) return;
  const isShort = type.element instanceof FloatType && byteWidth(type.element)! < 4;
  if (isShort && kind !== 'min' && kind !== 'max') return;
  const builder = Builder.before(op);
  const combine = (x: Value | undefined, y: Value): Value =>
    x ? buildNamed(builder, op.loc, `array.${kind}`, [x, y]) : y;
  const outermost = kind === 'min' || kind === 'max' ? slidingDim(window) : undefined;
  let total: Value = FullOp.build(builder, op.loc, { value: init, sizes: [], resultTypes: [type] });
  let part: Value | undefined;
  // The dimension in which parts are shared is walked outermost, each part on its own.
  const order = window.map((_, d) => d).sort((x, y) => Number(y === outermost) - Number(x === outermost) || x - y);
  const place = window.map(() => 0);
  for (let n = 0; n < places; n++) {
    const starts = place.map((at, d) => at * windowDilation[d]!);
    const limits = starts.map((start, d) => start + (type.shape[d]! - 1) * strides[d]! + 1);
    const seen = SliceOp.build(builder, op.loc, { operand: op.operand(0), starts, limits, strides: [...strides] });
    if (outermost === undefined) total = combine(total, seen);
    else part = combine(part, seen);
    const last = outermost === undefined ? -1 : place[outermost]!;
    for (let k = order.length - 1; k >= 0; k--) {
      const d = order[k]!;
      if (++place[d]! < window[d]!) break;
      place[d] = 0;
    }
    if (part && place[outermost!] !== last) {
      total = combine(total, part);
      part = undefined;
    }
  }
  op.result(0).replaceAllUsesWith(total);
  op.erase();
}
