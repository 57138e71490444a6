// sccp: sparse conditional constant propagation. A value that is the same constant in every execution is replaced by it,
// through branches, loops, conditionals and calls of private functions; branches that never go one way do not count.
//
//   cf.cond_br %true, ^a(%c1), ^b(%c2)               cf.cond_br %true, ^a(%c1), ^b(%c2)
//   ^a(%x): %y = addi %x, %x; br ^c(%y)       ->     ^a(%x): br ^c(%c2)
//   ^b(%z): br ^c(%z)                                ^b(%z): br ^c(%z)
//   ^c(%r): return %r                                ^c(%r): return %c2
//
// Requires nothing. Preserves nothing when it changes something. Leaves dead blocks to canonicalize, which sees that their
// branches have constant conditions. After Wegman and Zadeck, "Constant Propagation with Conditional Branches".
import { ConstantPropagation, DataFlowSolver, DeadCodeAnalysis, isExecutable } from '@budflow/analysis';
import { ConstantLike, isMemoryEffectFree, type Operation, Rewriter, type Value } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { ConstantPool, isDead } from '@budflow/rewrite';

export const sccp = definePass({
  name: 'sccp',
  summary: 'propagate constants through branches, loops and calls',
  statistics: {
    'num-replaced': 'Values replaced by a constant',
    'num-erased': 'Ops erased because their results are constants',
  },
  run(root, { statistic, unchanged }) {
    const solver = new DataFlowSolver();
    solver.load((s) => new DeadCodeAnalysis(s));
    const constants = solver.load((s) => new ConstantPropagation(s));
    solver.run(root);

    const pool = new ConstantPool(root);
    const rewriter = new Rewriter(root.context);
    let replaced = 0;
    let erased = 0;
    /** Replaces a value for everyone; `user` is where a constant is needed. */
    const replace = (value: Value, user: Operation) => {
      if (!value.hasUses) return;
      const constant = constants.constantOf(value);
      if (constant === null) return;
      const made = pool.materialize(user, user.loc, constant, value.type, rewriter);
      if (made === null || made.result(0) === value) return;
      value.replaceAllUsesWith(made.result(0));
      replaced++;
    };
    const visit = (parent: Operation) => {
      for (const region of parent.regions) {
        for (const block of region.blocks) {
          if (!isExecutable(solver, block)) continue;
          // Made before anything moves: a constant goes to the front of the entry block.
          const first = block.firstOp;
          if (first !== null) for (const argument of block.arguments) replace(argument, first);
          for (const op of block.ops) {
            if (op.ownRegions !== null) visit(op);
            if (op.info.hasTrait(ConstantLike)) continue;
            for (const result of op.results) replace(result, op);
            if (op.resultCount > 0 && isMemoryEffectFree(op) && isDead(op)) {
              op.erase();
              erased++;
            }
          }
        }
      }
    };
    visit(root);
    statistic('num-replaced', replaced);
    statistic('num-erased', erased);
    if (replaced + erased === 0) unchanged();
  },
});
