// What fusion decided and why, as data: shown by reports and remarks, and compared by tests.
import { type Context, type LocationRef, type Operation, positionOf } from '@budflow/ir';
import type { Remark, RemarkSpec } from '@budflow/pass';

/** Why a producer is not computed inside a consumer. */
export const FUSION_REFUSALS = {
  opaque: 'the op has no loop form that another could take part in',
  contraction: 'matrix products read and write buffers of their own',
  padding: 'borders and inside of a padded tensor are computed by different loops',
  concatenation: 'the parts of a concatenation are computed by different loops',
  'reshape-view': 'the reshape is a view of its operand and costs nothing',
  'used-outside': 'the result is needed in memory by something that is no fusion',
  'expensive-producer-reused': 'several kernels need the result and computing it again costs more than loading it',
  'duplication-limit': 'the result would be computed too many times',
  'operand-limit': 'the kernel would read and write too many arrays at once',
  'code-size': 'the kernel would have too many operations',
  'reduce-into-reduce': 'both reductions would run over all elements one after the other',
  'full-reduction': 'everything is reduced before the first element can be computed',
  'not-row-wise': 'the rows of the reduction are not the rows of the consumer',
  'would-create-cycle': 'the fused kernel would need its own result',
  fuel: 'the number of decisions allowed is used up',
} as const;
export type FusionRefusal = keyof typeof FUSION_REFUSALS;

export type FusionVerdict = 'fused' | 'duplicated' | 'yielded' | 'refused';

export interface FusionDecision {
  /** Name of the op and its position in the function, as `array.exp#4`. */
  readonly producer: string;
  /** The root of the consuming kernel. */
  readonly consumer: string;
  readonly verdict: FusionVerdict;
  /** A key of FUSION_REFUSALS for refusals; else what kind of fusion it is. */
  readonly reason: FusionRefusal | 'vertical' | 'contracted-product';
  readonly location: LocationRef;
}

export interface FusionReport {
  readonly decisions: readonly FusionDecision[];
}

/** The report as plain JSON data; locations as `file:line:column`. */
export function fusionReportToJson(context: Context, report: FusionReport): object {
  return {
    decisions: report.decisions.map(({ location, ...rest }) => {
      const at = positionOf(context, location);
      return at ? { ...rest, location: `${at.file}:${at.line}:${at.column}` } : rest;
    }),
  };
}

const PASS = 'instruction-fusion';

export function decisionRemark(decision: FusionDecision, at: Operation): RemarkSpec {
  const { producer, consumer, verdict, reason } = decision;
  const message =
    verdict === 'refused'
      ? `${producer} is not computed inside ${consumer}: ${FUSION_REFUSALS[reason as FusionRefusal]}`
      : `${producer} is ${verdict} into ${consumer}`;
  return {
    kind: verdict === 'refused' ? 'missed' : 'applied',
    name: reason,
    message,
    at,
    args: { producer, consumer, verdict },
  };
}

/** The report of a compilation, from the remarks of the pass. */
export function fusionReport(remarks: readonly Remark[]): FusionReport {
  const decisions = remarks
    .filter((r) => r.pass === PASS)
    .map(({ name, location, args }) => ({
      producer: String(args.producer),
      consumer: String(args.consumer),
      verdict: args.verdict as FusionVerdict,
      reason: name as FusionDecision['reason'],
      location,
    }));
  return { decisions };
}
