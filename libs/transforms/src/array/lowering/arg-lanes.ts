// argmin and argmax along the last dimension in vectors: whether any of the next elements is beyond the one held so far is
// one comparison for each vector, and only then they are looked at one by one.
//
//   loop.for %o = 0 to n floordiv 32 iter_args(%held, %where) {
//     loop.if any(x[32 * %o ..] > splat(%held)) { element by element } else { as before } }
//
// Of a random row, element k is the greatest so far with probability 1 / k: few vectors have one.
import { buildCompare, CmpFOp, signednessOf } from '@budflow/dialect-core';
import { LoadOp, ReduceOrOp } from '@budflow/dialect-simd';
import { byteWidth, FloatType, type TensorType, type Value } from '@budflow/ir';
import { isVectorElement, splat } from './scan-lanes.js';
import type { LoweringSite, Size } from './site.js';

/** Bytes that are compared at once. */
const BLOCK_BYTES = 128;

/** One element more: what is held and where it is. */
type Consider = (k: Value, held: Value, where: Value) => Value[];

/** The extreme of a row of `size` elements whose element k is at `at(k)`, and where; undefined where vectors are no use. */
export function extremeInLanes(
  site: LoweringSite,
  which: 'min' | 'max',
  size: Size,
  at: (k: Value) => Value[],
  consider: Consider,
): Value[] | undefined {
  const { op, builder, loc } = site;
  const x = op.operand(0);
  const { element } = x.type as TensorType;
  if (!isVectorElement(element) || !site.hasBuffer(x)) return undefined;
  const lanes = BLOCK_BYTES / byteWidth(element)!;
  if (typeof size === 'number' && size < lanes) return undefined;
  const vector = op.context.vector([lanes], site.elementType(x));
  const zero = site.index(0);
  const blocks = site.quotient(size, lanes);
  const start = [site.load(x, at(zero)), zero];
  // 1. Whole blocks.
  const best = site.sequential([blocks], `${site.name}.r`, start, ([o], [held, where]) => {
    const first = site.scale(o!, lanes);
    const v = LoadOp.build(builder, loc, { memref: site.buffer(x), indices: at(first), resultTypes: [vector] });
    const bound = splat(site, vector, held!);
    let some: Value;
    if (element instanceof FloatType) {
      // Unordered is beyond too: a NaN is the first one, as long as none is held.
      const predicate = which === 'min' ? 'ult' : 'ugt';
      const beyond = CmpFOp.build(builder, loc, { predicate, lhs: v, rhs: bound });
      some = site.and(
        ReduceOrOp.build(builder, loc, { vector: beyond }),
        buildCompare('eq', builder, loc, held!, held!),
      );
    } else {
      const kind = which === 'min' ? 'lt' : 'gt';
      const signedness = signednessOf(element);
      some = ReduceOrOp.build(builder, loc, { vector: buildCompare(kind, builder, loc, v, bound, { signedness }) });
    }
    return site.branch(
      some,
      () =>
        site.range({ lower: 0, upper: lanes, name: `${site.name}_block.s` }, [held!, where!], (l, [h, w]) =>
          consider(site.value(site.sum(first, l)), h!, w!),
        ),
      () => [held!, where!],
    );
  });
  // 2. What is left.
  const done = typeof blocks === 'number' ? blocks * lanes : site.scale(blocks, lanes);
  return site.range({ lower: done, upper: size, name: `${site.name}_rest.s` }, best, (k, [h, w]) =>
    consider(k, h!, w!),
  );
}
