// Checks of shapes and types that several ops share. Messages show both sides.
import { DYNAMIC, type Operation, TensorType, type Type } from '@budflow/ir';

/** All operands have exactly one type. */
export function verifySameOperandTypes(op: Operation): boolean {
  const first = op.operand(0).type;
  for (let i = 1; i < op.operandCount; i++) {
    if (op.operand(i).type !== first) {
      op.emitError(
        'array.operand-types',
        `requires all operands to have one type, got ${first} and ${op.operand(i).type} (operand #${i})`,
      );
      return false;
    }
  }
  return true;
}

/** All operands and the result have exactly one type. */
export function verifySameTypes(op: Operation): boolean {
  if (!verifySameOperandTypes(op)) return false;
  return expectResult(op, op.operand(0).type);
}

/** The result has the type that follows from operands and attributes. */
export function expectResult(op: Operation, expected: Type, index = 0): boolean {
  const type = op.result(index).type;
  if (type === expected) return true;
  op.emitError(
    'array.result-type',
    `requires result ${op.resultCount > 1 ? `#${index} ` : ''}of type ${expected}, got ${type}`,
  );
  return false;
}

export function expectElement(op: Operation, type: Type, expected: Type, what: string): boolean {
  const element = type instanceof TensorType ? type.element : type;
  if (element === expected) return true;
  op.emitError('array.element-type', `requires ${what} with elements of type ${expected}, got ${type}`);
  return false;
}

/** Sizes that can be equal at run time. */
export function sizesAgree(a: number, b: number): boolean {
  return a === b || a === DYNAMIC || b === DYNAMIC;
}

/** The list names distinct dimensions of a tensor of rank `rank`. */
export function verifyDims(op: Operation, name: string, dims: readonly number[], rank: number, of: string): boolean {
  const seen = new Set<number>();
  for (const d of dims) {
    if (d < 0 || d >= rank) {
      const range = rank === 0 ? 'which has none' : `0 to ${rank - 1}`;
      op.emitError('array.dimension', `requires '${name}' to name dimensions of ${of} (${range}), got ${d}`);
      return false;
    }
    if (seen.has(d)) {
      op.emitError('array.dimension', `requires '${name}' to name each dimension once, got ${d} twice`);
      return false;
    }
    seen.add(d);
  }
  return true;
}

/** A size operand for each dynamic dimension that needs one. */
export function verifySizeCount(op: Operation, sizes: number, needed: number, why: string): boolean {
  if (sizes === needed) return true;
  op.emitError(
    'array.size-operands',
    `requires ${needed} size operand${needed === 1 ? '' : 's'} (one for each ${why}), got ${sizes}`,
  );
  return false;
}

export function dynamicDims(type: Type): number {
  return type instanceof TensorType ? type.shape.filter((d) => d === DYNAMIC).length : 0;
}
