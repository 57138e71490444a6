// Elementwise ops that have one array op each, by element type at most.
import { isBoolean } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import type { OpDefinitionBase } from '@budflow/ir';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';

/** The same op under the array dialect's name. */
function direct(op: OpDefinitionBase, kind: string): HloRules {
  return ruleFor(op, {
    equation: `${op.opName} x == array.${kind} x`,
    convert: (site) => [site.named(kind, ...site.all())],
  });
}
/** Arithmetic, and what it is on i1. */
function arithmetic(op: OpDefinitionBase, kind: string, onI1: string): HloRules {
  return ruleFor(op, {
    equation: `${op.opName} x, y == array.${kind} x, y;  on i1 array.${onI1}`,
    convert: (site) => [site.named(isOnI1(site) ? onI1 : kind, ...site.all())],
  });
}
function isOnI1(site: HloSite): boolean {
  return isBoolean(site.elementOf(site.operand(0)));
}

export const ELEMENTWISE: HloRules = {
  ...arithmetic(hlo.AddOp, 'add', 'or'),
  ...arithmetic(hlo.MultiplyOp, 'mul', 'and'),
  ...arithmetic(hlo.MaximumOp, 'max', 'or'),
  ...arithmetic(hlo.MinimumOp, 'min', 'and'),
  ...direct(hlo.SubtractOp, 'sub'),
  ...direct(hlo.DivideOp, 'div'),
  ...direct(hlo.RemainderOp, 'rem'),
  ...direct(hlo.PowerOp, 'pow'),
  ...direct(hlo.Atan2Op, 'atan2'),
  ...direct(hlo.AndOp, 'and'),
  ...direct(hlo.OrOp, 'or'),
  ...direct(hlo.XorOp, 'xor'),
  ...direct(hlo.NotOp, 'not'),
  ...direct(hlo.ShiftLeftOp, 'shl'),
  ...direct(hlo.ShiftRightArithmeticOp, 'shr_s'),
  ...direct(hlo.ShiftRightLogicalOp, 'shr_u'),
  ...direct(hlo.NegateOp, 'neg'),
  ...direct(hlo.SignOp, 'sign'),
  ...direct(hlo.SqrtOp, 'sqrt'),
  ...direct(hlo.RsqrtOp, 'rsqrt'),
  ...direct(hlo.CbrtOp, 'cbrt'),
  ...direct(hlo.ExponentialOp, 'exp'),
  ...direct(hlo.ExponentialMinusOneOp, 'expm1'),
  ...direct(hlo.LogOp, 'log'),
  ...direct(hlo.LogPlusOneOp, 'log1p'),
  ...direct(hlo.LogisticOp, 'sigmoid'),
  ...direct(hlo.SineOp, 'sin'),
  ...direct(hlo.CosineOp, 'cos'),
  ...direct(hlo.TanOp, 'tan'),
  ...direct(hlo.TanhOp, 'tanh'),
  ...direct(hlo.FloorOp, 'floor'),
  ...direct(hlo.CeilOp, 'ceil'),
  ...direct(hlo.RoundNearestAfzOp, 'round'),
  ...direct(hlo.RoundNearestEvenOp, 'round_even'),
  ...direct(hlo.PopcntOp, 'popcount'),
  ...direct(hlo.CountLeadingZerosOp, 'clz'),
};
