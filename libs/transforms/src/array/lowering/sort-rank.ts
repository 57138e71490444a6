// A short row sorted by ranks: the place of an element is how many others come before it (Knuth, TAOCP 5.2, comparison
// counting). That is n^2 comparisons, but of neighbouring elements in lanes and without a branch, where merging takes one
// element at a time.
//
//   for %i { keys[%i] = key(x[%i]) }
//   for %i { for %j { ranks[%i] += keys[%j] < keys[%i] | (keys[%j] == keys[%i] & %j < %i) } }
//   for %i { out[ranks[%i]] = x[%i] }
//
// Equal keys keep their order, so the result is that of any stable sort by the comparator. NaN has no rank.
import { buildBinary, buildConstant, ExtUIOp, IndexCastOp } from '@budflow/dialect-core';
import type { Value } from '@budflow/ir';
import { buildOrderedKey, keyOperands, keyType, type SortKey } from './sort-key.js';
import { HAS_NAN } from './sort-radix.js';
import type { RowBuffer, SortRows } from './sort-rows.js';

/** Rows of up to so many elements, by the bytes of a key: beyond, n^2 lanes cost as much as n log n single steps. */
const LONGEST_ROW = { 4: 128, 8: 64 };

/** Whether rows of that size (known at compile time) are short enough for ranks. */
export function isShortRow(key: SortKey, size: number): boolean {
  return size > 1 && size <= LONGEST_ROW[key.width > 32 ? 8 : 4];
}

export class RankSort {
  private readonly rows: SortRows;
  private readonly key: SortKey;
  private readonly buffers: () => RowBuffer[];

  /** Called outside of the loops over rows. */
  constructor(rows: SortRows, key: SortKey) {
    this.rows = rows;
    this.key = key;
    const type = keyType(rows.site, key);
    this.buffers = rows.provide([type, type]);
  }

  /** Whether rows with NaN have no place in the order of keys. */
  get canFail(): boolean {
    return this.key.order === 'float';
  }

  /** Sorts the row at hand, or calls `otherwise` where it has NaN. */
  sort(otherwise: () => void): void {
    const { site } = this.rows;
    const [keys, ranks] = this.buffers();
    const flags = this.readKeys(keys!);
    const sort = (): readonly Value[] => {
      this.rank(keys!, ranks!);
      this.write(ranks!);
      return [];
    };
    if (!this.canFail) {
      sort();
      return;
    }
    const none = buildConstant(site.builder, site.loc, flags.type, 0);
    site.branch(site.compare('eq', flags, none), sort, () => {
      otherwise();
      return [];
    });
  }

  /** Keys as signed integers. Returns whether there is NaN among them. */
  private readKeys(keys: RowBuffer): Value {
    const { rows, key } = this;
    const { site } = rows;
    const { builder, loc } = site;
    const needed = keyOperands(site.op, key);
    const none = buildConstant(builder, loc, site.op.context.i32, 0);
    const [flags] = site.range({ lower: 0, upper: rows.size, name: rows.name('key') }, [none], (i, [old]) => {
      const elements = site.op.operands.map((x, k) => (needed.has(k) ? site.load(x, rows.at(i)) : x));
      const ordered = buildOrderedKey(site, key, elements, { zerosApart: false });
      const sign = buildConstant(builder, loc, ordered.bits.type, -(2n ** BigInt(key.width > 32 ? 63 : 31)));
      keys.store(buildBinary('xor', builder, loc, ordered.bits, sign), i);
      if (!this.canFail) return [old!];
      const invalid = site.compare('ne', ordered.key, ordered.key);
      const flag = buildConstant(builder, loc, old!.type, HAS_NAN);
      return [site.select(invalid, flag, old!)];
    });
    return flags!;
  }

  private rank(keys: RowBuffer, ranks: RowBuffer): void {
    const { rows, key } = this;
    const { site } = rows;
    const { builder, loc } = site;
    const type = keyType(site, key);
    const zero = () => buildConstant(builder, loc, type, 0);
    const toKey = (i: Value) => IndexCastOp.build(builder, loc, { in: i, resultTypes: [type] });
    site.parallel([rows.size], rows.name('rank'), ([i]) => {
      const own = keys.load(i!);
      const place = toKey(i!);
      const [rank] = site.range({ lower: 0, upper: rows.size, name: rows.name('other') }, [zero()], (j, [count]) => {
        const other = keys.load(j);
        const tie = site.and(site.compare('eq', other, own), site.compare('lt', toKey(j), place));
        const isBefore = site.or(site.compare('lt', other, own), tie);
        return [site.add(count!, ExtUIOp.build(builder, loc, { in: isBefore, resultTypes: [type] }))];
      });
      ranks.store(rank!, i!);
    });
  }

  private write(ranks: RowBuffer): void {
    const { rows } = this;
    const { site } = rows;
    site.range({ lower: 0, upper: rows.size, name: rows.name('write') }, [], (i) => {
      const rank = ranks.load(i);
      const resultTypes = [site.op.context.index];
      const place = IndexCastOp.build(site.builder, site.loc, { in: rank, resultTypes });
      rows.elements(i).forEach((value, k) => {
        site.store(value, site.op.result(k), rows.at(place));
      });
      return [];
    });
  }
}
