// Element types of the array dialects against those of arith: arith's integers carry no sign, so ui8 becomes i8 and
// the builders take the signedness apart.
import {
  ComplexType,
  type Context,
  elementTypeOf,
  FloatType,
  IndexType,
  IntegerType,
  isShaped,
  type Type,
} from '@budflow/ir';

export type IntegerSignedness = 'signed' | 'unsigned';

/** The type with its element type signless: `ui8` gives `i8`, `vector<4xui8>` `vector<4xi8>`. */
export function signlessType(context: Context, type: Type): Type {
  const element = elementTypeOf(type);
  if (!(element instanceof IntegerType) || element.signedness === 'signless') return type;
  const plain = context.integer(element.width);
  return isShaped(type) ? context.withElement(type, plain) : plain;
}

/** How integers of an element type are meant: ui* and i1 unsigned, everything else signed. */
export function signednessOf(type: Type): IntegerSignedness {
  const element = elementTypeOf(type);
  return element instanceof IntegerType && (element.signedness === 'unsigned' || element.width === 1)
    ? 'unsigned'
    : 'signed';
}

export function isFloatLike(type: Type): boolean {
  return elementTypeOf(type) instanceof FloatType;
}
export function isIntegerLikeType(type: Type): boolean {
  const element = elementTypeOf(type);
  return element instanceof IntegerType || element instanceof IndexType;
}
export function isBoolLike(type: Type): boolean {
  const element = elementTypeOf(type);
  return element instanceof IntegerType && element.width === 1;
}
export function isComplexLike(type: Type): boolean {
  return elementTypeOf(type) instanceof ComplexType;
}

/** The shape of `like` with another element type; the element type itself for a scalar. */
export function typeLike(context: Context, like: Type, element: Type): Type {
  return isShaped(like) ? context.withElement(like, element) : element;
}
