// math.ipowi by squaring, on scalars and vectors alike: one step for each bit of the exponent, whatever its value, so that
// all lanes take the same steps.
//
// A negative power is 0 unless the base is 1 or -1; of those the steps give the right one, because the parity of the
// exponent is all that counts and its other bits only square 1.
import { AndIOp, CmpIOp, ConstantOp, MulIOp, OrIOp, SelectOp, ShRUIOp } from '@budflow/dialect-core';
import { buildFor } from '@budflow/dialect-loop';
import { Builder, elementTypeOf, IntegerType, type Operation, type Value } from '@budflow/ir';

/** Replaces a math.ipowi on integers or vectors of them; false for other types. */
export function expandIntegerPower(op: Operation): boolean {
  const { type } = op.result();
  const element = elementTypeOf(type);
  if (!(element instanceof IntegerType)) return false;
  const builder = Builder.before(op);
  const { loc, context } = op;
  const constant = (value: number): Value =>
    ConstantOp.build(builder, loc, { value: context.constantAttr(type, value), resultTypes: [type] });
  const select = (condition: Value, trueValue: Value, falseValue: Value): Value =>
    SelectOp.build(builder, loc, { condition, trueValue, falseValue });
  const equal = (lhs: Value, rhs: Value): Value => CmpIOp.build(builder, loc, { predicate: 'eq', lhs, rhs });
  const [base, exponent] = op.operands as [Value, Value];
  const zero = constant(0);
  const one = constant(1);

  // result * square^rest is the power all along.
  const loop = buildFor(
    builder,
    loc,
    { upper: element.width, inits: [one, base, exponent] },
    (_, __, [result, square, rest]) => {
      const isOdd = equal(AndIOp.build(builder, loc, { lhs: rest!, rhs: one }), one);
      const product = MulIOp.build(builder, loc, { lhs: result!, rhs: square! });
      return [
        select(isOdd, product, result!),
        MulIOp.build(builder, loc, { lhs: square!, rhs: square! }),
        ShRUIOp.build(builder, loc, { lhs: rest!, rhs: one }),
      ];
    },
  );
  const isUnit = OrIOp.build(builder, loc, { lhs: equal(base, one), rhs: equal(base, constant(-1)) });
  const isNegative = CmpIOp.build(builder, loc, { predicate: 'slt', lhs: exponent, rhs: zero });
  const power = loop.result(0);
  op.result().replaceAllUsesWith(select(isNegative, select(isUnit, power, zero), power));
  op.erase();
  return true;
}
