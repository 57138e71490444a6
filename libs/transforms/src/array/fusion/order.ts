// Whether kernels can be put in an order: a kernel that yields a value for others must not depend on them.
import { isMemoryEffectFree, type Operation } from '@budflow/ir';
import type { Group } from './group.js';

export class FusionOrder {
  /** The kernels that compute each op. */
  private readonly homes: ReadonlyMap<Operation, readonly Group[]>;

  constructor(homes: ReadonlyMap<Operation, readonly Group[]>) {
    this.homes = homes;
  }

  /** Whether `group`, if it computed `op` for everybody, would wait for something that waits for `op`. */
  wouldCycle(op: Operation, group: Group): boolean {
    const seen = new Set<Operation | Group>();
    const pending: Operation[] = [];
    const visitUsers = (of: Operation) => {
      // A use inside of a loop or a branch is a use of that.
      for (const result of of.results) for (const user of result.users()) pending.push(ancestorBeside(user, of));
    };
    visitUsers(op);
    while (pending.length > 0) {
      const next = pending.pop()!;
      if (seen.has(next)) continue;
      seen.add(next);
      const homes = this.homes.get(next);
      if (!homes) {
        if (this.feeds(next, group)) return true;
        visitUsers(next);
        // Ops with effects stay in their order.
        if (!isMemoryEffectFree(next))
          for (let later = next.next; later; later = later.next) if (!isMemoryEffectFree(later)) pending.push(later);
        continue;
      }
      for (const home of homes) {
        // Only `op` itself feeds the group here: what comes back to it is found where it leaves another kernel.
        if (home === group || seen.has(home)) continue;
        seen.add(home);
        for (const out of [home.root, ...home.yielded]) {
          if (this.feeds(out, group)) return true;
          visitUsers(out);
        }
      }
    }
    return false;
  }

  private feeds(op: Operation, group: Group): boolean {
    return op.results.some((result) => result.users().some((user) => group.has(user)));
  }
}

/** The op around `user`, or itself, in the block of `op`. */
function ancestorBeside(user: Operation, op: Operation): Operation {
  let at = user;
  while (at.parent !== op.parent && at.parentOp) at = at.parentOp;
  return at;
}
