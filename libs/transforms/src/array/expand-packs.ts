// expand-packs: tiles of known sizes as padding, transposition and reshapes, which fuse and vectorise.
//
//   %r = array.pack %x inner_dims_pos = [1]       ->   %0 = array.reshape %x : tensor<8x6xf32> to tensor<8x3x2xf32>
//        inner_tiles = [2]                             %r = array.transpose %0 perm = [0, 1, 2]
//
// Dynamic dimensions keep the op where their number of tiles has to be computed: it has loops of its own. As the
// lowering of tensor.pack and tensor.unpack in MLIR.
import {
  PackOp,
  PadOp,
  ReshapeOp,
  SliceOp,
  type Tiling,
  TransposeOp,
  tileOf,
  tilingOf,
  UnpackOp,
} from '@budflow/dialect-array';
import { Builder, DYNAMIC, type Operation, type TensorType, type Value } from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const expandPacks = definePass({
  name: 'expand-packs',
  summary: 'write tiles as padding, transposition and reshapes',
  anchor: 'func.func',
  dependentDialects: ['array'],
  statistics: { expanded: 'packs and unpacks expanded' },
  run(func, pass) {
    const found: Operation[] = [];
    func.walk((op) => {
      if ((PackOp.is(op) || UnpackOp.is(op)) && hasKnownSizes(op)) found.push(op);
    });
    for (const op of found) {
      const made = PackOp.is(op) ? packed(op) : unpacked(op);
      op.result(0).replaceAllUsesWith(made);
      op.erase();
      pass.statistic('expanded');
    }
    if (found.length === 0) pass.unchanged();
  },
});

function shapeOf(value: Value): readonly number[] {
  return (value.type as TensorType).shape;
}

/** A reshape tells one dynamic size; more would have to be computed. */
function hasKnownSizes(op: Operation): boolean {
  const plain = shapeOf(PackOp.is(op) ? op.operand(0) : op.result(0));
  const tiling = tilingOf(op);
  const dynamic = plain.flatMap((n, d) => (n === DYNAMIC ? [d] : []));
  return dynamic.length <= 1 && dynamic.every((d) => !tiling.dims.includes(d)) && !plain.includes(0);
}

/** Dimensions [tiles, tile] of each tiled dimension, one of each other; and where they go in the packed tensor. */
function split(tiling: Tiling, counts: readonly number[]): { shape: number[]; perm: number[] } {
  const shape: number[] = [];
  const outerAt: number[] = [];
  const innerAt: number[] = [];
  counts.forEach((count, d) => {
    outerAt.push(shape.length);
    shape.push(count);
    innerAt.push(shape.length);
    if (tiling.dims.includes(d)) shape.push(tileOf(tiling, d));
  });
  return { shape, perm: [...tiling.outer.map((d) => outerAt[d]!), ...tiling.dims.map((d) => innerAt[d]!)] };
}

function reshape(builder: Builder, op: Operation, operand: Value, shape: readonly number[]): Value {
  const resultTypes = [op.context.tensor(shape, (operand.type as TensorType).element)];
  return ReshapeOp.build(builder, op.loc, { operand, sizes: [], resultTypes });
}

function packed(op: Operation): Value {
  const builder = Builder.before(op);
  const tiling = tilingOf(op);
  let value = op.operand(0);
  const counts = shapeOf(value).map((n, d) => (n === DYNAMIC ? n : Math.ceil(n / tileOf(tiling, d))));
  const high = shapeOf(value).map((n, d) => (n === DYNAMIC ? 0 : counts[d]! * tileOf(tiling, d) - n));
  const padding = op.attr('padding');
  if (padding !== undefined && high.some((n) => n > 0))
    value = PadOp.build(builder, op.loc, { operand: value, low: high.map(() => 0), high, value: padding });
  const { shape, perm } = split(tiling, counts);
  return TransposeOp.build(builder, op.loc, { operand: reshape(builder, op, value, shape), perm });
}

function unpacked(op: Operation): Value {
  const builder = Builder.before(op);
  const tiling = tilingOf(op);
  const plain = shapeOf(op.result(0));
  const counts = plain.map((n, d) => (n === DYNAMIC ? n : Math.ceil(n / tileOf(tiling, d))));
  const { perm } = split(tiling, counts);
  const back = perm.map((_, i) => perm.indexOf(i));
  const apart = TransposeOp.build(builder, op.loc, { operand: op.operand(0), perm: back });
  const whole = counts.map((n, d) => (n === DYNAMIC ? n : n * tileOf(tiling, d)));
  const value = reshape(builder, op, apart, whole);
  if (whole.every((n, d) => n === plain[d])) return value;
  const limits = plain.map((n) => (n === DYNAMIC ? DYNAMIC : n));
  return SliceOp.build(builder, op.loc, {
    operand: value,
    starts: plain.map(() => 0),
    limits,
    strides: plain.map(() => 1),
  });
}
