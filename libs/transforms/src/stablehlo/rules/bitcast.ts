// bitcast_convert between elements of different widths: a wide element is a row of narrow ones, the lowest bits first.
import { BitcastOp, BroadcastOp, IotaOp, ReduceOp } from '@budflow/dialect-array';
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
import type { HloSite } from '../site.js';

function widthOf(type: Type): number {
  return type instanceof FloatType || type instanceof IntegerType ? type.width : 0;
}

/** Why the conversion has no counterpart. */
export function bitcastRefusal(op: Operation): string | undefined {
  const [from, to] = [op.operand(0).type, op.result(0).type] as TensorType[];
  if (from!.element === to!.element) return undefined;
  if (from!.element instanceof ComplexType || to!.element instanceof ComplexType)
    return 'the bits of complex numbers are two numbers, not one';
  if (widthOf(from!.element) === 1 || widthOf(to!.element) === 1)
    return from!.element === to!.element ? undefined : 'an i1 has no bits beside its value';
  if (widthOf(from!.element) === widthOf(to!.element)) return undefined;
  return from!.shape.includes(DYNAMIC) || to!.shape.includes(DYNAMIC) ? 'its sizes are not known' : undefined;
}

export function bitcastConvert(site: HloSite): Value {
  const x = site.operand(0);
  const to = site.type();
  const [narrow, wide] = [widthOf(to.element), widthOf(site.elementOf(x))].sort((a, b) => a - b) as [number, number];
  if (narrow === wide) return bitcast(site, x, to.element);
  return widthOf(to.element) === narrow ? split(site, x, to, narrow) : join(site, x, to, narrow);
}

function bitcast(site: HloSite, value: Value, element: Type): Value {
  const type = site.context.withElement(value.type, element);
  return type === value.type
    ? value
    : BitcastOp.build(site.rewriter, site.loc, { operand: value, resultTypes: [type] });
}
function unsigned(site: HloSite, width: number): Type {
  return site.context.integer(width, 'unsigned');
}
/** How far each narrow element stands in its wide one, in the shape and type of `like`. */
function distances(site: HloSite, like: Value, narrow: number): Value {
  const type = like.type as TensorType;
  const index = IotaOp.build(site.rewriter, site.loc, { dim: type.rank - 1, sizes: [], resultTypes: [type] });
  return site.named('mul', index, site.splat(narrow, like));
}

/** narrow[.., k] = wide[..] >> (k * narrow bits) */
function split(site: HloSite, x: Value, to: TensorType, narrow: number): Value {
  const wide = unsigned(site, widthOf(site.elementOf(x)));
  const { shape } = to;
  const rows = BroadcastOp.build(site.rewriter, site.loc, {
    operand: bitcast(site, x, wide),
    dims: shape.slice(1).map((_, d) => d),
    sizes: [],
    resultTypes: [site.context.tensor(shape, wide)],
  });
  const shifted = site.named('shr_u', rows, distances(site, rows, narrow));
  return bitcast(site, site.cast(shifted, unsigned(site, narrow)), to.element);
}

/** wide[..] = or over k of narrow[.., k] << (k * narrow bits) */
function join(site: HloSite, x: Value, to: TensorType, narrow: number): Value {
  const wide = unsigned(site, widthOf(to.element));
  const parts = site.cast(bitcast(site, x, unsigned(site, narrow)), wide);
  const shifted = site.named('shl', parts, distances(site, parts, narrow));
  const whole = ReduceOp.create(site.rewriter, site.loc, {
    inputs: [shifted],
    inits: [site.constant(site.context.constantAttr(site.context.tensor([], wide), 0))],
    kind: 'or',
    dims: [(shifted.type as TensorType).rank - 1],
    regions: [],
  });
  return bitcast(site, whole.result(0), to.element);
}
