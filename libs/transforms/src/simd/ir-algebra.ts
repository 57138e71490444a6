// The math functions' abstract algebra with IR values as handles: evaluating a function over it builds its expansion at
// the insertion point, on a scalar or a vector of any length. Source of the functions: @budflow/numerics.
import {
  AbsFOp,
  AddFOp,
  AddIOp,
  AndIOp,
  BitcastOp,
  CmpFOp,
  CmpIOp,
  ConstantOp,
  DivFOp,
  FloorOp,
  FmaOp,
  FPToSIOp,
  MaximumFOp,
  MinimumFOp,
  MulFOp,
  MulIOp,
  NegFOp,
  OrIOp,
  RoundEvenOp,
  SelectOp,
  ShLIOp,
  ShRSIOp,
  ShRUIOp,
  SIToFPOp,
  SqrtOp,
  SubFOp,
  SubIOp,
  XOrIOp,
} from '@budflow/dialect-core';
import { ReduceOrOp } from '@budflow/dialect-simd';
import { type Builder, type LocationRef, type Type, type Value, VectorType } from '@budflow/ir';
import type { Algebra, FloatFormat } from '@budflow/numerics';
import { buildIf } from '../loop/lowering/scalar-ops.js';

export interface IrAlgebraOptions {
  readonly fastmath: number;
  readonly contract: 'exact' | 'relaxed' | undefined;
}

/** An algebra on values of `type` (f32, f64 or a vector of them); every op it builds carries `fastmath`, multiply-adds round by `contract` (absent: twice). */
export function irAlgebra(
  builder: Builder,
  loc: LocationRef,
  type: Type,
  format: FloatFormat,
  options: IrAlgebraOptions,
): Algebra<Value, Value, Value> {
  return algebraWithConstants(builder, loc, type, format, options, new Map());
}

/** `known` are constants that dominate the insertion point, by value. */
function algebraWithConstants(
  builder: Builder,
  loc: LocationRef,
  type: Type,
  format: FloatFormat,
  options: IrAlgebraOptions,
  known: ReadonlyMap<string, Value>,
): Algebra<Value, Value, Value> {
  const { fastmath, contract } = options;
  const { context } = builder;
  const width = format === 'f32' ? 32 : 64;
  const shaped = (element: Type): Type =>
    type instanceof VectorType ? context.vector(type.shape, element, type.scalable) : element;
  const integers = shaped(context.integer(width));
  const constants = new Map(known);
  const constant = (key: string, of: Type, value: number | bigint): Value => {
    let made = constants.get(key);
    if (!made) {
      made = ConstantOp.build(builder, loc, { value: context.constantAttr(of, value), resultTypes: [of] });
      constants.set(key, made);
    }
    return made;
  };
  const constI = (value: number): Value =>
    constant(`i${value}`, integers, width === 32 ? value | 0 : BigInt.asIntN(64, BigInt(value)));
  const compare = (predicate: 'oeq' | 'olt' | 'ole' | 'uno', lhs: Value, rhs: Value) =>
    CmpFOp.build(builder, loc, { predicate, lhs, rhs, fastmath });
  const compareI = (predicate: 'eq' | 'slt', lhs: Value, rhs: Value) =>
    CmpIOp.build(builder, loc, { predicate, lhs, rhs });
  const select = (condition: Value, trueValue: Value, falseValue: Value) =>
    SelectOp.build(builder, loc, { condition, trueValue, falseValue });

  return {
    format,
    constF: (value) => constant(`f${Object.is(value, -0) ? '-0' : value}`, type, value),
    constI,
    add: (lhs, rhs) => AddFOp.build(builder, loc, { lhs, rhs, fastmath }),
    sub: (lhs, rhs) => SubFOp.build(builder, loc, { lhs, rhs, fastmath }),
    mul: (lhs, rhs) => MulFOp.build(builder, loc, { lhs, rhs, fastmath }),
    mulAdd: (a, b, c) =>
      contract
        ? FmaOp.build(builder, loc, { a, b, c, [contract]: true, fastmath })
        : AddFOp.build(builder, loc, {
            lhs: MulFOp.build(builder, loc, { lhs: a, rhs: b, fastmath }),
            rhs: c,
            fastmath,
          }),
    div: (lhs, rhs) => DivFOp.build(builder, loc, { lhs, rhs, fastmath }),
    neg: (operand) => NegFOp.build(builder, loc, { operand, fastmath }),
    abs: (operand) => AbsFOp.build(builder, loc, { operand, fastmath }),
    sqrt: (operand) => SqrtOp.build(builder, loc, { operand, fastmath }),
    floor: (operand) => FloorOp.build(builder, loc, { operand, fastmath }),
    roundEven: (operand) => RoundEvenOp.build(builder, loc, { operand, fastmath }),
    min: (lhs, rhs) => MinimumFOp.build(builder, loc, { lhs, rhs, fastmath }),
    max: (lhs, rhs) => MaximumFOp.build(builder, loc, { lhs, rhs, fastmath }),
    cmpEq: (lhs, rhs) => compare('oeq', lhs, rhs),
    cmpLt: (lhs, rhs) => compare('olt', lhs, rhs),
    cmpLe: (lhs, rhs) => compare('ole', lhs, rhs),
    cmpUnordered: (lhs, rhs) => compare('uno', lhs, rhs),
    select,
    selectI: select,
    selectRare(mask, common, cold, rare) {
      // Constants made in the branch are not visible behind it: it keeps its own.
      const compute = (): Value[] => cold(algebraWithConstants(builder, loc, type, format, options, constants)).slice();
      if (!(type instanceof VectorType)) return buildIf(builder, loc, mask, compute, () => common);
      const blend = (): Value[] =>
        rare?.everywhere ? compute() : compute().map((value, i) => select(mask, value, common[i]!));
      if (!reducesLanes(type)) return blend();
      return buildIf(builder, loc, ReduceOrOp.build(builder, loc, { vector: mask }), blend, () => common);
    },
    andM: (lhs, rhs) => AndIOp.build(builder, loc, { lhs, rhs }),
    orM: (lhs, rhs) => OrIOp.build(builder, loc, { lhs, rhs }),
    notM: (lhs) => XOrIOp.build(builder, loc, { lhs, rhs: constant('true', shaped(context.i1), 1) }),
    addI: (lhs, rhs) => AddIOp.build(builder, loc, { lhs, rhs }),
    subI: (lhs, rhs) => SubIOp.build(builder, loc, { lhs, rhs }),
    mulI: (lhs, rhs) => MulIOp.build(builder, loc, { lhs, rhs }),
    andI: (lhs, rhs) => AndIOp.build(builder, loc, { lhs, rhs }),
    orI: (lhs, rhs) => OrIOp.build(builder, loc, { lhs, rhs }),
    xorI: (lhs, rhs) => XOrIOp.build(builder, loc, { lhs, rhs }),
    shlI: (lhs, amount) => ShLIOp.build(builder, loc, { lhs, rhs: constI(amount) }),
    shrS: (lhs, amount) => ShRSIOp.build(builder, loc, { lhs, rhs: constI(amount) }),
    shrU: (lhs, amount) => ShRUIOp.build(builder, loc, { lhs, rhs: constI(amount) }),
    cmpEqI: (lhs, rhs) => compareI('eq', lhs, rhs),
    cmpLtI: (lhs, rhs) => compareI('slt', lhs, rhs),
    bitcastToInt: (input) => BitcastOp.build(builder, loc, { in: input, resultTypes: [integers] }),
    bitcastToFloat: (input) => BitcastOp.build(builder, loc, { in: input, resultTypes: [type] }),
    intToFloat: (input) => SIToFPOp.build(builder, loc, { in: input, resultTypes: [type] }),
    floatToInt: (input) => FPToSIOp.build(builder, loc, { in: input, resultTypes: [integers] }),
  };
}

/** Whether the lanes of a mask for the type can be combined. */
function reducesLanes(type: VectorType): boolean {
  return type.rank === 1 && !type.scalable[0] && Number.isInteger(Math.log2(type.lanes));
}
