// Products of matrices of complex numbers, which lie as pairs: (ac - bd) + (ad + bc)i, every step rounded, added up in order.
import type { ComplexType, FloatType } from '@budflow/ir';
import { floatIdentity } from '@budflow/numerics';
import type { Combiner, Work } from './accumulate.js';
import type { MatrixProduct } from './dot-general.js';

type Pairs = Float32Array | Float64Array;

function isNarrow(type: ComplexType): boolean {
  return (type.element as FloatType).name === 'f32';
}

/** Accumulators of sums of complex numbers; counts are of numbers, of two parts each. */
export function complexSums(type: ComplexType): Pick<Combiner, 'identity' | 'make'> {
  return {
    identity: floatIdentity('add'),
    make: (count) => (isNarrow(type) ? new Float32Array(2 * count) : new Float64Array(2 * count)),
  };
}

/** c[m, n] += a[m, k] * b[k, n]; offsets are of numbers, of two parts each. */
export function complexProduct(type: ComplexType): MatrixProduct {
  const round: (x: number) => number = isNarrow(type) ? Math.fround : (x) => x;
  return (cw: Work, cAt, aw: Work, aAt, bw: Work, bAt, m, n, k) => {
    const [c, a, b] = [cw as Pairs, aw as Pairs, bw as Pairs];
    for (let i = 0; i < m; i++)
      for (let p = 0; p < k; p++) {
        const from = 2 * (aAt + i * k + p);
        const [re, im] = [a[from]!, a[from + 1]!];
        for (let j = 0; j < n; j++) {
          const [by, to] = [2 * (bAt + p * n + j), 2 * (cAt + i * n + j)];
          const [u, v] = [b[by]!, b[by + 1]!];
          c[to] = c[to]! + round(round(re * u) - round(im * v));
          c[to + 1] = c[to + 1]! + round(round(im * u) + round(re * v));
        }
      }
  };
}
