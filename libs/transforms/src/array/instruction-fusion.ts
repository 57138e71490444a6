// instruction-fusion: array ops that can be computed together become one array.fusion, which becomes one kernel.
//
//   %0 = array.mul %x, %y : tensor<8xf32>        %1 = array.fusion(%a = %x : .., %b = %y : ..) kind = "loop" -> (..) {
//   %1 = array.sqrt %0 : tensor<8xf32>             %2 = array.mul %a, %b : tensor<8xf32>
//                                          ->      %3 = array.sqrt %2 : tensor<8xf32>
//                                                  array.yield %3 : tensor<8xf32> }
//
// Requires fixed numerics (what is cloned has its roundings written down). Afterwards every op with a loop form is inside
// of some fusion; constants, sizes and reshapes that are views stay outside. Vertical fusion after XLA: producers into
// consumers, walking from the last op to the first, with rows of reductions as the unit that epilogues share.
import { MulOp, SliceOp, SortOp } from '@budflow/dialect-array';
import { type Block, Builder, DYNAMIC, type Operation, RegionBranch } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { getTarget } from '@budflow/target';
import { liftDims } from './fusion/dims.js';
import { emitFusions } from './fusion/emit.js';
import { type FusionOptions, planFusions } from './fusion/plan.js';
import { decisionRemark, type FusionReport } from './fusion/report.js';
import { contracts } from './fusion/rules.js';

export const instructionFusion = definePass({
  name: 'instruction-fusion',
  summary: 'fuse producers into their consumers: chains, reductions with what feeds them and what follows row by row',
  anchor: 'func.func',
  options: {
    'max-decisions': {
      type: 'integer',
      minimum: 0,
      description: 'fuse at most so many producers (to find a bad decision by bisection)',
      default: 1000000,
    },
    'max-operands': {
      type: 'integer',
      minimum: 0,
      description: 'arrays a kernel reads and writes at once; 0: as many as the target prefetches',
      default: 0,
    },
    'duplication-limit': { type: 'integer', minimum: 1, description: 'times a value may be computed', default: 4 },
    'max-ops': { type: 'integer', minimum: 1, description: 'scalar operations of one kernel', default: 512 },
    target: { type: 'string', description: 'name of the target machine', default: 'wasm32-relaxed-simd' },
  },
  dependentDialects: ['array'],
  statistics: {
    fusions: 'fusions made',
    fused: 'producers computed inside a consumer',
    refused: 'producers left with a buffer of their own',
  },
  run(func, pass) {
    const maxOperands = pass.options['max-operands'] || getTarget(pass.options.target).maxPrefetchStreams;
    for (const block of fusionScopes(func)) {
      const { report, fusions } = fuseBlock(block, {
        maxOperands,
        maxDecisions: pass.options['max-decisions'],
        duplicationLimit: pass.options['duplication-limit'],
        maxOps: pass.options['max-ops'],
      });
      pass.statistic('fusions', fusions);
      for (const decision of report.decisions) {
        pass.statistic(decision.verdict === 'refused' ? 'refused' : 'fused');
        pass.remark({ ...decisionRemark(decision, func), at: decision.location });
      }
    }
  },
});

/**
 * The blocks in which ops are fused with each other: those of the function, and of every loop and branch in it. What one
 * block makes and another reads lies in memory.
 */
function fusionScopes(func: Operation): Block[] {
  const scopes: Block[] = [];
  const visit = (op: Operation): void => {
    for (const region of op.regions)
      for (const block of region.blocks) {
        scopes.push(block);
        for (const inner of block.ops) if (RegionBranch.of(inner)) visit(inner);
      }
  };
  visit(func);
  return scopes;
}

/** Fuses the ops of a block; returns what was decided. */
export function fuseBlock(
  block: Block,
  options: FusionOptions,
): { readonly report: FusionReport; readonly fusions: number } {
  liftDims(block);
  isolateProducts(block);
  noteFirst(block);
  const plan = planFusions(block, options);
  emitFusions(block, plan);
  return { report: { decisions: plan.decisions }, fusions: plan.groups.length };
}

/** A product that a contracting reduction adds unrounded is its own: it is computed nowhere but there. */
function isolateProducts(block: Block): void {
  for (const op of block.ops) {
    if (!contracts(op)) continue;
    const product = op.operand(0).definingOp;
    if (!product || !MulOp.is(product) || product.parent !== block || product.result(0).hasOneUse()) continue;
    op.setOperand(0, Builder.before(op).insert(product.clone()).result(0));
  }
}

/** Sorts of which slices take the beginning of each row say so: their kernels cannot see who reads them. */
function noteFirst(block: Block): void {
  for (const op of block.ops) {
    if (!SortOp.is(op)) continue;
    const dim = SortOp.dim(op);
    const users = op.results.flatMap((result) => result.users());
    const limits = users.map((user) => (SliceOp.is(user) ? SliceOp.limits(user)[dim]! : DYNAMIC));
    if (limits.length === 0 || limits.includes(DYNAMIC)) continue;
    op.setAttr('first', op.context.i64Attr(Math.max(...limits)));
  }
}

/** Fuses every block of a function. */
export function fuseFunction(func: Operation, options: FusionOptions): FusionReport {
  return { decisions: fusionScopes(func).flatMap((block) => fuseBlock(block, options).report.decisions) };
}
