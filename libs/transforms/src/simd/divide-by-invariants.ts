// divide-by-invariants: quotients of vectors by a number that a loop does not change are products with its reciprocal and a
// correction, which round to the same bits as the division and take half of its time.
//
//   loop.for %i {                                 %y = arith.divf 1.0, %b;  %limit = (is |%b| far from the ends?) ..
//     %q = arith.divf %a, splat(%b)         ->    loop.for %i {
//   }                                               %near = all lanes: |%a| within 2^-60 .. 2^60, as integers
//                                                   %q = loop.if %near {
//                                                     %p = %a * %y;  %r = %a - %p * %b;  yield %p + %r * %y
//                                                   } else { yield arith.divf %a, splat(%b) } }
//
// With y the reciprocal rounded to nearest and both multiply-adds rounded once, the result is the quotient rounded to nearest
// as long as nothing overflows or loses bits of subnormals (Markstein, IA-64 and Elementary Functions, 2000; Brisebarre,
// Muller and Raina, Accelerating correctly rounded floating-point division when the divisor is known in advance, 2004).
// What is out of range is divided, zeros among them; so is everything on an engine whose relaxed multiply-adds round twice,
// which a multiply-add in front of the loop tells. Requires vectorised loops; runs in front of legalize-vectors. Only long
// loops that mostly divide: among much arithmetic the divider works beside it.
import { BitcastOp, buildBinary, CmpFOp, CmpIOp, ConstantOp, DivFOp, FmaOp, SelectOp } from '@budflow/dialect-core';
import { constantTripCount, ForOp } from '@budflow/dialect-loop';
import { ReduceAndOp, SliceOp, SplatOp } from '@budflow/dialect-simd';
import { Builder, FloatType, type Operation, type Type, type Value, VectorType } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { getTarget } from '@budflow/target';
import { buildIf } from '../loop/lowering/scalar-ops.js';

/** Elements of a loop from which on what comes in front of it pays. */
const MANY_ELEMENTS = 256;

/** Operations on vectors beside each quotient, beyond which the divider waits for them. */
const FEW_OPERATIONS = 8;

/** Bytes of the registers that every target with vectors has. */
const REGISTER_BYTES = 16;

/** Exponents of numerators and divisors of which no step of the correction leaves the normal numbers. */
const SAFE_EXPONENT = { f32: 60, f64: 500 };
const FORMAT = { f32: { width: 32, mantissa: 23, bias: 127 }, f64: { width: 64, mantissa: 52, bias: 1023 } };

type Format = keyof typeof FORMAT;

export const divideByInvariants = definePass({
  name: 'divide-by-invariants',
  summary: 'divide vectors by what a loop does not change with its reciprocal and a correction, to the same bits',
  anchor: 'func.func',
  options: { target: { type: 'string', default: 'wasm32-simd128', description: 'Name of the machine description.' } },
  dependentDialects: ['arith', 'math', 'loop', 'simd'],
  statistics: { divisions: 'divisions replaced' },
  run(func, pass) {
    const { fma } = getTarget(pass.options.target);
    const loops: Operation[] = [];
    if (fma !== 'none')
      func.walk((op) => {
        if (ForOp.is(op)) loops.push(op);
      });
    let divisions = 0;
    for (const loop of loops) divisions += rewriteLoop(loop, { isRelaxed: fma === 'relaxed' });
    pass.statistic('divisions', divisions);
    if (divisions === 0) pass.unchanged();
  },
});

interface Division {
  readonly op: Operation;
  /** The number it divides by. */
  readonly divisor: Value;
  readonly format: Format;
  readonly type: VectorType;
}

function rewriteLoop(loop: Operation, options: { readonly isRelaxed: boolean }): number {
  const body = ForOp.body(loop).entry;
  const ops = body.ops;
  if (ops.some((op) => op.ownRegions !== null || op.info.dialect === 'math')) return 0;
  const found = ops.flatMap((op) => divisionOf(op, loop) ?? []);
  if (found.length === 0) return 0;
  const trips = constantTripCount(loop);
  if (trips !== undefined && trips * found[0]!.type.shape[0]! < MANY_ELEMENTS) return 0;
  const work = ops.filter((op) => op.info.dialect === 'arith' && op.resultTypes[0] instanceof VectorType).length;
  if (work > FEW_OPERATIONS * found.length) return 0;
  const known = new Map<Value, Reciprocal>();
  for (const division of found) {
    const reciprocal = known.get(division.divisor) ?? prepare(loop, division, options);
    known.set(division.divisor, reciprocal);
    rewrite(division, reciprocal, options);
  }
  return found.length;
}

/** The op as a quotient of a vector by a number that comes from outside of the loop. */
function divisionOf(op: Operation, loop: Operation): Division | undefined {
  if (!DivFOp.is(op)) return undefined;
  const { type } = op.result();
  const splat = op.operand(1).definingOp;
  if (!(type instanceof VectorType) || !(type.element instanceof FloatType) || !splat || !SplatOp.is(splat))
    return undefined;
  const format = type.element.name;
  if (type.rank !== 1 || type.scalable?.some(Boolean) || (format !== 'f32' && format !== 'f64')) return undefined;
  const divisor = splat.operand(0);
  const parent = divisor.parentBlock?.parentOp;
  const isInside = parent !== undefined && parent !== null && (parent === loop || loop.isAncestorOf(parent));
  return isInside ? undefined : { op, divisor, format, type };
}

/** What a loop needs of its divisor, in front of it. */
interface Reciprocal {
  /** y, and -b. */
  readonly reciprocal: Value;
  readonly negated: Value;
  /** Numerators are in range where their shifted bits are below that as signed integers. */
  readonly limit: Value;
}

/** Bits of 2^exponent with the sign shifted out. */
function shiftedBits(format: Format, exponent: number): bigint {
  const { mantissa, bias } = FORMAT[format];
  return BigInt(bias + exponent) << BigInt(mantissa + 1);
}

function prepare(
  loop: Operation,
  { divisor, format }: Division,
  { isRelaxed }: { readonly isRelaxed: boolean },
): Reciprocal {
  const { context, loc } = loop;
  const builder = Builder.before(loop);
  const { width, mantissa } = FORMAT[format];
  const constant = (type: Type, value: number | bigint): Value =>
    ConstantOp.build(builder, loc, { value: context.constantAttr(type, value), resultTypes: [type] });
  const { type } = divisor;
  const reciprocal = buildBinary('div', builder, loc, constant(type, 1), divisor);
  const negated = buildBinary('sub', builder, loc, constant(type, -0), divisor);
  // (1 + u) * (1 - u) is 1 - u^2, which is 1 rounded: only a multiply-add that rounds once sees the rest.
  const u = 2 ** -mantissa;
  const a = constant(type, 1 + u);
  const rest = FmaOp.build(builder, loc, { a, b: constant(type, 1 - u), c: constant(type, -1), relaxed: isRelaxed });
  const roundsOnce = CmpFOp.build(builder, loc, { predicate: 'une', lhs: rest, rhs: constant(type, 0) });
  const integer = context.integer(width);
  const inRange = CmpIOp.build(builder, loc, {
    predicate: 'slt',
    lhs: distance(builder, loop, format, divisor),
    rhs: constant(integer, limitOf(format)),
  });
  const isSafe = buildBinary('and', builder, loc, roundsOnce, inRange);
  const limit = SelectOp.build(builder, loc, {
    condition: isSafe,
    trueValue: constant(integer, limitOf(format)),
    falseValue: constant(integer, -(2n ** BigInt(width - 1))),
  });
  return { reciprocal, negated, limit };
}

/** The end of the range as `distance` gives it. */
function limitOf(format: Format): bigint {
  const exponent = SAFE_EXPONENT[format];
  const range = shiftedBits(format, exponent) - shiftedBits(format, -exponent);
  return range - 2n ** BigInt(FORMAT[format].width - 1);
}

/** How far the bits of |x| are above those of the least number in range, from the least signed integer on; below, they wrap. */
function distance(builder: Builder, at: Operation, format: Format, x: Value): Value {
  const { context, loc } = at;
  const { width } = FORMAT[format];
  const scalar = context.integer(width);
  const type = x.type instanceof VectorType ? context.vector(x.type.shape, scalar) : scalar;
  const constant = (value: number | bigint): Value =>
    ConstantOp.build(builder, loc, { value: context.constantAttr(type, value), resultTypes: [type] });
  const bits = BitcastOp.build(builder, loc, { in: x, resultTypes: [type] });
  const shifted = buildBinary('shl', builder, loc, bits, constant(1));
  const offset = BigInt.asIntN(width, -(2n ** BigInt(width - 1)) - shiftedBits(format, -SAFE_EXPONENT[format]));
  return buildBinary('add', builder, loc, shifted, constant(offset));
}

function rewrite(
  { op, format, type }: Division,
  { reciprocal, negated, limit }: Reciprocal,
  { isRelaxed }: { readonly isRelaxed: boolean },
): void {
  const { loc, context } = op;
  const builder = Builder.before(op);
  const [numerator, divisor] = [op.operand(0), op.operand(1)];
  const splat = (scalar: Value): Value =>
    SplatOp.build(builder, loc, { scalar, resultTypes: [context.vector(type.shape, scalar.type)] });
  const [y, minus] = [splat(reciprocal), splat(negated)];
  // One comparison for all registers of the vector.
  const lanes = (8 * REGISTER_BYTES) / FORMAT[format].width;
  const far = distance(builder, op, format, numerator);
  const part = context.vector([lanes], context.integer(FORMAT[format].width));
  let farthest = far;
  if (type.shape[0]! > lanes && type.shape[0]! % lanes === 0) {
    const parts = Array.from({ length: type.shape[0]! / lanes }, (_, i) =>
      SliceOp.build(builder, loc, { vector: far, offset: i * lanes, size: lanes, resultTypes: [part] }),
    );
    farthest = parts.reduce((x, y) => buildBinary('max', builder, loc, x, y, { signedness: 'signed' }));
  }
  const bound = SplatOp.build(builder, loc, { scalar: limit, resultTypes: [farthest.type] });
  const near = CmpIOp.build(builder, loc, { predicate: 'slt', lhs: farthest, rhs: bound });
  const [quotient] = buildIf(
    builder,
    loc,
    ReduceAndOp.build(builder, loc, { vector: near }),
    () => {
      const product = buildBinary('mul', builder, loc, numerator, y);
      const rest = FmaOp.build(builder, loc, { a: product, b: minus, c: numerator, relaxed: isRelaxed });
      return [FmaOp.build(builder, loc, { a: rest, b: y, c: product, relaxed: isRelaxed })];
    },
    () => [DivFOp.build(builder, loc, { lhs: numerator, rhs: divisor })],
  );
  op.result().replaceAllUsesWith(quotient!);
  op.erase();
}
