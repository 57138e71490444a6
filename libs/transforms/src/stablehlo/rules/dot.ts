// Products. An algorithm rounds the operands to its types and sums up in one of its own; several products for one are those
// of parts of the operands, none of which is left out here. Integers are exact under every algorithm.
import { DotGeneralOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { ComplexType, FloatType, type Operation, type TensorType, type Type, type Value } from '@budflow/ir';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
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

function product(site: HloSite, dims: Dims, lhs: Value, rhs: Value, element: Type): Value {
  return DotGeneralOp.build(site.rewriter, site.loc, {
    lhs,
    rhs,
    ...dims,
    resultTypes: [site.context.withElement(site.type(), element)],
  });
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
