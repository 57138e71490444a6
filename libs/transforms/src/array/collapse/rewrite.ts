// Rebuilds a fusion with merged dimensions; its operands and results are views outside.
import {
  BroadcastOp,
  bodyOps,
  ConstantOp,
  DimOp,
  DotGeneralOp,
  FusionOp,
  IotaOp,
  PadOp,
  ReduceOp,
  ReshapeOp,
  SliceOp,
  TransposeOp,
  YieldOp,
} from '@budflow/dialect-array';
import {
  Block,
  Builder,
  DenseElementsAttr,
  DYNAMIC,
  type Operation,
  Region,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { FusionSizes } from '../../memory/bufferization/sizes.js';
import type { MergeableDims } from './mergeable.js';

type Groups = readonly (readonly number[])[];

function product(sizes: readonly number[]): number {
  return sizes.includes(DYNAMIC) ? DYNAMIC : sizes.reduce((a, b) => a * b, 1);
}

class Collapse {
  private readonly fusion: Operation;
  private readonly dims: MergeableDims;

  constructor(fusion: Operation, dims: MergeableDims) {
    this.fusion = fusion;
    this.dims = dims;
  }

  private type(value: Value): Type {
    const { type } = value;
    if (!(type instanceof TensorType)) return type;
    const shape = this.dims.groups(value).map((g) => product(g.map((d) => type.shape[d]!)));
    return this.fusion.context.tensor(shape, type.element, type.encoding);
  }

  run(): void {
    const { fusion } = this;
    const { context } = fusion;
    const block = fusion.region(0).entry;
    const outside = Builder.before(fusion);

    // 1. Operands as views.
    const inputs = fusion.operands.map((operand, i) => {
      const type = this.type(block.arguments[i]!);
      return type === operand.type ? operand : this.view(outside, operand, type as TensorType);
    });

    // 2. The body.
    const region = new Region();
    const body = region.append(new Block());
    const mapping = new Map<Value, Value>();
    for (const arg of block.arguments) mapping.set(arg, body.addArgument(this.type(arg)));
    const builder = Builder.atEnd(context, body);
    for (const op of bodyOps(fusion)) this.copy(op, builder, mapping);
    const yielded = block.terminator.operands;
    YieldOp.create(builder, fusion.loc, { values: yielded.map((v) => mapping.get(v)!) });

    // 3. The fusion, and its results in their shapes.
    const made = FusionOp.create(outside, fusion.loc, {
      inputs,
      regions: [region],
      resultTypes: yielded.map((v) => this.type(v)),
    });
    made.attributes = fusion.attributes;
    const sizes = new FusionSizes(
      outside,
      fusion.loc,
      new Map(block.arguments.map((arg, i) => [arg, fusion.operand(i)])),
      {
        of: (b, loc, tensor, dim) => DimOp.build(b, loc, { operand: tensor, dimension: dim }),
      },
    );
    fusion.results.forEach((result, i) => {
      const type = result.type as TensorType;
      const value = made.result(i);
      if (value.type === type) result.replaceAllUsesWith(value);
      else {
        const given = type.shape.filter((d) => d === DYNAMIC).length > 1 ? sizes.dynamicSizes(yielded[i]!) : [];
        result.replaceAllUsesWith(
          ReshapeOp.build(outside, fusion.loc, { operand: value, sizes: given, resultTypes: [type] }),
        );
      }
    });
    fusion.erase();
  }

  /** An operand in merged shape; sizes are products of its own. */
  private view(builder: Builder, operand: Value, type: TensorType): Value {
    const { fusion } = this;
    const dynamic = type.shape.filter((d) => d === DYNAMIC).length;
    if (dynamic <= 1) return ReshapeOp.build(builder, fusion.loc, { operand, sizes: [], resultTypes: [type] });
    const index = fusion.operands.indexOf(operand);
    const argument = fusion.region(0).entry.arguments[index]!;
    const sizes = new FusionSizes(builder, fusion.loc, new Map([[argument, operand]]), {
      of: (b, loc, tensor, dim) => DimOp.build(b, loc, { operand: tensor, dimension: dim }),
    });
    const values = this.dims
      .groups(argument)
      .flatMap((group, g) => (type.shape[g] === DYNAMIC ? [sizes.productOf(argument, group)] : []));
    return ReshapeOp.build(builder, fusion.loc, { operand, sizes: values, resultTypes: [type] });
  }

  private copy(op: Operation, builder: Builder, mapping: Map<Value, Value>): void {
    const copy = op.clone(mapping);
    op.results.forEach((result, i) => {
      copy.result(i).type = this.type(result);
    });
    const list = (values: readonly number[]) => op.context.denseArray(op.context.i64, values);
    const at = (groups: Groups, dim: number) => groups.findIndex((g) => g.includes(dim));
    if (ConstantOp.is(op)) {
      const value = ConstantOp.value(op);
      const type = copy.result(0).type as TensorType;
      if (value instanceof DenseElementsAttr && type !== value.type)
        copy.setAttr('value', op.context.denseElements(type, value.bytes, { splat: value.splat }));
    } else if (ReduceOp.is(op)) {
      const groups = this.dims.groups(op.operand(0));
      copy.setAttr('dims', list([...new Set(ReduceOp.dims(op).map((d) => at(groups, d)))]));
    } else if (BroadcastOp.is(op)) {
      const [from, to] = [this.dims.groups(op.operand(0)), this.dims.groups(op.result(0))];
      copy.setAttr('dims', list(from.map((g) => at(to, BroadcastOp.dims(op)[g[0]!]!))));
    } else if (TransposeOp.is(op)) {
      const [from, to] = [this.dims.groups(op.operand(0)), this.dims.groups(op.result(0))];
      copy.setAttr('perm', list(to.map((g) => at(from, TransposeOp.perm(op)[g[0]!]!))));
    } else if (DotGeneralOp.is(op)) {
      const [lhs, rhs] = [this.dims.groups(op.operand(0)), this.dims.groups(op.operand(1))];
      const merged = (groups: Groups, dims: readonly number[]) => list([...new Set(dims.map((d) => at(groups, d)))]);
      copy.setAttr('lhsBatch', merged(lhs, DotGeneralOp.lhsBatch(op)));
      copy.setAttr('rhsBatch', merged(rhs, DotGeneralOp.rhsBatch(op)));
      copy.setAttr('lhsContract', merged(lhs, DotGeneralOp.lhsContract(op)));
      copy.setAttr('rhsContract', merged(rhs, DotGeneralOp.rhsContract(op)));
    } else if (SliceOp.is(op)) this.slice(op, copy);
    else if (PadOp.is(op)) {
      const { shape } = op.operand(0).type as TensorType;
      const groups = this.dims.groups(op.operand(0));
      const scaled = (amounts: readonly number[]) =>
        list(
          groups.map((g) => (amounts[g[0]!] === 0 ? 0 : amounts[g[0]!]! * product(g.slice(1).map((d) => shape[d]!)))),
        );
      copy.setAttr('low', scaled(PadOp.low(op)));
      copy.setAttr('high', scaled(PadOp.high(op)));
    } else if (IotaOp.is(op))
      copy.setAttr('dim', op.context.i64Attr(at(this.dims.groups(op.result(0)), IotaOp.dim(op))));
    else if (DimOp.is(op))
      copy.setAttr('dimension', op.context.i64Attr(at(this.dims.groups(op.operand(0)), DimOp.dimension(op))));
    builder.insert(copy);
  }

  /** Only the first dimension of a group may be cut. */
  private slice(op: Operation, copy: Operation): void {
    const { shape } = op.operand(0).type as TensorType;
    const list = (values: readonly number[]) => op.context.denseArray(op.context.i64, values);
    const groups = this.dims.groups(op.operand(0));
    const rows = (g: readonly number[]) => product(g.slice(1).map((d) => shape[d]!));
    const scaled = (values: readonly number[]) =>
      list(
        groups.map((g) =>
          values[g[0]!] === DYNAMIC || rows(g) === DYNAMIC
            ? values[g[0]!] === 0
              ? 0
              : DYNAMIC
            : values[g[0]!]! * rows(g),
        ),
      );
    copy.setAttr('starts', scaled(SliceOp.starts(op)));
    copy.setAttr('limits', scaled(SliceOp.limits(op)));
    copy.setAttr('strides', list(groups.map((g) => SliceOp.strides(op)[g[0]!]!)));
  }
}

export function collapseFusion(fusion: Operation, dims: MergeableDims): void {
  new Collapse(fusion, dims).run();
}
