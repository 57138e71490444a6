// array.scan, array.argmin and array.argmax: the other dimensions are apart, the one in question runs in its order.
//
//   loop.for %i name "scan.d0" {
//     loop.for %k name "scan.r0" iter_args(%acc = init) { %a = combine(%acc, x[%i, %k]); out[%i, %k] = %a; yield %a } }
import { buildCombined, ScanOp } from '@budflow/dialect-array';
import { buildCompare, buildConvert, signednessOf } from '@budflow/dialect-core';
import { attr, FloatType, type TensorType, type Value } from '@budflow/ir';
import type { LoopLoweringMethods } from './interface.js';
import type { LoweringSite } from './site.js';

/** Loops over all dimensions but one. `body` gets the function that places an index along that one among the others. */
function aside(
  site: LoweringSite,
  x: Value,
  dim: number,
  body: (at: (k: Value) => Value[], others: Value[]) => void,
): void {
  const sizes = site.sizes(x).filter((_, d) => d !== dim);
  site.parallel(sizes, site.name, (point) => {
    body((k) => [...point.slice(0, dim), k, ...point.slice(dim)], point);
  });
}

export const lowerScan: LoopLoweringMethods = {
  // An element is read before its place is written, so that the copy which destinations start with is not needed.
  destination: (_, result) => result,
  build(op, site) {
    const inputs = ScanOp.inputs(op);
    const x = inputs[0]!;
    const size = site.size(x, ScanOp.dim(op));
    aside(site, x, ScanOp.dim(op), (at) => {
      const inits = ScanOp.inits(op).map((v) => site.load(v, []));
      site.sequential([size], `${site.name}.r`, inits, ([i], accumulators) => {
        const index = at(ScanOp.reverse(op) ? site.mirror(i!, size) : i!);
        const elements = inputs.map((v) => site.load(v, index));
        const next = buildCombined(op, site.builder, site.loc, accumulators, elements);
        (ScanOp.exclusive(op) ? accumulators : next).forEach((value, k) => {
          site.store(value, op.result(k), index);
        });
        return next;
      });
    });
  },
};

export function lowerArgExtreme(which: 'min' | 'max'): LoopLoweringMethods {
  return {
    build(op, site) {
      const { builder, loc } = site;
      const [x, result] = [op.operand(0), op.result(0)];
      const dim = attr.i64.read(op.attr('dim')!);
      const { element } = x.type as TensorType;
      const compare = (kind: 'lt' | 'gt' | 'eq' | 'ne', a: Value, b: Value) =>
        buildCompare(kind, builder, loc, a, b, { signedness: signednessOf(element) });
      aside(site, x, dim, (at, point) => {
        const zero = site.index(0);
        const [, best] = site.sequential(
          [site.size(x, dim)],
          `${site.name}.r`,
          [site.load(x, at(zero)), zero],
          ([i], [held, where]) => {
            const next = site.load(x, at(i!));
            let beyond = compare(which === 'min' ? 'lt' : 'gt', next, held!);
            if (element instanceof FloatType) {
              const firstNaN = site.and(compare('ne', next, next), compare('eq', held!, held!));
              beyond = site.or(beyond, firstNaN);
            }
            return [site.select(beyond, next, held!), site.select(beyond, i!, where!)];
          },
        );
        const to = site.elementType(result);
        site.store(buildConvert(builder, loc, best!, site.op.context.index, to), result, point);
      });
    },
  };
}
