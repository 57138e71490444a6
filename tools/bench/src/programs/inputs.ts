// Input data: seeded, the same for all variants of a program and in every run.

import { f16Bits, Random } from '@budflow/numerics';
import { type ArrayType, elementCount } from './graph.js';
import { type Data, makeData } from './reference.js';

/** unit: uniform in -1..1; small: -0.1..0.1; positive: 0..1; away: 0.5..1.5; normal; wide: -8..8; integer: any value of the
type; index: a place along the first dimension of the first input; definite: symmetric matrices with a large diagonal. */
export const DISTRIBUTIONS = [
  'unit',
  'small',
  'positive',
  'away',
  'normal',
  'wide',
  'integer',
  'index',
  'definite',
] as const;
export type Distribution = (typeof DISTRIBUTIONS)[number];

export function isDistribution(value: unknown): value is Distribution {
  return DISTRIBUTIONS.includes(value as Distribution);
}

/** One array of random elements. Integer types draw from all their values, or from 0 to `places` for `index`. */
export function makeInput(type: ArrayType, distribution: Distribution, seed: number, places = 1): Data {
  if (type.dtype === 'f16') {
    const values = makeInput({ ...type, dtype: 'f32' }, distribution, seed);
    return Uint16Array.from(values as Float32Array, f16Bits);
  }
  const random = new Random(seed);
  const data = makeData(type.dtype, elementCount(type.shape));
  if (type.dtype === 'i1') throw new Error('no program takes booleans');
  if (distribution === 'index') {
    for (let i = 0; i < data.length; i++) data[i] = random.uint32() % places;
  } else if (type.dtype === 'i32' || type.dtype === 'ui8' || distribution === 'integer') {
    for (let i = 0; i < data.length; i++) data[i] = random.uint32();
  } else if (distribution === 'definite') {
    const n = type.shape[type.shape.length - 1];
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        const value = i === j ? n : 2 * random.uniformF32() - 1;
        data[i * n + j] = value;
        data[j * n + i] = value;
      }
  } else if (distribution === 'normal') {
    for (let i = 0; i < data.length; i++) data[i] = random.normal();
  } else {
    const [low, span] = { unit: [-1, 2], small: [-0.1, 0.2], positive: [0, 1], away: [0.5, 1], wide: [-8, 16] }[
      distribution
    ] as [number, number];
    for (let i = 0; i < data.length; i++) data[i] = low + span * random.uniformF32();
  }
  return data;
}

/** All inputs of a program. */
export function makeInputs(types: readonly ArrayType[], distributions: readonly Distribution[]): Data[] {
  return types.map((type, i) => makeInput(type, distributions[i] ?? 'unit', 1000 + i, types[0]?.shape[0]));
}
