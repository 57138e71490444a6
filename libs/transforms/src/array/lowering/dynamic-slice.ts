// array.dynamic_slice and array.dynamic_update_slice: one nest over the window, at a start that is moved inside.
//
//   %s = max(0, min(%start, size - window))
//   loop.for %i = 0 to window name "dynamic_slice.d0" { out[%i] = x[%s + %i] }
import { DynamicSliceOp, DynamicUpdateSliceOp } from '@budflow/dialect-array';
import type { TensorType, Value } from '@budflow/ir';
import type { LoopLoweringMethods } from './interface.js';
import type { LoweringSite } from './site.js';

/** The clamped start of a window of the shape of `window` in each dimension of `whole`. Built inside of the loops, hoisted later. */
function startsOf(site: LoweringSite, starts: readonly Value[], whole: Value, window: Value): Value[] {
  return starts.map((start, d) => {
    const { element } = start.type as TensorType;
    const index = site.toIndex(site.load(start, []), element);
    return site.clampStart(index, site.size(whole, d), site.size(window, d));
  });
}

export const lowerDynamicSlice: LoopLoweringMethods = {
  build(op, site) {
    const [x, result] = [op.operand(0), op.result(0)];
    site.parallel(site.sizes(result), site.name, (point) => {
      const starts = startsOf(site, DynamicSliceOp.starts(op), x, result);
      const from = point.map((i, d) => site.value(site.sum(starts[d]!, i)));
      site.store(site.load(x, from), result, point);
    });
  },
};

export const lowerDynamicUpdateSlice: LoopLoweringMethods = {
  destination: () => 0,
  build(op, site) {
    const [x, update, result] = [op.operand(0), op.operand(1), op.result(0)];
    site.provideDestination(result, x);
    site.parallel(site.sizes(update), site.name, (point) => {
      const starts = startsOf(site, DynamicUpdateSliceOp.starts(op), x, update);
      const to = point.map((i, d) => site.value(site.sum(starts[d]!, i)));
      site.store(site.load(update, point), result, to);
    });
  },
};
