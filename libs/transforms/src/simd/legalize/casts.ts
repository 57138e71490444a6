// Casts of wide vectors: between element widths by doubling and halving, between integers and floats at one width.
import { AndIOp, CmpIOp, ConstantOp, ExtSIOp, ExtUIOp } from '@budflow/dialect-core';
import { NarrowOp, WidenHighOp, WidenLowOp } from '@budflow/dialect-simd';
import {
  type Builder,
  elementTypeOf,
  FloatType,
  IndexType,
  IntegerType,
  Operation,
  type Type,
  type Value,
  type VectorType,
} from '@budflow/ir';
import type { VectorLegalizer } from './legalizer.js';
import { isMask, pairs } from './masks.js';

const CASTS = new Set(
  [
    'extsi',
    'extui',
    'trunci',
    'extf',
    'truncf',
    'sitofp',
    'uitofp',
    'fptosi',
    'fptoui',
    'index_cast',
    'index_castui',
    'bitcast',
  ].map((n) => `arith.${n}`),
);

export function isCast(op: Operation): boolean {
  return CASTS.has(op.name);
}

function width(type: Type): number {
  const element = elementTypeOf(type);
  return element instanceof FloatType || element instanceof IntegerType ? element.width : 64;
}

/** Parts of the result; null when it must be done lane by lane. */
export function castParts(legalizer: VectorLegalizer, builder: Builder, op: Operation): Value[] | null {
  const source = op.operand(0);
  const to = op.result().type as VectorType;
  switch (op.name.slice('arith.'.length)) {
    case 'extsi':
    case 'extui':
      return isMask(source.type)
        ? extendMask(legalizer, builder, op, to)
        : resize(legalizer, builder, op, legalizer.partsOf(source), source.type, to, {
            unsigned: op.name === 'arith.extui',
          });
    case 'trunci':
      if (isMask(to)) return lowestBit(legalizer, builder, op);
      return resize(legalizer, builder, op, legalizer.partsOf(source), source.type, to, { unsigned: false });
    case 'index_cast':
    case 'index_castui':
      return resizeIndex(legalizer, builder, op, to, { unsigned: op.name === 'arith.index_castui' });
    case 'extf':
    case 'truncf':
      return width(source.type) + width(to) === 96
        ? resize(legalizer, builder, op, legalizer.partsOf(source), source.type, to, { unsigned: false })
        : null;
    case 'bitcast':
      return width(source.type) === width(to) ? same(legalizer, builder, op, legalizer.partsOf(source), to) : null;
    case 'sitofp':
    case 'uitofp':
      return toFloat(legalizer, builder, op, to);
    default:
      return fromFloat(legalizer, builder, op, to);
  }
}

function same(
  legalizer: VectorLegalizer,
  builder: Builder,
  op: Operation,
  parts: readonly Value[],
  to: VectorType,
): Value[] {
  const type = legalizer.context.vector([(parts[0]!.type as VectorType).lanes], to.element);
  return parts.map((p) => legalizer.recreate(builder, op, [p], [type]));
}

/** Doubles or halves the element width until it is that of `to`. */
function resize(
  legalizer: VectorLegalizer,
  builder: Builder,
  op: Operation,
  parts: readonly Value[],
  from: Type,
  to: VectorType,
  options: { unsigned: boolean },
): Value[] | null {
  const { context } = legalizer;
  const float = to.element instanceof FloatType;
  let list = parts.slice();
  let bits = width(from);
  if ((list[0]!.type as VectorType).lanes * bits !== legalizer.bits) return null;
  while (bits < width(to)) {
    bits *= 2;
    list = list.flatMap((vector) =>
      [WidenLowOp, WidenHighOp].map((widen) =>
        widen.build(builder, op.loc, { vector, ...(options.unsigned ? { unsigned: true } : {}) }),
      ),
    );
  }
  while (bits > width(to)) {
    bits /= 2;
    if (list.length % 2 !== 0) return null;
    const element = float ? context.float(bits === 32 ? 'f32' : 'f16') : context.integer(bits);
    const type = context.vector([legalizer.bits / bits], element);
    list = pairs(list).map(([lhs, rhs]) => NarrowOp.build(builder, op.loc, { lhs, rhs, resultTypes: [type] }));
  }
  return list;
}

/** Vectors of index are 64 bits wide; as i64 they are the same bits. */
function resizeIndex(
  legalizer: VectorLegalizer,
  builder: Builder,
  op: Operation,
  to: VectorType,
  options: { unsigned: boolean },
): Value[] | null {
  const { context } = legalizer;
  const source = op.operand(0);
  const parts = legalizer.partsOf(source);
  if (elementTypeOf(source.type) instanceof IndexType) {
    const wide = context.vector([(parts[0]!.type as VectorType).lanes], context.i64);
    const integers = parts.map((p) => legalizer.recreate(builder, op, [p], [wide]));
    return width(to) === 64 ? integers : resize(legalizer, builder, op, integers, wide, to, options);
  }
  const i64s =
    width(source.type) === 64
      ? parts
      : resize(legalizer, builder, op, parts, source.type, context.vector(to.shape, context.i64), options);
  if (!i64s) return null;
  const type = context.vector([(i64s[0]!.type as VectorType).lanes], to.element);
  return i64s.map((p) => legalizer.recreate(builder, op, [p], [type]));
}

function extendMask(legalizer: VectorLegalizer, builder: Builder, op: Operation, to: VectorType): Value[] {
  const lanes = Math.min(to.lanes, legalizer.lanes(to.element));
  const type = legalizer.context.vector([lanes], to.element);
  return legalizer
    .maskParts(builder, op, op.operand(0), lanes)
    .map((p) => legalizer.recreate(builder, op, [p], [type]));
}

/** trunci to i1: x & 1 != 0 */
function lowestBit(legalizer: VectorLegalizer, builder: Builder, op: Operation): Value[] {
  const parts = legalizer.partsOf(op.operand(0));
  const type = parts[0]!.type as VectorType;
  const constant = (value: number) =>
    ConstantOp.build(builder, op.loc, { value: legalizer.context.splat(type, value), resultTypes: [type] });
  const one = constant(1);
  const zero = constant(0);
  return parts.map((lhs) =>
    CmpIOp.build(builder, op.loc, {
      predicate: 'ne',
      lhs: AndIOp.build(builder, op.loc, { lhs, rhs: one }),
      rhs: zero,
    }),
  );
}

/** Integers no wider than the float are widened to its width first; 32 bits to f32 is one instruction, f64 has none. */
function toFloat(legalizer: VectorLegalizer, builder: Builder, op: Operation, to: VectorType): Value[] | null {
  if (width(to) !== 32) return null;
  const source = op.operand(0);
  const unsigned = op.name === 'arith.uitofp';
  const { context } = legalizer;
  if (isMask(source.type)) {
    const lanes = legalizer.lanes(to.element);
    const i32s = legalizer.maskParts(builder, op, source, lanes).map((p) => {
      const resultTypes = [context.vector([lanes], context.i32)];
      return unsigned
        ? ExtUIOp.build(builder, op.loc, { in: p, resultTypes })
        : ExtSIOp.build(builder, op.loc, { in: p, resultTypes });
    });
    return same(legalizer, builder, op, i32s, to);
  }
  const from = width(source.type);
  if (from > 32) return null;
  const parts =
    from === 32
      ? legalizer.partsOf(source)
      : resize(legalizer, builder, op, legalizer.partsOf(source), source.type, context.vector(to.shape, context.i32), {
          unsigned,
        });
  if (!parts) return null;
  // Zero-extended integers are not negative, and machines convert signed ones in fewer instructions.
  return from < 32 && unsigned
    ? converted(legalizer, builder, op, 'arith.sitofp', parts, to)
    : same(legalizer, builder, op, parts, to);
}

/** Each part through another op than the whole. */
function converted(
  legalizer: VectorLegalizer,
  builder: Builder,
  op: Operation,
  name: string,
  parts: readonly Value[],
  to: VectorType,
): Value[] {
  const type = legalizer.context.vector([(parts[0]!.type as VectorType).lanes], to.element);
  return parts.map((p) =>
    builder.insert(Operation.create(legalizer.context.opInfo(name), op.loc, [p], [type])).result(0),
  );
}

/** f32 to 32 bits is one instruction; narrower integers are truncated from there. */
function fromFloat(legalizer: VectorLegalizer, builder: Builder, op: Operation, to: VectorType): Value[] | null {
  const source = op.operand(0);
  const { context } = legalizer;
  if (width(source.type) !== 32 || width(to) > 32 || isMask(to)) return null;
  const i32 = context.vector(to.shape, context.i32);
  // Narrow unsigned integers are positive signed ones of 32 bits.
  const i32s =
    op.name === 'arith.fptoui' && width(to) < 32
      ? converted(legalizer, builder, op, 'arith.fptosi', legalizer.partsOf(source), i32)
      : same(legalizer, builder, op, legalizer.partsOf(source), i32);
  return width(to) === 32 ? i32s : resize(legalizer, builder, op, i32s, i32, to, { unsigned: false });
}
