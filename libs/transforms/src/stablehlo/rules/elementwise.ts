// Elementwise ops: one array op each.
import * as hlo from '@budflow/dialect-stablehlo';
import type { OpDefinitionBase } from '@budflow/ir';
import { type HloRules, ruleFor } from '../rule.js';

/** The same op under the array dialect's name. */
function direct(op: OpDefinitionBase, kind: string): HloRules {
  return ruleFor(op, {
    equation: `${op.opName} x == array.${kind} x`,
    convert: (site) => [site.named(kind, ...site.all())],
  });
}

export const ELEMENTWISE: HloRules = {
  ...direct(hlo.AddOp, 'add'),
  ...direct(hlo.SubtractOp, 'sub'),
  ...direct(hlo.MultiplyOp, 'mul'),
  ...direct(hlo.DivideOp, 'div'),
  ...direct(hlo.MaximumOp, 'max'),
  ...direct(hlo.MinimumOp, 'min'),
  ...direct(hlo.NegateOp, 'neg'),
  ...direct(hlo.ExponentialOp, 'exp'),
  ...direct(hlo.OrOp, 'or'),
  ...direct(hlo.SqrtOp, 'sqrt'),
};
