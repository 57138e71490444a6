// Names of the combiners that reductions know.
export const REDUCE_KINDS = ['add', 'mul', 'min', 'max', 'and', 'or', 'xor'] as const;
export type ReduceKind = (typeof REDUCE_KINDS)[number];
