// prefetch, store_nontemporal: what a machine is told about accesses. Neither changes what is computed.
//
//   memory.load %a[%i]            ->   memory.load %a[%i] {memory.prefetch = 16 : i64}
//   memory.store %x, %c[%i]       ->   memory.store %x, %c[%i] {nontemporal}
//
// The number is how many iterations of the loop ahead the address is that will be needed. Back ends whose machine has no
// such instructions (WebAssembly) leave them out.
import { bufferName, collectAccesses, isDefinedInside } from '@budflow/analysis';
import { inductionVariable } from '@budflow/dialect-loop';
import type { Operation, Value } from '@budflow/ir';
import { findBuffer } from './buffers.js';
import { findLoop } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { PrefetchStep, StoreNontemporalStep } from './steps.js';

/** On a load: iterations of the loop ahead for which its address is to be fetched. */
const PREFETCH_ATTR = 'memory.prefetch';

export const prefetch = definePrimitive<PrefetchStep>('prefetch', (kernel, { buffer, loop: name, distance }) => {
  const loop = findLoop(kernel, name);
  const root = findBuffer(kernel, buffer);
  const iv = inductionVariable(loop);
  const loads = accessOps(kernel, loop, root, 'read', name);
  const moving = loads.filter((op) => op.operands.some((v) => dependsOn(v, iv, loop)));
  if (moving.length === 0)
    throw new Refusal(`the loop does not move along ${bufferName(kernel, root)}: there is nothing to fetch ahead`, {
      loop: name,
    });
  for (const op of moving) op.setAttr(PREFETCH_ATTR, op.context.i64Attr(distance));
});

export const storeNontemporal = definePrimitive<StoreNontemporalStep>(
  'store_nontemporal',
  (kernel, { buffer, loop: name }) => {
    const root = findBuffer(kernel, buffer);
    const place = name === undefined ? kernel : findLoop(kernel, name);
    const stores = accessOps(kernel, place, root, 'write', name);
    const reads = collectAccesses(place).accesses.filter((a) => a.root === root && a.kind === 'read');
    if (reads.length > 0)
      throw new Refusal(`${bufferName(kernel, root)} is read there too: its data are needed in caches`, { loop: name });
    for (const op of stores) op.setAttr('nontemporal', op.context.unitAttr);
  },
);

const HINTED = new Set(['memory.load', 'memory.store', 'simd.load', 'simd.store']);

function accessOps(
  kernel: Operation,
  place: Operation,
  root: Value,
  kind: 'read' | 'write',
  loop: string | undefined,
): Operation[] {
  const { accesses } = collectAccesses(place);
  const found = accesses.filter((a) => a.root === root && a.kind === kind && HINTED.has(a.op.name)).map((a) => a.op);
  if (found.length === 0) {
    const what = kind === 'read' ? 'loads of' : 'stores to';
    throw new Refusal(`there are no ${what} ${bufferName(kernel, root)}`, { loop });
  }
  return found;
}

function dependsOn(value: Value, iv: Value, loop: Operation): boolean {
  if (value === iv) return true;
  const op = value.definingOp;
  if (op === null || !isDefinedInside(value, loop) || op.ownRegions !== null) return false;
  return op.operands.some((v) => dependsOn(v, iv, loop));
}
