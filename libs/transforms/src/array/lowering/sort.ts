// array.sort: rows are apart. A row is merged bottom-up by its comparator (sort-merge.ts), or, where the comparator
// compares keys that order as unsigned integers do, sorted by the digits of those (sort-radix.ts).
//
//   loop.for %i name "sort.d0" { key of x[%i, ..] -> digits, counts, places; .. }
import { SortOp } from '@budflow/dialect-array';
import type { LoopLoweringMethods } from './interface.js';
import { mergeRow } from './sort-merge.js';
import { SortRows } from './sort-rows.js';

export const lowerSort: LoopLoweringMethods = {
  build(op, site) {
    const rows = new SortRows(site, SortOp.dim(op));
    const types = op.operands.map((x) => site.elementType(x));
    const merge = rows.provide([...types, ...types]);
    rows.forEach(() => {
      const buffers = merge();
      mergeRow(rows, [buffers.slice(0, types.length), buffers.slice(types.length)]);
    });
  },
};
