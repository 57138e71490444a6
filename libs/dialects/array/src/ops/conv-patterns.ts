// Canonicalizations of array.conv.
import { attr, DYNAMIC, definePattern, type Operation, type Rewriter, type Value } from '@budflow/ir';
import { type ConvSide, convLabels, convWindow, isPlainConv } from '../conv-dims.js';
import { tensorType } from '../structure.js';
import { DimOp } from './dim.js';
import { DotGeneralOp } from './dot-general.js';
import { ReshapeOp } from './reshape.js';
import { SliceOp } from './slice.js';
import { TransposeOp } from './transpose.js';

/** The rhs without its spatial dimensions, each of size one, and where the others are then. */
function withoutWindow(
  rhs: Value,
  side: ConvSide,
  rewriter: Rewriter,
  op: Operation,
): { value: Value; side: ConvSide } {
  const type = tensorType(rhs);
  const kept = type.shape.flatMap((_, d) => (side.spatial.includes(d) ? [] : [d]));
  const at = (d: number) => (d < 0 ? -1 : kept.indexOf(d));
  const moved: ConvSide = { batch: at(side.batch), feature: at(side.feature), group: at(side.group), spatial: [] };
  if (kept.length === type.rank) return { value: rhs, side: moved };
  const shape = kept.map((d) => type.shape[d]!);
  const dynamic = kept.filter((d) => type.shape[d] === DYNAMIC);
  const sizes =
    dynamic.length > 0 ? dynamic.map((dimension) => DimOp.build(rewriter, op.loc, { operand: rhs, dimension })) : [];
  const resultTypes = [op.context.tensor(shape, type.element)];
  return { value: ReshapeOp.build(rewriter, op.loc, { operand: rhs, sizes, resultTypes }), side: moved };
}

/** The lhs at the positions that the window visits. */
function visited(lhs: Value, side: ConvSide, strides: readonly number[], rewriter: Rewriter, op: Operation): Value {
  if (strides.every((s) => s === 1)) return lhs;
  const { shape, rank } = tensorType(lhs);
  const steps = new Array<number>(rank).fill(1);
  side.spatial.forEach((d, s) => {
    steps[d] = strides[s]!;
  });
  return SliceOp.build(rewriter, op.loc, {
    operand: lhs,
    starts: new Array<number>(rank).fill(0),
    limits: [...shape],
    strides: steps,
  });
}

/** The dimensions of a product in the order of the result; where only sizes of one move, no element does. */
function arranged(value: Value, perm: readonly number[], rewriter: Rewriter, op: Operation): Value {
  if (perm.every((p, d) => p === d)) return value;
  const { shape } = tensorType(value);
  const large = perm.filter((p) => shape[p] !== 1);
  const still = large.every((p, i) => i === 0 || large[i - 1]! < p);
  if (!still || shape.includes(DYNAMIC)) return TransposeOp.build(rewriter, op.loc, { operand: value, perm });
  return ReshapeOp.build(rewriter, op.loc, { operand: value, sizes: [], resultTypes: [op.result(0).type] });
}

export const convPatterns = [
  definePattern({
    name: 'conv-of-one-place',
    equation: 'conv<window 1 x 1, strides s>(x, w) == dot_general(slice<s>(x), w)',
    root: 'array.conv',
    generates: ['array.dot_general', 'array.reshape', 'array.slice', 'array.transpose', 'array.dim'],
    rewrite(op, rewriter) {
      const { lhs, rhs, result } = convLabels(op);
      const window = convWindow(op);
      const [x, w, out] = [op.operand(0), op.operand(1), tensorType(op.result(0))];
      if (!isPlainConv(window) || rhs.spatial.some((d) => tensorType(w).shape[d] !== 1)) return false;
      rewriter.setInsertionPoint(op);
      const image = visited(x, lhs, window.strides, rewriter, op);
      const kernel = withoutWindow(w, rhs, rewriter, op);
      const list = (d: number) => (d < 0 ? [] : [d]);
      // Rows of the product are what varies slower in the result: features first when they come before the positions.
      const last = Math.max(-1, ...result.spatial);
      const featuresFirst = result.feature >= 0 && result.feature < last;
      const [left, right] = featuresFirst
        ? [kernel, { value: image, side: lhs }]
        : [{ value: image, side: lhs }, kernel];
      // Result dimensions of the product, as dimensions of the convolution's result.
      const positions = tensorType(image)
        .shape.map((_, d) => d)
        .filter((d) => d !== lhs.group && d !== lhs.feature)
        .map((d) => (d === lhs.batch ? result.batch : result.spatial[lhs.spatial.indexOf(d)]!));
      const order = [
        ...list(result.group),
        ...(featuresFirst ? [...list(result.feature), ...positions] : [...positions, ...list(result.feature)]),
      ];
      const sizes = (types: readonly number[]) => order.map((d) => types[d]!);
      const product = DotGeneralOp.create(rewriter, op.loc, {
        lhs: left.value,
        rhs: right.value,
        lhsBatch: list(left.side.group),
        rhsBatch: list(right.side.group),
        lhsContract: list(left.side.feature),
        rhsContract: list(right.side.feature),
        resultTypes: [op.context.tensor(sizes(out.shape), out.element)],
      });
      for (const name of ['order', 'contract', 'fastmath']) {
        const value = op.attr(name);
        if (value !== undefined) product.setAttr(name, value);
      }
      const value = product.result(0);
      const perm = out.shape.map((_, d) => order.indexOf(d));
      rewriter.replaceOp(op, [arranged(value, perm, rewriter, op)]);
      return true;
    },
  }),
  definePattern({
    name: 'conv-without-reversed-units',
    equation: 'conv<reversed r, d>(x, w) == conv<reversed r>(x, w)  where the window has one place along d',
    root: 'array.conv',
    rewrite(op, rewriter) {
      const { reversed } = convWindow(op);
      const { rhs } = convLabels(op);
      const kept = reversed.filter((s) => tensorType(op.operand(1)).shape[rhs.spatial[s]!] !== 1);
      if (kept.length === reversed.length) return false;
      const { context } = op;
      rewriter.modify(op, () => op.setAttr('reversed', kept.length > 0 ? context.denseArray(context.i64, kept) : null));
      return true;
    },
  }),
  definePattern({
    name: 'conv-without-unit-dilation',
    equation: 'conv<rhs_dilation d>(x, w) == conv(x, w)  where the window has one place along the dimension',
    root: 'array.conv',
    rewrite(op, rewriter) {
      const window = convWindow(op);
      const { rhs } = convLabels(op);
      const single = (s: number) => tensorType(op.operand(1)).shape[rhs.spatial[s]!] === 1;
      const dilation = window.rhsDilation.map((n, s) => (single(s) ? 1 : n));
      if (dilation.every((n, s) => n === window.rhsDilation[s])) return false;
      rewriter.modify(op, () => op.setAttr('rhs_dilation', attr.i64Array.make(op.context, dilation)));
      return true;
    },
  }),
];
