// reduce_window over padding of known values: the padding becomes an op of its own.
import { ReduceWindowOp, uniformValue, windowDims } from '@budflow/dialect-array';
import { type Attribute, Builder, DYNAMIC, type Operation, type TensorType, type Value } from '@budflow/ir';
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
  return true;
}
