// An array program as plain data: what the adaptors of other libraries and the float64 reference read, so that neither
// needs to know the IR. Shapes are static.

import {
  ArgMaxOp,
  ArgMinOp,
  BroadcastOp,
  CholeskyOp,
  CmpOp,
  type ComparePredicate,
  ConcatOp,
  ConstantOp,
  ConvOp,
  convWindow,
  type DotDimensions,
  dotDimensions,
  FftOp,
  GatherOp,
  gatherDims,
  IotaOp,
  PadOp,
  ReduceOp,
  ReduceWindowOp,
  ScanOp,
  SliceOp,
  SortOp,
  solveOptions,
  sortOrderOf,
  TransposeOp,
  windowDims,
} from '@budflow/dialect-array';
import { elementsOf, TensorValue, valueFromAttribute } from '@budflow/interpreter';
import { FloatAttr, IntegerAttr, type Operation, TensorType, type Type, type Value } from '@budflow/ir';

/** Element types the programs use. */
export type DType = 'f16' | 'f32' | 'f64' | 'i32' | 'ui8' | 'i1' | 'complex<f32>';

/** Element type and static shape. */
export interface ArrayType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** What a node does. Operands are indices of earlier nodes. */
export type Step =
  | { readonly kind: 'argument'; readonly index: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'elementwise'; readonly name: string }
  | { readonly kind: 'compare'; readonly predicate: ComparePredicate }
  | { readonly kind: 'select' | 'cast' | 'reshape' }
  | { readonly kind: 'broadcast'; readonly dims: readonly number[] }
  | { readonly kind: 'transpose'; readonly perm: readonly number[] }
  | {
      readonly kind: 'slice';
      readonly starts: readonly number[];
      readonly limits: readonly number[];
      readonly strides: readonly number[];
    }
  | { readonly kind: 'pad'; readonly low: readonly number[]; readonly high: readonly number[]; readonly value: number }
  | { readonly kind: 'concat'; readonly dim: number }
  | { readonly kind: 'reduce'; readonly reduce: 'add' | 'max' | 'min'; readonly dims: readonly number[] }
  | { readonly kind: 'dot'; readonly dims: DotDimensions }
  /** x[ids]: along the first dimension, ids clamped. */
  | { readonly kind: 'take' }
  /** A result of a program whose steps a graph does not have: of loops, say. */
  | { readonly kind: 'program'; readonly result: number }
  | { readonly kind: 'iota'; readonly dim: number }
  | { readonly kind: 'scan'; readonly dim: number }
  | { readonly kind: 'extreme'; readonly which: 'min' | 'max'; readonly dim: number }
  | { readonly kind: 'sort'; readonly dim: number; readonly descending: boolean; readonly result: number }
  /** Transform of the last dimension; lower factor; system with a lower matrix from the left. */
  | { readonly kind: 'fft' | 'cholesky' | 'solve' }
  | {
      readonly kind: 'conv';
      /** Dimension numbers as array.conv has them. */
      readonly dims: string;
      readonly strides: readonly number[];
      readonly low: readonly number[];
      readonly groups: number;
    }
  | {
      readonly kind: 'window';
      readonly reduce: 'add' | 'max';
      readonly window: readonly number[];
      readonly strides: readonly number[];
      readonly low: readonly number[];
    };

/** A step with its operands and result type. Inits of reductions are operands: they are combined once. */
export type Node = Step & { readonly operands: readonly number[]; readonly type: ArrayType };

/** A program: nodes in order, the first ones its arguments. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly arguments: readonly ArrayType[];
  /** Nodes that are returned. */
  readonly results: readonly number[];
}

/** Number of elements. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** Bytes of one element. */
export function elementBytes(dtype: DType): number {
  return { f16: 2, f32: 4, f64: 8, i32: 4, ui8: 1, i1: 1, 'complex<f32>': 8 }[dtype];
}

/** Bytes of an array. */
export function arrayBytes(type: ArrayType): number {
  return elementCount(type.shape) * elementBytes(type.dtype);
}

function arrayType(type: Type): ArrayType {
  if (!(type instanceof TensorType)) throw new Error(`${type} is not a tensor`);
  const dtype = String(type.element);
  if (!['f16', 'f32', 'f64', 'i32', 'ui8', 'i1', 'complex<f32>'].includes(dtype))
    throw new Error(`no program may have elements of ${dtype}`);
  if (type.shape.some((d) => d < 0)) throw new Error(`${type} is dynamic: give the graph a text with sizes`);
  return { dtype: dtype as DType, shape: type.shape };
}

const ELEMENTWISE =
  /^array\.(add|sub|mul|div|min|max|and|xor|neg|abs|sqrt|rsqrt|exp|log|log1p|tanh|sigmoid|erf|round_even)$/;

/** What makes a result of an op. */
function stepOf(op: Operation, result: number): Step {
  const elementwise = ELEMENTWISE.exec(op.name)?.[1];
  if (elementwise !== undefined) return { kind: 'elementwise', name: elementwise };
  switch (op.name) {
    case 'array.constant': {
      const value = valueFromAttribute(ConstantOp.value(op));
      const elements = value instanceof TensorValue ? elementsOf(value) : [];
      if (elements.length !== 1) throw new Error(`${op.name}: the programs' constants are scalars`);
      return { kind: 'constant', value: Number(elements[0]) };
    }
    case 'array.cmp':
      return { kind: 'compare', predicate: CmpOp.predicate(op) };
    case 'array.select':
      return { kind: 'select' };
    case 'array.cast':
      return { kind: 'cast' };
    case 'array.reshape':
      return { kind: 'reshape' };
    case 'array.broadcast':
      return { kind: 'broadcast', dims: BroadcastOp.dims(op) };
    case 'array.transpose':
      return { kind: 'transpose', perm: TransposeOp.perm(op) };
    case 'array.slice':
      return { kind: 'slice', starts: SliceOp.starts(op), limits: SliceOp.limits(op), strides: SliceOp.strides(op) };
    case 'array.pad': {
      const value = PadOp.value(op);
      const number =
        value instanceof FloatAttr ? value.value : value instanceof IntegerAttr ? value.number : Number.NaN;
      return { kind: 'pad', low: PadOp.low(op), high: PadOp.high(op), value: number };
    }
    case 'array.concat':
      return { kind: 'concat', dim: ConcatOp.dim(op) };
    case 'array.reduce': {
      const reduce = ReduceOp.kind(op);
      if (reduce !== 'add' && reduce !== 'max' && reduce !== 'min')
        throw new Error(`no graph step for reduce ${reduce}`);
      return { kind: 'reduce', reduce, dims: ReduceOp.dims(op) };
    }
    case 'array.dot_general':
      return { kind: 'dot', dims: dotDimensions(op) };
    case 'array.gather': {
      const dims = gatherDims(op);
      const [from, ids] = op.operands.map((o) => arrayType(o.type).shape) as [readonly number[], readonly number[]];
      const whole = GatherOp.sizes(op).every((size, d) => size === (d === 0 ? 1 : from[d]));
      if (`${dims.collapsedDims};${dims.indexMap};${dims.operandBatchDims}` !== '0;0;' || !whole)
        throw new Error('no graph step for a gather other than of elements or rows');
      if (dims.vectorDim !== ids.length || dims.windowDims.some((d, k) => d !== ids.length + k))
        throw new Error('no graph step for a gather with its rows elsewhere than last');
      return { kind: 'take' };
    }
    case 'array.fft':
      if (FftOp.kind(op) !== 'fft' || FftOp.length(op).length !== 1)
        throw new Error(`no graph step for such an ${op.name}`);
      return { kind: 'fft' };
    case 'array.cholesky':
      if (!CholeskyOp.lower(op)) throw new Error('no graph step for upper factors');
      return { kind: 'cholesky' };
    case 'array.triangular_solve': {
      const { left, lower, unitDiagonal, transpose } = solveOptions(op);
      if (!left || !lower || unitDiagonal || transpose !== 'none')
        throw new Error(`no graph step for such an ${op.name}`);
      return { kind: 'solve' };
    }
    case 'array.conv': {
      const window = convWindow(op);
      const { strides, low, featureGroups: groups } = window;
      if ([...window.lhsDilation, ...window.rhsDilation].some((d) => d !== 1) || window.reversed.length > 0)
        throw new Error('no graph step for a convolution with gaps or read backwards');
      return { kind: 'conv', dims: ConvOp.dims(op), strides, low, groups };
    }
    case 'array.reduce_window': {
      const reduce = op.attr('kind') === undefined ? undefined : ReduceWindowOp.kind(op);
      if (reduce !== 'add' && reduce !== 'max') throw new Error(`no graph step for reduce_window ${reduce}`);
      const { window, strides, low } = windowDims(op);
      return { kind: 'window', reduce, window, strides, low };
    }
    case 'array.iota':
      return { kind: 'iota', dim: IotaOp.dim(op) };
    case 'array.scan': {
      if (ScanOp.kind(op) !== 'add' || ScanOp.exclusive(op) || ScanOp.reverse(op))
        throw new Error('no graph step for a scan other than running sums');
      return { kind: 'scan', dim: ScanOp.dim(op) };
    }
    case 'array.argmin':
      return { kind: 'extreme', which: 'min', dim: ArgMinOp.dim(op) };
    case 'array.argmax':
      return { kind: 'extreme', which: 'max', dim: ArgMaxOp.dim(op) };
    case 'array.sort': {
      const order = sortOrderOf(op);
      if (!order) throw new Error('no graph step for a sort by another comparator than that of its first operand');
      return { kind: 'sort', dim: SortOp.dim(op), descending: order.direction === 'descending', result };
    }
    default:
      throw new Error(`no graph step for ${op.name}`);
  }
}

/** Arguments and results of a function, whatever it does. */
export function signatureOf(func: Operation): Graph {
  const body = func.region(0).entry;
  const types = body.arguments.map((a) => arrayType(a.type));
  const returned = body.lastOp?.operands.map((o) => arrayType(o.type)) ?? [];
  const nodes: Node[] = [
    ...types.map((type, index): Node => ({ kind: 'argument', index, operands: [], type })),
    ...returned.map((type, result): Node => ({ kind: 'program', result, operands: types.map((_, i) => i), type })),
  ];
  return { nodes, arguments: types, results: returned.map((_, i) => types.length + i) };
}

/** The graph of a function of array ops. @throws Error naming what has no step */
export function graphOf(func: Operation): Graph {
  const body = func.region(0).entry;
  const nodes: Node[] = [];
  const ids = new Map<Value, number>();
  const operandsOf = (op: Operation) => op.operands.map((value) => ids.get(value) as number);
  body.arguments.forEach((argument, index) => {
    ids.set(argument, nodes.push({ kind: 'argument', index, operands: [], type: arrayType(argument.type) }) - 1);
  });
  for (let op = body.firstOp; op !== null; op = op.next) {
    if (op.name === 'func.return') {
      return { nodes, arguments: body.arguments.map((a) => arrayType(a.type)), results: operandsOf(op) };
    }
    for (const result of op.results) {
      const node = { ...stepOf(op, result.index), operands: operandsOf(op), type: arrayType(result.type) };
      ids.set(result, nodes.push(node) - 1);
    }
  }
  throw new Error('the function has no return');
}
