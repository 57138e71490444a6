// What ops that compare a value with an expected one have in common: how near it must be, and how that is written.
import type { Expectation } from '@budflow/interpreter';
import { attr, defaultAttr, MemRefType, type Operation, TensorType, type Type } from '@budflow/ir';

/** Attributes of an op with an expectation. */
export const expectationAttributes = {
  relation: attr.enum('equal', 'tolerance', 'ulps'),
  tolerance: defaultAttr(attr.f64, 0),
  min_ulps: defaultAttr(attr.i64, 0),
  max_ulps: defaultAttr(attr.i64, 0),
} as const;

/** The expectation of an op that has `expectationAttributes`. */
export function expectationOf(op: Operation): Expectation {
  const { relation, tolerance, min_ulps, max_ulps } = expectationAttributes;
  const read = <T>(name: string, spec: { read(a: NonNullable<ReturnType<Operation['attr']>>): T }, missing: T): T => {
    const value = op.attr(name);
    return value === undefined ? missing : spec.read(value);
  };
  return {
    relation: read('relation', relation, 'equal'),
    tolerance: read('tolerance', tolerance, 0),
    minUlps: read('min_ulps', min_ulps, 0),
    maxUlps: read('max_ulps', max_ulps, 0),
  };
}

function elementOf(type: Type): Type {
  return type instanceof TensorType || type instanceof MemRefType ? type.element : type;
}

/** Elements are of one type, distances are not negative, and the lower one is not above the upper one. */
export function verifyExpectation(op: Operation): void {
  const [actual, expected] = [elementOf(op.operand(0).type), elementOf(op.operand(1).type)];
  if (actual !== expected) {
    op.emitError('expect.types', `requires two arrays of the same element type, got ${actual} and ${expected}`);
    return;
  }
  const { tolerance, minUlps, maxUlps } = expectationOf(op);
  if (!(tolerance >= 0 && tolerance < Infinity))
    op.emitError('expect.tolerance', `requires a finite tolerance of at least 0, got ${tolerance}`);
  else if (!(minUlps >= 0 && maxUlps >= minUlps))
    op.emitError('expect.ulps', `requires 0 <= min_ulps <= max_ulps, got ${minUlps} and ${maxUlps}`);
}
