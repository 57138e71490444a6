// Padding of some dimensions with one value, gaps between elements and negative widths included, from ops that loops exist for.
import { DimOp, PadOp, ReshapeOp, ReverseOp, SliceOp } from '@budflow/dialect-array';
import { buildConstant, buildNamed } from '@budflow/dialect-core';
import { type Attribute, type Builder, DYNAMIC, type LocationRef, type TensorType, type Value } from '@budflow/ir';

/** One entry for each dimension of a tensor. */
export interface Spread {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** An element every so many places. */
  readonly dilation: readonly number[];
}

function typeOf(value: Value): TensorType {
  return value.type as TensorType;
}

/** `value` in another shape of as many elements; `size` gives the sizes of its dynamic dimensions. */
export function reshaped(
  builder: Builder,
  loc: LocationRef,
  value: Value,
  shape: readonly number[],
  size: (dim: number) => Value,
): Value {
  const type = typeOf(value);
  const dynamic = shape.flatMap((n, d) => (n === DYNAMIC ? [d] : []));
  // One dynamic size follows from the number of elements, unless there are none.
  const sizes = dynamic.length > 1 || (dynamic.length > 0 && shape.includes(0)) ? dynamic.map(size) : [];
  return ReshapeOp.build(builder, loc, {
    operand: value,
    sizes,
    resultTypes: [builder.context.tensor(shape, type.element)],
  });
}

/** The tensor spread out: what StableHLO's pad gives. */
export function spreadOut(builder: Builder, loc: LocationRef, input: Value, fill: Attribute, spread: Spread): Value {
  let value = input;
  const high = spread.high.slice();
  // 1. Gaps: a dimension of its own for each element and what follows it. The last gap is too many.
  spread.dilation.forEach((dilation, d) => {
    const size = typeOf(value).shape[d]!;
    if (dilation === 1 || size === 0) return;
    const { shape, rank } = typeOf(value);
    const dims = (at: number) => DimOp.build(builder, loc, { operand: value, dimension: at });
    const apart = reshaped(builder, loc, value, [...shape.slice(0, d + 1), 1, ...shape.slice(d + 1)], (at) =>
      dims(at > d ? at - 1 : at),
    );
    const width = new Array<number>(rank + 1).fill(0);
    width[d + 1] = dilation - 1;
    const padded = PadOp.build(builder, loc, {
      operand: apart,
      low: new Array<number>(rank + 1).fill(0),
      high: width,
      value: fill,
    });
    const joined = shape.map((n, at) => (at !== d ? n : n === DYNAMIC ? DYNAMIC : n * dilation));
    const before = value;
    value = reshaped(builder, loc, padded, joined, (at) => {
      const whole = DimOp.build(builder, loc, { operand: before, dimension: at });
      if (at !== d) return whole;
      return buildNamed(builder, loc, 'arith.muli', [
        whole,
        buildConstant(builder, loc, builder.context.index, dilation),
      ]);
    });
    high[d] = high[d]! - (dilation - 1);
  });
  // 2. What widens, then what cuts.
  const widen = (list: readonly number[]) => list.map((n) => Math.max(0, n));
  if ([...spread.low, ...high].some((n) => n > 0))
    value = PadOp.build(builder, loc, { operand: value, low: widen(spread.low), high: widen(high), value: fill });
  return cut(
    builder,
    loc,
    value,
    spread.low.map((n) => Math.max(0, -n)),
    high.map((n) => Math.max(0, -n)),
  );
}

/** The tensor without its first and last elements along each dimension. */
function cut(builder: Builder, loc: LocationRef, input: Value, low: readonly number[], high: readonly number[]): Value {
  if ([...low, ...high].every((n) => n === 0)) return input;
  const { shape, rank } = typeOf(input);
  const ones = new Array<number>(rank).fill(1);
  // The end of a dynamic dimension is cut where it is the beginning.
  const backwards = shape.flatMap((n, d) => (n === DYNAMIC && high[d]! > 0 ? [d] : []));
  let value = input;
  if (backwards.length > 0) {
    value = ReverseOp.build(builder, loc, { operand: value, dims: backwards });
    const starts = high.map((n, d) => (backwards.includes(d) ? n : 0));
    value = SliceOp.build(builder, loc, { operand: value, starts, limits: [...shape], strides: ones });
    value = ReverseOp.build(builder, loc, { operand: value, dims: backwards });
  }
  const limits = shape.map((n, d) => (n === DYNAMIC ? DYNAMIC : Math.max(0, n - high[d]!)));
  const starts = low.map((n, d) => (limits[d] === DYNAMIC ? n : Math.min(n, limits[d]!)));
  return SliceOp.build(builder, loc, { operand: value, starts, limits, strides: ones });
}
