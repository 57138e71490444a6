// Integer quotients and remainders of vectors by powers of two: shifts, as vectors have no division.
//
// With b = 2^k - 1 for negative x and 0 for others, x divsi 2^k is (x + b) >> k, which rounds towards zero, and the
// remainder is x - ((x + b) with its low k bits cleared). Unsigned, they are a shift and a mask. (Warren, Hacker's Delight.)
import { AddIOp, AndIOp, ConstantOp, ShRSIOp, ShRUIOp, SubIOp } from '@budflow/dialect-core';
import {
  Builder,
  ConstantLike,
  DenseElementsAttr,
  denseElement,
  IntegerType,
  type Operation,
  type Value,
  VectorType,
} from '@budflow/ir';

/** k, when the value is 2^k in all lanes and positive as a signed number. */
function exponentOf(value: Value, width: number): number | undefined {
  const op = value.definingOp;
  const constant = op?.info.hasTrait(ConstantLike) ? op.attr('value') : undefined;
  if (!(constant instanceof DenseElementsAttr) || !constant.splat) return undefined;
  const element = BigInt(denseElement(constant, 0) as number | bigint);
  for (let k = 0; k < width - 1; k++) if (element === 1n << BigInt(k)) return k;
  return undefined;
}

/** Replaces an arith.divsi, divui, remsi or remui of vectors by a power of two in all lanes; false for any other. */
export function expandDivision(op: Operation): boolean {
  const { type } = op.result();
  if (!(type instanceof VectorType) || !(type.element instanceof IntegerType)) return false;
  const { width } = type.element;
  const k = exponentOf(op.operand(1), width);
  if (k === undefined) return false;
  const builder = Builder.before(op);
  const { loc, context } = op;
  const x = op.operand(0);
  const constant = (value: number | bigint): Value =>
    ConstantOp.build(builder, loc, { value: context.constantAttr(type, value), resultTypes: [type] });
  const shift = (make: typeof ShRSIOp | typeof ShRUIOp, lhs: Value, by: number): Value =>
    by === 0 ? lhs : make.build(builder, loc, { lhs, rhs: constant(by) });
  const low = (1n << BigInt(k)) - 1n;
  const biased = (): Value => {
    if (k === 0) return x;
    const bias = shift(ShRUIOp, shift(ShRSIOp, x, width - 1), width - k);
    return AddIOp.build(builder, loc, { lhs: x, rhs: bias });
  };
  const results: Record<string, () => Value> = {
    'arith.divui': () => shift(ShRUIOp, x, k),
    'arith.remui': () => AndIOp.build(builder, loc, { lhs: x, rhs: constant(low) }),
    'arith.divsi': () => shift(ShRSIOp, biased(), k),
    'arith.remsi': () => {
      const whole = AndIOp.build(builder, loc, { lhs: biased(), rhs: constant(-1n - low) });
      return SubIOp.build(builder, loc, { lhs: x, rhs: whole });
    },
  };
  const made = results[op.name];
  if (!made) return false;
  op.result().replaceAllUsesWith(made());
  op.erase();
  return true;
}
