// What ops without a structured form, or with one that does not tell all, say about run-time sizes: the size of each
// dynamic dimension of a result, and which dimensions of operands have to agree. Hosts allocate and check by it.
import { type AffineMap, DYNAMIC, defineInterface, type Operation, type TensorType, type Value } from '@budflow/ir';

/** A dimension of an operand. */
export interface OperandDim {
  readonly operand: number;
  readonly dim: number;
}

/** A size: the greatest of the map's results, at the sizes of some dimensions of operands (as the map's dimensions). */
export interface SizeRule {
  readonly of: readonly OperandDim[];
  readonly map: AffineMap;
}

/** What has to hold for the sizes of the operands, beside what the types say. */
export interface SizeConstraint {
  readonly left: OperandDim;
  readonly relation: 'equal' | 'atLeast';
  readonly right: OperandDim | number;
}

export const ShapeRules = defineInterface<{
  /** The size of a dimension of a result; asked for dynamic dimensions only. */
  size(op: Operation, result: number, dim: number): SizeRule | undefined;
  constraints?(op: Operation): readonly SizeConstraint[];
  /** Dimensions of operands whose sizes follow from those of others by a rule. */
  counts?(op: Operation): readonly { readonly size: OperandDim; readonly rule: SizeRule }[];
}>('ShapeRules');

/** The rule for dimension `dim` of a value that an op with ShapeRules makes. */
export function sizeRule(value: Value, dim: number): SizeRule | undefined {
  const op = value.definingOp;
  if (!op || (value.type as TensorType).shape[dim] !== DYNAMIC) return undefined;
  return ShapeRules.of(op)?.size(op, value.index, dim);
}

/** The size of one dimension of an operand. */
export function sameSize(op: Operation, operand: number, dim: number): SizeRule {
  return { of: [{ operand, dim }], map: op.context.identityMap(1) };
}

/** That the shapes of two operands agree, dimension by dimension. */
export function sameShape(op: Operation, left: number, right: number): SizeConstraint[] {
  return (op.operand(left).type as TensorType).shape.map((_, dim) => ({
    left: { operand: right, dim },
    relation: 'equal',
    right: { operand: left, dim },
  }));
}
