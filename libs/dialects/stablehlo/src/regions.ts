// What verifiers of ops with regions share: the types of arguments and of what a region returns.
import {
  type Block,
  ComplexType,
  FloatType,
  IntegerType,
  type Operation,
  type Region,
  TensorType,
  type Type,
} from '@budflow/ir';
import { elementsAgree, typesAgree } from './shapes.js';
import { isQuantizedType } from './types.js';

/** The op that ends a region; undefined where it is not stablehlo.return. */
export function returnOf(region: Region): Operation | undefined {
  const last = region.blocks[0]?.lastOp;
  return last?.name === 'stablehlo.return' ? last : undefined;
}

/** Reports arguments of a region that cannot have the types wanted. */
export function expectArguments(op: Operation, index: number, wanted: readonly Type[]): boolean {
  const block = op.region(index).blocks[0] as Block;
  const got = block.arguments.map((a) => a.type);
  if (got.length === wanted.length && got.every((t, i) => typesAgree(t, wanted[i]!))) return true;
  op.emitError(
    'stablehlo.region-arguments',
    `region #${index} must have arguments of types (${wanted.join(', ')}), got (${got.join(', ')})`,
  );
  return false;
}

/** Reports a region that does not return values of the types wanted. */
export function expectReturns(op: Operation, index: number, wanted: readonly Type[]): boolean {
  const terminator = returnOf(op.region(index));
  if (terminator === undefined) {
    op.emitError('stablehlo.region-return', `region #${index} must end with 'stablehlo.return'`);
    return false;
  }
  const got = terminator.operands.map((v) => v.type);
  if (got.length === wanted.length && got.every((t, i) => typesAgree(t, wanted[i]!))) return true;
  op.emitError(
    'stablehlo.region-results',
    `region #${index} must return values of types (${wanted.join(', ')}), got (${got.join(', ')})`,
  ).note('returned here', terminator.loc);
  return false;
}

/** Whether elements of one type become elements of another without loss. */
function isPromotable(from: Type, to: Type): boolean {
  if (elementsAgree(from, to)) return true;
  if (from instanceof IntegerType && to instanceof IntegerType)
    return from.signedness === to.signedness && from.width <= to.width;
  if (from instanceof FloatType && to instanceof FloatType) return from.width <= to.width;
  if (from instanceof ComplexType && to instanceof ComplexType) return isPromotable(from.element, to.element);
  return isQuantizedType(from) && isQuantizedType(to) && from.parameters.width <= to.parameters.width;
}

/**
 * The scalar types that a reduction computes with, one for each input: what its region has as arguments, twice, and
 * returns. Reports a region of other types, or of types that inputs cannot be promoted to.
 */
export function accumulatorTypes(op: Operation, index: number, elements: readonly Type[]): Type[] | undefined {
  const terminator = returnOf(op.region(index));
  if (terminator === undefined) {
    op.emitError('stablehlo.region-return', `region #${index} must end with 'stablehlo.return'`);
    return undefined;
  }
  const returned = terminator.operands.map((v) => v.type);
  const wrong =
    returned.length !== elements.length ||
    returned.some((t, i) => !(t instanceof TensorType) || t.rank !== 0 || !isPromotable(elements[i]!, t.element));
  if (wrong) {
    op.emitError(
      'stablehlo.region-results',
      `region #${index} must return scalars of types (${elements.map((e) => `tensor<${e}>`).join(', ')}) or wider ones, got (${returned.join(', ')})`,
    ).note('returned here', terminator.loc);
    return undefined;
  }
  return expectArguments(op, index, [...returned, ...returned]) ? returned : undefined;
}
