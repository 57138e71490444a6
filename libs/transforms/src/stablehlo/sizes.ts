// Sizes that are values: StableHLO's dynamic ops get shapes, widths and indices as tensors of integers. Where those follow
// from constants and from sizes of other tensors they become numbers and index values, where they follow from data the
// program reads them when it gets there.
import { ConcatOp, DimOp, ExtractOp, ReshapeOp, SliceOp } from '@budflow/dialect-array';
import { buildConstant, buildNamed, IndexCastOp } from '@budflow/dialect-core';
import { DenseElementsAttr, DYNAMIC, denseElement, IndexType, IntegerType, TensorType, type Value } from '@budflow/ir';
import type { HloSite } from './site.js';

const ARITHMETIC = { add: 'addi', sub: 'subi', mul: 'muli', div: 'divsi', min: 'minsi', max: 'maxsi' } as const;

/** A number, an index value, an element of a tensor of integers, or arithmetic on such. */
export type Size =
  | number
  | { readonly element: Value; readonly at: number }
  | { readonly index: Value }
  | { readonly of: Value; readonly dim: number }
  | { readonly kind: keyof typeof ARITHMETIC; readonly lhs: Size; readonly rhs: Size };

/** The elements of a vector of sizes, or of one size; undefined where nobody knows how many they are. */
export function sizesOf(value: Value): readonly Size[] | undefined {
  const { type } = value;
  if (!(type instanceof TensorType) || type.rank > 1 || type.shape[0] === DYNAMIC) return undefined;
  const sizes = Array.from({ length: type.shape[0] ?? 1 }, (_, i) => sizeAt(value, i));
  return sizes.includes(undefined) ? undefined : (sizes as Size[]);
}
/** Those that are all constants. */
export function constantNumbers(value: Value): readonly number[] | undefined {
  const sizes = sizesOf(value);
  return sizes?.every((s) => typeof s === 'number') ? (sizes as number[]) : undefined;
}

function sizeAt(value: Value, index: number): Size | undefined {
  return derivedSize(value, index) ?? elementSize(value, index);
}

function elementSize(value: Value, at: number): Size | undefined {
  const { type } = value;
  const isList = type instanceof TensorType && type.rank <= 1 && type.element instanceof IntegerType;
  return isList ? { element: value, at } : undefined;
}

/** Where a size comes from, as far as that is from constants, sizes and other lists. */
function derivedSize(value: Value, index: number): Size | undefined {
  const op = value.definingOp;
  if (!op) return undefined;
  const constant = op.attr('value');
  if (constant instanceof DenseElementsAttr && op.name.endsWith('.constant'))
    return Number(denseElement(constant, constant.splat ? 0 : index));
  const from = op.operands[0];
  const shape = from?.type instanceof TensorType ? from.type.shape : undefined;
  switch (op.name) {
    case 'array.cast':
    case 'array.bitcast':
      return sizeAt(from!, index);
    case 'array.reshape':
      return shape!.length < 2 || !shape!.includes(DYNAMIC) ? sizeAt(from!, index) : undefined;
    case 'array.broadcast':
      return shape!.length === 0
        ? sizeAt(from!, 0)
        : shape!.length === 1
          ? sizeAt(from!, shape![0] === 1 ? 0 : index)
          : undefined;
    case 'array.slice':
      if (shape!.length !== 1) return undefined;
      return sizeAt(from!, SliceOp.starts(op)[0]! + index * SliceOp.strides(op)[0]!);
    case 'array.concat': {
      if (ConcatOp.dim(op) !== 0 || shape!.length !== 1) return undefined;
      let at = index;
      for (const part of op.operands) {
        const [count] = (part.type as TensorType).shape as [number];
        if (count === DYNAMIC) return undefined;
        if (at < count) return sizeAt(part, at);
        at -= count;
      }
      return undefined;
    }
    case 'array.from_scalar':
      return scalarSize(from!);
    default: {
      const kind = op.name.slice('array.'.length);
      if (!(kind in ARITHMETIC)) return undefined;
      const [lhs, rhs] = [sizeAt(op.operand(0), index), sizeAt(op.operand(1), index)];
      return lhs === undefined || rhs === undefined ? undefined : combined(kind as keyof typeof ARITHMETIC, lhs, rhs);
    }
  }
}

/** A scalar that is an index in other types. */
function scalarSize(value: Value): Size | undefined {
  const op = value.definingOp;
  if (value.type instanceof IndexType) {
    if (op && DimOp.is(op)) {
      const [of, dim] = [op.operand(0), DimOp.dimension(op)];
      const size = (of.type as TensorType).shape[dim]!;
      return size === DYNAMIC ? { of, dim } : size;
    }
    return { index: value };
  }
  if (op?.name === 'array.extract') return sizeAt(op.operand(0), 0);
  return op && /^arith\.(index_cast(?:ui)?|trunci|extsi|extui)$/.test(op.name) ? scalarSize(op.operand(0)) : undefined;
}

function combined(kind: keyof typeof ARITHMETIC, lhs: Size, rhs: Size): Size | undefined {
  if (typeof lhs !== 'number' || typeof rhs !== 'number') return { kind, lhs, rhs };
  switch (kind) {
    case 'add':
      return lhs + rhs;
    case 'sub':
      return lhs - rhs;
    case 'mul':
      return lhs * rhs;
    case 'div':
      return rhs === 0 ? undefined : Math.trunc(lhs / rhs);
    case 'min':
      return Math.min(lhs, rhs);
    case 'max':
      return Math.max(lhs, rhs);
  }
}

/** A size as another one and a number that is added to it; of numbers there is no other. */
export function withOffset(size: Size): { readonly base: Size | undefined; readonly offset: number } {
  if (typeof size === 'number') return { base: undefined, offset: size };
  if (!('kind' in size) || (size.kind !== 'add' && size.kind !== 'sub')) return { base: size, offset: 0 };
  const [lhs, rhs] = [withOffset(size.lhs), withOffset(size.rhs)];
  if (rhs.base === undefined)
    return { base: lhs.base, offset: size.kind === 'add' ? lhs.offset + rhs.offset : lhs.offset - rhs.offset };
  if (lhs.base === undefined && size.kind === 'add') return { base: rhs.base, offset: lhs.offset + rhs.offset };
  return { base: size, offset: 0 };
}

/** Whether a size is that of a dimension of a value. */
export function isSizeOf(size: Size, value: Value, dim: number): boolean {
  const known = (value.type as TensorType).shape[dim]!;
  if (known !== DYNAMIC) return size === known;
  return typeof size === 'object' && 'of' in size && size.of === value && size.dim === dim;
}

/** An index value for a size. */
export function buildSize(site: HloSite, size: Size): Value {
  const { rewriter, loc, context } = site;
  if (typeof size === 'number') return buildConstant(rewriter, loc, context.index, size);
  if ('index' in size) return size.index;
  if ('element' in size) return elementIndex(site, size.element, size.at);
  if ('of' in size) return DimOp.build(rewriter, loc, { operand: size.of, dimension: size.dim });
  const [lhs, rhs] = [buildSize(site, size.lhs), buildSize(site, size.rhs)];
  return buildNamed(rewriter, loc, `arith.${ARITHMETIC[size.kind]}`, [lhs, rhs]);
}

/** An element of a list of integers, or of rank 0, as an index. */
function elementIndex(site: HloSite, list: Value, at: number): Value {
  const { rewriter, loc, context } = site;
  const numbers = site.cast(list, context.i64);
  const one = { starts: [at], limits: [at + 1], strides: [1], resultTypes: [context.tensor([1], context.i64)] };
  const operand =
    (list.type as TensorType).rank === 0
      ? numbers
      : site.reshape(SliceOp.build(rewriter, loc, { operand: numbers, ...one }), []);
  const scalar = ExtractOp.build(rewriter, loc, { operand, resultTypes: [context.i64] });
  return IndexCastOp.build(rewriter, loc, { in: scalar, resultTypes: [context.index] });
}

/** What a type leaves open is told by sizes that are known. */
export function refined(type: TensorType, sizes: readonly Size[]): readonly number[] {
  return type.shape.map((size, d) => {
    const known = sizes[d]!;
    return size === DYNAMIC && typeof known === 'number' ? known : size;
  });
}

/** The same tensor in a type that says more, or less, about its sizes. */
export function withType(site: HloSite, value: Value, type: TensorType): Value {
  if (value.type === type) return value;
  const from = value.type as TensorType;
  const sizes = type.shape.flatMap((size, d) =>
    size === DYNAMIC ? [from.shape[d] === DYNAMIC ? site.dim(value, d) : buildSize(site, from.shape[d]!)] : [],
  );
  return ReshapeOp.build(site.rewriter, site.loc, { operand: value, sizes, resultTypes: [type] });
}
