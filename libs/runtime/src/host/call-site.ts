// What a host program keeps of a call of a kernel: the words of its arguments, and lines for what goes wrong in it.
import type { PhaseMetadata } from '@budflow/backend-api';
import { calledKernel } from '@budflow/dialect-rt';
import type { Operation } from '@budflow/ir';
import { placeOf } from './lowering-values.js';
import { isParallelPhase } from './parallel-phase.js';
import type { HostSite } from './program.js';

export function callSite(call: Operation, kernel: string, phase: PhaseMetadata, wordCount: number): HostSite {
  const at = placeOf(call);
  const divisionAt = placeOfDivision(calledKernel(call));
  return {
    kernel,
    wordCount,
    ...(isParallelPhase(phase) ? { parallel: true as const } : {}),
    ...(at === undefined ? {} : { at }),
    ...(divisionAt === undefined || divisionAt === at ? {} : { divisionAt }),
  };
}

const DIVISIONS: ReadonlySet<string> = new Set(
  ['divsi', 'divui', 'remsi', 'remui', 'floordivsi', 'ceildivsi', 'ceildivui'].map((name) => `arith.${name}`),
);

/** The line of a kernel's integer divisions, when all of them have one. */
function placeOfDivision(kernel: Operation | null): string | undefined {
  const places = new Set<string | undefined>();
  kernel?.walk((op) => {
    if (DIVISIONS.has(op.name)) places.add(placeOf(op));
  });
  return places.size === 1 ? [...places][0] : undefined;
}
