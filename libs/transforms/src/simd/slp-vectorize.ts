// slp-vectorize: isomorphic scalar code that stores to adjacent elements becomes vector code.
//
//   %0 = arith.mulf %a0, %b0                          %a = simd.load %m[%i, 0] : vector<4xf32>
//   memory.store %0, %o[%i, 0]                        %b = simd.load %n[%i, 0]
//   ..                                          ->    %v = arith.mulf %a, %b : vector<4xf32>
//   %3 = arith.mulf %a3, %b3                          simd.store %v, %o[%i, 0]
//   memory.store %3, %o[%i, 3]
//
// For what loops have no lanes for: complex numbers, pixels, quaternions, rows of small matrices, unrolled iterations.
// Looks at one block at a time: (1) stores to a register's worth of adjacent elements, (2) the tree of packs they are
// computed from, use to definition, (3) its cost against that of the scalars it makes dead, (4) vector code in front of
// the last store. Nothing is rounded otherwise; what dependence analysis does not let pass stays as it is.
// Requires: loops as scheduled, before legalize-vectors. Superword-level parallelism: Larsen and Amarasinghe, 2000; bottom
// up with look-ahead as in LLVM and Porpodas, Rocha, Goes (2018).
import { StoreOp } from '@budflow/dialect-simd';
import { type Block, Builder, byteWidth, FloatType, IntegerType, type Operation, type Type } from '@budflow/ir';
import { definePass, type PassRun } from '@budflow/pass';
import { isDead } from '@budflow/rewrite';
import { BlockMemory } from './slp/block-memory.js';
import { costOf, opCost, PackEmitter } from './slp/emit.js';
import { type Pack, PackBuilder } from './slp/packs.js';

const REGISTER_BYTES = 16;
/** Ops of a block beyond which it is left alone. */
const MOST_OPS = 4096;

export const slpVectorize = definePass({
  name: 'slp-vectorize',
  summary: 'make vectors of isomorphic scalar code that stores to adjacent elements',
  anchor: 'func.func',
  dependentDialects: ['arith', 'loop', 'simd'],
  statistics: { groups: 'groups of stores that became one', scalars: 'scalar ops that are gone' },
  run(func, pass) {
    const blocks: Block[] = [];
    func.walk((op) => {
      for (const region of op.regions) blocks.push(...region.blocks);
    });
    let changed = false;
    for (const block of blocks) changed = vectorizeBlock(func, block, pass) || changed;
    if (!changed) pass.unchanged();
  },
});

/** Elements that registers hold as they are in memory. */
function isElement(type: Type): boolean {
  if (type instanceof FloatType) return type.width >= 32;
  return type instanceof IntegerType && type.width >= 8;
}

function vectorizeBlock(func: Operation, block: Block, { statistic, remark }: PassRun): boolean {
  // 1. Adjacent stores.
  const stores = block.ops.filter((op) => op.name === 'memory.store' && isElement(op.operand(0).type));
  if (stores.length < 2 || block.ops.length > MOST_OPS) return false;
  let memory = new BlockMemory(func, block);
  let changed = false;
  for (const group of adjacentGroups(stores, memory)) {
    const last = group.reduce((a, b) => (a.isBeforeInBlock(b) ? b : a));
    const members = new Set(group);
    if (!memory.canSink([], members, last)) {
      remark({
        kind: 'missed',
        name: 'stores-cannot-move',
        message: 'adjacent stores cannot be one: what is between them may touch the same memory',
        at: last,
      });
      continue;
    }

    // 2. What they store.
    const root = new PackBuilder(memory, members, last).build(group.map((op) => ({ value: op.operand(0) })));
    const packs = allPacks(root);

    // 3. Is it worth it?
    const dead = deadScalars(packs, members);
    const before = [...dead].reduce((sum, op) => sum + opCost(op, { vector: false }), 0);
    const after = costOf(packs) + 1;
    if (after >= before) {
      remark({
        kind: 'missed',
        name: 'not-worth-it',
        message: `vectors for ${group.length} adjacent stores cost ${after}, the scalars ${before}`,
        at: last,
      });
      continue;
    }

    // 4. Vector code.
    const builder = Builder.before(last);
    const value = new PackEmitter(builder).emit(root);
    const [first] = group as [Operation];
    const nontemporal = group.every((op) => op.attr('nontemporal') !== undefined) ? { nontemporal: true } : {};
    StoreOp.create(builder, last.loc, {
      value,
      memref: first.operand(1),
      indices: first.operands.slice(2),
      ...nontemporal,
    });
    remark({
      kind: 'applied',
      name: 'packed',
      message: `${group.length} adjacent stores are one, at a cost of ${after} for ${before}`,
      at: last,
    });
    const candidates = [...dead].sort((a, b) => (a.isBeforeInBlock(b) ? 1 : -1));
    for (const op of group) op.erase();
    for (const op of candidates) if (!members.has(op) && isDead(op)) op.erase();
    statistic('groups');
    statistic('scalars', dead.size);
    changed = true;
    memory = new BlockMemory(func, block);
  }
  return changed;
}

/** Stores to whole registers of adjacent elements, in the order of their last members. */
function adjacentGroups(stores: readonly Operation[], memory: BlockMemory): Operation[][] {
  const rows = new Map<string, Map<number, Operation | null>>();
  for (const op of stores) {
    const element = memory.element(op);
    if (!element) continue;
    const row = rows.get(element.row) ?? new Map<number, Operation | null>();
    // An element that is written twice keeps its two stores.
    row.set(element.constant, row.has(element.constant) ? null : op);
    rows.set(element.row, row);
  }
  const groups: Operation[][] = [];
  for (const row of rows.values()) {
    const constants = [...row.keys()].sort((a, b) => a - b);
    for (let i = 0; i < constants.length; ) {
      const first = row.get(constants[i]!);
      const lanes = first ? REGISTER_BYTES / (byteWidth(first.operand(0).type) ?? REGISTER_BYTES) : 1;
      const group = constants.slice(i, i + lanes).map((c, k) => (c === constants[i]! + k ? row.get(c) : null));
      if (lanes > 1 && group.length === lanes && group.every((op) => op)) {
        groups.push(group as Operation[]);
        i += lanes;
      } else i++;
    }
  }
  return groups;
}

/** A pack and those below it, each once. */
function allPacks(root: Pack): Pack[] {
  const seen = new Set<Pack>();
  const visit = (pack: Pack): void => {
    if (seen.has(pack)) return;
    seen.add(pack);
    if ('operands' in pack) for (const p of pack.operands) visit(p);
  };
  visit(root);
  return [...seen];
}

/** The scalar ops that nobody needs any more, the stores among them. */
function deadScalars(packs: readonly Pack[], stores: ReadonlySet<Operation>): Set<Operation> {
  const needed = new Set<Operation>();
  const candidates = new Set<Operation>();
  for (const pack of packs) {
    for (const lane of pack.lanes) {
      const op = 'value' in lane ? lane.value.definingOp : null;
      if (op === null) continue;
      // A splat of what is loaded is one instruction.
      if (pack.kind === 'gather' || (pack.kind === 'splat' && op.name !== 'memory.load')) needed.add(op);
      else if (op.parent === [...stores][0]!.parent) candidates.add(op);
    }
  }
  const dead = new Set(stores);
  const order = [...candidates]
    .filter((op) => op.name !== 'arith.constant')
    .sort((a, b) => (a.isBeforeInBlock(b) ? 1 : -1));
  for (const op of order) {
    if (needed.has(op)) continue;
    if (op.results.every((r) => r.users().every((user) => dead.has(user)))) dead.add(op);
  }
  return dead;
}
