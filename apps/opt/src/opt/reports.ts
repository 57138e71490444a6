// Reports on what passes decided: --remarks and --fusion-report.
import type { Context } from '@budflow/ir';
import { type Remark, remarksToJson } from '@budflow/pass';

/** Plain JSON data. */
export interface PartReports {
  readonly remarks: readonly object[];
  readonly fusion: { readonly decisions: readonly object[] };
}

export async function reportsOf(context: Context, remarks: readonly Remark[]): Promise<PartReports> {
  const { fusionReport, fusionReportToJson } = await import('@budflow/transforms/array');
  return {
    remarks: remarksToJson(context, remarks),
    fusion: fusionReportToJson(context, fusionReport(remarks)) as PartReports['fusion'],
  };
}
