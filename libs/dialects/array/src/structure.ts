// Iteration domains and indexing maps that several structured ops share.

import {
  AffineExpr,
  type AffineMap,
  type Attribute,
  type BodyContext,
  type DomainDim,
  type DomainSize,
  DYNAMIC,
  type InterfaceImplementation,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  type PointCost,
  StructuredOp,
  type TensorType,
  type Value,
} from '@budflow/ir';

export function tensorType(value: Value): TensorType {
  return value.type as TensorType;
}

/** Size of dimension `dim` of operand `operand`. */
export function operandSize(op: Operation, operand: number, dim: number): DomainSize {
  const size = tensorType(op.operand(operand)).shape[dim]!;
  return size === DYNAMIC ? { kind: 'operand', operand, dim } : { kind: 'static', size };
}
/** Size of dimension `dim` of result `result`. */
export function resultSize(op: Operation, result: number, dim: number): DomainSize {
  const size = tensorType(op.result(result)).shape[dim]!;
  return size === DYNAMIC ? { kind: 'result', result, dim } : { kind: 'static', size };
}

/** One parallel dimension for each dimension of an operand. */
export function operandDomain(op: Operation, operand: number): DomainDim[] {
  return tensorType(op.operand(operand)).shape.map((_, dim) => ({
    iterator: 'parallel',
    size: operandSize(op, operand, dim),
  }));
}
/** One parallel dimension for each dimension of the result. */
export function resultDomain(op: Operation): DomainDim[] {
  return tensorType(op.result(0)).shape.map((_, dim) => ({ iterator: 'parallel', size: resultSize(op, 0, dim) }));
}

/** The map that picks the given dimensions of a domain. */
export function dimsMap(op: Operation, domainRank: number, dims: readonly number[]): AffineMap {
  return op.context.affineMap(
    domainRank,
    0,
    dims.map((d) => AffineExpr.dim(d)),
  );
}

export function noMaps(count: number): null[] {
  return new Array<null>(count).fill(null);
}

/** Interfaces of an op that computes every element of its result from the elements of its operands at the same place. */
export function elementwiseInterfaces(
  cost: PointCost | ((op: Operation) => PointCost),
  body: (op: Operation, context: BodyContext) => Value,
): InterfaceImplementation[] {
  return [
    OpPattern.implement({ pattern: () => OpPatternKind.elementwise }),
    OpCost.implement({ pointCost: typeof cost === 'function' ? cost : () => cost }),
    StructuredOp.implement({
      domain: (op) => operandDomain(op, 0),
      indexingMaps(op) {
        const map = op.context.identityMap(tensorType(op.result(0)).rank);
        return new Array<AffineMap>(op.operandCount + 1).fill(map);
      },
      body: (op, context) => [body(op, context)],
    }),
  ];
}

/** Interfaces of an op that moves elements without changing them. */
export function copyInterfaces(
  pattern: OpPatternKind,
  structure: {
    domain(op: Operation): DomainDim[];
    maps(op: Operation): (AffineMap | null)[];
    fill?(op: Operation): Attribute;
  },
): InterfaceImplementation[] {
  return [
    OpPattern.implement({ pattern: () => pattern }),
    OpCost.implement({ pointCost: () => FREE }),
    StructuredOp.implement({
      domain: structure.domain,
      indexingMaps: structure.maps,
      body: (_, context) => [context.operand(0)],
      ...(structure.fill ? { fill: structure.fill } : {}),
    }),
  ];
}

/** Nothing is computed. */
export const FREE: PointCost = { flops: 0, expensive: false };
