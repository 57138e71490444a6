// Canonicalizations of array.gather: index vectors of several components become single indices into merged dimensions, and
// indices that are known become slices.
import {
  type Builder,
  DenseElementsAttr,
  DYNAMIC,
  definePattern,
  denseElement,
  IntegerType,
  type Operation,
  type TensorType,
  type Value,
} from '@budflow/ir';
import { type GatherDims, outerDims, walkedIndexDims } from '../gather-dims.js';
import { splatOf } from '../splat.js';
import { tensorType } from '../structure.js';
import { AddOp, MaxOp, MinOp, MulOp } from './binary.js';
import { CastOp } from './cast.js';
import { ConcatOp } from './concat.js';
import { ConstantOp } from './creation.js';
import { GatherOp, gatherDims } from './gather.js';
import { ReshapeOp } from './reshape.js';
import { ReverseOp } from './reverse.js';
import { SliceOp } from './slice.js';
import { TransposeOp } from './transpose.js';

/** Slices that a gather at known indices may become. */
const MAX_PIECES = 8;

function isStatic(type: TensorType): boolean {
  return !type.shape.includes(DYNAMIC);
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((n, d) => n * d, 1);
}

/** Whether single elements along neighbouring dimensions are asked for. Returns the first of these dimensions. */
function elementDims(op: Operation, dims: GatherDims): number | undefined {
  const sizes = GatherOp.sizes(op);
  const mapped = dims.indexMap.slice().sort((a, b) => a - b);
  const first = mapped[0]!;
  const adjacent = mapped.every((d, i) => d === first + i && dims.collapsedDims.includes(d) && sizes[d] === 1);
  return adjacent ? first : undefined;
}

/** Component `k` of all index vectors, moved inside of a dimension of `size` elements, as an i32 times `stride`. */
function component(
  builder: Builder,
  op: Operation,
  k: number,
  { size, stride }: { readonly size: number; readonly stride: number },
): Value {
  const { context, loc } = op;
  const indices = op.operand(1);
  const type = tensorType(indices);
  const { vectorDim } = gatherDims(op);
  let value = SliceOp.build(builder, loc, {
    operand: indices,
    starts: type.shape.map((_, d) => (d === vectorDim ? k : 0)),
    limits: type.shape.map((n, d) => (d === vectorDim ? k + 1 : n)),
    strides: type.shape.map(() => 1),
  });
  const splat = (of: TensorType, n: number): Value =>
    ConstantOp.build(builder, loc, { value: splatOf(context, of, n)!, resultTypes: [of] });
  const own = tensorType(value);
  const element = own.element as IntegerType;
  const signed = element.signedness !== 'unsigned';
  const greatest = 2 ** (element.width - (signed ? 1 : 0)) - 1;
  if (size - 1 < greatest) value = MinOp.build(builder, loc, { lhs: value, rhs: splat(own, size - 1) });
  if (signed) value = MaxOp.build(builder, loc, { lhs: value, rhs: splat(own, 0) });
  const wide = context.tensor(own.shape, context.i32);
  if (wide !== own) value = CastOp.build(builder, loc, { operand: value, resultTypes: [wide] });
  return stride === 1 ? value : MulOp.build(builder, loc, { lhs: value, rhs: splat(wide, stride) });
}

/** Elements of a record: each is a piece of its own, unless all of them make one. */
const RECORD = 4;

/** Pieces of equal steps that make a list of indices. */
function runsOf(
  indices: readonly number[],
): { readonly first: number; readonly step: number; readonly count: number }[] {
  const runs: { first: number; step: number; count: number }[] = [];
  for (let i = 0; i < indices.length; ) {
    const first = indices[i]!;
    const step = (indices[i + 1] ?? first) - first;
    let count = 1;
    if (step !== 0) while (i + count < indices.length && indices[i + count] === first + step * count) count++;
    runs.push({ first, step: count === 1 ? 1 : step, count });
    i += count;
  }
  return runs;
}

export const gatherPatterns = [
  definePattern({
    name: 'gather-of-elements-is-linear',
    equation: 'gather(x, [i, j]) == gather(reshape<m * n>(x), clamp(i, m) * n + clamp(j, n))',
    root: 'array.gather',
    generates: ['array.slice', 'array.min', 'array.max', 'array.cast', 'array.mul', 'array.add', 'array.reshape'],
    rewrite(op, rewriter) {
      const dims = gatherDims(op);
      const [from, indices] = [tensorType(op.operand(0)), tensorType(op.operand(1))];
      const first = elementDims(op, dims);
      const n = dims.indexMap.length;
      if (n < 2 || first === undefined || !isStatic(from) || !isStatic(indices)) return false;
      const merged = from.shape.slice(first, first + n);
      const { element } = indices;
      const wide = element instanceof IntegerType && element.width > 1;
      if (!wide || merged.includes(0) || product(merged) >= 2 ** 31) return false;
      rewriter.setInsertionPoint(op);
      const parts = dims.indexMap.map((d, k) => {
        const stride = product(merged.slice(d - first + 1));
        return component(rewriter, op, k, { size: merged[d - first]!, stride });
      });
      const index = parts.reduce((lhs, rhs) => AddOp.build(rewriter, op.loc, { lhs, rhs }));
      const shape = [...from.shape.slice(0, first), product(merged), ...from.shape.slice(first + n)];
      const operand = ReshapeOp.build(rewriter, op.loc, {
        operand: op.operand(0),
        sizes: [],
        resultTypes: [op.context.tensor(shape, from.element)],
      });
      const list = (values: readonly number[]) => op.context.denseArray(op.context.i64, values);
      const moved = (values: readonly number[]) =>
        list(
          values.flatMap((d) => (d > first && d < first + n ? [] : [d < first ? d : d <= first ? first : d - n + 1])),
        );
      const sizes = GatherOp.sizes(op);
      rewriter.modify(op, () => {
        op.setOperand(0, operand);
        op.setOperand(1, index);
        op.setAttr('collapsed', moved(dims.collapsedDims));
        op.setAttr('operand_batching', moved(dims.operandBatchDims));
        op.setAttr('map', list([first]));
        op.setAttr('sizes', list([...sizes.slice(0, first), 1, ...sizes.slice(first + n)]));
      });
      return true;
    },
  }),
  definePattern({
    name: 'gather-at-known-indices',
    equation: 'gather(x, [a, b, c, ..]) == concat(x[a:a+1], x[b:b+1], ..)  with one slice for each run of equal steps',
    root: 'array.gather',
    generates: ['array.slice', 'array.reverse', 'array.concat', 'array.transpose'],
    rewrite(op, rewriter) {
      const dims = gatherDims(op);
      const [from, indices, to] = [op.operand(0), op.operand(1), op.result(0)].map(tensorType) as [
        TensorType,
        TensorType,
        TensorType,
      ];
      const known = op.operand(1).definingOp;
      const value = known && ConstantOp.is(known) ? ConstantOp.value(known) : undefined;
      const walked = walkedIndexDims(dims, indices.rank);
      const dim = elementDims(op, dims);
      if (!(value instanceof DenseElementsAttr) || dim === undefined || dims.indexMap.length !== 1) return false;
      if (walked.length !== 1 || dims.operandBatchDims.length > 0 || !isStatic(from)) return false;
      // Windows are whole along the other dimensions.
      if (GatherOp.sizes(op).some((n, d) => d !== dim && n !== from.shape[d])) return false;
      const count = indices.shape[walked[0]!]!;
      const at = Array.from({ length: count }, (_, i) =>
        Math.max(0, Math.min(Number(denseElement(value, value.splat ? 0 : i)), from.shape[dim]! - 1)),
      );
      const few = runsOf(at);
      const runs = few.length > 1 && count <= RECORD ? at.map((first) => ({ first, step: 1, count: 1 })) : few;
      if (count === 0 || runs.length > MAX_PIECES) return false;
      rewriter.setInsertionPoint(op);
      const pieces = runs.map(({ first, step, count: n }) => {
        const last = first + step * (n - 1);
        const bound = (whole: readonly number[], own: number) => whole.map((v, d) => (d === dim ? own : v));
        const zeros = from.shape.map(() => 0);
        const piece = SliceOp.build(rewriter, op.loc, {
          operand: op.operand(0),
          starts: bound(zeros, Math.min(first, last)),
          limits: bound(from.shape, Math.max(first, last) + 1),
          strides: bound(
            from.shape.map(() => 1),
            Math.abs(step),
          ),
        });
        return step < 0 ? ReverseOp.build(rewriter, op.loc, { operand: piece, dims: [dim] }) : piece;
      });
      const whole = pieces.length === 1 ? pieces[0]! : ConcatOp.build(rewriter, op.loc, { inputs: pieces, dim });
      // The dimension of the indices lies elsewhere in the result.
      const place = outerDims(dims, to.rank)[0]!;
      const others = Array.from({ length: from.rank }, (_, d) => d).filter((d) => d !== dim);
      const perm = [...others.slice(0, place), dim, ...others.slice(place)];
      const moved = perm.every((d, i) => d === i)
        ? whole
        : TransposeOp.build(rewriter, op.loc, { operand: whole, perm });
      rewriter.replaceOp(op, [moved]);
      return true;
    },
  }),
];
