// Deletes ops, by hierarchical delta debugging: large pieces of one level of nesting first, then smaller ones.
import type { Operation } from '@budflow/ir';
import { constantBefore, eraseOps, hasConstant, isTerminator, opsOf } from '../edits.js';
import type { Session } from '../session.js';

/** Delta debugging on ops of each depth. */
export async function deleteOps(session: Session): Promise<void> {
  for (let depth = 1; ; depth++) {
    const indices = indicesAt(session.module, depth);
    if (indices.length === 0 && depthOf(session.module) < depth) return;
    await deleteAt(session, depth);
  }
}

async function deleteAt(session: Session, depth: number): Promise<void> {
  let size = indicesAt(session.module, depth).length;
  while (size >= 1) {
    // From the end: users go before what they use, so that little has to be substituted.
    for (let end = indicesAt(session.module, depth).length; end > 0; ) {
      const start = Math.max(0, end - size);
      const deleted = await session.tryEdit((module) => {
        const all = opsOf(module);
        const chosen = indicesAt(module, depth)
          .slice(start, end)
          .map((i) => all[i] as Operation);
        if (chosen.length === 0) return false;
        eraseOps(chosen);
        return true;
      });
      end = deleted ? Math.min(start, indicesAt(session.module, depth).length) : start;
    }
    size = Math.floor(size / 2);
  }
}

/** Positions among `opsOf` of the ops at a depth that are no terminators. */
function indicesAt(module: Operation, depth: number): number[] {
  return opsOf(module).flatMap((op, i) => (depthIn(op, module) === depth && !isTerminator(op) ? [i] : []));
}

function depthIn(op: Operation, root: Operation): number {
  let depth = 0;
  for (let at: Operation | null = op; at && at !== root; at = at.parentOp) depth++;
  return depth;
}

function depthOf(module: Operation): number {
  return Math.max(0, ...opsOf(module).map((op) => depthIn(op, module)));
}

/** Replaces single ops by one of their operands or by a constant. */
export async function replaceOps(session: Session): Promise<void> {
  for (let index = opsOf(session.module).length - 1; index >= 0; index--) {
    const op = opsOf(session.module)[index];
    if (!op || op.resultCount === 0 || isTerminator(op)) continue;
    for (let operand = 0; operand < op.operandCount; operand++) {
      if (op.operand(operand).type !== op.result().type) continue;
      const replaced = await session.tryEdit((module) => {
        const target = opsOf(module)[index] as Operation;
        target.result().replaceAllUsesWith(target.operand(operand));
        eraseOps([target]);
        return true;
      });
      if (replaced) break;
    }
    const still = opsOf(session.module)[index];
    if (still !== op) continue;
    for (const value of [0, 1]) {
      const replaced = await session.tryEdit((module) => {
        const target = opsOf(module)[index] as Operation;
        if (!target.results.every((result) => hasConstant(result.type))) return false;
        for (const result of target.results)
          if (result.hasUses) result.replaceAllUsesWith(constantBefore(target, result.type, value));
        eraseOps([target]);
        return true;
      });
      if (replaced) break;
    }
  }
}

/** Lets ops use simpler values: arguments of the function and constants in place of results. */
export async function simplifyOperands(session: Session): Promise<void> {
  for (let index = opsOf(session.module).length - 1; index >= 0; index--) {
    const count = opsOf(session.module)[index]?.operandCount ?? 0;
    for (let operand = 0; operand < count; operand++) {
      await session.tryEdit((module) => {
        const op = opsOf(module)[index];
        const used = op?.operandCount ? op.operands[operand] : undefined;
        const producer = used?.definingOp;
        if (!op || !used || !producer || producer.operandCount === 0) return false;
        let first: typeof used | undefined;
        for (let at: Operation | null = op; at && !first; at = at.parentOp)
          first = at.parentRegion?.entry.arguments.find((argument) => argument.type === used.type);
        if (!first) return false;
        op.setOperand(operand, first);
        if (!producer.hasResultUses) eraseOps([producer]);
        return true;
      });
    }
  }
}
