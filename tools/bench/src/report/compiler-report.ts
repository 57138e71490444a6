// The tables of the compiler suite.

import { PHASES } from '../suites/compiler-phases.js';
import type { CompilerSuite, ToolResult } from '../suites/compiler-suite.js';
import { formatTable, ratio, threeDigits } from './table.js';

function megabytes(bytes: number | null | undefined): string {
  return bytes === null || bytes === undefined ? '-' : `${Math.round(bytes / 1e6)}`;
}

function seconds(tool: ToolResult | undefined): string {
  return tool ? threeDigits(tool.medianSeconds) : '-';
}

export function printCompilerReport({ results, skipped }: CompilerSuite): string {
  const tool = (i: number, name: string) => results[i].tools.find((t) => t.tool === name);
  const whole = results.map((result, i) => {
    const [ours, peer] = [tool(i, 'bud-opt'), tool(i, 'mlir-opt')];
    return [
      result.name,
      String(result.ops),
      seconds(ours),
      ours ? threeDigits(ours.minSeconds) : '-',
      seconds(peer),
      peer ? threeDigits(peer.minSeconds) : '-',
      ratio(ours && peer ? peer.medianSeconds / ours.medianSeconds : null),
      megabytes(ours?.peakBytes),
      megabytes(peer?.peakBytes),
      `${ours?.linesAfter ?? '-'}/${peer?.linesAfter ?? '-'}`,
    ];
  });
  const lines = [
    'whole process, canonicalize and cse: median seconds, and the largest resident set',
    formatTable(
      ['module', 'ops', 'bud-opt', 'min', 'mlir-opt', 'min', 'faster', 'MB', 'mlir-opt MB', 'lines after'],
      whole,
    ),
  ];
  const phased = results.filter((r) => r.phases !== null);
  if (phased.length > 0) {
    lines.push('', 'phases in one warm process: median ms (thousand ops/s)');
    lines.push(
      formatTable(
        ['module', ...PHASES],
        phased.map((r) => [
          r.name,
          ...PHASES.map((p) => `${threeDigits(r.phases?.[p] ?? 0)} (${Math.round(r.ops / (r.phases?.[p] ?? 1))})`),
        ]),
      ),
    );
  }
  results.forEach((result, i) => {
    const [node, ours] = [tool(i, 'node'), tool(i, 'bud-opt')];
    if (node && ours)
      lines.push(
        '',
        `start-up: node alone ${threeDigits(1000 * node.medianSeconds)} ms, bud-opt ${threeDigits(1000 * (ours.medianSeconds - node.medianSeconds))} ms more`,
      );
    for (const failure of result.failures) lines.push(`FAILED: ${result.name}: ${failure}`);
  });
  for (const reason of skipped) lines.push(`skipped: ${reason}`);
  return lines.join('\n');
}
