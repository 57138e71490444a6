// array.reduce_window and array.select_and_scatter: a nest over the positions of the window, one inside over the window.
//
//   loop.for %o name "reduce_window.d0" {
//     loop.for %w = 0 to window name "reduce_window.r0" iter_args(%acc = init) {
//       %p = %o * stride + %w * dilation - low
//       %x = loop.if 0 <= %p < size { load x[%p] } else { init }         // only where there is padding
//       yield combine(%acc, %x) } }
import { buildCombined, inlineScalarRegion, ReduceWindowOp, type WindowDims, windowDims } from '@budflow/dialect-array';
import { AffineExpr, DYNAMIC, type TensorType, type Value } from '@budflow/ir';
import { buildConstant } from '../../loop/lowering/scalar-ops.js';
import type { LoopLoweringMethods } from './interface.js';
import type { LoweringSite } from './site.js';

/** The element under a place of the window at a position, and whether there is one (undefined: always). */
function elementAt(
  site: LoweringSite,
  dims: WindowDims,
  x: Value,
  position: readonly Value[],
  place: readonly Value[],
): { index: Value[]; inside: Value | undefined } {
  let inside: Value | undefined;
  const need = (condition: Value) => {
    inside = inside ? site.and(inside, condition) : condition;
  };
  const index = position.map((o, d) => {
    const spread = AffineExpr.dim(0)
      .mul(dims.strides[d]!)
      .add(AffineExpr.dim(1).mul(dims.windowDilation[d]!))
      .sub(dims.low[d]!);
    const dilation = dims.baseDilation[d]!;
    const at = site.affine(spread, [o, place[d]!]);
    const element = dilation === 1 ? at : site.affine(spread.floorDiv(dilation), [o, place[d]!]);
    if (dims.low[d]! > 0) need(site.compare('ge', at, site.index(0)));
    if (dilation > 1) need(site.compare('eq', site.affine(spread.mod(dilation), [o, place[d]!]), site.index(0)));
    // An operand without elements has windows only over padding.
    if (dims.high[d]! > 0 || dims.low[d]! > 0 || dilation > 1)
      need(site.compare('lt', element, site.value(site.size(x, d))));
    return element;
  });
  return { index, inside };
}

export const lowerReduceWindow: LoopLoweringMethods = {
  build(op, site) {
    const dims = windowDims(op);
    const inputs = ReduceWindowOp.inputs(op);
    site.parallel(site.sizes(op.result(0)), site.name, (position) => {
      const inits = ReduceWindowOp.inits(op).map((v) => site.load(v, []));
      const totals = site.window(dims.window, `${site.name}.r`, inits, (place, accumulators) => {
        const { index, inside } = elementAt(site, dims, inputs[0]!, position, place);
        const load = () => inputs.map((x) => site.load(x, index));
        const elements = inside ? site.branch(inside, load, () => inits) : load();
        return buildCombined(op, site.builder, site.loc, accumulators, elements);
      });
      totals.forEach((value, i) => {
        site.store(value, op.result(i), position);
      });
    });
  },
};

export const lowerSelectAndScatter: LoopLoweringMethods = {
  build(op, site) {
    const dims = windowDims(op);
    const [x, source, init, result] = [op.operand(0), op.operand(1), op.operand(2), op.result(0)];
    const { context } = op;
    const { shape } = x.type as TensorType;
    // 1. The init everywhere.
    site.parallel(site.sizes(result), `${site.name}_init`, (point) => {
      site.store(site.load(init, []), result, point);
    });
    // 2. Dimensions in which windows are single elements are apart; the others run in order.
    const single = (d: number) =>
      dims.window[d] === 1 && dims.strides[d] === 1 && dims.low[d] === 0 && dims.high[d] === 0 && shape[d] !== DYNAMIC;
    const apart = shape.flatMap((_, d) => (single(d) ? [d] : []));
    const others = shape.flatMap((_, d) => (single(d) ? [] : [d]));
    const sizes = site.sizes(source);
    const run = (outer: readonly Value[]) => {
      site.sequential(
        others.map((d) => sizes[d]!),
        `${site.name}.s`,
        [],
        (inner) => {
          const position: Value[] = [];
          apart.forEach((d, k) => {
            position[d] = outer[k]!;
          });
          others.forEach((d, k) => {
            position[d] = inner[k]!;
          });
          scatterOne(position);
          return [];
        },
      );
    };
    const scatterOne = (position: readonly Value[]) => {
      const none = buildConstant(site.builder, site.loc, context.falseAttr, context.i1);
      const zero = site.index(0);
      // Carried: whether something was chosen, it, and where it is.
      const start = [none, site.load(init, []), ...shape.map(() => zero)];
      const chosen = site.sequential(dims.window, `${site.name}.w`, start, (place, carried) => {
        const { index, inside } = elementAt(site, dims, x, position, place);
        const consider = (): Value[] => {
          const next = site.load(x, index);
          const [some, held, ...where] = carried as [Value, Value, ...Value[]];
          const [stays] = inlineScalarRegion(op, site.builder, [held, next], 0);
          const keep = site.and(some, stays!);
          const yes = buildConstant(site.builder, site.loc, context.trueAttr, context.i1);
          return [yes, site.select(keep, held, next), ...where.map((w, d) => site.select(keep, w, index[d]!))];
        };
        return inside ? site.branch(inside, consider, () => carried) : consider();
      });
      const [some, , ...where] = chosen as [Value, Value, ...Value[]];
      site.branch(some, () => {
        const values = [site.loadResult(result, where), site.load(source, position)];
        site.store(inlineScalarRegion(op, site.builder, values, 1)[0]!, result, where);
        return [];
      });
    };
    if (apart.length === 0) run([]);
    else
      site.parallel(
        apart.map((d) => sizes[d]!),
        site.name,
        run,
      );
  },
};
