// array.sort: rows are apart. A row is merged bottom-up by its comparator (sort-merge.ts), or, where the comparator
// compares keys that order as unsigned integers do: a long one is sorted by the digits of those (sort-radix.ts), a short
// one by counting (sort-rank.ts). Of a row of which only a few elements are read, those are selected (sort-first.ts,
// sort-select.ts).
//
//   loop.for %i name "sort.d0" {
//     %by_digits = loop.if n >= 1024 { count digits; no NaN? } else { false }
//     loop.if %by_digits { passes } else { merges } }
import { SortOp } from '@budflow/dialect-array';
import type { Value } from '@budflow/ir';
import { buildConstant } from '../../loop/lowering/scalar-ops.js';
import type { LoopLoweringMethods } from './interface.js';
import type { LoweringSite } from './site.js';
import { keepsFirst, sortFirst } from './sort-first.js';
import { findSortKey } from './sort-key.js';
import { mergeRow } from './sort-merge.js';
import { digitsOf, HAS_NAN, RadixSort, smallestRow } from './sort-radix.js';
import { isShortRow, RankSort } from './sort-rank.js';
import { SortRows } from './sort-rows.js';
import { SelectSort, selectsFirst } from './sort-select.js';

export const lowerSort: LoopLoweringMethods = {
  build(op, site) {
    const rows = new SortRows(site, SortOp.dim(op));
    const first = SortOp.first(op);
    const key = first === undefined ? undefined : findSortKey(op);
    if (key && typeof rows.size === 'number' && keepsFirst(key, rows.size, first!)) {
      rows.forEach(() => {
        sortFirst(rows, key, first!);
      });
      return;
    }
    if (key && typeof rows.size === 'number' && selectsFirst(rows.size, first!)) {
      const select = new SelectSort(rows, key, rows.size, first!);
      const merge = select.canFail ? mergeSort(rows) : undefined;
      rows.forEach(() => {
        select.sort(() => merge?.());
      });
      return;
    }
    const rank = rankSort(rows);
    if (rank) {
      const merge = rank.canFail ? mergeSort(rows) : undefined;
      rows.forEach(() => {
        rank.sort(() => merge?.());
      });
      return;
    }
    const radix = radixSort(rows);
    const merge = radix?.always ? undefined : mergeSort(rows);
    rows.forEach(() => {
      if (!radix) merge!();
      else if (!merge) {
        radix.sort.prepare();
        radix.sort.sort(radix.sort.count());
      } else {
        const flags = countRow(site, radix);
        site.branch(
          radix.sort.canSort(flags),
          () => {
            radix.sort.sort(flags);
            return [];
          },
          () => {
            merge();
            return [];
          },
        );
      }
    });
  },
};

interface Radix {
  readonly sort: RadixSort;
  /** Rows of at least so many elements; where it is known to hold, undefined. */
  readonly threshold: number | undefined;
  /** Nothing else can happen. */
  readonly always: boolean;
}

function rankSort(rows: SortRows): RankSort | undefined {
  const key = findSortKey(rows.site.op);
  return key && typeof rows.size === 'number' && isShortRow(key, rows.size) ? new RankSort(rows, key) : undefined;
}

function radixSort(rows: SortRows): Radix | undefined {
  const key = findSortKey(rows.site.op);
  if (!key) return undefined;
  const size = typeof rows.size === 'number' ? rows.size : undefined;
  const digits = digitsOf(key, size);
  const threshold = smallestRow(digits);
  if (size !== undefined && size < threshold) return undefined;
  const sort = new RadixSort(rows, key, digits);
  return {
    sort,
    threshold: size === undefined ? threshold : undefined,
    always: size !== undefined && !sort.canFail,
  };
}

function mergeSort(rows: SortRows): () => void {
  const types = rows.site.op.operands.map((x) => rows.site.elementType(x));
  const buffers = rows.provide([...types, ...types]);
  return () => {
    const list = buffers();
    mergeRow(rows, [list.slice(0, types.length), list.slice(types.length)]);
  };
}

/** Counts the digits of the row at hand where that is worth it. */
function countRow(site: LoweringSite, { sort, threshold }: Radix): Value {
  sort.prepare();
  if (threshold === undefined) return sort.count();
  const { op, builder, loc } = site;
  const size = site.value(site.size(op.operand(0), SortOp.dim(op)));
  const [flags] = site.branch(
    site.compare('ge', size, site.index(threshold)),
    () => [sort.count()],
    () => [buildConstant(builder, loc, op.context.integerAttr(op.context.i32, HAS_NAN), op.context.i32)],
  );
  return flags!;
}
