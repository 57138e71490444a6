// Emits the body of a loop for all of its iterations at once: each op either once, when all lanes agree, or on vectors.
import { loopName } from '@budflow/analysis';
import { ForOp, forBounds, IfOp, inductionVariable, WhileOp } from '@budflow/dialect-loop';
import { AllocaOp, LoadOp, StoreOp } from '@budflow/dialect-memory';
import {
  type Block,
  type Builder,
  Elementwise,
  IndexType,
  IntegerType,
  isSpeculatable,
  type MemRefType,
  Operation,
  Region,
  type Value,
  VectorType,
} from '@budflow/ir';
import { Refusal } from '../primitive.js';
import { type StoreGroup, storeGroups, storeInterleaved } from './interleaved-stores.js';
import { LaneAccess } from './lane-access.js';
import type { Lanes } from './lanes.js';
import type { Mask } from './masks.js';
import { type BodyEmitter, emitVaryingIf, emitVaryingWhile, harmless } from './predication.js';
import type { Variance } from './variance.js';

export class VectorEmitter implements BodyEmitter {
  /** The lanes that take the way being emitted. */
  mask: Mask = null;
  readonly lanes: Lanes;
  readonly variance: Variance;
  private readonly loop: Operation;
  private readonly builder: Builder;
  private readonly access: LaneAccess;
  /** Buffers allocated inside the loop, with one element for each lane. */
  private readonly expanded = new Map<Value, Value>();
  /** Stores of whole records, which the last of them does. */
  private readonly records = new Map<Operation, StoreGroup>();

  constructor(loop: Operation, lanes: Lanes, variance: Variance) {
    this.loop = loop;
    this.lanes = lanes;
    this.variance = variance;
    this.builder = lanes.builder;
    this.access = new LaneAccess(lanes);
  }

  private refuse(reason: string): never {
    throw new Refusal(reason, { loop: loopName(this.loop) });
  }

  /** The function around the loop. */
  private kernel(): Operation | null {
    let op: Operation | null = this.loop;
    while (op && op.name !== 'func.func') op = op.parentOp;
    return op;
  }

  /** Emits everything in a block of the old body but its terminator. */
  block(block: Block): void {
    const kernel = this.kernel();
    for (const [store, group] of kernel ? storeGroups(block, inductionVariable(this.loop), kernel) : [])
      this.records.set(store, group);
    for (let op = block.firstOp; op && op !== block.lastOp; op = op.next) this.op(op);
  }

  private op(op: Operation): void {
    if (LoadOp.is(op)) this.load(op);
    else if (StoreOp.is(op)) this.store(op);
    else if (AllocaOp.is(op)) this.alloca(op);
    else if (ForOp.is(op)) this.for(op);
    else if (IfOp.is(op)) this.if(op);
    else if (WhileOp.is(op)) this.while(op);
    else if (op.ownRegions !== null) this.refuse(`'${op.name}' has no vector form`);
    else if (!this.isLazyIndex(op)) this.plain(op);
  }

  /** Index arithmetic on the loop variable is not built until an address or a value needs it. */
  private isLazyIndex(op: Operation): boolean {
    if (op.resultCount !== 1 || !(op.result(0).type instanceof IndexType) || !this.variance.values.has(op.result(0)))
      return false;
    const form = this.lanes.index(op.result(0));
    return !this.lanes.isOpaque(form, op.result(0));
  }

  // Ops without regions

  private plain(op: Operation): void {
    const uniform = this.uniformOperands(op);
    if (uniform) {
      const made = this.builder.insert(Operation.create(op.info, op.loc, uniform, op.resultTypes, op.attributes));
      op.results.forEach((r, i) => {
        this.lanes.setScalar(r, made.result(i));
      });
      return;
    }
    if (this.indexCast(op)) return;
    if (!op.info.hasTrait(Elementwise) && op.name !== 'arith.select') {
      const buffer = op.operands.find((v) => this.expanded.has(v));
      this.refuse(
        buffer ? `'${op.name}' uses a buffer that differs between iterations` : `'${op.name}' has no vector form`,
      );
    }
    if (op.operands.some((v) => v.type instanceof VectorType))
      this.refuse(`'${op.name}' inside works on vectors already`);
    let operands = op.operands.map((v) => this.lanes.vector(v, op.loc));
    if (this.mask && !isSpeculatable(op)) operands = harmless(this.lanes, this.mask, operands, op);
    const types = op.resultTypes.map((t) => this.lanes.typeOf(t));
    const made = this.builder.insert(Operation.create(op.info, op.loc, operands, types, op.attributes));
    op.results.forEach((r, i) => {
      this.lanes.setVector(r, made.result(i));
    });
  }

  /** The operands when they are the same in all lanes. */
  private uniformOperands(op: Operation): Value[] | null {
    const values: Value[] = [];
    for (const operand of op.operands) {
      const scalar = this.expanded.has(operand) ? null : this.lanes.scalar(operand, op.loc);
      if (!scalar) return null;
      values.push(scalar);
    }
    return values;
  }

  /** index_cast (base + lane * c) == index_cast base + c * lane, in the arithmetic of the integer type. */
  private indexCast(op: Operation): boolean {
    if (op.name !== 'arith.index_cast' && op.name !== 'arith.index_castui') return false;
    const type = op.result(0).type;
    if (!(op.operand(0).type instanceof IndexType) || !(type instanceof IntegerType)) return false;
    const { expr, stride, data } = this.lanes.index(op.operand(0));
    if (stride === null || data || type.width > 64) return false;
    const convert = (base: Value): Value =>
      this.builder.insert(Operation.create(op.info, op.loc, [base], [type], op.attributes)).result(0);
    this.lanes.setVector(op.result(0), this.lanes.ramp({ expr, stride }, op.loc, type, convert));
    return true;
  }

  // Memory

  private load(op: Operation): void {
    const memref = op.operand(0);
    const buffer = this.expanded.get(memref);
    if (buffer) {
      this.lanes.setVector(op.result(0), this.access.loadExpanded(op, buffer, this.uniformIndices(op, 1)));
      return;
    }
    const made = this.access.load(op, this.buffer(op, memref), this.mask);
    if ('scalar' in made) this.lanes.setScalar(op.result(0), made.scalar);
    else this.lanes.setVector(op.result(0), made.vector);
  }

  private store(op: Operation): void {
    const memref = op.operand(1);
    const expanded = this.expanded.get(memref);
    if (expanded) {
      this.access.storeExpanded(op, expanded, this.uniformIndices(op, 2), this.mask);
      return;
    }
    const buffer = this.buffer(op, memref);
    const record = this.mask ? undefined : this.records.get(op);
    if (record) {
      if (record.last === op) storeInterleaved(this.lanes, record, buffer);
      return;
    }
    const uniform = this.uniformOperands(op);
    if (uniform) this.builder.insert(Operation.create(op.info, op.loc, uniform, [], op.attributes));
    else if (!this.access.store(op, buffer, this.mask)) this.refuse('all iterations write one element');
  }

  /** The buffer itself is the same in all lanes. */
  private buffer(op: Operation, memref: Value): Value {
    return (
      this.lanes.scalar(memref, op.loc) ?? this.refuse(`'${op.name}' uses a buffer that differs between iterations`)
    );
  }

  private uniformIndices(op: Operation, first: number): Value[] {
    return op.operands
      .slice(first)
      .map(
        (index) => this.lanes.scalar(index, op.loc) ?? this.refuse('a buffer allocated inside is indexed by the loop'),
      );
  }

  private alloca(op: Operation): void {
    const result = op.result(0);
    const sizes = op.operands.map(
      (v) => this.lanes.scalar(v, op.loc) ?? this.refuse('the size of a buffer allocated inside depends on it'),
    );
    const type = result.type as MemRefType;
    if (!this.variance.buffers.has(result)) {
      this.lanes.setScalar(
        result,
        AllocaOp.build(this.builder, op.loc, {
          dynamicSizes: sizes,
          resultTypes: [type],
          alignment: AllocaOp.alignment(op),
        }),
      );
      return;
    }
    const { width, context } = this.lanes;
    const wide = context.memref(
      [...type.shape, width],
      this.lanes.typeOf(type.element).element,
      null,
      type.memorySpace,
    );
    this.expanded.set(
      result,
      AllocaOp.build(this.builder, op.loc, {
        dynamicSizes: sizes,
        resultTypes: [wide],
        alignment: AllocaOp.alignment(op),
      }),
    );
  }

  // Structured control flow

  /** Makes an argument for an old one: a vector where iterations differ. */
  private argument(old: Value, block: Block): void {
    if (this.variance.values.has(old)) this.lanes.setVector(old, block.addArgument(this.lanes.typeOf(old.type)));
    else this.lanes.setScalar(old, block.addArgument(old.type));
  }

  /** The values passed to targets, as vectors where those vary. */
  passed(values: readonly Value[], targets: readonly Value[], op: Operation): Value[] {
    return values.map((value, i) => {
      if (this.variance.values.has(targets[i]!)) return this.lanes.vector(value, op.loc);
      return (
        this.lanes.scalar(value, op.loc) ?? this.refuse(`'${op.name}' passes a value that differs between iterations`)
      );
    });
  }

  private results(op: Operation, made: Operation): void {
    op.results.forEach((r, i) => {
      if (this.variance.values.has(r)) this.lanes.setVector(r, made.result(i));
      else this.lanes.setScalar(r, made.result(i));
    });
  }

  private resultTypes(op: Operation) {
    return op.results.map((r) => (this.variance.values.has(r) ? this.lanes.typeOf(r.type) : r.type));
  }

  /** Fills `target` with the code of an old block, whose terminator passes values to `targets`. */
  private body(old: Block, target: Block, targets: readonly Value[]): void {
    this.builder.scoped(() => {
      this.builder.setInsertionPointToEnd(target);
      this.block(old);
      const terminator = old.terminator;
      const values = this.passed(terminator.operands, targets, terminator);
      this.builder.insert(Operation.create(terminator.info, terminator.loc, values, [], terminator.attributes));
    });
  }

  private for(op: Operation): void {
    const { lower, upper } = forBounds(op);
    const bounds = [...lower.operands, ...upper.operands].map(
      (v) => this.lanes.scalar(v, op.loc) ?? this.refuse(`the bounds of the inner loop "${loopName(op)}" depend on it`),
    );
    const old = ForOp.body(op).entry;
    const carried = old.arguments.slice(1);
    const inits = this.passed(ForOp.inits(op), carried, op);
    const region = new Region();
    const block = region.append();
    this.lanes.setScalar(old.arguments[0]!, block.addArgument(this.lanes.context.index));
    for (const arg of carried) this.argument(arg, block);
    const made = this.builder.insert(
      Operation.create(op.info, op.loc, [...bounds, ...inits], this.resultTypes(op), op.attributes, [region]),
    );
    this.results(op, made);
    this.body(old, block, carried);
  }

  private if(op: Operation): void {
    const condition = this.lanes.scalar(op.operand(0), op.loc);
    if (!condition) {
      emitVaryingIf(this, op);
      return;
    }
    const regions = op.regions.map(() => new Region());
    const made = this.builder.insert(
      Operation.create(op.info, op.loc, [condition], this.resultTypes(op), op.attributes, regions),
    );
    op.regions.forEach((old, i) => {
      if (!old.isEmpty) this.body(old.entry, regions[i]!.append(), op.results);
    });
    this.results(op, made);
  }

  private while(op: Operation): void {
    const [before, after] = [op.region(0).entry, op.region(1).entry];
    const condition = before.terminator;
    if (this.variance.values.has(condition.operand(0))) {
      emitVaryingWhile(this, op);
      return;
    }
    const inits = this.passed(op.operands, before.arguments, op);
    const regions = [new Region(), new Region()] as const;
    const made = this.builder.insert(
      Operation.create(op.info, op.loc, inits, this.resultTypes(op), op.attributes, regions),
    );
    const first = regions[0].append();
    for (const arg of before.arguments) this.argument(arg, first);
    this.builder.scoped(() => {
      this.builder.setInsertionPointToEnd(first);
      this.block(before);
      const go =
        this.lanes.scalar(condition.operand(0), condition.loc) ??
        this.refuse('the condition of a loop.while inside differs between iterations');
      const values = this.passed(condition.operands.slice(1), after.arguments, condition);
      this.builder.insert(Operation.create(condition.info, condition.loc, [go, ...values], [], condition.attributes));
    });
    const second = regions[1].append();
    for (const arg of after.arguments) this.argument(arg, second);
    this.body(after, second, before.arguments);
    this.results(op, made);
  }
}
