// Small builders of scalar core and loop ops that the lowering shares.
import { AndIOp, buildConstantAttr, CmpIOp, ConstantOp, SelectOp, ShRUIOp } from '@budflow/dialect-core';
import { buildIndexConstant, ConditionOp, IfOp, WhileOp, YieldOp } from '@budflow/dialect-loop';
import {
  ArrayAttr,
  type Attribute,
  Block,
  type Builder,
  IntegerAttr,
  IntegerType,
  type LocationRef,
  Region,
  type Type,
  type Value,
} from '@budflow/ir';

/** `arith.constant`, or `complex.constant` of two parts. The attribute is given the type where it carries none of its own. */
export function buildConstant(builder: Builder, loc: LocationRef, value: Attribute, type: Type): Value {
  if (value instanceof ArrayAttr) return buildConstantAttr(builder, loc, value);
  // Numbers without sign are signless as scalars.
  const own =
    value instanceof IntegerAttr && type instanceof IntegerType && value.type !== type
      ? builder.context.integerAttr(type, BigInt.asIntN(type.width, value.bigint))
      : value;
  return ConstantOp.build(builder, loc, { value: own, resultTypes: [type] });
}

export function buildSelect(
  builder: Builder,
  loc: LocationRef,
  condition: Value,
  whenTrue: Value,
  whenFalse: Value,
): Value {
  return SelectOp.build(builder, loc, { condition, trueValue: whenTrue, falseValue: whenFalse });
}

/** Whether bit `position` of an index value is one. */
export function bitIsSet(builder: Builder, loc: LocationRef, value: Value, position: Value): Value {
  const shifted = shiftRight(builder, loc, value, position);
  const one = buildIndexConstant(builder, loc, 1);
  const bit = AndIOp.build(builder, loc, { lhs: shifted, rhs: one });
  return CmpIOp.build(builder, loc, { predicate: 'eq', lhs: bit, rhs: one });
}

export function shiftRight(builder: Builder, loc: LocationRef, value: Value, amount: Value): Value {
  return ShRUIOp.build(builder, loc, { lhs: value, rhs: amount });
}

/** `loop.if` with results; the branches return their values. */
export function buildIf(
  builder: Builder,
  loc: LocationRef,
  condition: Value,
  then: () => readonly Value[],
  otherwise: () => readonly Value[],
): Value[] {
  let types: Type[] = [];
  const branch = (body: () => readonly Value[]): Region => {
    const region = new Region();
    const block = region.append(new Block());
    builder.scoped(() => {
      builder.setInsertionPointToEnd(block);
      const values = body();
      types = values.map((v) => v.type);
      YieldOp.create(builder, loc, { values });
    });
    return region;
  };
  const regions = [branch(then), branch(otherwise)];
  return IfOp.create(builder, loc, { condition, regions, resultTypes: types }).results;
}

/** `loop.while`: `test` says from the carried values whether `body` runs once more. */
export function buildWhile(
  builder: Builder,
  loc: LocationRef,
  inits: readonly Value[],
  test: (carried: Value[]) => Value,
  body: (carried: Value[]) => readonly Value[],
): Value[] {
  const types = inits.map((v) => v.type);
  const region = (fill: (args: Value[]) => void): Region => {
    const made = new Region();
    const block = made.append(new Block());
    const args = types.map((t) => block.addArgument(t));
    builder.scoped(() => {
      builder.setInsertionPointToEnd(block);
      fill(args);
    });
    return made;
  };
  const before = region((args) => {
    ConditionOp.create(builder, loc, { condition: test(args), values: args });
  });
  const after = region((args) => {
    YieldOp.create(builder, loc, { values: body(args) });
  });
  return WhileOp.create(builder, loc, { inits, regions: [before, after], resultTypes: types }).results;
}
