// What verifiers and type inference of StableHLO ops share: sizes and types that agree where they are known.
import {
  type Attribute,
  type Context,
  DialectAttr,
  DYNAMIC,
  type Operation,
  TensorType,
  type Type,
  UnrankedTensorType,
  type Value,
} from '@budflow/ir';
import { TypeExtensions } from './attributes/other.js';
import { UniformType } from './quant/types.js';
import { isQuantizedType } from './types.js';

export function tensorOf(value: Value): TensorType {
  return value.type as TensorType;
}
export function shapeOf(value: Value): readonly number[] {
  return (value.type as TensorType).shape;
}
export function elementOf(value: Value): Type {
  return (value.type as TensorType).element;
}

/** Sizes that may be the same at run time. */
export function sizesAgree(a: number, b: number): boolean {
  return a === b || a === DYNAMIC || b === DYNAMIC;
}
export function shapesAgree(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => sizesAgree(size, b[i]!));
}

/** The bound of a dimension of a type; DYNAMIC when there is none. */
export function boundOf(type: TensorType, dim: number): number {
  const { encoding } = type;
  if (encoding instanceof DialectAttr && encoding.definition === TypeExtensions)
    return (encoding.parameters as { bounds: readonly number[] }).bounds[dim] ?? DYNAMIC;
  return DYNAMIC;
}
/** The encoding that gives sizes their bounds; null when there are none. */
export function boundsAttr(context: Context, bounds: readonly number[]): Attribute | null {
  return bounds.every((b) => b === DYNAMIC) ? null : context.dialectAttr(TypeExtensions, { bounds });
}

/** The type of the numbers that a quantized type stands for; other types stand for themselves. */
function expressedType(type: Type): Type {
  return isQuantizedType(type) ? type.parameters.expressed : type;
}

/** Element types that may be those of one value: quantized types of one expressed and storage type agree. */
export function elementsAgree(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (!UniformType.is(a) || !UniformType.is(b)) return expressedType(a) === expressedType(b);
  const [p, q] = [a.parameters, b.parameters];
  return (
    p.expressed === q.expressed &&
    p.width === q.width &&
    p.signed === q.signed &&
    p.min === q.min &&
    p.max === q.max &&
    (p.axes.length === 0 || q.axes.length === 0 || p.axes.join() === q.axes.join())
  );
}

/**
 * Types that a value may have both of: equal but for what is not known, sizes and parameters of quantization. A bound is
 * an upper limit of sizes.
 */
export function typesAgree(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a instanceof UnrankedTensorType || b instanceof UnrankedTensorType)
    return (
      (a instanceof TensorType || a instanceof UnrankedTensorType) &&
      (b instanceof TensorType || b instanceof UnrankedTensorType) &&
      elementsAgree(a.element, b.element)
    );
  if (!(a instanceof TensorType) || !(b instanceof TensorType)) return false;
  if (!elementsAgree(a.element, b.element) || !shapesAgree(a.shape, b.shape)) return false;
  const fits = (x: TensorType, y: TensorType) =>
    x.shape.every((size, d) => size === DYNAMIC || boundOf(y, d) === DYNAMIC || size <= boundOf(y, d));
  return fits(a, b) && fits(b, a);
}

/** Reports a result that cannot have the type that the op gives it. */
export function expectResult(op: Operation, wanted: Type, index = 0): boolean {
  const { type } = op.result(index);
  if (typesAgree(type, wanted)) return true;
  op.emitError(
    'stablehlo.result-type',
    `${op.resultCount > 1 ? `result #${index}` : 'the result'} must have a type compatible with ${wanted}, got ${type}`,
  );
  return false;
}

/** Reports lists of dimensions that are outside of `rank` or repeat one. `what` names the list. */
export function expectDimensions(
  op: Operation,
  what: string,
  dims: readonly number[],
  rank: number,
  options: { sorted?: boolean } = {},
): boolean {
  const outside = dims.find((d) => d < 0 || d >= rank);
  if (outside !== undefined) {
    op.emitError(
      'stablehlo.dimension',
      rank === 0
        ? `${what}: there is no dimension ${outside} of a tensor of rank 0`
        : `${what} must be from 0 to ${rank - 1}, got ${outside}`,
    );
    return false;
  }
  const seen = new Set<number>();
  for (const d of dims) {
    if (seen.has(d)) {
      op.emitError('stablehlo.dimension-repeated', `${what} must be distinct, got ${d} twice`);
      return false;
    }
    seen.add(d);
  }
  if (options.sorted && dims.some((d, i) => i > 0 && d < dims[i - 1]!)) {
    op.emitError('stablehlo.dimension-order', `${what} must be in ascending order, got [${dims.join(', ')}]`);
    return false;
  }
  return true;
}

/** Reports a list that does not have as many entries as it must. */
export function expectLength(op: Operation, what: string, list: readonly unknown[], wanted: number): boolean {
  if (list.length === wanted) return true;
  op.emitError(
    'stablehlo.list-length',
    `${what} must have ${wanted} ${wanted === 1 ? 'entry' : 'entries'}, got ${list.length}`,
  );
  return false;
}

/** Reports a number below what is allowed. */
export function expectAtLeast(op: Operation, what: string, list: readonly number[], least: number): boolean {
  const wrong = list.find((n) => n < least);
  if (wrong === undefined) return true;
  op.emitError('stablehlo.value-range', `${what} must be at least ${least}, got ${wrong}`);
  return false;
}

/** Reports operands whose element types differ. */
export function expectElements(op: Operation, what: string, got: Type, wanted: Type): boolean {
  if (elementsAgree(got, wanted)) return true;
  op.emitError('stablehlo.element-type', `${what} must have elements of type ${wanted}, got ${got}`);
  return false;
}
