// The report of the programs from JAX.

import { geometricMean } from '../measure/statistics.js';
import type { JaxResult } from '../suites/jax-suite.js';
import { formatTable, ratio, threeDigits } from './table.js';

/** A table: medians and minima in milliseconds, and how many times faster than XLA. */
export function printJaxReport(results: readonly JaxResult[]): string {
  const header = ['program', 'budflow', 'min', 'xla', 'min', 'x xla', 'compile', 'xla'];
  const ratios: number[] = [];
  const notes: string[] = [];
  const rows = results.map(({ name, wrong, compileMs, budflow, xla }) => {
    if (wrong !== '') notes.push(`${name}: WRONG: ${wrong}`);
    const own = [wrong === '' ? threeDigits(budflow.medianMs) : 'WRONG', threeDigits(budflow.minMs)];
    if (typeof xla === 'string') {
      notes.push(`${name}: no XLA: ${xla}`);
      return [name, ...own, '-', '-', '-', threeDigits(compileMs), '-'];
    }
    const times = xla.medianMs / budflow.medianMs;
    ratios.push(times);
    const theirs = [threeDigits(xla.medianMs), threeDigits(xla.minMs)];
    return [name, ...own, ...theirs, ratio(times), threeDigits(compileMs), threeDigits(xla.compileMs)];
  });
  const mean = ratios.length > 0 ? [`geometric mean: ${ratio(geometricMean(ratios))} XLA's speed`] : [];
  return [formatTable(header, rows), ...mean, ...new Set(notes)].join('\n');
}
