// A convolution of a dilated image, as the gradient of a strided one is: the zeros between its elements are left out.
//
//   conv %x, %w lhs_dilation = [2]     ->     %a = conv %x, (slice %w [0::2])      places 0, 2, 4, .. of the result
//                                             %b = conv %x, (slice %w [1::2])      places 1, 3, 5, ..
//                                             concat %a, %b on a dimension behind theirs, reshape
//
// Each place of the result meets only every second element of the window with an element of the image, and which ones depends
// on whether the place is even (for a dilation of 2). The sums lose terms that are a zero times a weight: that is another
// result where a weight is infinite or NaN, so `strict` keeps them. XLA leaves them out, too. (Sub-pixel convolution: Shi et
// al., "Is the deconvolution layer the same as a convolutional layer?", 2016.)
import {
  ConcatOp,
  type ConvWindow,
  convLabels,
  convWindow,
  FullOp,
  ReshapeOp,
  ReverseOp,
  SliceOp,
} from '@budflow/dialect-array';
import { Builder, DYNAMIC, FloatType, Operation, type TensorType, type Value } from '@budflow/ir';

/** How one spatial dimension of the result falls apart. */
interface Dimension {
  /** As many phases, `dilation` places apart. */
  readonly dilation: number;
  /** Places of a phase; the last of some may be too many. */
  readonly places: number;
  readonly phases: readonly Phase[];
}

/** Places `p, p + dilation, ..` of a result. */
interface Phase {
  /** Elements of the window that meet elements of the image: from `first` on, `dilation` apart. */
  readonly first: number;
  readonly taps: number;
  readonly low: number;
  readonly high: number;
}

function typeOf(value: Value): TensorType {
  return value.type as TensorType;
}

/** Rewrites a convolution of an image dilated; returns the convolutions that it became, or undefined. */
export function leaveOutGaps(op: Operation): Operation[] | undefined {
  const window = convWindow(op);
  if (window.lhsDilation.every((n) => n === 1) || !mayFallApart(op, window)) return undefined;
  const { lhs, rhs, result } = convLabels(op);
  const [image, type] = [typeOf(op.operand(0)), typeOf(op.result(0))];
  const builder = Builder.before(op);
  const kernel =
    window.reversed.length === 0
      ? op.operand(1)
      : ReverseOp.build(builder, op.loc, {
          operand: op.operand(1),
          dims: window.reversed.map((s) => rhs.spatial[s]!).sort((a, b) => a - b),
        });
  const dimensions = window.lhsDilation.map((dilation, s) =>
    fallApart(dilation, {
      image: image.shape[lhs.spatial[s]!]!,
      window: typeOf(kernel).shape[rhs.spatial[s]!]!,
      low: window.low[s]!,
      high: window.high[s]!,
      result: type.shape[result.spatial[s]!]!,
    }),
  );

  // 1. A convolution for each phase.
  const made: Operation[] = [];
  const places = type.shape.slice();
  dimensions.forEach((dimension, s) => {
    if (dimension) places[result.spatial[s]!] = dimension.places;
  });
  const phaseType = op.context.tensor(places, type.element);
  const phaseOf = (at: readonly number[]): Value => {
    const phases = dimensions.map((dimension, s) => dimension?.phases[at[s]!]);
    if (phases.some((phase) => phase?.taps === 0)) {
      const value = op.context.floatAttr(type.element as FloatType, 0);
      return FullOp.build(builder, op.loc, { value, sizes: [], resultTypes: [phaseType] });
    }
    const starts = new Array<number>(typeOf(kernel).rank).fill(0);
    const limits = typeOf(kernel).shape.slice();
    const strides = starts.map(() => 1);
    phases.forEach((phase, s) => {
      if (!phase) return;
      const [d, apart] = [rhs.spatial[s]!, dimensions[s]!.dilation];
      starts[d] = phase.first;
      strides[d] = apart;
      limits[d] = phase.first + (phase.taps - 1) * apart + 1;
    });
    const taps = SliceOp.build(builder, op.loc, { operand: kernel, starts, limits, strides });
    const list = (values: readonly number[]) => op.context.denseArray(op.context.i64, values);
    let { attributes } = op;
    for (const [name, value] of [
      ['low', list(window.low.map((n, s) => phases[s]?.low ?? n))],
      ['high', list(window.high.map((n, s) => phases[s]?.high ?? n))],
      ['lhs_dilation', list(window.low.map(() => 1))],
      ['reversed', list([])],
    ] as const)
      attributes = op.context.withAttribute(attributes, name, value);
    const conv = builder.insert(Operation.create(op.info, op.loc, [op.operand(0), taps], [phaseType], attributes));
    made.push(conv);
    return conv.result(0);
  };

  // 2. The phases of each dimension side by side behind it, the last dimension first.
  const joined = (at: readonly number[]): Value => {
    const s = at.length;
    if (s === dimensions.length) return phaseOf(at);
    const dimension = dimensions[s];
    if (!dimension) return joined([...at, 0]);
    const parts = dimension.phases.map((_, p) => joined([...at, p]));
    return interleaved(builder, op, parts, result.spatial[s]!);
  };
  const value = joined([]);
  const whole = typeOf(value).shape;
  const starts = whole.map(() => 0);
  const cut =
    value.type === type
      ? value
      : SliceOp.build(builder, op.loc, { operand: value, starts, limits: type.shape, strides: whole.map(() => 1) });
  op.result(0).replaceAllUsesWith(cut);
  op.erase();
  return made;
}

/** Whether all sizes are known, and windows that are dilated or strided as well are not in the way. */
function mayFallApart(op: Operation, window: ConvWindow): boolean {
  const types = [...op.operands, op.result(0)].map(typeOf);
  if (types.some(({ shape }) => shape.includes(DYNAMIC) || shape.includes(0))) return false;
  if (!(types[2]!.element instanceof FloatType)) return false;
  return window.lhsDilation.every((n, s) => n === 1 || (window.strides[s] === 1 && window.rhsDilation[s] === 1));
}

/** Sizes of one spatial dimension. */
interface Sizes {
  readonly image: number;
  readonly window: number;
  readonly low: number;
  readonly high: number;
  readonly result: number;
}

/**
 * Place o of the result meets element k of the window with place o + k - low of the dilated image, which is an element
 * of the image when the dilation divides it.
 */
function fallApart(dilation: number, { image, window, low, result }: Sizes): Dimension | undefined {
  if (dilation === 1) return undefined;
  const places = Math.ceil(result / dilation);
  const phases = Array.from({ length: dilation }, (_, p): Phase => {
    const first = (((low - p) % dilation) + dilation) % dilation;
    const taps = Math.max(0, Math.ceil((window - first) / dilation));
    const before = (low - p - first) / dilation;
    return { first, taps, low: before, high: places + taps - 1 - image - before };
  });
  return { dilation, places, phases };
}

/** Element q of part p at q * parts + p of dimension `at`. */
function interleaved(builder: Builder, op: Operation, parts: readonly Value[], at: number): Value {
  const { shape, element } = typeOf(parts[0]!);
  const [before, after] = [shape.slice(0, at + 1), shape.slice(at + 1)];
  const reshape = (operand: Value, to: readonly number[]): Value =>
    ReshapeOp.build(builder, op.loc, { operand, sizes: [], resultTypes: [op.context.tensor(to, element)] });
  const apart = parts.map((part) => reshape(part, [...before, 1, ...after]));
  const concat = ConcatOp.build(builder, op.loc, {
    inputs: apart,
    dim: at + 1,
    resultTypes: [op.context.tensor([...before, parts.length, ...after], element)],
  });
  return reshape(concat, [...shape.slice(0, at), shape[at]! * parts.length, ...after]);
}
