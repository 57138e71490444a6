// Canonicalization of branches by what stands in the blocks they lead to. The patterns that make cf ops stand with those.
import { type Block, BranchOp, definePattern, Operation, type RewritePattern, type Value } from '@budflow/ir';
import { buildConstant } from '../arith/constant.js';

/** Chains of blocks that only jump on are followed this far. */
const MAX_CHAIN = 16;

/** Where a block leads that does nothing but jump, with its arguments used for nothing else; null for other blocks. */
function jumpOf(block: Block): Operation | null {
  const jump = block.firstOp;
  if (jump === null || jump !== block.lastOp || jump.name !== 'cf.br' || jump.successors[0] === block) return null;
  for (const argument of block.arguments) {
    let elsewhere = false;
    argument.forEachUse((user) => {
      if (user !== jump) elsewhere = true;
    });
    if (elsewhere) return null;
  }
  return jump;
}

/** Whether following jumps from a block comes back to where it was: there is no end to redirect to. */
function isEndless(block: Block): boolean {
  const seen = new Set<Block>();
  for (let at: Block = block; seen.size < MAX_CHAIN; ) {
    if (seen.has(at)) return true;
    seen.add(at);
    const jump = jumpOf(at);
    if (jump === null) return false;
    at = jump.successors[0]!;
  }
  return true;
}

/** `br ^a(x)` with `^a(p): br ^b(p, y)` == `br ^b(x, y)`, for each successor of a branch. */
export function passThrough(root: string): RewritePattern {
  const short = root.slice('cf.'.length).replace('_', '-');
  return definePattern({
    name: `${short}-pass-through`,
    equation: `${short} .. ^a(x), with ^a(p): br ^b(p, y) == ${short} .. ^b(x, y)`,
    root,
    rewrite(op, rewriter) {
      const methods = BranchOp.of(op)!;
      for (let i = 0; i < op.successors.length; i++) {
        const via = op.successors[i]!;
        const jump = jumpOf(via);
        if (jump === null || via === op.parent || via === via.parent?.entry || isEndless(via)) continue;
        const { start, end } = methods.successorOperands(op, i);
        const given = op.operands.slice(start, end);
        const values = jump.operands.map((v): Value => (v.owner === via ? given[v.index]! : v));
        rewriter.modify(op, () => {
          op.setSuccessor(i, jump.successors[0]!);
          methods.setSuccessorOperands!(op, i, values);
        });
        return true;
      }
      return false;
    },
  });
}

/** Whether all branches to a block come from one edge of `branch`. */
function isOnlyEdge(block: Block, branch: Operation): boolean {
  const region = block.parent;
  if (region === null || block === region.entry) return false;
  let edges = 0;
  for (const from of region.blocks) {
    const successors = from.lastOp?.ownSuccessors;
    if (!successors?.includes(block)) continue;
    if (from.lastOp !== branch) return false;
    for (const successor of successors) if (successor === block) edges++;
  }
  return edges === 1;
}

/** Conditions with more uses are left alone: each use would cost a walk over all of them. */
const MAX_USES = 16;

export const conditionKnownAfterBranch: RewritePattern = definePattern({
  name: 'condition-known-after-branch',
  equation: 'cond_br c, ^a, ^b: in ^a, reached only from here, c == true; in ^b, c == false',
  root: 'cf.cond_br',
  generates: ['arith.constant'],
  rewrite(op, rewriter) {
    const condition = op.operand(0);
    if (condition.hasOneUse() || op.successors[0] === op.successors[1]) return false;
    let uses = 0;
    condition.forEachUse(() => {
      uses++;
    });
    if (uses > MAX_USES) return false;
    let changed = false;
    op.successors.forEach((block, i) => {
      const users: [Operation, number][] = [];
      condition.forEachUse((user, operand) => {
        if (user.parent === block) users.push([user, operand]);
      });
      if (users.length === 0 || !isOnlyEdge(block, op)) return;
      rewriter.setInsertionPointToStart(block);
      const known = buildConstant(rewriter, op.loc, op.context.i1, i === 0 ? 1 : 0);
      for (const [user, operand] of users) rewriter.modify(user, () => user.setOperand(operand, known));
      changed = true;
    });
    return changed;
  },
});

export const sameTargetSelects: RewritePattern = definePattern({
  name: 'cond-br-selects',
  equation: 'cond_br c, ^a(x), ^a(y) == br ^a(select(c, x, y)), when ^a is reached only from here',
  root: 'cf.cond_br',
  generates: ['cf.br', 'arith.select'],
  rewrite(op, rewriter) {
    const [target, other] = op.successors as [Block, Block];
    if (target !== other || target.predecessors.some((p) => p !== op.parent)) return false;
    const methods = BranchOp.of(op)!;
    const [yes, no] = [0, 1].map((i) => {
      const { start, end } = methods.successorOperands(op, i);
      return op.operands.slice(start, end);
    }) as [Value[], Value[]];
    const condition = op.operand(0);
    const { context } = op;
    const values = yes.map((x, i) => {
      const y = no[i]!;
      if (x === y) return x;
      const select = Operation.create(context.opInfo('arith.select'), op.loc, [condition, x, y], [x.type]);
      return rewriter.insert(select).result(0);
    });
    rewriter.insert(
      Operation.create(context.opInfo('cf.br'), op.loc, values, [], context.emptyDictionary, [], [target]),
    );
    rewriter.eraseOp(op);
    return true;
  },
});
