// canonicalize: brings ops into the form that other passes expect. Applies the folds and canonicalization patterns of
// all op definitions below an op to a fixpoint, erases dead ops and unreachable blocks, and keeps one constant of each
// value at the front of its isolated region.
//
//   %0 = arith.constant 0 : i32                 %c3_i32 = arith.constant 3 : i32
//   %1 = arith.constant 1 : i32                 %0 = arith.muli %x, %c3_i32 : i32
//   %2 = arith.constant 2 : i32           ->    return %0 : i32
//   %3 = arith.addi %1, %2 : i32
//   %4 = arith.muli %3, %x : i32
//   %5 = arith.addi %4, %0 : i32
//   return %5 : i32
//
// Requires nothing, preserves nothing. Follows MLIR's canonicalize: greedy rewriting with a worklist. A pure op that
// has no fold of its own is folded by interpretation, so that folds cannot disagree with the interpreter.
import { interpretPureOp } from '@budflow/interpreter';
import { definePass } from '@budflow/pass';
import { applyPatternsGreedily } from '@budflow/rewrite';

export const canonicalize = definePass({
  name: 'canonicalize',
  summary: 'fold, apply canonicalization patterns and erase dead ops to a fixpoint',
  description:
    'Patterns and folds come from the definitions of the ops. When they do not reach a fixpoint, `rewrite.no-convergence` names the patterns that loop.',
  options: {
    'max-iterations': {
      type: 'integer',
      minimum: 1,
      default: 64,
      description: 'Sweeps over everything before giving up.',
    },
    'max-rewrites': {
      type: 'integer',
      minimum: 1,
      description: 'Rewrites before giving up; 10 for each op plus 10,000 if not given.',
    },
    'disable-patterns': {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'Names of patterns to leave out.',
    },
    'enable-patterns': {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'Names of the only patterns to apply; empty for all.',
    },
    'region-simplify': {
      type: 'string',
      enum: ['disabled', 'normal', 'aggressive'],
      default: 'normal',
      description:
        'Blocks of regions: only unreachable ones go (disabled), blocks that follow each other are merged and needless arguments dropped (normal), identical blocks are merged (aggressive).',
    },
    'top-down': {
      type: 'boolean',
      default: true,
      description: 'Visit ops in program order first, not from the end.',
    },
    'check-changes': {
      type: 'boolean',
      default: false,
      description: 'Catch patterns that lie about what they changed; slow.',
    },
  },
  statistics: {
    'num-rewrites': 'Patterns applied',
    'num-folded': 'Ops folded',
    'num-erased': 'Dead ops erased',
  },
  run(op, { options, statistic, remark, signalFailure, unchanged }) {
    const result = applyPatternsGreedily(op, [], {
      canonicalize: true,
      defaultFold: interpretPureOp,
      disabled: options['disable-patterns'],
      enabled: options['enable-patterns'],
      regionSimplify: options['region-simplify'],
      order: options['top-down'] ? 'top-down' : 'bottom-up',
      maxIterations: options['max-iterations'],
      maxRewrites: options['max-rewrites'],
      checkChanges: options['check-changes'] || op.context.strictRewriting,
    });
    statistic('num-rewrites', result.rewrites - result.folded);
    statistic('num-folded', result.folded);
    statistic('num-erased', result.erased);
    for (const [pattern, hits] of result.hits)
      remark({
        kind: 'applied',
        name: pattern,
        message: `pattern '${pattern}' applied ${hits} times`,
        at: op,
        args: { hits },
      });
    if (!result.converged) signalFailure();
    if (!result.changed) unchanged();
  },
});
