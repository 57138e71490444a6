// split: cuts a loop into an outer and an inner one.
//
//   loop.for %i = 0 to %n name "x" {            loop.for %o = 0 to (%n floordiv 8) name "x.o" {
//     f(%i)                                ->     loop.for %l = 0 to 8 name "x.i" {
//   }                                               f(%o * 8 + %l) } }
//                                               loop.for %i = (%n floordiv 8) * 8 to %n name "x~1" { f(%i) }
//
// Iterations keep their order, so it is legal but for `shift`. Left-over iterations run in a remainder loop behind the main one (`peel`;
// it and the loops inside are named x~1, x~2, ...), or the last inner loop is shorter (`guard`). Both new loops start
// at 0. With `shift` the last inner loop starts earlier and runs iterations again, which must not be noticed: refused when
// the loop reads what it writes; where the loop may be shorter than the factor, a copy of it runs then instead. With `mask`
// the inner loop always has `factor` iterations, under a condition. A loop whose trip count is surely a multiple of the
// factor needs none of these.
import { collectAccesses, DependenceAnalysis, IndexSpace, loopName, type Sign } from '@budflow/analysis';
import { CmpIOp } from '@budflow/dialect-core';
import {
  type AppliedMap,
  applyAffine,
  buildIndexConstant,
  combineAffine,
  composeAppliedMap,
  constantTripCount,
  dropDominatedResults,
  ForOp,
  forBounds,
  inductionVariable,
  linearForm,
  setForBounds,
} from '@budflow/dialect-loop';
import {
  AffineExpr,
  AttrNames,
  type Block,
  Builder,
  type LocationRef,
  Operation,
  Region,
  type Value,
} from '@budflow/ir';
import { findLoop, loopNames, renameClonedLoops } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { SplitStep } from './steps.js';

export const split = definePrimitive<SplitStep>('split', (kernel, step) => {
  const loop = findLoop(kernel, step.loop);
  const { factor, tail = 'peel' } = step;
  if (forBounds(loop).step !== 1)
    throw new Refusal(`only loops of step 1 are split, this one has step ${forBounds(loop).step}`, { loop: step.loop });
  const names = loopNames(kernel);
  for (const name of [`${step.loop}.o`, `${step.loop}.i`])
    if (names.has(name)) throw new Refusal(`the kernel has a loop named "${name}" already`, { loop: step.loop });

  const trip = tripExpressions(loop);
  const even = isMultiple(loop, trip, factor);
  if (even || tail === 'guard') splitWhole(loop, trip, factor, { even });
  else if (tail === 'shift') shift(kernel, loop, trip, factor, names);
  else if (tail === 'mask') mask(loop, trip, factor);
  else peel(loop, trip, factor, names);
});

/** The trip count as the minimum of affine expressions over the operands of the bounds. */
export interface Trip {
  readonly results: readonly AffineExpr[];
  /** Lower bounds over the same operands: the maximum counts. */
  readonly lower: readonly AffineExpr[];
  readonly operands: readonly Value[];
  readonly numDims: number;
  readonly numSymbols: number;
}

export function tripExpressions(loop: Operation): Trip {
  const { lower, upper } = forBounds(loop);
  // Dimensions of both bounds first, then symbols of both.
  const [ld, ud] = [lower.map.numDims, upper.map.numDims];
  const [ls, us] = [lower.map.numSymbols, upper.map.numSymbols];
  const operands = [
    ...lower.operands.slice(0, ld),
    ...upper.operands.slice(0, ud),
    ...lower.operands.slice(ld),
    ...upper.operands.slice(ud),
  ];
  const shiftedDims = Array.from({ length: ud }, (_, i) => AffineExpr.dim(ld + i));
  const shiftedSymbols = Array.from({ length: us }, (_, i) => AffineExpr.symbol(ls + i));
  const to = upper.map.results.map((e) => e.replace(shiftedDims, shiftedSymbols));
  const trips = to.flatMap((u) => lower.map.results.map((l) => u.sub(l)));
  // Normal form: a value that is a dimension of one bound and a symbol of the other becomes one input.
  const { map, operands: inputs } = composeAppliedMap(loop.context, {
    map: loop.context.affineMap(ld + ud, ls + us, [...trips, ...lower.map.results]),
    operands,
  });
  const [results, from] = [map.results.slice(0, trips.length), map.results.slice(trips.length)];
  return { results, lower: from, operands: inputs, numDims: map.numDims, numSymbols: map.numSymbols };
}

/** Whether the factor divides the trip count whatever the sizes are. */
function isMultiple(loop: Operation, trip: Trip, factor: number): boolean {
  const constant = constantTripCount(loop);
  if (constant !== undefined) return constant % factor === 0;
  if (trip.results.length !== 1) return factor === 1;
  const { terms, constant: rest } = linearForm(trip.results[0]!);
  return rest % factor === 0 && [...terms.values()].every((c) => c % factor === 0);
}

/** Outer loop over ceil(trip / factor); the inner one has `factor` iterations, or what is left of them. */
function splitWhole(loop: Operation, trip: Trip, factor: number, { even }: { readonly even: boolean }): void {
  const { context } = loop;
  const constant = constantTripCount(loop);
  const outerMap =
    constant !== undefined
      ? context.constantMap(Math.ceil(constant / factor))
      : context.affineMap(
          trip.numDims,
          trip.numSymbols,
          trip.results.map((e) => e.ceilDiv(factor)),
        );
  const outerOperands = constant !== undefined ? [] : trip.operands;
  if (even) {
    replaceBySplit(loop, factor, { map: outerMap, operands: outerOperands }, () => ({
      map: context.constantMap(factor),
      operands: [],
    }));
    return;
  }
  // min(factor, trip - o * factor); the outer variable becomes one more dimension, behind the others.
  const outer = AffineExpr.dim(trip.numDims);
  const symbols = trip.operands.slice(trip.numDims);
  const left =
    constant !== undefined
      ? [AffineExpr.constant(constant).sub(outer.mul(factor))]
      : trip.results.map((e) => e.sub(outer.mul(factor)));
  const map = context.affineMap(trip.numDims + 1, trip.numSymbols, [AffineExpr.constant(factor), ...left]);
  replaceBySplit(loop, factor, { map: outerMap, operands: outerOperands }, (o) => ({
    map,
    operands: [...trip.operands.slice(0, trip.numDims), o, ...symbols],
  }));
}

/** The last inner loop starts at trip - factor; only where there are as many iterations. */
function shift(kernel: Operation, loop: Operation, trip: Trip, factor: number, names: Set<string>): void {
  const { context, loc } = loop;
  const where = { loop: ForOp.name(loop) };
  if (loop.resultCount > 0) throw new Refusal('it carries values: iterations cannot run twice', where);
  if (trip.lower.length !== 1) throw new Refusal('its lower bound is a maximum', where);
  refuseRepetition(kernel, [loop]);
  const constant = constantTripCount(loop);
  if (constant !== undefined && constant < factor)
    throw new Refusal(`its ${constant} iterations are fewer than the factor ${factor}`, where);
  const builder = Builder.before(loop);
  const { numDims, numSymbols, operands } = trip;
  const count = combineAffine(builder, loc, 'loop.min', context.affineMap(numDims, numSymbols, trip.results), operands);
  if (constant === undefined) {
    // A copy runs where the loop is too short.
    const condition = CmpIOp.build(builder, loc, {
      predicate: 'sge',
      lhs: count,
      rhs: buildIndexConstant(builder, loc, factor),
    });
    const short = loop.clone();
    renameClonedLoops(short, names);
    insertIf(loop, condition, short);
  }
  const outer = { map: context.affineMap(1, 0, [AffineExpr.dim(0).ceilDiv(factor)]), operands: [count] };
  const inner = { map: context.constantMap(factor), operands: [] };
  replaceBySplit(
    loop,
    factor,
    outer,
    () => inner,
    (o, inside) => {
      const start = context.affineMap(2, 0, [AffineExpr.dim(0).mul(factor), AffineExpr.dim(1).sub(factor)]);
      return combineAffine(inside, loc, 'loop.min', start, [o, count]);
    },
  );
}

/** Puts the loop into the first branch of a loop.if, and something else into the second. */
function insertIf(loop: Operation, condition: Value, otherwise: Operation | null): void {
  const { context, loc } = loop;
  const regions = [new Region(), new Region()];
  const made = Operation.create(context.opInfo('loop.if'), loc, [condition], [], context.dictionary([]), regions);
  loop.parent!.insertBefore(made, loop);
  loop.remove();
  [loop, otherwise].forEach((op, i) => {
    if (!op) return;
    const block = regions[i]!.append();
    block.append(op);
    block.append(Operation.create(context.opInfo('loop.yield'), loc, [], []));
  });
}

/** Refuses nested loops whose iterations do something else when they run again after others. */
export function refuseRepetition(kernel: Operation, loops: readonly Operation[]): void {
  const where = { loop: loopName(loops[0]!) };
  const { accesses, unknown } = collectAccesses(loops[loops.length - 1]!);
  if (unknown) throw new Refusal(`'${unknown.name}' may touch any memory`, where);
  const analysis = new DependenceAnalysis(kernel, loops);
  for (const dependence of analysis.all(accesses)) {
    const reads = dependence.first.kind === 'read' || dependence.second.kind === 'read';
    const isHarmful = (signs: readonly Sign[]): boolean => reads || signs.some((sign) => sign !== 0);
    if (!analysis.findDirection(dependence, isHarmful)) continue;
    const report = analysis.report(dependence, 0);
    throw new Refusal(`iterations that run twice would be noticed by ${report.message}`, {
      ...where,
      dependence: report,
    });
  }
}

/** Always `factor` inner iterations; what is behind the end does nothing. */
function mask(loop: Operation, trip: Trip, factor: number): void {
  const { context, loc } = loop;
  if (loop.resultCount > 0) throw new Refusal('it carries values past a condition', { loop: ForOp.name(loop) });
  const { upper } = forBounds(loop);
  const builder = Builder.before(loop);
  const end = combineAffine(builder, loc, 'loop.min', upper.map, upper.operands);
  const { numDims, numSymbols, operands } = trip;
  const outer = {
    map: context.affineMap(
      numDims,
      numSymbols,
      trip.results.map((e) => e.ceilDiv(factor)),
    ),
    operands,
  };
  const made = replaceBySplit(loop, factor, outer, () => ({ map: context.constantMap(factor), operands: [] }));
  const inner = ForOp.body(made).entry.ops.find((op) => ForOp.is(op))!;
  const block = ForOp.body(inner).entry;
  const first = block.firstOp!.result(0);
  const ops = block.ops.slice(0, -1).filter((op) => op !== first.definingOp);
  const inside = buildGuard(Builder.before(block.lastOp!), loc, first, end);
  for (const op of ops) op.moveBefore(inside.lastOp!);
}

/** Builds `if (value < end) { }`; returns the block inside, which has its terminator. */
export function buildGuard(builder: Builder, loc: LocationRef, value: Value, end: Value): Block {
  const { context } = builder;
  const condition = CmpIOp.build(builder, loc, { predicate: 'slt', lhs: value, rhs: end });
  const then = new Region();
  const inside = then.append();
  inside.append(Operation.create(context.opInfo('loop.yield'), loc, [], []));
  builder.insert(
    Operation.create(context.opInfo('loop.if'), loc, [condition], [], context.dictionary([]), [then, new Region()]),
  );
  return inside;
}

/** Main loops over floor(trip / factor) * factor iterations, then a clone of the loop for the rest. */
function peel(loop: Operation, trip: Trip, factor: number, names: Set<string>): void {
  const { context } = loop;
  const builder = Builder.before(loop);
  const constant = constantTripCount(loop);
  const remainder = loop.clone();
  loop.parent!.insertBefore(remainder, loop.next);
  renameClonedLoops(remainder, names);

  // 1. Where the remainder begins: lower + floor(trip / factor) * factor; never before the lower bound.
  const { upper } = forBounds(loop);
  setForBounds(remainder, clean(loop, remainderStart(loop, trip, factor, constant, builder), 'max'), upper);

  // 2. The main part, whose results the remainder carries on.
  const outerMap =
    constant !== undefined
      ? context.constantMap(Math.floor(constant / factor))
      : context.affineMap(
          trip.numDims,
          trip.numSymbols,
          trip.results.map((e) => e.floorDiv(factor)),
        );
  const results = loop.results;
  const users = results.map((r) => {
    const list: { user: Operation; index: number }[] = [];
    r.forEachUse((user, index) => list.push({ user, index }));
    return list;
  });
  const main = replaceBySplit(
    loop,
    factor,
    { map: outerMap, operands: constant !== undefined ? [] : trip.operands },
    () => ({
      map: context.constantMap(factor),
      operands: [],
    }),
  );
  const inits = remainder.operandCount - results.length;
  results.forEach((_, i) => {
    remainder.setOperand(inits + i, main.result(i));
    for (const { user, index } of users[i]!) user.setOperand(index, remainder.result(i));
  });
}

function remainderStart(
  loop: Operation,
  trip: Trip,
  factor: number,
  constant: number | undefined,
  builder: Builder,
): AppliedMap {
  const { context } = loop;
  const { lower } = forBounds(loop);
  const [first] = lower.map.results;
  if (constant !== undefined && lower.map.results.length === 1) {
    const done = first!.add(Math.floor(constant / factor) * factor);
    return { map: context.affineMap(lower.map.numDims, lower.map.numSymbols, [done]), operands: lower.operands };
  }
  const safe = isTripNotNegative(loop);
  if (trip.results.length === 1) {
    const done = trip.results[0]!.floorDiv(factor).mul(factor).add(trip.lower[0]!);
    return {
      map: context.affineMap(trip.numDims, trip.numSymbols, safe ? [done] : [trip.lower[0]!, done]),
      operands: trip.operands,
    };
  }
  // The trip count is a minimum: a value of its own; so is a lower bound that is a maximum.
  const count = combineAffine(
    builder,
    loop.loc,
    'loop.min',
    context.affineMap(trip.numDims, trip.numSymbols, trip.results),
    trip.operands,
  );
  const whole = AffineExpr.dim(lower.map.numDims).floorDiv(factor).mul(factor);
  if (lower.map.results.length === 1) {
    const done = whole.add(first!);
    const { numDims, numSymbols } = lower.map;
    const operands = [...lower.operands.slice(0, numDims), count, ...lower.operands.slice(numDims)];
    return { map: context.affineMap(numDims + 1, numSymbols, safe ? [done] : [first!, done]), operands };
  }
  const from = combineAffine(builder, loop.loc, 'loop.max', lower.map, lower.operands);
  const done = AffineExpr.dim(0).floorDiv(factor).mul(factor).add(AffineExpr.dim(1));
  return { map: context.affineMap(2, 0, safe ? [done] : [AffineExpr.dim(1), done]), operands: [count, from] };
}

/** A bound in normal form: without the loop.apply ops and constants it can do without. */
function clean(loop: Operation, bound: AppliedMap, kind: 'min' | 'max'): AppliedMap {
  return dropDominatedResults(loop.context, composeAppliedMap(loop.context, bound), kind);
}

/** Whether the upper bound is surely not below the lower one. */
function isTripNotNegative(loop: Operation): boolean {
  const { lower, upper } = forBounds(loop);
  const space = new IndexSpace();
  const from = space.bound(lower);
  return space.bound(upper).every((to) => from.every((e) => space.isNotNegative(to.sub(e))));
}

/** Replaces the loop by x.o and x.i, with its body inside; returns the outer one. Annotations stay on the outer loop. */
function replaceBySplit(
  loop: Operation,
  factor: number,
  outerLimit: AppliedMap,
  innerLimit: (outer: Value) => AppliedMap,
  startOf?: (outer: Value, builder: Builder) => Value,
): Operation {
  const { context } = loop;
  const name = ForOp.name(loop)!;
  const { lower } = forBounds(loop);
  const inits = ForOp.inits(loop);
  const types = inits.map((v) => v.type);
  const body = ForOp.body(loop).entry;
  const zero = context.constantMap(0);

  const outerRegion = new Region();
  const outerBlock = outerRegion.append();
  const o = outerBlock.addArgument(context.index);
  const outerCarried = types.map((t) => outerBlock.addArgument(t));
  const outerBound = clean(loop, outerLimit, 'min');
  const inner = clean(loop, innerLimit(o), 'min');

  // 1. The inner loop takes over the body.
  const innerRegion = new Region();
  const innerBlock = innerRegion.append();
  const l = innerBlock.addArgument(context.index);
  const innerCarried = types.map((t) => innerBlock.addArgument(t));
  const builder = Builder.atEnd(context, innerBlock);
  const { map } = lower;
  const start = startOf?.(o, Builder.atEnd(context, outerBlock)) ?? o;
  const at = AffineExpr.dim(map.numDims)
    .mul(startOf ? 1 : factor)
    .add(AffineExpr.dim(map.numDims + 1));
  const first = map.results.length === 1 ? map.results[0]! : AffineExpr.dim(map.numDims + 2);
  const extra =
    map.results.length === 1 ? [] : [combineAffine(Builder.before(loop), loop.loc, 'loop.max', map, lower.operands)];
  const iv = applyAffine(
    builder,
    loop.loc,
    context.affineMap(map.numDims + 2 + extra.length, map.numSymbols, [first.add(at)]),
    [...lower.operands.slice(0, map.numDims), start, l, ...extra, ...lower.operands.slice(map.numDims)],
  );
  inductionVariable(loop).replaceAllUsesWith(iv);
  body.arguments.slice(1).forEach((arg, i) => {
    arg.replaceAllUsesWith(innerCarried[i]!);
  });
  for (let op = body.firstOp; op; ) {
    const next: Operation | null = op.next;
    op.remove();
    innerBlock.append(op);
    op = next;
  }
  const innerFor = Operation.create(
    loop.info,
    loop.loc,
    [...inner.operands, ...outerCarried],
    types,
    context.dictionary([
      ['lowerBound', context.affineMapAttr(zero)],
      ['upperBound', context.affineMapAttr(inner.map)],
      ['name', context.stringAttr(`${name}.i`)],
      [AttrNames.operandSegmentSizes, context.denseArray(context.i32, [0, inner.operands.length, inits.length])],
    ]),
    [innerRegion],
  );
  outerBlock.append(innerFor);
  outerBlock.append(Operation.create(context.opInfo('loop.yield'), loop.loc, innerFor.results, []));

  // 2. The outer loop replaces the loop.
  const attributes = context.dictionary([
    ...loop.attributes.names.map((n, i) => [n, loop.attributes.values[i]!] as const).filter(([n]) => n !== 'step'),
    ['lowerBound', context.affineMapAttr(zero)],
    ['upperBound', context.affineMapAttr(outerBound.map)],
    ['name', context.stringAttr(`${name}.o`)],
    [AttrNames.operandSegmentSizes, context.denseArray(context.i32, [0, outerBound.operands.length, inits.length])],
  ]);
  const outerFor = Operation.create(loop.info, loop.loc, [...outerBound.operands, ...inits], types, attributes, [
    outerRegion,
  ]);
  loop.parent!.insertBefore(outerFor, loop);
  loop.results.forEach((r, i) => {
    r.replaceAllUsesWith(outerFor.result(i));
  });
  loop.erase();
  return outerFor;
}
