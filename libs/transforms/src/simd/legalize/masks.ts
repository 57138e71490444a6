// Masks: vectors of i1, kept as lanes of the width of the data they were made from.
import { CmpIOp, ConstantOp, ExtSIOp } from '@budflow/dialect-core';
import { NarrowOp, WidenHighOp, WidenLowOp } from '@budflow/dialect-simd';
import { type Builder, IntegerType, type LocationRef, type Type, type Value, VectorType } from '@budflow/ir';

export function isMask(type: Type): boolean {
  return type instanceof VectorType && type.element instanceof IntegerType && type.element.width === 1;
}

/** The same lanes in parts of `lanes` lanes: through integers of the width of each side, for registers of `bits` in all. */
export function convertMask(builder: Builder, loc: LocationRef, parts: readonly Value[], lanes: number): Value[] {
  const { context } = builder;
  const have = (parts[0]!.type as VectorType).lanes;
  // A part fills a register, so lanes times width is constant; the narrowest element here is a byte.
  const bits = 128 >= 8 * Math.max(have, lanes) ? 128 : 8 * Math.max(have, lanes);
  let width = bits / have;
  let integers: Value[] = parts.map((p) =>
    ExtSIOp.build(builder, loc, { in: p, resultTypes: [context.vector([have], context.integer(width))] }),
  );
  while (width > bits / lanes) {
    width /= 2;
    const type = context.vector([bits / width], context.integer(width));
    integers = pairs(integers).map(([lhs, rhs]) => NarrowOp.build(builder, loc, { lhs, rhs, resultTypes: [type] }));
  }
  while (width < bits / lanes) {
    width *= 2;
    integers = integers.flatMap((vector) => [
      WidenLowOp.build(builder, loc, { vector }),
      WidenHighOp.build(builder, loc, { vector }),
    ]);
  }
  const type = integers[0]!.type as VectorType;
  const zero = ConstantOp.build(builder, loc, { value: context.splat(type, 0), resultTypes: [type] });
  return integers.map((lhs) => CmpIOp.build(builder, loc, { predicate: 'ne', lhs, rhs: zero }));
}

export function pairs(list: readonly Value[]): [Value, Value][] {
  return Array.from({ length: list.length / 2 }, (_, i): [Value, Value] => [list[2 * i]!, list[2 * i + 1]!]);
}
