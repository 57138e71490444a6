// arith.remf in integer arithmetic: the remainder of a truncating division, exact, with the sign of the dividend.
//
// With |x| = mx * 2^ex and |y| = my * 2^ey (integers of 53 bits), the remainder is (mx * 2^(ex - ey)) mod my, times 2^ey.
// The power is applied ten bits at a time, so that every step fits 64 bits. f32 goes through f64, which loses nothing:
// the remainder of two f32 numbers is one. Method: the schoolbook division of C libraries' fmod, several bits a step.
import {
  AbsFOp,
  AndIOp,
  BitcastOp,
  CmpFOp,
  CmpIOp,
  ConstantOp,
  CopySignOp,
  ExtFOp,
  IndexCastOp,
  MaxSIOp,
  MinSIOp,
  MulFOp,
  OrIOp,
  RemSIOp,
  SelectOp,
  ShLIOp,
  ShRUIOp,
  SIToFPOp,
  SubIOp,
  TruncFOp,
} from '@budflow/dialect-core';
import { applyAffine, buildFor } from '@budflow/dialect-loop';
import { ExtractOp, InsertOp, SplatOp } from '@budflow/dialect-simd';
import {
  AffineExpr,
  Builder,
  elementTypeOf,
  FloatType,
  type LocationRef,
  type Operation,
  type Value,
  VectorType,
} from '@budflow/ir';

/** Bits a step shifts the remainder by: 53 + 10 is less than 64. */
const BITS = 10;

/** Replaces an arith.remf on f32, f64 or vectors of them; false for other types. */
export function expandRemainder(op: Operation): boolean {
  const { type } = op.result();
  const element = elementTypeOf(type);
  if (!(element instanceof FloatType) || (element.name !== 'f32' && element.name !== 'f64')) return false;
  const builder = Builder.before(op);
  if (!(type instanceof VectorType)) {
    op.result().replaceAllUsesWith(remainder(builder, op.loc, op.operand(0), op.operand(1)));
    op.erase();
    return true;
  }
  if (type.rank !== 1 || type.scalable[0]) return false;
  let result: Value | undefined;
  for (let lane = 0; lane < type.lanes; lane++) {
    const [x, y] = op.operands.map((vector) =>
      ExtractOp.build(builder, op.loc, { vector, lane, resultTypes: [element] }),
    );
    const scalar = remainder(builder, op.loc, x!, y!);
    result = result
      ? InsertOp.build(builder, op.loc, { scalar, vector: result, lane, resultTypes: [type] })
      : SplatOp.build(builder, op.loc, { scalar, resultTypes: [type] });
  }
  op.result().replaceAllUsesWith(result!);
  op.erase();
  return true;
}

function remainder(builder: Builder, loc: LocationRef, x: Value, y: Value): Value {
  const { context } = builder;
  const { f64, i64 } = context;
  if (x.type !== f64) {
    const [a, b] = [x, y].map((v) => ExtFOp.build(builder, loc, { in: v, resultTypes: [f64] }));
    return TruncFOp.build(builder, loc, { in: remainder(builder, loc, a!, b!), resultTypes: [x.type] });
  }
  const integer = (value: number | bigint): Value =>
    ConstantOp.build(builder, loc, { value: context.constantAttr(i64, BigInt(value)), resultTypes: [i64] });
  const float = (value: number): Value =>
    ConstantOp.build(builder, loc, { value: context.constantAttr(f64, value), resultTypes: [f64] });
  const both = <T>(make: (lhs: Value, rhs: Value) => T) => make;
  const sub = both((lhs, rhs) => SubIOp.build(builder, loc, { lhs, rhs }));
  const shiftLeft = both((lhs, rhs) => ShLIOp.build(builder, loc, { lhs, rhs }));
  const select = (condition: Value, trueValue: Value, falseValue: Value): Value =>
    SelectOp.build(builder, loc, { condition, trueValue, falseValue });

  // 1. Exponents and significands of the magnitudes; subnormal numbers have the exponent of the smallest normal ones.
  const parts = (v: Value) => {
    const magnitude = AbsFOp.build(builder, loc, { operand: v });
    const bits = BitcastOp.build(builder, loc, { in: magnitude, resultTypes: [i64] });
    const field = ShRUIOp.build(builder, loc, { lhs: bits, rhs: integer(52) });
    const fraction = AndIOp.build(builder, loc, { lhs: bits, rhs: integer((1n << 52n) - 1n) });
    const isSubnormal = CmpIOp.build(builder, loc, { predicate: 'eq', lhs: field, rhs: integer(0) });
    const normal = OrIOp.build(builder, loc, { lhs: fraction, rhs: integer(1n << 52n) });
    return {
      magnitude,
      exponent: MaxSIOp.build(builder, loc, { lhs: field, rhs: integer(1) }),
      significand: select(isSubnormal, fraction, normal),
    };
  };
  const a = parts(x);
  const b = parts(y);
  const divisor = MaxSIOp.build(builder, loc, { lhs: b.significand, rhs: integer(1) });

  // 2. The remainder of the significands, by steps. Of infinities and zero divisors something comes out that is not used.
  const distance = MaxSIOp.build(builder, loc, { lhs: sub(a.exponent, b.exponent), rhs: integer(0) });
  const count = IndexCastOp.build(builder, loc, { in: distance, resultTypes: [context.index] });
  const steps = applyAffine(
    builder,
    loc,
    context.affineMap(1, 0, [
      AffineExpr.dim(0)
        .add(BITS - 1)
        .floorDiv(BITS),
    ]),
    [count],
  );
  const first = RemSIOp.build(builder, loc, { lhs: a.significand, rhs: divisor });
  const loop = buildFor(builder, loc, { upper: steps, inits: [first, distance] }, (_, __, [rest, left]) => {
    const bits = MinSIOp.build(builder, loc, { lhs: left!, rhs: integer(BITS) });
    return [RemSIOp.build(builder, loc, { lhs: shiftLeft(rest!, bits), rhs: divisor }), sub(left!, bits)];
  });

  // 3. Times 2^(ey - 1075), a power that may be subnormal itself.
  const isLarge = CmpIOp.build(builder, loc, { predicate: 'sgt', lhs: b.exponent, rhs: integer(52) });
  const normalPower = shiftLeft(sub(b.exponent, integer(52)), integer(52));
  const small = MinSIOp.build(builder, loc, { lhs: sub(b.exponent, integer(1)), rhs: integer(51) });
  const power = select(isLarge, normalPower, shiftLeft(integer(1), small));
  const scaled = MulFOp.build(builder, loc, {
    lhs: SIToFPOp.build(builder, loc, { in: loop.result(0), resultTypes: [f64] }),
    rhs: BitcastOp.build(builder, loc, { in: power, resultTypes: [f64] }),
  });

  // 4. Special cases: |x| < |y| is its own remainder; infinite x, NaN and y = 0 give NaN.
  const compare = (predicate: 'olt', lhs: Value, rhs: Value): Value =>
    CmpFOp.build(builder, loc, { predicate, lhs, rhs });
  const found = select(compare('olt', a.magnitude, b.magnitude), a.magnitude, scaled);
  const signed = CopySignOp.build(builder, loc, { lhs: found, rhs: x });
  const hasFiniteDividend = compare('olt', a.magnitude, float(Number.POSITIVE_INFINITY));
  const hasDivisor = compare('olt', float(0), b.magnitude);
  const isNumber = AndIOp.build(builder, loc, { lhs: hasFiniteDividend, rhs: hasDivisor });
  return select(isNumber, signed, float(Number.NaN));
}
