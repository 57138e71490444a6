// Convolutions as plain ones: no padding, no dilation of the lhs, the rhs read forwards, groups as a dimension.
import { ConvOp, convLabels, convWindow, DimOp, FullOp, isPlainConv, ReverseOp } from '@budflow/dialect-array';
import { complexAttr } from '@budflow/dialect-core';
import {
  type Attribute,
  Builder,
  ComplexType,
  DYNAMIC,
  FloatType,
  type IntegerType,
  type Operation,
  type TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { reshaped, spreadOut } from './spread.js';

function typeOf(value: Value): TensorType {
  return value.type as TensorType;
}

function zeroOf(op: Operation, element: Type): Attribute {
  const { context } = op;
  if (element instanceof ComplexType) return complexAttr(context, element, 0, 0);
  return element instanceof FloatType ? context.floatAttr(element, 0) : context.integerAttr(element as IntegerType, 0);
}

/** Rewrites a convolution; returns whether it was not plain. */
export function expandConv(op: Operation): boolean {
  const window = convWindow(op);
  if (isPlainConv(window)) return false;
  const builder = Builder.before(op);
  const result = typeOf(op.result(0));
  if (result.shape.includes(0) && !result.shape.includes(DYNAMIC)) {
    // Nothing to compute, and perhaps nothing to cut from.
    const value = zeroOf(op, result.element);
    const none = FullOp.build(builder, op.loc, { value, sizes: [], resultTypes: [result] });
    op.result(0).replaceAllUsesWith(none);
    op.erase();
    return true;
  }
  const { lhs, rhs } = convLabels(op);
  // 1. The lhs spread out and padded with zeros.
  let image = op.operand(0);
  const width = (list: readonly number[], rest: number) => {
    const all = new Array<number>(typeOf(image).rank).fill(rest);
    lhs.spatial.forEach((d, s) => {
      all[d] = list[s]!;
    });
    return all;
  };
  image = spreadOut(builder, op.loc, image, zeroOf(op, typeOf(image).element), {
    low: width(window.low, 0),
    high: width(window.high, 0),
    dilation: width(window.lhsDilation, 1),
  });
  // 2. The rhs as it is read.
  let kernel = op.operand(1);
  if (window.reversed.length > 0) {
    const dims = window.reversed.map((s) => rhs.spatial[s]!).sort((a, b) => a - b);
    kernel = ReverseOp.build(builder, op.loc, { operand: kernel, dims });
  }
  // 3. Groups, and the plain convolution.
  const made = new Grouping(op, builder, image, kernel).build();
  op.result(0).replaceAllUsesWith(made);
  op.erase();
  return true;
}

/** Blocks of features (or of the batch) that only see each other, as a dimension `g` of all tensors. */
class Grouping {
  private readonly op: Operation;
  private readonly builder: Builder;
  private image: Value;
  private kernel: Value;

  constructor(op: Operation, builder: Builder, image: Value, kernel: Value) {
    this.op = op;
    this.builder = builder;
    this.image = image;
    this.kernel = kernel;
  }

  build(): Value {
    const { op } = this;
    const window = convWindow(op);
    const { lhs, rhs, result } = convLabels(op);
    const groups = Math.max(window.featureGroups, window.batchGroups);
    let [l, rest] = ConvOp.dims(op).split('_') as [string, string];
    let [r, out] = rest.split('->') as [string, string];
    const shape = typeOf(op.result(0)).shape;
    let plain: readonly number[] = shape;
    if (groups > 1) {
      const outputs = typeOf(this.kernel).shape[rhs.batch]! / groups;
      if (window.featureGroups > 1) {
        const features = typeOf(this.image).shape[lhs.feature]! / groups;
        if (features === 1) {
          l = l.replace('f', 'g');
          this.kernel = this.without(this.kernel, rhs.feature);
          r = r.replace('i', '');
        } else {
          this.image = this.blocked(this.image, lhs.feature, groups);
          l = l.replace('f', 'gf');
        }
      } else {
        this.image = this.blocked(this.image, lhs.batch, groups);
        l = l.replace('b', 'gb');
      }
      if (outputs === 1) {
        r = r.replace('o', 'g');
        out = out.replace('f', 'g');
      } else {
        this.kernel = this.blocked(this.kernel, r.indexOf('o'), groups);
        r = r.replace('o', 'go');
        out = out.replace('f', 'gf');
        plain = [...shape.slice(0, result.feature), groups, outputs, ...shape.slice(result.feature + 1)];
      }
    }
    const zeros = new Array<number>(lhs.spatial.length).fill(0);
    const conv = ConvOp.create(this.builder, op.loc, {
      lhs: this.image,
      rhs: this.kernel,
      dims: `${l}_${r}->${out}`,
      strides: window.strides,
      low: zeros,
      high: zeros,
      lhs_dilation: zeros.map(() => 1),
      rhs_dilation: window.rhsDilation,
      resultTypes: [op.context.tensor(plain, typeOf(op.result(0)).element)],
    });
    for (const name of ['order', 'contract', 'fastmath']) {
      const value = op.attr(name);
      if (value !== undefined) conv.setAttr(name, value);
    }
    const value = conv.result(0);
    if (plain === shape) return value;
    return reshaped(this.builder, op.loc, value, shape, (d) =>
      DimOp.build(this.builder, op.loc, { operand: value, dimension: d > result.feature ? d + 1 : d }),
    );
  }

  /** Dimension `at` as [groups, the rest]. */
  private blocked(value: Value, at: number, groups: number): Value {
    const { shape } = typeOf(value);
    const split = [...shape.slice(0, at), groups, shape[at]! / groups, ...shape.slice(at + 1)];
    return reshaped(this.builder, this.op.loc, value, split, (d) =>
      DimOp.build(this.builder, this.op.loc, { operand: value, dimension: d > at ? d - 1 : d }),
    );
  }

  /** Without a dimension of size one. */
  private without(value: Value, at: number): Value {
    const shape = typeOf(value).shape.filter((_, d) => d !== at);
    return reshaped(this.builder, this.op.loc, value, shape, (d) =>
      DimOp.build(this.builder, this.op.loc, { operand: value, dimension: d >= at ? d + 1 : d }),
    );
  }
}
