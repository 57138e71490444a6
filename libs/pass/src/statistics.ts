// Counters that passes declare, summed over all ops an item of the pipeline ran on.
import type { PassItem, Pipeline, PipelineItem } from './pipeline.js';
import { banner } from './timing.js';

/** Counts by item of the pipeline, then by name of the statistic. */
export type Statistics = ReadonlyMap<PassItem, ReadonlyMap<string, number>>;

/** Sums over all items of a pass. */
export function statisticTotal(statistics: Statistics, pass: string, name: string): number {
  let total = 0;
  for (const [item, counts] of statistics) if (item.pass.name === pass) total += counts.get(name) ?? 0;
  return total;
}

/** The report of --mlir-pass-statistics, in the shape of the pipeline. */
export function printStatistics(pipeline: Pipeline, statistics: Statistics): string {
  const lines = [banner('Pass statistics report'), `'${pipeline.anchor}' Pipeline`];
  const visit = (items: readonly PipelineItem[], indent: string) => {
    for (const item of items) {
      if (item.kind === 'nested') {
        lines.push(`${indent}'${item.anchor}' Pipeline`);
        visit(item.items, `${indent}  `);
        continue;
      }
      lines.push(`${indent}${item.pass.name}`);
      const counts = statistics.get(item);
      const rows = Object.entries(item.pass.statistics).map(([name, description]) => ({
        name,
        description,
        n: counts?.get(name) ?? 0,
      }));
      const digits = Math.max(0, ...rows.map((row) => `${row.n}`.length));
      const width = Math.max(0, ...rows.map((row) => row.name.length));
      for (const { name, description, n } of rows)
        lines.push(`${indent}  (S) ${`${n}`.padStart(digits)} ${name.padEnd(width)} - ${description}`);
    }
  };
  visit(pipeline.items, '  ');
  return `${lines.join('\n')}\n`;
}
