// Names that the ops, their bodies and their interpretation share.

/** Elementwise ops of one operand. */
export type UnaryKind =
  | 'neg'
  | 'abs'
  | 'sqrt'
  | 'rsqrt'
  | 'exp'
  | 'exp2'
  | 'expm1'
  | 'log'
  | 'log2'
  | 'log10'
  | 'log1p'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'asin'
  | 'acos'
  | 'atan'
  | 'asinh'
  | 'acosh'
  | 'atanh'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'sigmoid'
  | 'erf'
  | 'cbrt'
  | 'sign'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'round_even'
  | 'trunc'
  | 'popcount'
  | 'clz'
  | 'real'
  | 'imag'
  | 'conj'
  | 'not';

/** Elementwise ops of two operands of one type. */
export type BinaryKind =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'rem'
  | 'min'
  | 'max'
  | 'pow'
  | 'atan2'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl'
  | 'shr_s'
  | 'shr_u';

export const COMPARE_PREDICATES = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const;
export type ComparePredicate = (typeof COMPARE_PREDICATES)[number];

/** Combiners that reductions know by name. */
export const REDUCE_KINDS = ['add', 'mul', 'min', 'max', 'and', 'or', 'xor'] as const;
export type ReduceKind = (typeof REDUCE_KINDS)[number];

/** Whether products and sums contract: `none` rounds twice, `exact` is a fused multiply-add, `relaxed` rounds as the target does. */
export type Contract = 'none' | 'relaxed' | 'exact';
