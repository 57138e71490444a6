// Canonicalization of loop.for.
import {
  AttrNames,
  type Context,
  definePattern,
  isMemoryEffectFree,
  Operation,
  Region,
  type RewritePattern,
  type Rewriter,
  type Value,
} from '@budflow/ir';
import {
  type AppliedMap,
  appliedValue,
  composeAppliedMap,
  dropDominatedResults,
  sameApplied,
  singleValue,
} from './affine-operands.js';
import { applyAffine } from './apply-affine.js';
import { LoopAttrs } from './attributes.js';
import { constantTripCount, forBounds, forInits, forSegments, setForBounds } from './for-bounds.js';

const ROOT = 'loop.for';

/** Steps of a schedule that are still to come may name the loop. */
function isNamedForSchedule(op: Operation): boolean {
  if (!op.attr(LoopAttrs.name)) return false;
  return op.ancestor((parent) => parent.attr(LoopAttrs.schedule) !== undefined) !== null;
}

const eraseEmpty = definePattern({
  name: 'erase-loop-without-iterations',
  equation: 'for i in [a, b) carrying x == x, when b <= a',
  root: ROOT,
  benefit: 10,
  rewrite(op, rewriter) {
    if (constantTripCount(op) !== 0) return false;
    if (isNamedForSchedule(op)) return rewriter.fail('a schedule step may name the loop');
    rewriter.replaceOp(op, forInits(op));
    return true;
  },
});

const inlineSingle = definePattern({
  name: 'inline-single-iteration',
  equation: 'for i in [a, a + n) step s: body(i) == body(a), when 0 < n <= s',
  root: ROOT,
  benefit: 9,
  rewrite(op, rewriter) {
    if (constantTripCount(op) !== 1) return false;
    if (isNamedForSchedule(op)) return rewriter.fail('a schedule step may name the loop');
    const { lower } = forBounds(op);
    if (lower.map.results.length !== 1) return rewriter.fail('the lower bound is a maximum');
    const body = op.region(0).entry;
    rewriter.setInsertionPoint(op);
    const first = applyAffine(rewriter, op.loc, lower.map, lower.operands);
    const yielded = body.terminator.operands;
    const args = body.arguments;
    const carried = forInits(op);
    // A yielded block argument is replaced like every other use of it.
    const results = yielded.map((v) => (v.owner === body ? (v.index === 0 ? first : carried[v.index - 1]!) : v));
    if (args.length !== carried.length + 1) return false;
    rewriter.eraseOp(body.terminator);
    rewriter.inlineBlockBefore(body, op, [first, ...carried]);
    rewriter.replaceOp(op, results);
    return true;
  },
});

/** Replaces a single result that is the value of a loop.min (for an upper bound) or loop.max (lower) by its results. */
function openCombiner(context: Context, bound: AppliedMap, combiner: 'loop.min' | 'loop.max'): AppliedMap {
  const inner = singleValue(bound)?.definingOp;
  if (!inner || inner.name !== combiner) return bound;
  const map = inner.attr('map');
  if (!map || !('map' in map)) return bound;
  return composeAppliedMap(context, { map: map.map as AppliedMap['map'], operands: inner.operands });
}

function canonicalBound(context: Context, bound: AppliedMap, kind: 'min' | 'max'): AppliedMap {
  const composed = composeAppliedMap(context, bound);
  const opened = openCombiner(context, composed, kind === 'min' ? 'loop.min' : 'loop.max');
  const kept = dropDominatedResults(context, opened, kind);
  // One value has one spelling.
  const single = singleValue(kept);
  return single === undefined ? kept : appliedValue(context, single);
}

const composeBounds = definePattern({
  name: 'compose-bounds',
  equation:
    'for i in [f(apply g(x)), ..) == for i in [(f . g)(x), ..);  max(e, e - c) == e, min(e, e + c) == e, when c >= 0',
  root: ROOT,
  rewrite(op, rewriter) {
    const { lower, upper } = forBounds(op);
    const newLower = canonicalBound(op.context, lower, 'max');
    const newUpper = canonicalBound(op.context, upper, 'min');
    if (sameApplied(lower, newLower) && sameApplied(upper, newUpper)) return false;
    rewriter.modify(op, () => setForBounds(op, newLower, newUpper));
    return true;
  },
});

/**
 * What a carried value always is, or null: its initial value when every iteration passes that or the argument itself.
 */
function invariantCarried(op: Operation, index: number): Value | null {
  const body = op.region(0).entry;
  const yielded = body.terminator.operand(index);
  const init = forInits(op)[index]!;
  return yielded === init || yielded === body.arguments[index + 1] ? init : null;
}

const dropCarried = definePattern({
  name: 'drop-carried-value',
  equation: 'for .. carrying x: yield x == x;  a carried value and its result that nothing reads are dropped',
  root: ROOT,
  rewrite(op, rewriter) {
    const body = op.region(0).entry;
    const inits = forInits(op);
    const drop = inits.map((init, i) => {
      const invariant = invariantCarried(op, i);
      const result = op.result(i);
      const arg = body.arguments[i + 1]!;
      if (invariant !== null) {
        rewriter.replaceAllUses(result, init);
        rewriter.replaceAllUses(arg, init);
        return true;
      }
      return !result.hasUses && !arg.hasUses;
    });
    if (!drop.some(Boolean)) return false;
    rebuildWithout(op, drop, rewriter);
    return true;
  },
});

/** Ops looked at to find what a carried value is for; more are taken to matter. */
const MAX_CHAIN = 32;

/** Whether a carried value is used for nothing but its own next value. */
function onlyFeedsItself(op: Operation, index: number): boolean {
  const body = op.region(0).entry;
  const { terminator } = body;
  const chain = new Set<Operation>();
  const work: Value[] = [body.arguments[index + 1]!];
  let matters = false;
  for (let value = work.pop(); value && !matters; value = work.pop()) {
    value.forEachUse((user, operand) => {
      if (user === terminator && operand === index) return;
      if (chain.has(user)) return;
      if (user === terminator || user.parent !== body || chain.size >= MAX_CHAIN || !isMemoryEffectFree(user)) {
        matters = true;
        return;
      }
      chain.add(user);
      work.push(...user.results);
    });
  }
  return !matters;
}

const cutDeadCarried = definePattern({
  name: 'cut-dead-carried-value',
  equation: 'for .. carrying x: yield f(x) == for .. carrying x: yield x, when x is used for nothing else',
  root: ROOT,
  rewrite(op, rewriter) {
    const body = op.region(0).entry;
    const { terminator } = body;
    let changed = false;
    op.results.forEach((result, i) => {
      const argument = body.arguments[i + 1]!;
      if (result.hasUses || !argument.hasUses || terminator.operand(i) === argument || !onlyFeedsItself(op, i)) return;
      rewriter.modify(terminator, () => terminator.setOperand(i, argument));
      changed = true;
    });
    return changed;
  },
});

/** Makes the loop anew without the carried values marked in `drop`, whose results and arguments have no uses. */
function rebuildWithout(op: Operation, drop: readonly boolean[], rewriter: Rewriter): void {
  const { context } = op;
  const [lower, upper] = forSegments(op);
  const keep = <T>(list: readonly T[]): T[] => list.filter((_, i) => !drop[i]);
  const body = op.region(0).entry;
  const terminator = body.terminator;
  rewriter.modify(terminator, () => terminator.setOperands(keep(terminator.operands)));
  for (let i = drop.length - 1; i >= 0; i--) if (drop[i]) body.eraseArgument(i + 1);
  const region = new Region();
  region.takeBody(op.region(0));
  const inits = keep(forInits(op));
  const attributes = context.withAttribute(
    op.attributes,
    AttrNames.operandSegmentSizes,
    context.denseArray(context.i32, [lower, upper, inits.length]),
  );
  rewriter.setInsertionPoint(op);
  const made = rewriter.insert(
    Operation.create(
      op.info,
      op.loc,
      [...op.operands.slice(0, lower + upper), ...inits],
      keep(op.results).map((r) => r.type),
      attributes,
      [region],
    ),
  );
  let next = 0;
  rewriter.replaceOp(
    op,
    op.results.map((result, i) => (drop[i] ? result : made.result(next++))),
  );
}

export const forPatterns: readonly RewritePattern[] = [
  eraseEmpty,
  inlineSingle,
  composeBounds,
  dropCarried,
  cutDeadCarried,
];
