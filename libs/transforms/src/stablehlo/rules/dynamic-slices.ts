// Slices whose limits are sizes: up to the end of a dimension, or to a number of elements before it. A limit that is not the
// size of the very operand is taken as that, and the program stops where it is not.
import { ExpectOp, FromScalarOp, ReverseOp, SliceOp } from '@budflow/dialect-array';
import { IndexCastOp } from '@budflow/dialect-core';
import { DYNAMIC, type TensorType, type Value } from '@budflow/ir';
import type { HloSite } from '../site.js';
import { buildSize, isSizeOf, type Size, withOffset } from '../sizes.js';

/** Elements start, start + stride, .. below the limit; a limit that is a number may be DYNAMIC, the end. */
export interface Range {
  readonly start: number;
  readonly limit: Size;
  readonly stride: number;
}

/** Why ranges of a value are no slice; undefined when they are. */
export function rangesRefusal(value: Value, ranges: readonly Range[] | undefined): string | undefined {
  const { shape } = value.type as TensorType;
  const fits = ranges?.every(({ start, limit, stride }, d) => {
    const { base, offset } = withOffset(limit);
    if (base === undefined) return true;
    // From the end backwards only slices without gaps are counted.
    return (
      shape[d] === DYNAMIC &&
      !(typeof base === 'object' && 'kind' in base) &&
      offset <= 0 &&
      (offset === 0 || stride === 1) &&
      start >= 0
    );
  });
  return fits ? undefined : 'its limit is neither a constant nor the size of its operand, or less';
}

/** The slice of operand 0. */
export function slicedTo(site: HloSite, ranges: readonly Range[]): Value {
  const x = site.operand(0);
  const cuts = ranges.map(({ limit }, d) => {
    const { base, offset } = withOffset(limit);
    if (base === undefined) return 0;
    if (!isSizeOf(base, x, d)) expectEqual(site, site.dim(x, d), buildSize(site, base));
    return -offset;
  });
  const limits = ranges.map(({ limit }) => (typeof limit === 'number' ? limit : DYNAMIC));
  const begun = slice(
    site,
    x,
    ranges.map(({ start }) => start),
    limits,
    ranges.map(({ stride }) => stride),
  );
  const dims = cuts.flatMap((cut, d) => (cut > 0 ? [d] : []));
  if (dims.length === 0) return begun;
  // What is cut off at the end is at the beginning of what is turned round.
  const turn = (value: Value) => ReverseOp.build(site.rewriter, site.loc, { operand: value, dims });
  const { shape } = begun.type as TensorType;
  return turn(
    slice(
      site,
      turn(begun),
      cuts,
      shape,
      shape.map(() => 1),
    ),
  );
}

function slice(
  site: HloSite,
  operand: Value,
  starts: readonly number[],
  limits: readonly number[],
  strides: readonly number[],
): Value {
  const { element } = operand.type as TensorType;
  const shape = limits.map((limit, d) =>
    limit === DYNAMIC ? DYNAMIC : Math.max(0, Math.ceil((limit - starts[d]!) / strides[d]!)),
  );
  const resultTypes = [site.context.tensor(shape, element)];
  return SliceOp.build(site.rewriter, site.loc, { operand, starts, limits, strides, resultTypes });
}

/** Stops the program unless two sizes are equal. */
export function expectEqual(site: HloSite, actual: Value, expected: Value): void {
  const { rewriter, loc, context } = site;
  const [lhs, rhs] = [actual, expected].map((size) => {
    const scalar = IndexCastOp.build(rewriter, loc, { in: size, resultTypes: [context.i64] });
    return FromScalarOp.build(rewriter, loc, { scalar, resultTypes: [context.tensor([], context.i64)] });
  }) as [Value, Value];
  ExpectOp.create(rewriter, loc, {
    actual: lhs,
    expected: rhs,
    relation: 'equal',
    tolerance: 0,
    min_ulps: 0,
    max_ulps: 0,
  });
}
