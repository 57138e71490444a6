// The ops that generated modules are made of: all of arith and math that mlir-opt 16 reads too. With few kinds of ops a
// compiler's inner loops stay monomorphic and a benchmark flatters it.

/** Types of generated values. */
export const TYPES = ['i1', 'i32', 'i64', 'index', 'f32', 'f64'] as const;
export type ValueType = (typeof TYPES)[number];

/** One kind: how it is written after its name, with `$0`, `$1`, ... for operands. */
export interface OpKind {
  readonly name: string;
  readonly operands: readonly ValueType[];
  readonly result: ValueType;
  /** Text before the operands (a predicate) and after (the types). */
  readonly prefix?: string;
  readonly suffix: string;
}

const INTEGER_BINARY = [
  'addi',
  'subi',
  'muli',
  'andi',
  'ori',
  'xori',
  'shli',
  'shrsi',
  'shrui',
  'divsi',
  'divui',
  'remsi',
  'remui',
  'maxsi',
  'maxui',
  'minsi',
  'minui',
  'ceildivsi',
  'ceildivui',
  'floordivsi',
];
const FLOAT_BINARY = ['addf', 'subf', 'mulf', 'divf', 'remf', 'maxf', 'minf'];
const MATH_UNARY = [
  'absf',
  'atan',
  'cbrt',
  'ceil',
  'cos',
  'erf',
  'exp',
  'exp2',
  'expm1',
  'floor',
  'log',
  'log10',
  'log1p',
  'log2',
  'round',
  'roundeven',
  'rsqrt',
  'sin',
  'sqrt',
  'tan',
  'tanh',
  'trunc',
];
const MATH_BINARY = ['atan2', 'copysign', 'powf'];
const MATH_INTEGER = ['absi', 'ctlz', 'cttz', 'ctpop'];
const CONVERSIONS: readonly (readonly [string, ValueType, ValueType])[] = [
  ['extsi', 'i32', 'i64'],
  ['extui', 'i32', 'i64'],
  ['trunci', 'i64', 'i32'],
  ['sitofp', 'i32', 'f32'],
  ['uitofp', 'i32', 'f32'],
  ['fptosi', 'f32', 'i32'],
  ['fptoui', 'f32', 'i32'],
  ['extf', 'f32', 'f64'],
  ['truncf', 'f64', 'f32'],
  ['bitcast', 'f32', 'i32'],
  ['index_cast', 'i32', 'index'],
  ['index_castui', 'index', 'i32'],
];

const same = (name: string, type: ValueType, count: number): OpKind => ({
  name,
  operands: Array<ValueType>(count).fill(type),
  result: type,
  suffix: ` : ${type}`,
});

/** All kinds: `arith` and `math` ops, some at several types. */
export const OP_KINDS: readonly OpKind[] = [
  ...INTEGER_BINARY.flatMap((name) => [same(`arith.${name}`, 'i32', 2), same(`arith.${name}`, 'i64', 2)]),
  ...['addi', 'subi', 'muli'].map((name) => same(`arith.${name}`, 'index', 2)),
  ...['andi', 'ori', 'xori'].map((name) => same(`arith.${name}`, 'i1', 2)),
  ...FLOAT_BINARY.flatMap((name) => [same(`arith.${name}`, 'f32', 2), same(`arith.${name}`, 'f64', 2)]),
  same('arith.negf', 'f32', 1),
  ...MATH_UNARY.map((name) => same(`math.${name}`, 'f32', 1)),
  ...MATH_BINARY.map((name) => same(`math.${name}`, 'f32', 2)),
  ...MATH_INTEGER.map((name) => same(`math.${name}`, 'i32', 1)),
  same('math.fma', 'f32', 3),
  same('math.ipowi', 'i32', 2),
  ...['eq', 'ne', 'slt', 'sle', 'ult', 'uge'].map(
    (p): OpKind => ({ name: 'arith.cmpi', operands: ['i32', 'i32'], result: 'i1', prefix: `${p}, `, suffix: ' : i32' }),
  ),
  ...['oeq', 'olt', 'une', 'uge'].map(
    (p): OpKind => ({ name: 'arith.cmpf', operands: ['f32', 'f32'], result: 'i1', prefix: `${p}, `, suffix: ' : f32' }),
  ),
  ...(['i32', 'f32', 'i64'] as const).map(
    (t): OpKind => ({ name: 'arith.select', operands: ['i1', t, t], result: t, suffix: ` : ${t}` }),
  ),
  ...CONVERSIONS.map(
    ([name, from, to]): OpKind => ({
      name: `arith.${name}`,
      operands: [from],
      result: to,
      suffix: ` : ${from} to ${to}`,
    }),
  ),
];

/** Kinds in generated modules beside `OP_KINDS`. */
export const OTHER_KINDS = ['arith.constant', 'func.func', 'func.call', 'func.return'] as const;
