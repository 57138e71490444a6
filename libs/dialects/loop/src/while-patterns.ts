// Canonicalization of loop.while: values that it carries for nothing.
import { type Block, definePattern, Operation, Region, type RewritePattern, type Value } from '@budflow/ir';

/**
 * What never changes: the positions of a value among the inits, and among what `loop.condition` passes on. Every iteration
 * gives back what it was passed of it, or its first value again.
 */
interface Invariant {
  readonly init: Value;
  readonly carried: number;
  readonly passed: readonly number[];
}

/** The blocks of the condition and of the body. */
function blocksOf(op: Operation): readonly [Block, Block] {
  return [op.region(0).entry, op.region(1).entry];
}

function invariantsOf(op: Operation): Invariant[] {
  const [before, after] = blocksOf(op);
  const passes = before.terminator.operands.slice(1);
  return before.arguments.flatMap((argument, carried) => {
    const init = op.operand(carried);
    const next = after.terminator.operand(carried);
    const passed = passes.flatMap((value, p) => (value === argument ? [p] : []));
    const stays = next === init || passed.some((p) => next === after.arguments[p]);
    return stays ? [{ init, carried, passed }] : [];
  });
}

/** Each value of `list` that is not at one of the positions. */
function without<T>(list: readonly T[], positions: ReadonlySet<number>): T[] {
  return list.filter((_, i) => !positions.has(i));
}

const dropInvariants = definePattern({
  name: 'drop-value-that-stays',
  equation: 'while (x = i) .. pass x do (y) .. yield y == while .. with i for x, for y and for the result',
  root: 'loop.while',
  rewrite(op, rewriter) {
    const invariants = invariantsOf(op);
    if (invariants.length === 0) return false;
    const carried = new Set(invariants.map((invariant) => invariant.carried));
    const passed = new Set(invariants.flatMap((invariant) => invariant.passed));
    const [before, after] = blocksOf(op);
    const [condition, yielded] = [before.terminator, after.terminator];
    for (const { init, carried: at, passed: places } of invariants) {
      for (const p of places) {
        rewriter.replaceAllUses(op.result(p), init);
        rewriter.replaceAllUses(after.arguments[p]!, init);
      }
      rewriter.replaceAllUses(before.arguments[at]!, init);
    }
    // The first operand of loop.condition is the condition.
    rewriter.modify(condition, () =>
      condition.setOperands([condition.operand(0), ...without(condition.operands.slice(1), passed)]),
    );
    rewriter.modify(yielded, () => yielded.setOperands(without(yielded.operands, carried)));
    for (const [block, gone] of [
      [before, carried],
      [after, passed],
    ] as const)
      for (let i = block.arguments.length - 1; i >= 0; i--) if (gone.has(i)) block.eraseArgument(i);
    const regions = op.regions.map((from) => {
      const region = new Region();
      region.takeBody(from);
      return region;
    });
    rewriter.setInsertionPoint(op);
    const types = without(op.resultTypes, passed);
    const inits = without(op.operands, carried);
    const made = rewriter.insert(Operation.create(op.info, op.loc, inits, types, op.attributes, regions));
    let next = 0;
    rewriter.replaceOp(
      op,
      op.results.map((result, i) => (passed.has(i) ? result : made.result(next++))),
    );
    return true;
  },
});

export const whilePatterns: readonly RewritePattern[] = [dropInvariants];
