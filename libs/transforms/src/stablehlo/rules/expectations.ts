// Expectations: ops of the check dialect, and the custom calls that stand for them. Probes and prints of the interpreter dialect.
import { CustomCallOp, ExpectOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import type { Expectation } from '@budflow/interpreter';
import { DenseElementsAttr, IntegerType, type Operation, TensorType, type Value } from '@budflow/ir';
import { type HloRules, refused, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';

type Wanted = Partial<Expectation> & Pick<Expectation, 'relation'>;

/** Of custom calls, which do not say it. */
const TOLERANCE = 1e-3;
const ULPS = 3;

/** The function from outside that prints arrays; bud-run has one. */
const PRINT = 'interpreter.print';

export const EXPECTATIONS: HloRules = {
  ...ruleFor(hlo.ExpectEqOp, {
    equation: 'expect_eq x, y == expect equal x, y;  of tokens nothing',
    convert: (site) => (site.all().length === 0 ? [] : expected(site, site.operand(1), { relation: 'equal' })),
  }),
  ...ruleFor(hlo.ExpectEqConstOp, {
    equation: 'expect_eq_const x, c == expect equal x, (constant c)',
    refuses: noElements,
    convert: (site) => expected(site, constantOf(site), { relation: 'equal' }),
  }),
  ...ruleFor(hlo.ExpectAlmostEqOp, {
    equation: 'expect_almost_eq x, y == expect tolerance x, y',
    convert: (site) => {
      const tolerance = hlo.ExpectAlmostEqOp.tolerance(site.op);
      return expected(site, site.operand(1), { relation: 'tolerance', tolerance });
    },
  }),
  ...ruleFor(hlo.ExpectAlmostEqConstOp, {
    equation: 'expect_almost_eq_const x, c == expect tolerance x, (constant c)',
    refuses: noElements,
    convert: (site) => {
      const tolerance = hlo.ExpectAlmostEqConstOp.tolerance(site.op);
      return expected(site, constantOf(site), { relation: 'tolerance', tolerance });
    },
  }),
  ...ruleFor(hlo.ExpectCloseOp, {
    equation: 'expect_close x, y == expect ulps x, y',
    convert: (site) =>
      expected(site, site.operand(1), {
        relation: 'ulps',
        minUlps: hlo.ExpectCloseOp.min_ulp_difference(site.op),
        maxUlps: hlo.ExpectCloseOp.max_ulp_difference(site.op),
      }),
  }),
  ...refused(
    [hlo.ExpectSerializedEqOp],
    'its probe is not one, and the only one of its name, that stands before it or in the body of a loop before it',
  ),
  ...ruleFor(hlo.ProbeOp, {
    equation: 'probe x == x',
    convert: (site) => site.operands.groups(),
  }),
  ...ruleFor(hlo.PrintOp, {
    equation: `print x == custom_call @${PRINT} x`,
    convert(site) {
      CustomCallOp.create(site.rewriter, site.loc, {
        inputs: site.all(),
        sizes: [],
        call_target_name: PRINT,
        has_side_effect: true,
        resultTypes: [],
      });
      return [];
    },
  }),
};

/** The call of older programs, which gives whether it holds. */
const CHECK_EQ = 'check.eq';

/** What the custom call of a name expects. */
const CALLED_EXPECTATIONS: Readonly<Record<string, Wanted>> = {
  'check.expect_eq': { relation: 'equal' },
  'check.expect_almost_eq': { relation: 'tolerance', tolerance: TOLERANCE },
  'check.expect_close': { relation: 'ulps', minUlps: 0, maxUlps: ULPS },
};

/** What a custom call expects; undefined for calls that expect nothing. */
export function calledExpectation(op: Operation): Wanted | undefined {
  const name = hlo.CustomCallOp.call_target_name(op);
  if (name !== CHECK_EQ) return Object.hasOwn(CALLED_EXPECTATIONS, name) ? CALLED_EXPECTATIONS[name] : undefined;
  const type = op.operandCount > 0 ? op.operand(0).type : undefined;
  const isExact = type instanceof TensorType && type.element instanceof IntegerType;
  return isExact ? { relation: 'equal' } : { relation: 'tolerance', tolerance: TOLERANCE };
}

/** Why a custom call that expects something is none; undefined when it is one. */
export function expectationRefusal(op: Operation): string | undefined {
  const name = hlo.CustomCallOp.call_target_name(op);
  if (name !== CHECK_EQ)
    return op.operandCount === 2 && op.resultCount === 0
      ? undefined
      : `@${name} takes what there is and what is expected, and gives nothing`;
  return op.operandCount === 2 && op.resultCount === 1 && op.result(0).type === op.context.tensor([], op.context.i1)
    ? undefined
    : `@${name} takes what there is and what is expected, and gives tensor<i1>`;
}

/** The expectation, and for a call that gives something that it holds. */
export function expectedByCall(site: HloSite, wanted: Wanted): readonly Value[] {
  expected(site, site.operand(1), wanted);
  return site.op.results.map((result) => site.constant(site.context.constantAttr(result.type, 1)));
}

export function expected(site: HloSite, value: Value, wanted: Wanted): [] {
  const { relation, tolerance = 0, minUlps = 0, maxUlps = 0 } = wanted;
  ExpectOp.create(site.rewriter, site.loc, {
    actual: site.operand(0),
    expected: value,
    relation,
    tolerance,
    min_ulps: minUlps,
    max_ulps: maxUlps,
  });
  return [];
}

function noElements(op: Operation): string | undefined {
  return op.attr('value') instanceof DenseElementsAttr ? undefined : 'its value is not a list of numbers';
}
function constantOf(site: HloSite): Value {
  return site.constant(site.op.attr('value')!);
}
