// Elements for random programs: small numbers with the hard cases among them.
import { bf16Bits, f16Bits, type Random } from '@budflow/numerics';
import type { TypedArray } from '@budflow/runtime';
import type { Element } from './program.js';

const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.5,
  2.5,
  -2.5,
  255.5,
  1e-40,
  5e-324,
  16777217,
  3e38,
  -3e38,
  2147483648,
  9.3e18,
  -9.3e18,
  NaN,
  Infinity,
  -Infinity,
];
const INTEGERS = [0, 1, -1, 2, 127, 128, 255, 2147483647, -2147483648];

function anInteger(random: Random): number {
  return random.uint32() % 8 === 0 ? INTEGERS[random.uint32() % INTEGERS.length]! : (random.uint32() % 41) - 20;
}

/** `hard`: one element in eight is special. */
function aFloat(random: Random, { hard }: { readonly hard: boolean }): number {
  if (hard && random.uint32() % 8 === 0) return FLOATS[random.uint32() % FLOATS.length]!;
  return (random.uniform() - 0.5) * (random.uint32() % 4 === 0 ? 200 : 4);
}

/** A typed array of `count` elements: of half floats their bits, of complex numbers pairs. */
export function randomElements(element: Element, count: number, random: Random): TypedArray {
  const hard = random.uint32() % 3 === 0;
  const fill = <
    T extends
      | Float32Array
      | Float64Array
      | Int32Array
      | Int16Array
      | Int8Array
      | Uint8Array
      | Uint16Array
      | Uint32Array,
  >(
    data: T,
    make: () => number,
  ): T => {
    for (let i = 0; i < count; i++) data[i] = make();
    return data;
  };
  switch (element) {
    case 'f32':
      return fill(new Float32Array(count), () => aFloat(random, { hard }));
    case 'f64':
      return fill(new Float64Array(count), () => aFloat(random, { hard }));
    case 'f16':
      return fill(new Uint16Array(count), () => f16Bits(aFloat(random, { hard })));
    case 'bf16':
      return fill(new Uint16Array(count), () => bf16Bits(aFloat(random, { hard })));
    case 'complex<f32>':
      return fill(new Float32Array(2 * count), () => aFloat(random, { hard }));
    case 'complex<f64>':
      return fill(new Float64Array(2 * count), () => aFloat(random, { hard }));
    case 'i32':
      return fill(new Int32Array(count), () => anInteger(random));
    case 'i16':
      return fill(new Int16Array(count), () => anInteger(random));
    case 'i8':
      return fill(new Int8Array(count), () => anInteger(random));
    case 'ui8':
      return fill(new Uint8Array(count), () => anInteger(random));
    case 'ui16':
      return fill(new Uint16Array(count), () => anInteger(random));
    case 'ui32':
      return fill(new Uint32Array(count), () => anInteger(random));
    case 'i1':
      return fill(new Uint8Array(count), () => random.uint32() & 1);
    case 'i64':
    case 'ui64': {
      const data = element === 'i64' ? new BigInt64Array(count) : new BigUint64Array(count);
      const hardest = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n, -1n];
      for (let i = 0; i < count; i++)
        data[i] = random.uint32() % 16 === 0 ? hardest[random.uint32() % 4]! : BigInt(anInteger(random));
      return data;
    }
  }
}
