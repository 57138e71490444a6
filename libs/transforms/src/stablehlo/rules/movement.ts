// Ops that move elements.
import {
  BroadcastOp,
  ConcatOp,
  DynamicSliceOp,
  DynamicUpdateSliceOp,
  ReshapeOp,
  ReverseOp,
  SliceOp,
  TransposeOp,
} from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { DYNAMIC, type Operation, type TensorType, type Value } from '@budflow/ir';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
import { padded, padRefusal } from './pad.js';

/** Sizes of the result that its operands do not tell. */
function openSizes(op: Operation): string | undefined {
  return (op.result(0).type as TensorType).shape.includes(DYNAMIC)
    ? 'the sizes of its result are not known'
    : undefined;
}

export const MOVEMENT: HloRules = {
  ...ruleFor(hlo.BroadcastInDimOp, {
    equation: 'broadcast_in_dim x dims == broadcast x dims',
    refuses: openSizes,
    convert: (site) => [broadcast(site, hlo.BroadcastInDimOp.broadcast_dimensions(site.op))],
  }),
  ...ruleFor(hlo.BroadcastOp, {
    equation: 'broadcast x sizes == broadcast x to the last dimensions',
    refuses: openSizes,
    convert(site) {
      const added = hlo.BroadcastOp.broadcast_sizes(site.op).length;
      return [
        broadcast(
          site,
          (site.operand(0).type as TensorType).shape.map((_, d) => d + added),
        ),
      ];
    },
  }),
  ...ruleFor(hlo.ReshapeOp, {
    equation: 'reshape x == array.reshape x',
    convert: (site) => [
      ReshapeOp.build(site.rewriter, site.loc, {
        operand: site.operand(0),
        sizes: [],
        resultTypes: [site.type()],
      }),
    ],
  }),
  ...ruleFor(hlo.TransposeOp, {
    equation: 'transpose x p == array.transpose x p',
    convert: (site) => [
      TransposeOp.build(site.rewriter, site.loc, {
        operand: site.operand(0),
        perm: hlo.TransposeOp.permutation(site.op),
        resultTypes: [site.type()],
      }),
    ],
  }),
  ...ruleFor(hlo.ReverseOp, {
    equation: 'reverse x dims == array.reverse x dims',
    convert: (site) => [
      ReverseOp.build(site.rewriter, site.loc, {
        operand: site.operand(0),
        dims: hlo.ReverseOp.dimensions(site.op),
      }),
    ],
  }),
  ...ruleFor(hlo.SliceOp, {
    equation: 'slice x [a:b:c] == array.slice x [a:b:c]',
    convert: (site) => [
      SliceOp.build(site.rewriter, site.loc, {
        operand: site.operand(0),
        starts: hlo.SliceOp.start_indices(site.op),
        limits: hlo.SliceOp.limit_indices(site.op),
        strides: hlo.SliceOp.strides(site.op),
        resultTypes: [site.type()],
      }),
    ],
  }),
  ...ruleFor(hlo.ConcatenateOp, {
    equation: 'concatenate x, y dim == concat x, y dim',
    convert: (site) => [
      ConcatOp.build(site.rewriter, site.loc, {
        inputs: site.all(),
        dim: hlo.ConcatenateOp.dimension(site.op),
        resultTypes: [site.type()],
      }),
    ],
  }),
  ...ruleFor(hlo.PadOp, {
    equation: 'pad x, v == pad or slice (spread x);  with v unknown where a mask says so',
    refuses: padRefusal,
    convert: (site) => [padded(site)],
  }),
  ...ruleFor(hlo.DynamicSliceOp, {
    equation: 'dynamic_slice x, i == array.dynamic_slice x [i]',
    convert: (site) => [
      DynamicSliceOp.build(site.rewriter, site.loc, {
        operand: site.operand(0),
        starts: site.all().slice(1),
        sizes: hlo.DynamicSliceOp.slice_sizes(site.op),
        resultTypes: [site.type()],
      }),
    ],
  }),
  ...ruleFor(hlo.DynamicUpdateSliceOp, {
    equation: 'dynamic_update_slice x, u, i == array.dynamic_update_slice x, u [i]',
    convert: (site) => [
      DynamicUpdateSliceOp.build(site.rewriter, site.loc, {
        operand: site.operand(0),
        update: site.operand(1),
        starts: site.all().slice(2),
      }),
    ],
  }),
};

function broadcast(site: HloSite, dims: readonly number[]): Value {
  return BroadcastOp.build(site.rewriter, site.loc, {
    operand: site.operand(0),
    dims,
    sizes: [],
    resultTypes: [site.type()],
  });
}
