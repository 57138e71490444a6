// pad: with interior padding and negative widths, and with a value that is known only at run time.
import { FullOp, PadOp, SliceOp } from '@budflow/dialect-array';
import { elementAttr } from '@budflow/dialect-core';
import * as hlo from '@budflow/dialect-stablehlo';
import {
  type Attribute,
  DenseElementsAttr,
  DYNAMIC,
  type Operation,
  type TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import type { HloSite } from '../site.js';

/** How many elements come before, after and between those of an operand, by dimension. */
export interface Widths {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly interior: readonly number[];
}

function widths(op: Operation): Widths {
  return {
    low: hlo.PadOp.edge_padding_low(op),
    high: hlo.PadOp.edge_padding_high(op),
    interior: hlo.PadOp.interior_padding(op),
  };
}

/** Elements are moved apart, and cut, where the size is known. */
export function padRefusal(op: Operation): string | undefined {
  const { shape } = op.operand(0).type as TensorType;
  const { low, high, interior } = widths(op);
  return shape.some((size, d) => size === DYNAMIC && (interior[d] !== 0 || low[d]! < 0 || high[d]! < 0))
    ? 'a dimension whose size is not known can only be padded at its ends'
    : undefined;
}

export function padded(site: HloSite): Value {
  return paddedBy(site, widths(site.op));
}
/** The first operand padded with the second. */
export function paddedBy(site: HloSite, by: Widths): Value {
  const element = site.elementOf(site.operand(0));
  const value = constantElement(site.op.operand(1));
  if (value !== undefined) return padWith(site, by, site.operand(0), value);
  // Where the operand is, and elsewhere the value.
  const x = site.operand(0);
  const { context } = site;
  const everywhere = site.splat(1, x.type === context.withElement(x.type, context.i1) ? x : asMask(site, x));
  const isInside = padWith(site, by, everywhere, context.constantAttr(context.i1, 0));
  const inside = padWith(site, by, x, zeroOf(site, element));
  return site.select(isInside, inside, site.spread(site.operand(1), inside));
}

/** i1, in the shape of `value`, whatever it holds. */
function asMask(site: HloSite, value: Value): Value {
  const type = site.context.withElement(value.type, site.context.i1) as TensorType;
  return FullOp.build(site.rewriter, site.loc, {
    value: site.context.constantAttr(site.context.i1, 1),
    sizes: site.dynamicSizes(value),
    resultTypes: [type],
  });
}
function zeroOf({ context }: HloSite, element: Type): Attribute {
  const zeros = context.constantAttr(context.tensor([], element), 0) as DenseElementsAttr;
  return elementAttr(context, zeros, 0);
}
/** The one element of a constant. */
function constantElement(value: Value): Attribute | undefined {
  const op = value.definingOp;
  const constant = op?.attr('value');
  return op?.name.endsWith('.constant') && constant instanceof DenseElementsAttr
    ? elementAttr(op.context, constant, 0)
    : undefined;
}

function padWith(site: HloSite, by: Widths, operand: Value, value: Attribute): Value {
  const { low, high, interior } = by;
  const pad = (x: Value, before: readonly number[], after: readonly number[]): Value => {
    if ([...before, ...after].every((w) => w === 0)) return x;
    const { shape, element } = x.type as TensorType;
    const sizes = shape.map((size, d) => (size === DYNAMIC ? DYNAMIC : size + before[d]! + after[d]!));
    return PadOp.build(site.rewriter, site.loc, {
      operand: x,
      low: before,
      high: after,
      value,
      resultTypes: [site.context.tensor(sizes, element)],
    });
  };
  const cut = (x: Value, from: readonly number[], to: readonly number[]): Value => {
    const { shape, element } = x.type as TensorType;
    if (from.every((f, d) => f === 0 && to[d] === shape[d])) return x;
    return SliceOp.build(site.rewriter, site.loc, {
      operand: x,
      starts: from,
      limits: to,
      strides: shape.map(() => 1),
      resultTypes: [
        site.context.tensor(
          shape.map((size, d) => (size === DYNAMIC ? size : to[d]! - from[d]!)),
          element,
        ),
      ],
    });
  };

  // 1. Apart: each element becomes a row with the padding behind it; the last row's padding goes.
  let x = operand;
  const { shape } = x.type as TensorType;
  if (interior.some((w, d) => w > 0 && shape[d]! > 0)) {
    const pairs = shape.flatMap((size) => [size, 1]);
    const gaps = interior.flatMap((w) => [0, w]);
    x = pad(
      site.reshape(x, pairs),
      gaps.map(() => 0),
      gaps,
    );
    x = site.reshape(
      x,
      shape.map((size, d) => size * (1 + interior[d]!)),
    );
    const zeros = shape.map(() => 0);
    x = cut(
      x,
      zeros,
      shape.map((size, d) => Math.max(0, size * (1 + interior[d]!) - interior[d]!)),
    );
  }
  // 2. Borders, and what negative ones cut off.
  x = pad(
    x,
    low.map((w) => Math.max(0, w)),
    high.map((w) => Math.max(0, w)),
  );
  const { shape: wide } = x.type as TensorType;
  return cut(
    x,
    low.map((w) => Math.max(0, -w)),
    wide.map((size, d) => (size === DYNAMIC ? DYNAMIC : size - Math.max(0, -high[d]!))),
  );
}
