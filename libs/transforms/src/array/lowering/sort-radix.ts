// A row sorted by the digits of its keys, least significant digit first (LSD radix sort; Knuth, TAOCP 5.2.5). Every pass keeps
// the order of equal digits, so the result is that of any stable sort by the comparator.
//
//   for %i { for each digit p of key(x[%i]) { counts[p][digit] += 1 } }
//   for each p { counts[p] = places: exclusive running sums }
//   for each p { for %i { %k = from[%i]; %d = digit p of %k; to[places[p][%d]++] = %k } }
//
// The first pass reads the operands, the last writes the results. Where the first operand follows from its key, keys alone
// move; other operands are fetched by the index that rides along with the key.
import { buildBinary, buildCompare, buildConstant, IndexCastOp, IndexCastUIOp, TruncIOp } from '@budflow/dialect-core';
import { FillOp } from '@budflow/dialect-memory';
import type { Type, Value } from '@budflow/ir';
import type { Size } from './site.js';
import { buildOrderedKey, elementOfKey, keyOperands, keyType, type SortKey } from './sort-key.js';
import type { RowBuffer, SortRows } from './sort-rows.js';

export interface Digits {
  readonly count: number;
  /** Bits of a digit. */
  readonly bits: number;
}

/** Bits of a digit: counters of 11 still lie in the first cache; few elements are not worth as many. */
const [WIDE_DIGIT, NARROW_DIGIT] = [11, 8];
const MANY_ELEMENTS = 8192;

export function digitsOf(key: SortKey, size: number | undefined): Digits {
  const most = size !== undefined && size < MANY_ELEMENTS ? NARROW_DIGIT : WIDE_DIGIT;
  const count = Math.ceil(key.width / most);
  return { count, bits: Math.ceil(key.width / count) };
}

/** Rows of fewer elements are merged: counters have to be cleared and summed. */
export function smallestRow(digits: Digits): number {
  return Math.max(64, (digits.count * 2 ** digits.bits) / 4);
}

/** Flags of what is among the keys; a row that was not counted is as one with NaN. */
export const [HAS_NAN, HAS_NEGATIVE_ZERO] = [1, 2];

/** Elements of a row to sort instead of all of them. */
export interface Candidates {
  readonly size: Value;
  /** As many as there can be. */
  readonly room: number;
  /** The ordered key of a candidate; zeros are equal. */
  keyAt(i: Value): Value;
  /** i32: where in the row it is. */
  placeAt(i: Value): Value;
}

export class RadixSort {
  private readonly rows: SortRows;
  private readonly candidates: Candidates | undefined;
  private readonly key: SortKey;
  private readonly digits: Digits;
  /** How the first operand follows from its ordered key; other operands have to be fetched. */
  private readonly restores: boolean;
  /** Zeros are sorted by their signs, and put in the order they came in afterwards. */
  private readonly zerosApart: boolean;
  private readonly indices: boolean;
  private readonly needed: ReadonlySet<number>;
  private readonly buffers: () => RowBuffer[];
  private counts: Value | undefined;

  /** Called outside of the loops over rows. */
  constructor(rows: SortRows, key: SortKey, digits: Digits, candidates?: Candidates) {
    const { op } = rows.site;
    this.rows = rows;
    this.candidates = candidates;
    this.key = key;
    this.digits = digits;
    this.zerosApart = !candidates && key.order === 'float' && key.inverse === 'element' && op.operandCount === 1;
    this.restores = key.inverse !== undefined && (key.order !== 'float' || this.zerosApart);
    this.indices = digits.count > 1 && (op.operandCount > 1 || !this.restores);
    this.needed = keyOperands(op, key);
    const sets = Math.min(2, digits.count - 1);
    const types = [keyType(rows.site, key), ...(this.indices ? [op.context.i32] : [])];
    this.buffers = rows.provide(new Array<readonly Type[]>(sets).fill(types).flat(), candidates?.room);
  }

  /** Whether rows with NaN have no place in the order of keys. */
  get canFail(): boolean {
    return this.key.order === 'float';
  }

  /** Makes the counters of the row at hand. */
  prepare(): void {
    const { site } = this.rows;
    this.counts = site.scratch([this.digits.count * 2 ** this.digits.bits], site.op.context.i32);
  }

  /** Counts digits. Returns flags of what is among the keys. */
  count(): Value {
    const { site } = this.rows;
    const { builder, loc } = site;
    const zero = () => buildConstant(builder, loc, site.op.context.i32, 0);
    FillOp.create(builder, loc, { memref: this.counts!, value: zero() });
    const [flags] = site.range({ lower: 0, upper: this.size, name: this.rows.name('count') }, [zero()], (i, [old]) => {
      const { bits, key } = this.keyAt(i);
      for (let p = 0; p < this.digits.count; p++) this.next(bits, p);
      return [this.canFail && !this.candidates ? this.flagsOf(bits, key, old!) : old!];
    });
    return flags!;
  }

  /** Whether the row at hand can be sorted by its digits. */
  canSort(flags: Value): Value {
    const { site } = this.rows;
    return site.compare('eq', this.flag(flags, HAS_NAN), buildConstant(site.builder, site.loc, flags.type, 0));
  }

  /** Sorts the row at hand, whose digits were counted. */
  sort(flags: Value): void {
    const { site } = this.rows;
    const { digits } = this;
    // 1. Places of the first element of each digit.
    for (let p = 0; p < digits.count; p++) {
      const start = buildConstant(site.builder, site.loc, site.op.context.i32, 0);
      site.range({ lower: 0, upper: 2 ** digits.bits, name: this.rows.name('place') }, [start], (d, [sum]) => {
        const at = [site.scale(d, 1, p * 2 ** digits.bits)];
        const count = site.loadScratch(this.counts!, at);
        site.storeScratch(sum!, this.counts!, at);
        return [site.add(sum!, count)];
      });
    }
    // 2. Passes.
    const buffers = this.buffers();
    const width = this.indices ? 2 : 1;
    const set = (p: number) => buffers.slice((p % 2) * width, (p % 2) * width + width);
    for (let p = 0; p < digits.count; p++) {
      const isLast = p === digits.count - 1;
      site.range({ lower: 0, upper: this.size, name: this.rows.name('pass') }, [], (i) => {
        const [key, index] =
          p === 0 ? [this.keyAt(i).bits, this.candidates?.placeAt(i)] : set(p - 1).map((b) => b.load(i));
        const place = this.castIndex(this.next(key!, p));
        if (isLast) this.write(key!, index ? this.castIndex(index) : p === 0 ? i : undefined, place);
        else {
          const [keys, indices] = set(p);
          keys!.store(key!, place);
          indices?.store(index ?? this.toI32(i), place);
        }
        return [];
      });
    }
    if (this.zerosApart) this.restoreZeros(flags);
  }

  private get size(): Size {
    return this.candidates ? this.candidates.size : this.rows.size;
  }

  private keyAt(i: Value): { bits: Value; key: Value } {
    const { site } = this.rows;
    if (this.candidates) {
      const bits = this.candidates.keyAt(i);
      return { bits, key: bits };
    }
    const elements = site.op.operands.map((x, k) => (this.needed.has(k) ? site.load(x, this.rows.at(i)) : x));
    return buildOrderedKey(site, this.key, elements, { zerosApart: this.zerosApart });
  }

  /** Adds one to the counter of a key's digit; returns what it was. */
  private next(key: Value, digit: number): Value {
    const { site } = this.rows;
    const { builder, loc } = site;
    const constant = (value: number) => buildConstant(builder, loc, key.type, value);
    const { bits, count } = this.digits;
    let value = digit === 0 ? key : buildBinary('shr_u', builder, loc, key, constant(digit * bits));
    if (digit < count - 1 || count === 1) value = buildBinary('and', builder, loc, value, constant(2 ** bits - 1));
    const i32 = site.op.context.i32;
    if (value.type !== i32) value = TruncIOp.build(builder, loc, { in: value, resultTypes: [i32] });
    const at = [site.scale(this.castIndex(value), 1, digit * 2 ** bits)];
    const old = site.loadScratch(this.counts!, at);
    site.storeScratch(site.add(old, buildConstant(builder, loc, i32, 1)), this.counts!, at);
    return old;
  }

  /** Stores the elements of a key and the index where they were at their place. */
  private write(key: Value, from: Value | undefined, place: Value): void {
    const { site } = this.rows;
    const to = this.rows.at(place);
    site.op.operands.forEach((x, k) => {
      const value = k === 0 && this.restores ? elementOfKey(site, this.key, key) : site.load(x, this.rows.at(from!));
      site.store(value, site.op.result(k), to);
    });
  }

  private flagsOf(bits: Value, key: Value, old: Value): Value {
    const { site } = this.rows;
    const { builder, loc } = site;
    const flag = (condition: Value, value: number, flags: Value): Value => {
      const bit = buildConstant(builder, loc, old.type, value);
      return site.select(condition, site.or(flags, bit), flags);
    };
    const flags = flag(buildCompare('ne', builder, loc, key, key), HAS_NAN, old);
    if (!this.zerosApart) return flags;
    // Ordered, -0 is just below the sign bit, and the other way round just at it.
    const half = 1n << BigInt(this.key.width - 1);
    const ordered = BigInt.asIntN(this.key.width, this.key.descending ? half : half - 1n);
    const negativeZero = site.compare('eq', bits, buildConstant(builder, loc, bits.type, ordered));
    return flag(negativeZero, HAS_NEGATIVE_ZERO, flags);
  }

  private flag(flags: Value, value: number): Value {
    const { builder, loc } = this.rows.site;
    return buildBinary('and', builder, loc, flags, buildConstant(builder, loc, flags.type, value));
  }

  /** Zeros are equal: where there are negative ones, all of them are written again in the order they came in. */
  private restoreZeros(flags: Value): void {
    const { site } = this.rows;
    const { builder, loc } = site;
    const { context } = site.op;
    const x = site.op.operand(0);
    const some = site.compare('ne', this.flag(flags, HAS_NEGATIVE_ZERO), buildConstant(builder, loc, context.i32, 0));
    const loop = (what: string) => ({ lower: 0, upper: this.rows.size, name: this.rows.name(what) });
    const zero = () => buildConstant(builder, loc, site.elementType(x), 0);
    site.branch(some, () => {
      const [first] = site.range(loop('before_zero'), [site.index(0)], (i, [count]) => {
        const value = site.load(x, this.rows.at(i));
        const isBefore = buildCompare(this.key.descending ? 'gt' : 'lt', builder, loc, value, zero());
        return [site.select(isBefore, site.sum(count!, 1) as Value, count!)];
      });
      site.range(loop('zero'), [first!], (i, [place]) => {
        const value = site.load(x, this.rows.at(i));
        return site.branch(
          buildCompare('eq', builder, loc, value, zero()),
          () => {
            site.store(value, site.op.result(0), this.rows.at(place!));
            return [site.sum(place!, 1) as Value];
          },
          () => [place!],
        );
      });
      return [];
    });
  }

  private castIndex(value: Value): Value {
    const { builder, loc, op } = this.rows.site;
    return IndexCastUIOp.build(builder, loc, { in: value, resultTypes: [op.context.index] });
  }
  private toI32(index: Value): Value {
    const { builder, loc, op } = this.rows.site;
    return IndexCastOp.build(builder, loc, { in: index, resultTypes: [op.context.i32] });
  }
}
