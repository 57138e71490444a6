// Comparators of array.sort that say an order by the first operand: built for the short form of its text, and found again.
//
//   ascending              cmp(a < b)                   floats ordered: any comparison with NaN is false
//   ascending total_order  cmpi slt(k(a), k(b))         k(x) = b xor ((b >>s (width - 1)) >>u 1), b the bits of x:
//                                                       -NaN < -inf < .. < -0 < +0 < .. < inf < NaN
import {
  BitcastOp,
  buildBinary,
  buildCompare,
  buildConstant,
  CmpFOp,
  CmpIOp,
  constantOperand,
  integerOf,
  signednessOf,
  signlessType,
} from '@budflow/dialect-core';
import {
  Block,
  Builder,
  byteWidth,
  type Context,
  FloatType,
  type LocationRef,
  type Operation,
  Region,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { YieldOp } from './ops/fusion.js';

export interface SortOrder {
  readonly direction: 'ascending' | 'descending';
  /** IEEE 754's totalOrder on floats. */
  readonly totalOrder: boolean;
}

/** The bits of a float as a signed integer in the total order of floats. */
export function buildTotalOrderKey(builder: Builder, loc: LocationRef, x: Value): Value {
  const { context } = builder;
  const width = 8 * byteWidth(x.type)!;
  const bits = BitcastOp.build(builder, loc, { in: x, resultTypes: [context.integer(width)] });
  const sign = buildBinary('shr_s', builder, loc, bits, buildConstant(builder, loc, bits.type, width - 1));
  const mask = buildBinary('shr_u', builder, loc, sign, buildConstant(builder, loc, bits.type, 1));
  return buildBinary('xor', builder, loc, bits, mask);
}

/** The value of which `key` is the total order key; undefined for other code. */
export function matchTotalOrderKey(key: Value): Value | undefined {
  const xor = key.definingOp;
  if (xor?.name !== 'arith.xori') return undefined;
  for (const [bits, mask] of [
    [xor.operand(0), xor.operand(1)],
    [xor.operand(1), xor.operand(0)],
  ] as const) {
    const cast = bits.definingOp;
    const [down, sign] = [mask.definingOp, mask.definingOp?.operands[0]?.definingOp];
    if (cast?.name !== 'arith.bitcast' || down?.name !== 'arith.shrui' || sign?.name !== 'arith.shrsi') continue;
    const x = cast.operand(0);
    const width = x.type instanceof FloatType ? 8 * byteWidth(x.type)! : 0;
    if (sign.operand(0) === bits && isConstant(sign.operand(1), width - 1) && isConstant(down.operand(1), 1)) return x;
  }
  return undefined;
}

function isConstant(value: Value, expected: number): boolean {
  const known = integerOf(constantOperand(value));
  return known !== null && Number(known) === expected;
}

/** The region of a comparator by the first of the operands. */
export function buildComparator(
  context: Context,
  loc: LocationRef,
  inputs: readonly Type[],
  { direction, totalOrder }: SortOrder,
): Region {
  const region = new Region();
  const block = region.append(new Block());
  for (const type of inputs) {
    const scalar = signlessType(context, (type as TensorType).element);
    block.addArgument(scalar);
    block.addArgument(scalar);
  }
  const { element } = inputs[0] as TensorType;
  const builder = Builder.atEnd(context, block);
  const isTotal = totalOrder && element instanceof FloatType;
  const [a, b] = [0, 1].map((i) => {
    const x = block.arguments[i]!;
    return isTotal ? buildTotalOrderKey(builder, loc, x) : x;
  }) as [Value, Value];
  const signedness = isTotal ? 'signed' : signednessOf(element);
  const before = buildCompare(direction === 'ascending' ? 'lt' : 'gt', builder, loc, a, b, { signedness });
  YieldOp.create(builder, loc, { values: [before] });
  return region;
}

/** The order that a comparator says in just the code `buildComparator` makes; undefined for any other. */
export function sortOrderOf(op: Operation): SortOrder | undefined {
  const block = op.regions[0]?.entry;
  const type = op.operands[0]?.type;
  const compare = block?.lastOp?.operands[0]?.definingOp;
  if (!block || !compare || !(type instanceof TensorType) || block.arguments.length < 2) return undefined;
  const [a, b] = [block.arguments[0], block.arguments[1]];
  const { element } = type;
  const ops = block.ops.length;
  const directionOf = (
    predicate: string,
    [less, greater]: readonly [string, string],
  ): SortOrder['direction'] | undefined =>
    predicate === less ? 'ascending' : predicate === greater ? 'descending' : undefined;
  const plain = (totalOrder: boolean, x: Value | undefined, y: Value | undefined, names: readonly [string, string]) => {
    const predicate = CmpIOp.is(compare) ? CmpIOp.predicate(compare) : CmpFOp.predicate(compare);
    const direction = directionOf(predicate, names);
    return direction && x === a && y === b ? { direction, totalOrder } : undefined;
  };
  const [x, y] = [compare.operands[0], compare.operands[1]];
  if (CmpFOp.is(compare) && CmpFOp.fastmath(compare) === 0 && ops === 2) return plain(false, x, y, ['olt', 'ogt']);
  if (!CmpIOp.is(compare)) return undefined;
  if (element instanceof FloatType)
    return ops >= TOTAL_ORDER_OPS - 2 && ops <= TOTAL_ORDER_OPS
      ? plain(true, matchTotalOrderKey(x!), matchTotalOrderKey(y!), ['slt', 'sgt'])
      : undefined;
  if (ops !== 2) return undefined;
  return plain(false, x, y, signednessOf(element) === 'unsigned' ? ['ult', 'ugt'] : ['slt', 'sgt']);
}

/** A bit cast, three operations and two constants (which the sides may share) for each side, the comparison and the yield. */
const TOTAL_ORDER_OPS = 14;
