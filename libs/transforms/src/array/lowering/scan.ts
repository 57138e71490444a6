// array.scan, array.argmin and array.argmax: the other dimensions are apart, the one in question runs in its order.
//
//   loop.for %i name "scan.d0" {
//     loop.for %k name "scan.r0" iter_args(%acc = init) { %a = combine(%acc, x[%i, %k]); out[%i, %k] = %a; yield %a } }
//
// Along the last dimension vectors of it where the order allows that (scan-lanes.ts, arg-lanes.ts); along others the
// accumulators lie in private memory, where the scheduler makes them vectors of what lies side by side.
import { buildCombined, ScanOp } from '@budflow/dialect-array';
import { buildCompare, buildConvert, IndexCastOp, signednessOf } from '@budflow/dialect-core';
import { attr, FloatType, IntegerType, type TensorType, type Type, type Value } from '@budflow/ir';
import { extremeInLanes } from './arg-lanes.js';
import type { LoopLoweringMethods } from './interface.js';
import { lanesOfScan, scanInLanes } from './scan-lanes.js';
import type { LoweringSite, Size } from './site.js';

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

/** `body` for 0 to size - 1, with values that lie in private memory from one to the next. Returns the last ones. */
function inMemory(
  site: LoweringSite,
  size: Size,
  inits: readonly Value[],
  body: (k: Value, held: Value[]) => readonly Value[],
): Value[] {
  const cells = inits.map((v) => site.scratch([], v.type));
  cells.forEach((cell, i) => {
    site.storeScratch(inits[i]!, cell, []);
  });
  site.sequential([size], `${site.name}.r`, [], ([k]) => {
    const held = cells.map((cell) => site.loadScratch(cell, []));
    body(k!, held).forEach((value, i) => {
      site.storeScratch(value, cells[i]!, []);
    });
    return [];
  });
  return cells.map((cell) => site.loadScratch(cell, []));
}

export const lowerScan: LoopLoweringMethods = {
  // An element is read before its place is written, so that the copy which destinations start with is not needed.
  destination: (_, result) => result,
  build(op, site) {
    const inputs = ScanOp.inputs(op);
    const x = inputs[0]!;
    const dim = ScanOp.dim(op);
    const size = site.size(x, dim);
    const lanes = site.hasBuffer(x) ? lanesOfScan(op) : undefined;
    const isLast = dim === (x.type as TensorType).rank - 1;
    aside(site, x, dim, (at) => {
      if (lanes !== undefined) {
        scanInLanes(site, lanes, at);
        return;
      }
      const inits = ScanOp.inits(op).map((v) => site.load(v, []));
      const step = (i: Value, accumulators: readonly Value[]) => {
        const index = at(ScanOp.reverse(op) ? site.mirror(i, size) : i);
        const elements = inputs.map((v) => site.load(v, index));
        const next = buildCombined(op, site.builder, site.loc, accumulators, elements);
        (ScanOp.exclusive(op) ? accumulators : next).forEach((value, k) => {
          site.store(value, op.result(k), index);
        });
        return next;
      };
      if (isLast) site.sequential([size], `${site.name}.r`, inits, ([i], accumulators) => step(i!, accumulators));
      else inMemory(site, size, inits, step);
    });
  },
};

export function lowerArgExtreme(which: 'min' | 'max'): LoopLoweringMethods {
  return {
    build(op, site) {
      const { builder, loc } = site;
      const [x, result] = [op.operand(0), op.result(0)];
      const dim = attr.i64.read(op.attr('dim')!);
      const { element, rank } = x.type as TensorType;
      const size = site.size(x, dim);
      const compare = (kind: 'lt' | 'gt' | 'eq' | 'ne', a: Value, b: Value) =>
        buildCompare(kind, builder, loc, a, b, { signedness: signednessOf(element) });
      const isBeyond = (next: Value, held: Value) => {
        const beyond = compare(which === 'min' ? 'lt' : 'gt', next, held);
        if (!(element instanceof FloatType)) return beyond;
        return site.or(beyond, site.and(compare('ne', next, next), compare('eq', held, held)));
      };
      aside(site, x, dim, (at, point) => {
        const consider = (k: Value, held: Value, where: Value) => {
          const next = site.load(x, at(k));
          const beyond = isBeyond(next, held);
          return [site.select(beyond, next, held), site.select(beyond, as(k, where.type), where)];
        };
        /** A place as the type that places have: in vectors as few bytes as the result has. */
        const as = (k: Value, type: Type) =>
          type instanceof IntegerType ? IndexCastOp.build(builder, loc, { in: k, resultTypes: [type] }) : k;
        const to = site.elementType(result);
        const zero = site.index(0);
        if (dim !== rank - 1) {
          const start = [site.load(x, at(zero)), as(zero, to)];
          const [, where] = inMemory(site, size, start, (k, [held, best]) => consider(k, held!, best!));
          site.store(where!, result, point);
          return;
        }
        const [, where] =
          extremeInLanes(site, which, size, at, consider) ??
          site.sequential([size], `${site.name}.r`, [site.load(x, at(zero)), zero], ([k], [held, best]) =>
            consider(k!, held!, best!),
          );
        site.store(buildConvert(builder, loc, where!, site.op.context.index, to), result, point);
      });
    },
  };
}
