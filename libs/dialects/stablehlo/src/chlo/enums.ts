// Enumerations of CHLO; those of StableHLO under its own name.
import { defineAttribute, defineEnum, param } from '@budflow/ir';
import { ComparisonDirection, ComparisonType, Precision } from '../enums.js';

export const ChloComparisonDirection = defineEnum({
  name: 'chlo.comparison_direction',
  summary: 'Which relation a comparison asks for',
  cases: ComparisonDirection.cases,
});
export const ChloComparisonType = defineEnum({
  name: 'chlo.comparison_type',
  summary: 'How a comparison orders its operands',
  cases: ComparisonType.cases,
});
export const ChloPrecision = defineEnum({
  name: 'chlo.precision',
  summary: 'How exact a product of an operand must be',
  cases: Precision.cases,
});

const dims = param.withDefault(param.array(param.integer), []);
export const RaggedDotDimensionNumbers = defineAttribute({
  name: 'chlo.ragged_dot',
  summary: 'Dimensions of a product of which one is cut into groups of different sizes',
  parameters: {
    lhs_batching_dimensions: dims,
    rhs_batching_dimensions: dims,
    lhs_contracting_dimensions: dims,
    rhs_contracting_dimensions: dims,
    lhs_ragged_dimensions: dims,
    rhs_group_dimensions: dims,
  },
  assembly: '`<` struct(params) `>`',
});
