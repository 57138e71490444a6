// Keeps private buffers in registers, and the cells that a kernel is given.
//
//   %acc = memory.alloca : memref<f32>            %r = loop.for %k = 0 to %n iter_args(%a = %zero) -> (f32) {
//   memory.store %zero, %acc[]                      %s = arith.addf %a, %x
//   loop.for %k = 0 to %n {                  ->     loop.yield %s
//     %a = memory.load %acc[]                     }
//     %s = arith.addf %a, %x
//     memory.store %s, %acc[] }
//
// 1. A cell of an alloca that a loop (for, while) writes at one invariant address becomes a carried value of the loop, one
//    that it only reads is read in front of it; inner loops first. So does a kernel's argument of rank 0 that shares no
//    memory with another one. 2. Within a block, loads are replaced by what was stored.
// 3. Buffers nobody loads go away with their stores.
// Only buffers that are accessed by plain loads and stores take part; an address is in bounds whether or not the loop
// around it runs. Breaks no loop names.
import { indexedAccess, isDefinedInside, overlapOf } from '@budflow/analysis';
import { ForOp, forBounds, forInits, WhileOp } from '@budflow/dialect-loop';
import { AllocaOp, LoadOp, StoreOp } from '@budflow/dialect-memory';
import { KernelAttrs } from '@budflow/dialect-rt';
import { ExtractOp, SliceOp, LoadOp as VectorLoadOp, StoreOp as VectorStoreOp } from '@budflow/dialect-simd';
import {
  type Block,
  Builder,
  IntegerAttr,
  MemRefType,
  Operation,
  Region,
  type Type,
  type Value,
  VectorType,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const scalarReplacement = definePass({
  name: 'scalar-replacement',
  summary: 'keep private buffers in registers: carried values, forwarding, dead buffers',
  statistics: {
    hoisted: 'loads of cells that the loop does not write, moved in front of it',
    carried: 'cells carried by a loop instead of memory',
    forwarded: 'loads replaced by a stored value',
    buffers: 'private buffers removed',
  },
  run(root, pass) {
    const loops: Operation[] = [];
    root.walkPostOrder((op) => {
      if (ForOp.is(op) || WhileOp.is(op)) loops.push(op);
    });
    for (const loop of loops) {
      pass.statistic('hoisted', hoistLoads(loop));
      pass.statistic('carried', carryCells(loop));
    }
    root.walkPostOrder((op) => {
      for (const region of op.regions)
        for (const block of region.blocks) pass.statistic('forwarded', forward(block.ops));
    });
    pass.statistic('buffers', eraseUnread(root));
    root.walk((op) => {
      if (!AllocaOp.is(op)) return;
      const plain = isPrivate(op.result());
      pass.remark({
        kind: 'missed',
        name: plain ? 'several-addresses' : 'not-plain',
        message: `this buffer stays in memory: ${plain ? 'it is accessed at addresses that are not all known to be the same or apart' : 'not only loads and stores use it'}`,
        at: op,
      });
    });
  },
});

// Accesses

interface Access {
  readonly op: Operation;
  readonly buffer: Value;
  readonly indices: readonly Value[];
  readonly type: Type;
  readonly store: boolean;
}

/** A plain load or store, of a scalar or of a vector. */
function accessOf(op: Operation): Access | undefined {
  const store = StoreOp.is(op) || VectorStoreOp.is(op);
  if (!store && !LoadOp.is(op) && !VectorLoadOp.is(op)) return undefined;
  const { memref, first, end } = indexedAccess(op)!;
  const type = (store ? op.operand(0) : op.result()).type;
  return { op, buffer: op.operand(memref), indices: op.operands.slice(first, end), type, store };
}

/** A private buffer that only plain loads and stores touch. */
function isPrivate(buffer: Value): boolean {
  const alloca = buffer.definingOp;
  return alloca !== null && AllocaOp.is(alloca) && hasPlainUses(buffer);
}

function hasPlainUses(buffer: Value): boolean {
  let plain = true;
  buffer.forEachUse((user) => {
    if (accessOf(user)?.buffer !== buffer) plain = false;
  });
  return plain;
}

/** A private buffer, or a cell that a kernel was given and reaches by no other name: its address is always in bounds. */
function isExclusive(buffer: Value): boolean {
  if (buffer.definingOp) return isPrivate(buffer);
  const block = buffer.parentBlock;
  const kernel = block?.parentOp;
  if (!block || !kernel || kernel.attr(KernelAttrs.kernel) === undefined || !(buffer.type instanceof MemRefType))
    return false;
  if (buffer.type.rank > 0 || !hasPlainUses(buffer)) return false;
  return block.arguments.every(
    (other) => other === buffer || !(other.type instanceof MemRefType) || overlapOf(kernel, buffer, other) === 'none',
  );
}

function constantOf(value: Value): number | undefined {
  const attr = value.definingOp?.attr('value');
  return value.definingOp?.name === 'arith.constant' && attr instanceof IntegerAttr ? attr.number : undefined;
}

function sameIndices(a: readonly Value[], b: readonly Value[]): boolean {
  return a.every((v, i) => v === b[i] || (constantOf(v) !== undefined && constantOf(v) === constantOf(b[i]!)));
}

/** Moves loads of private cells that nothing in the loop writes in front of it; returns how many. */
function hoistLoads(loop: Operation): number {
  const written = new Set<Value>();
  const loads: Access[] = [];
  loop.walk((op) => {
    const access = accessOf(op);
    if (access?.store) written.add(access.buffer);
    else if (access) loads.push(access);
  });
  let hoisted = 0;
  for (const { op, buffer, indices } of loads) {
    if (written.has(buffer) || !isExclusive(buffer) || isDefinedInside(buffer, loop)) continue;
    if (op.parentOp !== loop || !indices.every((i) => !isDefinedInside(i, loop))) continue;
    op.moveBefore(loop);
    hoisted++;
  }
  return hoisted;
}

// 1. Carried cells

/** Makes cells that the loop writes carried values of it; returns how many. */
function carryCells(loop: Operation): number {
  const blocks = loop.regions.map((region) => region.entry);
  const cells = cellsOf(loop, blocks);
  if (cells.length === 0) return 0;

  // Addresses are needed in front of the loop.
  const before = Builder.before(loop);
  const addresses = cells.map((accesses) =>
    accesses[0]!.indices.map((index) =>
      !isDefinedInside(index, loop) ? index : before.insert(index.definingOp!.clone()).result(),
    ),
  );
  const initial = cells.map((accesses, i) => buildAccess(before, accesses[0]!, addresses[i]!, null));
  const types = cells.map((c) => c[0]!.type);
  const replacement = (ForOp.is(loop) ? createFor : createWhile)(before, loop, initial as Value[], types);
  const cellOf = new Map<Operation, number>();
  cells.forEach((accesses, i) => {
    for (const a of accesses) cellOf.set(a.op, i);
  });
  for (const block of blocks) carryThrough(block, types, cellOf);
  for (const result of loop.results) result.replaceAllUsesWith(replacement.result(result.index));
  const after = Builder.after(replacement);
  cells.forEach((accesses, i) => {
    buildAccess(after, accesses[0]!, addresses[i]!, replacement.result(loop.resultCount + i));
  });
  loop.erase();
  return cells.length;
}

/** The accesses of each buffer that the loop writes at one address that stays the same, not in code further in. */
function cellsOf(loop: Operation, blocks: readonly Block[]): Access[][] {
  const byBuffer = new Map<Value, Access[] | null>();
  const visit = (op: Operation, nested: boolean): void => {
    const access = accessOf(op);
    if (access) {
      const list = byBuffer.get(access.buffer);
      if (nested || list === null) byBuffer.set(access.buffer, null);
      else if (list) list.push(access);
      else byBuffer.set(access.buffer, [access]);
      return;
    }
    for (const region of op.regions)
      for (const block of region.blocks) for (const inner of block.ops) visit(inner, true);
  };
  for (const block of blocks) for (const op of block.ops) visit(op, false);

  const cells: Access[][] = [];
  for (const [buffer, accesses] of byBuffer) {
    if (!accesses || !isExclusive(buffer) || isDefinedInside(buffer, loop)) continue;
    const first = accesses[0]!;
    const one = accesses.every(
      (a) =>
        a.type === first.type &&
        sameIndices(a.indices, first.indices) &&
        a.indices.every((i) => !isDefinedInside(i, loop) || constantOf(i) !== undefined),
    );
    if (one && accesses.some((a) => a.store)) cells.push(accesses);
  }
  return cells;
}

/** The loop with more carried values; it takes over the body. */
function createFor(builder: Builder, loop: Operation, initial: readonly Value[], types: readonly Type[]): Operation {
  const bounds = forBounds(loop);
  const region = new Region();
  const made = ForOp.create(builder, loop.loc, {
    lbOperands: bounds.lower.operands,
    ubOperands: bounds.upper.operands,
    inits: [...forInits(loop), ...initial],
    lowerBound: bounds.lower.map,
    upperBound: bounds.upper.map,
    step: bounds.step,
    regions: [region],
    resultTypes: [...loop.resultTypes, ...types],
  });
  for (const [i, name] of loop.attributes.names.entries())
    if (made.attr(name) === undefined) made.setAttr(name, loop.attributes.values[i]!);
  region.takeBody(ForOp.body(loop));
  return made;
}

function createWhile(builder: Builder, loop: Operation, initial: readonly Value[], types: readonly Type[]): Operation {
  const regions = loop.regions.map((old) => {
    const region = new Region();
    region.takeBody(old);
    return region;
  });
  const operands = [...loop.operands, ...initial];
  const results = [...loop.resultTypes, ...types];
  return builder.insert(Operation.create(loop.info, loop.loc, operands, results, loop.attributes, regions));
}

/** Replaces the accesses of a block by values: what it is given in new arguments, its terminator passes on. */
function carryThrough(block: Block, types: readonly Type[], cellOf: ReadonlyMap<Operation, number>): void {
  const current: Value[] = types.map((type) => block.addArgument(type));
  for (const op of block.ops) {
    const cell = cellOf.get(op);
    if (cell === undefined) continue;
    if (op.resultCount) op.result().replaceAllUsesWith(current[cell]!);
    else current[cell] = op.operand(0);
    op.erase();
  }
  const { terminator } = block;
  terminator.setOperands([...terminator.operands, ...current]);
}

/** A load of the access's cell, or a store of `value` to it. */
function buildAccess(builder: Builder, access: Access, indices: readonly Value[], value: Value | null): Value | null {
  const { loc } = access.op;
  const memref = access.buffer;
  const vector = access.type instanceof VectorType;
  if (value === null)
    return vector
      ? VectorLoadOp.build(builder, loc, { memref, indices, resultTypes: [access.type] })
      : LoadOp.build(builder, loc, { memref, indices });
  if (vector) VectorStoreOp.create(builder, loc, { value, memref, indices });
  else StoreOp.create(builder, loc, { value, memref, indices });
  return null;
}

// 2. Forwarding

interface Known {
  readonly indices: readonly Value[];
  readonly type: Type;
  readonly value: Value;
  /** Stores to a part of it, later. */
  readonly overwritten: readonly Access[];
}

/** Replaces loads by values stored or loaded before in the same block; returns how many. */
function forward(ops: readonly Operation[]): number {
  const known = new Map<Value, Known[]>();
  let forwarded = 0;
  for (const op of ops) {
    const access = accessOf(op);
    if (access) {
      if (!isExclusive(access.buffer)) continue;
      const list = known.get(access.buffer) ?? [];
      if (access.store) {
        const kept = list.flatMap((k) => afterStore(k, access));
        kept.push({ indices: access.indices, type: access.type, value: op.operand(0), overwritten: [] });
        known.set(access.buffer, kept);
      } else {
        const value = list.map((k) => valueFrom(k, access)).find((v) => v !== null);
        if (value) {
          op.result().replaceAllUsesWith(value());
          op.erase();
          forwarded++;
        } else
          known.set(access.buffer, [
            ...list,
            { indices: access.indices, type: access.type, value: op.result(), overwritten: [] },
          ]);
      }
      continue;
    }
    if (op.ownRegions === null) continue;
    op.walk((inner) => {
      const nested = accessOf(inner);
      if (nested?.store) known.delete(nested.buffer);
    });
  }
  return forwarded;
}

function lanesOf(type: Type): number {
  return type instanceof VectorType ? type.lanes : 1;
}

/** Start of an access in the last dimension when everything is constant and the other dimensions agree. */
function range(a: readonly Value[]): { outer: string; start: number } | null {
  const constants = a.map(constantOf);
  if (constants.some((c) => c === undefined)) return null;
  return { outer: constants.slice(0, -1).join(), start: constants[constants.length - 1] ?? 0 };
}

/** What is known behind a store: everything apart from it, and lanes of vectors of which it writes others. */
function afterStore(known: Known, store: Access): Known[] {
  if (areDisjoint(known, store)) return [known];
  const isPart = lanesOf(store.type) < lanesOf(known.type) && range(store.indices) && range(known.indices);
  return isPart ? [{ ...known, overwritten: [...known.overwritten, store] }] : [];
}

function areDisjoint(a: Pick<Known, 'indices' | 'type'>, b: Access): boolean {
  const x = range(a.indices);
  const y = range(b.indices);
  if (!x || !y) return false;
  return x.outer !== y.outer || x.start + lanesOf(a.type) <= y.start || y.start + lanesOf(b.type) <= x.start;
}

/** How to make the loaded value of a known one; null when it does not cover the load. */
function valueFrom(known: Known, load: Access): (() => Value) | null {
  if (known.overwritten.some((store) => !areDisjoint(store, load))) return null;
  if (known.type === load.type && sameIndices(known.indices, load.indices)) return () => known.value;
  if (!(known.type instanceof VectorType)) return null;
  const x = range(known.indices);
  const y = range(load.indices);
  if (!x || !y || x.outer !== y.outer) return null;
  const offset = y.start - x.start;
  if (offset < 0 || offset + lanesOf(load.type) > known.type.lanes) return null;
  const builder = Builder.before(load.op);
  if (load.type instanceof VectorType) {
    const { type } = load;
    if (type.element !== known.type.element) return null;
    return () => SliceOp.build(builder, load.op.loc, { vector: known.value, offset, size: type.lanes });
  }
  return () => ExtractOp.build(builder, load.op.loc, { vector: known.value, lane: offset, resultTypes: [load.type] });
}

// 3. Dead buffers

function eraseUnread(root: Operation): number {
  const allocas: Operation[] = [];
  root.walk((op) => {
    if (AllocaOp.is(op)) allocas.push(op);
  });
  let erased = 0;
  for (const alloca of allocas) {
    const buffer = alloca.result();
    if (!isPrivate(buffer)) continue;
    const users = buffer.users();
    if (users.some((user) => !accessOf(user)!.store)) continue;
    for (const user of users) user.erase();
    alloca.erase();
    erased++;
  }
  return erased;
}
