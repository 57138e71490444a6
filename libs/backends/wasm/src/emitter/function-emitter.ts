// Writes one kernel function: values on the stack or in locals, addresses, blocks. The ops themselves are written by
// the functions of the op table, control flow by control.ts.

import { type ArgumentLayout, TrapCode } from '@budflow/backend-api';
import {
  type Attribute,
  type Block,
  type DenseElementsAttr,
  IndexType,
  InternalError,
  type Operation,
  type Value,
} from '@budflow/ir';
import { type FunctionBuilder, type Local, Op, ValueType } from '../encoder/index.js';
import { isSafeOffset, type Located, type Pointer, type Term } from './addresses.js';
import type { SizeSymbol } from './buffers.js';
import { constantAttribute, emitScalarConstant, isCheapConstant, vectorBytes } from './constants.js';
import { emitControl } from './control.js';
import type { Demand } from './demand.js';
import { emitEntry, loadWord } from './entry.js';
import { constantInteger } from './index-facts.js';
import type { Features, OpTable } from './op-table.js';
import type { Plan } from './plan.js';
import type { Representation } from './representation.js';
import type { ValueId } from './values.js';

const NONE = -1 as Local;

export interface EmitterOptions {
  readonly layout: ArgumentLayout;
  readonly debugNames: boolean;
}

export class FunctionEmitter {
  readonly f: FunctionBuilder;
  readonly plan: Plan;
  readonly demand: Demand;
  readonly table: OpTable;
  readonly options: EmitterOptions;
  /** Local of each value; -1 is none. */
  private readonly locals: Local[] = [];
  /** Depth of loops at which the local was taken. */
  private readonly homes: number[] = [];
  /** Vector constants that lie in locals. */
  readonly constants = new Map<Attribute, Local>();
  /** Number of loops around the place of writing. */
  private depth = 0;
  /** Locals to release at the end of the open loops, outermost first. */
  private readonly ending: Local[][] = [];

  constructor(f: FunctionBuilder, plan: Plan, demand: Demand, table: OpTable, options: EmitterOptions) {
    this.f = f;
    this.plan = plan;
    this.demand = demand;
    this.table = table;
    this.options = options;
    for (let i = 0; i < plan.values.list.length; i++) {
      this.locals.push(NONE);
      this.homes.push(0);
    }
  }

  get features(): Features {
    return this.table.features;
  }

  /** Writes the whole function. */
  emitFunction(func: Operation): void {
    const entry = func.region(0).entry;
    emitEntry(this, entry);
    this.emitBlock(entry);
    // func.return of the next chunk.
    this.emitIndex(entry.terminator.operand(0), 'narrow');
  }

  // ---- sizes

  /** Returns the trap code when the i32 on the stack is not zero. */
  trapIf(): void {
    const { f } = this;
    f.if();
    f.i32Const(TrapCode.indexRange);
    f.return();
    f.end();
  }

  /** A product of sizes and strides into its local. */
  emitSymbol(symbol: SizeSymbol): void {
    const { f } = this;
    if (symbol.local >= 0) return;
    const { factors } = symbol;
    factors.forEach((factor, i) => {
      this.emitFactor(factor, factors.length);
      if (i > 0) f.emit(Op.i32_mul);
    });
    symbol.local = f.newLocal(
      ValueType.i32,
      this.name(() => 'size'),
    );
    f.set(symbol.local as Local);
  }

  private emitFactor(factor: number, count: number): void {
    const { f, plan } = this;
    if (factor < 0) {
      this.emitIndex(plan.values.list[-1 - factor]!, 'narrow');
      return;
    }
    const own =
      count === 1 ? undefined : plan.buffers.symbols.find((s) => s.factors.length === 1 && s.factors[0] === factor);
    if (own !== undefined && own.local >= 0) f.get(own.local as Local);
    else loadWord(this, Op.i32_load, factor);
  }

  /** The size of a dimension of a buffer, as a narrow index. */
  emitExtent(buffer: Value, dim: number): void {
    const { f, plan } = this;
    const extent = plan.buffers.of(buffer)?.sizes[dim];
    if (!extent) throw new InternalError(`no size of dimension ${dim}`, buffer.definingOp ?? undefined);
    if (extent.factors.length === 0) {
      f.i32Const(extent.coefficient);
      return;
    }
    extent.factors.forEach((factor, i) => {
      if (factor >= 0) {
        const symbol = plan.buffers.symbols[plan.buffers.symbol([factor], null)]!;
        f.get(symbol.local as Local);
      } else this.emitIndex(plan.values.list[-1 - factor]!, 'narrow');
      if (i > 0) f.emit(Op.i32_mul);
    });
    this.scale(extent.coefficient);
  }

  // ---- values

  representation(value: Value): Representation {
    const r = this.plan.values.representations[this.plan.values.id(value)];
    if (!r)
      throw new InternalError(`a value of type ${value.type} has no WebAssembly form`, value.definingOp ?? undefined);
    return r;
  }

  isWide(value: Value): boolean {
    return value.type instanceof IndexType && this.plan.values.wide[this.plan.values.id(value)] === 1;
  }

  valueType(value: Value): ValueType {
    return this.isWide(value) ? ValueType.i64 : this.representation(value).valueType;
  }

  /** Pushes a value; counts one use. */
  emitValue(value: Value): void {
    const op = value.definingOp;
    if (op !== null && op.name === 'arith.constant') {
      this.emitConstant(op);
      return;
    }
    const id = this.plan.values.id(value);
    const local = this.locals[id]!;
    if (local >= 0) {
      this.f.get(local);
      this.consume(id);
      return;
    }
    this.compute(value);
    if (--this.demand.remaining[id]! > 0) this.f.tee(this.take(id));
  }

  /** Pushes an index in 32 or 64 bits. A wide one is cut off to 32: what it is used for (addresses) is modulo 2^32. */
  emitIndex(value: Value, width: 'narrow' | 'wide'): void {
    const op = value.definingOp;
    if (op !== null && op.name === 'arith.constant') {
      emitScalarConstant(this.f, constantAttribute(op)!, this.representation(value), width);
      return;
    }
    const wide = this.isWide(value);
    this.emitValue(value);
    if (wide && width === 'narrow') this.f.emit(Op.i32_wrap_i64);
    else if (!wide && width === 'wide') this.f.emit(Op.i64_extend_i32_s);
  }

  /** Pushes a value; an index in the width of another one. */
  emitIndexOr(value: Value, like: Value): void {
    if (value.type instanceof IndexType) this.emitIndex(value, this.isWide(like) ? 'wide' : 'narrow');
    else this.emitValue(value);
  }

  private emitConstant(op: Operation): void {
    const attr = constantAttribute(op)!;
    const r = this.representation(op.result(0));
    if (r.lanes === 0) {
      emitScalarConstant(this.f, attr, r, this.isWide(op.result(0)) ? 'wide' : 'narrow');
      return;
    }
    const local = isCheapConstant(op) ? undefined : this.constants.get(attr);
    if (local !== undefined) this.f.get(local);
    else this.f.v128Const(vectorBytes(attr as DenseElementsAttr, r));
  }

  /** Writes the op that defines a value. */
  private compute(value: Value): void {
    const op = value.definingOp;
    if (op === null || this.table.find(op)?.kind === 'control')
      throw new InternalError('use of a value that was not computed', op ?? undefined);
    this.table.find(op)!.emit(this, op);
  }

  /** Whether the value would be computed by its next use: it can become part of the instruction that uses it. */
  isPending(value: Value): boolean {
    const op = value.definingOp;
    if (op === null || op.name === 'arith.constant') return false;
    const id = this.plan.values.id(value);
    return this.locals[id]! < 0 && this.demand.remaining[id] === 1;
  }

  /** Counts the use of a pending value that the caller writes itself. */
  absorb(value: Value): void {
    this.demand.remaining[this.plan.values.id(value)]!--;
  }

  /** Counts one use of a value without writing anything. */
  discard(value: Value): void {
    if (value.definingOp?.name === 'arith.constant') return;
    const id = this.plan.values.id(value);
    if (this.locals[id]! >= 0) this.consume(id);
    else this.demand.remaining[id]!--;
  }

  /** Whether the value lies in this local. */
  isIn(value: Value, local: Local): boolean {
    return value.definingOp?.name !== 'arith.constant' && this.locals[this.plan.values.id(value)] === local;
  }

  private consume(id: ValueId): void {
    const left = --this.demand.remaining[id]!;
    if (left > 0) return;
    if (left < 0)
      throw new InternalError(
        'a value is used more often than counted',
        this.plan.values.list[id]!.definingOp ?? undefined,
      );
    this.freeAt(this.locals[id]!, this.homes[id]!);
  }

  /** Releases a local at the end of the outermost loop it was not taken in: the next iteration reads it again. */
  private freeAt(local: Local, home: number): void {
    if (home === KEEP) return;
    if (home >= this.depth) this.f.release(local);
    else this.ending[home]!.push(local);
  }

  /** A new local for a value. */
  private take(id: ValueId): Local {
    const value = this.plan.values.list[id]!;
    const local = this.f.local(
      this.valueType(value),
      this.name(() => value.definingOp?.name ?? 'argument'),
    );
    this.locals[id] = local;
    this.homes[id] = this.depth;
    return local;
  }

  /** Says that a value lies in a local that the emitter does not release. */
  adopt(id: ValueId, local: Local): void {
    this.locals[id] = local;
    this.homes[id] = KEEP;
  }

  /** Says that a value lies in a local that is free after its last use. */
  give(value: Value, local: Local): void {
    const id = this.plan.values.id(value);
    if (this.demand.remaining[id] === 0) {
      this.freeAt(local, this.depth);
      return;
    }
    this.locals[id] = local;
    this.homes[id] = this.depth;
  }

  /** Takes over the local of a value whose last use this is; undefined when something else needs it. */
  steal(value: Value): Local | undefined {
    if (value.definingOp?.name === 'arith.constant') return undefined;
    const id = this.plan.values.id(value);
    const local = this.locals[id]!;
    if (local < 0 || this.homes[id] !== this.depth || this.demand.remaining[id] !== 1) return undefined;
    this.demand.remaining[id] = 0;
    this.locals[id] = NONE;
    return local;
  }

  /** Uses of a value still to be written. */
  usesLeft(value: Value): number {
    return this.demand.remaining[this.plan.values.id(value)]!;
  }

  /**
   * The value in a local that stays until `unpin` with the result. For values an instruction sequence reads twice;
   * counts one use.
   */
  pin(value: Value): Local {
    const op = value.definingOp;
    if (op !== null && op.name === 'arith.constant') {
      const local = this.f.local(this.valueType(value));
      this.emitConstant(op);
      this.f.set(local);
      return local;
    }
    const id = this.plan.values.id(value);
    if (this.locals[id]! < 0) {
      this.compute(value);
      this.f.set(this.take(id));
    }
    return this.locals[id]!;
  }

  unpin(value: Value, local: Local): void {
    if (value.definingOp?.name === 'arith.constant') this.f.release(local);
    else this.consume(this.plan.values.id(value));
  }

  // ---- blocks

  /** Writes a block without its terminator. */
  emitBlock(block: Block): void {
    for (let op = block.firstOp; op !== null && op !== block.lastOp; op = op.next) {
      const entry = this.table.find(op)!;
      switch (entry.kind) {
        case 'store':
          entry.emit(this, op);
          break;
        case 'control':
          emitControl(this, op);
          break;
        case 'buffer':
          for (const symbol of this.plan.buffers.symbols) if (symbol.at === op && symbol.used) this.emitSymbol(symbol);
          break;
        case 'terminator':
          break;
        default:
          this.emitEager(op);
      }
    }
  }

  private emitEager(op: Operation): void {
    if (op.name === 'arith.constant') return;
    const id = this.plan.values.id(op.result(0));
    if (this.demand.eager[id] !== 1 || this.demand.remaining[id] === 0 || this.locals[id]! >= 0) return;
    this.compute(op.result(0));
    this.f.set(this.take(id));
  }

  enterLoop(): void {
    this.depth++;
    this.ending.push([]);
  }

  leaveLoop(): void {
    this.depth--;
    for (const local of this.ending.pop()!) this.f.release(local);
  }

  // ---- addresses

  located(op: Operation, which = 0): Located {
    const found = this.plan.accesses.get(op)?.[which];
    if (!found) throw new InternalError(`no address for ${op.name}`, op);
    return found;
  }

  /** Pushes an address; returns the offset for the instruction. `extra` bytes are added. */
  emitAddress(located: Located, extra = 0): number {
    const { f } = this;
    f.get(this.pointerLocal(located.pointer));
    const distance = located.constant + extra - located.pointer.anchor;
    for (const term of located.terms) {
      this.emitTerm(term);
      f.emit(Op.i32_add);
    }
    if (isSafeOffset(distance, located, this.plan.addresses)) return distance;
    f.i32Const(distance);
    f.emit(Op.i32_add);
    return 0;
  }

  /** Pushes the address as one number, plus `extra`. */
  emitAddressValue(located: Located, extra = 0): void {
    const offset = this.emitAddress(located, extra);
    if (offset === 0) return;
    this.f.i32Const(offset);
    this.f.emit(Op.i32_add);
  }

  private pointerLocal(pointer: Pointer): Local {
    if (pointer.local < 0) throw new InternalError('use of a pointer that was not computed');
    return pointer.local as Local;
  }

  private emitTerm({ value, symbol, coefficient }: Term): void {
    const { f, plan } = this;
    if (value >= 0) {
      const loop = plan.loopOfIv.get(value);
      const v = plan.values.list[value]!;
      if (loop === undefined && this.locals[value]! >= 0 && plan.values.id(v) !== value) f.get(this.locals[value]!);
      else this.emitIndex(v, 'narrow');
    }
    if (symbol >= 0) {
      f.get(plan.buffers.symbols[symbol]!.local as Local);
      if (value >= 0) f.emit(Op.i32_mul);
    }
    if (value < 0 && symbol < 0) f.i32Const(coefficient);
    else this.scale(coefficient);
  }

  /** Multiplies the i32 on the stack. */
  scale(factor: number): void {
    const { f } = this;
    if (factor === 1) return;
    const log2 = Math.log2(factor);
    f.i32Const(Number.isInteger(log2) && log2 < 32 ? log2 : factor | 0);
    f.emit(Number.isInteger(log2) && log2 < 32 ? Op.i32_shl : Op.i32_mul);
  }

  /** The start of a pointer, anchor included. */
  emitPointerStart(pointer: Pointer): void {
    this.emitAddressValue(pointer.init!, pointer.anchor);
  }

  // ---- index arithmetic that can leave 32 bits

  /** Narrows the i64 on the stack; returns a trap code from the kernel when the number does not fit. */
  narrowOrTrap(): void {
    const { f } = this;
    const wide = f.local(ValueType.i64);
    f.tee(wide);
    f.get(wide);
    f.emit(Op.i64_extend32_s);
    f.emit(Op.i64_ne);
    this.trapIf();
    f.get(wide);
    f.emit(Op.i32_wrap_i64);
    f.release(wide);
  }

  /** An integer constant's value; undefined for other values. */
  constantOf(value: Value): number | undefined {
    return constantInteger(value);
  }

  name(text: () => string): string | undefined {
    return this.options.debugNames ? text() : undefined;
  }
}

/** `homes` of a local that is not the value's to release. */
const KEEP = -1;
