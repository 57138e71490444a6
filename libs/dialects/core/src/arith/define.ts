// Shapes that most arith ops share: integer and float ops of two operands, and casts.

import {
  type Evaluator2,
  elementwiseStep,
  type FloatOp,
  floatBinary,
  floatKernel,
  type IntegerOp,
  Interpretable,
  integerBinary,
  integerKernel,
} from '@budflow/interpreter';
import {
  type Attribute,
  ConditionallySpeculatable,
  defineOp,
  Elementwise,
  elementTypeOf,
  type FoldFunction,
  type InterfaceImplementation,
  MemoryEffects,
  type Operation,
  Pure,
  type RewritePattern,
  SameOperandsAndResultType,
  type Trait,
  type Value,
} from '@budflow/ir';
import { sameTypeAssembly } from '../support/assembly.js';
import { type ConstantFold, constantFold2, constantOperand, integerOf } from '../support/constants.js';
import { example } from '../support/example.js';
import { elementWidth, FloatLike, IntegerLike } from '../support/types.js';
import { fastmathSpec, inlineFastmath, inlineOverflow, overflowSpec } from './attributes.js';
import { infersBinary } from './int-ranges.js';

/** A fold of identities, after constants were tried. */
export type IdentityFold = (op: Operation, lhs: Attribute | null, rhs: Attribute | null) => Value | Attribute | null;

export interface IntegerOpOptions {
  readonly summary: string;
  readonly description?: string;
  readonly fold?: IdentityFold;
  readonly traits?: readonly Trait[];
  readonly patterns?: readonly RewritePattern[];
}

/** When an op with undefined cases may be executed speculatively, judged by its second operand. */
export function speculatableWhen(safe: (divisor: number | bigint, op: Operation) => boolean): InterfaceImplementation {
  return ConditionallySpeculatable.implement({
    isSpeculatable(op) {
      const rhs = integerOf(constantOperand(op.operand(1)));
      return rhs !== null && safe(rhs, op);
    },
  });
}

/** No effects, but not speculatable without proof: what divisions are instead of Pure. */
export const effectFree: InterfaceImplementation = MemoryEffects.implement({ effects: () => [] });

export const nonZeroDivisor: InterfaceImplementation = speculatableWhen((d) => Number(d) !== 0);
/** Neither zero nor -1, which overflows with the most negative dividend. */
export const safeSignedDivisor: InterfaceImplementation = speculatableWhen(
  (d, op) => Number(d) !== 0 && !(Number(d) === -1 || elementWidth(op.result(0).type) === 1),
);
const shiftInRange: InterfaceImplementation = speculatableWhen(
  (n, op) => Number(n) >= 0 && Number(n) < elementWidth(op.result(0).type),
);

function foldBinary(constants: ConstantFold, identities: IdentityFold | undefined): FoldFunction {
  if (identities === undefined) return constants;
  const fold = (op: Operation, operands: readonly (Attribute | null)[]) => {
    const lhs = operands[0] ?? null;
    const rhs = operands[1] ?? null;
    return (lhs !== null && rhs !== null ? constants(op, operands) : null) ?? identities(op, lhs, rhs);
  };
  return Object.assign(fold, { evaluates: true });
}

const integerInterpretation = (name: IntegerOp): InterfaceImplementation =>
  Interpretable.implement({
    compile: (op, c) => elementwiseStep(op, c, integerKernel(name, elementTypeOf(op.result(0).type))),
  });

const integerSpec = <const N extends string>(
  name: N,
  options: IntegerOpOptions,
  interfaces: readonly InterfaceImplementation[],
  traits: readonly Trait[],
) => {
  const short = name.slice('arith.'.length) as IntegerOp;
  return {
    name,
    summary: options.summary,
    ...(options.description ? { description: options.description } : {}),
    example: example('%a: i32, %b: i32', `%r = ${name} %a, %b : i32`, 'i32'),
    operands: { lhs: IntegerLike, rhs: IntegerLike },
    results: { result: IntegerLike },
    traits: [...traits, Elementwise, SameOperandsAndResultType, ...(options.traits ?? [])],
    interfaces: [integerInterpretation(short), infersBinary(short), ...interfaces],
    inferTypes: (_context: unknown, { operands }: { operands: readonly Value[] }) => [operands[0]!.type],
    fold: foldBinary(
      constantFold2((type) => integerBinary(short, type) as Evaluator2),
      options.fold,
    ),
    ...(options.patterns ? { patterns: options.patterns } : {}),
  } as const;
};

/** An integer op without undefined cases. */
export function integerOp<const N extends string>(name: N, options: IntegerOpOptions) {
  return defineOp({ ...integerSpec(name, options, [], [Pure]), assembly: sameTypeAssembly(2) });
}

/** An integer op with `overflow<...>` flags. */
export function overflowOp<const N extends string>(name: N, options: IntegerOpOptions) {
  return defineOp({
    ...integerSpec(name, options, [], [Pure]),
    attributes: { overflowFlags: overflowSpec },
    assembly: sameTypeAssembly(2, inlineOverflow),
  });
}

/** A shift: poison past the width, which the interpreter traps. */
export function shiftOp<const N extends string>(name: N, options: IntegerOpOptions) {
  return defineOp({ ...integerSpec(name, options, [shiftInRange], [Pure]), assembly: sameTypeAssembly(2) });
}

/** A division or remainder: undefined for some operands, so not Pure. */
export function divisionOp<const N extends string>(
  name: N,
  speculation: InterfaceImplementation,
  options: IntegerOpOptions,
) {
  return defineOp({ ...integerSpec(name, options, [effectFree, speculation], []), assembly: sameTypeAssembly(2) });
}

export interface FloatOpOptions extends IntegerOpOptions {
  /** The semantics, where the op's name is an older one of another op. */
  readonly semantics?: FloatOp;
}

/** A float op of two operands with fast-math flags. */
export function floatOp<const N extends string>(name: N, options: FloatOpOptions) {
  const semantics = options.semantics ?? (name.slice('arith.'.length) as FloatOp);
  return defineOp({
    name,
    summary: options.summary,
    ...(options.description ? { description: options.description } : {}),
    example: example('%a: f32, %b: f32', `%r = ${name} %a, %b : f32`, 'f32'),
    operands: { lhs: FloatLike, rhs: FloatLike },
    results: { result: FloatLike },
    attributes: { fastmath: fastmathSpec },
    traits: [Pure, Elementwise, SameOperandsAndResultType, ...(options.traits ?? [])],
    interfaces: [
      Interpretable.implement({
        compile: (op, c) => elementwiseStep(op, c, floatKernel(semantics, elementTypeOf(op.result(0).type))),
      }),
    ],
    assembly: sameTypeAssembly(2, inlineFastmath),
    inferTypes: (_context, { operands }) => [operands[0]!.type],
    fold: foldBinary(
      constantFold2((type) => floatBinary(semantics, type) as Evaluator2),
      options.fold,
    ),
    ...(options.patterns ? { patterns: options.patterns } : {}),
  } as const);
}
