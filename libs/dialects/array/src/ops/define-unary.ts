// What all elementwise ops of one operand share.

import { contractSpec } from '@budflow/dialect-core';
import {
  defineOp,
  type FoldResult,
  type Operation,
  type PointCost,
  Pure,
  type RewritePattern,
  type Trait,
  type TypeConstraint,
} from '@budflow/ir';
import { sameTypeAssembly } from '../assembly.js';
import { fastmathAttribute } from '../fastmath.js';
import { interpretUnary } from '../interpret/elementwise.js';
import type { UnaryKind } from '../kinds.js';
import { unaryBody } from '../scalar-body.js';
import { elementwiseInterfaces } from '../structure.js';
import { verifySameTypes } from '../verify-types.js';

export interface UnaryOptions {
  readonly summary: string;
  readonly description?: string;
  readonly operand: TypeConstraint;
  readonly cost: PointCost;
  readonly element?: string;
  readonly traits?: readonly Trait[];
  readonly fold?: (op: Operation) => FoldResult | null;
  readonly patterns?: readonly RewritePattern[];
}

export function defineUnary(kind: UnaryKind, options: UnaryOptions) {
  const element = options.element ?? 'f32';
  return defineOp({
    name: `array.${kind}`,
    summary: options.summary,
    description: options.description,
    example: `func.func @f(%x: tensor<4x?x${element}>) -> tensor<4x?x${element}> {
  %0 = array.${kind} %x : tensor<4x?x${element}>
  return %0 : tensor<4x?x${element}>
}`,
    operands: { operand: options.operand },
    results: { result: options.operand },
    attributes: { fastmath: fastmathAttribute, contract: contractSpec },
    traits: [Pure, ...(options.traits ?? [])],
    interfaces: [
      ...elementwiseInterfaces(options.cost, (op, context) => unaryBody(kind, op, context)),
      interpretUnary(kind),
    ],
    assembly: sameTypeAssembly(1),
    inferTypes: (_, state) => [state.operands[0]!.type],
    verify: verifySameTypes,
    fold: options.fold,
    patterns: options.patterns,
  });
}
