// Comparators of array.sort that compare a key: yield f(lhs) < f(rhs) for one pure function f of the elements at a place.
// Keys become unsigned integers in the order of the comparator, which can be sorted by digits.
//
//   slt on i32       u = k xor 0x80000000
//   olt on f32       u = t(k + 0.0) xor 0x80000000, t the total order key (array.sort's description); no NaN may occur
//   greater first    u = not u
import { buildTotalOrderKey, matchTotalOrderKey, SortOp } from '@budflow/dialect-array';
import {
  BitcastOp,
  buildBinary,
  buildConstant,
  CmpFOp,
  CmpIOp,
  ExtUIOp,
  IndexCastOp,
  TruncIOp,
} from '@budflow/dialect-core';
import { FloatType, IndexType, IntegerType, isSpeculatable, type Operation, type Type, type Value } from '@budflow/ir';
import type { LoweringSite } from './site.js';

export interface SortKey {
  /** The value in the comparator's region that is computed from the left elements. */
  readonly value: Value;
  /** Whether the elements on the side of `value` are those at even places of the region's arguments. */
  readonly side: 'lhs' | 'rhs';
  readonly descending: boolean;
  /** How keys of the integer type compare; floats by value, so that zeros are equal and NaN has no place. */
  readonly order: 'signed' | 'unsigned' | 'float';
  /** Bits of a key. */
  readonly width: number;
  /** How the first operand follows from its key: it is the key, or that of the total order is. */
  readonly inverse: 'element' | 'total-order' | undefined;
}

/** The key that the comparator of a sort compares; undefined when it does something else. */
export function findSortKey(op: Operation): SortKey | undefined {
  const block = op.region(0).entry;
  const compare = block.terminator.operand(0).definingOp;
  if (!compare || !(CmpIOp.is(compare) || CmpFOp.is(compare))) return undefined;
  if (CmpFOp.is(compare) && CmpFOp.fastmath(compare) !== 0) return undefined;
  const predicate = CmpIOp.is(compare) ? CmpIOp.predicate(compare) : CmpFOp.predicate(compare);
  const [x, y] = [compare.operand(0), compare.operand(1)];
  const way = WAYS[predicate];
  const side = sameFunction(x, y);
  if (!way || !side || !isTotal(x)) return undefined;
  const type = x.type;
  const width = type instanceof IntegerType ? type.width : type instanceof IndexType ? 64 : floatWidth(type);
  if (width === undefined || width > 64) return undefined;
  const first = block.arguments[side === 'lhs' ? 0 : 1];
  const total = type instanceof FloatType ? undefined : matchTotalOrderKey(x);
  return {
    value: x,
    side,
    descending: (way.direction === 'descending') !== (side === 'rhs'),
    order: way.order,
    width,
    inverse: x === first ? 'element' : total !== undefined && total === first ? 'total-order' : undefined,
  };
}

const WAYS: Readonly<
  Record<string, { readonly order: SortKey['order']; readonly direction: 'ascending' | 'descending' }>
> = {
  slt: { order: 'signed', direction: 'ascending' },
  sgt: { order: 'signed', direction: 'descending' },
  ult: { order: 'unsigned', direction: 'ascending' },
  ugt: { order: 'unsigned', direction: 'descending' },
  olt: { order: 'float', direction: 'ascending' },
  ogt: { order: 'float', direction: 'descending' },
};

function floatWidth(type: Type): number | undefined {
  return type instanceof FloatType ? { f32: 32, f64: 64 }[type.name as 'f32' | 'f64'] : undefined;
}

/** Whether x is of the elements of one side what y is of those of the other; the side of x. */
function sameFunction(x: Value, y: Value): SortKey['side'] | undefined {
  let side: SortKey['side'] | undefined;
  const known = new Map<Value, Value>();
  const same = (a: Value, b: Value): boolean => {
    if (known.has(a)) return known.get(a) === b;
    known.set(a, b);
    const [p, q] = [a.definingOp, b.definingOp];
    if (!p || !q) {
      if (p || q || a.index === b.index || a.index >> 1 !== b.index >> 1) return false;
      const found = a.index % 2 === 0 ? 'lhs' : 'rhs';
      side ??= found;
      return side === found;
    }
    return (
      p.name === q.name &&
      a.index === b.index &&
      a.type === b.type &&
      p.attributes === q.attributes &&
      p.operandCount === q.operandCount &&
      p.operands.every((operand, i) => same(operand, q.operand(i)))
    );
  };
  return same(x, y) ? side : undefined;
}

/** Whether the key may be computed for every element, also where the comparator would not be called. */
function isTotal(key: Value): boolean {
  const op = key.definingOp;
  return !op || (isSpeculatable(op) && op.operands.every(isTotal));
}

/** Builds the key of the elements at a place (one for each operand). */
function buildKey(site: LoweringSite, key: SortKey, elements: readonly Value[]): Value {
  const built = new Map<Value, Value>();
  const args = site.op.region(0).entry.arguments;
  args.forEach((arg, i) => {
    built.set(arg, elements[i >> 1]!);
  });
  const build = (value: Value): Value => {
    const known = built.get(value);
    if (known) return known;
    const op = value.definingOp!;
    op.operands.forEach(build);
    const copy = site.builder.insert(op.clone(built));
    op.results.forEach((result, i) => {
      built.set(result, copy.result(i));
    });
    return built.get(value)!;
  };
  return build(key.value);
}

/** The operands that the key is computed from. */
export function keyOperands(op: Operation, key: SortKey): Set<number> {
  const found = new Set<number>();
  const visit = (value: Value): void => {
    if (!value.definingOp) found.add(value.index >> 1);
    else value.definingOp.operands.forEach(visit);
  };
  visit(key.value);
  return SortOp.is(op) ? found : new Set();
}

/** What sorting by digits knows of an element. */
export interface OrderedKey {
  /** i32 or i64: the key as an unsigned integer of `width` bits. */
  readonly bits: Value;
  /** The key as the comparator has it. */
  readonly key: Value;
}

export function keyType(site: LoweringSite, key: SortKey): Type {
  return key.width > 32 ? site.op.context.i64 : site.op.context.i32;
}

/** The key of the elements at a place as an unsigned integer. `zerosApart` keeps the sign of zeros, -0 before 0. */
export function buildOrderedKey(
  site: LoweringSite,
  key: SortKey,
  elements: readonly Value[],
  { zerosApart }: { readonly zerosApart: boolean },
): OrderedKey {
  const { builder, loc } = site;
  const { context } = site.op;
  const made = buildKey(site, key, elements);
  let bits = made;
  if (key.order === 'float') {
    const zero = buildConstant(builder, loc, made.type, 0);
    bits = buildTotalOrderKey(builder, loc, zerosApart ? made : buildBinary('add', builder, loc, made, zero));
  } else if (made.type instanceof IndexType) {
    bits = IndexCastOp.build(builder, loc, { in: made, resultTypes: [context.i64] });
  }
  const type = keyType(site, key);
  if (bits.type !== type) bits = ExtUIOp.build(builder, loc, { in: bits, resultTypes: [type] });
  return { bits: flip(site, key, bits), key: made };
}

/** Between the bits of a key and its unsigned form, in both directions. */
function flip(site: LoweringSite, key: SortKey, bits: Value): Value {
  const sign = key.order === 'unsigned' ? 0n : 1n << BigInt(key.width - 1);
  const all = key.descending ? (1n << BigInt(key.width)) - 1n : 0n;
  const mask = BigInt.asIntN(key.width > 32 ? 64 : 32, sign ^ all);
  if (mask === 0n) return bits;
  return buildBinary('xor', site.builder, site.loc, bits, buildConstant(site.builder, site.loc, bits.type, mask));
}

/** The first operand's element from the unsigned form of its key. */
export function elementOfKey(site: LoweringSite, key: SortKey, ordered: Value): Value {
  const { builder, loc } = site;
  const { context } = site.op;
  let bits = flip(site, key, ordered);
  const element = site.elementType(site.op.operand(0));
  if (element instanceof IndexType) return IndexCastOp.build(builder, loc, { in: bits, resultTypes: [element] });
  const plain = context.integer(key.width);
  if (bits.type !== plain) bits = TruncIOp.build(builder, loc, { in: bits, resultTypes: [plain] });
  if (!(element instanceof FloatType)) return bits;
  // The total order key of a key's bits are the bits.
  const sign = buildBinary('shr_s', builder, loc, bits, buildConstant(builder, loc, plain, key.width - 1));
  const mask = buildBinary('shr_u', builder, loc, sign, buildConstant(builder, loc, plain, 1));
  const value = buildBinary('xor', builder, loc, bits, mask);
  return BitcastOp.build(builder, loc, { in: value, resultTypes: [element] });
}
