// The first elements of a sorted row, when nobody asks for the others: kept in order while the row is read once. After k
// elements, element j of a random row is among the first with probability k / j: few are.
//
//   for %j = 0 to k { insert x[%j] }
//   for %j = k to n iter_args(%last) { if key(x[%j]) < %last { insert x[%j]; last of the kept } else { %last } }
//
// Insertion goes behind equal keys, so the result is that of any stable sort. (Knuth, TAOCP 5.2.1 and 5.2.3.)
import { buildBinary, buildConstant } from '@budflow/dialect-core';
import type { Value } from '@budflow/ir';
import { buildOrderedKey, keyOperands, keyType, type SortKey } from './sort-key.js';
import type { SortRows } from './sort-rows.js';

/** Elements that are kept at most: each of an adverse row moves all of them. */
const MOST_KEPT = 16;

/** Elements of a row for each that is kept, from which on reading it once is worth it. */
const ROW_PER_KEPT = 8;

/** Elements of a row from which on a bound on its keys finds them sooner (sort-select.ts): it takes them in vectors. */
const LONG_ROW = 16384;

export function keepsFirst(key: SortKey, size: number, first: number): boolean {
  return key.order !== 'float' && first > 0 && first <= MOST_KEPT && size >= first * ROW_PER_KEPT && size < LONG_ROW;
}

/** Stores the first `count` elements of the row at hand. */
export function sortFirst(rows: SortRows, key: SortKey, count: number): void {
  const { site } = rows;
  const { op, builder, loc } = site;
  const needed = keyOperands(op, key);
  const type = keyType(site, key);
  const keys = site.scratch([count], type);
  const kept = op.operands.map((x) => site.scratch([count], site.elementType(x)));

  /** The key of an element as a signed integer. */
  const keyAt = (j: Value): Value => {
    const elements = op.operands.map((x, k) => (needed.has(k) ? site.load(x, rows.at(j)) : x));
    const { bits } = buildOrderedKey(site, key, elements, { zerosApart: false });
    const sign = buildConstant(builder, loc, bits.type, -(2n ** BigInt(key.width > 32 ? 63 : 31)));
    return buildBinary('xor', builder, loc, bits, sign);
  };
  /** Puts element `j` where it belongs among those before `end`, which move up. */
  const insert = (j: Value, own: Value, end: Value): void => {
    const zero = site.index(0);
    const before = (p: Value): Value => site.max(site.sum(p, -1) as Value, zero);
    const [place] = site.repeat(
      [end],
      ([p]) => site.and(site.compare('gt', p!, zero), site.compare('gt', site.loadScratch(keys, [before(p!)]), own)),
      ([p]) => {
        const from = before(p!);
        site.storeScratch(site.loadScratch(keys, [from]), keys, [p!]);
        for (const list of kept) site.storeScratch(site.loadScratch(list, [from]), list, [p!]);
        return [from];
      },
    );
    site.storeScratch(own, keys, [place!]);
    op.operands.forEach((x, k) => {
      site.storeScratch(site.load(x, rows.at(j)), kept[k]!, [place!]);
    });
  };

  // 1. As many as are kept.
  site.range({ lower: 0, upper: count, name: rows.name('keep') }, [], (j) => {
    insert(j, keyAt(j), j);
    return [];
  });
  // 2. Those that come before the last of them.
  const end = site.index(count - 1);
  const last = (): Value => site.loadScratch(keys, [end]);
  site.range({ lower: count, upper: rows.size, name: rows.name('select') }, [last()], (j, [least]) => {
    const own = keyAt(j);
    return site.branch(
      site.compare('lt', own, least!),
      () => {
        insert(j, own, end);
        return [last()];
      },
      () => [least!],
    );
  });
  // 3. What was kept.
  site.range({ lower: 0, upper: count, name: rows.name('write') }, [], (i) => {
    op.results.forEach((result, k) => {
      site.store(site.loadScratch(kept[k]!, [i]), result, rows.at(i));
    });
    return [];
  });
}
