// What the dimensions of gather and scatter mean (StableHLO's dimension numbers), and where in the operand a window lies.
import { DYNAMIC, type Operation, type TensorType } from '@budflow/ir';
import { sizesAgree, verifyDims } from './verify-types.js';

/**
 * Windows of an operand, one for each index vector. `windowDims`: the dimensions of the result (gather) or of the updates
 * (scatter) that walk inside of a window; the others, in order, walk over the index vectors.
 */
export interface GatherDims {
  readonly windowDims: readonly number[];
  /** Dimensions of the operand that windows do not have. */
  readonly collapsedDims: readonly number[];
  /** Dimensions of the operand, and of the indices, that are walked together. */
  readonly operandBatchDims: readonly number[];
  readonly indexBatchDims: readonly number[];
  /** Operand dimension of each component of an index vector. */
  readonly indexMap: readonly number[];
  /** The dimension of the indices along which a vector lies; their rank when indices are scalars. */
  readonly vectorDim: number;
}

/** Operand dimensions that windows have, in order. */
export function windowOperandDims(dims: GatherDims, operandRank: number): number[] {
  return Array.from({ length: operandRank }, (_, d) => d).filter(
    (d) => !dims.collapsedDims.includes(d) && !dims.operandBatchDims.includes(d),
  );
}

/** Dimensions of the indices that are walked, in order. */
export function walkedIndexDims(dims: GatherDims, indexRank: number): number[] {
  return Array.from({ length: indexRank }, (_, d) => d).filter((d) => d !== dims.vectorDim);
}

/** Dimensions of the result (or updates) that walk over the index vectors, in order. */
export function outerDims(dims: GatherDims, rank: number): number[] {
  return Array.from({ length: rank }, (_, d) => d).filter((d) => !dims.windowDims.includes(d));
}

/** Sizes of the walked dimensions of the indices. */
export function walkedSizes(dims: GatherDims, indices: TensorType): number[] {
  return walkedIndexDims(dims, indices.rank).map((d) => indices.shape[d]!);
}

/** What holds of the dimension numbers, whatever the op. Reports and returns false otherwise. */
export function verifyGatherDims(op: Operation, dims: GatherDims, operand: TensorType, indices: TensorType): boolean {
  const fail = (message: string): boolean => {
    op.emitError('array.gather-dims', message);
    return false;
  };
  const inOperand = `the operand ${operand}`;
  const inIndices = `the indices ${indices}`;
  if (dims.vectorDim < 0 || dims.vectorDim > indices.rank)
    return fail(`requires 'vector' from 0 to the rank ${indices.rank} of the indices, got ${dims.vectorDim}`);
  if (!verifyDims(op, 'collapsed', dims.collapsedDims, operand.rank, inOperand)) return false;
  if (!verifyDims(op, 'batching', dims.operandBatchDims, operand.rank, inOperand)) return false;
  if (!verifyDims(op, 'batching', dims.indexBatchDims, indices.rank, inIndices)) return false;
  if (!verifyDims(op, 'map', dims.indexMap, operand.rank, inOperand)) return false;
  if (dims.operandBatchDims.length !== dims.indexBatchDims.length)
    return fail(
      `requires as many batching dimensions of the operand as of the indices, got ${dims.operandBatchDims.length} and ${dims.indexBatchDims.length}`,
    );
  if (dims.indexBatchDims.includes(dims.vectorDim))
    return fail(`requires batching dimensions of the indices other than 'vector', got ${dims.vectorDim}`);
  const both = dims.operandBatchDims.find((d) => dims.collapsedDims.includes(d) || dims.indexMap.includes(d));
  if (both !== undefined)
    return fail(`requires batching dimensions that are neither collapsed nor indexed, got ${both}`);
  const components = dims.vectorDim === indices.rank ? 1 : indices.shape[dims.vectorDim]!;
  if (components !== dims.indexMap.length)
    return fail(
      `requires 'map' with one entry for each component of an index vector (${components === DYNAMIC ? '?' : components}), got ${dims.indexMap.length}`,
    );
  for (const [i, d] of dims.operandBatchDims.entries()) {
    const [a, b] = [operand.shape[d]!, indices.shape[dims.indexBatchDims[i]!]!];
    if (!sizesAgree(a, b)) return fail(`requires batching dimensions of equal sizes, got ${a} and ${b}`);
  }
  return true;
}
