// The walk of legalize-vectors: keeps the parts of every wide value and rewrites op by op.

import { buildBinary } from '@budflow/dialect-core';
import { ForOp, forBounds, forInits, IfOp, WhileOp } from '@budflow/dialect-loop';
import { ConcatOp, ExtractOp, GatherOp, InsertOp, SliceOp, SplatOp, StridedLoadOp } from '@budflow/dialect-simd';
import {
  type Block,
  Builder,
  byteWidth,
  type Context,
  type DenseElementsAttr,
  Operation,
  Region,
  type Type,
  type Value,
  VectorType,
} from '@budflow/ir';
import { gatherLanes, splitLoad, splitStore, splitStridedLoad } from './accesses.js';
import { castParts, isCast } from './casts.js';
import { interleavedLoads } from './interleaved.js';
import { convertMask, isMask } from './masks.js';
import { splitShuffle } from './shuffles.js';

/** Elementwise ops that 128-bit vectors lack. */
const LANE_BY_LANE = new Set(
  ['divsi', 'divui', 'remsi', 'remui', 'remf', 'ceildivsi', 'ceildivui', 'floordivsi'].map((name) => `arith.${name}`),
);

export class VectorLegalizer {
  readonly context: Context;
  readonly bits: number;
  split = 0;
  scalarized = 0;
  private readonly parts = new Map<Value, Value[]>();
  private dead: Operation[] = [];
  /** Ops that an earlier one replaced with itself. */
  private readonly replaced = new Set<Operation>();

  constructor(context: Context, bits: number) {
    this.context = context;
    this.bits = bits;
  }

  run(root: Operation): void {
    for (const region of root.regions) for (const block of region.blocks) this.block(block);
    for (const op of this.dead.reverse()) if (!op.isErased && !op.hasResultUses) op.erase();
    this.dead = [];
  }

  /** Lanes of a legal vector of the element type. A mask alone counts as bytes. */
  lanes(element: Type): number {
    return this.bits / (8 * (byteWidth(element) ?? 8));
  }

  isWide(type: Type): type is VectorType {
    return type instanceof VectorType && type.rank === 1 && !type.scalable[0] && type.lanes > this.lanes(type.element);
  }

  /** Parts of a value; a legal vector or scalar is its own only part. */
  partsOf(value: Value): Value[] {
    return this.parts.get(value) ?? [value];
  }

  /** Parts of a mask with `lanes` lanes each, converting when it was made for other data. */
  maskParts(builder: Builder, op: Operation, mask: Value, lanes: number): Value[] {
    const parts = this.partsOf(mask);
    const have = (parts[0]!.type as VectorType).lanes;
    return have === lanes ? parts : convertMask(builder, op.loc, parts, lanes);
  }

  /** Parts of a value as loops and branches carry it: a mask in parts of its own type, whatever data it was made from. */
  private carriedParts(builder: Builder, op: Operation, value: Value): Value[] {
    if (!isMask(value.type) || !this.parts.has(value)) return this.partsOf(value);
    const { lanes, element } = value.type as VectorType;
    return this.maskParts(builder, op, value, Math.min(lanes, this.lanes(element)));
  }

  setParts(result: Value, parts: Value[]): void {
    if (parts.length === 1 && parts[0]!.type === result.type) result.replaceAllUsesWith(parts[0]!);
    else this.parts.set(result, parts);
  }

  private block(block: Block): void {
    for (let op = block.firstOp; op; ) {
      const next: Operation | null = op.next;
      this.visit(op);
      op = next;
    }
  }

  private touchesWide(op: Operation): boolean {
    for (let i = 0; i < op.operandCount; i++)
      if (this.parts.has(op.operand(i)) || this.isWide(op.operand(i).type)) return true;
    return op.results.some((r) => this.isWide(r.type));
  }

  private visit(op: Operation): void {
    if (this.replaced.delete(op)) this.dead.push(op);
    else if (ForOp.is(op)) this.forLoop(op);
    else if (StridedLoadOp.is(op) && this.interleaved(op)) this.dead.push(op);
    else if (op.ownRegions !== null) this.regionOp(op);
    else if (this.touchesWide(op)) {
      this.split++;
      if (this.rewrite(Builder.before(op), op)) this.dead.push(op);
    }
  }

  private interleaved(op: Operation): boolean {
    const group = interleavedLoads(this, Builder.before(op), op);
    if (group.length === 0) return false;
    this.split++;
    for (const other of group) if (other !== op) this.replaced.add(other);
    return true;
  }

  /** Rewrites one op without regions; false when it stays (its operands were made whole again). */
  private rewrite(builder: Builder, op: Operation): boolean {
    switch (op.name) {
      case 'arith.constant':
        this.constant(builder, op);
        return true;
      case 'simd.load':
        splitLoad(this, builder, op);
        return true;
      case 'simd.store':
        splitStore(this, builder, op);
        return true;
      case 'simd.strided_load':
        splitStridedLoad(this, builder, op);
        return true;
      case 'simd.gather':
        if (GatherOp.mask(op) !== undefined) break;
        gatherLanes(this, builder, op);
        return true;
      case 'simd.splat': {
        const type = op.result().type as VectorType;
        const lanes = Math.min(type.lanes, this.lanes(type.element));
        const part = SplatOp.build(builder, op.loc, {
          scalar: op.operand(0),
          resultTypes: [this.context.vector([lanes], type.element)],
        });
        this.setParts(op.result(), new Array<Value>(type.lanes / lanes).fill(part));
        return true;
      }
      case 'simd.extract':
        if (ExtractOp.lane(op) === undefined) break;
        op.result().replaceAllUsesWith(this.lane(builder, op, ExtractOp.vector(op), ExtractOp.lane(op)!));
        return true;
      case 'simd.insert': {
        const lane = InsertOp.lane(op);
        if (lane === undefined) break;
        const parts = this.partsOf(InsertOp.vector(op)).slice();
        const each = (parts[0]!.type as VectorType).lanes;
        const at = Math.floor(lane / each);
        parts[at] = InsertOp.build(builder, op.loc, {
          scalar: InsertOp.scalar(op),
          vector: parts[at]!,
          lane: lane % each,
          resultTypes: [parts[at]!.type],
        });
        this.setParts(op.result(), parts);
        return true;
      }
      case 'simd.slice':
        this.slice(builder, op);
        return true;
      case 'simd.shuffle':
        splitShuffle(this, builder, op);
        return true;
      case 'simd.concat':
        this.concat(builder, op);
        return true;
      case 'simd.mul_high':
        this.elementwise(builder, op);
        return true;
      case 'loop.yield':
      case 'loop.condition':
      case 'func.return':
        op.setOperands(op.operands.flatMap((v) => this.carriedParts(builder, op, v)));
        return false;
    }
    if (op.name.startsWith('simd.reduce_')) {
      this.reduce(builder, op);
      return true;
    }
    if (op.resultCount === 1 && op.result().type instanceof VectorType && op.info.dialect !== 'simd') {
      this.elementwise(builder, op);
      return true;
    }
    // Anything else sees whole vectors.
    op.operands.forEach((v, i) => {
      if (this.parts.has(v))
        op.setOperand(i, ConcatOp.build(builder, op.loc, { vectors: this.partsOf(v), resultTypes: [v.type] }));
    });
    return false;
  }

  private constant(builder: Builder, op: Operation): void {
    const type = op.result().type as VectorType;
    const value = op.attr('value') as DenseElementsAttr;
    const lanes = this.lanes(type.element);
    const partType = this.context.vector([lanes], type.element);
    const width = byteWidth(type.element)!;
    const made = new Map<DenseElementsAttr, Value>();
    const parts = Array.from({ length: type.lanes / lanes }, (_, i) => {
      const bytes = value.splat ? value.bytes : value.bytes.slice(i * lanes * width, (i + 1) * lanes * width);
      const attr = this.context.denseElements(partType, bytes, { splat: value.splat });
      let part = made.get(attr);
      if (!part) {
        part = this.recreate(builder, op, [], [partType], { value: attr });
        made.set(attr, part);
      }
      return part;
    });
    this.setParts(op.result(), parts);
  }

  /** The op again with other operands and result types. */
  recreate(
    builder: Builder,
    op: Operation,
    operands: readonly Value[],
    types: readonly Type[],
    attributes?: { value: DenseElementsAttr },
  ): Value {
    const dictionary = attributes
      ? this.context.withAttribute(op.attributes, 'value', attributes.value)
      : op.attributes;
    return builder.insert(Operation.create(op.info, op.loc, operands, types, dictionary)).result();
  }

  /** Lane `lane` of a vector. */
  lane(builder: Builder, op: Operation, vector: Value, lane: number): Value {
    const parts = this.partsOf(vector);
    const { lanes, element } = parts[0]!.type as VectorType;
    const part = parts[Math.floor(lane / lanes)]!;
    return ExtractOp.build(builder, op.loc, { vector: part, lane: lane % lanes, resultTypes: [element] });
  }

  private slice(builder: Builder, op: Operation): void {
    const offset = SliceOp.offset(op);
    const size = SliceOp.size(op);
    const parts = this.partsOf(SliceOp.vector(op));
    const { lanes } = parts[0]!.type as VectorType;
    if (offset % lanes === 0 && size % lanes === 0) {
      this.setParts(op.result(), parts.slice(offset / lanes, (offset + size) / lanes));
      return;
    }
    const first = Math.floor(offset / lanes);
    if (offset + size <= (first + 1) * lanes) {
      op.result().replaceAllUsesWith(
        SliceOp.build(builder, op.loc, { vector: parts[first]!, offset: offset % lanes, size }),
      );
      return;
    }
    const scalars = Array.from({ length: size }, (_, i) => this.lane(builder, op, SliceOp.vector(op), offset + i));
    this.setParts(op.result(), this.fromScalars(builder, op, op.result().type as VectorType, scalars));
  }

  private concat(builder: Builder, op: Operation): void {
    const type = op.result().type as VectorType;
    const lanes = Math.min(type.lanes, this.lanes(type.element));
    const parts = ConcatOp.vectors(op).flatMap((v) => this.partsOf(v));
    if (parts.every((p) => (p.type as VectorType).lanes === lanes)) {
      this.setParts(op.result(), parts);
      return;
    }
    const scalars = ConcatOp.vectors(op).flatMap((v) =>
      Array.from({ length: (v.type as VectorType).lanes }, (_, i) => this.lane(builder, op, v, i)),
    );
    this.setParts(op.result(), this.fromScalars(builder, op, type, scalars));
  }

  /** Parts of a vector from its lanes. */
  fromScalars(builder: Builder, op: Operation, type: VectorType, scalars: readonly Value[]): Value[] {
    const lanes = Math.min(type.lanes, this.lanes(type.element));
    const partType = this.context.vector([lanes], type.element);
    const parts: Value[] = [];
    for (let at = 0; at < scalars.length; at += lanes) {
      let part = SplatOp.build(builder, op.loc, { scalar: scalars[at]!, resultTypes: [partType] });
      for (let l = 1; l < lanes; l++)
        part = InsertOp.build(builder, op.loc, {
          scalar: scalars[at + l]!,
          vector: part,
          lane: l,
          resultTypes: [partType],
        });
      parts.push(part);
    }
    return parts;
  }

  private reduce(builder: Builder, op: Operation): void {
    const kind = op.name.slice('simd.reduce_'.length) as 'add' | 'mul' | 'min' | 'max' | 'and' | 'or' | 'xor';
    const signedness = op.attr('unsigned') ? 'unsigned' : 'signed';
    let parts = this.partsOf(op.operand(0));
    while (parts.length > 1) {
      const half = parts.length / 2;
      parts = parts
        .slice(0, half)
        .map((p, i) => buildBinary(kind, builder, op.loc, p, parts[i + half]!, { signedness }));
    }
    op.result().replaceAllUsesWith(this.recreate(builder, op, parts, [op.result().type]));
  }

  private elementwise(builder: Builder, op: Operation): void {
    const type = op.result().type as VectorType;
    if (isCast(op)) {
      const parts = castParts(this, builder, op);
      if (parts) this.setParts(op.result(), parts);
      else this.scalarize(builder, op);
      return;
    }
    if (LANE_BY_LANE.has(op.name)) {
      this.scalarize(builder, op);
      return;
    }
    // Data decides the lanes; masks follow.
    const data = op.operands.find((v) => v.type instanceof VectorType && !isMask(v.type)) ?? op.operands[0]!;
    const lanes = (this.partsOf(data)[0]!.type as VectorType).lanes;
    const count = type.lanes / lanes;
    const operands = op.operands.map((v) => {
      if (!(v.type instanceof VectorType)) return new Array<Value>(count).fill(v);
      return isMask(v.type) ? this.maskParts(builder, op, v, lanes) : this.partsOf(v);
    });
    if (operands.some((list) => list.length !== count)) {
      this.scalarize(builder, op);
      return;
    }
    const partType = this.context.vector([lanes], type.element);
    const parts = Array.from({ length: count }, (_, i) =>
      this.recreate(
        builder,
        op,
        operands.map((list) => list[i]!),
        [partType],
      ),
    );
    this.setParts(op.result(), parts);
  }

  private scalarize(builder: Builder, op: Operation): void {
    this.scalarized++;
    const type = op.result().type as VectorType;
    const scalars = Array.from({ length: type.lanes }, (_, l) => {
      const operands = op.operands.map((v) => (v.type instanceof VectorType ? this.lane(builder, op, v, l) : v));
      return this.recreate(builder, op, operands, [type.element]);
    });
    this.setParts(op.result(), this.fromScalars(builder, op, type, scalars));
  }

  // Regions

  /** Types of the parts of a type. */
  private partTypes(type: Type): Type[] {
    if (!this.isWide(type)) return [type];
    const lanes = this.lanes(type.element);
    return new Array<Type>(type.lanes / lanes).fill(this.context.vector([lanes], type.element));
  }

  private splitArguments(block: Block, from: number): void {
    for (let i = block.arguments.length - 1; i >= from; i--) {
      const arg = block.arguments[i]!;
      const types = this.partTypes(arg.type);
      if (types.length === 1) continue;
      const parts = types.map((t, k) => block.insertArgument(i + 1 + k, t));
      this.parts.set(arg, parts);
    }
  }

  /** Removes split arguments once nothing refers to them. */
  private dropSplitArguments(block: Block): void {
    for (let i = block.arguments.length - 1; i >= 0; i--) {
      const arg = block.arguments[i]!;
      if (!this.parts.has(arg)) continue;
      // A user may hold the argument twice; the list of uses changes on the way.
      for (const user of arg.users()) if (this.dead.includes(user)) user.setOperands([]);
      if (!arg.hasUses) block.eraseArgument(i);
    }
  }

  /** A mask that is legal as it is, but was made in the parts of wide data, enters a loop in one. */
  private wholeOperands(op: Operation): void {
    op.operands.forEach((v, i) => {
      if (this.parts.has(v)) op.setOperand(i, this.carriedParts(Builder.before(op), op, v)[0]!);
    });
  }

  private forLoop(op: Operation): void {
    const inits = forInits(op);
    const wide = op.results.some((r) => this.isWide(r.type));
    const body = ForOp.body(op).entry;
    if (!wide) {
      this.wholeOperands(op);
      this.block(body);
      return;
    }
    this.split++;
    const builder = Builder.before(op);
    const bounds = forBounds(op);
    const region = new Region();
    const made = ForOp.create(builder, op.loc, {
      lbOperands: bounds.lower.operands,
      ubOperands: bounds.upper.operands,
      inits: inits.flatMap((v) => this.carriedParts(builder, op, v)),
      lowerBound: bounds.lower.map,
      upperBound: bounds.upper.map,
      step: bounds.step,
      regions: [region],
      resultTypes: op.resultTypes.flatMap((t) => this.partTypes(t)),
    });
    op.attributes.names.forEach((name, i) => {
      if (made.attr(name) === undefined) made.setAttr(name, op.attributes.values[i]!);
    });
    region.takeBody(ForOp.body(op));
    this.splitArguments(body, 1);
    this.block(body);
    this.dropSplitArguments(body);
    this.replaceResults(op, made);
  }

  private regionOp(op: Operation): void {
    if (!IfOp.is(op) && !WhileOp.is(op)) {
      for (const region of op.regions) for (const block of region.blocks) this.block(block);
      return;
    }
    const wide = op.results.some((r) => this.isWide(r.type)) || op.operands.some((v) => this.isWide(v.type));
    if (!wide) {
      this.wholeOperands(op);
      for (const region of op.regions) for (const block of region.blocks) this.block(block);
      return;
    }
    this.split++;
    const builder = Builder.before(op);
    const regions = op.regions.map((from) => {
      const region = new Region();
      region.takeBody(from);
      return region;
    });
    const operands = op.operands.flatMap((v) => this.carriedParts(builder, op, v));
    const types = op.resultTypes.flatMap((t) => this.partTypes(t));
    const made = builder.insert(Operation.create(op.info, op.loc, operands, types, op.attributes, regions));
    for (const region of regions) {
      for (const block of region.blocks) {
        this.splitArguments(block, 0);
        this.block(block);
        this.dropSplitArguments(block);
      }
    }
    this.replaceResults(op, made);
  }

  private replaceResults(op: Operation, made: Operation): void {
    let at = 0;
    for (const result of op.results) {
      const n = this.partTypes(result.type).length;
      const parts = made.results.slice(at, at + n);
      at += n;
      if (n === 1) result.replaceAllUsesWith(parts[0]!);
      else this.parts.set(result, parts);
    }
    this.dead.push(op);
  }
}
