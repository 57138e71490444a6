// dead-store-elimination: erases stores that nobody reads. A store is dead when stores that surely follow write over all
// of it and no read sees it before, or when it is to a private buffer and no read sees it at all; across loops too.
//
//   loop.for %i = 0 to %n {
//     memory.store %zero, %m[%i] }              loop.for %j = 0 to %n {
//   loop.for %j = 0 to %n {               ->      memory.store %x, %m[%j] }
//     memory.store %x, %m[%j] }
//
// Requires nothing; preserves nothing when it erases something. What computed the values goes with cse. Functions with
// ops that may touch any memory are left alone. Reads and covers come from dependence analysis (StoreReach): LLVM's
// DeadStoreElimination does this for single stores, Pugh and Wonnacott (1993) for arrays in loops.
import { type Access, collectAccesses, commonBlock, overlapOf, StoreReach } from '@budflow/analysis';
import type { Operation } from '@budflow/ir';
import { definePass } from '@budflow/pass';

/** Accesses of one function beyond which pairs of them are too many to look at. */
const MOST_ACCESSES = 512;

/** Stores that go; only the plain ones write all that they name. */
const STORES = new Set(['memory.store', 'simd.store', 'simd.masked_store', 'simd.scatter', 'memory.fill']);
const PLAIN_STORES = new Set(['memory.store', 'simd.store']);

export const deadStoreElimination = definePass({
  name: 'dead-store-elimination',
  summary: 'erase stores that are written over or never read',
  anchor: 'func.func',
  statistics: {
    overwritten: 'stores erased that later ones write over',
    unread: 'stores erased whose private buffer is not read afterwards',
  },
  run(func, pass) {
    // 1. What the function reads and writes.
    const { blocks } = func.region(0);
    if (blocks.length !== 1) {
      pass.unchanged();
      return;
    }
    const { accesses, unknown } = collectAccesses(...blocks[0]!.ops.slice(0, -1));
    const stores = accesses.filter((a) => a.kind === 'write' && STORES.has(a.op.name));
    if (stores.length === 0) {
      pass.unchanged();
      return;
    }
    if (unknown || accesses.length > MOST_ACCESSES) {
      const why = unknown ? `'${unknown.name}' may touch any memory` : `${accesses.length} accesses are too many`;
      pass.remark({ kind: 'missed', name: 'not-analysed', message: `stores stay: ${why}`, at: unknown ?? func });
      pass.unchanged();
      return;
    }
    const reads = accesses.filter((a) => a.kind === 'read');
    const reach = new StoreReach(func);

    // 2. Which stores nobody needs. A store that covers another one may be covered itself: what is read in between would
    // have kept it.
    const dead: Operation[] = [];
    for (const store of stores) {
      const seen = reads.filter((read) => overlapOf(func, store.root, read.root) !== 'none');
      if (store.root.definingOp?.name === 'memory.alloca' && !seen.some((read) => reach.mayReach(store, read))) {
        pass.statistic('unread');
        dead.push(store.op);
        continue;
      }
      const covering = stores.filter((later) => isCovered(reach, store, later));
      if (covering.length === 0) continue;
      const blocking = covering.map((later) => seen.find((read) => seesBefore(reach, store, later, read)));
      if (blocking.includes(undefined)) {
        pass.statistic('overwritten');
        dead.push(store.op);
      } else
        pass.remark({
          kind: 'missed',
          name: 'read-before-overwritten',
          message: `this store is written over later, but '${blocking[0]!.op.name}' may read it before`,
          at: store.op,
        });
    }

    // 3. Out.
    for (const op of dead) op.erase();
    if (dead.length === 0) pass.unchanged();
  },
});

function isCovered(reach: StoreReach, store: Access, later: Access): boolean {
  if (later === store || later.root !== store.root || !PLAIN_STORES.has(later.op.name)) return false;
  const common = commonBlock(store.op, later.op);
  if (common === null || common.first === common.second || !common.first.isBeforeInBlock(common.second)) return false;
  return reach.covers(later, common.second, store);
}

/** Whether the read may see the store before `later` has written over it. */
function seesBefore(reach: StoreReach, store: Access, later: Access, read: Access): boolean {
  const { block, first, second } = commonBlock(store.op, later.op)!;
  const at = ancestorIn(read.op, block);
  // Elsewhere: before the store, or after all of the statement that writes over it.
  if (at === null || (at !== first && at.isBeforeInBlock(first)) || (at !== second && second.isBeforeInBlock(at)))
    return false;
  if (at === first) return reach.mayReach(store, read, first);
  if (!reach.mayReach(store, read, null)) return false;
  if (at !== second) return true;
  // In the statement that writes over it: fine behind the write of the same iteration.
  const inner = ancestorIn(read.op, later.op.parent!);
  const isBehind = inner !== null && inner !== later.op && later.op.isBeforeInBlock(inner);
  return !(isBehind && reach.coversInIteration(later, read));
}

/** The op of a block in which an op is nested (or which it is). */
function ancestorIn(op: Operation, block: Operation['parent']): Operation | null {
  for (let at: Operation | null = op; at; at = at.parentOp) if (at.parent === block) return at;
  return null;
}
