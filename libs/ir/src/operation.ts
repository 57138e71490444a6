// Operation and Region. One concrete class for every kind of operation: what kind it is, `info` says.
// Every field is initialised in a fixed order and rare things are nullable, so that V8 sees one hidden class.
import type { Attribute, DictionaryAttr } from './attribute.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import { Diagnostic } from './diagnostic.js';
import { InternalError } from './errors.js';
import type { Location, LocationRef } from './location.js';
import type { OpInfo } from './op-info.js';
import type { Type } from './type.js';
import { linkUse, OpResult, Use, unlinkUse, Value } from './value.js';

/** Bits of `Operation.flags`. */
export const FLAG_ERASED = 1;
export const FLAG_IN_WORKLIST = 2;
export const FLAG_VISITED = 4;

/** An operation; as a value, its first result (`type` is null when it has none). */
export class Operation extends Value {
  info: OpInfo;
  loc: LocationRef;
  attributes: DictionaryAttr;
  parent: Block | null = null;
  previous: Operation | null = null;
  next: Operation | null = null;
  /** Position key within the block; see Block.renumber. */
  order = 0;
  flags = 0;
  operandCount = 0;
  // Operands 0 and 1 with their use links (see value.ts).
  operand0: Value | null = null;
  next0: Operation | Use | null = null;
  previous0: Operation | Use | null = null;
  slots0 = 0;
  operand1: Value | null = null;
  next1: Operation | Use | null = null;
  previous1: Operation | Use | null = null;
  slots1 = 0;
  moreOperands: Use[] | null = null;
  moreResults: OpResult[] | null = null;
  /** Owned regions; null when there are none. */
  ownRegions: Region[] | null = null;
  /** Successor blocks of a terminator; null when there are none. */
  ownSuccessors: Block[] | null = null;

  constructor(info: OpInfo, loc: LocationRef, attributes: DictionaryAttr) {
    super(NO_TYPE);
    this.info = info;
    this.loc = loc;
    this.attributes = attributes;
  }

  /** Builds a detached operation. Operands are linked, results made, regions and successors adopted. */
  static create(
    info: OpInfo,
    loc: LocationRef,
    operands: readonly Value[],
    resultTypes: readonly Type[],
    attributes: DictionaryAttr = info.context.emptyDictionary,
    regions: readonly Region[] = [],
    successors: readonly Block[] = [],
  ): Operation {
    const op = new Operation(info, loc, attributes);
    for (let i = 0; i < operands.length; i++) op.appendOperand(operands[i]!);
    for (let i = 0; i < resultTypes.length; i++) op.appendResult(resultTypes[i]!);
    for (const region of regions) op.appendRegion(region);
    if (successors.length) op.ownSuccessors = successors.slice();
    return op;
  }

  // As a value

  override get owner(): Operation {
    return this;
  }
  override get index(): number {
    return 0;
  }
  override get definingOp(): Operation {
    return this;
  }
  override get isBlockArgument(): boolean {
    return false;
  }
  override get parentBlock(): Block | null {
    return this.parent;
  }

  get name(): string {
    return this.info.name;
  }
  get context(): Context {
    return this.info.context;
  }
  /** The location as an object (made from the offset when the operation was parsed). */
  get location(): Location {
    return this.context.location(this.loc);
  }

  // Operands

  operand(index: number): Value {
    const value = this.operandOrNull(index);
    if (value === null) throw new InternalError(`${this.name} has no operand ${index}`, this);
    return value;
  }
  private operandOrNull(index: number): Value | null {
    if (index === 0) return this.operand0;
    if (index === 1) return this.operand1;
    return this.moreOperands?.[index - 2]?.value ?? null;
  }
  /** A fresh array of the operands; hot code uses operandCount and operand(i). */
  get operands(): Value[] {
    const list = new Array<Value>(this.operandCount);
    for (let i = 0; i < list.length; i++) list[i] = this.operand(i);
    return list;
  }
  setOperand(index: number, value: Value): void {
    if (index === 0) {
      if (this.operand0 === value) return;
      if (this.operand0) unlinkUse(this.operand0, this, 0);
      this.operand0 = value;
      linkUse(value, this, 0);
    } else if (index === 1) {
      if (this.operand1 === value) return;
      if (this.operand1) unlinkUse(this.operand1, this, 1);
      this.operand1 = value;
      linkUse(value, this, 1);
    } else {
      const use = this.moreOperands![index - 2]!;
      if (use.value === value) return;
      if (use.value) unlinkUse(use.value, use, 2);
      use.value = value;
      linkUse(value, use, 2);
    }
  }
  appendOperand(value: Value): void {
    const index = this.operandCount++;
    if (index === 0) {
      this.operand0 = value;
      linkUse(value, this, 0);
    } else if (index === 1) {
      this.operand1 = value;
      linkUse(value, this, 1);
    } else {
      const use = new Use(this, index);
      use.value = value;
      linkUse(value, use, 2);
      if (this.moreOperands === null) this.moreOperands = [use];
      else this.moreOperands.push(use);
    }
  }
  /** Replaces the whole operand list. */
  setOperands(values: readonly Value[]): void {
    this.dropOperands();
    for (const value of values) this.appendOperand(value);
  }
  eraseOperand(index: number): void {
    this.setOperands(this.operands.filter((_, i) => i !== index));
  }
  private dropOperands(): void {
    if (this.operand0) unlinkUse(this.operand0, this, 0);
    if (this.operand1) unlinkUse(this.operand1, this, 1);
    if (this.moreOperands) for (const use of this.moreOperands) if (use.value) unlinkUse(use.value, use, 2);
    this.operand0 = null;
    this.operand1 = null;
    this.moreOperands = null;
    this.operandCount = 0;
  }

  // Results

  /** The first result: the operation itself, or null. */
  get result0(): Operation | null {
    return this.type === NO_TYPE ? null : this;
  }
  get resultCount(): number {
    return this.type === NO_TYPE ? 0 : 1 + (this.moreResults === null ? 0 : this.moreResults.length);
  }
  result(index = 0): Value {
    if (index === 0 && this.type !== NO_TYPE) return this;
    const value = this.moreResults?.[index - 1];
    if (!value) throw new InternalError(`${this.name} has no result ${index}`, this);
    return value;
  }
  get results(): Value[] {
    if (this.type === NO_TYPE) return [];
    return this.moreResults === null ? [this] : [this, ...this.moreResults];
  }
  get resultTypes(): Type[] {
    return this.results.map((r) => r.type);
  }
  appendResult(type: Type): Value {
    if (this.type === NO_TYPE) {
      this.type = type;
      return this;
    }
    const value = new OpResult(type, this, this.resultCount);
    if (this.moreResults === null) this.moreResults = [value];
    else this.moreResults.push(value);
    return value;
  }
  get hasResultUses(): boolean {
    if (this.first !== null) return true;
    if (this.moreResults !== null) for (const r of this.moreResults) if (r.first !== null) return true;
    return false;
  }

  // Attributes

  attr(name: string): Attribute | undefined {
    return this.attributes.get(name);
  }
  /** Sets an attribute; null removes it. */
  setAttr(name: string, value: Attribute | null): void {
    this.attributes = this.context.withAttribute(this.attributes, name, value);
  }

  // Regions and successors

  get regions(): readonly Region[] {
    return this.ownRegions ?? NO_REGIONS;
  }
  region(index: number): Region {
    const region = this.ownRegions?.[index];
    if (!region) throw new InternalError(`${this.name} has no region ${index}`, this);
    return region;
  }
  appendRegion(region: Region = new Region()): Region {
    region.parent = this;
    if (this.ownRegions === null) this.ownRegions = [region];
    else this.ownRegions.push(region);
    return region;
  }
  get successors(): readonly Block[] {
    return this.ownSuccessors ?? NO_BLOCKS;
  }
  setSuccessor(index: number, block: Block): void {
    this.ownSuccessors![index] = block;
  }

  // Position

  get parentRegion(): Region | null {
    return this.parent ? this.parent.parent : null;
  }
  get parentOp(): Operation | null {
    return this.parent?.parent?.parent ?? null;
  }
  /** The closest enclosing operation (not this one) for which the predicate holds. */
  ancestor(predicate: (op: Operation) => boolean): Operation | null {
    for (let op = this.parentOp; op; op = op.parentOp) if (predicate(op)) return op;
    return null;
  }
  isAncestorOf(other: Operation): boolean {
    for (let op: Operation | null = other; op; op = op.parentOp) if (op === this) return true;
    return false;
  }
  /** Both must be in the same block. Amortised O(1). */
  isBeforeInBlock(other: Operation): boolean {
    const block = this.parent;
    if (!block || block !== other.parent)
      throw new InternalError('isBeforeInBlock: operations of different blocks', this);
    if (!block.ordered) block.renumber();
    return this.order < other.order;
  }
  moveBefore(other: Operation): void {
    if (other === this) return;
    this.remove();
    other.parent!.insertBefore(this, other);
  }
  moveAfter(other: Operation): void {
    if (other === this) return;
    this.remove();
    other.parent!.insertBefore(this, other.next);
  }

  /** Takes the operation out of its block; its operands stay linked. */
  remove(): void {
    this.parent?.unlink(this);
  }

  /** Removes and destroys the operation with everything in its regions. Its results must have no uses left. */
  erase(): void {
    if (this.hasResultUses) throw new InternalError(`erasing ${this.name} whose results are still used`, this);
    this.remove();
    this.destroy();
  }

  /** Drops every link the operation and its nested operations hold, without regard for uses of its results. */
  destroy(): void {
    this.flags |= FLAG_ERASED;
    this.dropOperands();
    if (this.ownRegions) for (const region of this.ownRegions) for (const block of region.blocks) block.destroyOps();
    this.ownSuccessors = null;
  }

  get isErased(): boolean {
    return (this.flags & FLAG_ERASED) !== 0;
  }

  /** Visits this operation and all nested ones, operation first. The visitor may erase the operation it is given. */
  walk(visit: (op: Operation) => void): void {
    visit(this);
    if (this.isErased || this.ownRegions === null) return;
    for (const region of this.ownRegions) {
      for (const block of region.blocks) {
        for (let op = block.firstOp; op !== null; ) {
          const next: Operation | null = op.next;
          op.walk(visit);
          op = next;
        }
      }
    }
  }
  /** Like walk, nested operations first. */
  walkPostOrder(visit: (op: Operation) => void): void {
    if (this.ownRegions !== null) {
      for (const region of this.ownRegions) {
        for (const block of region.blocks) {
          for (let op = block.firstOp; op !== null; ) {
            const next: Operation | null = op.next;
            op.walkPostOrder(visit);
            op = next;
          }
        }
      }
    }
    visit(this);
  }

  /** A deep copy. `mapping` translates operands from outside and receives old -> new for results and block arguments. */
  clone(mapping: Map<Value, Value> = new Map(), blocks: Map<Block, Block> = new Map()): Operation {
    const pending: PendingOperand[] = [];
    const copy = this.cloneWith(mapping, blocks, pending);
    resolvePending(pending, mapping);
    return copy;
  }

  /** Operands whose definition may still be copied go to `pending`: in graph regions and loops it can come later. */
  cloneWith(mapping: Map<Value, Value>, blocks: Map<Block, Block>, pending: PendingOperand[]): Operation {
    const copy = new Operation(this.info, this.loc, this.attributes);
    for (let i = 0; i < this.operandCount; i++) {
      const value = this.operand(i);
      const mapped = mapping.get(value);
      copy.appendOperand(mapped ?? value);
      if (mapped === undefined) pending.push({ op: copy, index: i });
    }
    for (const result of this.results) mapping.set(result, copy.appendResult(result.type));
    if (this.ownSuccessors) copy.ownSuccessors = this.ownSuccessors.map((b) => blocks.get(b) ?? b);
    if (this.ownRegions)
      for (const region of this.ownRegions) region.cloneWith(copy.appendRegion(), mapping, blocks, pending);
    return copy;
  }

  // Diagnostics

  emitError(id: string, message: string): Diagnostic {
    return this.context.diagnostics.emit(new Diagnostic('error', id, `'${this.name}' op ${message}`, this.loc, this));
  }
  emitWarning(id: string, message: string): Diagnostic {
    return this.context.diagnostics.emit(new Diagnostic('warning', id, `'${this.name}' op ${message}`, this.loc, this));
  }
  emitRemark(id: string, message: string): Diagnostic {
    return this.context.diagnostics.emit(new Diagnostic('remark', id, message, this.loc, this));
  }

  /** The operation in MLIR text (custom assembly where defined). */
  override toString(): string {
    return this.context.printOperation(this);
  }
}

/** An ordered list of blocks owned by an operation. */
export class Region {
  parent: Operation | null = null;
  readonly blocks: Block[] = [];

  get isEmpty(): boolean {
    return this.blocks.length === 0;
  }
  /** The first block; throws when the region is empty. */
  get entry(): Block {
    const block = this.blocks[0];
    if (!block) throw new InternalError('region has no blocks', this.parent ?? undefined);
    return block;
  }
  append(block: Block = new Block()): Block {
    block.parent = this;
    this.blocks.push(block);
    return block;
  }
  insert(index: number, block: Block): Block {
    block.parent = this;
    this.blocks.splice(index, 0, block);
    return block;
  }
  /** Takes a block out; its operations stay in it. */
  removeBlock(block: Block): void {
    this.blocks.splice(this.blocks.indexOf(block), 1);
    block.parent = null;
  }
  /** Moves all blocks of `other` to the end of this region. */
  takeBody(other: Region): void {
    for (const block of other.blocks.splice(0)) this.append(block);
  }
  isAncestorOf(other: Region): boolean {
    for (let r: Region | null = other; r; r = r.parent?.parentRegion ?? null) if (r === this) return true;
    return false;
  }
  /** Appends copies of the blocks to `target`. */
  cloneInto(target: Region, mapping: Map<Value, Value>, blocks: Map<Block, Block> = new Map()): void {
    const pending: PendingOperand[] = [];
    this.cloneWith(target, mapping, blocks, pending);
    resolvePending(pending, mapping);
  }
  cloneWith(target: Region, mapping: Map<Value, Value>, blocks: Map<Block, Block>, pending: PendingOperand[]): void {
    const copies = this.blocks.map((block) => {
      const copy = target.append();
      blocks.set(block, copy);
      for (const arg of block.arguments)
        mapping.set(arg, copy.addArgument(arg.type, block.argumentLocation(arg.index)));
      return copy;
    });
    this.blocks.forEach((block, i) => {
      for (let op = block.firstOp; op; op = op.next) copies[i]!.append(op.cloneWith(mapping, blocks, pending));
    });
  }
}

/** An operand of a copy that had no counterpart when the copy was made. */
export interface PendingOperand {
  readonly op: Operation;
  readonly index: number;
}

function resolvePending(pending: readonly PendingOperand[], mapping: ReadonlyMap<Value, Value>): void {
  for (const { op, index } of pending) {
    const mapped = mapping.get(op.operand(index));
    if (mapped) op.setOperand(index, mapped);
  }
}

/** What `type` is of an operation without results. */
const NO_TYPE = null as unknown as Type;
const NO_REGIONS: readonly Region[] = [];
const NO_BLOCKS: readonly Block[] = [];
