// What a LoopLowering builds with: the buffers of the op's operands and results, their sizes, and short names for loops,
// accesses and index arithmetic.
import {
  AddIOp,
  buildBinary,
  buildCompare,
  buildConstantAttr,
  IndexCastOp,
  IndexCastUIOp,
  signlessType,
} from '@budflow/dialect-core';
import { applyAffine, buildFor, buildIndexConstant } from '@budflow/dialect-loop';
import { AllocaOp, buildLoad, buildStore } from '@budflow/dialect-memory';
import {
  AffineExpr,
  type AffineMap,
  type Attribute,
  type Builder,
  DYNAMIC,
  IndexType,
  IntegerAttr,
  IntegerType,
  type LocationRef,
  type Operation,
  type TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { SMALL_WINDOW } from '../../loop/lowering/reductions.js';
import type { ScalarCode } from '../../loop/lowering/scalar-code.js';
import { buildIf, buildSelect, buildWhile } from '../../loop/lowering/scalar-ops.js';

export type Size = number | Value;

/** What the kernel knows of tensors. */
export interface SiteTensors {
  buffer(value: Value): Value | undefined;
  size(value: Value, dim: number): Size;
  /** Whether the buffer of a result is that of its destination operand. */
  isInPlace(result: Value): boolean;
}

export class LoweringSite {
  readonly op: Operation;
  readonly builder: Builder;
  readonly loc: LocationRef;
  /** Prefix of loop names: that of the op. */
  readonly name: string;
  private readonly code: ScalarCode;
  private readonly tensors: SiteTensors;

  constructor(op: Operation, builder: Builder, code: ScalarCode, tensors: SiteTensors) {
    this.op = op;
    this.builder = builder;
    this.loc = op.loc;
    this.name = op.name.slice(op.name.lastIndexOf('.') + 1);
    this.code = code;
    this.tensors = tensors;
  }

  // Tensors.

  size(tensor: Value, dim: number): Size {
    return this.tensors.size(tensor, dim);
  }
  sizes(tensor: Value): Size[] {
    return (tensor.type as TensorType).shape.map((_, d) => this.size(tensor, d));
  }
  /** The element of an operand (a buffer or an inlined constant) or of a result already stored. */
  load(tensor: Value, indices: readonly Value[]): Value {
    return this.code.element(tensor, indices, this.loc);
  }
  /** The memory of a tensor that lies in one. */
  buffer(tensor: Value): Value {
    return this.tensors.buffer(tensor)!;
  }
  /** Whether a tensor lies in memory; an inlined constant does not. */
  hasBuffer(tensor: Value): boolean {
    return this.tensors.buffer(tensor) !== undefined;
  }
  /** The element of a result as it is now. */
  loadResult(result: Value, indices: readonly Value[]): Value {
    return buildLoad(this.builder, this.loc, this.tensors.buffer(result)!, indices);
  }
  store(value: Value, result: Value, indices: readonly Value[]): void {
    buildStore(this.builder, this.loc, value, this.tensors.buffer(result)!, indices);
  }
  /** Element type of a tensor as its scalars have it. */
  elementType(tensor: Value): Type {
    return signlessType(this.op.context, (tensor.type as TensorType).element);
  }
  /** Makes `result` hold what `destination` does: nothing to do when it is the same memory. */
  provideDestination(result: Value, destination: Value): void {
    if (this.tensors.isInPlace(result)) return;
    this.parallel(this.sizes(result), `${this.name}_copy${result.index}`, (point) => {
      this.store(this.load(destination, point), result, point);
    });
  }
  /** A private buffer; one with a size that is a value has to be made outside of loops. */
  scratch(shape: readonly Size[], element: Type): Value {
    const type = shape.map((size) => (typeof size === 'number' ? size : DYNAMIC));
    return AllocaOp.build(this.builder, this.loc, {
      dynamicSizes: shape.filter((size) => typeof size !== 'number'),
      resultTypes: [this.op.context.memref(type, element)],
    });
  }
  loadScratch(buffer: Value, indices: readonly Value[]): Value {
    return buildLoad(this.builder, this.loc, buffer, indices);
  }
  storeScratch(value: Value, buffer: Value, indices: readonly Value[]): void {
    buildStore(this.builder, this.loc, value, buffer, indices);
  }

  // Control.

  /** Loops `prefix.d0, prefix.d1, ..` whose iterations touch different elements. */
  parallel(sizes: readonly Size[], prefix: string, body: (point: Value[]) => void): void {
    const point: Value[] = [];
    const nest = (depth: number): void => {
      if (depth === sizes.length) {
        this.code.scope(() => body(point.slice()));
        return;
      }
      const options = { lower: 0, upper: sizes[depth]!, step: 1, name: `${prefix}.d${depth}` };
      buildFor(this.builder, this.loc, options, (_, iv) => {
        point[depth] = iv;
        nest(depth + 1);
        return [];
      });
    };
    nest(0);
  }

  /** Loops `prefix0, prefix1, ..` that run in ascending order and carry values. */
  sequential(
    sizes: readonly Size[],
    prefix: string,
    inits: readonly Value[],
    body: (point: Value[], carried: Value[]) => readonly Value[],
  ): Value[] {
    const point: Value[] = [];
    const nest = (depth: number, carried: readonly Value[]): readonly Value[] => {
      if (depth === sizes.length) return this.code.scope(() => body(point.slice(), carried.slice()));
      const options = { lower: 0, upper: sizes[depth]!, step: 1, name: `${prefix}${depth}`, inits: carried };
      return buildFor(this.builder, this.loc, options, (_, iv, values) => {
        point[depth] = iv;
        return nest(depth + 1, values);
      }).results;
    };
    return nest(0, inits).slice();
  }

  /** One loop from `lower` to `upper` in ascending order that carries values. */
  range(
    { lower, upper, name }: { readonly lower: Size; readonly upper: Size; readonly name: string },
    inits: readonly Value[],
    body: (i: Value, carried: Value[]) => readonly Value[],
  ): Value[] {
    return buildFor(this.builder, this.loc, { lower, upper, step: 1, name, inits }, (_, iv, carried) =>
      this.code.scope(() => body(iv, carried)),
    ).results.slice();
  }

  /** `loop.while`: `test` says from the carried values whether `body` runs once more. */
  repeat(
    inits: readonly Value[],
    test: (carried: Value[]) => Value,
    body: (carried: Value[]) => readonly Value[],
  ): Value[] {
    return buildWhile(
      this.builder,
      this.loc,
      inits,
      (carried) => this.code.scope(() => test(carried)),
      (carried) => this.code.scope(() => body(carried)),
    );
  }

  /** The same over a window; a small one is written out, so that neighbours share what they read. */
  window(
    sizes: readonly number[],
    prefix: string,
    inits: readonly Value[],
    body: (point: Value[], carried: Value[]) => readonly Value[],
  ): Value[] {
    const count = sizes.reduce((n, d) => n * d, 1);
    if (count > SMALL_WINDOW) return this.sequential(sizes, prefix, inits, body);
    let carried = inits.slice();
    for (let i = 0; i < count; i++) {
      let rest = i;
      const place = sizes.slice();
      for (let d = sizes.length - 1; d >= 0; d--) {
        place[d] = rest % sizes[d]!;
        rest = Math.floor(rest / sizes[d]!);
      }
      carried = body(
        place.map((p) => this.index(p)),
        carried,
      ).slice();
    }
    return carried;
  }

  /** `loop.if`; both branches return the same number of values. */
  branch(condition: Value, then: () => readonly Value[], otherwise: () => readonly Value[] = () => []): Value[] {
    return buildIf(
      this.builder,
      this.loc,
      condition,
      () => this.code.scope(then),
      () => this.code.scope(otherwise),
    );
  }
  select(condition: Value, yes: Value, no: Value): Value {
    return buildSelect(this.builder, this.loc, condition, yes, no);
  }

  // Numbers.

  index(value: number): Value {
    return buildIndexConstant(this.builder, this.loc, value);
  }
  value(size: Size): Value {
    return typeof size === 'number' ? this.index(size) : size;
  }
  /** A constant of an element type, in its signless form. */
  constant(value: Attribute): Value {
    const { context } = this.op;
    const plain =
      value instanceof IntegerAttr
        ? context.integerAttr(signlessType(context, value.type) as IntegerType, value.value)
        : value;
    return buildConstantAttr(this.builder, this.loc, plain);
  }
  /** An affine expression of index values, as its dimensions. */
  affine(expr: AffineExpr, values: readonly Value[]): Value {
    const map: AffineMap = this.op.context.affineMap(values.length, 0, [expr]);
    return applyAffine(this.builder, this.loc, map, values);
  }
  /** a * factor + offset */
  scale(a: Value, factor: number, offset = 0): Value {
    return this.affine(AffineExpr.dim(0).mul(factor).add(offset), [a]);
  }
  add(a: Value, b: Value): Value {
    return AddIOp.build(this.builder, this.loc, { lhs: a, rhs: b });
  }
  sum(a: Size, b: Size): Size {
    if (typeof a === 'number' && typeof b === 'number') return a + b;
    if (typeof b === 'number') return this.affine(AffineExpr.dim(0).add(b), [a as Value]);
    if (typeof a === 'number') return this.affine(AffineExpr.dim(0).add(a), [b]);
    return this.affine(AffineExpr.dim(0).add(AffineExpr.dim(1)), [a, b]);
  }
  /** a - b */
  difference(a: Size, b: Size): Size {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    if (typeof b === 'number') return this.sum(a, -b);
    if (typeof a === 'number') return this.affine(AffineExpr.dim(0).mul(-1).add(a), [b]);
    return this.affine(AffineExpr.dim(0).sub(AffineExpr.dim(1)), [a, b]);
  }
  /** floor(a / b) */
  quotient(a: Size, b: number): Size {
    return typeof a === 'number' ? Math.floor(a / b) : this.affine(AffineExpr.dim(0).floorDiv(b), [a]);
  }
  /** max(0, min(start, size - window)): where a window of that size begins that lies inside. */
  clampStart(start: Value, size: Size, window: Size): Value {
    const last = this.difference(size, window);
    return this.clampElement(start, last) ?? this.max(this.min(start, this.value(last)), this.index(0));
  }
  /** The same before the element becomes an index, where its type holds the bound: narrow integers have vectors. */
  private clampElement(start: Value, last: Size): Value | null {
    const cast = start.definingOp;
    if (typeof last !== 'number' || last < 0 || !cast || !IndexCastOp.is(cast)) return null;
    const element = cast.operand(0).type;
    if (!(element instanceof IntegerType) || element.width > 32 || last >= 2 ** (element.width - 1)) return null;
    const bound = (value: number): Value => this.constant(this.op.context.integerAttr(element, value));
    const clamped = this.max(this.min(cast.operand(0), bound(last)), bound(0));
    return IndexCastOp.build(this.builder, this.loc, { in: clamped, resultTypes: [this.op.context.index] });
  }
  /** size - 1 - i */
  mirror(i: Value, size: Size): Value {
    return this.value(this.difference(this.difference(size, 1), i));
  }
  /** An integer element as an index, by its signedness. */
  toIndex(value: Value, element: Type): Value {
    if (element instanceof IndexType || value.type instanceof IndexType) return value;
    const unsigned = element instanceof IntegerType && (element.signedness === 'unsigned' || element.width === 1);
    const resultTypes = [this.op.context.index];
    if (!unsigned) return IndexCastOp.build(this.builder, this.loc, { in: value, resultTypes });
    // What an index cannot hold is beyond every tensor.
    const limit =
      element.width === 64 ? this.constant(this.op.context.integerAttr(element, 2n ** 63n - 1n)) : undefined;
    const capped = limit ? buildBinary('min', this.builder, this.loc, value, limit, { signedness: 'unsigned' }) : value;
    return IndexCastUIOp.build(this.builder, this.loc, { in: capped, resultTypes });
  }
  min(a: Value, b: Value): Value {
    return buildBinary('min', this.builder, this.loc, a, b, { signedness: 'signed' });
  }
  max(a: Value, b: Value): Value {
    return buildBinary('max', this.builder, this.loc, a, b, { signedness: 'signed' });
  }
  and(a: Value, b: Value): Value {
    return buildBinary('and', this.builder, this.loc, a, b);
  }
  or(a: Value, b: Value): Value {
    return buildBinary('or', this.builder, this.loc, a, b);
  }
  /** 0 <= a < size, for index values. */
  isWithin(a: Value, size: Size): Value {
    const low = this.compare('ge', a, this.index(0));
    return this.and(low, this.compare('lt', a, this.value(size)));
  }
  compare(predicate: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge', a: Value, b: Value): Value {
    return buildCompare(predicate, this.builder, this.loc, a, b, { signedness: 'signed' });
  }
}
