// bitcast_convert between elements of different widths: a wide element is a row of narrow ones, the lowest bits first. Bits
// of i1 are its values, those of integers of 2 and 4 bits the low ones of what carries them.
import { BitcastOp, BroadcastOp, ConcatOp, IotaOp, ReduceOp, SliceOp } from '@budflow/dialect-array';
import {
  ComplexType,
  DYNAMIC,
  FloatType,
  IntegerType,
  type Operation,
  type TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { complexOf, partsOf } from '../complex-parts.js';
import { carrierOf, lowBits, narrowElement } from '../narrow.js';
import type { HloSite } from '../site.js';

function widthOf(type: Type): number {
  if (type instanceof ComplexType) return 2 * widthOf(type.element);
  return type instanceof FloatType || type instanceof IntegerType ? type.width : 0;
}

/** Why the conversion has no counterpart. */
export function bitcastRefusal(op: Operation): string | undefined {
  const [from, to] = [op.operand(0).type, op.result(0).type] as [TensorType, TensorType];
  if (widthOf(from.element) === widthOf(to.element)) return undefined;
  return from.shape.includes(DYNAMIC) || to.shape.includes(DYNAMIC) ? 'its sizes are not known' : undefined;
}

export function bitcastConvert(site: HloSite): Value {
  const x = site.operand(0);
  const [from, to] = [site.op.operand(0).type, site.op.result(0).type] as [TensorType, TensorType];
  const [a, b] = [widthOf(from.element), widthOf(to.element)];
  if (from.element instanceof ComplexType)
    return a === b ? x : a > b ? splitComplex(site, x, to) : joinComplex(site, x, to);
  if (a === b) return bitcast(site, x, carrierOf(site.context, to.element));
  return a > b ? split(site, x, a, to) : join(site, x, from.element, to);
}

function bitcast(site: HloSite, value: Value, element: Type): Value {
  const type = site.context.withElement(value.type, element);
  return type === value.type
    ? value
    : BitcastOp.build(site.rewriter, site.loc, { operand: value, resultTypes: [type] });
}
/** The unsigned type that bits are moved about in. */
function unsigned(site: HloSite, width: number): IntegerType {
  return site.context.integer(Math.max(width, 8), 'unsigned');
}
/** The bits of elements, of `width` each, in an unsigned type: zeros above them. */
function bitsOf(site: HloSite, value: Value, element: Type): Value {
  const width = widthOf(element);
  const type = unsigned(site, width);
  if (width === 1) return site.cast(value, type);
  const bits = bitcast(site, value, type);
  const narrow = narrowElement(element);
  return narrow ? lowBits(site, bits, narrow) : bits;
}
/** How far each narrow element stands in its wide one, in the shape and type of `like`. */
function distances(site: HloSite, like: Value, narrow: number): Value {
  const type = like.type as TensorType;
  const index = IotaOp.build(site.rewriter, site.loc, { dim: type.rank - 1, sizes: [], resultTypes: [type] });
  return site.named('mul', index, site.splat(narrow, like));
}

/** narrow[.., k] = wide[..] >> (k * narrow bits) */
function split(site: HloSite, x: Value, width: number, to: TensorType): Value {
  const narrow = widthOf(to.element);
  const bits = bitsOf(site, x, (site.op.operand(0).type as TensorType).element);
  const wide = unsigned(site, width);
  const rows = BroadcastOp.build(site.rewriter, site.loc, {
    operand: bits,
    dims: to.shape.slice(1).map((_, d) => d),
    sizes: [],
    resultTypes: [site.context.tensor(to.shape, wide)],
  });
  const shifted = site.named('shr_u', rows, distances(site, rows, narrow));
  if (narrow === 1) return site.cast(site.named('and', shifted, site.splat(1, shifted)), to.element);
  return bitcast(site, site.cast(shifted, unsigned(site, narrow)), carrierOf(site.context, to.element));
}

/** wide[..] = or over k of narrow[.., k] << (k * narrow bits) */
function join(site: HloSite, x: Value, from: Type, to: TensorType): Value {
  const wide = unsigned(site, widthOf(to.element));
  const parts = site.cast(bitsOf(site, x, from), wide);
  const shifted = site.named('shl', parts, distances(site, parts, widthOf(from)));
  const whole = ReduceOp.create(site.rewriter, site.loc, {
    inputs: [shifted],
    inits: [site.constant(site.context.constantAttr(site.context.tensor([], wide), 0))],
    kind: 'or',
    dims: [(shifted.type as TensorType).rank - 1],
    regions: [],
  });
  return bitcast(site, whole.result(0), carrierOf(site.context, to.element));
}

/** Columns `at` of the last dimension. */
function column(site: HloSite, value: Value, at: number): Value {
  const { shape, element } = value.type as TensorType;
  const last = shape.length - 1;
  const one = SliceOp.build(site.rewriter, site.loc, {
    operand: value,
    starts: shape.map((_, d) => (d === last ? at : 0)),
    limits: shape.map((size, d) => (d === last ? at + 1 : size)),
    strides: shape.map(() => 1),
    resultTypes: [site.context.tensor([...shape.slice(0, -1), 1], element)],
  });
  return site.reshape(one, shape.slice(0, -1));
}

/** Both halves of the real part are one complex number, those of the imaginary part the next. */
function splitComplex(site: HloSite, x: Value, to: TensorType): Value {
  const half = (to.element as ComplexType).element;
  const narrow = unsigned(site, widthOf(half));
  const outer = to.shape.slice(0, -1);
  const numbers = partsOf(site, x).map((part) => {
    const bits = bitcast(site, part, unsigned(site, 2 * narrow.width));
    const [low, high] = [bits, site.named('shr_u', bits, site.splat(narrow.width, bits))].map((v) =>
      bitcast(site, site.cast(v, narrow), half),
    );
    return site.reshape(complexOf(site, low!, high!), [...outer, 1]);
  });
  return ConcatOp.build(site.rewriter, site.loc, { inputs: numbers, dim: outer.length, resultTypes: [to] });
}
function joinComplex(site: HloSite, x: Value, to: TensorType): Value {
  const part = (to.element as ComplexType).element;
  const wide = unsigned(site, widthOf(part));
  const [real, imaginary] = [0, 1].map((at) => {
    const [low, high] = partsOf(site, column(site, x, at)).map((v) =>
      site.cast(bitcast(site, v, unsigned(site, wide.width / 2)), wide),
    );
    const bits = site.named('or', low!, site.named('shl', high!, site.splat(wide.width / 2, high!)));
    return bitcast(site, bits, part);
  });
  return complexOf(site, real!, imaginary!);
}
