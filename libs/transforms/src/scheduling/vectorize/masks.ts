// Masks of lanes: which iterations take part where control flow differs between them.
//
// A mask is a vector<Wxi1>; null stands for all lanes. Code under a mask runs only while some lane is in it, so what all
// lanes share (a uniform load, say) is computed as it stands. Lanes outside of the mask may hold anything: ops that are
// not defined for every operand get ones there, loads read index 0, stores leave them out.
import { AndIOp, CmpIOp, ConstantOp, ExtSIOp, SelectOp, XOrIOp } from '@budflow/dialect-core';
import { ReduceAndOp, ReduceOrOp } from '@budflow/dialect-simd';
import {
  type Block,
  type Builder,
  byteWidth,
  IntegerType,
  type LocationRef,
  Operation,
  Region,
  type Type,
  type Value,
  type VectorType,
} from '@budflow/ir';
import { Refusal } from '../primitive.js';
import type { Lanes } from './lanes.js';

export type Mask = Value | null;

export function isBit(type: Type): boolean {
  return type instanceof IntegerType && type.width === 1;
}

/** The same number in all lanes; -1 sets all bits. */
export function splatConstant(builder: Builder, loc: LocationRef, type: VectorType, value: number): Value {
  return ConstantOp.build(builder, loc, { value: builder.context.splat(type, value), resultTypes: [type] });
}

/** Lanes of `mask` in which `condition` holds. */
export function conjunction(builder: Builder, loc: LocationRef, mask: Mask, condition: Value): Value {
  return mask === null ? condition : AndIOp.build(builder, loc, { lhs: mask, rhs: condition });
}

export function negation(builder: Builder, loc: LocationRef, condition: Value): Value {
  const type = condition.type as VectorType;
  return XOrIOp.build(builder, loc, { lhs: condition, rhs: splatConstant(builder, loc, type, 1) });
}

export function anyLane(lanes: Lanes, loc: LocationRef, mask: Value): Value {
  expectHalves(lanes);
  return ReduceOrOp.build(lanes.builder, loc, { vector: mask });
}
export function allLanes(lanes: Lanes, loc: LocationRef, mask: Value): Value {
  expectHalves(lanes);
  return ReduceAndOp.build(lanes.builder, loc, { vector: mask });
}

/** Masks are asked about as a whole, half by half. */
function expectHalves({ width, loopName }: Lanes): void {
  if ((width & (width - 1)) === 0) return;
  throw new Refusal(`a condition inside differs between its ${width} lanes, which are not a power of two`, {
    loop: loopName,
  });
}

/** `value` in the lanes of the mask, `other` elsewhere. */
export function blend(builder: Builder, loc: LocationRef, mask: Value, value: Value, other: Value): Value {
  return value === other
    ? value
    : SelectOp.build(builder, loc, { condition: mask, trueValue: value, falseValue: other });
}

/** `loop.if condition { then } else { otherwise }`, each branch given as code that returns what it yields. */
export function branch(
  lanes: Lanes,
  loc: LocationRef,
  condition: Value,
  branches: readonly (() => readonly Value[])[],
): Value[] {
  const { builder, context } = lanes;
  let types: Type[] = [];
  const regions = branches.map((code) => {
    const region = new Region();
    const block = region.append();
    builder.scoped(() => {
      builder.setInsertionPointToEnd(block);
      const values = code();
      types = values.map((v) => v.type);
      builder.insert(Operation.create(context.opInfo('loop.yield'), loc, values, []));
    });
    return region;
  });
  if (regions.length === 1) regions.push(new Region());
  return builder
    .insert(Operation.create(context.opInfo('loop.if'), loc, [condition], types, undefined, regions))
    .results.slice();
}

/**
 * How loops carry masks: as integers as wide as the data beside them, all ones or zero, so that a lane stays in its place
 * when vectors are cut to registers.
 */
export class MaskCarrier {
  readonly type: VectorType;
  private readonly lanes: Lanes;

  constructor(lanes: Lanes, beside: readonly Type[]) {
    let bytes = 0;
    for (const type of beside) if (!isBit(type)) bytes = Math.max(bytes, byteWidth(type) ?? 0);
    this.lanes = lanes;
    this.type = lanes.context.vector([lanes.width], lanes.context.integer(8 * (bytes || 4)));
  }

  /** The type a value that varies is carried as. */
  typeOf(type: Type): VectorType {
    return isBit(type) ? this.type : this.lanes.typeOf(type);
  }

  pack(mask: Value, loc: LocationRef): Value {
    return ExtSIOp.build(this.lanes.builder, loc, { in: mask, resultTypes: [this.type] });
  }
  packed(vector: Value, loc: LocationRef): Value {
    return isBit((vector.type as VectorType).element) ? this.pack(vector, loc) : vector;
  }

  unpack(carried: Value, loc: LocationRef): Value {
    const { builder } = this.lanes;
    return CmpIOp.build(builder, loc, {
      predicate: 'ne',
      lhs: carried,
      rhs: splatConstant(builder, loc, this.type, 0),
    });
  }

  /** An argument for a value that varies, and the value in it. */
  argument(block: Block, type: Type, loc: LocationRef): Value {
    const argument = block.addArgument(this.typeOf(type));
    if (!isBit(type)) return argument;
    return this.lanes.builder.scoped(() => {
      this.lanes.builder.setInsertionPointToEnd(block);
      return this.unpack(argument, loc);
    });
  }
}
