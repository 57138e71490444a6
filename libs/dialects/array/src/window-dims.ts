// Windows that slide over tensors: what reduce_window and select_and_scatter have in common.
import {
  AffineExpr,
  type AsmParser,
  type AsmPrinter,
  attr,
  type Context,
  DYNAMIC,
  type Operation,
  type OperationState,
  type TensorType,
} from '@budflow/ir';
import { parseIntegerList, printNamedList } from './assembly.js';
import type { SizeRule } from './shape-rules.js';

/** One entry for each dimension. The element at `position` of the padded, dilated operand is that at position / baseDilation, if any. */
export interface WindowDims {
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly baseDilation: readonly number[];
  readonly windowDilation: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Attributes of an op with windows; all but `window` may be absent. */
export const windowAttributes = {
  window: attr.i64Array,
  strides: attr.i64Array,
  base_dilation: attr.i64Array,
  window_dilation: attr.i64Array,
  low: attr.i64Array,
  high: attr.i64Array,
} as const;

export const WINDOW_ATTRIBUTE_NAMES: readonly string[] = Object.keys(windowAttributes);

export function windowDims(op: Operation): WindowDims {
  return readWindowDims((name) => attr.i64Array.read(op.attr(name)!));
}
export function readWindowDims(list: (name: string) => readonly number[]): WindowDims {
  return {
    window: list('window'),
    strides: list('strides'),
    baseDilation: list('base_dilation'),
    windowDilation: list('window_dilation'),
    low: list('low'),
    high: list('high'),
  };
}

const DEFAULTS: readonly (readonly [name: string, value: number])[] = [
  ['strides', 1],
  ['base_dilation', 1],
  ['window_dilation', 1],
  ['low', 0],
  ['high', 0],
];

/** ` window = [2, 2] strides = [2, 2] base_dilation = .. window_dilation = .. low = .. high = ..`; those that change nothing may be left out. */
export function parseWindow(parser: AsmParser, state: OperationState): void {
  const { context } = parser;
  const list = (name: string): number[] => {
    parser.punctuation('=');
    const values = parseIntegerList(parser);
    state.attributes.set(name, context.denseArray(context.i64, values));
    return values;
  };
  parser.keyword('window');
  const rank = list('window').length;
  for (const [name, value] of DEFAULTS) {
    if (parser.optionalKeyword(name)) list(name);
    else state.attributes.set(name, context.denseArray(context.i64, new Array<number>(rank).fill(value)));
  }
}
export function printWindow(printer: AsmPrinter, op: Operation): void {
  const list = (name: string) => attr.i64Array.read(op.attr(name)!);
  printNamedList(printer, 'window', list('window'));
  for (const [name, value] of DEFAULTS)
    if (list(name).some((v) => v !== value) || list(name).length !== list('window').length)
      printNamedList(printer, name, list(name));
}

/** Elements a window of `count` spans. */
export function windowSpan(count: number, dilation: number): number {
  return count === 0 ? 0 : (count - 1) * dilation + 1;
}

/** Number of positions of the window along dimension `d` of an operand of size `size`. */
export function windowCount(dims: WindowDims, d: number, size: number): number {
  const padded = windowSpan(size, dims.baseDilation[d]!) + dims.low[d]! + dims.high[d]!;
  const length = windowSpan(dims.window[d]!, dims.windowDilation[d]!);
  return padded < length ? 0 : Math.floor((padded - length) / dims.strides[d]!) + 1;
}

export function windowedShape(dims: WindowDims, shape: readonly number[]): number[] {
  return shape.map((size, d) => (size === DYNAMIC ? DYNAMIC : windowCount(dims, d, size)));
}

/** The same count for a run-time size of operand 0. It grows with the size, so the greatest of three covers the empty cases. */
export function windowRule(context: Context, dims: WindowDims, d: number): SizeRule {
  const rest = dims.low[d]! + dims.high[d]! - windowSpan(dims.window[d]!, dims.windowDilation[d]!);
  const count = (spanned: AffineExpr) => spanned.add(rest).floorDiv(dims.strides[d]!).add(1);
  const spanned = AffineExpr.dim(0).sub(1).mul(dims.baseDilation[d]!).add(1);
  const results = [count(spanned), count(AffineExpr.constant(0)), AffineExpr.constant(0)];
  return { of: [{ operand: 0, dim: d }], map: context.affineMap(1, 0, results) };
}

export function verifyWindow(op: Operation, type: TensorType): boolean {
  const fail = (message: string): boolean => {
    op.emitError('array.window', message);
    return false;
  };
  for (const name of WINDOW_ATTRIBUTE_NAMES) {
    const list = attr.i64Array.read(op.attr(name)!);
    if (list.length !== type.rank)
      return fail(`requires '${name}' with one entry for each dimension of the operand ${type}, got ${list.length}`);
    const bad = name === 'low' || name === 'high' ? undefined : list.find((v) => v < 1);
    if (bad !== undefined) return fail(`requires entries of at least 1 in '${name}', got ${bad}`);
  }
  return true;
}

/** The index of the element under a padded position; undefined in padding and between elements. */
export function elementUnder(dims: WindowDims, d: number, position: number, size: number): number | undefined {
  const dilation = dims.baseDilation[d]!;
  if (position < 0 || position % dilation !== 0) return undefined;
  const index = position / dilation;
  return index < size ? index : undefined;
}
