// Products. An algorithm rounds the operands to its types and sums up in one of its own; several products for one are those
// of parts of the operands, none of which is left out here. Integers are exact under every algorithm.
import { DotGeneralOp, isBoolean } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import {
  ComplexType,
  FloatType,
  IntegerType,
  type Operation,
  type TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
import { withType } from '../sizes.js';
import { reduced } from './reduce-precision.js';

interface Dims {
  readonly lhsBatch: readonly number[];
  readonly rhsBatch: readonly number[];
  readonly lhsContract: readonly number[];
  readonly rhsContract: readonly number[];
}

export const PRODUCTS: HloRules = {
  ...ruleFor(hlo.DotGeneralOp, {
    equation: 'dot_general x, y == array.dot_general x, y;  by an algorithm of x, y as its types hold them',
    refuses: algorithmRefusal,
    convert(site) {
      const d = hlo.DotGeneralOp.dot_dimension_numbers(site.op);
      const dims = {
        lhsBatch: d.lhs_batching_dimensions,
        rhsBatch: d.rhs_batching_dimensions,
        lhsContract: d.lhs_contracting_dimensions,
        rhsContract: d.rhs_contracting_dimensions,
      };
      const algorithm = hlo.DotGeneralOp.algorithm(site.op);
      const [lhs, rhs] = [site.operand(0), site.operand(1)];
      const isFloat = [lhs, rhs].every((v) => site.elementOf(v) instanceof FloatType);
      return [
        algorithm && isFloat ? byAlgorithm(site, dims, algorithm) : product(site, dims, lhs, rhs, site.type().element),
      ];
    },
  }),
  ...ruleFor(hlo.DotOp, {
    equation: 'dot x, y == array.dot_general x, y over the last of x and the first of y',
    convert(site) {
      const [lhs, rhs] = [site.operand(0), site.operand(1)];
      const { rank } = lhs.type as TensorType;
      const dims = { lhsBatch: [], rhsBatch: [], lhsContract: [rank - 1], rhsContract: [0] };
      return [product(site, dims, lhs, rhs, site.type().element)];
    },
  }),
};

/** The type that operands and sums have where those of the op do not go together; undefined where they do. */
function commonType(site: HloSite, lhs: Value, rhs: Value, element: Type): Type | undefined {
  const { context } = site;
  const [a, b] = [site.elementOf(lhs), site.elementOf(rhs)];
  // True is 1; whether a sum of products is not 0 is what `or` of `and` is.
  if (isBoolean(a) || isBoolean(b) || isBoolean(element)) return isBoolean(element) ? context.i32 : element;
  const isWider = (to: Type, from: Type) =>
    to === from ||
    (to instanceof FloatType && from instanceof FloatType && to.width > from.width) ||
    (to instanceof IntegerType && from instanceof IntegerType && to.width > from.width) ||
    to instanceof ComplexType;
  if (a === b && isWider(element, a)) return undefined;
  if (isWider(element, a) && isWider(element, b)) return element;
  if (!(element instanceof FloatType)) return a;
  return element.width < 32 ? context.f32 : element;
}

function product(site: HloSite, dims: Dims, lhs: Value, rhs: Value, element: Type): Value {
  const common = commonType(site, lhs, rhs, element);
  if (common !== undefined) {
    const made = summed(site, dims, site.cast(lhs, common), site.cast(rhs, common), common);
    return site.cast(made, element);
  }
  return summed(site, dims, lhs, rhs, element);
}
function summed(site: HloSite, dims: Dims, lhs: Value, rhs: Value, element: Type): Value {
  const free = (value: Value, ...others: readonly (readonly number[])[]) =>
    (value.type as TensorType).shape.filter((_, d) => !others.some((list) => list.includes(d)));
  const shape = [
    ...dims.lhsBatch.map((d) => (lhs.type as TensorType).shape[d]!),
    ...free(lhs, dims.lhsBatch, dims.lhsContract),
    ...free(rhs, dims.rhsBatch, dims.rhsContract),
  ];
  const resultTypes = [site.context.tensor(shape, element)];
  const made = DotGeneralOp.build(site.rewriter, site.loc, { lhs, rhs, ...dims, resultTypes });
  // The result may say more of its sizes, or less, than the operands do.
  return withType(site, made, site.context.withElement(site.type(), element) as TensorType);
}

const FLOATS: ReadonlySet<string> = new Set(['bf16', 'f16', 'tf32', 'f32', 'f64']);

/** Why an algorithm cannot be followed. */
function algorithmRefusal(op: Operation): string | undefined {
  const a = hlo.DotGeneralOp.algorithm(op);
  if (a === undefined) return undefined;
  const elements = op.operands.map((v) => (v.type as TensorType).element);
  if (elements.some((e) => e instanceof ComplexType)) return 'its algorithm is for real numbers, not for complex ones';
  if (!elements.some((e) => e instanceof FloatType)) return undefined;
  const types = [a.lhs_precision_type, a.rhs_precision_type, a.accumulation_type];
  const unknown = types.find((type) => !(type instanceof FloatType && FLOATS.has(type.name)));
  return unknown && `its algorithm computes with ${unknown}; bf16, f16, tf32, f32 and f64 can be followed`;
}

/** Floats as a type holds them, in `wide`, which is f32 or f64. */
function heldBy(site: HloSite, value: Value, type: Type, wide: Type): Value {
  const isTf32 = (type as FloatType).name === 'tf32';
  if (!isTf32)
    return site.cast(
      (type as FloatType).width < (site.elementOf(value) as FloatType).width ? site.cast(value, type) : value,
      wide,
    );
  const x = site.cast(value, wide);
  return (site.elementOf(value) as FloatType).width === 16 ? x : reduced(site, x, 8, 10);
}

function byAlgorithm(site: HloSite, dims: Dims, a: hlo.DotAlgorithmParameters): Value {
  const { context } = site;
  const types = [a.lhs_precision_type, a.rhs_precision_type, a.accumulation_type];
  const wide = types.includes(context.f64) ? context.f64 : context.f32;
  const operand = (index: number, type: Type, components: number): Value => {
    const x = site.operand(index);
    return components > 1 || a.num_primitive_operations > 1 ? site.cast(x, wide) : heldBy(site, x, type, wide);
  };
  const lhs = operand(0, a.lhs_precision_type, a.lhs_component_count);
  const rhs = operand(1, a.rhs_precision_type, a.rhs_component_count);
  const sum = product(site, dims, lhs, rhs, wide);
  return site.cast(heldBy(site, sum, a.accumulation_type, wide), site.type().element);
}
