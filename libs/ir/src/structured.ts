// How tensor-level passes see operations: what kind of access pattern an op has (TVM's operator categories), what it
// costs, and, for most, its iteration domain with affine accesses and a scalar body (MLIR's linalg structured ops).
// Fusion, tiling, bufferization and vectorization work on these alone, so a user's op takes part by implementing them.
import type { AffineMap } from './affine.js';
import type { Attribute } from './attribute.js';
import type { Builder } from './builder.js';
import { defineInterface } from './define-interface.js';
import type { LocationRef } from './location.js';
import type { Operation } from './operation.js';
import type { Type } from './type.js';
import type { Value } from './value.js';

/** Operator categories, after TVM's OpPatternKind. */
export const OpPatternKind = {
  elementwise: 0,
  broadcast: 1,
  injective: 2,
  reduction: 3,
  outElementwiseFusable: 4,
  tuple: 7,
  opaque: 8,
} as const;
export type OpPatternKind = (typeof OpPatternKind)[keyof typeof OpPatternKind];

export const OpPattern = defineInterface<{ pattern(op: Operation): OpPatternKind }>('OpPattern');

export interface PointCost {
  /** Floating-point (or integer) operations for one point of the iteration domain, divisions and square roots as 4-8, exp-like functions as 16-40. */
  readonly flops: number;
  /** True when recomputing a point costs much more than loading it (exp, log, div, reductions). */
  readonly expensive: boolean;
}
export const OpCost = defineInterface<{ pointCost(op: Operation): PointCost }>('OpCost');

/** Size of one dimension of the iteration domain: static, or the run-time size of a dimension of an operand or result. */
export type DomainSize =
  | { readonly kind: 'static'; readonly size: number }
  | { readonly kind: 'operand'; readonly operand: number; readonly dim: number }
  | { readonly kind: 'result'; readonly result: number; readonly dim: number };

export interface DomainDim {
  readonly iterator: 'parallel' | 'reduction';
  readonly size: DomainSize;
}

/** What a scalar body is built with. Elements are asked for, so that a body may leave one unread. */
export interface BodyContext {
  readonly builder: Builder;
  readonly loc: LocationRef;
  /** The element of tensor operand `index` at its indexing map for the current point. */
  operand(index: number): Value;
  /** Coordinate of the current point, of type index. */
  point(dim: number): Value;
  /** Current value of result `index` of a reduction. */
  accumulator(index: number): Value;
  /** An element of tensor operand `index`, which has no indexing map, at a place that is computed. */
  windowElement(index: number, place: WindowPlace): Value;
}

/** A place inside of a window of a tensor; one entry of each list for each dimension of the tensor. */
export interface WindowPlace {
  /** Where the window begins, an integer or index that is moved so that the window lies inside; undefined: at 0. */
  readonly starts: readonly (Value | undefined)[];
  /** Element type of the tensor that starts come from: it says whether they have a sign. */
  readonly element: Type;
  readonly sizes: readonly number[];
  /** The index within the window; a number where it is known. */
  readonly within: readonly (Value | number)[];
}

/** How a reduction's elements combine. See CONTRACTS: numerics. */
export interface ReductionInfo {
  /** Neutral element of each result; null: none is known, fold left to right from the first element combined with init. */
  identity(op: Operation): readonly (Attribute | null)[];
  /** Combines two partial results (all results at once); used to merge lanes, blocks and chunks. */
  combine(op: Operation, builder: Builder, loc: LocationRef, lhs: readonly Value[], rhs: readonly Value[]): Value[];
  /** Operand index of the init of each result (a 0-d tensor), applied once, last, as combine(init, total); null: none. */
  init(op: Operation): readonly (number | null)[];
  /** The order written into the IR by fix-numerics; undefined before, or where none is needed. */
  order(op: Operation): ReductionOrder | undefined;
}

/**
 * `lanes`: element i goes to lane i mod (lanes * accumulators) within blocks of `block` elements; lanes combine in halves, blocks as a
 * binary counter. `sequential`: ascending. `outer`: sequential within `block` rows, blocks as a binary counter. `free`: any.
 */
export type ReductionOrder =
  | { readonly kind: 'lanes'; readonly lanes: number; readonly accumulators: number; readonly block: number }
  | { readonly kind: 'outer'; readonly block: number }
  | { readonly kind: 'sequential' }
  | { readonly kind: 'free' };

/**
 * result[resultMap(p)] = body(operands[operandMap(p)]) for every point p of the domain. Operands and results are ranked tensors; scalar
 * operands have rank 0 maps.
 */
export const StructuredOp = defineInterface<{
  domain(op: Operation): readonly DomainDim[];
  /** Domain point -> element index, one map for each operand (null: an operand that is no tensor, e.g. a size, or one read
   * at computed places with `windowElement`, which has to lie in memory), then one for each result. */
  indexingMaps(op: Operation): readonly (AffineMap | null)[];
  /** Builds the scalar computation in core ops; returns one scalar for each result. */
  body(op: Operation, context: BodyContext): Value[];
  /** For ops with reduction dims. */
  readonly reduction?: ReductionInfo;
  /** For ops whose domain does not cover the result (pad): the constant the rest is filled with. */
  fill?(op: Operation): Attribute;
  /**
   * For ops whose tensor operands lie side by side in the result (concat): the dimension along which they do, in order. The domain
   * is the result's; an operand's map gives its index for points that count from where it begins along that dimension. Elements are
   * copied: the body is not asked.
   */
  sideBySide?(op: Operation): number;
  /** True for ops that may write over operand `index` when it dies here: element p of the result needs only element p of it. Default: equal maps. */
  inPlace?(op: Operation, index: number): boolean;
}>('StructuredOp');
