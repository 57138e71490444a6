// Index vectors, as gather and scatter have them: along one dimension of the indices, with a map to dimensions of the
// operand, and batching dimensions that both share.
import type { Operation, TensorType } from '@budflow/ir';
import { expectDimensions, expectLength, sizesAgree } from '../shapes.js';

export interface IndexVectors {
  readonly operand: TensorType;
  readonly indices: TensorType;
  /** The dimension of the indices along which the numbers of an index lie; their rank when each is one number. */
  readonly vectorDim: number;
  /** The dimension of the operand that each number is for. */
  readonly map: readonly number[];
  readonly mapName: string;
  readonly batching: readonly number[];
  readonly batchingName: string;
  readonly indicesBatching: readonly number[];
  readonly indicesBatchingName: string;
}

/** Sizes of the indices without the dimension of the numbers; undefined, reported, where something is wrong. */
export function verifyIndexVectors(op: Operation, v: IndexVectors): number[] | undefined {
  const { indices, operand, vectorDim } = v;
  if (vectorDim < 0 || vectorDim > indices.rank) {
    op.emitError('stablehlo.index-vector', `index_vector_dim must be from 0 to ${indices.rank}, got ${vectorDim}`);
    return undefined;
  }
  const numbers = vectorDim === indices.rank ? 1 : indices.shape[vectorDim]!;
  if (numbers >= 0 && !expectLength(op, v.mapName, v.map, numbers)) return undefined;
  if (!expectDimensions(op, `${v.mapName} and ${v.batchingName}`, [...v.map, ...v.batching], operand.rank))
    return undefined;
  if (!expectDimensions(op, v.indicesBatchingName, v.indicesBatching, indices.rank)) return undefined;
  if (!expectLength(op, v.indicesBatchingName, v.indicesBatching, v.batching.length)) return undefined;
  if (v.indicesBatching.includes(vectorDim)) {
    op.emitError(
      'stablehlo.index-batching',
      `${v.indicesBatchingName} must not have index_vector_dim, ${vectorDim}, among them`,
    );
    return undefined;
  }
  for (const [i, dim] of v.batching.entries()) {
    const other = v.indicesBatching[i]!;
    if (sizesAgree(operand.shape[dim]!, indices.shape[other]!)) continue;
    op.emitError(
      'stablehlo.index-batch-size',
      `batching dimension ${dim} of ${operand} and ${other} of ${indices} must have one size`,
    );
    return undefined;
  }
  return indices.shape.filter((_, d) => d !== vectorDim);
}
