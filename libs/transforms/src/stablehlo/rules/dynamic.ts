// Ops whose shapes, widths or indices are values: where those do not follow from data, they are ops of known shapes, or of
// sizes that the host computes before it runs them.
import { BroadcastOp, IotaOp, ReshapeOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { DYNAMIC, type Operation, type TensorType, type Value } from '@budflow/ir';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
import { buildSize, constantNumbers, isSizeOf, refined, type Size, sizesOf, withType } from '../sizes.js';
import { expectEqual, rangesRefusal, slicedTo } from './dynamic-slices.js';
import { paddedBy, type Widths } from './pad.js';

/** Why an operand is no list of sizes. */
function sizesRefusal(what: string, value: Value): string | undefined {
  return sizesOf(value) ? undefined : `its ${what} follows from data`;
}
function constantsRefusal(
  op: Operation,
  names: readonly (readonly [what: string, index: number])[],
): string | undefined {
  const open = names.find(([, i]) => constantNumbers(op.operand(i)) === undefined);
  return open && `its ${open[0]} is not a constant`;
}

/** Index values for the sizes that a type leaves open. */
function openSizes(site: HloSite, type: TensorType, sizes: readonly Size[]): Value[] {
  return type.shape.flatMap((size, d) => (size === DYNAMIC ? [buildSize(site, sizes[d]!)] : []));
}
/** The result type, with what is known of its sizes. */
function refinedType(site: HloSite, sizes: readonly Size[]): TensorType {
  const type = site.type();
  return site.context.tensor(refined(type, sizes), type.element);
}

/**
 * Dimensions of the operand that might be repeated or not, as far as is known before the program runs. They are taken as not
 * repeated, as front ends mean them, and the program stops where that is not so.
 */
function doubtfulDimensions(op: Operation): number[] {
  const sizes = sizesOf(op.operand(1))!;
  const [from, to] = [op.operand(0), op.result(0).type as TensorType];
  const dims = hlo.DynamicBroadcastInDimOp.broadcast_dimensions(op);
  const known = [
    ...(hlo.DynamicBroadcastInDimOp.known_expanding_dimensions(op) ?? []),
    ...(hlo.DynamicBroadcastInDimOp.known_nonexpanding_dimensions(op) ?? []),
  ];
  return (from.type as TensorType).shape.flatMap((size, i) =>
    size === DYNAMIC && !known.includes(i) && to.shape[dims[i]!] !== 1 && !isSizeOf(sizes[dims[i]!]!, from, i)
      ? [i]
      : [],
  );
}

function dynamicBroadcast(site: HloSite): Value {
  const { op, context, rewriter, loc } = site;
  const sizes = sizesOf(op.operand(1))!;
  const dims = hlo.DynamicBroadcastInDimOp.broadcast_dimensions(op);
  const expanding = hlo.DynamicBroadcastInDimOp.known_expanding_dimensions(op) ?? [];
  let x = site.operand(0);
  const { shape, element } = x.type as TensorType;
  for (const i of doubtfulDimensions(op)) expectEqual(site, site.dim(x, i), buildSize(site, sizes[dims[i]!]!));
  // 1. What is repeated has size 1 in the type, what is not the size of the result.
  const target = refined(site.type(), sizes).slice();
  const source = shape.map((size, i) => {
    if (size === DYNAMIC) return expanding.includes(i) ? 1 : target[dims[i]!]!;
    if (size !== 1) target[dims[i]!] = size;
    return size;
  });
  x = withType(site, x, context.tensor(source, element));
  const type = context.tensor(target, element);
  // 2. Sizes of dimensions that are new, or repeated.
  const open = target.flatMap((size, r) => {
    const i = dims.indexOf(r);
    return size === DYNAMIC && (i < 0 || source[i] === 1) ? [buildSize(site, sizes[r]!)] : [];
  });
  const made = BroadcastOp.build(rewriter, loc, { operand: x, dims, sizes: open, resultTypes: [type] });
  return withType(site, made, site.type());
}

function dynamicWidths(op: Operation): Widths {
  const [low, high, interior] = [2, 3, 4].map((i) => constantNumbers(op.operand(i))!) as [
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  return { low, high, interior };
}

export const DYNAMICS: HloRules = {
  ...ruleFor(hlo.DynamicBroadcastInDimOp, {
    equation: 'dynamic_broadcast_in_dim x, sizes dims == broadcast x dims sizes(sizes)',
    refuses: (op) => sizesRefusal('shape', op.operand(1)),
    convert: (site) => [dynamicBroadcast(site)],
  }),
  ...ruleFor(hlo.DynamicReshapeOp, {
    equation: 'dynamic_reshape x, sizes == reshape x sizes(sizes)',
    refuses: (op) => sizesRefusal('shape', op.operand(1)),
    convert(site) {
      const sizes = sizesOf(site.op.operand(1))!;
      const type = refinedType(site, sizes);
      const made = ReshapeOp.build(site.rewriter, site.loc, {
        operand: site.operand(0),
        sizes: openSizes(site, type, sizes),
        resultTypes: [type],
      });
      return [withType(site, made, site.type())];
    },
  }),
  ...ruleFor(hlo.DynamicIotaOp, {
    equation: 'dynamic_iota sizes dim == iota dim sizes(sizes)',
    refuses: (op) => sizesRefusal('shape', op.operand(0)),
    convert(site) {
      const sizes = sizesOf(site.op.operand(0))!;
      const type = refinedType(site, sizes);
      const made = IotaOp.build(site.rewriter, site.loc, {
        dim: hlo.DynamicIotaOp.iota_dimension(site.op),
        sizes: openSizes(site, type, sizes),
        resultTypes: [type],
      });
      return [withType(site, made, site.type())];
    },
  }),
  ...ruleFor(hlo.DynamicPadOp, {
    equation: 'dynamic_pad x, v, constants == pad x, v',
    refuses(op) {
      const names = [
        ['padding before the elements', 2],
        ['padding after the elements', 3],
        ['padding between the elements', 4],
      ] as const;
      const open = constantsRefusal(op, names);
      if (open !== undefined) return open;
      const { low, high, interior } = dynamicWidths(op);
      const { shape } = op.operand(0).type as TensorType;
      return shape.some((size, d) => size === DYNAMIC && (interior[d] !== 0 || low[d]! < 0 || high[d]! < 0))
        ? 'a dimension whose size is not known can only be padded at its ends'
        : undefined;
    },
    convert: (site) => [withType(site, paddedBy(site, dynamicWidths(site.op)), site.type())],
  }),
  ...ruleFor(hlo.RealDynamicSliceOp, {
    equation: 'real_dynamic_slice x, constants, limits == slice x',
    refuses(op) {
      const open = constantsRefusal(op, [
        ['start', 1],
        ['stride', 3],
      ]);
      if (open !== undefined) return open;
      const [starts, strides] = [1, 3].map((i) => constantNumbers(op.operand(i))!) as [number[], number[]];
      return rangesRefusal(
        op.operand(0),
        sizesOf(op.operand(2))?.map((limit, d) => ({ start: starts[d]!, limit, stride: strides[d]! })),
      );
    },
    convert(site) {
      const [starts, strides] = [1, 3].map((i) => constantNumbers(site.op.operand(i))!) as [number[], number[]];
      const ranges = sizesOf(site.op.operand(2))!.map((limit, d) => ({
        start: starts[d]!,
        limit,
        stride: strides[d]!,
      }));
      return [withType(site, slicedTo(site, ranges), site.type())];
    },
  }),
  ...ruleFor(hlo.SetDimensionSizeOp, {
    equation: 'set_dimension_size x, n dim == slice x [.., 0:n, ..]',
    refuses(op) {
      const [n] = constantNumbers(op.operand(1)) ?? [];
      const size = (op.operand(0).type as TensorType).shape[hlo.SetDimensionSizeOp.dimension(op)]!;
      if (n === undefined) return 'its size is not a constant';
      return size !== DYNAMIC && (n < 0 || n > size) ? `its size must be from 0 to ${size}, got ${n}` : undefined;
    },
    convert(site) {
      const { shape } = site.operand(0).type as TensorType;
      const [n] = constantNumbers(site.op.operand(1)) as [number];
      const dim = hlo.SetDimensionSizeOp.dimension(site.op);
      const ranges = shape.map((size, d) => ({ start: 0, limit: d === dim ? n : size, stride: 1 }));
      return [withType(site, slicedTo(site, ranges), site.type())];
    },
  }),
};
