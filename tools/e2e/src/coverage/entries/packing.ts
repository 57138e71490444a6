// Tiles side by side in memory, and back.
import { type CoverageEntry, randomOf, randomValues, tensorType } from '../entry.js';
import { ELEMENT_TYPES } from '../numbers.js';
import { at, filled } from './movement.js';

const TILES = 'inner_dims_pos = [0, 1] inner_tiles = [4, 2]';

export const PACKING: readonly CoverageEntry[] = (['pack', 'unpack'] as const).map((op) => ({
  op,
  types: ELEMENT_TYPES,
  cases: (type) => {
    const [plain, packed] = [
      [12, 6],
      [3, 3, 4, 2],
    ];
    const [from, to] = op === 'pack' ? [plain!, packed!] : [packed!, plain!];
    const [x, r] = [tensorType(type, from), tensorType(type, to)];
    return [
      {
        text: `(%x: ${x}) -> ${r} {\n  %0 = array.${op} %x ${TILES} : ${x} to ${r}\n  return %0 : ${r}\n}`,
        calls: [[randomValues(type, from, randomOf(type.length))]],
        expected: ([v]) => [
          filled(type, to, ([i, j, k, l]) =>
            op === 'pack'
              ? at(v!, [i! * 4 + k!, j! * 2 + l!])
              : at(v!, [Math.floor(i! / 4), Math.floor(j! / 2), i! % 4, j! % 2]),
          ),
        ],
      },
    ];
  },
}));
