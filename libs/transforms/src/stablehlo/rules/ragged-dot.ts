// chlo.ragged_dot: a product of which one dimension is cut into groups. The groups follow from data, their number does not:
// there is a product for each group over all rows, and masks say which of them count.
import { ConcatOp, DotGeneralOp, IotaOp, SliceOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { DYNAMIC, type Operation, type TensorType, type Value } from '@budflow/ir';
import { Arithmetic } from '../arithmetic.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';

type Dims = ReturnType<typeof hlo.RaggedDotOp.ragged_dot_dimension_numbers>;

function refusal(op: Operation): string | undefined {
  const types = op.operands.map((v) => v.type as TensorType);
  if (types.some((t) => t.shape.includes(DYNAMIC))) return 'its sizes are not known';
  return types[2]!.rank === 1 ? undefined : 'the sizes of its groups differ by batch';
}

/** Where elements along a dimension belong to each group, in the shape of `like`. */
function masks(site: HloSite, like: Value, dim: number): Value[] {
  const { context, rewriter, loc } = site;
  const sizes = site.operand(2);
  const [count] = (sizes.type as TensorType).shape as [number];
  const element = site.elementOf(sizes);
  const place = IotaOp.build(rewriter, loc, {
    dim,
    sizes: [],
    resultTypes: [context.withElement(like.type, element)],
  });
  const math = new Arithmetic(site, place);
  let start: Value = math.number(0);
  return Array.from({ length: count }, (_, g) => {
    const size = SliceOp.build(rewriter, loc, {
      operand: sizes,
      starts: [g],
      limits: [g + 1],
      strides: [1],
      resultTypes: [context.tensor([1], element)],
    });
    const end = math.add(start, site.spread(site.reshape(size, []), place));
    const inside = math.and(math.compare('ge', place, start), math.compare('lt', place, end));
    start = end;
    return inside;
  });
}

function product(site: HloSite, lhs: Value, rhs: Value, dims: Dims, shape: readonly number[]): Value {
  return DotGeneralOp.build(site.rewriter, site.loc, {
    lhs,
    rhs,
    lhsBatch: dims.lhs_batching_dimensions,
    rhsBatch: dims.rhs_batching_dimensions,
    lhsContract: dims.lhs_contracting_dimensions,
    rhsContract: dims.rhs_contracting_dimensions,
    resultTypes: [site.context.tensor(shape, site.type().element)],
  });
}

/** Rows of the lhs in groups: each row is that of the product with its group's matrix, or zero. */
function rowsInGroups(site: HloSite, dims: Dims, ragged: number): Value {
  const [lhs, rhs] = [site.operand(0), site.operand(1)];
  const { rank } = lhs.type as TensorType;
  const matrices = rhs.type as TensorType;
  const [group] = dims.rhs_group_dimensions as [number];
  const used = [...dims.lhs_batching_dimensions, ...dims.lhs_contracting_dimensions];
  const free = Array.from({ length: rank }, (_, d) => d).filter((d) => !used.includes(d));
  const rest = matrices.shape.filter((_, d) => d !== group);
  // Dimensions behind that of the groups move up.
  const without = (list: readonly number[]) => list.map((d) => (d > group ? d - 1 : d));
  const plain: Dims = {
    ...dims,
    rhs_batching_dimensions: without(dims.rhs_batching_dimensions),
    rhs_contracting_dimensions: without(dims.rhs_contracting_dimensions),
  };
  let result = site.constant(site.context.constantAttr(site.type(), 0));
  const row = dims.lhs_batching_dimensions.length + free.indexOf(ragged);
  masks(site, result, row).forEach((inside, g) => {
    const matrix = SliceOp.build(site.rewriter, site.loc, {
      operand: rhs,
      starts: matrices.shape.map((_, d) => (d === group ? g : 0)),
      limits: matrices.shape.map((size, d) => (d === group ? g + 1 : size)),
      strides: matrices.shape.map(() => 1),
      resultTypes: [
        site.context.tensor(
          matrices.shape.map((size, d) => (d === group ? 1 : size)),
          matrices.element,
        ),
      ],
    });
    const all = product(site, lhs, site.reshape(matrix, rest), plain, site.type().shape);
    result = site.select(inside, all, result);
  });
  return result;
}

/** Contracted elements in groups: a product for each group, of which the others' elements are zero on both sides. */
function sumsByGroup(site: HloSite, dims: Dims, ragged: number): Value {
  const [lhs, rhs] = [site.operand(0), site.operand(1)];
  const type = site.type();
  const [, ...shape] = type.shape;
  const other = dims.rhs_contracting_dimensions[dims.lhs_contracting_dimensions.indexOf(ragged)]!;
  const right = masks(site, rhs, other);
  const parts = masks(site, lhs, ragged).map((inside, g) => {
    const [l, r] = [
      [lhs, inside],
      [rhs, right[g]!],
    ].map(([value, mask]) => site.select(mask!, value!, site.splat(0, value!))) as [Value, Value];
    return site.reshape(product(site, l, r, dims, shape), [1, ...shape]);
  });
  return ConcatOp.build(site.rewriter, site.loc, { inputs: parts, dim: 0, resultTypes: [type] });
}

export const RAGGED_PRODUCTS: HloRules = {
  ...ruleFor(hlo.RaggedDotOp, {
    equation:
      'ragged_dot x, y, sizes == select of dot_general x, y[g] by group g;  over groups that are contracted, each',
    refuses: refusal,
    convert(site) {
      const dims = hlo.RaggedDotOp.ragged_dot_dimension_numbers(site.op);
      const [ragged] = dims.lhs_ragged_dimensions as [number];
      if (dims.lhs_contracting_dimensions.includes(ragged)) return [sumsByGroup(site, dims, ragged)];
      // Groups of batches all have matrices of their own.
      if (dims.lhs_batching_dimensions.includes(ragged))
        return [product(site, site.operand(0), site.operand(1), dims, site.type().shape)];
      return [rowsInGroups(site, dims, ragged)];
    },
  }),
};
