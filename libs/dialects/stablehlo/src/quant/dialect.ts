// The quant dialect: the types of quantized tensors. StableHLO has its own operations on them.
import { type Dialect, defineDialect } from '@budflow/ir';
import { AnyQuantizedType, CalibratedType, UniformType } from './types.js';

export const quantDialect: Dialect = defineDialect({
  name: 'quant',
  summary: 'Types of quantized tensors',
  description: 'Its types are element types of tensors; the operations on them are those of stablehlo.',
  ops: [],
  types: [UniformType, AnyQuantizedType, CalibratedType],
});
