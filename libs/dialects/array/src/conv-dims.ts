// Dimension numbers and shapes of array.conv.
import { AffineExpr, attr, type Context, DYNAMIC, type Operation, type TensorType } from '@budflow/ir';
import type { SizeRule } from './shape-rules.js';
import { type WindowDims, windowCount, windowSpan } from './window-dims.js';

/** Which dimension of one tensor plays each part; -1 where it has none. */
export interface ConvSide {
  /** Batch `b` (of the rhs: output features `o`). */
  readonly batch: number;
  /** Features `f` (of the rhs: input features `i`). */
  readonly feature: number;
  /** Groups as a dimension of their own, `g`. */
  readonly group: number;
  /** Spatial dimensions `0`, `1`, .. */
  readonly spatial: readonly number[];
}

/** Dimension numbers as text, XLA's `dim_labels`: `b01f_01io->b01f`. */
export interface ConvLabels {
  readonly lhs: ConvSide;
  readonly rhs: ConvSide;
  readonly result: ConvSide;
  readonly rank: number;
}

const PATTERN = /^([0-9bfg]*)_([0-9iog]*)->([0-9bfg]*)$/;

function sideOf(text: string, batch: string, feature: string, spatial: number): ConvSide | string {
  for (const c of text) if (text.indexOf(c) !== text.lastIndexOf(c)) return `'${c}' occurs twice in '${text}'`;
  const list = Array.from({ length: spatial }, (_, d) => text.indexOf(String(d)));
  const missing = list.indexOf(-1);
  if (missing >= 0) return `spatial dimension ${missing} is missing in '${text}'`;
  const digits = [...text].filter((c) => c >= '0' && c <= '9').length;
  if (digits > spatial) return `'${text}' has ${digits} spatial dimensions, the others ${spatial}`;
  return { batch: text.indexOf(batch), feature: text.indexOf(feature), group: text.indexOf('g'), spatial: list };
}

/** Reads dimension numbers; a text says what is wrong with them. */
export function readConvLabels(text: string): ConvLabels | string {
  const parts = PATTERN.exec(text);
  if (!parts)
    return 'has to be of the form "b01f_01io->b01f": digits, b, f, g, then digits, i, o, g, then digits, b, f, g';
  const rank = [...parts[1]!].filter((c) => c >= '0' && c <= '9').length;
  const lhs = sideOf(parts[1]!, 'b', 'f', rank);
  const rhs = sideOf(parts[2]!, 'o', 'i', rank);
  const result = sideOf(parts[3]!, 'b', 'f', rank);
  for (const side of [lhs, rhs, result]) if (typeof side === 'string') return side;
  const [l, r, out] = [lhs, rhs, result] as [ConvSide, ConvSide, ConvSide];
  if (l.batch >= 0 !== out.batch >= 0) return "needs 'b' in lhs and result, or in neither";
  if (l.feature >= 0 !== r.feature >= 0) return "needs 'f' of the lhs and 'i' of the rhs, or neither";
  if (r.batch >= 0 !== out.feature >= 0) return "needs 'o' of the rhs and 'f' of the result, or neither";
  if (l.group >= 0 !== r.group >= 0 || l.group >= 0 !== out.group >= 0) return "needs 'g' in all tensors, or in none";
  return { lhs: l, rhs: r, result: out, rank };
}

/** How the window of a convolution moves, one entry for each spatial dimension. */
export interface ConvWindow {
  readonly strides: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly lhsDilation: readonly number[];
  readonly rhsDilation: readonly number[];
  /** Spatial dimensions along which the rhs is read backwards. */
  readonly reversed: readonly number[];
  readonly featureGroups: number;
  readonly batchGroups: number;
}

export const CONV_WINDOW_LISTS = ['strides', 'low', 'high', 'lhs_dilation', 'rhs_dilation'] as const;

export function readConvWindow(
  list: (name: string) => readonly number[],
  groups: { feature: number; batch: number },
): ConvWindow {
  return {
    strides: list('strides'),
    low: list('low'),
    high: list('high'),
    lhsDilation: list('lhs_dilation'),
    rhsDilation: list('rhs_dilation'),
    reversed: list('reversed'),
    featureGroups: groups.feature,
    batchGroups: groups.batch,
  };
}

export function convWindow(op: Operation): ConvWindow {
  const group = (name: string) => {
    const value = op.attr(name);
    return value === undefined ? 1 : attr.i64.read(value);
  };
  const list = (name: string): readonly number[] => {
    const value = op.attr(name);
    return value === undefined ? [] : attr.i64Array.read(value);
  };
  return readConvWindow(list, { feature: group('feature_groups'), batch: group('batch_groups') });
}

export function convLabels(op: Operation): ConvLabels {
  return readConvLabels(attr.string.read(op.attr('dims')!)) as ConvLabels;
}

/** The window over one operand as reduce_window has it; sizes of the rhs as given. */
function slidingWindow(window: ConvWindow, sizes: readonly number[]): WindowDims {
  return {
    window: sizes,
    strides: window.strides,
    baseDilation: window.lhsDilation,
    windowDilation: window.rhsDilation,
    low: window.low,
    high: window.high,
  };
}

export function convShape(
  labels: ConvLabels,
  window: ConvWindow,
  lhs: readonly number[],
  rhs: readonly number[],
): number[] {
  const { lhs: l, rhs: r, result } = labels;
  const kernel = r.spatial.map((d) => rhs[d]!);
  const dims = slidingWindow(window, kernel);
  const shape: number[] = [];
  const set = (at: number, size: number) => {
    if (at >= 0) shape[at] = size;
  };
  const batch = lhs[l.batch]!;
  set(result.batch, batch === DYNAMIC || window.batchGroups === 1 ? batch : batch / window.batchGroups);
  set(result.feature, rhs[r.batch]!);
  set(result.group, lhs[l.group] === DYNAMIC ? rhs[r.group]! : lhs[l.group]!);
  result.spatial.forEach((at, s) => {
    const size = lhs[l.spatial[s]!]!;
    set(at, size === DYNAMIC || kernel[s] === DYNAMIC ? DYNAMIC : windowCount(dims, s, size));
  });
  return shape;
}

/** The run-time size of dimension `dim` of the result. */
export function convRule(context: Context, types: readonly TensorType[], op: Operation, dim: number): SizeRule {
  const [labels, window] = [convLabels(op), convWindow(op)];
  const { lhs, rhs, result } = labels;
  const same = (operand: number, at: number): SizeRule => ({
    of: [{ operand, dim: at }],
    map: context.identityMap(1),
  });
  if (dim === result.feature) return same(1, rhs.batch);
  if (dim === result.group) return same(0, lhs.group);
  if (dim === result.batch) {
    const size = AffineExpr.dim(0).floorDiv(window.batchGroups);
    return { of: [{ operand: 0, dim: lhs.batch }], map: context.affineMap(1, 0, [size]) };
  }
  const s = result.spatial.indexOf(dim);
  const kernel = types[1]!.shape[rhs.spatial[s]!]!;
  const spread = AffineExpr.dim(0).sub(1).mul(window.lhsDilation[s]!).add(1);
  const length =
    kernel === DYNAMIC
      ? AffineExpr.dim(1).sub(1).mul(window.rhsDilation[s]!).add(1)
      : AffineExpr.constant(windowSpan(kernel, window.rhsDilation[s]!));
  const border = window.low[s]! + window.high[s]!;
  const count = (span: AffineExpr) => span.add(border).sub(length).floorDiv(window.strides[s]!).add(1);
  const of = [{ operand: 0, dim: lhs.spatial[s]! }];
  if (kernel === DYNAMIC) of.push({ operand: 1, dim: rhs.spatial[s]! });
  const results = [count(spread), count(AffineExpr.constant(0)), AffineExpr.constant(0)];
  return { of, map: context.affineMap(of.length, 0, results) };
}

/** Whether every element that a window meets is an element of the lhs, in order, and groups are a dimension: what is structured. */
export function isPlainConv(window: ConvWindow): boolean {
  return (
    window.featureGroups === 1 &&
    window.batchGroups === 1 &&
    window.reversed.length === 0 &&
    [...window.low, ...window.high].every((n) => n === 0) &&
    window.lhsDilation.every((n) => n === 1)
  );
}
