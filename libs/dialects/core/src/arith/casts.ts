// Conversions between element types.

import { type CastOp, castKernel, type Evaluator1, elementwiseStep, Interpretable } from '@budflow/interpreter';
import {
  AnyFloat,
  type Attribute,
  ConditionallySpeculatable,
  defineOp,
  definePattern,
  Elementwise,
  elementTypeOf,
  FloatAttr,
  FloatType,
  type FoldFunction,
  floatBits,
  IndexType,
  IntegerAttr,
  IntegerType,
  type InterfaceImplementation,
  like,
  MemRefType,
  Operation,
  Pure,
  type RewritePattern,
  SignlessInteger,
  type Type,
  type TypeConstraint,
  typeConstraint,
  type Value,
} from '@budflow/ir';
import { castAssembly, type InlineAttribute } from '../support/assembly.js';
import { type ConstantFold, constantFoldAll, constantFoldCast } from '../support/constants.js';
import { example } from '../support/example.js';
import { elementWidth } from '../support/types.js';
import {
  fastmathSpec,
  inlineFastmath,
  inlineOverflow,
  inlineRounding,
  overflowSpec,
  roundingSpec,
} from './attributes.js';
import { infersCast } from './int-ranges.js';

const IntegerOrFloat = typeConstraint(
  'signless integer or float or index',
  (t) => t instanceof FloatType || t instanceof IndexType || (t instanceof IntegerType && t.signedness === 'signless'),
);
const IntegerLike = like(SignlessInteger);
const FloatLike = like(AnyFloat);
const AnyNumberLike = like(IntegerOrFloat);
/** What index casts convert: also whole buffers, as in MLIR. */
const IndexCastable = typeConstraint('signless integer or index-like, or memref of them', (t) =>
  IndexOrIntegerLike.check(t instanceof MemRefType ? t.element : t),
);
const IndexOrIntegerLike = like(
  typeConstraint(
    'signless integer or index',
    (t) => t instanceof IndexType || (t instanceof IntegerType && t.signedness === 'signless'),
  ),
);

interface CastOptions {
  readonly summary: string;
  readonly description?: string;
  readonly from: TypeConstraint;
  readonly to: TypeConstraint;
  /** Types of the example. */
  readonly types: readonly [string, string];
  /** How the widths of the elements must relate. */
  readonly widths?: 'wider' | 'narrower' | 'equal';
  readonly fold?: (op: Operation) => Value | null;
  readonly patterns?: readonly RewritePattern[];
  readonly interfaces?: readonly InterfaceImplementation[];
}

function verifyCast(op: Operation, widths: CastOptions['widths']): void {
  const from = op.operand(0).type;
  const to = op.result(0).type;
  const [a, b] = [elementWidth(from), elementWidth(to)];
  if (widths === 'wider' && b <= a)
    op.emitError('arith.cast-wider', `result type ${to} must be wider than operand type ${from}`);
  else if (widths === 'narrower' && b >= a)
    op.emitError('arith.cast-narrower', `result type ${to} must be narrower than operand type ${from}`);
  else if (widths === 'equal' && a !== b)
    op.emitError('arith.cast-equal-width', `operand type ${from} and result type ${to} must have the same width`);
}

function castFold(constant: ConstantFold, identities: CastOptions['fold']): FoldFunction {
  const fold = (op: Operation, operands: readonly (Attribute | null)[]) =>
    (!operands[0] ? null : op.attr('roundingmode') ? constantFoldAll(op, operands) : constant(op, operands)) ??
    identities?.(op) ??
    null;
  return Object.assign(fold, { evaluates: true, constantsOnly: identities === undefined });
}

const castSpec = <const N extends string>(name: N, options: CastOptions) => {
  const kind = name.slice('arith.'.length) as CastOp;
  const constant = constantFoldCast((from, to) => castKernel(kind, from, to).scalar as Evaluator1);
  const [from, to] = options.types;
  return {
    name,
    summary: options.summary,
    ...(options.description ? { description: options.description } : {}),
    example: example(`%a: ${from}`, `%r = ${name} %a : ${from} to ${to}`, to),
    operands: { in: options.from },
    results: { out: options.to },
    traits: [Pure, Elementwise],
    interfaces: [
      Interpretable.implement({
        compile(op, c) {
          const mode = op.attr('roundingmode');
          const [source, target] = [elementTypeOf(op.operand(0).type), elementTypeOf(op.result(0).type)];
          return elementwiseStep(op, c, castKernel(kind, source, target, mode ? roundingSpec.read(mode) : undefined));
        },
      }),
      ...(options.interfaces ?? []),
    ],
    verify: (op: Operation) => verifyCast(op, options.widths),
    verifyReads: 'signature',
    fold: castFold(constant, options.fold),
    ...(options.patterns ? { patterns: options.patterns } : {}),
  } as const;
};

function cast<const N extends string>(name: N, options: CastOptions) {
  return defineOp({ ...castSpec(name, options), assembly: castAssembly() });
}

/** The operand of the op's operand, when that is a cast named `name`. */
function through(op: Operation, name: string): Value | null {
  const inner = op.operand(0).definingOp;
  return inner?.name === name ? inner.operand(0) : null;
}

/** `outer(inner(x)) == result(x)` */
function collapse(outer: string, inner: string, result: string): RewritePattern {
  return definePattern({
    name: `${inner.slice(6)}-${outer.slice(6)}`.replace('_', '-'),
    equation: `${outer.slice(6)}(${inner.slice(6)} x) == ${result.slice(6)} x`,
    root: outer,
    generates: [result],
    rewrite(op, rewriter) {
      const x = through(op, inner);
      if (!x) return false;
      const made = rewriter.insert(Operation.create(op.context.opInfo(result), op.loc, [x], [op.result(0).type]));
      rewriter.replaceOp(op, [made.result(0)]);
      return true;
    },
  });
}

export const ExtSIOp = cast('arith.extsi', {
  interfaces: [infersCast('extsi')],
  summary: 'Widens a signed integer.',
  description: 'The new bits are copies of the sign. The result type is wider than that of the operand.',
  from: IntegerLike,
  to: IntegerLike,
  types: ['i8', 'i32'],
  widths: 'wider',
  // A zero-extended value is not negative.
  patterns: [
    collapse('arith.extsi', 'arith.extsi', 'arith.extsi'),
    collapse('arith.extsi', 'arith.extui', 'arith.extui'),
  ],
});
export const ExtUIOp = cast('arith.extui', {
  interfaces: [infersCast('extui')],
  summary: 'Widens an unsigned integer.',
  description: 'The new bits are zeros. The result type is wider than that of the operand.',
  from: IntegerLike,
  to: IntegerLike,
  types: ['i8', 'i32'],
  widths: 'wider',
  patterns: [collapse('arith.extui', 'arith.extui', 'arith.extui')],
});

/** What is left of `trunci(ext x)`: x, a narrower truncation or a narrower extension. */
const truncateExtended: RewritePattern = definePattern({
  name: 'trunc-ext',
  equation: 'trunci(ext x) == ext x or trunci x',
  root: 'arith.trunci',
  generates: ['arith.trunci', 'arith.extsi', 'arith.extui'],
  rewrite(op, rewriter) {
    const inner = op.operand(0).definingOp;
    if (inner?.name !== 'arith.extsi' && inner?.name !== 'arith.extui') return false;
    const x = inner.operand(0);
    const [from, to] = [elementWidth(x.type), elementWidth(op.result(0).type)];
    if (from === to) return false; // folds
    const name = from < to ? inner.name : 'arith.trunci';
    const made = rewriter.insert(Operation.create(op.context.opInfo(name), op.loc, [x], [op.result(0).type]));
    rewriter.replaceOp(op, [made.result(0)]);
    return true;
  },
});

export const TruncIOp = defineOp({
  ...castSpec('arith.trunci', {
    interfaces: [infersCast('trunci')],
    summary: 'Keeps the low bits of an integer.',
    description:
      'The result type is narrower than that of the operand. `overflow<nsw>` and `overflow<nuw>` promise that no value is lost.',
    from: IntegerLike,
    to: IntegerLike,
    types: ['i32', 'i8'],
    widths: 'narrower',
    // trunci(ext x) == x
    fold(op) {
      const x = through(op, 'arith.extsi') ?? through(op, 'arith.extui');
      return x?.type === op.result(0).type ? x : null;
    },
    patterns: [
      collapse('arith.trunci', 'arith.trunci', 'arith.trunci'),
      truncateExtended,
      // The low bits of an index are the low bits of its cast.
      collapse('arith.trunci', 'arith.index_cast', 'arith.index_cast'),
      collapse('arith.trunci', 'arith.index_castui', 'arith.index_castui'),
    ],
  }),
  attributes: { overflowFlags: overflowSpec },
  assembly: castAssembly(inlineOverflow),
});

const withFastmath = <const N extends string>(name: N, options: CastOptions, ...inline: InlineAttribute[]) =>
  defineOp({
    ...castSpec(name, options),
    attributes: { fastmath: fastmathSpec },
    assembly: castAssembly(...inline, inlineFastmath),
  });

export const ExtFOp = withFastmath('arith.extf', {
  summary: 'Widens a float; exact.',
  description: 'Every value of the narrower type is one of the wider type, NaN and infinities included.',
  from: FloatLike,
  to: FloatLike,
  types: ['f32', 'f64'],
  widths: 'wider',
  patterns: [collapse('arith.extf', 'arith.extf', 'arith.extf')],
});

export const TruncFOp = defineOp({
  ...castSpec('arith.truncf', {
    summary: 'Narrows a float, to nearest with ties to even unless a rounding mode is given.',
    description: 'Values too large for the narrower type become infinities.',
    from: FloatLike,
    to: FloatLike,
    types: ['f64', 'f32'],
    widths: 'narrower',
    // truncf(extf x) == x
    fold(op) {
      const x = through(op, 'arith.extf');
      return x?.type === op.result(0).type ? x : null;
    },
  }),
  attributes: { roundingmode: roundingSpec, fastmath: fastmathSpec },
  assembly: castAssembly(inlineRounding, inlineFastmath),
});

/** A conversion that is undefined out of range: speculating it may trap in the interpreter. */
const undefinedOutOfRange: InterfaceImplementation = ConditionallySpeculatable.implement({
  isSpeculatable: () => false,
});

export const SIToFPOp = cast('arith.sitofp', {
  summary: 'A signed integer as the nearest float.',
  description: 'Rounded to nearest, ties to even, where the float has not enough bits.',
  // Both ends of an extension are the same number.
  patterns: [
    collapse('arith.sitofp', 'arith.extsi', 'arith.sitofp'),
    collapse('arith.sitofp', 'arith.extui', 'arith.uitofp'),
  ],
  from: IntegerLike,
  to: FloatLike,
  types: ['i32', 'f32'],
});
export const UIToFPOp = cast('arith.uitofp', {
  summary: 'An unsigned integer as the nearest float.',
  description: 'Rounded to nearest, ties to even, where the float has not enough bits.',
  patterns: [collapse('arith.uitofp', 'arith.extui', 'arith.uitofp')],
  from: IntegerLike,
  to: FloatLike,
  types: ['i32', 'f32'],
});
export const FPToSIOp = cast('arith.fptosi', {
  summary: 'A float rounded toward zero to a signed integer.',
  description:
    'Undefined when the result does not hold the value, and for NaN; buildSaturatingCast makes a conversion that is defined everywhere.',
  from: FloatLike,
  to: IntegerLike,
  types: ['f32', 'i32'],
  interfaces: [undefinedOutOfRange],
});
export const FPToUIOp = cast('arith.fptoui', {
  summary: 'A float rounded toward zero to an unsigned integer.',
  description: 'Undefined when the result does not hold the value, and for NaN.',
  from: FloatLike,
  to: IntegerLike,
  types: ['f32', 'i32'],
  interfaces: [undefinedOutOfRange],
});

/** `index_cast(index_cast x) == x` for x no wider than index. */
function indexRoundTrip(name: 'arith.index_cast' | 'arith.index_castui'): CastOptions['fold'] {
  return (op) => {
    const x = through(op, name);
    if (!x || x.type !== op.result(0).type) return null;
    return elementTypeOf(x.type) instanceof IntegerType && elementWidth(x.type) <= 64 ? x : null;
  };
}

function verifyIndexCast(op: Operation): void {
  const from = elementTypeOf(op.operand(0).type) instanceof IndexType;
  const to = elementTypeOf(op.result(0).type) instanceof IndexType;
  if (from === to)
    op.emitError(
      'arith.index-cast',
      `must convert between index and an integer type, got ${op.operand(0).type} to ${op.result(0).type}`,
    );
}

export const IndexCastOp = defineOp({
  ...castSpec('arith.index_cast', {
    interfaces: [infersCast('extsi')],
    summary: 'Between index and integers, signed: extends the sign or keeps the low bits.',
    description: 'An index has 64 bits.',
    from: IndexCastable,
    to: IndexCastable,
    types: ['index', 'i32'],
    fold: indexRoundTrip('arith.index_cast'),
    patterns: [
      collapse('arith.index_cast', 'arith.extsi', 'arith.index_cast'),
      collapse('arith.index_cast', 'arith.extui', 'arith.index_castui'),
    ],
  }),
  verify: verifyIndexCast,
  assembly: castAssembly(),
});
export const IndexCastUIOp = defineOp({
  ...castSpec('arith.index_castui', {
    interfaces: [infersCast('extui')],
    summary: 'Between index and integers, unsigned: extends with zeros or keeps the low bits.',
    description: 'An index has 64 bits.',
    from: IndexCastable,
    to: IndexCastable,
    types: ['index', 'i32'],
    fold: indexRoundTrip('arith.index_castui'),
    patterns: [collapse('arith.index_castui', 'arith.extui', 'arith.index_castui')],
  }),
  verify: verifyIndexCast,
  assembly: castAssembly(),
});

/** Bits of a scalar constant reinterpreted; NaNs keep their payload. */
function bitcastConstant(op: Operation, value: Attribute | null, to: Type): Attribute | null {
  if (value instanceof FloatAttr && to instanceof IntegerType)
    return op.context.integerAttr(to, value.nanBits ?? floatBits(value.value, value.type));
  if (value instanceof IntegerAttr && value.type instanceof IntegerType && to instanceof FloatType) {
    const bits = BigInt.asUintN(value.type.width, value.bigint);
    return op.context.floatAttr(to, Number.NaN, bits);
  }
  return null;
}

export const BitcastOp = defineOp({
  ...castSpec('arith.bitcast', {
    summary: 'The same bits as another type of the same width.',
    description:
      'Between integers and floats, or elements of vectors and tensors, of equal width. NaNs keep their bits.',
    from: AnyNumberLike,
    to: AnyNumberLike,
    types: ['f32', 'i32'],
    widths: 'equal',
    patterns: [collapse('arith.bitcast', 'arith.bitcast', 'arith.bitcast')],
  }),
  assembly: castAssembly(),
  fold(op, operands) {
    const x = op.operand(0);
    if (x.type === op.result(0).type) return x;
    const inner = through(op, 'arith.bitcast');
    if (inner?.type === op.result(0).type) return inner; // bitcast(bitcast x) == x
    return bitcastConstant(op, operands[0] ?? null, op.result(0).type) ?? constantFoldAll(op, operands);
  },
});
