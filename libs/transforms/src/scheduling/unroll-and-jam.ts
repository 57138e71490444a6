// unroll_and_jam: unrolls a loop of known trip count and puts the copies of each statement together.
//
//   loop.for %i = 0 to 2 name "i" {             %s0 = alloca;  %s1 = alloca
//     %s = alloca                               store 0, %s0[];  store 0, %s1[]
//     store 0, %s[]                        ->   loop.for %k .. name "k" {
//     loop.for %k .. name "k" {                   f(0, %k, %s0);  f(1, %k, %s1)
//       f(%i, %k, %s) } }                       }
//
// Inner loops with the same bounds in all copies are jammed into one; buffers allocated inside are duplicated; what all
// copies compute alike is computed once. Iterations of the loop are interleaved: refused when a dependence would run
// backwards then. (Allen and Cocke; Callahan, Carr and Kennedy 1990.)
import { carriedDependence, isDefinedInside, loopName } from '@budflow/analysis';
import { applyAffine, constantTripCount, ForOp, forBounds, inductionVariable } from '@budflow/dialect-loop';
import { AffineExpr, type Block, Builder, effectsOf, Operation, Region, type Value } from '@budflow/ir';
import { findLoop } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { UnrollAndJamStep } from './steps.js';

/** More copies than this are surely a mistake. */
const MAX_COPIES = 64;

export const unrollAndJam = definePrimitive<UnrollAndJamStep>('unroll_and_jam', (kernel, { loop: name }) => {
  const loop = findLoop(kernel, name);
  const trip = constantTripCount(loop);
  const { lower, step } = forBounds(loop);
  if (trip === undefined) throw new Refusal('its trip count is not a constant: split it first', { loop: name });
  if (trip > MAX_COPIES)
    throw new Refusal(`its ${trip} iterations are more than ${MAX_COPIES} copies: split it first`, { loop: name });
  if (loop.resultCount > 0) throw new Refusal('it carries values', { loop: name });
  if (lower.map.results.length !== 1) throw new Refusal('its lower bound is a maximum', { loop: name });
  const carried = carriedDependence(kernel, loop, { inStep: true, ordered: true });
  if (carried && 'unknown' in carried)
    throw new Refusal(`'${carried.unknown.name}' may touch any memory`, { loop: name });
  if (carried)
    throw new Refusal(`loop-carried dependence through ${carried.report.message}`, {
      loop: name,
      dependence: carried.report,
    });
  checkJammable(loop, loop);

  const builder = Builder.before(loop);
  const first = lower.map.results[0]!;
  const iv = inductionVariable(loop);
  const copies: Copies = Array.from({ length: trip }, (_, t) => {
    const map = loop.context.affineMap(lower.map.numDims, lower.map.numSymbols, [
      first.add(AffineExpr.constant(t * step)),
    ]);
    return new Map([[iv, applyAffine(builder, loop.loc, map, lower.operands)]]);
  });
  if (trip > 0) jam(ForOp.body(loop).entry, copies, builder);
  loop.erase();
});

/** Refuses what cannot be jammed: inner loops whose bounds differ between copies, and other loops. */
function checkJammable(unrolled: Operation, op: Operation): void {
  for (const region of op.regions) {
    for (let inner = region.blocks[0]?.firstOp ?? null; inner; inner = inner.next) {
      if (inner.ownRegions === null) continue;
      if (ForOp.is(inner)) {
        const { lower, upper } = forBounds(inner);
        for (const value of [...lower.operands, ...upper.operands]) {
          if (!dependsOnCopy(unrolled, value)) continue;
          const outer = loopName(unrolled);
          throw new Refusal(`the bounds of the inner loop "${loopName(inner)}" depend on it`, { loop: outer });
        }
      } else if (inner.name !== 'loop.if' || dependsOnCopy(unrolled, inner.operand(0))) {
        throw new Refusal(`'${inner.name}' inside cannot be jammed`, { loop: loopName(unrolled) });
      }
      checkJammable(unrolled, inner);
    }
  }
}

/** Whether a value can differ between the copies: it does not when it is computed without effects from what is common. */
function dependsOnCopy(unrolled: Operation, value: Value): boolean {
  if (!isDefinedInside(value, unrolled)) return false;
  const op = value.definingOp;
  // Variables of inner loops are common once their loops are jammed; carried values are not.
  if (op === null) return !(value.index === 0 && value.parentBlock?.parentOp !== unrolled);
  if (!isSharable(op)) return true;
  return op.operands.some((operand) => dependsOnCopy(unrolled, operand));
}

/** Whether one execution serves all copies when the operands are the same: they stand next to each other. */
function isSharable(op: Operation): boolean {
  if (op.ownRegions !== null) return false;
  const effects = effectsOf(op);
  return effects !== null && effects.every((e) => e.kind === 'read');
}

/** One map from old to new values for each copy. */
type Copies = readonly Map<Value, Value>[];

function lookup(copy: ReadonlyMap<Value, Value>, value: Value): Value {
  return copy.get(value) ?? value;
}

function mapped(copy: ReadonlyMap<Value, Value>, values: readonly Value[]): Value[] {
  return values.map((v) => lookup(copy, v));
}

function setAll(copy: Map<Value, Value>, from: readonly Value[], to: readonly Value[]): void {
  from.forEach((value, i) => {
    copy.set(value, to[i]!);
  });
}

/** Emits all copies of the ops of a block but its terminator. */
function jam(block: Block, copies: Copies, builder: Builder): void {
  for (let op = block.firstOp; op && op !== block.lastOp; op = op.next) {
    if (ForOp.is(op)) jamFor(op, copies, builder);
    else if (op.ownRegions !== null) jamIf(op, copies, builder);
    else emitCopies(op, copies, builder);
  }
}

function emitCopies(op: Operation, copies: Copies, builder: Builder): void {
  const [first, ...rest] = copies;
  const common =
    isSharable(op) && rest.every((copy) => op.operands.every((v) => lookup(copy, v) === lookup(first!, v)));
  if (common) {
    const made = builder.insert(op.clone(new Map(first)));
    for (const copy of copies) setAll(copy, op.results, made.results);
    return;
  }
  for (const copy of copies) builder.insert(op.clone(copy));
}

function jamFor(loop: Operation, copies: Copies, builder: Builder): void {
  const { lower, upper } = forBounds(loop);
  const bounds = mapped(copies[0]!, [...lower.operands, ...upper.operands]);
  const inits = ForOp.inits(loop);
  const old = ForOp.body(loop).entry;
  const region = new Region();
  const block = region.append();
  const iv = block.addArgument(loop.context.index);
  const carried = copies.map(() => inits.map((v) => block.addArgument(v.type)));
  const attributes = withSegments(loop, [lower.operands.length, upper.operands.length, inits.length * copies.length]);
  const types = copies.flatMap(() => loop.resultTypes);
  const operands = [...bounds, ...copies.flatMap((copy) => mapped(copy, inits))];
  const made = builder.insert(Operation.create(loop.info, loop.loc, operands, types, attributes, [region]));

  const inner = copies.map((copy, t) => {
    const own = new Map(copy);
    own.set(old.arguments[0]!, iv);
    setAll(own, old.arguments.slice(1), carried[t]!);
    return own;
  });
  jamBody(old, inner, block);
  copies.forEach((copy, t) => {
    setAll(copy, loop.results, made.results.slice(t * inits.length));
  });
}

function withSegments(loop: Operation, sizes: readonly number[]) {
  const { context } = loop;
  return context.withAttribute(loop.attributes, 'operandSegmentSizes', context.denseArray(context.i32, sizes));
}

function jamIf(op: Operation, copies: Copies, builder: Builder): void {
  const regions = op.regions.map((old) => {
    const region = new Region();
    if (old.isEmpty) return region;
    jamBody(
      old.entry,
      copies.map((copy) => new Map(copy)),
      region.append(),
    );
    return region;
  });
  const types = copies.flatMap(() => op.resultTypes);
  const made = builder.insert(
    Operation.create(op.info, op.loc, mapped(copies[0]!, op.operands), types, op.attributes, regions),
  );
  copies.forEach((copy, t) => {
    setAll(copy, op.results, made.results.slice(t * op.resultCount));
  });
}

/** Copies of a whole block; its terminator passes the values of all of them, copy by copy. */
function jamBody(old: Block, copies: Copies, block: Block): void {
  const builder = Builder.atEnd(old.terminator.context, block);
  jam(old, copies, builder);
  const terminator = old.terminator;
  const values = copies.flatMap((copy) => mapped(copy, terminator.operands));
  builder.insert(Operation.create(terminator.info, terminator.loc, values, [], terminator.attributes));
}
