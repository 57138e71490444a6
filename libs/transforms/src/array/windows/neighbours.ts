// A product of the neighbours of each place, put side by side, is a convolution.
//
//   %c = concat (slice %x [0:6]), (slice %x [1:7]), (slice %x [2:8]) dim = 1 : .. to tensor<6x48xf32>
//   dot_general %c, %w contract = [1] x [0]     ->     conv %x, (reshape %w : 48x8 to 3x16x8) dims = "0f_0io->0f"
//
// Both add up in ascending order of (neighbour, feature), so no bit changes, and the neighbours are not copied. (The other way
// round is im2col of Chellapilla, Puri and Simard, 2006.)
import { ConcatOp, ConvOp, DotGeneralOp, dotDimensions, ReshapeOp, SliceOp } from '@budflow/dialect-array';
import { Builder, DYNAMIC, type Operation, type TensorType, type Value } from '@budflow/ir';

/** Features up to which a copy of the neighbours is the better form: the loop over a few of them is too short. */
const FEW_FEATURES = 8;

/** Neighbours of a grid: along each dimension of the source where they begin, how many, how far apart. */
interface Grid {
  readonly source: Value;
  readonly first: readonly number[];
  readonly count: readonly number[];
  readonly step: readonly number[];
  readonly strides: readonly number[];
  /** The shape of a neighbour. */
  readonly shape: readonly number[];
}

function typeOf(value: Value): TensorType {
  return value.type as TensorType;
}

/** Positions along a dimension as an arithmetic progression. */
function progression(starts: readonly number[]): { first: number; count: number; step: number } | undefined {
  const sorted = [...new Set(starts)].sort((a, b) => a - b);
  const step = sorted.length > 1 ? sorted[1]! - sorted[0]! : 1;
  const even = sorted.every((start, k) => start === sorted[0]! + k * step);
  return even ? { first: sorted[0]!, count: sorted.length, step } : undefined;
}

/** The grid that the operands of a concatenation along the last dimension form, in row-major order. */
function gridOf(concat: Operation): Grid | undefined {
  const last = typeOf(concat.result(0)).rank - 1;
  const slices = concat.operands.map((v) => v.definingOp);
  const [one] = slices;
  if (ConcatOp.dim(concat) !== last || last < 1 || slices.length < 2 || !one || !SliceOp.is(one)) return undefined;
  const source = one.operand(0);
  const shape = typeOf(one.result(0)).shape;
  const strides = SliceOp.strides(one);
  if ([...shape, ...typeOf(source).shape].includes(DYNAMIC)) return undefined;
  const starts: (readonly number[])[] = [];
  for (const slice of slices) {
    if (!slice || !SliceOp.is(slice) || slice.operand(0) !== source) return undefined;
    if (typeOf(slice.result(0)) !== typeOf(one.result(0))) return undefined;
    if (SliceOp.strides(slice).some((s, d) => s !== strides[d])) return undefined;
    starts.push(SliceOp.starts(slice));
  }
  const along = shape.map((_, d) => progression(starts.map((start) => start[d]!)));
  if (along.some((p) => p === undefined)) return undefined;
  const [first, count, step] = (['first', 'count', 'step'] as const).map((name) => along.map((p) => p![name]));
  if (count!.reduce((a, b) => a * b, 1) !== slices.length || count![last] !== 1 || strides[last] !== 1)
    return undefined;
  // Row-major: the last dimension fastest.
  const inOrder = starts.every((start, n) => {
    let rest = n;
    for (let d = last; d >= 0; d--) {
      if (start[d] !== first![d]! + (rest % count![d]!) * step![d]!) return false;
      rest = Math.floor(rest / count![d]!);
    }
    return true;
  });
  return inOrder ? { source, first: first!, count: count!, step: step!, strides, shape } : undefined;
}

/** Rewrites a product whose left operand puts neighbours side by side; returns whether it did. */
export function neighboursToConv(op: Operation): boolean {
  const { lhsContract, rhsContract, lhsBatch, lhsFree } = dotDimensions(op);
  const [left, right] = [op.operand(0), op.operand(1)];
  const rows = left.definingOp;
  const concat = rows && ReshapeOp.is(rows) ? rows.operand(0).definingOp : rows;
  if (!concat || !ConcatOp.is(concat) || typeOf(right).rank !== 2) return false;
  const isProduct = lhsBatch.length === 0 && lhsContract.length === 1 && rhsContract[0] === 0;
  const last = typeOf(left).rank - 1;
  if (!isProduct || lhsContract[0] !== last || lhsFree.length !== last) return false;
  // A reshape in between may only change the places.
  const wide = typeOf(concat.result(0));
  if (typeOf(left).shape[last] !== wide.shape[wide.rank - 1]) return false;
  if (typeOf(left).element !== typeOf(op.result(0)).element || typeOf(right).shape.includes(DYNAMIC)) return false;
  const grid = gridOf(concat);
  if (!grid) return false;
  const { source, first, count, step, strides, shape } = grid;
  const features = shape[shape.length - 1]!;
  if (features <= FEW_FEATURES || shape.includes(0)) return false;

  // 1. What the window meets.
  const builder = Builder.before(op);
  const { context } = op;
  const limits = shape.map((n, d) => first[d]! + (count[d]! - 1) * step[d]! + (n - 1) * strides[d]! + 1);
  const ones = shape.map(() => 1);
  const image = SliceOp.build(builder, op.loc, { operand: source, starts: [...first], limits, strides: ones });
  // 2. All dimensions but the features are spatial, except a first one without neighbours: a batch.
  const isBatch = shape.length > 2 && count[0] === 1 && strides[0] === 1;
  const spatial = shape.slice(0, -1).flatMap((_, d) => (isBatch && d === 0 ? [] : [d]));
  const digits = spatial.map((_, s) => `${s}`).join('');
  const batch = isBatch ? 'b' : '';
  const outputs = typeOf(right).shape[1]!;
  const { element } = typeOf(op.result(0));
  const kernel = ReshapeOp.build(builder, op.loc, {
    operand: right,
    sizes: [],
    resultTypes: [context.tensor([...spatial.map((d) => count[d]!), features, outputs], element)],
  });
  const none = spatial.map(() => 0);
  const conv = ConvOp.build(builder, op.loc, {
    lhs: image,
    rhs: kernel,
    dims: `${batch}${digits}f_${digits}io->${batch}${digits}f`,
    strides: spatial.map((d) => strides[d]!),
    low: none,
    high: none,
    lhs_dilation: spatial.map(() => 1),
    rhs_dilation: spatial.map((d) => step[d]!),
    order: DotGeneralOp.order(op),
    contract: DotGeneralOp.contract(op),
    fastmath: DotGeneralOp.fastmath(op),
    resultTypes: [context.tensor([...shape.slice(0, -1), outputs], element)],
  });
  // 3. Rows of the product as they were.
  const type = op.result(0).type;
  const value =
    conv.type === type ? conv : ReshapeOp.build(builder, op.loc, { operand: conv, sizes: [], resultTypes: [type] });
  op.result(0).replaceAllUsesWith(value);
  op.erase();
  return true;
}
