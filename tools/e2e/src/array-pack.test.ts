// Tiles: the interpreter against WebAssembly, static (as transpositions) and dynamic (as loops of their own).
import { describe } from 'vitest';
import { type Case, check, tensor, type } from './array-cases.js';
import { ELEMENTS, type Element } from './random/program.js';

interface Tiles {
  readonly shape: readonly number[];
  readonly dims: readonly number[];
  readonly tiles: readonly number[];
  readonly perm?: readonly number[];
}

function roundTrip(t: Tiles, element: Element, dynamic: readonly number[]): Case {
  const perm = t.perm ?? t.shape.map((_, d) => d);
  const tile = (d: number) => t.tiles[t.dims.indexOf(d)] ?? 1;
  const counts = t.shape.map((n, d) => Math.ceil(n / tile(d)));
  const plain = type(element, t.shape, dynamic);
  const packed = type(
    element,
    [...perm.map((d) => counts[d]!), ...t.tiles],
    perm.flatMap((d, i) => (dynamic.includes(d) ? [i] : [])),
  );
  const tiles = `inner_dims_pos = [${t.dims.join(', ')}] inner_tiles = [${t.tiles.join(', ')}]${t.perm ? ` outer_dims_perm = [${t.perm.join(', ')}]` : ''}`;
  const zero = element.startsWith('f') ? '0.5' : '1';
  const padding = element === 'i1' ? 'true' : `${zero} : ${element}`;
  return {
    text: `func.func @main(%x: ${plain}) -> (${packed}, ${plain}) {
  %0 = array.pack %x ${tiles} padding ${padding} : ${plain} to ${packed}
  %1 = array.unpack %0 ${tiles} : ${packed} to ${plain}
  return %0, %1 : ${packed}, ${plain}
}`,
    args: [tensor(element, t.shape)],
  };
}

const LIST: readonly Tiles[] = [
  { shape: [37], dims: [0], tiles: [8] },
  { shape: [19, 33], dims: [0, 1], tiles: [4, 8] },
  { shape: [16, 32], dims: [1, 0], tiles: [8, 4], perm: [1, 0] },
  { shape: [3, 20, 17], dims: [2], tiles: [16], perm: [2, 0, 1] },
  { shape: [5, 6], dims: [], tiles: [], perm: [1, 0] },
];

describe('array.pack and array.unpack', () => {
  check('of known sizes', () => LIST.map((t) => roundTrip(t, 'f32', [])));
  check('of sizes of run time', () =>
    LIST.flatMap((t) => [
      roundTrip(
        t,
        'f32',
        t.shape.map((_, d) => d),
      ),
      roundTrip(t, 'f32', [0]),
    ]),
  );
  for (const element of ELEMENTS)
    check(`of ${element}`, () => [roundTrip(LIST[1]!, element, []), roundTrip(LIST[1]!, element, [1])]);
});
