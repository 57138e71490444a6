// Simplifies structure: loops and conditionals become their bodies, branches go one way, functions lose their bodies.
import { BranchOp, Operation } from '@budflow/ir';
import { eraseUnreached, isTerminator, opsOf, unwrap } from '../edits.js';
import type { Session } from '../session.js';

/** Replaces ops with regions by the ops in one of them. */
export async function unwrapRegions(session: Session): Promise<void> {
  for (let index = opsOf(session.module).length - 1; index >= 0; index--) {
    const op = opsOf(session.module)[index];
    if (!op || op.regions.length === 0) continue;
    for (let region = 0; region < op.regions.length; region++)
      if (await session.tryEdit((module) => unwrap(opsOf(module)[index] as Operation, region))) break;
  }
}

/** Lets a terminator with several successors go to one of them always. */
export async function straightenBranches(session: Session): Promise<void> {
  for (let index = opsOf(session.module).length - 1; index >= 0; index--) {
    const op = opsOf(session.module)[index];
    if (!op || op.successors.length < 2) continue;
    for (let successor = 0; successor < op.successors.length; successor++) {
      const done = await session.tryEdit((module) => {
        const branch = opsOf(module)[index] as Operation;
        const forwarded = BranchOp.of(branch)?.successorOperands(branch, successor);
        if (!forwarded) return false;
        const { context } = branch;
        const values = branch.operands.slice(forwarded.start, forwarded.end);
        const target = branch.successors[successor];
        const made = context.opInfo('cf.br');
        if (!target || !made.isRegistered) return false;
        const block = branch.parent;
        branch.erase();
        block?.append(createBranch(branch, values, target));
        eraseUnreached(module);
        return true;
      });
      if (done) break;
    }
  }
}

/** Puts blocks that only one branch goes to behind it. */
export async function mergeBlocks(session: Session): Promise<void> {
  for (let index = opsOf(session.module).length - 1; index >= 0; index--)
    await session.tryEdit((module) => {
      const branch = opsOf(module)[index];
      const target = branch?.successors[0];
      const block = branch?.parent;
      if (!branch || !block || !target || branch.name !== 'cf.br' || target === block) return false;
      if (target.predecessors.length !== 1 || target === target.parent?.entry) return false;
      target.arguments.forEach((argument, i) => {
        argument.replaceAllUsesWith(branch.operand(i));
      });
      branch.erase();
      for (const op of target.ops) {
        op.remove();
        block.append(op);
      }
      target.erase();
      return true;
    });
}

/** Makes functions declarations. */
export async function dropBodies(session: Session): Promise<void> {
  for (let index = opsOf(session.module).length - 1; index >= 0; index--)
    await session.tryEdit((module) => {
      const func = opsOf(module)[index];
      const region = func?.regions[0];
      if (!func || !region || region.isEmpty || func.attr('function_type') === undefined) return false;
      for (const block of [...region.blocks].reverse()) block.erase();
      func.setAttr('sym_visibility', module.context.stringAttr('private'));
      return true;
    });
}

function createBranch(
  like: Operation,
  values: ReturnType<Operation['operand']>[],
  target: Operation['successors'][number],
): Operation {
  const { context } = like;
  return Operation.create(context.opInfo('cf.br'), like.loc, values, [], context.emptyDictionary, [], [target]);
}

/** Ends a block early: what is behind an op goes, and the function returns what there is. Only functions without results. */
export async function cutBlocks(session: Session): Promise<void> {
  for (let index = 0; index < opsOf(session.module).length; index++)
    await session.tryEdit((module) => {
      const op = opsOf(module)[index];
      const block = op?.parent;
      const last = block?.lastOp;
      if (!op || !block || !last || op === last || !isTerminator(last) || last.successors.length === 0) return false;
      if (op.parentOp?.name !== 'func.func') return false;
      const returns = block.parent?.blocks.map((b) => b.lastOp).find((t) => t && t.successors.length === 0);
      if (!returns || returns.operandCount > 0) return false;
      const copy = returns.clone();
      last.erase();
      block.append(copy);
      eraseUnreached(module);
      return true;
    });
}
