// Looking at constant operands in folds and patterns. Splats count as their one value.

import {
  attributeFromValue,
  type Evaluator1,
  type Evaluator2,
  interpretPureOp,
  RuntimeTrap,
  type RuntimeValue,
  valueFromAttribute,
} from '@budflow/interpreter';
import {
  type Attribute,
  ConstantLike,
  DenseElementsAttr,
  denseElement,
  elementTypeOf,
  FloatAttr,
  FloatType,
  type FoldFunction,
  IndexType,
  IntegerAttr,
  IntegerType,
  type Operation,
  type Type,
  type Value,
} from '@budflow/ir';

/** The integer a scalar or splat constant holds; null for anything else. */
export function integerOf(attr: Attribute | null | undefined): number | bigint | null {
  if (attr instanceof IntegerAttr) return attr.value;
  if (attr instanceof DenseElementsAttr && attr.splat) {
    const { element } = attr.type;
    if (element instanceof IntegerType || element instanceof IndexType) return denseElement(attr, 0);
  }
  return null;
}

/** The float a scalar or splat constant holds; null for anything else. */
export function floatOf(attr: Attribute | null | undefined): number | null {
  if (attr instanceof FloatAttr) return attr.value;
  if (attr instanceof DenseElementsAttr && attr.splat && attr.type.element instanceof FloatType) {
    const { element } = attr.type;
    return element.name === 'f64' || element.name === 'f32' || element.name === 'f16' || element.name === 'bf16'
      ? Number(denseElement(attr, 0))
      : null;
  }
  return null;
}

/** Whether a constant is this integer; -1 also matches all ones of i1. */
export function isInteger(attr: Attribute | null | undefined, value: number): boolean {
  const found = integerOf(attr);
  if (found === null) return false;
  // biome-ignore lint/suspicious/noDoubleEquals: compares numbers with bigints
  if (found == value) return true;
  return value === -1 && isAllOnes(attr!, found);
}
function isAllOnes(attr: Attribute, value: number | bigint): boolean {
  const type = elementTypeOf((attr as IntegerAttr | DenseElementsAttr).type);
  return type instanceof IntegerType && type.width === 1 && Number(value) === 1;
}

/** Whether a constant is this float, the sign of zero included. */
export function isFloat(attr: Attribute | null | undefined, value: number): boolean {
  const found = floatOf(attr);
  return found !== null && Object.is(found, value);
}

/** The constant a value is defined as; null when it is none. */
export function constantOperand(value: Value): Attribute | null {
  const op = value.definingOp;
  return op?.info.hasTrait(ConstantLike) ? (op.attr('value') ?? null) : null;
}

/** Zero, one, ... of the result's type. */
export function constantLike(op: Operation, value: number | bigint): Attribute {
  return op.context.constantAttr(op.result(0).type, value);
}

function isScalarConstant(attr: Attribute): boolean {
  return attr instanceof IntegerAttr || attr instanceof FloatAttr;
}

/** The attribute of a result; null when there is none. */
function resultAttribute(op: Operation, value: RuntimeValue): Attribute | null {
  return attributeFromValue(op.context, op.result(0).type, value);
}

/** A memo of scalar functions by element type: folding a constant must not build the function again. */
function memo<F>(make: (type: Type) => F): (type: Type) => F {
  const known = new WeakMap<Type, F>();
  return (type) => {
    let f = known.get(type);
    if (f === undefined) {
      f = make(type);
      known.set(type, f);
    }
    return f;
  };
}

export interface ConstantFold {
  (op: Operation, operands: readonly (Attribute | null)[]): Attribute | null;
  readonly constantsOnly: true;
  readonly evaluates: true;
}
const EVALUATES = { constantsOnly: true, evaluates: true } as const;

/** The result of scalar code; null when it traps. */
function untrapped(op: Operation, f: () => RuntimeValue): Attribute | null {
  try {
    return resultAttribute(op, f());
  } catch (error) {
    if (error instanceof RuntimeTrap) return null;
    throw error;
  }
}

/** Results that a fold remembers (a power of two). */
const REMEMBERED = 128;

/**
 * Results of one op's evaluation on scalars, null ones (traps) too: programs repeat their constants, and the scalar code
 * seldom runs often enough in a compiler to be fast. Direct-mapped, and attributes are unique: a hit is exact.
 */
class FoldMemo {
  private readonly operands = new Array<Attribute | null>(3 * REMEMBERED).fill(null);
  private readonly attributes = new Array<Attribute | null>(REMEMBERED).fill(null);
  private readonly types = new Array<Type | null>(REMEMBERED).fill(null);
  private readonly results = new Array<Attribute | null>(REMEMBERED).fill(null);

  /** What `evaluate` gives for `op`, which has one result, on one to three scalars. */
  fold(
    op: Operation,
    a: Attribute,
    b: Attribute | null,
    c: Attribute | null,
    evaluate: (op: Operation, a: Attribute, b: Attribute | null, c: Attribute | null) => Attribute | null,
  ): Attribute | null {
    const { attributes } = op;
    const { type } = op.result(0);
    const { operands } = this;
    const hash = a.id + 7 * (b === null ? 0 : b.id) + 31 * (c === null ? 0 : c.id) + type.id;
    const slot = (hash ^ (hash >>> 7)) & (REMEMBERED - 1);
    if (
      operands[3 * slot] === a &&
      operands[3 * slot + 1] === b &&
      operands[3 * slot + 2] === c &&
      this.attributes[slot] === attributes &&
      this.types[slot] === type
    )
      return this.results[slot]!;
    const result = evaluate(op, a, b, c);
    operands[3 * slot] = a;
    operands[3 * slot + 1] = b;
    operands[3 * slot + 2] = c;
    this.attributes[slot] = attributes;
    this.types[slot] = type;
    this.results[slot] = result;
    return result;
  }
}

/** Constant folding of an op with one operand; `make` gives the scalar function for the operand's element type. */
export function constantFold1(make: (type: Type) => Evaluator1): ConstantFold {
  const functions = memo(make);
  const known = new FoldMemo();
  const evaluate = (op: Operation, a: Attribute) =>
    untrapped(op, () => functions(op.operand(0).type)(valueFromAttribute(a)!));
  const fold = (op: Operation, operands: readonly (Attribute | null)[]) => {
    const a = operands[0];
    if (!a) return null;
    if (!isScalarConstant(a)) return interpretPureOp(op, [a])?.[0] ?? null;
    return known.fold(op, a, null, null, evaluate);
  };
  return Object.assign(fold, EVALUATES);
}

/** The same for two operands of one type. */
export function constantFold2(make: (type: Type) => Evaluator2): ConstantFold {
  const functions = memo(make);
  const known = new FoldMemo();
  const evaluate = (op: Operation, a: Attribute, b: Attribute | null) =>
    untrapped(op, () => functions(op.operand(0).type)(valueFromAttribute(a)!, valueFromAttribute(b!)!));
  const fold = (op: Operation, operands: readonly (Attribute | null)[]) => {
    const a = operands[0];
    const b = operands[1];
    if (!a || !b) return null;
    if (!isScalarConstant(a) || !isScalarConstant(b)) return interpretPureOp(op, [a, b])?.[0] ?? null;
    return known.fold(op, a, b, null, evaluate);
  };
  return Object.assign(fold, EVALUATES);
}

/** The same for a cast: `make` gives the scalar function from one element type to another. */
export function constantFoldCast(make: (from: Type, to: Type) => Evaluator1): ConstantFold {
  const functions = memo((from: Type) => memo((to: Type) => make(from, to)));
  const known = new FoldMemo();
  const evaluate = (op: Operation, a: Attribute) =>
    untrapped(op, () => functions(op.operand(0).type)(op.result(0).type)(valueFromAttribute(a)!));
  const fold = (op: Operation, operands: readonly (Attribute | null)[]) => {
    const a = operands[0];
    if (!a) return null;
    if (!isScalarConstant(a)) return interpretPureOp(op, [a])?.[0] ?? null;
    return known.fold(op, a, null, null, evaluate);
  };
  return Object.assign(fold, EVALUATES);
}

/** Constant folding by interpretation, for ops that are seldom folded. */
export function constantFoldAll(op: Operation, operands: readonly (Attribute | null)[]): Attribute[] | null {
  return operands.every((a) => a !== null) ? interpretPureOp(op, operands as Attribute[]) : null;
}

/** `constantFoldAll` as the only fold of an op with one result. */
export function foldByInterpretation(): FoldFunction {
  const known = new FoldMemo();
  const interpret = (op: Operation, a: Attribute, b: Attribute | null, c: Attribute | null) =>
    interpretPureOp(op, c ? [a, b!, c] : b ? [a, b] : [a])?.[0] ?? null;
  const fold = (op: Operation, operands: readonly (Attribute | null)[]) => {
    if (operands.length === 0 || operands.length > 3 || !operands.every((a) => a !== null && isScalarConstant(a)))
      return constantFoldAll(op, operands);
    return known.fold(op, operands[0]!, operands[1] ?? null, operands[2] ?? null, interpret);
  };
  return Object.assign(fold, EVALUATES);
}
