// Structured attributes that say which dimensions an op works on: #stablehlo.dot, gather and scatter.
import { defineAttribute, param } from '@budflow/ir';

const dims = param.withDefault(param.array(param.integer), []);
const index = param.withDefault(param.integer, 0);

export const DotDimensionNumbers = defineAttribute({
  name: 'stablehlo.dot',
  summary: 'Batching and contracting dimensions of a product of two tensors',
  parameters: {
    lhs_batching_dimensions: dims,
    rhs_batching_dimensions: dims,
    lhs_contracting_dimensions: dims,
    rhs_contracting_dimensions: dims,
  },
  assembly: '`<` struct(params) `>`',
});
export type DotDimensions = ReturnType<(typeof DotDimensionNumbers)['parse']>;

export const GatherDimensionNumbers = defineAttribute({
  name: 'stablehlo.gather',
  summary: 'How a gather finds slices of its operand and where it puts them',
  parameters: {
    offset_dims: dims,
    collapsed_slice_dims: dims,
    operand_batching_dims: dims,
    start_indices_batching_dims: dims,
    start_index_map: dims,
    index_vector_dim: index,
  },
  assembly: '`<` struct(params) `>`',
});
export type GatherDimensions = ReturnType<(typeof GatherDimensionNumbers)['parse']>;

export const ScatterDimensionNumbers = defineAttribute({
  name: 'stablehlo.scatter',
  summary: 'How a scatter finds the slices of its inputs that it updates',
  parameters: {
    update_window_dims: dims,
    inserted_window_dims: dims,
    input_batching_dims: dims,
    scatter_indices_batching_dims: dims,
    scatter_dims_to_operand_dims: dims,
    index_vector_dim: index,
  },
  assembly: '`<` struct(params) `>`',
});
export type ScatterDimensions = ReturnType<(typeof ScatterDimensionNumbers)['parse']>;
