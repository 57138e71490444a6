// Chunk counts as plain data: an artefact outlives the context its affine maps belong to.
import type { AffineExpr, AffineMap } from '@budflow/ir';

/** An affine expression; `size` is the position of a dynamic size among all of the kernel's. Division rounds down. */
export type SizeExpression =
  | number
  | { readonly size: number }
  | {
      readonly op: 'add' | 'mul' | 'mod' | 'floordiv' | 'ceildiv';
      readonly lhs: SizeExpression;
      readonly rhs: SizeExpression;
    };

/** The first result of `rt.chunks` (a map of symbols, the dynamic sizes) as data. */
export function sizeExpression(map: AffineMap): SizeExpression {
  return convert(map.results[0]!, map.numDims);
}

function convert(e: AffineExpr, numDims: number): SizeExpression {
  switch (e.kind) {
    case 'constant':
      return e.value;
    case 'dim':
      return { size: e.value };
    case 'symbol':
      return { size: numDims + e.value };
    default:
      return { op: e.kind, lhs: convert(e.lhs!, numDims), rhs: convert(e.rhs!, numDims) };
  }
}

/** The value of an expression for given dynamic sizes. */
export function evaluateSize(e: SizeExpression, sizes: ArrayLike<number>): number {
  if (typeof e === 'number') return e;
  if ('size' in e) return sizes[e.size]!;
  const l = evaluateSize(e.lhs, sizes);
  const r = evaluateSize(e.rhs, sizes);
  switch (e.op) {
    case 'add':
      return l + r;
    case 'mul':
      return l * r;
    case 'mod':
      return l - Math.floor(l / r) * r;
    case 'floordiv':
      return Math.floor(l / r);
    case 'ceildiv':
      return Math.ceil(l / r);
  }
}
