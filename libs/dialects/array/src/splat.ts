// Constants with one value everywhere, as folds and patterns test for them.
import {
  type Attribute,
  type Context,
  DenseElementsAttr,
  denseElement,
  elementCount,
  FloatType,
  IndexType,
  IntegerType,
  TensorType,
  type Type,
} from '@budflow/ir';
import { integerRange } from './element-types.js';

type MaybeAttribute = Attribute | null | undefined;

/** The dense constant `attr` when all its elements are stored as one, real number. */
function splat(attr: MaybeAttribute): DenseElementsAttr | undefined {
  if (!(attr instanceof DenseElementsAttr)) return undefined;
  const { element } = attr.type;
  if (!(element instanceof FloatType || element instanceof IntegerType || element instanceof IndexType))
    return undefined;
  return attr.splat || elementCount(attr.type.shape) === 1 ? attr : undefined;
}

/** Whether a constant is `value` everywhere; the zeros of floats are told apart. */
export function isSplat(attr: MaybeAttribute, value: number): boolean {
  const found = splat(attr);
  if (!found) return false;
  const element = denseElement(found, 0);
  if (typeof element === 'bigint') return element === BigInt(Object.is(value, -0) ? 0 : value);
  return found.type.element instanceof FloatType ? Object.is(element, value) : element === value;
}

/** Whether an integer constant has all bits set everywhere. */
export function isAllOnes(attr: MaybeAttribute): boolean {
  const found = splat(attr);
  if (!found || found.type.element instanceof FloatType) return false;
  const { min, max } = integerRange(found.type.element as IntegerType | IndexType);
  return BigInt(denseElement(found, 0)) === (min === 0n ? max : -1n);
}

/** Whether a constant is everywhere the least or greatest value of its element type; infinity for floats. */
export function isExtreme(attr: MaybeAttribute, which: 'least' | 'greatest'): boolean {
  const found = splat(attr);
  if (!found) return false;
  const element = denseElement(found, 0);
  if (found.type.element instanceof FloatType)
    return element === (which === 'least' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  const { min, max } = integerRange(found.type.element as IntegerType | IndexType);
  return BigInt(element) === (which === 'least' ? min : max);
}

/** The splat `attr` in another static shape of the same elements; null when there is none. */
export function resplat(context: Context, attr: MaybeAttribute, type: Type): Attribute | null {
  if (!(attr instanceof DenseElementsAttr) || !(type instanceof TensorType) || elementCount(type.shape) === undefined)
    return null;
  if (!attr.splat && elementCount(attr.type.shape) !== 1) return null;
  return attr.type.element === type.element ? context.denseElements(type, attr.bytes, { splat: true }) : null;
}

/** A constant of `type` with `value` everywhere; null when the shape is dynamic. */
export function splatOf(context: Context, type: Type, value: number): Attribute | null {
  return type instanceof TensorType && elementCount(type.shape) !== undefined ? context.splat(type, value) : null;
}
