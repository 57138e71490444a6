// Conversions between any two element types as the array dialects define them: exact where possible, floats rounded
// to nearest, integers wrapped, float to integer truncated and saturated (NaN gives 0), anything to bool by `!= 0`.
import {
  type Builder,
  ComplexType,
  elementTypeOf,
  FloatType,
  IndexType,
  IntegerType,
  InternalError,
  type LocationRef,
  Operation,
  type Type,
  type Value,
} from '@budflow/ir';
import { type AnyFloatFormat, nextDown, roundToFloat } from '@budflow/numerics';
import { buildConstant } from '../arith/constant.js';
import { buildCompare, buildSelect } from './elementwise.js';
import { type IntegerSignedness, isBoolLike, isFloatLike, signednessOf, signlessType, typeLike } from './types.js';

function cast(builder: Builder, loc: LocationRef, name: string, value: Value, element: Type): Value {
  const type = typeLike(builder.context, value.type, element);
  if (type === value.type) return value;
  return builder.insert(Operation.create(builder.context.opInfo(name), loc, [value], [type])).result(0);
}

function widthOf(element: Type): number {
  return element instanceof IntegerType || element instanceof FloatType ? element.width : 64;
}

/** The largest value of a float format that an integer type of `bits` value bits holds. */
function largestBelow(bits: number, format: AnyFloatFormat): number {
  const rounded = roundToFloat(2 ** bits - 1, format);
  return rounded < 2 ** bits ? rounded : nextDown(rounded, format);
}

/**
 * Float to integer, truncating, clamped to the integer's range, NaN to 0: `array.cast`. `from` and `to` are element
 * types; `to` is signless, its meaning said by `signedness`. Made of arith ops that never trap.
 */
export function buildSaturatingCast(
  builder: Builder,
  loc: LocationRef,
  value: Value,
  from: Type,
  to: Type,
  signedness: IntegerSignedness,
): Value {
  const { context } = builder;
  if (!(from instanceof FloatType)) throw new InternalError(`buildSaturatingCast: expected a float type, got ${from}`);
  // In f32 the 16-bit formats keep their infinities apart from the integers' limits.
  if (from.width === 16)
    return buildSaturatingCast(
      builder,
      loc,
      cast(builder, loc, 'arith.extf', value, context.f32),
      context.f32,
      to,
      signedness,
    );
  if (from !== context.f32 && from !== context.f64)
    throw new InternalError(`buildSaturatingCast: no conversion from ${from}`);
  const width = widthOf(to);
  const unsigned = signedness === 'unsigned';
  const bits = unsigned ? width : width - 1;
  const low = unsigned ? 0 : -(2 ** bits);
  const high = largestBelow(bits, from.name as AnyFloatFormat);
  const constant = (v: number): Value => buildConstant(builder, loc, value.type, v);
  const lowest = constant(low);
  const highest = constant(high);
  // Comparisons rather than minimum and maximum: NaN takes the lower limit, and each is one instruction.
  const raised = buildSelect(builder, loc, buildCompare('gt', builder, loc, value, lowest), value, lowest);
  const clamped = buildSelect(builder, loc, buildCompare('lt', builder, loc, raised, highest), raised, highest);
  const target = signlessType(context, to);
  let result = cast(builder, loc, unsigned ? 'arith.fptoui' : 'arith.fptosi', clamped, target);
  // Between the largest float that fits and the integer's own limit there may be integers that no float reaches.
  if (high < 2 ** bits - 1) {
    const limit = buildConstant(builder, loc, result.type, (1n << BigInt(bits)) - 1n);
    result = buildSelect(builder, loc, buildCompare('gt', builder, loc, value, highest), limit, result);
  }
  if (!unsigned) {
    const isNumber = buildCompare('eq', builder, loc, value, value);
    result = buildSelect(builder, loc, isNumber, result, buildConstant(builder, loc, result.type, 0));
  }
  return result;
}

/**
 * `value` of element type `from` as element type `to`. Both are array element types (ui* allowed); `value` and the
 * result have the signless ones. Real numbers become complex ones without an imaginary part; there is no way back.
 */
export function buildConvert(builder: Builder, loc: LocationRef, value: Value, from: Type, to: Type): Value {
  const { context } = builder;
  const source = elementTypeOf(from);
  const target = elementTypeOf(to);
  if (source === target) return value;
  if (target instanceof ComplexType) {
    const named = (name: string, operands: readonly Value[], type: Type): Value =>
      builder.insert(Operation.create(context.opInfo(name), loc, operands, [type])).result(0);
    const from = source instanceof ComplexType ? source.element : source;
    const part = (value_: Value): Value => buildConvert(builder, loc, value_, from, target.element);
    if (!(source instanceof ComplexType)) {
      const zero = buildConstant(builder, loc, target.element, 0);
      return named('complex.create', [part(value), zero], target);
    }
    const parts = ['complex.re', 'complex.im'].map((name) => part(named(name, [value], source.element)));
    return named('complex.create', parts, target);
  }
  const plain = signlessType(context, target);
  const unsigned = signednessOf(source) === 'unsigned';

  if (isBoolLike(target)) return buildCompare('ne', builder, loc, value, buildConstant(builder, loc, value.type, 0));
  if (isFloatLike(source)) {
    if (!isFloatLike(target)) {
      if (plain instanceof IndexType) {
        const wide = buildSaturatingCast(builder, loc, value, source, context.i64, 'signed');
        return cast(builder, loc, 'arith.index_cast', wide, plain);
      }
      return buildSaturatingCast(builder, loc, value, source, plain, signednessOf(target));
    }
    const [a, b] = [widthOf(source), widthOf(target)];
    if (a === b)
      return cast(builder, loc, 'arith.truncf', cast(builder, loc, 'arith.extf', value, context.f32), target); // f16 and bf16
    return cast(builder, loc, a < b ? 'arith.extf' : 'arith.truncf', value, target);
  }
  if (isFloatLike(target)) {
    const integer = source instanceof IndexType ? cast(builder, loc, 'arith.index_cast', value, context.i64) : value;
    return cast(builder, loc, unsigned ? 'arith.uitofp' : 'arith.sitofp', integer, target);
  }
  if (source instanceof IndexType || plain instanceof IndexType)
    return cast(builder, loc, unsigned ? 'arith.index_castui' : 'arith.index_cast', value, plain);
  const [a, b] = [widthOf(source), widthOf(target)];
  if (a === b) return value;
  if (a > b) return cast(builder, loc, 'arith.trunci', value, plain);
  return cast(builder, loc, unsigned ? 'arith.extui' : 'arith.extsi', value, plain);
}
