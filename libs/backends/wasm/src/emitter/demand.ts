// Second walk, backwards: which values are used, how often, and where each is computed.
//
// Ops without side effects are not written where they stand but where they are first needed, as part of an expression
// tree when they are used once. This shortens live ranges (the loads of an unrolled micro-kernel move to their use)
// and saves locals. A value is computed where it stands when a use lies in another block, and a load when a write to
// the same memory lies between.
import type { Attribute, Block, Operation, Value } from '@budflow/ir';
import type { Located, LoopPlan, Pointer, Term } from './addresses.js';
import { dimensionOf, laneDimension } from './buffers.js';
import { constantAttribute, isCheapConstant } from './constants.js';
import type { OpEntry, OpTable } from './op-table.js';
import type { Plan } from './plan.js';

/** Expression trees are cut at this height: they are written by recursion. */
const MAX_TREE_HEIGHT = 100;

/** Ops that compute the addresses of their lanes from a stride. */
const BY_LANES = new Set(['simd.strided_load', 'simd.gather', 'simd.scatter']);

interface Write {
  /** Position in the block being walked. */
  readonly position: number;
  readonly op: Operation;
}

export class Demand {
  /** Uses not yet written, by value. */
  readonly remaining: number[] = [];
  /** 1 for a value computed where it stands. */
  readonly eager: number[] = [];
  /** Vector constants used in loops: set at entry. */
  readonly loopConstants = new Set<Attribute>();
  /** Scalar arguments that are used. */
  readonly usedArguments = new Set<Value>();
  private readonly positions: number[] = [];
  private readonly heights: number[] = [];
  private readonly plan: Plan;
  private readonly table: OpTable;
  private block: Block;
  private depth = 0;

  constructor(plan: Plan, table: OpTable, entry: Block) {
    this.plan = plan;
    this.table = table;
    this.block = entry;
    for (let i = 0; i < plan.values.list.length; i++) {
      this.remaining.push(0);
      this.eager.push(0);
      this.positions.push(Number.POSITIVE_INFINITY);
      this.heights.push(0);
    }
    this.walk(entry, 0);
  }

  /** Walks a block; returns the writes in it. */
  private walk(block: Block, depth: number): Write[] {
    const outerBlock = this.block;
    const outerDepth = this.depth;
    this.block = block;
    this.depth = depth;
    if (!block.ordered) block.renumber();
    const writes: Write[] = [];
    for (let op = block.lastOp; op !== null; op = op.previous) this.visit(op, this.table.find(op)!, writes);
    this.block = outerBlock;
    this.depth = outerDepth;
    return writes;
  }

  private visit(op: Operation, entry: OpEntry, writes: Write[]): void {
    switch (entry.kind) {
      case 'terminator':
        this.operands(op, entry, op.order, 0);
        return;
      case 'store':
        this.operands(op, entry, op.order, 0);
        writes.push({ position: op.order, op });
        return;
      case 'control':
        this.control(op, writes);
        return;
      case 'buffer':
        this.bufferSymbols(op);
        return;
      default:
        this.expression(op, entry, writes);
    }
  }

  private expression(op: Operation, entry: OpEntry, writes: readonly Write[]): void {
    const id = this.plan.values.id(op.result(0));
    if (this.remaining[id] === 0 || op.name === 'arith.constant') return;
    const needed = this.positions[id]!;
    if (this.heights[id]! > MAX_TREE_HEIGHT || (entry.kind === 'load' && this.isClobbered(op, needed, writes)))
      this.eager[id] = 1;
    if (this.eager[id] === 1) this.operands(op, entry, op.order, 0);
    else this.operands(op, entry, needed, this.heights[id]!);
  }

  private isClobbered(load: Operation, needed: number, writes: readonly Write[]): boolean {
    for (const write of writes) if (write.position < needed && this.mayOverlap(load, write.op)) return true;
    return false;
  }

  /** Scratch memory and arrays are apart. Distinct arrays may be one when the runtime reuses an input in place. */
  private mayOverlap(load: Operation, write: Operation): boolean {
    const written = this.table.find(write)!;
    const at = written.memrefs!.findIndex((m) => m.memref === written.writes);
    const target = this.plan.accesses.get(write)?.[at];
    const source = this.plan.accesses.get(load)?.[0];
    if (!target || !source) return true;
    const a = source.pointer;
    const b = target.pointer;
    if (a.base !== b.base) return a.base > 1 && b.base > 1;
    if (a !== b || source.terms.length > 0 || target.terms.length > 0) return true;
    const bytes = accessBytes(this.table, load, this.plan);
    const writtenBytes = accessBytes(this.table, write, this.plan);
    return source.constant < target.constant + writtenBytes && target.constant < source.constant + bytes;
  }

  private control(op: Operation, writes: Write[]): void {
    const loop = this.plan.loops.get(op);
    const depth = this.depth + (loop ? 1 : 0);
    // Last region first, as everywhere in this walk.
    for (let i = op.regions.length - 1; i >= 0; i--) {
      const region = op.region(i);
      if (region.isEmpty) continue;
      for (const write of this.walk(region.entry, depth)) writes.push({ position: op.order, op: write.op });
    }
    if (loop) {
      for (const pointer of loop.induction) if (pointer.used) this.preheader(pointer, loop);
      for (const pointer of loop.hoisted) if (pointer.used) this.preheader(pointer, loop);
    }
    for (let i = 0; i < op.operandCount; i++) this.value(op.operand(i), op.order, 0);
  }

  /** What the start of a pointer is computed from must lie in locals before the loop. */
  private preheader(pointer: Pointer, loop: LoopPlan): void {
    this.markTerms(pointer.growth);
    for (const term of pointer.init!.terms) {
      this.markSymbol(term);
      if (term.value < 0 || term.value === loop.lowerValue) continue;
      const id = term.value;
      this.value(this.plan.values.list[id]!, loop.op.order, 0);
      this.eager[id] = 1;
    }
  }

  private operands(op: Operation, entry: OpEntry, position: number, height: number): void {
    const accesses = entry.memrefs && this.plan.accesses.get(op);
    if (op.name === 'memory.dim') {
      this.dimension(op, position, height);
      return;
    }
    for (let i = 0; i < op.operandCount; i++) {
      if (entry.memrefs !== undefined && isAddressOperand(op, entry, i)) continue;
      this.value(op.operand(i), position, height + 1);
    }
    if (!accesses) return;
    for (const located of accesses) this.located(located, position, height + 1);
    if (BY_LANES.has(op.name)) {
      const memref = op.operand(entry.memrefs![0]!.memref);
      const { symbol } = this.plan.buffers.of(memref)!.strides[laneDimension(op)]!;
      if (symbol >= 0) this.plan.buffers.symbols[symbol]!.used = true;
    }
    if (entry.memrefs!.some((m) => m.indices === undefined)) this.wholeBuffers(op, entry, position);
  }

  private located(located: Located, position: number, height: number): void {
    this.use(located.pointer);
    for (const term of located.terms) {
      this.markSymbol(term);
      if (term.value >= 0) this.value(this.plan.values.list[term.value]!, position, height);
    }
  }

  /** Marks a pointer and those its start is computed from. */
  private use(pointer: Pointer): void {
    for (let p: Pointer | undefined = pointer; p && !p.used; p = p.init?.pointer) p.used = true;
  }

  private markTerms(terms: readonly Term[]): void {
    for (const term of terms) this.markSymbol(term);
  }

  private markSymbol(term: Term): void {
    if (term.symbol >= 0) this.plan.buffers.symbols[term.symbol]!.used = true;
  }

  /** Symbols of a buffer that are computed here. */
  private bufferSymbols(op: Operation): void {
    for (const symbol of this.plan.buffers.symbols) {
      if (symbol.at !== op || !symbol.used) continue;
      for (const f of symbol.factors) if (f < 0) this.value(this.plan.values.list[-1 - f]!, op.order, 0);
      for (const f of symbol.factors) if (f >= 0) this.word(f);
    }
  }

  private word(word: number): void {
    this.plan.buffers.symbols[this.plan.buffers.symbol([word], null)]!.used = true;
  }

  private dimension(op: Operation, position: number, height: number): void {
    const size = this.plan.buffers.of(op.operand(0))?.sizes[dimensionOf(op)];
    for (const f of size?.factors ?? []) {
      if (f >= 0) this.word(f);
      else this.value(this.plan.values.list[-1 - f]!, position, height + 1);
    }
  }

  /** Ops on whole buffers need their sizes. */
  private wholeBuffers(op: Operation, entry: OpEntry, position: number): void {
    const size = this.plan.buffers.of(op.operand(entry.writes!))!;
    for (const extent of size.sizes) {
      for (const f of extent?.factors ?? []) {
        if (f >= 0) this.word(f);
        else this.value(this.plan.values.list[-1 - f]!, position, 1);
      }
    }
  }

  private value(value: Value, position: number, height: number): void {
    const op = value.definingOp;
    if (op !== null && op.name === 'arith.constant') {
      const attribute = constantAttribute(op);
      if (this.depth > 0 && attribute && !isCheapConstant(op)) this.loopConstants.add(attribute);
      return;
    }
    const id = this.plan.values.id(value);
    this.remaining[id]!++;
    if (op === null) {
      const loop = this.plan.loopOfIv.get(id);
      if (loop) loop.needsIv = true;
      else if (value.parentBlock?.parentOp?.name === 'func.func') this.usedArguments.add(value);
      return;
    }
    if (value.parentBlock !== this.block) {
      this.eager[id] = 1;
      return;
    }
    if (position < this.positions[id]!) this.positions[id] = position;
    if (height > this.heights[id]!) this.heights[id] = height;
  }
}

/** Whether operand `i` is a memref or an index of an access: these are part of the address. */
function isAddressOperand(op: Operation, entry: OpEntry, i: number): boolean {
  for (const { memref, indices } of entry.memrefs!) {
    if (i === memref) return true;
    if (indices === undefined) continue;
    const { type } = op.operand(memref);
    const rank = 'shape' in type ? (type.shape as readonly number[]).length : 0;
    if (i >= indices && i < indices + rank) return true;
  }
  return false;
}

/** Bytes a load or store touches from its address on; unbounded for other accesses. */
function accessBytes(table: OpTable, op: Operation, plan: Plan): number {
  const { values } = plan;
  switch (op.name) {
    case 'memory.load':
    case 'simd.load': {
      const r = values.representations[values.id(op.result(0))]!;
      return Math.max(1, r.lanes) * r.bytes;
    }
    case 'memory.store':
    case 'simd.store': {
      const entry = table.find(op)!;
      const stored = op.operand(entry.writes === 0 ? 1 : 0);
      const r = values.representations[values.id(stored)]!;
      return Math.max(1, r.lanes) * r.bytes;
    }
    default:
      return Number.POSITIVE_INFINITY;
  }
}
