// Scalar code of tensor elements: `element(t, [i, j])` builds the computation of one element of a tensor value at the
// insertion point, loading what lies in a buffer and inlining the bodies of ops that have none.
import { buildConstantAttr, elementAttr } from '@budflow/dialect-core';
import { affineExprOf, applyAffine, linearIndexOf, normalizeExpr } from '@budflow/dialect-loop';
import { buildLoad } from '@budflow/dialect-memory';
import {
  AffineExpr,
  type BodyContext,
  type Builder,
  ComplexType,
  ConstantLike,
  DenseElementsAttr,
  denseElement,
  IntegerAttr,
  IntegerType,
  InternalError,
  type LocationRef,
  type Operation,
  StructuredOp,
  type TensorType,
  type Value,
} from '@budflow/ir';
import { isPatchwork, pieceAt } from '../../array/fusion/patches.js';
import type { LoweringSite } from '../../array/lowering/site.js';
import { windowElement } from '../../array/lowering/window-element.js';
import { buildConstant } from './scalar-ops.js';

export class ScalarCode {
  private readonly builder: Builder;
  /** Buffer of each tensor value that has one. */
  readonly buffers: Map<Value, Value>;
  /** Elements already built in the current scope, so that diamonds stay linear. */
  private memo = new Map<string, Value>();
  /** Tensors with a buffer of which an element is at hand, in front of the store of it. */
  private readonly held = new Set<Value>();
  private readonly valueIds = new Map<Value, number>();
  /** Where loop variables begin, in a box of the domain. */
  private box: ReadonlyMap<Value, number> = new Map();

  /** What an op builds accesses at computed places with. */
  private readonly siteOf: (op: Operation) => LoweringSite;

  constructor(builder: Builder, buffers: Map<Value, Value>, siteOf: (op: Operation) => LoweringSite) {
    this.builder = builder;
    this.buffers = buffers;
    this.siteOf = siteOf;
  }

  /** Builds with a fresh memo: values built inside do not dominate what comes after. */
  scope<T>(body: () => T): T {
    const outer = this.memo;
    this.memo = new Map(outer);
    try {
      return body();
    } finally {
      this.memo = outer;
    }
  }

  /** The element of `tensor` at `indices` (one index value for each dimension). */
  element(tensor: Value, indices: readonly Value[], loc: LocationRef): Value {
    const buffer = this.buffers.get(tensor);
    const held = buffer && this.held.has(tensor) ? this.memo.get(this.place(tensor, indices)) : undefined;
    if (held) return held;
    // A load may see another value later (accumulators, in-place updates), so only pure code is remembered.
    if (buffer) return buildLoad(this.builder, loc, buffer, indices);
    const key = this.place(tensor, indices);
    const known = this.memo.get(key);
    if (known) return known;
    const op = tensor.definingOp;
    const value = op?.info.hasTrait(ConstantLike) ? op.attr('value') : undefined;
    if (op && value instanceof DenseElementsAttr && value.splat) return this.splatElement(op, value);
    const structured = op ? StructuredOp.of(op) : undefined;
    if (!op || !structured)
      throw new InternalError(
        `array-to-loop: no scalar code for ${op ? op.name : 'a block argument'}`,
        op ?? undefined,
      );
    if (isPatchwork(structured)) {
      const piece = this.elementOfPiece(op, indices);
      this.memo.set(key, piece);
      return piece;
    }
    const maps = structured.indexingMaps(op);
    const resultMap = maps[op.operandCount + tensor.index];
    if (!resultMap?.isPermutation()) throw new InternalError('array-to-loop: an inlined op must cover its result', op);
    const point = new Array<Value>(indices.length);
    resultMap.results.forEach((e, i) => {
      point[e.value] = indices[i]!;
    });
    const results = this.body(op, point, []);
    op.results.forEach((result, i) => {
      this.memo.set(this.place(result, indices), results[i]!);
    });
    return results[tensor.index]!;
  }

  /** In the current scope, the element at `indices` is `value`, in whatever buffer it will lie. */
  hold(tensor: Value, indices: readonly Value[], value: Value): void {
    this.held.add(tensor);
    this.memo.set(this.place(tensor, indices), value);
  }

  /** Builds with loop variables known to begin at a place: what lies there of a tensor in pieces, all iterations read. */
  inBox<T>(begin: ReadonlyMap<Value, number>, body: () => T): T {
    const outer = this.box;
    this.box = begin;
    try {
      return body();
    } finally {
      this.box = outer;
    }
  }

  /** An element of a padded tensor, or of operands side by side: of the piece that the box lies in. */
  private elementOfPiece(op: Operation, indices: readonly Value[]): Value {
    const corner = indices.map((index) => {
      const linear = linearIndexOf(index);
      if (!linear) throw new InternalError('array-to-loop: a piece of a tensor is read in an unknown order', op);
      let at = linear.constant;
      for (const [variable, c] of linear.terms) at += c * (this.box.get(variable) ?? 0);
      return at;
    });
    const piece = pieceAt(op, corner);
    if (piece === 'border') {
      const element = (op.result(0).type as TensorType).element;
      const type = element instanceof IntegerType ? op.context.integer(element.width) : element;
      return buildConstant(this.builder, op.loc, StructuredOp.of(op)!.fill!(op), type);
    }
    const inside = indices.map((index, d) => {
      const offset = piece.offset[d]!;
      if (offset === 0) return index;
      const map = op.context.affineMap(1, 0, [AffineExpr.dim(0).sub(offset)]);
      return applyAffine(this.builder, op.loc, map, [index]);
    });
    return this.element(op.operand(piece.operand), inside, op.loc);
  }

  private splatElement(op: Operation, value: DenseElementsAttr): Value {
    const { context } = op;
    const element = value.type.element;
    if (element instanceof ComplexType) return buildConstantAttr(this.builder, op.loc, elementAttr(context, value, 0));
    const type = element instanceof IntegerType ? context.integer(element.width) : element;
    return buildConstant(this.builder, op.loc, context.constantAttr(type, denseElement(value, 0)), type);
  }

  /** The body of a structured op at a point of its domain. */
  body(op: Operation, point: readonly Value[], accumulators: readonly Value[]): Value[] {
    const structured = StructuredOp.of(op)!;
    const maps = structured.indexingMaps(op);
    const context: BodyContext = {
      builder: this.builder,
      loc: op.loc,
      operand: (index) => {
        const map = maps[index];
        if (!map) return op.operand(index);
        const indices = map.results.map((e) =>
          applyAffine(this.builder, op.loc, op.context.affineMap(map.numDims, map.numSymbols, [e]), point),
        );
        return this.element(op.operand(index), indices, op.loc);
      },
      point: (dim) => point[dim]!,
      accumulator: (index) => accumulators[index]!,
      windowElement: (index, place) => windowElement(this.siteOf(op), op.operand(index), place),
    };
    return structured.body(op, context);
  }

  /** The element at some indices. Those that are computed are made anew for each use: what counts is their value. */
  private place(tensor: Value, indices: readonly Value[]): string {
    return `${this.id(tensor)}@${indices.map((index) => this.indexName(index)).join()}`;
  }

  private indexName(index: Value): string {
    const op = index.definingOp;
    const constant = op?.name === 'arith.constant' ? op.attr('value') : undefined;
    if (constant instanceof IntegerAttr) return `c${constant.value}`;
    const inputs: Value[] = [];
    const expr = op?.name === 'loop.apply' ? affineExprOf(index, inputs) : null;
    return expr ? `${normalizeExpr(expr)}(${inputs.map((v) => this.id(v))})` : `${this.id(index)}`;
  }

  private id(value: Value): number {
    let id = this.valueIds.get(value);
    if (id === undefined) {
      id = this.valueIds.size;
      this.valueIds.set(value, id);
    }
    return id;
  }
}
